import assert from "node:assert/strict";
import test from "node:test";

import { bars, type Profile } from "../../../js/src/values/bars.ts";

/** A profile of lines of `pitch` pixels, above a map. */
function profile(values: number[], errors: number[] | null, pitch: number, more: Partial<Profile> = {}): Profile {
  return {
    values: Float32Array.from(values),
    errors: errors && Float32Array.from(errors),
    span: [0, values.length],
    length: values.length * pitch,
    depth: 20,
    edge: (line) => line * pitch,
    upward: true,
    ...more,
  };
}

test("bars stand on a zero line that the whole range puts in its place", () => {
  const made = bars(profile([3, -1, NaN, 0], null, 4));
  assert.equal(made.zero, 15);
  assert.equal(made.positive, "M0 15.0V0.0H4V15.0Z");
  assert.equal(made.negative, "M4 15.0V20.0H8V15.0Z");
  assert.equal(made.errors, "");
});

test("a whisker reaches an error to both sides, in the middle of its bar, and the scale has room for it", () => {
  const made = bars(profile([3, -1], [1, 0.5], 10));
  const scale = 20 / 5.5; // from -1.5 to 4
  assert.ok(Math.abs(made.zero - 4 * scale) < 1e-9);
  assert.equal(made.band, false);
  const [first, second] = made.errors.match(/M[^Z]+Z/g)!;
  assert.equal(first, `M4 ${(2 * scale).toFixed(1)}V0.0H5V${(2 * scale).toFixed(1)}Z`);
  assert.equal(second, `M14 20.0V${(4.5 * scale).toFixed(1)}H15V20.0Z`);
});

test("beside a map they lie along the rows", () => {
  const made = bars(profile([2, 4], [NaN, 1], 10, { upward: false, depth: 50 }));
  assert.equal(Math.abs(made.zero), 0);
  assert.equal(made.errors, "M30.0 14H50.0V15H30.0Z");
});

test("no whisker for what is exact, unknown or too small to be seen", () => {
  const made = bars(profile([10, 5, NaN, 5], [0, NaN, 3, 0.1], 10));
  assert.equal(made.errors, "");
  assert.equal(made.zero, 20);
});

test("where lines are thin, errors are a band, of each pixel's strongest line", () => {
  const thin = bars(profile([4, 4], [1, 1], 2));
  assert.equal(thin.band, true);
  assert.equal(thin.errors, "M0 8.0V0.0H2V8.0ZM2 8.0V0.0H4V8.0Z");
  const gathered = bars(profile([4, NaN, 1, -2], [1, 9, 9, 0.5], 0.5));
  assert.equal(gathered.errors.match(/Z/g)!.length, 2);
  assert.match(gathered.errors, /^M0 /);
});
