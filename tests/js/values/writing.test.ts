import assert from "node:assert/strict";
import { test } from "node:test";
import * as names from "../../../js/src/values/writing.ts";
import same from "../../numbers.json";

test("a probability is never written as .00 unless it is 0", () => {
  const { probability } = names;
  assert.deepEqual([0.79, 0.005, 0.0043, 0.00031, 0, null].map(probability), [".79", ".01", ".0043", "3.1e−4", ".00", "–"]);
});

test("fixed numbers: a true minus, no leading zero, no minus before nothing", () => {
  assert.deepEqual([0.789, -0.5, 12, -1.234, 0, -0, 0.999].map((value) => names.number(value)), [
    ".79", "−.50", "12.00", "−1.23", ".00", ".00", "1.00",
  ]);
  assert.equal(names.number(0.0042, 3), ".004");
  assert.equal(names.number(-2.6, 0), "−3");
});

test("small numbers are no zeros, and are written as the kernel writes them", () => {
  for (const [value, said] of same as [number, string][]) assert.equal(names.number(value), said);
  assert.equal(names.number(0.0004, 3), ".0004");
  assert.equal(names.number(-0.2, 0), "−.2");
});

test("what is not a number is a dash", () => {
  for (const write of [names.number, names.figure, names.signed, names.seconds]) {
    assert.deepEqual([null, undefined, NaN, Infinity].map((value) => write(value)), ["–", "–", "–", "–"]);
  }
});

test("figures have two digits at any size", () => {
  assert.deepEqual([0.482, 4.82, 48.2, 482, -0.0482, 0].map((value) => names.figure(value)), [".48", "4.8", "48", "482", "−.048", "0"]);
  assert.deepEqual([0.00000314, -4.2e8, 99999].map((value) => names.figure(value)), ["3.1e−6", "−4.2e8", "99999"]);
  assert.equal(names.figure(0.0123456, 3), ".0123");
  assert.deepEqual([1, -64, 10000, 0.5].map((value) => names.figure(value, 3)), ["1", "−64", "10000", ".500"]);
});

test("map values carry their sign", () => {
  assert.deepEqual([0.2184, -0.2184, 0.00432, 1.5, 123.45, -3.14e-6, 0].map((value) => names.signed(value)), [
    "+.218", "−.218", "+.0043", "+1.500", "+123.5", "−3.1e−6", "0",
  ]);
});

test("numbers that are read beside each other have the digits that tell them apart", () => {
  assert.deepEqual(names.together([0.3712, 0.3698, 0.9], names.number), [".371", ".370", ".900"]);
  assert.deepEqual(names.together([0.37, 0.3700000001, null], names.number), [".37", ".37", "–"]);
  assert.deepEqual(names.together([0.5, 0.25], names.number), [".50", ".25"]);
  assert.deepEqual(names.together([12.345, 12.3449], names.figure, [3, 7]), ["12.3450", "12.3449"]);
});

test("durations and parts", () => {
  assert.deepEqual([0.0004, 0.02, 0.0996, 1.93, 9.96, 75.4, 180].map(names.seconds), ["1 ms", "20 ms", "0.1 s", "1.9 s", "10 s", "75 s", "3 min"]);
  assert.deepEqual([names.percent(0.434), names.percent(0.0281, 1), names.percent(NaN)], ["43 %", "2.8 %", "– %"]);
});

test("counts", () => {
  assert.deepEqual([0, 999, 1234, 1234567].map(names.integer), ["0", "999", "1,234", "1,234,567"]);
  assert.deepEqual([names.counted(1, "cell"), names.counted(1234, "cell"), names.counted(2, "box", "boxes")], ["1 cell", "1,234 cells", "2 boxes"]);
});

test("spans and words", () => {
  const axis = { name: "sensor", labels: ["x", "y", "z"], values: null };
  assert.deepEqual([names.span(axis, 0, 1), names.span(axis, 0, 3), names.label(axis, 7)], ["x", "x–z", "7"]);
  assert.equal(names.words("input_x_gradient"), "input x gradient");
});
