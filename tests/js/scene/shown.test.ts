import assert from "node:assert/strict";
import { test } from "node:test";
import type { Array as Packed } from "../../../js/src/protocol.ts";
import { placeOf, rowAt, shownAxes } from "../../../js/src/scene/ordering.ts";
import { grown } from "../../../js/src/scene/reach.ts";
import { Changes, marksOf, rowEdge, rowSides, rowSpan, type Scene } from "../../../js/src/scene/scene.ts";
import { endsSaid, hidingOf, limitsSaid, matrixOf, pinOf, reading } from "../../../js/src/scene/sentences.ts";
import { INPUT, isLinesAlone, Numbers, type Shown } from "../../../js/src/scene/shown.ts";
import { initialState } from "../../../js/src/session/model.ts";
import { decode, type FullPanel } from "../../../js/src/values/arrays.ts";
import type { Drawing } from "../../../js/src/values/drawing/options.ts";
import { toCell } from "../../../js/src/values/viewport.ts";
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

/** A scene with the input whole and options of one's own. */
function drawn(options: Partial<Drawing>, rest = {}): Scene {
  const made = scene("whole", rows(0, 1), rest);
  (made.state as { options: Drawing }).options = { ...made.state.options, ...options };
  return made;
}

const signed = packed(values.map((value) => (value % 2 ? value : -value)), [H, W, 1]);

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

test("the input lies beneath no map of another sample, whose title says the sample and that", () => {
  const pin = (sample: number, name?: string) => ({ sample, a: 0, b: null, baseline: 0, hidden: "", ...(name ? { name } : {}) });
  const panels = [pin(2, "bert"), pin(2), pin(0, "anna")].map((pinned, at) => ({ ...panel(`m${at}`, 1), pinned }));
  const made = drawn({ beneath: true }, { panels });
  const grounds = panels.map(({ name }) => shown(made, name).ground !== null);
  assert.deepEqual(grounds, [false, false, true]);
  const said = made.state.panels.map((each) => pinOf(each, made));
  assert.deepEqual(said, ["pinned: bert, not over its input", "pinned: sample 2, not over its input", "pinned"]);
});

test("a pin to a line of another sample says which, whatever has that number here", () => {
  const pin = (target: string) => ({ sample: 2, a: 0, b: null, baseline: 0, hidden: "", target });
  const made = drawn({}, { classes: ["row 1", "row 2"], panels: [panel("m", 1)] });
  const said = ["row 5", "row 1"].map((line) => pinOf({ ...made.state.panels[0]!, pinned: pin(line) }, made));
  assert.deepEqual(said, ["pinned: sample 2, target row 5", "pinned: sample 2"]);
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

test("the first row may be at the bottom", () => {
  const made = drawn({ flipped: true });
  const at = (flipped: boolean): Scene => ({ ...made, layout: { mapHeight: 100 * H, flipped } }) as unknown as Scene;
  assert.deepEqual([0, 1, H].map((row) => rowEdge(at(false), row)), [0, 100, 100 * H]);
  assert.deepEqual([0, 1, H].map((row) => rowEdge(at(true), row) + 0), [100 * H, 100 * (H - 1), 0]);
  assert.deepEqual(rowSides(at(true), 0, 1), [100 * (H - 1), 100 * H]);
  assert.equal(toCell(rowSpan(at(true)), 100 * H, 50), H - 0.5);
  assert.match(matrixOf(made), /first row at the bottom/);
});

test("the rows of the input are curves over each map of the sample, as high as those of the whole matrix", () => {
  const pinned = { sample: 2, a: 0, b: null, hidden: null, baseline: 0, words: [], names: [] } as unknown as FullPanel["pinned"];
  const maps = { panels: [panel("a", 1), panel("b", 2, { pinned })] };
  const numbers = new Numbers();
  const [cells, over] = [drawn({}, maps), drawn({ lines: "over" }, maps)];
  assert.equal(shown(cells, INPUT, numbers).curves, null);
  const input = shown(over, INPUT, numbers);
  assert.deepEqual([input.curves?.how, input.curves?.apart, input.curves?.ends], ["over", false, new Array(H).fill([1, 24])]);
  assert.equal(numbers.get("a").curves, input.curves);
  assert.equal(numbers.get("b").curves, null);
  assert.deepEqual([isLinesAlone(input), isLinesAlone(numbers.get("a"))], [true, false]);
  assert.equal(shown(over, INPUT, numbers), input);
  assert.equal(limitsSaid(input, over.state.options), "lines from 1 to 24");
  const apart = drawn({ lines: "along", rows_apart: true });
  assert.deepEqual(shown(apart, INPUT).curves?.ends, [[1, 6], [7, 12], [13, 18], [19, 24]]);
  assert.equal(limitsSaid(shown(apart, INPUT), apart.state.options), "each line on its own scale");
  const hand = drawn({ lines: "over", by_hand: { input: [2, 20] } });
  assert.match(limitsSaid(shown(hand, INPUT), hand.state.options), /^lines from 2 to 20, by hand: 5 cells beyond$/);
  const fed = scene("without");
  (fed.state as { options: Drawing }).options = { ...fed.state.options, lines: "over" };
  const hiding = shown(fed, INPUT).curves!;
  assert.deepEqual([hiding.ends[0], hiding.values[0]], [[1, 24], 100]);
});

/** What root.ts does once per frame: numbers first, then all that goes by the order of rows. */
function inOrder(made: Scene, numbers = new Numbers()): Scene {
  numbers.update(new Changes(["options"]), made, [...made.state.panels]);
  const { order } = numbers;
  return { ...made, order, marks: marksOf(made.state.selection, H, W, made.state.absent, order) };
}

test("rows are shown by the profile of a panel: maps, names and selections move, values stay where they are", () => {
  const map = packed(values.map((value, cell) => (Math.floor(cell / W) === 1 ? 100 : Math.floor(cell / W) === 3 ? -50 : value)));
  const maps = { panels: [panel("a", 1, { map })] };
  const numbers = new Numbers();
  const made = inOrder(drawn({ order: "profile", order_by: "a", descending: true }, maps), numbers);
  assert.deepEqual([...made.order!.rows], [1, 2, 0, 3]);
  const a = numbers.get("a");
  assert.deepEqual([...a.values!], [...decode(map)]);
  assert.deepEqual([0, 1, 2, 3].map((place) => a.rasters[0]!.values[place * W]), [100, 13, 1, -50]);
  assert.deepEqual([0, 1, 2, 3].map((place) => numbers.get(INPUT).rasters[0]!.values[place * W]), [7, 13, 1, 19]);
  assert.deepEqual(shownAxes(made).rows.labels, ["1", "2", "0", "3"]);
  // the first row of the matrix is the third that is shown
  assert.deepEqual(made.marks.rowRuns, [[2, 3]]);
  assert.deepEqual(made.marks.placed.bands, rows(2, 3).bands);
  assert.deepEqual([made.marks.selection, made.marks.cells], [made.state.selection, W]);
  assert.deepEqual([rowAt(made, 0), placeOf(made, 0)], [1, 2]);
  assert.equal(reading(made, "a", a, { row: 1, column: 0 }), "+100.0");
  assert.match(matrixOf(made), /rows by the profile of a, descending/);
  // while the map is filled anew the rows stay where they are
  const job = { map: new Float32Array(H * W).fill(1), done: 1, total: 2 };
  const filling = { ...made, state: { ...made.state, jobs: { a: job } } } as unknown as Scene;
  assert.equal(inOrder(filling, numbers).order, made.order);
});

test("the order that cannot be is the matrix' own, and is said", () => {
  const gone = inOrder(drawn({ order: "profile", order_by: "gone" }));
  assert.equal(gone.order, null);
  assert.match(matrixOf(gone), /own order: the profile of gone is not there/);
  const ungrouped = inOrder(drawn({ order: "groups", groups: ["x"] }));
  assert.equal(ungrouped.order, null);
  assert.match(matrixOf(ungrouped), /own order: no groups/);
  const grouped = inOrder(drawn({ order: "groups", groups: ["x", "y", "x", "y"] }));
  assert.deepEqual([...grouped.order!.rows], [0, 2, 1, 3]);
  assert.equal(inOrder(drawn({ order: "name", descending: true })).order!.rows[0], H - 1);
  assert.equal(inOrder(drawn({})).order, null);
  const lines = inOrder(drawn({ order: "name", descending: true, lines: "over", rows_apart: true }));
  const numbers = new Numbers();
  inOrder(lines, numbers);
  assert.deepEqual(numbers.get(INPUT).curves!.ends[0], [19, 24]);
  assert.equal(numbers.get(INPUT).curves!.values[0], 19);
});

test("the ends of a map are its own, those of all, of all samples, or set by hand", () => {
  const maps = { panels: [panel("a", 1, { map: packed(values) }), panel("b", 2, { map: packed(values.map((value) => 2 * value)) })] };
  const ends = (options: Partial<Drawing>): number[] =>
    ["a", "b"].map((name) => {
      const { scale } = shown(drawn({ quantile: 1, ...options }, maps), name);
      return scale.kind === "diverging" ? scale.limit : NaN;
    });
  assert.deepEqual(ends({}), [24, 48]);
  assert.deepEqual(ends({ limits: "shared" }), [48, 48]);
  const reach = { a: { about: "", limit: 30 }, b: { about: "", limit: 30 } };
  assert.deepEqual(ends({ limits: "samples", reach }), [30, 48]);
  assert.deepEqual(ends({ reach }), [24, 48]);
  const by_hand: Drawing["by_hand"] = { a: [-5, 5], "": [-7, 7] };
  assert.deepEqual(ends({ by_hand }), [5, 48]);
  assert.deepEqual(ends({ by_hand, limits: "shared" }), [7, 7]);
  const cut = shown(drawn({ by_hand }, maps), "a");
  assert.deepEqual([cut.beyond, cut.byHand, cut.automatic.kind], [19, true, "diverging"]);
  assert.match(endsSaid(cut, drawn({ by_hand }).state.options), /^end at ± 5, by hand: 19 cells beyond$/);
  assert.equal(limitsSaid(cut, drawn({ by_hand }).state.options), "colours end by hand: 19 cells beyond");
});

test("the reach of a map grows with the samples, and begins anew with another result", () => {
  const numbers = new Numbers();
  const reach = (options: Partial<Drawing>, size: number, rest = {}): Drawing["reach"] | null => {
    const given = { panels: [panel("a", 1, { map: packed(values.map((value) => size * value)), ...rest })] };
    const made = drawn({ quantile: 1, limits: "samples", ...options }, given);
    shown(made, "a", numbers);
    return grown(made.state, [...made.state.panels], numbers);
  };
  assert.equal(reach({ limits: "own" }, 1), null);
  const first = reach({}, 1)!;
  assert.equal(first.a!.limit, 24);
  assert.equal(reach({ reach: first }, 0.5), null);
  assert.equal(reach({ reach: first }, 2)!.a!.limit, 48);
  assert.equal(reach({ reach: first }, 0.5, { parameters: { patch: 3 } })!.a!.limit, 12);
});

test("a signed input has a zero; its rows may have a scale each", () => {
  const input = (options: Partial<Drawing>): Shown => {
    const made = drawn(options);
    Object.assign(made.state, { matrix: decode(signed) });
    return shown(made, INPUT);
  };
  assert.equal(input({}).scale.kind, "diverging");
  assert.equal(input({ input_scale: "plain" }).scale.kind, "sequential");
  assert.deepEqual(input({ by_hand: { input: [-3, 1] } }).scale, { kind: "diverging", limit: 3 });
  const apart = input({ rows_apart: true, by_hand: { input: [-3, 1] } });
  assert.deepEqual([apart.scale, apart.key, apart.byHand], [{ kind: "diverging", limit: 1 }, null, false]);
  // each row runs to its own 99 %: none is faded by the row of the largest numbers
  const rowsOf = (cells: Float32Array): number[] =>
    [0, 1, 2, 3].map((row) => cells.subarray(row * W, (row + 1) * W).reduce((most, value) => Math.max(most, Math.abs(value)), 0));
  assert.ok(rowsOf(apart.drawn!).every((most) => most >= 1 && most < 1.1));
  assert.equal(apart.values![1], -2);
});
