import assert from "node:assert/strict";
import { test } from "node:test";
import type { Array as Packed } from "../../../js/src/protocol.ts";
import { Changes, marksOf, type Scene } from "../../../js/src/scene/scene.ts";
import { hidingOf, matrixOf, reading } from "../../../js/src/scene/sentences.ts";
import { INPUT, Numbers, type Shown } from "../../../js/src/scene/shown.ts";
import { initialState } from "../../../js/src/session/model.ts";
import { FakeModel, H, NONE, packed, panel, rows, traits, W } from "../fake_model.ts";

const values = Array.from({ length: H * W }, (_, cell) => cell + 1);
const absent = packed(values.map((value) => (value > 18 ? 1 : 0))); // the last row
const hidden = { number: 0, baseline: "row_median", sentence: "", matrix: packed([100, 200, 300, 400], [H, 1, 1]), warnings: [] };

function scene(input: "whole" | "without" | "only", selection = rows(0, 1), rest = {}, gone: Packed = NONE): Scene {
  const given = traits({ hidden, selection, ...rest });
  given.options.input = input;
  given.sample = { ...given.sample, matrix: packed(values, [H, W, 1]), absent: gone };
  const state = initialState(new FakeModel(given));
  return { state, H, W, marks: marksOf(selection, H, W, state.absent), dark: false } as unknown as Scene;
}

function shown(made: Scene, name: string, numbers = new Numbers()): Shown {
  numbers.update(new Changes(["matrix", "panels", "marks"]), made, [...made.state.panels]);
  return numbers.get(name);
}

test("the input as the model gets it follows the selection, and keeps its colours", () => {
  const numbers = new Numbers();
  const whole = shown(scene("whole"), INPUT, numbers);
  assert.deepEqual([...whole.values!], values);
  const fed = scene("without");
  const without = shown(fed, INPUT, numbers);
  assert.deepEqual([...without.values!], values.map((value, cell) => (cell < W ? 100 : value)));
  const only = shown(scene("only", rows(1, 3)), INPUT, numbers);
  assert.deepEqual([...only.values!], values.map((value, cell) => (cell < W ? 100 : cell < 3 * W ? value : 400)));
  assert.deepEqual([without.scale, only.scale], [whole.scale, whole.scale]);
  assert.equal(without.profiles.rows[0], 100);
  assert.equal(reading(fed, INPUT, without, { row: 0, column: 2 }), "100");
});

test("what is hidden is said, and that nothing is where nothing is selected", () => {
  const nothing = { bands: [] };
  assert.equal(hidingOf(scene("whole")), "");
  assert.equal(hidingOf(scene("without")), "6 cells hidden");
  assert.equal(hidingOf(scene("only")), "all but 6 cells hidden");
  assert.equal(hidingOf(scene("without", nothing)), "nothing selected: no cell hidden");
  assert.equal(hidingOf(scene("only", nothing)), "nothing selected: all cells hidden");
  const baselines = Array.from({ length: H * W }, (_, cell) => 100 * (1 + Math.floor(cell / W)));
  assert.deepEqual([...shown(scene("only", nothing), INPUT).values!], baselines);
  assert.equal(hidingOf(scene("without", rows(0, 1), { hidden: { ...hidden, matrix: NONE } })), "");
});

test("cells that do not exist count for nothing, and are said", () => {
  const map = packed([...values.slice(0, 18), 900, 900, 900, 900, 900, 900]);
  const made = scene("only", rows(2, 4), { panels: [panel("occlusion", 1, { map })] }, absent);
  const [input, occlusion] = [shown(made, INPUT), shown(made, "occlusion")];
  for (const [name, one] of [[INPUT, input], ["occlusion", occlusion]] as const) {
    assert.equal(reading(made, name, one, { row: 3, column: 2 }), "does not exist");
    assert.deepEqual([...one.values!.subarray(18)], new Array(6).fill(NaN));
    assert.ok(Number.isNaN(one.profiles.rows[3]));
  }
  assert.deepEqual([...input.values!.subarray(0, 18)], values.slice(0, 18).map((value, cell) => (cell < W ? 100 : cell < 2 * W ? 200 : value)));
  assert.ok(occlusion.scale.kind === "diverging" && occlusion.scale.limit <= 18);
  assert.ok(input.scale.kind === "sequential" && input.scale.high <= 18);
  assert.deepEqual([made.marks.cells, made.marks.existing, made.marks.share], [12, 6, 6 / 18]);
  assert.equal(hidingOf(made), "all but 6 cells hidden");
  assert.match(matrixOf(made), /dotted cells do not exist/);
});
