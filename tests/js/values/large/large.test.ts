import assert from "node:assert/strict";
import { test } from "node:test";
import { blocksOf, unpacked } from "../../../../js/src/values/large/halves.ts";
import { seenPart, stepsOf, toldLimit, toldRange, within } from "../../../../js/src/values/large/rasters.ts";
import { MOST, serves, wantedOf } from "../../../../js/src/values/large/wanted.ts";
import { whole } from "../../../../js/src/values/viewport.ts";

const halves = (...bits: number[]): DataView => new DataView(Uint16Array.from(bits).buffer);

test("numbers of 16 bits are those that IEEE 754 says", () => {
  const bits = [0x3c00, 0xc000, 0x7bff, 0x0001, 0x0400, 0x8000, 0x3555, 0xfc00];
  const known = [1, -2, 65504, 2 ** -24, 2 ** -14, -0, 0.333251953125, -Infinity];
  assert.deepEqual([...unpacked(halves(...bits), 1)], known);
  assert.deepEqual([...unpacked(halves(0x3c00, 0x7e00), 0.5)], [0.5, NaN]);
});

test("infinity is a block that does not exist, NaN one that is not computed", () => {
  const { values, absent } = blocksOf(halves(0x3c00, 0x7c00, 0x7e00), 2);
  assert.deepEqual([...values], [2, NaN, NaN]);
  assert.deepEqual([...absent!], [0, 1, 0]);
  assert.equal(blocksOf(halves(0x3c00, 0x7e00), 2).absent, null);
});

test("about one block per pixel is wanted, and never more than an answer holds", () => {
  const [H, W] = [8192, 8192];
  const all = wantedOf(whole(H, W), 512, 512, H, W);
  assert.deepEqual(all, { steps: [16, 16], rows: [0, 512], columns: [0, 512] });
  const near = wantedOf({ rows: [100, 200], columns: [8000, 8192] }, 400, 400, H, W);
  assert.deepEqual(near, { steps: [1, 1], rows: [75, 225], columns: [7952, 8192] });
  for (const [n, m, height, width] of [[3, 100_000, 60, 1800], [1, 10_000_000, 50, 900], [100_000, 3, 560, 40], [8192, 8192, 2000, 1900]] as const)
    for (const zoom of [1, 3, 50]) {
      const rows: [number, number] = [n / 3, n / 3 + n / zoom / 2];
      const columns: [number, number] = [m / 5, m / 5 + m / zoom / 2];
      const { steps, rows: [r0, r1], columns: [c0, c1] } = wantedOf({ rows, columns }, height, width, n, m);
      assert.ok((r1 - r0) * (c1 - c0) <= MOST);
      assert.ok(r0 * steps[0] <= rows[0] && Math.min(n, r1 * steps[0]) >= Math.min(n, rows[1]));
      assert.ok(c0 * steps[1] <= columns[0] && Math.min(m, c1 * steps[1]) >= Math.min(m, columns[1]));
      const fine = [(rows[1] - rows[0]) / height, (columns[1] - columns[0]) / width];
      // twice coarser than a pixel only where an answer would hold too many
      assert.ok(steps.every((step, axis) => step === 1 || step <= 1.5 * fine[axis]!) || (r1 - r0) * (c1 - c0) > MOST / 4);
    }
});

test("what is held serves while it lies over what is seen and is as fine", () => {
  const window = wantedOf({ rows: [100, 200], columns: [100, 200] }, 400, 400, 1000, 1000);
  const at = (shift: number) => ({ rows: [100 + shift, 200 + shift] as [number, number], columns: [100, 200] as [number, number] });
  assert.ok(serves(window, window, at(0), 1000, 1000));
  assert.ok(serves(window, window, at(25), 1000, 1000));
  assert.ok(!serves(window, window, at(26), 1000, 1000));
  assert.ok(!serves({ ...window, steps: [2, 1] }, window, at(0), 1000, 1000));
});

test("a place in the matrix is a place among the blocks", () => {
  const raster = { values: new Float32Array(6), absent: null, h: 2, w: 3, rows: [4, 12], columns: [0, 6] } as const;
  assert.deepEqual(stepsOf({ ...raster, rows: [4, 12], columns: [0, 6] }), [4, 2]);
  assert.deepEqual(within([6, 12], [4, 12], 2), [0.5, 2]);
  assert.deepEqual(seenPart({ ...raster, rows: [4, 12], columns: [0, 6] }, { rows: [0, 8], columns: [2, 9] }), { rows: [4, 8], columns: [2, 6] });
  assert.equal(seenPart({ ...raster, rows: [4, 12], columns: [0, 6] }, { rows: [0, 4], columns: [2, 9] }), null);
});

test("limits are those that the kernel tells", () => {
  const large = (quantiles: [number, number][]) => ({ quantiles }) as Parameters<typeof toldLimit>[0];
  assert.equal(toldLimit(large([[0.98, 2], [0.998, 3], [1, 9]]), 0.998), 3);
  assert.equal(toldLimit(large([[0.98, 2], [0.998, 3], [1, 9]]), 0.99), 3);
  assert.equal(toldLimit(large([[0.98, 0], [0.998, 0], [1, 9]]), 0.98), 9);
  assert.deepEqual(toldRange(large([[0, -9], [0.01, -1], [0.99, 2], [1, 8]])), [-1, 2]);
  assert.deepEqual(toldRange(large([[0, 0], [0.01, 1], [0.99, 1], [1, 8]])), [0, 8]);
  assert.deepEqual(toldRange(large([[0, 1], [0.01, 1], [0.99, 1], [1, 1]])), [0.5, 1.5]);
});
