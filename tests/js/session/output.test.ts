import assert from "node:assert/strict";
import { test } from "node:test";
import { Changes, marksOf, type Scene } from "../../../js/src/scene/scene.ts";
import { reading } from "../../../js/src/scene/sentences.ts";
import { Numbers } from "../../../js/src/scene/shown.ts";
import { partMap, wholeMap } from "../../../js/src/session/output/asking.ts";
import { H, packed, rows, scene, traits, W } from "../fake_model.ts";

/** A map of half the rows and columns, of which the page was sent the first of two channels. */
function given(options = {}) {
  const { sample, options: usual } = traits();
  const whole = packed([1, 2, 3, 4, 5, 6], [1, 2, 3]);
  const output = { number: 0, name: "map", kind: "values" as const, shape: [2, 3] as [number, number], channels: ["a", "b"], whole };
  return { sample: { ...sample, outputs: [output] }, options: { ...usual, ...options } };
}

type Made = ReturnType<typeof scene>;

function answer({ model, store }: Made, values: number[], more = {}): void {
  const { viewer, ask } = model.of("output").at(-1)!;
  const { bytes } = packed(values, [2, 3]);
  model.reply({ kind: "output_cells", viewer, ask, sample: store.state.sample.index, shape: [2, 3], ...more }, bytes);
}

function select({ session, store }: Made, first: number): void {
  session.setSelection(rows(first, first + 1), { commit: false });
  store.flush();
}

test("while the hand moves one question is under way, and the newest is asked next", (t) => {
  const made = scene(t, given({ output: "without" }));
  made.store.flush();
  assert.deepEqual([...partMap(made.store.state)!], [1, 2, 3, 4, 5, 6]); // nothing is selected
  for (const first of [0, 1, 2]) select(made, first);
  const asked = () => made.model.of("output").map(({ part, selection }) => [part, selection?.bands[0]?.rows]);
  assert.deepEqual(asked(), [["without", [0, 1]]]);
  answer(made, [0, 0, 0, 0, 0, 1]);
  assert.deepEqual([...partMap(made.store.state)!], [0, 0, 0, 0, 0, 1]);
  assert.deepEqual(asked(), [["without", [0, 1]], ["without", [2, 3]]]);
  answer(made, [0, 0, 0, 0, 0, 2]);
  made.store.flush();
  assert.equal(asked().length, 2);
  assert.equal(partMap(made.store.state)![5], 2);
});

test("an answer of another sample, or to another view, is not shown", (t) => {
  const made = scene(t, given({ output: "only" }));
  assert.deepEqual(made.model.of("output")[0]!.selection, { bands: [] }); // nothing is left of the matrix
  answer(made, [9, 9, 9, 9, 9, 9], { viewer: -1 });
  assert.equal(partMap(made.store.state), null);
  answer(made, [9, 9, 9, 9, 9, 9], { sample: 2 });
  assert.equal(partMap(made.store.state), null);
  select(made, 1);
  answer(made, [8, 8, 8, 8, 8, 8]);
  assert.equal(partMap(made.store.state)![0], 8);
});

test("a map that failed is said and not asked for again until something changes", (t) => {
  const made = scene(t, given({ output: "without" }));
  select(made, 1);
  const { viewer, ask } = made.model.of("output").at(-1)!;
  made.model.reply({ kind: "output_cells", viewer, ask, sample: -1, shape: [0], reason: "Out of cheese." });
  made.store.flush();
  assert.equal(made.store.state.output.reason, "Out of cheese.");
  assert.equal(made.model.of("output").length, 1);
  select(made, 2);
  assert.equal(made.model.of("output").length, 2);
});

test("a channel that was not sent is asked for, and nothing where the panel is away or no kernel answers", (t) => {
  const made = scene(t, given({ output_channel: 1 }));
  made.session.zoom(made.store.state.viewport);
  made.session.notify("x");
  made.store.flush();
  assert.deepEqual(made.model.of("output").map(({ channel, part }) => [channel, part]), [[1, "whole"]]);
  answer(made, [6, 5, 4, 3, 2, 1]);
  assert.deepEqual([...wholeMap(made.store.state)!], [6, 5, 4, 3, 2, 1]);
  for (const away of [scene(t, given({ output: "none" })), scene(t, { ...given({ output: "without" }), live: false })]) {
    select(away, 1);
    assert.deepEqual(away.model.of("output"), []);
    assert.deepEqual([...partMap(away.store.state)!], [1, 2, 3, 4, 5, 6]);
  }
});

test("a panel holds the map in the frame of the matrix, and ends where the whole map does", (t) => {
  const made = scene(t, given({ output: "without" }));
  select(made, 1);
  answer(made, [1, 2, NaN, 4, 5, 16]);
  const numbers = new Numbers();
  const look = (): Scene => {
    const { state } = made.store;
    const scene = { state, dark: false, H, W, order: null, marks: marksOf(state.draft ?? state.selection, H, W) } as Scene;
    numbers.update(new Changes(["options", "output"]), scene, state.panels);
    return scene;
  };
  const now = look();
  const shown = numbers.get("output");
  assert.deepEqual(shown.scale, { kind: "sequential", low: 1, high: 6 });
  assert.equal(shown.beyond, 4);
  assert.deepEqual([0, 1, 2, 3].map((row) => shown.values![row * W + 5]), [NaN, NaN, 16, 16]);
  assert.equal(reading(now, "output", shown, { row: 0, column: 4 }), "no finite number");
  assert.equal(reading(now, "output", shown, { row: 3, column: 0 }), "4");
  made.session.setOptions({ output: "difference" });
  look();
  const difference = numbers.get("output");
  assert.deepEqual(difference.scale, { kind: "diverging", limit: 6 });
  assert.equal(difference.values![2 * W + 5], 10);
  assert.equal(difference.beyond, 4);
});
