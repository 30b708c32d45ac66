import assert from "node:assert/strict";
import { test } from "node:test";
import { misfitOfTrait } from "../../../js/src/border/admitted.ts";
import type { Band, Traits } from "../../../js/src/protocol.ts";
import { FakeModel, H, NONE, packed, traits, W } from "../fake_model.ts";

const zeros = (...shape: number[]) => packed(new Array(shape.reduce((product, size) => product * size, 1)).fill(0), shape);

function misfit(name: "sample" | "hidden", changed: Partial<Traits["sample"]> | Partial<Traits["hidden"]>): string | null {
  const given = traits();
  const sample = { ...given.sample, matrix: zeros(H, W, 2) };
  const model = new FakeModel({ ...given, sample, [name]: { ...(name === "sample" ? sample : given.hidden), ...changed } });
  return misfitOfTrait(model, name);
}

test("what does not exist is told cell by cell, or with no array at all", () => {
  assert.equal(misfit("sample", { absent: zeros(H, W) }), null);
  assert.equal(misfit("sample", { absent: NONE }), null);
  assert.equal(misfit("sample", { absent: zeros(W, H) }), "sample");
  assert.equal(misfit("sample", { absent: null as never }), "sample.absent");
});

test("a baseline spreads over the matrix, or is no array at all", () => {
  for (const matrix of [zeros(H, W, 2), zeros(H, 1, 1), zeros(1, 1, 2), zeros(1, 1, 1), NONE])
    assert.equal(misfit("hidden", { matrix }), null);
  for (const matrix of [zeros(W, 1, 1), zeros(H, W), zeros(1, 1, 3), zeros(H, W, 2, 1)])
    assert.equal(misfit("hidden", { matrix }), "hidden");
  assert.equal(misfit("hidden", { matrix: null as never }), "hidden.matrix");
});

test("a selection lies in the matrix", () => {
  const misfits = (rows: Band["rows"], columns: Band["columns"] = null): string | null => {
    const selection = { bands: [{ op: "add", rows, columns } satisfies Band] };
    return misfitOfTrait(new FakeModel({ ...traits(), selection }), "selection");
  };
  for (const rows of [null, [0, H], [0, null], [2, 2]] as const) assert.equal(misfits(rows as Band["rows"]), null);
  for (const rows of [[0, H + 1], [-1, 2], [3, 2], [H + 1, null]] as const) assert.equal(misfits(rows as never), "selection");
  assert.equal(misfits(null, [0, 1e9]), "selection");
});
