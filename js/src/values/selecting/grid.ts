// A selection on the fewest lines that its bands need: as quick for a matrix of 8192 x 8192 as for one of 8 x 8.

import type { Selection } from "../../protocol.ts";
import { cellsOf, type Edge, type Outline, outline, runsOf, selectedLines } from "../regions.ts";
import { clamp } from "../viewport.ts";

/** The matrix cut into pieces that are selected whole or not at all. */
export interface Grid {
  /** Where pieces begin, and the number of lines at the end. */
  rows: number[];
  columns: number[];
  /** One flag per piece, row by row. */
  inside: Uint8Array;
}

/** Cut along the bands, and `around` lines beside each cut too. */
export function gridOf(selection: Selection, H: number, W: number, around = 0): Grid {
  return gridsOf([selection], H, W, around)[0]!;
}

/** Several selections on the same pieces. */
export function gridsOf(selections: Selection[], H: number, W: number, around = 0): Grid[] {
  const boxes = selections.map(({ bands }) => bands.map((band) => ({ op: band.op, ...cellsOf(band, H, W) })));
  const all = boxes.flat();
  const rows = cuts(
    all.flatMap(({ r0, r1 }) => [r0, r1]),
    H,
    around,
  );
  const columns = cuts(
    all.flatMap(({ c0, c1 }) => [c0, c1]),
    W,
    around,
  );
  const [rowAt, columnAt] = [places(rows), places(columns)];
  const across = columns.length - 1;
  return boxes.map((bands) => {
    const inside = new Uint8Array((rows.length - 1) * across);
    for (const { op, r0, r1, c0, c1 } of bands) {
      if (c0 >= c1) continue;
      const [left, right, last] = [columnAt.get(c0)!, columnAt.get(c1)!, rowAt.get(r1)!];
      for (let row = rowAt.get(r0)!; row < last; row++)
        inside.fill(op === "add" ? 1 : 0, row * across + left, row * across + right);
    }
    return { rows, columns, inside };
  });
}

function cuts(at: number[], n: number, around: number): number[] {
  const found = new Set([0, n]);
  for (const line of at) for (let beside = -around; beside <= around; beside++) found.add(clamp(line + beside, 0, n));
  return [...found].sort((a, b) => a - b);
}

function places(lines: number[]): Map<number, number> {
  return new Map(lines.map((line, index) => [line, index]));
}

/** The number of selected cells. */
export function cellsIn({ rows, columns, inside }: Grid): number {
  const across = columns.length - 1;
  let total = 0;
  for (let piece = 0; piece < inside.length; piece++) {
    if (!inside[piece]) continue;
    const [row, column] = [Math.floor(piece / across), piece % across];
    total += (rows[row + 1]! - rows[row]!) * (columns[column + 1]! - columns[column]!);
  }
  return total;
}

/** The stretches of rows and of columns that hold a selected cell, and whether they are all. */
export function linesIn({ rows, columns, inside }: Grid): {
  rowRuns: [number, number][];
  columnRuns: [number, number][];
  allRows: boolean;
  allColumns: boolean;
} {
  const lines = selectedLines(inside, rows.length - 1, columns.length - 1);
  const back = (flags: Uint8Array, at: number[]): [number, number][] =>
    runsOf(flags).map(([first, end]) => [at[first]!, at[end]!]);
  const { allRows, allColumns } = lines;
  return { rowRuns: back(lines.rows, rows), columnRuns: back(lines.columns, columns), allRows, allColumns };
}

/** One flag per line. */
export function flagsOf(runs: [number, number][], n: number): Uint8Array {
  const flags = new Uint8Array(n);
  for (const [first, end] of runs) flags.fill(1, first, end);
  return flags;
}

/** The outline of the union; see `outline`. */
export function outlineIn(grid: Grid, added: Grid): Outline {
  const { rows, columns, inside } = grid;
  const made = outline(inside, added.inside, rows.length - 1, columns.length - 1);
  const back = ({ axis, at, from, to }: Edge): Edge => {
    const [across, along] = axis === "h" ? [rows, columns] : [columns, rows];
    return { axis, at: across[at]!, from: along[from]!, to: along[to]! };
  };
  return { solid: made.solid.map(back), dashed: made.dashed.map(back) };
}

/** Whether two selections are the same cells, whatever their bands. */
export function sameCells(a: Selection, b: Selection, H: number, W: number): boolean {
  const [left, right] = gridsOf([a, b], H, W) as [Grid, Grid];
  return left.inside.every((flag, piece) => flag === right.inside[piece]);
}

/** A selection with no band, or whose bands leave no cell. */
export function isEmpty(selection: Selection, H: number, W: number): boolean {
  return !selection.bands.length || !gridOf(selection, H, W).inside.includes(1);
}
