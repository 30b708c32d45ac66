import assert from "node:assert/strict";
import { test } from "node:test";
import { arranged, before, movedBy } from "../../../../js/src/values/panels/order.ts";

const named = (...names: string[]) => names.map((name) => ({ name }));

test("things are put in an order, those that it does not name after it", () => {
  assert.deepEqual(arranged(named("a", "b", "1"), ["1", "gone"]), named("1", "a", "b"));
});

test("a name goes before another, or to the end", () => {
  assert.deepEqual(before(["a", "b", "c"], "c", "a"), ["c", "a", "b"]);
  assert.deepEqual(before(["a", "b", "c"], "a", "c"), ["b", "a", "c"]);
  assert.deepEqual(before(["a", "b", "c"], "a", null), ["b", "c", "a"]);
});

test("a name moves by places, and not over the ends", () => {
  assert.deepEqual(movedBy(["a", "b", "c"], "b", -1), ["b", "a", "c"]);
  assert.deepEqual(movedBy(["a", "b", "c"], "b", 1), ["a", "c", "b"]);
  assert.deepEqual([movedBy(["a", "b"], "a", -1), movedBy(["a", "b"], "b", 1), movedBy(["a"], "x", 1)], [null, null, null]);
});
