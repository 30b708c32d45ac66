import assert from "node:assert/strict";
import test from "node:test";

import { gone, sample, strongest } from "../../../js/src/values/sampling.ts";

test("large cells are drawn one by one, and only those in sight", () => {
  const drawn = sample([2.5, 6], 10, 70, 70);
  assert.deepEqual([...drawn.starts], [2, 3, 4, 5]);
  assert.deepEqual([...drawn.ends], [3, 4, 5, 6]);
  assert.equal(drawn.offset, 0.5);
  assert.equal(drawn.length, 3.5);
});

test("cells under two pixels are gathered into pixels that cover them all", () => {
  const drawn = sample([0, 100], 100, 30, 30);
  assert.equal(drawn.starts.length, 30);
  const seen = new Set<number>();
  drawn.starts.forEach((start, i) => {
    for (let cell = start; cell < drawn.ends[i]!; cell++) seen.add(cell);
  });
  assert.equal(seen.size, 100);
});

test("a pixel shows the value of largest magnitude with its sign, never the mean", () => {
  const values = Float32Array.from([0.1, -0.9, 0.2, 0.3, NaN, NaN, NaN, 0.05]);
  const [rows, columns] = [sample([0, 1], 1, 40, 40), sample([0, 8], 8, 4, 4)];
  const drawn = strongest(values, 8, rows, columns);
  assert.deepEqual([...drawn].map((value) => Math.round(value * 100) / 100), [-0.9, 0.3, NaN, 0.05]);
});

test("a pixel is absent where all of its cells are", () => {
  const absent = Float32Array.from([1, 1, 1, 0, 1, 1, 0, 0]);
  const [rows, columns] = [sample([0, 2], 2, 20, 20), sample([0, 4], 4, 4, 2)];
  assert.deepEqual([...gone(absent, 4, rows, columns)], [0xff000000, 0, 0xff000000, 0]);
});
