import assert from "node:assert/strict";
import { test } from "node:test";
import type { Offered } from "../../../js/src/protocol.ts";
import { awaits } from "../../../js/src/session/store.ts";
import { NONE, packed, panel, rows, scene, settle } from "../fake_model.ts";

const sample = (index: number) => ({ index, count: 3, others: true, truth: null, absent: NONE, matrix: packed(new Array(24).fill(index), [4, 6, 1]) });

test("the store starts as the traits are", (t) => {
  const { store } = scene(t, { selection: rows(1, 2) });
  const { state } = store;
  assert.deepEqual(state.selection, rows(1, 2));
  assert.equal(state.matrix.length, 24);
  assert.ok(state.tables["input light"] instanceof Uint8Array);
  assert.deepEqual([state.viewport.rows, state.connection, state.canUndo], [[0, 4], "live", false]);
});

test("a draft stays in the browser; a commit writes the trait once and is one step of undo", (t) => {
  const { model, store, session } = scene(t);
  for (const end of [1, 2, 3]) session.setSelection(rows(0, end), { commit: false, active: 0 });
  assert.deepEqual([store.state.draft, store.state.active, model.saved], [rows(0, 3), 0, []]);
  session.setSelection(rows(0, 3), { commit: true, active: 0 });
  assert.deepEqual([store.state.draft, store.state.selection, store.state.active], [null, rows(0, 3), 0]);
  assert.deepEqual(model.saved, [{ selection: rows(0, 3) }]);
  session.setSelection(rows(0, 3), { commit: true });
  assert.equal(model.saved.length, 1);
  session.undo();
  assert.deepEqual([store.state.selection, store.state.canUndo, store.state.canRedo], [{ bands: [] }, false, true]);
  assert.deepEqual(model.saved[1], { selection: { bands: [] } });
});

test("letting go of a draft leaves the selection and an active band that exists", (t) => {
  const { model, store, session } = scene(t);
  session.setSelection(rows(0, 1), { commit: true });
  session.setSelection({ bands: [...rows(0, 1).bands, ...rows(2, 3).bands] }, { commit: false, active: 1 });
  session.setSelection(null, { commit: false });
  assert.deepEqual([store.state.draft, store.state.selection, store.state.active], [null, rows(0, 1), 0]);
  assert.equal(model.saved.length, 1);
});

test("a selection from Python is shown without an echo and can be undone", (t) => {
  const { model, store, session } = scene(t);
  model.arrive({ selection: rows(2, 3) });
  assert.deepEqual([store.state.selection, store.state.active, model.saved], [rows(2, 3), 0, []]);
  model.arrive({ selection: rows(2, 3) });
  session.undo();
  assert.deepEqual([store.state.selection, store.state.canUndo], [{ bands: [] }, false]);
});

test("the echo of what was written here changes nothing", (t) => {
  const { model, store, session } = scene(t);
  session.setSelection(rows(0, 2), { commit: true });
  const { selection } = store.state;
  model.arrive({ selection: structuredClone(selection), options: structuredClone(store.state.options) });
  assert.equal(store.state.selection, selection);
  session.undo();
  assert.equal(store.state.canUndo, false);
});

test("options go both ways", (t) => {
  const { model, store, session } = scene(t);
  session.setOptions({ limits: "shared" });
  assert.equal(store.state.options.limits, "shared");
  assert.equal((model.saved[0]!.options as { limits: string }).limits, "shared");
  model.arrive({ options: { ...store.state.options, mode: "rows" } });
  assert.deepEqual([store.state.options.mode, model.saved.length], ["rows", 1]);
});

test("results that are there keep their identity when others arrive", (t) => {
  const { model, store } = scene(t);
  const [occlusion] = store.state.panels;
  model.arrive({ panels: [panel("occlusion", 1), panel("gradient", 5)] });
  assert.equal(store.state.panels[0], occlusion);
  assert.equal(store.state.panels[1]!.run, 5);
});

test("arrays are those of the run that a panel shows, or none", (t) => {
  const { model, store } = scene(t);
  const { arrays } = store.state.panels[1]!;
  assert.deepEqual([arrays, store.state.panels[1]!.map?.shape], ["arrays_gradient", [4, 6]]);
  const panels = model.get("panels").map((one: { run: number }) => ({ ...one, run: one.run + 7 }));
  model.state.panels = panels;
  model.fire("change:panels");
  assert.deepEqual([store.state.panels[1]!.run, store.state.panels[1]!.map], [9, null]);
  model.state.arrays_gradient = { ...model.get("arrays_gradient"), run: 9 };
  model.fire("change:panels");
  assert.deepEqual(store.state.panels[1]!.map?.shape, [4, 6]);
});

test("another sample resets the zoom only where the matrix has another size", (t) => {
  const { model, store, session } = scene(t);
  session.zoom({ rows: [0, 2], columns: [0, 3] });
  model.arrive({ sample: sample(1) });
  assert.deepEqual([store.state.viewport.rows, store.state.matrix[0]], [[0, 2], 1]);
  const lines = (n: number) => ({ name: "", labels: new Array(n).fill("line"), values: null });
  const other = { ...sample(2), matrix: packed(new Array(10).fill(0), [2, 5]) };
  model.arrive({ axes: { rows: lines(2), columns: lines(5) }, sample: other, panels: [] });
  assert.deepEqual(store.state.viewport, { rows: [0, 2], columns: [0, 5] });
});

test("what runs is known once the kernel has answered", (t) => {
  const { model, store } = scene(t);
  assert.equal(store.state.told, false);
  model.reply({ kind: "alive" });
  assert.equal(store.state.told, true);
});

test("requests carry what the kernel needs", (t) => {
  const { model, session } = scene(t);
  session.run("occlusion", { patch: [2, null] }, rows(0, 1), null);
  session.show({ sample: 2 });
  session.show({ a: 1, b: 0 });
  session.remove("gradient");
  session.export("npz");
  assert.deepEqual(model.sent.slice(1), [
    { kind: "run", method: "occlusion", parameters: { patch: [2, null] }, within: rows(0, 1), panel: null, beside: null },
    { kind: "show", sample: 2, a: null, b: null },
    { kind: "show", sample: null, a: 1, b: 0 },
    { kind: "remove", panel: "gradient" },
    { kind: "export", format: "npz" },
  ]);
});

test("what is asked for is awaited until it is here, refused, or out of reach", (t) => {
  const { model, store, session } = scene(t);
  const awaited = () => [awaits(store.state), store.state.asked.sample, store.state.asked.target];
  const nothing = [null, null, null];
  const target = { a: 1, b: null };
  session.show({ sample: 2 });
  session.show(target);
  assert.deepEqual(awaited(), ["sample", 2, target]);
  model.arrive({ sample: sample(2) });
  assert.deepEqual(awaited(), nothing);
  session.show(target);
  assert.deepEqual(awaited(), ["target", null, target]);
  model.arrive({ target: { ...target, given: true } });
  assert.deepEqual(awaited(), nothing);
  // the one that is shown may be asked for before another is here: no trait tells of that
  session.show({ sample: 1, a: 0 });
  session.show({ sample: 2, ...target });
  assert.deepEqual(awaited(), nothing);
  session.show({ sample: 1 });
  model.reply({ kind: "refused", sentence: "There is no sample 1." });
  assert.deepEqual(awaited(), nothing);
  session.show({ sample: 1 });
  model.comm_live = false;
  model.fire("comm_live_update");
  assert.deepEqual(awaited(), nothing);
  session.show({ sample: 1 });
  assert.deepEqual([awaited(), store.state.connection], [nothing, "gone"]);
});

test("a file arrives as bytes, whatever binary the front end delivers", (t) => {
  const { model, files } = scene(t);
  const bytes = Uint8Array.from([1, 2, 3, 4]);
  model.reply({ kind: "file", name: "a.npz", type: "application/zip" }, new DataView(bytes.buffer, 1, 2));
  model.reply({ kind: "file", name: "b.npz", type: "application/zip" }, bytes.buffer);
  assert.deepEqual(files, [["a.npz", "application/zip", bytes.subarray(1, 3)], ["b.npz", "application/zip", bytes]]);
});

test("a refusal is said, and the next request takes it back; foreign messages are ignored", (t) => {
  const { model, store, session } = scene(t);
  model.reply({ kind: "refused", sentence: "There is no sample 9." });
  assert.equal(store.state.notice, "There is no sample 9.");
  session.run("gradient", {}, null, null);
  assert.equal(store.state.notice, "");
  const before = store.state;
  for (const strange of [null, "text", { id: "x" }]) model.fire("msg:custom", strange, []);
  assert.equal(store.state, before);
});

test("a target that is turned is awaited until it is here, and not where it was turned back", (t) => {
  const { model, store, session } = scene(t);
  const at = (place: number) => ({ a: 1, b: null, given: true, dial: { what: "layer", name: "c", at: place, count: 5 } as const });
  model.arrive({ target: at(2) });
  assert.equal(session.turn(3), true);
  assert.deepEqual(model.sent.at(-1), { kind: "turn", to: 3 });
  assert.deepEqual(store.state.asked.target, { a: 1, b: null });
  session.turn(2);
  assert.equal(store.state.asked.target, null);
  session.turn(4);
  model.arrive({ target: at(4) });
  assert.equal(store.state.asked.target, null);
});

test("what may be chosen is taken by the view that asked for it", (t) => {
  const { model, store, session } = scene(t);
  session.offer();
  const { viewer } = model.sent.at(-1) as { viewer: number };
  const offered: Omit<Offered, "viewer"> = { kind: "offered", outputs: [], layers: [], counts: true, boxes: false, missing: "" };
  const there = () => store.state.offered?.counts;
  model.reply({ ...offered, viewer: viewer + 1 });
  assert.equal(there(), undefined);
  model.reply({ ...offered, viewer });
  assert.equal(there(), true);
  session.addTarget({ target: { kind: "Count" }, like: null });
  assert.deepEqual(model.sent.at(-1), { kind: "add_target", target: { kind: "Count" }, like: null });
  session.removeLine(2);
  assert.deepEqual(model.sent.at(-1), { kind: "remove_line", line: 2 });
});

test("hovering over the same cell changes nothing", (t) => {
  const { store, session } = scene(t);
  session.hover({ row: 1, column: 2, panel: "input" });
  const before = store.state;
  session.hover({ row: 1, column: 2, panel: "input" });
  assert.equal(store.state, before);
  session.hover(null);
  assert.equal(store.state.cursor, null);
});

test("a saved page refuses runs in one sentence and undoes selections", (t) => {
  const { model, store, session } = scene(t, { live: false });
  session.run("gradient", {}, null, null);
  assert.equal(store.state.notice, "Running a method needs the kernel, and this is a saved page.");
  session.setSelection(rows(0, 1), { commit: true });
  assert.equal(store.state.notice, "");
  session.undo();
  assert.deepEqual([store.state.selection, store.state.connection, model.sent, model.saved], [{ bands: [] }, "saved", [], []]);
});

test("after dispose no listener is left, and nothing that still arrives matters", async (t) => {
  const { model, store, session } = scene(t);
  assert.ok(model.listeners > 10);
  model.arrive({ sample: sample(1) });
  session.setSelection(rows(0, 1), { commit: false });
  session.dispose();
  assert.equal(model.listeners, 0);
  const before = store.state;
  await settle();
  model.arrive({ selection: rows(0, 4) });
  assert.equal(store.state, before);
});
