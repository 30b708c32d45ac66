import assert from "node:assert/strict";
import test from "node:test";

import { promise } from "../../../js/src/map/footer.ts";
import type { FullPanel } from "../../../js/src/values/arrays.ts";
import { packed, panel, rows } from "../fake_model.ts";

const map = packed([1, 2, 3, -0.5], [2, 2]);
const said = (patch: Partial<FullPanel>) => promise(panel("lrp", 1, { map, ...patch }));

test("a method that promises nothing says nothing", () => {
  assert.equal(said({ residual: null }), null);
  assert.equal(said({ residual: 0.1, map: null }), null);
});

test("a map sums to the score, or to what the score has over the baseline's", () => {
  assert.deepEqual(said({ score: 5.6, residual: -0.1 }), {
    short: "Sums to 5.50 of 5.60 (residual −.10).",
    long: "Sums to 5.50 of 5.60, the score (residual −.10).",
  });
  const integrated = said({ score: 5.1, score_at_baseline: -0.4, residual: 0.00001 });
  assert.equal(integrated?.short, "Sums to 5.50 of 5.50.");
  assert.equal(integrated?.long, "Sums to 5.50 of 5.50, the score minus the score at the baseline (residual +1.0e−5).");
});

test("of a map within a region the whole is told", () => {
  const within = said({ score: 7, residual: -0.5, within: rows(0, 1), map: packed([1, 2, NaN, NaN], [2, 2]) });
  assert.equal(within?.short, "The whole map sums to 6.50 of 7 (residual −.50).");
});
