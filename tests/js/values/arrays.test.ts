import assert from "node:assert/strict";
import { test } from "node:test";
import * as arrays from "../../../js/src/values/arrays.ts";

const numbers = Float32Array.from([1, -2, NaN, 0.5]);

test("binary may be a DataView, bytes or a buffer, with an offset, aligned or not", () => {
  for (const offset of [0, 4, 3]) {
    const bytes = new Uint8Array(offset + 20);
    bytes.set(new Uint8Array(numbers.buffer), offset);
    const view = new DataView(bytes.buffer, offset, 16);
    assert.deepEqual(arrays.floatsOf(view), numbers);
    assert.deepEqual(arrays.floatsOf(bytes.subarray(offset, offset + 16)), numbers);
    assert.deepEqual(arrays.decode({ shape: [2, 2], bytes: view }), numbers);
    assert.equal(arrays.floatsOf(view).buffer === bytes.buffer, offset % 4 === 0);
  }
  assert.deepEqual(arrays.floatsOf(numbers.buffer), numbers);
  assert.deepEqual(arrays.bytesOf(numbers.buffer).length, 16);
});

test("sizes of a shape with and without channels", () => {
  assert.deepEqual(arrays.sizes([4, 6]), { H: 4, W: 6, C: 1 });
  assert.deepEqual(arrays.sizes([4, 6, 3]), { H: 4, W: 6, C: 3 });
});

test("one plane of several channels", () => {
  const cube = Float32Array.from([1, 2, 3, 4, NaN, 6]);
  assert.deepEqual([...arrays.plane(cube, [1, 3, 2], null)], [3, 7, NaN]);
  assert.deepEqual([...arrays.plane(cube, [1, 3, 2], null, "mean")], [1.5, 3.5, NaN]);
  assert.deepEqual([...arrays.plane(cube, [1, 3, 2], 1)], [2, 4, 6]);
  assert.equal(arrays.plane(cube, [2, 3], null), cube);
});

test("quantiles are linear between neighbours", () => {
  assert.equal(arrays.quantile([0, 1, 2, 3], 0.5), 1.5);
  assert.equal(arrays.quantile([0, 1, 2, 3], 1), 3);
  assert.ok(Number.isNaN(arrays.quantile([], 0.5)));
});

test("the limit of a map is symmetric, ignores NaN and is 0 only where all is", () => {
  const ramp = Float32Array.from({ length: 1001 }, (_, i) => (i % 2 ? -1 : 1) * i);
  assert.ok(Math.abs(arrays.limit(ramp, 0.998) - 998) < 1e-3);
  assert.equal(arrays.limit(Float32Array.from([NaN, -3, 2]), 1), 3);
  assert.equal(arrays.limit(Float32Array.from([0, 0, NaN]), 0.998), 0);
  assert.equal(arrays.limit(Float32Array.from([NaN]), 0.998), 0);
  const sparse = new Float32Array(1000);
  sparse[7] = 5;
  assert.equal(arrays.limit(sparse, 0.5), 5);
});

test("the range of the input never collapses", () => {
  assert.deepEqual(arrays.range(Float32Array.from({ length: 101 }, (_, i) => i)), [1, 99]);
  assert.deepEqual(arrays.range(Float32Array.from([2, 2, 2])), [1.5, 2.5]);
  const sparse = new Float32Array(1000);
  sparse[7] = 5;
  assert.deepEqual(arrays.range(sparse), [0, 5]);
  assert.deepEqual(arrays.range(Float32Array.from([NaN])), [0, 1]);
});

test("profiles leave NaN out, and a line of nothing else is NaN", () => {
  const map = Float32Array.from([1, -3, NaN, NaN, NaN, NaN]);
  const sum = arrays.profiles(map, 2, 3, "sum");
  assert.deepEqual([...sum.rows], [-2, NaN]);
  assert.deepEqual([...sum.columns], [1, -3, NaN]);
  assert.deepEqual([...arrays.profiles(map, 2, 3, "mean").rows], [-1, NaN]);
  assert.deepEqual([...arrays.profiles(map, 2, 3, "magnitude").rows], [2, NaN]);
});
