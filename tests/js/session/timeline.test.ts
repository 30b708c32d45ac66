import assert from "node:assert/strict";
import { test } from "node:test";
import { NONE, packed, panel, rows, type Scene, scene, settle } from "../fake_model.ts";

const hidden = (number: number) => ({ number, baseline: "mean", sentence: "", matrix: packed([0], [1, 1, 1]), warnings: [] });
const sample = (index: number) => ({ index, count: 3, others: true, truth: null, absent: NONE, matrix: packed(new Array(24).fill(index), [4, 6, 1]) });

async function arrive({ model }: Scene, patch: Record<string, unknown>): Promise<void> {
  model.arrive(patch);
  await settle();
}

/** How many steps back there are; they are taken. */
function stepsBack({ session, store }: Scene): number {
  let steps = 0;
  for (; store.state.canUndo; steps++) session.undo();
  return steps;
}

test("undo of a run asks the kernel for the earlier result, and its arrival is no new entry", async (t) => {
  const view = scene(t);
  view.session.run("occlusion", {}, null, null);
  await arrive(view, { panels: [panel("occlusion", 3), panel("gradient", 2)] });
  assert.equal(view.store.state.canUndo, true);
  view.session.undo();
  assert.deepEqual(view.model.of("restore"), [
    { kind: "restore", sample: 0, a: 0, b: null, given: false, baseline: 0, runs: { occlusion: 1, gradient: 2 }, order: ["occlusion", "gradient"] },
  ]);
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 2)] });
  assert.deepEqual([view.store.state.canUndo, view.store.state.canRedo], [false, true]);
  view.session.redo();
  assert.deepEqual(view.model.of("restore")[1]!.runs, { occlusion: 3, gradient: 2 });
});

test("another sample is one entry, whatever results follow from it, in whatever pieces", async (t) => {
  const view = scene(t);
  view.session.show({ sample: 1 });
  await arrive(view, { sample: sample(1), target: { a: 1, b: null, given: false } });
  await arrive(view, { panels: [panel("occlusion", 1, { map: null }), panel("gradient", 2)] });
  await arrive(view, { panels: [panel("occlusion", 1, { map: null }), panel("gradient", 4)] });
  await arrive(view, { panels: [panel("occlusion", 5), panel("gradient", 4)] });
  view.session.setSelection(rows(0, 1), { commit: true });
  view.session.undo();
  assert.deepEqual(view.model.of("restore"), []);
  view.session.undo();
  assert.deepEqual(view.model.of("restore"), [
    { kind: "restore", sample: 0, a: 0, b: null, given: false, baseline: 0, runs: { occlusion: 1, gradient: 2 }, order: ["occlusion", "gradient"] },
  ]);
  assert.equal(view.store.state.canUndo, false);
  view.session.redo();
  assert.deepEqual(view.model.of("restore")[1], { kind: "restore", sample: 1, a: 1, b: null, given: false, baseline: 0, runs: { occlusion: 5, gradient: 4 }, order: ["occlusion", "gradient"] });
});

test("a target is an entry of its own", async (t) => {
  const view = scene(t);
  await arrive(view, { target: { a: 1, b: 0, given: true } });
  await arrive(view, { panels: [panel("occlusion", 3), panel("gradient", 4)] });
  assert.equal(stepsBack(view), 1);
  const { a, b, given } = view.model.of("restore")[0]!;
  assert.deepEqual([a, b, given], [0, null, false]);
});

test("another baseline is one entry with the results that it changes, and leaves the others as they are", async (t) => {
  const view = scene(t);
  view.session.hide(3);
  assert.deepEqual(view.model.of("hide"), [{ kind: "hide", baseline: 3 }]);
  await arrive(view, { hidden: hidden(3), panels: [panel("occlusion", 1, { map: null }), panel("gradient", 2)] });
  await arrive(view, { panels: [panel("occlusion", 5), panel("gradient", 2)] });
  await arrive(view, { panels: [panel("occlusion", 5), panel("gradient", 6)] }); // run in Python: not due, so a step
  view.session.undo();
  assert.deepEqual(view.model.of("restore")[0]!.runs, { occlusion: 5, gradient: 2 });
  view.session.undo();
  assert.deepEqual(view.model.of("restore")[1], {
    kind: "restore", sample: 0, a: 0, b: null, given: false, baseline: 0, runs: { occlusion: 1, gradient: 2 }, order: ["occlusion", "gradient"],
  });
  assert.equal(view.store.state.canUndo, false);
  await arrive(view, { hidden: hidden(0), panels: [panel("occlusion", 1), panel("gradient", 2)] });
  view.session.redo();
  assert.deepEqual([view.model.of("restore")[2]!.baseline, view.store.state.canRedo], [3, true]);
});

test("a warning about the baseline is no step", async (t) => {
  const view = scene(t);
  await arrive(view, { hidden: { ...hidden(0), warnings: ["Everything hidden is still a cat."] } });
  assert.equal(view.store.state.canUndo, false);
});

test("first results of a view that opens before them are no entries", async (t) => {
  const view = scene(t, { panels: [panel("occlusion", 0), panel("gradient", 0)] });
  view.session.setSelection(rows(0, 1), { commit: true });
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 0)] });
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 2)] });
  view.session.undo();
  assert.deepEqual([view.store.state.canUndo, view.model.of("restore")], [false, []]);
});

test("a view that opens before anything is known has nothing to undo once all is there", async (t) => {
  const view = scene(t, { panels: [] });
  await arrive(view, { target: { a: 1, b: null, given: false }, panels: [panel("occlusion", 0), panel("gradient", 0)] });
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 0)] });
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 2)] });
  assert.equal(view.store.state.canUndo, false);
});

test("the class predicted for another sample may arrive after the sample", async (t) => {
  const view = scene(t);
  await arrive(view, { sample: sample(1) });
  await arrive(view, { target: { a: 1, b: null, given: false } });
  assert.equal(stepsBack(view), 1);
  assert.deepEqual(view.model.of("restore")[0]!.a, 0);
});

test("a new panel is an entry when its result is there, a removed one at once", async (t) => {
  const view = scene(t);
  view.session.run("lrp", {}, null, null);
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 2), panel("lrp", 0)] });
  assert.equal(view.store.state.canUndo, false);
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 2), panel("lrp", 3)] });
  view.session.remove("gradient");
  await arrive(view, { panels: [panel("occlusion", 1), panel("lrp", 3)] });
  view.session.undo();
  view.session.undo();
  assert.deepEqual(view.model.of("restore").map(({ runs }) => runs), [
    { occlusion: 1, gradient: 2, lrp: 3 },
    { occlusion: 1, gradient: 2 },
  ]);
});

test("undo goes back through selections, runs and samples in order, selections without the kernel's word", async (t) => {
  const view = scene(t);
  view.session.setSelection(rows(0, 1), { commit: true });
  await arrive(view, { sample: sample(1) });
  view.session.setSelection(rows(0, 2), { commit: true });
  view.session.undo();
  assert.deepEqual(view.store.state.selection, rows(0, 1));
  view.session.undo();
  assert.deepEqual([view.model.of("restore")[0]!.sample, view.store.state.selection], [0, rows(0, 1)]);
  await arrive(view, { sample: sample(0) });
  view.session.undo();
  assert.deepEqual([view.store.state.selection, view.store.state.canUndo], [{ bands: [] }, false]);
  view.session.redo();
  view.session.redo();
  assert.deepEqual([view.model.of("restore")[1]!.sample, view.store.state.canRedo], [1, true]);
});

test("a restore that arrives in pieces is not mistaken for something new", async (t) => {
  const view = scene(t);
  await arrive(view, { sample: sample(1), target: { a: 1, b: null, given: false } });
  await arrive(view, { panels: [panel("occlusion", 3), panel("gradient", 4)] });
  view.session.undo();
  await arrive(view, { sample: sample(0) });
  await arrive(view, { target: { a: 0, b: null, given: false } });
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 2)] });
  assert.deepEqual([view.store.state.canUndo, view.store.state.canRedo], [false, true]);
});

test("a restore that is refused is forgotten, and what is shown counts again", async (t) => {
  const view = scene(t);
  await arrive(view, { sample: sample(1) });
  view.session.undo();
  view.model.reply({ kind: "refused", sentence: "That result is not kept any more." });
  await arrive(view, { sample: sample(2) });
  assert.equal(view.store.state.canUndo, true);
});

test("without a kernel, undo of a run is refused and undoes nothing", async (t) => {
  const view = scene(t);
  await arrive(view, { panels: [panel("occlusion", 3), panel("gradient", 2)] });
  view.session.setSelection(rows(0, 1), { commit: true });
  view.model.fire("comm:close");
  view.session.undo();
  assert.deepEqual(view.store.state.selection, { bands: [] });
  view.session.undo();
  assert.match(view.store.state.notice, /^Undoing this needs the kernel/);
  assert.deepEqual([view.store.state.canUndo, view.model.of("restore")], [true, []]);
});

const order = (view: Scene): string[] => view.store.state.panels.map(({ name }) => name);

test("an order is one step, its restore none, and results that come meanwhile change nothing of that", async (t) => {
  const view = scene(t);
  view.session.arrange(["gradient", "occlusion"]);
  assert.deepEqual(view.model.of("order"), [{ kind: "order", panels: ["gradient", "occlusion"] }]);
  await arrive(view, { panels: [panel("gradient", 2), panel("occlusion", 1)] });
  assert.equal(view.store.state.canUndo, true);
  view.session.undo();
  assert.deepEqual(view.model.of("restore")[0]!.order, ["occlusion", "gradient"]);
  await arrive(view, { panels: [panel("gradient", 2), panel("occlusion", 1)] }); // not restored yet
  assert.equal(view.store.state.canRedo, true);
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 2)] });
  assert.deepEqual([view.store.state.canUndo, view.store.state.canRedo], [false, true]);
  view.session.redo();
  assert.deepEqual(view.model.of("restore")[1]!.order, ["gradient", "occlusion"]);
});

test("a panel that comes beside another is a step of its own, and a pinned one too", async (t) => {
  const view = scene(t);
  view.session.run("occlusion", {}, null, "occlusion 2", "occlusion");
  const [a, b] = [panel("occlusion", 1), panel("gradient", 2)];
  await arrive(view, { panels: [a, panel("occlusion 2", 0), b] });
  assert.equal(view.store.state.canUndo, false);
  await arrive(view, { panels: [a, panel("occlusion 2", 3), b] });
  view.session.pin("gradient", true);
  assert.deepEqual(view.model.of("pin"), [{ kind: "pin", panel: "gradient", wanted: true }]);
  await arrive(view, { panels: [a, panel("occlusion 2", 3), panel("gradient", 4)] });
  view.session.subtract("occlusion", "gradient", "d");
  await arrive(view, { panels: [a, panel("occlusion 2", 3), panel("gradient", 4), panel("d", 0)] });
  await arrive(view, { panels: [a, panel("occlusion 2", 3), panel("gradient", 4), panel("d", 5)] });
  assert.equal(stepsBack(view), 3);
});

test("without a kernel an order is the page's own, is undone there, and outlives what arrives", async (t) => {
  const view = scene(t, { live: false });
  view.session.arrange(["gradient", "occlusion"]);
  assert.deepEqual([order(view), view.model.sent], [["gradient", "occlusion"], []]);
  await arrive(view, { panels: [panel("occlusion", 7), panel("gradient", 8)] });
  assert.deepEqual(order(view), ["gradient", "occlusion"]);
  while (view.store.state.canUndo) view.session.undo();
  assert.deepEqual(order(view), ["occlusion", "gradient"]);
  view.session.redo();
  assert.deepEqual(order(view), ["gradient", "occlusion"]);
});

test("the kernel's order counts again once it answers", async (t) => {
  const view = scene(t);
  view.model.fire("comm:close");
  view.session.arrange(["gradient", "occlusion"]);
  assert.deepEqual(order(view), ["gradient", "occlusion"]);
  view.model.reply({ kind: "alive" });
  await arrive(view, { panels: [panel("occlusion", 1), panel("gradient", 2)] });
  assert.deepEqual(order(view), ["occlusion", "gradient"]);
});

test("a pinned panel waits for nothing that another sample brings: to unpin it there is a step", async (t) => {
  const pinned = { sample: 0, a: 0, b: null, baseline: 0, hidden: "" };
  const kept = panel("occlusion", 3, { pinned });
  const view = scene(t, { panels: [kept, panel("gradient", 2)] });
  await arrive(view, { sample: sample(1), panels: [kept, panel("gradient", 2, { map: null })] });
  await arrive(view, { panels: [kept, panel("gradient", 4)] });
  await arrive(view, { panels: [panel("occlusion", 5), panel("gradient", 4)] });
  view.session.undo();
  assert.deepEqual(view.model.of("restore")[0]!.runs, { occlusion: 3, gradient: 4 });
  view.session.undo();
  assert.equal(view.store.state.canUndo, false);
});
