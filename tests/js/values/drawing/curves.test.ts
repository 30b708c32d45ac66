import assert from "node:assert/strict";
import test from "node:test";
import { endsOfRows, heightOf, type Place, placesOn, whyNoLines } from "../../../../js/src/values/drawing/curves.ts";

const cells = (...values: number[]): Float32Array => Float32Array.from(values);

test("curves end at the lowest and the highest of their row, of all rows, or by hand", () => {
  const matrix = cells(1, NaN, 3, -4, 8, Infinity, 5, 5, 5, NaN, NaN, NaN);
  assert.deepEqual(endsOfRows(matrix, 4, true, undefined), [[1, 3], [-4, 8], [4.5, 5.5], [0, 1]]);
  assert.deepEqual(endsOfRows(matrix, 4, true, [0, 9]), [[1, 3], [-4, 8], [4.5, 5.5], [0, 1]]);
  assert.deepEqual(endsOfRows(matrix, 4, false, undefined), new Array(4).fill([-4, 8]));
  assert.deepEqual(endsOfRows(matrix, 4, false, [0, 2]), new Array(4).fill([0, 2]));
  assert.deepEqual([-4, 2, 8, Infinity, -9].map((value) => heightOf(value, [-4, 8])), [0, 0.5, 1, 1, 0]);
});

test("large cells have a place each, and one more at each side of what is seen", () => {
  const row = cells(0, 1, 2, NaN, 4, 5);
  assert.deepEqual(placesOn(row, [0, 6], 60), [0, 1, 2, NaN, 4, 5].map((value, at): Place => [10 * at + 5, value]));
  assert.deepEqual(placesOn(row, [2, 4], 20), [[-5, 1], [5, 2], [15, NaN], [25, 4]]);
  assert.deepEqual(placesOn(cells(7), [0, 1], 30), [[15, 7]]);
});

test("of cells smaller than a pixel the lowest and the highest are kept, in their order", () => {
  const W = 100_000;
  const row = Float32Array.from({ length: W }, (_, at) => Math.sin(at / 50) + (at === 70_001 ? 40 : at === 70_003 ? -40 : 0));
  const pixels = 500;
  const places = placesOn(row, [0, W], pixels);
  assert.equal(places.length, 2 * pixels);
  for (let pixel = 0; pixel < pixels; pixel++) {
    const part = row.subarray(pixel * 200, (pixel + 1) * 200);
    const [low, high] = [part.indexOf(Math.min(...part)), part.indexOf(Math.max(...part))];
    const expected = [Math.min(low, high), Math.max(low, high)].map((at) => [pixel + 0.5, part[at]]);
    assert.deepEqual(places.slice(2 * pixel, 2 * pixel + 2), expected);
  }
  row.fill(NaN, 400, 601); // a whole pixel, and one cell of the next
  const gap = placesOn(row, [0, W], pixels).filter(([, value]) => Number.isNaN(value));
  assert.deepEqual(gap, [[2.5, NaN]]);
});

test("many rows, and a matrix in blocks, cannot be lines", () => {
  assert.equal(whyNoLines(16, false), "");
  assert.match(whyNoLines(17, false), /16 rows at most; this matrix has 17/);
  assert.match(whyNoLines(3, true), /every cell/);
});
