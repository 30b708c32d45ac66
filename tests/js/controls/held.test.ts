// The bars of held inputs: on one scale around 0, and a sentence for each.

import assert from "node:assert/strict";
import { test } from "node:test";
import { ends, tip } from "../../../js/src/controls/held.ts";

const AGE = { name: "age", value: "63", baseline: "50", part: false, loss: 0.25, gradient: -0.5 };

test("bars", () => {
  assert.deepEqual(ends(2, 2), [50, 100], "the largest loss fills the right half");
  assert.deepEqual(ends(-1, 2), [25, 50], "what is gained goes to the left");
  assert.deepEqual(ends(0, 2), [50, 50], "nothing is a bar without length");
});

test("tips", () => {
  assert.equal(
    tip(AGE, "probabilities"),
    "The target's probability loses .250 with 50 in the place of 63; the slope along it is −.500.",
  );
  const kind = { ...AGE, name: "kind", value: "3 numbers", baseline: "", loss: -1, gradient: null };
  assert.equal(tip(kind, "values"), "The target's score gains 1 with its baseline in the place of all.");
  assert.match(tip({ ...kind, value: "", loss: null }, "values"), /given_scores lists all/);
});
