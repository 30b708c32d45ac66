import assert from "node:assert/strict";
import test from "node:test";
import type { ThingMark } from "../../../../js/src/protocol.ts";
import { byName } from "../../../../js/src/values/ordering/rows.ts";
import { distance, type Ground, pathOf, shapeOf } from "../../../../js/src/values/things/shapes.ts";

const mark = (rest: Partial<ThingMark>): ThingMark => ({ name: "", kind: "landmark", row: 0, column: 0, height: null, width: null, score: 1, line: 0, angle: null, outline: [], ...rest });
/** Four rows of 10 px and six columns of 20 px. */
const ground = (rest: Partial<Ground> = {}): Ground => ({ rows: [0, 4], columns: [0, 6], width: 120, height: 40, H: 4, W: 6, order: null, ...rest });
const middleOf = (box: { left: number; top: number; right: number; bottom: number }) => [(box.left + box.right) / 2, (box.top + box.bottom) / 2];

test("a cross lies at the centre of its cell, between cells, and with the first row at the bottom", () => {
  assert.deepEqual(middleOf(shapeOf(mark({ row: 1, column: 2 }), ground()).box), [50, 15]);
  assert.deepEqual(middleOf(shapeOf(mark({ row: 1.5, column: 2.25 }), ground()).box), [55, 20]);
  assert.deepEqual(middleOf(shapeOf(mark({ row: 1, column: 2 }), ground({ rows: [4, 0] })).box), [50, 25]);
  assert.deepEqual(middleOf(shapeOf(mark({ row: 1, column: 2 }), ground({ rows: [1, 2], columns: [2, 3] })).box), [60, 20]);
});

test("an orientation points along the columns at 0 and towards row 0 at a quarter turn, as cells are drawn", () => {
  const end = (angle: number, over: Partial<Ground> = {}) => {
    const { lines } = shapeOf(mark({ row: 1, column: 2, angle }), ground(over));
    const [[x0, y0], [x1, y1]] = lines[2]!.points as [[number, number], [number, number]];
    return [x1 - x0, y1 - y0].map((value) => Math.round(value * 10) / 10 + 0);
  };
  assert.deepEqual(end(0), [15, 0]);
  assert.deepEqual(end(Math.PI / 2), [0, -15]);
  assert.deepEqual(end(Math.PI / 2, { rows: [4, 0] }), [0, 15]);
  // a cell is twice as broad as high
  assert.deepEqual(end(Math.PI / 4), [15 * (2 / Math.sqrt(5)), -15 / Math.sqrt(5)].map((value) => Math.round(value * 10) / 10));
  const reordered = byName(["d", "b", "c", "a"], false);
  assert.equal(shapeOf(mark({ row: 1, column: 2, angle: 0 }), ground({ order: reordered })).lines.length, 2);
});

test("a box has the edges of its cells, and where its rows are apart one around each stretch", () => {
  const box = mark({ kind: "box", row: 1.5, column: 2, height: 2, width: 3 });
  assert.deepEqual(shapeOf(box, ground()).box, { left: 20, top: 10, right: 80, bottom: 30 });
  assert.equal(pathOf(shapeOf(box, ground()).lines), "M20 10L80 10L80 30L20 30Z");
  assert.deepEqual(shapeOf(box, ground({ rows: [4, 0] })).box, { left: 20, top: 10, right: 80, bottom: 30 });
  // rows 0 to 3 stand at places 3, 0, 2, 1: those of the box, 1 and 2, at 0 and 2
  const order = byName(["d", "a", "c", "b"], false);
  assert.deepEqual([...order.places], [3, 0, 2, 1]);
  const { lines } = shapeOf(box, ground({ order }));
  const level = lines.filter(({ points }) => points[0]![1] === points[1]![1]).map(({ points }) => points[0]![1]);
  assert.deepEqual(level.sort((a, b) => a - b), [0, 10, 20, 30]);
  assert.ok(lines.every(({ points }) => points.every(([x]) => x === 20 || x === 80)));
});

test("an outline keeps its hole, also where rows are in another order", () => {
  const outline: [number, number][][] = [
    [[-0.5, 0.5], [-0.5, 5.5], [2.5, 5.5], [2.5, 0.5]],
    [[0.5, 1.5], [1.5, 1.5], [1.5, 3.5], [0.5, 3.5]],
  ];
  const part = mark({ kind: "part", row: 1, column: 3, height: 3, width: 5, outline });
  assert.equal(pathOf(shapeOf(part, ground()).lines), "M20 0L120 0L120 30L20 30ZM40 10L40 20L80 20L80 10Z");
  const same = byName(["a", "b", "c", "d"], false);
  const covered = (lines: ReturnType<typeof shapeOf>["lines"], x: number, y: number) => {
    let odd = false;
    for (const { points, closed } of lines)
      for (let at = closed ? 0 : 1; at < points.length; at++) {
        const [[, y0], [x1, y1]] = [points.at(at - 1)!, points[at]!];
        if (y0 <= y !== y1 <= y && x < x1) odd = !odd;
      }
    return odd;
  };
  for (const order of [null, same, byName(["c", "a", "d", "b"], false)]) {
    const { lines } = shapeOf(part, ground({ order }));
    for (let row = 0; row < 4; row++)
      for (let column = 0; column < 6; column++) {
        const inside = row < 3 && column > 0 && !(row === 1 && (column === 2 || column === 3));
        const place = order ? order.places[row]! : row;
        assert.equal(covered(lines, column * 20 + 10, place * 10 + 5), inside, `${row} ${column}`);
      }
  }
});

test("steps are brackets along the edge of the map, also while it is zoomed", () => {
  const step = mark({ kind: "step", row: 1.5, column: 1, height: 4, width: 2 });
  assert.deepEqual(shapeOf(step, ground()).box, { left: 11, top: 3, right: 49, bottom: 9 });
  assert.deepEqual(shapeOf(step, ground({ rows: [2, 3] })).box, { left: 11, top: 3, right: 49, bottom: 9 });
  const rows = mark({ kind: "step", row: 1, column: 2.5, height: 2, width: 6 });
  assert.deepEqual(shapeOf(rows, ground()).box, { left: 3, top: 6, right: 9, bottom: 24 });
  assert.deepEqual(shapeOf(rows, ground({ rows: [4, 0] })).box, { left: 3, top: 16, right: 9, bottom: 34 });
});

test("a place is as far from a mark as from its nearest line, not from its inside", () => {
  const box = shapeOf(mark({ kind: "box", row: 1.5, column: 2, height: 2, width: 3 }), ground());
  assert.equal(distance(box, [50, 13]), 3);
  assert.equal(distance(box, [83, 34]), 5);
  assert.equal(distance(box, [20, 20]), 0);
  assert.ok(distance(box, [200, 20], 5) > 5);
  assert.equal(distance(shapeOf(mark({ row: 1, column: 2 }), ground()), [50, 15]), 0);
});
