import assert from "node:assert/strict";
import test from "node:test";

import { kindOf, type Layout, layout, type Room, snap } from "../../../js/src/values/layout.ts";

const room = (patch: Partial<Room> = {}): Room => ({
  width: 1000, rows: 20, columns: 160, panels: 4, height: 760, alone: false, profiles: true,
  rowNames: 40, columnNames: 30, numericColumns: true, ...patch,
});

/** The right edge of the last panel of a row. */
function right(made: Layout): number {
  const panel = made.mapWidth + (made.rowProfile ? made.profileGap + made.rowProfile : 0);
  return made.gutter + made.perRow * panel + (made.perRow - 1) * made.gap;
}

test("the shape of the matrix decides the kind", () => {
  assert.equal(kindOf(20, 160), "wide");
  assert.equal(kindOf(1, 3), "wide");
  assert.equal(kindOf(64, 64), "square");
  assert.equal(kindOf(200, 12), "tall");
  assert.equal(kindOf(3, 1), "tall");
});

test("a wide matrix is one column on whole pixels, its spare width beside the map", () => {
  const made = layout(room());
  assert.deepEqual([made.perRow, made.gutter, made.cellWidth, made.cellHeight], [1, 80, 5, 7]);
  assert.equal(made.mapWidth, 800);
  assert.equal(made.rowProfile, 112);
  assert.ok(made.corner);
});

test("more than six wide panels stand in two columns, but not on a narrow page", () => {
  assert.equal(layout(room({ panels: 9 })).perRow, 2);
  assert.equal(layout(room({ panels: 9, width: 700 })).perRow, 1);
});

test("square panels stand side by side on whole pixels and leave no lone orphan", () => {
  const made = layout(room({ rows: 64, columns: 64, width: 1000, panels: 4 }));
  assert.deepEqual([made.perRow, made.cellWidth, made.cellHeight], [4, 3, 3]);
  assert.notEqual(layout(room({ rows: 64, columns: 64, panels: 5 })).perRow, 4);
});

test("tall panels share one row and turn their column names", () => {
  const made = layout(room({ rows: 200, columns: 12, numericColumns: false }));
  assert.deepEqual([made.kind, made.perRow, made.cellWidth, made.cellHeight], ["tall", 4, 14, 3]);
  assert.ok(made.turned);
  assert.ok(made.axisHeight >= 30 + 12);
});

test("sizes snap to whole, half or quarter pixels where that is cheap", () => {
  assert.equal(snap(5.2), 5);
  assert.equal(snap(1.55), 1.5);
  assert.equal(snap(0.81), 0.81);
});

test("nothing ever reaches outside the page, whatever the matrix", () => {
  const shapes = [[1, 1], [1, 256], [256, 1], [2, 3], [8, 8], [20, 160], [64, 64], [200, 12], [512, 2048], [3000, 4], [300, 300]];
  for (const width of [360, 400, 639, 640, 700, 860, 1000, 1100, 2000]) {
    for (const [rows, columns] of shapes) {
      for (const panels of [1, 2, 3, 4, 7, 9]) {
        for (const profiles of [true, false]) {
          const made = layout(room({ width, rows, columns, panels, profiles, rowNames: 300 }));
          const what = `${rows}×${columns}, ${panels} panels at ${width}`;
          assert.ok(right(made) <= width + 0.5, `${what}: ${right(made)}`);
          assert.ok(made.mapWidth >= 1 && made.mapHeight >= 1, what);
          assert.ok(made.mapHeight <= 1000, `${what}: ${made.mapHeight} high`);
        }
      }
    }
  }
});

test("profiles can be switched off, and the maps take their room", () => {
  const made = layout(room({ profiles: false }));
  assert.equal(made.rowProfile, 0);
  assert.ok(made.columnProfile < 10);
  assert.ok(!made.corner);
});

test("long row names widen the gutter, up to a sixth of the page", () => {
  assert.equal(layout(room({ rowNames: 100 })).gutter, 112);
  assert.equal(layout(room({ rowNames: 900 })).gutter, 128);
  assert.ok(layout(room({ rowNames: 900, width: 360 })).gutter <= 58);
});

test("as many panels stand side by side as were chosen, or as have room", () => {
  const shapes: [number, number][] = [[20, 160], [64, 64], [200, 12]];
  for (const [rows, columns] of shapes)
    for (const perRow of [1, 2, 3, 6]) {
      const made = layout(room({ rows, columns, perRow }));
      assert.equal(made.perRow, Math.min(perRow, 4), `${rows} x ${columns}`);
      assert.ok(right(made) <= 1000, `${rows} x ${columns}, ${perRow}: ${right(made)}`);
    }
  const narrow = layout(room({ width: 300, perRow: 6 }));
  assert.ok(narrow.perRow < 4 && narrow.perRow > 1 && narrow.twoLines && right(narrow) <= 300);
  // who chooses two squares in a row gets larger ones than the height would allow four
  const square = { rows: 64, columns: 64, height: 400 };
  assert.ok(layout(room({ ...square, perRow: 2 })).cellWidth > layout(room(square)).cellWidth);
});

test("cells have the shape that was chosen, within what can be seen", () => {
  for (const [rows, columns] of [[20, 160], [64, 64], [120, 12]] as const)
    for (const aspect of [0.5, 1, 2]) {
      const made = layout(room({ rows, columns, aspect }));
      assert.ok(Math.abs(made.mapHeight / rows / made.cellWidth - aspect) < 0.05 * aspect, `${rows} x ${columns}, ${aspect}`);
    }
  assert.equal(layout(room({ rows: 1, columns: 400, aspect: 1 })).mapHeight, 16);
  assert.equal(layout(room({ rows: 2000, columns: 12, aspect: 2 })).mapHeight, 4000);
});

test("rows that are curves are higher than rows of cells; a shape that was chosen goes before", () => {
  const high = (rows: number, lines: boolean): number => layout(room({ rows, columns: 600, lines })).cellHeight;
  assert.deepEqual([1, 3, 6, 16].map((rows) => high(rows, true)), [134, 48, 40, 20]);
  for (const rows of [1, 3, 6, 16]) assert.ok(high(rows, true) > high(rows, false));
  const shaped = layout(room({ rows: 6, columns: 600, lines: true, aspect: 4 }));
  assert.equal(shaped.cellHeight, 4 * shaped.cellWidth);
});
