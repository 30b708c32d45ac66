import assert from "node:assert/strict";
import test from "node:test";
import { choose, firstLines } from "../../../js/src/controls/scores.ts";

test("the target always has a row among the scores, then the highest", () => {
  assert.deepEqual(choose([0.1, 0.2, 0.3], 2, null), [0, 1, 2]);
  assert.deepEqual(choose([0.4, 0.3, 0.2, 0.1, 0.0], 4, null), [4, 0, 1, 2]);
  assert.deepEqual(choose([0.4, 0.3, 0.2, 0.1, 0.0], 4, 3), [4, 3, 0, 1]);
  assert.deepEqual(choose([null, 0.3, 0.2, 0.1, 0.0], 1, null), [1, 2, 3, 4]);
});

test("all lines of things have a row in their own order, and beyond the most the target still", () => {
  assert.deepEqual(firstLines(6, { a: 4, b: null }), [0, 1, 2, 3, 4, 5]);
  assert.deepEqual(firstLines(9, { a: 7, b: null }, 4), [0, 1, 2, 7]);
  assert.deepEqual(firstLines(9, { a: 7, b: 5 }, 4), [0, 1, 5, 7]);
  assert.deepEqual(firstLines(9, { a: 2, b: 5 }, 4), [0, 1, 2, 5]);
});
