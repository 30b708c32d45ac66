import assert from "node:assert/strict";
import test from "node:test";
import { remaining } from "../../../../js/src/values/things/falling.ts";

test("what is left of a score is a share of it, of a negative one too", () => {
  assert.equal(remaining(1, 0.25), 0.25);
  assert.equal(remaining(0.8, 0.9), 1);
  assert.equal(remaining(0.8, -1), 0);
  assert.equal(remaining(-2, -3), 0.5);
  assert.equal(remaining(0, -0.1), 0);
  assert.equal(remaining(0, 0), 1);
  assert.equal(remaining(0.8, null), 1);
  assert.equal(remaining(null, 0.2), 1);
});
