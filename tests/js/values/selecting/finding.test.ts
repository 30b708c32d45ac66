import assert from "node:assert/strict";
import { test } from "node:test";
import { found } from "../../../../js/src/values/selecting/finding.ts";

const names = ["gyro x", "acc 2 x", "acc", "mic 2", "a long acc", "Acc 12"];
const of = (typed: string, most = 9): string[] => found(names, typed, most).places.map((place) => names[place]!);

test("the name itself comes first, then what begins so, then words that do, then all else", () => {
  assert.deepEqual(of("acc"), ["acc", "acc 2 x", "Acc 12", "a long acc"]);
  assert.deepEqual(of("2"), ["acc 2 x", "mic 2", "Acc 12"]);
  assert.deepEqual(of(""), names);
});

test("every word counts, in any order and case; what does not fit is left out", () => {
  assert.deepEqual(of("X acc"), ["acc 2 x"]);
  assert.deepEqual(of("nothing"), []);
});

test("the best are kept where there are too many, and all are counted", () => {
  assert.deepEqual(of("acc", 2), ["acc", "acc 2 x"]);
  assert.equal(found(names, "acc", 2).all, 4);
});
