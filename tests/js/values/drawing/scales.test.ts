import assert from "node:assert/strict";
import { test } from "node:test";
import { readEnds } from "../../../../js/src/menus/colours.ts";
import { SHAPES } from "../../../../js/src/protocol.ts";
import { type Drawing, drawingOf, withEnds } from "../../../../js/src/values/drawing/options.ts";
import { beyond, endsOf, isCentred, placesInRows, scaleOf } from "../../../../js/src/values/drawing/scales.ts";
import { traits } from "../../fake_model.ts";

test("an input is centred at 0 where it has both signs, or as the reader chose", () => {
  assert.deepEqual([isCentred("signed", [-1, 2]), isCentred("signed", [0, 2]), isCentred("signed", [-2, -1])], [true, false, false]);
  assert.deepEqual([isCentred("plain", [-1, 2]), isCentred("centred", [1, 2])], [false, true]);
  assert.deepEqual(endsOf(scaleOf([-1, 2], true)), [-2, 2]);
  assert.deepEqual(endsOf(scaleOf([-1, 2], false)), [-1, 2]);
});

test("cells beyond the ends are counted; those without a value are not", () => {
  const values = Float32Array.of(-3, -2, 0, 2, 2.5, NaN);
  assert.equal(beyond(values, { kind: "diverging", limit: 2 }), 2);
  assert.equal(beyond(values, { kind: "sequential", low: 0, high: 2.25 }), 3);
});

test("each row has a scale of its own, that of the whole matrix", () => {
  const whole = Float32Array.of(0, 5, 10, 100, 150, 200);
  const fed = Float32Array.of(5, 5, NaN, 200, 300, 100);
  assert.deepEqual([...placesInRows(whole, whole, 3, false)].map((place) => Math.round(place * 100)), [-1, 50, 101, -1, 50, 101]);
  const centred = placesInRows(fed, whole, 3, true);
  const limits = [9.9, 199]; // 99 % of three numbers, linear between the last two
  [5, 5, NaN, 200, 300, 100].forEach((value, cell) => {
    const expected = value / limits[cell < 3 ? 0 : 1]!;
    assert.ok(Number.isNaN(value) ? Number.isNaN(centred[cell]!) : Math.abs(centred[cell]! - expected) < 1e-6);
  });
});

test("every option that an older page may lack has a default", () => {
  const { options } = traits();
  const all = Object.keys(SHAPES.Options as object).map((name) => name.replace("?", ""));
  assert.deepEqual(Object.keys(drawingOf(options)).sort(), all.sort());
  assert.equal(drawingOf({ ...options, rows_apart: true }).rows_apart, true);
});

test("ends that are set by hand are kept by name, and taken back one by one", () => {
  const set = withEnds({ by_hand: { input: [0, 1] } }, "a", [-2, 2]);
  assert.deepEqual(set.by_hand, { input: [0, 1], a: [-2, 2] });
  assert.deepEqual(withEnds(set as Drawing, "input", null).by_hand, { a: [-2, 2] });
});

test("typed ends are read, or refused in one sentence", () => {
  assert.deepEqual(readEnds(["\u22120.5"]), { ends: [-0.5, 0.5] });
  assert.deepEqual(readEnds([" -1 ", "2e1"]), { ends: [-1, 20] });
  for (const typed of [["0"], [""], ["0,5"], ["1", "1"], ["2", "1"], ["1", "Infinity"]]) assert.ok("why" in readEnds(typed), typed.join());
});
