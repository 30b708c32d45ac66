import assert from "node:assert/strict";
import { test } from "node:test";
import { paint } from "../../../../js/src/values/regions.ts";
import { compacted } from "../../../../js/src/values/selecting/cells.ts";
import { around, painted, stroke } from "../../../../js/src/values/selecting/painting.ts";

const [H, W] = [40, 60];

/** A walk that turns at every step, the same one each time. */
function walk(steps: number): { row: number; column: number }[] {
  let state = 7;
  const draw = (n: number): number => {
    state = (state * 48271) % 2147483647;
    return state % n;
  };
  return Array.from({ length: steps }, () => ({ row: draw(H), column: draw(W) }));
}

test("a stroke holds every cell under the brush once, however often it is laid out anew", () => {
  for (const size of [1, 2, 5]) {
    let now = stroke("add");
    const expected = new Uint8Array(H * W);
    const places = walk(60);
    for (const [index, to] of places.entries()) {
      const from = places[Math.max(0, index - 1)]!;
      now = painted(now, from, to, size, H, W);
      const steps = Math.max(Math.abs(to.row - from.row), Math.abs(to.column - from.column), 1);
      for (let step = 0; step <= steps; step++) {
        const row = from.row + Math.round(((to.row - from.row) * step) / steps) - ((size - 1) >> 1);
        const column = from.column + Math.round(((to.column - from.column) * step) / steps) - ((size - 1) >> 1);
        for (let r = Math.max(0, row); r < Math.min(H, row + size); r++) expected.fill(1, r * W + Math.max(0, column), r * W + Math.min(W, column + size));
      }
      assert.deepEqual(paint({ bands: now.bands }, H, W), expected);
      assert.equal(now.cells.size, expected.reduce((sum, flag) => sum + flag, 0));
    }
    assert.ok(now.laid > 0 && now.bands.length <= Math.max(150, 2 * now.laid));
    const kept = compacted({ bands: now.bands }, H, W);
    assert.ok("selection" in kept && kept.selection.bands.length <= now.bands.length);
    assert.deepEqual(paint(kept.selection, H, W), expected);
  }
});

test("what is said of a stroke is the box around it", () => {
  const now = painted(stroke("remove"), { row: 3, column: 9 }, { row: 8, column: 5 }, 1, H, W);
  assert.deepEqual(around(now, W), { op: "add", rows: [3, 9], columns: [5, 10] });
  assert.ok(now.bands.every((band) => band.op === "remove"));
});
