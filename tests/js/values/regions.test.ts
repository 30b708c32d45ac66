import assert from "node:assert/strict";
import { test } from "node:test";
import type { Axes, Band, Selection } from "../../../js/src/protocol.ts";
import * as regions from "../../../js/src/values/regions.ts";
import * as grid from "../../../js/src/values/selecting/grid.ts";

const [H, W] = [4, 6];
const rows = (a: number, b: number | null, op: Band["op"] = "add"): Band => ({ op, rows: [a, b], columns: null });
const columns = (a: number, b: number | null, op: Band["op"] = "add"): Band => ({ op, rows: null, columns: [a, b] });
const box = (r0: number, r1: number, c0: number, c1: number | null, op: Band["op"] = "add"): Band => ({ op, rows: [r0, r1], columns: [c0, c1] });
const select = (...bands: Band[]): Selection => ({ bands });
const picture = (selection: Selection): string[] => {
  const mask = regions.paint(selection, H, W);
  return Array.from({ length: H }, (_, row) => Array.from(mask.subarray(row * W, (row + 1) * W), (flag) => (flag ? "#" : ".")).join(""));
};

test("bands are painted in order and a later one overrides an earlier one", () => {
  assert.deepEqual(picture(select(rows(1, 3), columns(2, 4, "remove"), box(1, 2, 2, 3))), ["......", "###.##", "##..##", "......"]);
  assert.deepEqual(picture(select(rows(1, 3, "remove"), rows(2, 3))), ["......", "......", "######", "......"]);
});

test("an open end reaches the end of the axis, and what is outside the matrix is clipped", () => {
  assert.deepEqual(picture(select(columns(4, null), box(3, 9, 0, 2))), ["....##", "....##", "....##", "##..##"]);
  assert.deepEqual(regions.cellsOf(rows(7, 9), H, W), { r0: 4, r1: 4, c0: 0, c1: 6 });
  assert.deepEqual(picture(select(box(7, 9, 0, 2))), ["......", "......", "......", "......"]);
});

test("holds agrees with the painted mask in every cell", () => {
  const selection = select(rows(1, 3), columns(2, 4, "remove"), box(0, 2, 2, 3), box(1, 2, 2, 3, "remove"));
  const mask = regions.paint(selection, H, W);
  for (let row = 0; row < H; row++) {
    for (let column = 0; column < W; column++) {
      assert.equal(regions.holds(selection, row, column, H, W), mask[row * W + column] === 1, `${row}, ${column}`);
    }
  }
});

test("counts and lines of a selection", () => {
  const mask = regions.paint(select(box(0, 1, 1, 3), box(2, 3, 4, 5)), H, W);
  assert.equal(regions.count(mask), 3);
  const lines = regions.selectedLines(mask, H, W);
  assert.deepEqual([...lines.rows], [1, 0, 1, 0]);
  assert.deepEqual([...lines.columns], [0, 1, 1, 0, 1, 0]);
  assert.deepEqual([lines.allRows, lines.allColumns], [false, false]);
  assert.equal(regions.selectedLines(regions.paint(select(columns(1, 2)), H, W), H, W).allRows, true);
});

test("runs are the half-open stretches of set flags", () => {
  assert.deepEqual(regions.runsOf([1, 1, 0, 0, 1]), [[0, 2], [4, 5]]);
  assert.deepEqual(regions.runsOf([]), []);
});

function edges(selection: Selection) {
  const added = { bands: selection.bands.filter(({ op }) => op === "add") };
  return regions.outline(regions.paint(selection, H, W), regions.paint(added, H, W), H, W);
}

test("the outline of one rectangle is its four sides", () => {
  assert.deepEqual(edges(select(box(1, 3, 2, 5))), {
    solid: [
      { axis: "h", at: 1, from: 2, to: 5 },
      { axis: "h", at: 3, from: 2, to: 5 },
      { axis: "v", at: 2, from: 1, to: 3 },
      { axis: "v", at: 5, from: 1, to: 3 },
    ],
    dashed: [],
  });
});

test("the outline follows the union: no line where bands touch or overlap", () => {
  assert.deepEqual(edges(select(box(1, 2, 0, 3), box(1, 2, 3, 6))), edges(select(box(1, 2, 0, 6))));
  assert.deepEqual(edges(select(box(0, 3, 1, 4), box(1, 2, 2, 6))).solid.filter(({ axis, at }) => axis === "v" && at === 4), [
    { axis: "v", at: 4, from: 0, to: 1 },
    { axis: "v", at: 4, from: 2, to: 3 },
  ]);
});

test("an edge that only a removal made is dashed, at the matrix border too", () => {
  const { solid, dashed } = edges(select(rows(0, 4), box(0, 2, 0, 2, "remove")));
  assert.deepEqual(dashed, [{ axis: "h", at: 2, from: 0, to: 2 }, { axis: "v", at: 2, from: 0, to: 2 }]);
  assert.deepEqual(solid.filter(({ axis, at }) => axis === "h" && at === 0), [{ axis: "h", at: 0, from: 2, to: 6 }]);
});

test("equality: of bands in order, and of cells whatever the bands", () => {
  const [a, b] = [select(rows(0, 2)), select(rows(0, 1), rows(1, 2))];
  assert.equal(regions.equal(a, select(rows(0, 2))), true);
  assert.equal(regions.equal(a, b), false);
  assert.equal(regions.equal(a, select(rows(0, 2, "remove"))), false);
  assert.equal(regions.equal(select(rows(0, null)), select(rows(0, 4))), false);
  assert.equal(regions.equal(select(rows(0, 2)), select(columns(0, 2))), false);
  assert.equal(grid.sameCells(a, b, H, W), true);
  assert.equal(grid.sameCells(a, select(rows(0, 3)), H, W), false);
  assert.equal(grid.isEmpty(select(rows(0, 2), rows(0, 3, "remove")), H, W), true);
  assert.equal(grid.isEmpty(a, H, W), false);
});

test("kinds: what spans an axis by definition, and a rectangle that happens to", () => {
  assert.equal(regions.bandKind(rows(0, 2)), "rows");
  assert.equal(regions.bandKind(columns(0, 2)), "columns");
  assert.equal(regions.bandKind(box(0, 2, 0, W)), "rectangle");
  assert.equal(regions.bandKind({ op: "add", rows: null, columns: null }), "rectangle");
  const cells = { r0: 1, r1: 2, c0: 0, c1: W };
  assert.deepEqual(regions.bandOf("rows", cells), rows(1, 2));
  assert.deepEqual(regions.bandOf("rectangle", cells, "remove"), box(1, 2, 0, W, "remove"));
});

test("names: labels of named axes, the axis with bare indices, nothing for a whole axis", () => {
  const axes: Axes = {
    rows: { name: "rows", labels: ["acc x", "acc y", "acc z", "gyro"], values: null },
    columns: { name: "time", labels: ["0.0", "0.5", "1.0", "1.5", "2.0", "2.5"], values: [0, 0.5, 1, 1.5, 2, 2.5] },
  };
  assert.equal(regions.describeBand(rows(1, 4), axes), "acc y–gyro");
  assert.equal(regions.describeBand(columns(2, 3), axes), "1.0");
  assert.equal(regions.describeBand(box(0, 1, 1, null), axes), "acc x × 0.5–2.5");
  assert.equal(regions.describeBand(box(0, 2, 0, W, "remove"), axes), "without acc x–acc y");
  assert.equal(regions.describeBand(rows(0, null), axes), "everything");
  const bare = { name: "columns", labels: ["0", "1", "2", "3", "4", "5"], values: [0, 1, 2, 3, 4, 5] };
  assert.deepEqual(regions.describeSelection(select(columns(1, 3), box(3, 4, 4, 5)), { ...axes, columns: bare }), [
    "columns 1–2",
    "gyro × columns 4",
  ]);
});
