import assert from "node:assert/strict";
import { test } from "node:test";
import { cellAt, chosenOf, endsOfMap, heldOf, minus, spread, standsFor } from "../../../../js/src/values/panels/output.ts";

const whole = (values: number[], shape: number[]) => ({ shape, bytes: new DataView(Float32Array.from(values).buffer) });
const output = {
  number: 0,
  name: "map",
  kind: "values" as const,
  shape: [1, 2] as [number, number],
  channels: ["a", "b", "c"],
  whole: whole([1, 2, 3, 4], [2, 1, 2]),
};

test("each cell of the matrix has the value of the cell of the map that its middle lies in", () => {
  assert.deepEqual([...spread(Float32Array.of(1, 2, 3, 4), 2, 2, 4, 3)], [1, 2, 2, 1, 2, 2, 3, 4, 4, 3, 4, 4]);
  // as the nearest centre (i + 0.5) * stride - 0.5 says
  const nearest = (line: number, n: number, size: number): number => {
    const far = Array.from({ length: n }, (_, i) => Math.abs(((i + 0.5) * size) / n - 0.5 - line));
    return far.indexOf(Math.min(...far));
  };
  for (const [n, size] of [[4, 16], [3, 12], [1, 7], [5, 5]] as const)
    for (let line = 0; line < size; line++) assert.equal(cellAt(line, n, size), nearest(line, n, size));
  // a finer map, of which the last cell stays inside
  assert.deepEqual([0, 1].map((line) => cellAt(line, 4, 2)), [1, 3]);
});

test("a channel that was sent is the same object each time, one that was not is not there", () => {
  const at = (channel: number) => heldOf({ output, channel });
  assert.deepEqual([...at(1)!], [3, 4]);
  assert.equal(at(1), at(1));
  assert.equal(at(2), null);
});

test("what the options name is taken, or the first", () => {
  assert.deepEqual(chosenOf([output], 0, 2), { output, channel: 2 });
  assert.deepEqual(chosenOf([output], 3, 9), { output, channel: 0 });
  assert.equal(chosenOf([], 0, 0), null);
});

test("colours end at the lowest and the highest finite number", () => {
  assert.deepEqual(endsOfMap(Float32Array.of(NaN, 2, -1)), [-1, 2]);
  assert.deepEqual(endsOfMap(Float32Array.of(2, 2)), [1.5, 2.5]);
  assert.deepEqual(endsOfMap(Float32Array.of(NaN)), [0, 1]);
  assert.deepEqual([...minus(Float32Array.of(1, 5), Float32Array.of(3, 5))], [-2, 0]);
});

test("what a cell stands for is said", () => {
  assert.equal(standsFor([16, 32], 16, 32), "");
  assert.equal(standsFor([4, 8], 16, 32), "each cell stands for 4 × 4");
  assert.equal(standsFor([16, 1], 16, 32), "one answer per row: all columns alike");
  assert.equal(standsFor([1, 32], 16, 32), "one answer per column: all rows alike");
  assert.equal(standsFor([1, 1], 1, 1), "");
  assert.equal(standsFor([14, 30], 16, 32), "14 × 30 cells spread evenly over the matrix, some 1.14 × 1.07 each");
  assert.match(standsFor([32, 64], 16, 32), /of each cell of the matrix the nearest is shown/);
});
