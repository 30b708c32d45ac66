import assert from "node:assert/strict";
import { test } from "node:test";
import type { Band, Selection } from "../../../../js/src/protocol.ts";
import { paint } from "../../../../js/src/values/regions.ts";
import { covered, grown, inverted, joined, type Made, MOST, shrunk, strongest } from "../../../../js/src/values/selecting/cells.ts";

const [H, W] = [7, 9];
const band = (rows: Band["rows"], columns: Band["columns"], op: Band["op"] = "add"): Band => ({ op, rows, columns });
const of = (made: Made): Selection => {
  assert.ok("selection" in made, "why" in made ? made.why : "");
  return made.selection;
};

/** Whether any cell of the 3 x 3 around a cell, of those that there are, has the flag. */
function near(mask: Uint8Array, cell: number, flag: number): boolean {
  const [row, column] = [Math.floor(cell / W), cell % W];
  for (let r = Math.max(0, row - 1); r <= Math.min(H - 1, row + 1); r++)
    for (let c = Math.max(0, column - 1); c <= Math.min(W - 1, column + 1); c++) if (mask[r * W + c] === flag) return true;
  return false;
}

const CASES: Selection[] = [
  { bands: [] },
  { bands: [band([2, 5], [3, 7])] },
  { bands: [band([0, 3], null)] },
  { bands: [band(null, [6, null])] },
  { bands: [band([1, 4], [1, 4]), band([3, 6], [3, 8])] },
  { bands: [band([1, 6], null), band(null, [3, 4], "remove"), band([2, 3], [3, 4])] },
  { bands: [band(null, null), band([2, 5], [2, 5], "remove")] },
  { bands: [band([1, 3], [2, 5], "remove"), band([6, 7], [8, 9])] },
];

test("inverted, grown and shrunk agree with every cell's neighbours, whatever the bands", () => {
  for (const selection of CASES) {
    const mask = paint(selection, H, W);
    assert.deepEqual(paint(inverted(selection, H, W), H, W), mask.map((flag) => 1 - flag));
    assert.deepEqual(paint(of(grown(selection, H, W)), H, W), mask.map((_, cell) => Number(near(mask, cell, 1))));
    const left = mask.map((_, cell) => Number(!near(mask, cell, 0)));
    const made = shrunk(selection, H, W);
    if (left.includes(1)) assert.deepEqual(paint(of(made), H, W), left);
    else assert.match("why" in made ? made.why : "", /no cell; the selection stays/);
  }
});

test("bands stay bands: inverted twice is the same, a grown row is rows, a shrunk box a box", () => {
  const [, box, rows, columns] = CASES as [Selection, Selection, Selection, Selection];
  assert.deepEqual(inverted(box, H, W).bands, [band(null, null), band([2, 5], [3, 7], "remove")]);
  assert.deepEqual(inverted(inverted(box, H, W), H, W), box);
  assert.deepEqual(inverted({ bands: [band(null, null)] }, H, W).bands, []);
  assert.deepEqual(of(grown(rows, H, W)).bands, [band([0, 4], null)]);
  assert.deepEqual(of(grown(columns, H, W)).bands, [band(null, [5, 9])]);
  assert.deepEqual(of(shrunk(rows, H, W)).bands, [band([0, 2], null)]);
  assert.deepEqual(of(shrunk(box, H, W)).bands, [band([3, 4], [4, 6])]);
  assert.deepEqual(of(shrunk(CASES[6]!, H, W)).bands, [band(null, null), band([1, 6], [1, 6], "remove")]);
});

test("joined holds the cells of both, whatever is taken away in either", () => {
  for (const one of CASES)
    for (const other of CASES) {
      const [mine, theirs] = [paint(one, H, W), paint(other, H, W)];
      assert.deepEqual(
        paint(of(joined(one, other, H, W)), H, W),
        mine.map((flag, cell) => flag | theirs[cell]!),
      );
    }
});

test("cells are covered exactly, by few bands, and refused where there are too many", () => {
  let state = 5;
  const random = (): number => {
    state = (state * 48271) % 2147483647;
    return state / 2147483647;
  };
  for (const share of [0, 0.1, 0.5, 0.9, 1]) {
    const mask = Uint8Array.from({ length: H * W }, () => (random() < share ? 1 : 0));
    assert.deepEqual(paint(of(covered(mask, H, W)), H, W), mask);
  }
  const stripes = Uint8Array.from({ length: H * W }, (_, cell) => Number((cell % W) % 2 === 0));
  assert.equal(of(covered(stripes, H, W)).bands.length, 5);
  const board = Uint8Array.from({ length: 80 * 80 }, (_, cell) => (cell + Math.floor(cell / 80)) % 2);
  const made = covered(board, 80, 80);
  assert.match("why" in made ? made.why : "", /^These cells lie in 3,200 pieces, but a selection holds at most 2,000;/);
  assert.equal(MOST, 2000);
});

test("the strongest cells: by size, positive alone, of the cells that there are", () => {
  const values = Float32Array.from({ length: 100 }, (_, i) => (i % 2 ? -i - 1 : i + 1));
  const chosen = (made: Made): number[] => [...paint(of(made), 10, 10)].flatMap((flag, cell) => (flag ? [cell] : []));
  assert.deepEqual(chosen(strongest(values, 5, false, null, 10, 10)), [95, 96, 97, 98, 99]);
  assert.deepEqual(chosen(strongest(values, 5, true, null, 10, 10)), [90, 92, 94, 96, 98]);
  const absent = Float32Array.from({ length: 100 }, (_, i) => Number(i >= 80));
  assert.deepEqual(chosen(strongest(values, 5, false, absent, 10, 10)), [76, 77, 78, 79]);
  const part = values.map((value, i) => (i < 60 ? Number.NaN : value));
  assert.deepEqual(chosen(strongest(part, 5, false, null, 10, 10)), [98, 99]);
  const exact = strongest(values, 5, false, null, 10, 10);
  assert.equal("note" in exact && exact.note, "");
});

test("fewer strong cells, equal values and a map of zeros are said", () => {
  const few = Float32Array.from({ length: 100 }, (_, i) => (i < 3 ? i + 1 : 0));
  const note = (made: Made): string => ("note" in made ? made.note : made.why);
  assert.equal(note(strongest(few, 20, true, null, 10, 10)), "20 % are 20 cells, but only 3 are positive: these are selected.");
  const flat = new Float32Array(100).fill(1, 0, 30);
  assert.equal(note(strongest(flat, 5, false, null, 10, 10)), "5 % are 5 cells, but more have equal values: 30 are selected.");
  const none = "No cell of this map is other than 0; the selection stays as it is.";
  assert.equal(note(strongest(new Float32Array(100), 5, false, null, 10, 10)), none);
  assert.match(note(strongest(flat.map((value) => -value), 5, true, null, 10, 10)), /^No cell of this map is positive/);
});
