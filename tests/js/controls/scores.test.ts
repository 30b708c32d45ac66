import assert from "node:assert/strict";
import test from "node:test";
import { choose, compared, ends, firstLines } from "../../../js/src/controls/scores.ts";
import type { State } from "../../../js/src/session/store.ts";
import { kindOf } from "../../../js/src/values/things/kinds.ts";

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

test("each kind of line has a scale of its own, of each of several models", () => {
  const scores = {
    kind: "values" as const,
    all: [0.2, 0.8, -3, 12],
    predicted: 1,
    kinds: ["probabilities" as const, "probabilities" as const, "values" as const, "values" as const],
  };
  const whatif = { without: [0.9, 0.1, -7, null], only: null } as State["whatif"];
  const state = { scores, whatif, classes: ["a", "b", "unit", "size"] } as unknown as State;
  assert.deepEqual(ends({ state }, "probabilities"), [0, 1]);
  assert.deepEqual(ends({ state }, "values"), [-7, 12]);
  const two = { ...scores, all: [...scores.all, 0.3, 0.7, -20, 1], models: ["one", "two"] };
  assert.deepEqual(ends({ state: { ...state, scores: two } }, "values"), [-20, 12]);
  assert.deepEqual(ends({ state: { ...state, scores: two } }, "probabilities"), [0, 1]);
  const sums = { ...scores, kind: "probabilities" as const, kinds: undefined, all: [1.5, 0.2, 0.3, 0.1] };
  assert.deepEqual(ends({ state: { ...state, scores: sums, whatif: { ...whatif, without: null } } }, "probabilities"), [0, 1.5]);
  assert.deepEqual([kindOf(scores, 1), kindOf(scores, 2), kindOf(sums, 3)], ["probabilities", "values", "probabilities"]);
  assert.deepEqual(compared([0.2, 0.9], "probabilities"), [".20", ".90"]);
});
