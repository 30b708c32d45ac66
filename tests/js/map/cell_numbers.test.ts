import assert from "node:assert/strict";
import { test } from "node:test";
import { writing } from "../../../js/src/map/cell_numbers.ts";

function written(...values: number[]): string[] {
  return values.map(writing(Float32Array.from(values)));
}

test("cells show as many decimals as the largest asks for, and no small number as nothing", () => {
  assert.deepEqual(written(0.43, -0.012, 0.0033, -0.00084, 7.7e-6, 1e-9, 0), [
    ".43", "−.01", ".003", "−.0008", "8e−6", "0", "0",
  ]);
  assert.deepEqual(written(0.02, 0.0042, 0.0003), [".020", ".004", ".0003"]);
  assert.deepEqual(written(2e-6, -4.2e-7), ["2e−6", "−4e−7"]);
  assert.deepEqual(written(0, 0), ["0", "0"]);
});
