import assert from "node:assert/strict";
import { test } from "node:test";
import { misfit } from "../../../js/src/border/fits.ts";
import { traits } from "../fake_model.ts";

const without = (key: string): Record<string, unknown> => {
  const { [key]: _, ...rest } = traits() as unknown as Record<string, unknown>;
  return rest;
};

test("what the kernel sends fits", () => {
  assert.equal(misfit("@Traits", traits()), null);
  assert.equal(misfit("@Reply", { kind: "answer", ask: 1, without: [0.5, null], only: null }), null);
});

test("what does not fit is named by its path", () => {
  assert.equal(misfit("@Traits", without("target")), "target");
  assert.equal(misfit("@Traits", { ...traits(), target: { a: 0.5, b: null, given: true } }), "target.a");
  assert.equal(misfit("@Traits", { ...traits(), classes: ["cat", 3] }), "classes.1");
  assert.equal(misfit("@Traits", { ...traits(), options: { ...traits().options, mode: "circle" } }), "options.mode");
  assert.equal(misfit("@Traits", { ...traits(), axes: null }), "axes");
  assert.equal(misfit("@Reply", { kind: "progress", panel: "a", run: 1, done: NaN, total: 2, seconds_left: null }), "");
  assert.equal(misfit("@Reply", { kind: "later" }), "");
});

test("an array holds as many bytes as its shape says", () => {
  assert.equal(misfit("@Array", { shape: [2, 3], bytes: new DataView(new ArrayBuffer(24)) }), null);
  for (const shape of [[2, 4], [-2, -3], [1e9, 1e9], [2.5, 3]])
    assert.notEqual(misfit("@Array", { shape, bytes: new DataView(new ArrayBuffer(24)) }), null);
});
