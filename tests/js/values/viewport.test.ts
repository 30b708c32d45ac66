import assert from "node:assert/strict";
import { test } from "node:test";
import * as view from "../../../js/src/values/viewport.ts";

const [H, W] = [20, 160];

test("zooming keeps the place under the pointer where it is", () => {
  const at = { row: 5, column: 120 };
  const closer = view.zoomAt(view.whole(H, W), 2, at, H, W);
  assert.deepEqual(closer, { rows: [2.5, 12.5], columns: [60, 140] });
  const pixel = (viewport: ReturnType<typeof view.whole>) => view.toPixel(viewport.columns, 800, at.column);
  assert.equal(pixel(closer), pixel(view.whole(H, W)));
  assert.deepEqual(view.zoomAt(closer, 0.5, at, H, W), view.whole(H, W));
});

test("zoom ends at four lines and at the whole matrix", () => {
  const near = view.zoomAt(view.whole(H, W), 1e6, { row: 20, column: 0 }, H, W);
  assert.deepEqual(near, { rows: [16, 20], columns: [0, 4] });
  const far = view.zoomAt(near, 1e-6, { row: 17, column: 2 }, H, W);
  assert.deepEqual(far, view.whole(H, W));
  assert.notDeepEqual(near, view.whole(H, W));
  assert.deepEqual(view.zoomAt(view.whole(1, W), 4, { row: 0.5, column: 0 }, 1, W), { rows: [0, 1], columns: [0, 40] });
});

test("one axis alone", () => {
  const at = { row: 10, column: 80 };
  assert.deepEqual(view.zoomAt(view.whole(H, W), 2, at, H, W, "columns"), { rows: [0, H], columns: [40, 120] });
  assert.deepEqual(view.zoomAt(view.whole(H, W), 2, at, H, W, "rows"), { rows: [5, 15], columns: [0, W] });
});

test("panning stops at the matrix", () => {
  const near = { rows: [5, 15] as [number, number], columns: [40, 80] as [number, number] };
  assert.deepEqual(view.pan(near, 2, -10, H, W), { rows: [7, 17], columns: [30, 70] });
  assert.deepEqual(view.pan(near, 99, -99, H, W), { rows: [10, 20], columns: [0, 40] });
  assert.deepEqual(view.pan(view.whole(H, W), 3, 3, H, W), view.whole(H, W));
});

test("the keyboard's cell comes into view by as little as it takes", () => {
  const near = { rows: [5, 15] as [number, number], columns: [40, 80] as [number, number] };
  assert.deepEqual(view.reveal(near, 15, 39, H, W), { rows: [6, 16], columns: [39, 79] });
  assert.deepEqual(view.reveal(near, 5, 79, H, W), near);
});

test("cells and pixels", () => {
  const span = [40, 80] as const;
  assert.equal(view.pitch(span, 800), 20);
  assert.equal(view.toCell(span, 800, view.toPixel(span, 800, 61.5)), 61.5);
  assert.deepEqual(view.centre({ rows: [5, 15], columns: [40, 80] }), { row: 10, column: 60 });
});
