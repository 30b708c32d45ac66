import assert from "node:assert/strict";
import test from "node:test";

import type { FieldState, MethodState } from "../../../js/src/protocol.ts";
import { inPlay, inWords, read, readPair } from "../../../js/src/values/parameters.ts";

const field = (patch: Partial<FieldState>): FieldState => ({
  name: "steps", label: "steps", kind: "integer", default: 64, nullable: false, none: "auto", minimum: 1, maximum: null,
  exclusive: false, choices: null, when: {}, unit: "", help: "", ...patch,
});

test("an integer is read, bounded, and refused with a sentence", () => {
  assert.deepEqual(read(field({}), " 128 "), { value: 128 });
  assert.deepEqual(read(field({}), ""), { value: 64 });
  assert.deepEqual(read(field({}), "0"), { wrong: "steps: a whole number of at least 1." });
  assert.deepEqual(read(field({}), "2.5"), { wrong: 'steps: a whole number of at least 1, not "2.5".' });
  assert.deepEqual(read(field({ maximum: 10 }), "11"), { wrong: "steps: a whole number of at least 1 and at most 10." });
});

test("a number may be small, negative with either minus, and above an excluded bound", () => {
  const sigma = field({ label: "sigma", kind: "number", minimum: 0, exclusive: true });
  assert.deepEqual(read(sigma, ".05"), { value: 0.05 });
  assert.deepEqual(read(sigma, "1e-6"), { value: 1e-6 });
  assert.deepEqual(read(sigma, "0"), { wrong: "sigma: a number above 0." });
  assert.deepEqual(read(field({ kind: "number", minimum: null }), "−2"), { value: -2 });
  assert.ok("wrong" in read(sigma, "many"));
});

test("a pair: both empty is None, one empty the whole axis", () => {
  const patch = field({ label: "patch", kind: "pair", default: null, nullable: true });
  assert.deepEqual(readPair(patch, ["3", "8"]), { value: [3, 8] });
  assert.deepEqual(readPair(patch, ["1", ""]), { value: [1, null] });
  assert.deepEqual(readPair(patch, ["", " "]), { value: null });
  assert.deepEqual(readPair(patch, ["0", "8"]), { wrong: "patch: a whole number of at least 1." });
});

test("text that knows names takes them and numbers, and nothing else", () => {
  const baseline = field({ label: "baseline", kind: "text", default: null, nullable: true, choices: ["row_mean", "blur"] });
  assert.deepEqual(read(baseline, "Row mean"), { value: "row_mean" });
  assert.deepEqual(read(baseline, "row_mean"), { value: "row_mean" });
  assert.deepEqual(read(baseline, "-1"), { value: -1 });
  assert.deepEqual(read(baseline, ""), { value: null });
  assert.deepEqual(read(baseline, "row"), { wrong: "baseline: a number, or row mean, blur." });
});

test("text is a number where it is one, and None where it is empty and may be", () => {
  const text = field({ kind: "text", default: null, nullable: true });
  assert.deepEqual(read(text, "0.5"), { value: 0.5 });
  assert.deepEqual(read(text, "blur"), { value: "blur" });
  assert.deepEqual(read(text, ""), { value: null });
});

test("the button says what differs from the defaults", () => {
  const method = {
    name: "occlusion",
    fields: [
      field({ name: "patch", label: "patch", kind: "pair", default: null, nullable: true }),
      field({ name: "absolute", label: "absolute", kind: "boolean", default: false }),
      field({}),
    ],
  } as MethodState;
  assert.equal(inWords(method.fields, {}), "defaults");
  assert.equal(inWords(method.fields, { steps: 64 }), "defaults");
  assert.equal(inWords(method.fields, { patch: [3, null] }), "3 × all");
  assert.equal(inWords(method.fields, { absolute: true, steps: 128 }), "absolute, 128 steps");
  assert.equal(inWords([], {}), "defaults");
});

test("a field matters while every field that it names has one of the values listed", () => {
  const composite = field({ name: "composite", kind: "choice", default: null, nullable: true });
  const rule = field({ name: "rule", kind: "choice", default: "epsilon", when: { composite: [null] } });
  const epsilon = field({ name: "epsilon", label: "epsilon", kind: "number", default: 1e-6, when: { composite: [null], rule: ["epsilon", "z"] } });
  const bias = field({ name: "bias", kind: "boolean", default: false, when: [{ rule: ["z"] }, { composite: ["epsilon_plus"] }] });
  const rules = field({ name: "rules", label: "rules", kind: "list", default: [] });
  const fields = [composite, rule, epsilon, bias, rules];
  const names = (values: Record<string, unknown>) => inPlay(fields, values).map(({ name }) => name);
  assert.deepEqual(names({}), ["composite", "rule", "epsilon"]);
  assert.deepEqual(names({ rule: "z" }), ["composite", "rule", "epsilon", "bias"]);
  assert.deepEqual(names({ rule: "gamma" }), ["composite", "rule"]);
  assert.deepEqual(names({ composite: "epsilon_plus" }), ["composite", "bias"]);
  assert.deepEqual(names({ composite: "epsilon_plus", rules: [["conv", "gamma"]] }), ["composite", "bias", "rules"]);
  const method = { name: "lrp", fields } as MethodState;
  assert.equal(inWords(method.fields, { composite: "epsilon_plus", epsilon: 0.1 }), "epsilon plus");
  assert.equal(inWords(method.fields, { epsilon: 0.1, rules: [["conv", "gamma"]] }), ".1 epsilon, rules");
});
