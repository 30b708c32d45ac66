import assert from "node:assert/strict";
import { test } from "node:test";
import type { Band, Selection } from "../../../../js/src/protocol.ts";
import { count, outline, paint, runsOf, selectedLines } from "../../../../js/src/values/regions.ts";
import { grown, shrunk } from "../../../../js/src/values/selecting/cells.ts";
import { cellsIn, gridsOf, linesIn, outlineIn } from "../../../../js/src/values/selecting/grid.ts";

const [H, W] = [7, 9];

/** A repeatable source of whole numbers below n. */
function source(seed: number): (n: number) => number {
  let state = seed;
  return (n) => {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    return (state >> 8) % n;
  };
}

function some(draw: (n: number) => number): Selection {
  const span = (n: number): Band["rows"] => {
    const first = draw(n);
    return draw(4) ? [first, first + draw(n - first + 1)] : null;
  };
  const bands = Array.from({ length: 1 + draw(4) }, () => ({ op: draw(3) ? "add" : "remove", rows: span(H), columns: span(W) }));
  return { bands: bands as Band[] };
}

const added = ({ bands }: Selection): Selection => ({ bands: bands.filter(({ op }) => op === "add") });

test("pieces say what the cells themselves say: how many, on which lines, and their outline", () => {
  for (let seed = 0; seed < 300; seed++) {
    const selection = some(source(seed));
    const [grid, more] = gridsOf([selection, added(selection)], H, W);
    const mask = paint(selection, H, W);
    const lines = selectedLines(mask, H, W);
    assert.equal(cellsIn(grid!), count(mask));
    assert.deepEqual(linesIn(grid!), {
      rowRuns: runsOf(lines.rows),
      columnRuns: runsOf(lines.columns),
      allRows: lines.allRows,
      allColumns: lines.allColumns,
    });
    assert.deepEqual(outlineIn(grid!, more!), outline(mask, paint(added(selection), H, W), H, W));
  }
});

test("growing and shrinking are by one cell, whatever the pieces", () => {
  const around = (mask: Uint8Array, flag: number): number[] =>
    Array.from(mask, (own, cell) => {
      const [row, column] = [Math.floor(cell / W), cell % W];
      for (let r = Math.max(0, row - 1); r <= Math.min(H - 1, row + 1); r++)
        for (let c = Math.max(0, column - 1); c <= Math.min(W - 1, column + 1); c++) if (mask[r * W + c] === flag) return flag;
      return own;
    });
  for (let seed = 0; seed < 300; seed++) {
    const selection = some(source(seed));
    const mask = paint(selection, H, W);
    for (const [made, flag] of [[grown(selection, H, W), 1], [shrunk(selection, H, W), 0]] as const) {
      const expected = around(mask, flag);
      if ("selection" in made) assert.deepEqual([...paint(made.selection, H, W)], expected);
      else assert.ok(!expected.includes(1));
    }
  }
});

test("a large matrix is cut into few pieces", () => {
  const bands: Band[] = [{ op: "add", rows: [10, 8000], columns: null }, { op: "remove", rows: null, columns: [5, 4000] }];
  const [grid] = gridsOf([{ bands }], 8192, 8192);
  assert.equal(grid!.inside.length, 9);
  assert.equal(cellsIn(grid!), 7990 * (8192 - 3995));
});
