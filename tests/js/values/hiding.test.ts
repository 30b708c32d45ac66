import assert from "node:assert/strict";
import { test } from "node:test";
import { hidden } from "../../../js/src/values/hiding.ts";
import { packed } from "../fake_model.ts";

const [H, W, C] = [2, 3, 2];
const matrix = Float32Array.from({ length: H * W * C }, (_, at) => at + 1);
const mask = Uint8Array.from([1, 0, 0, 0, 1, 1]);

/** The same by spreading the baseline out first. */
function plainly(base: Float32Array, hide: (cell: number) => boolean): number[] {
  return [...matrix].map((value, at) => (hide(Math.floor(at / C)) ? base[at]! : value));
}

const cells = Array.from({ length: H * W * C }, (_, at) => -at - 0.5);
const BASES: [string, number[], number[], (row: number, column: number, channel: number) => number][] = [
  ["a number", [7], [1, 1, 1], () => 7],
  ["a number per row", [7, 8], [2, 1, 1], (row) => 7 + row],
  ["a number per column", [7, 8, 9], [1, 3, 1], (_, column) => 7 + column],
  ["a number per channel", [7, 8], [1, 1, 2], (_row, _column, channel) => 7 + channel],
  ["a number per row and channel", [1, 2, 3, 4], [2, 1, 2], (row, _, channel) => 1 + 2 * row + channel],
  ["a number per cell", cells, [2, 3, 2], (row, column, channel) => -((row * W + column) * C + channel) - 0.5],
];

for (const [name, values, shape, at] of BASES)
  test(`cells become the baseline: ${name}`, () => {
    const base = Float32Array.from({ length: H * W * C }, (_, i) => at(Math.floor(i / C / W), Math.floor(i / C) % W, i % C));
    const made = (seen: "without" | "only") => [...hidden(matrix, [H, W, C], packed(values, shape), mask, seen)];
    assert.deepEqual(made("without"), plainly(base, (cell) => mask[cell] === 1));
    assert.deepEqual(made("only"), plainly(base, (cell) => mask[cell] === 0));
    assert.equal(matrix[0], 1);
  });

test("cells that do not exist are never hidden", () => {
  const absent = Float32Array.from([1, 0, 0, 1, 0, 0]);
  const made = hidden(matrix, [H, W, C], packed([0], [1, 1, 1]), mask, "without", absent);
  assert.deepEqual([...made], [1, 2, 3, 4, 5, 6, 7, 8, 0, 0, 0, 0]);
});

test("a matrix without a channel axis", () => {
  const made = hidden(Float32Array.from([1, 2, 3, 4]), [2, 2], packed([5, 6], [2, 1]), Uint8Array.from([0, 1, 1, 0]), "only");
  assert.deepEqual([...made], [5, 2, 3, 6]);
});
