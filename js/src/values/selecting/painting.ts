// Painting single cells: the cells that a square brush passes over, and the boxes that hold them.

import type { Band } from "../../protocol.ts";
import type { Cells } from "../regions.ts";
import { clamp, type Point } from "../viewport.ts";
import { boxes } from "./cells.ts";

/** Rows and columns of the brushes that can be chosen. */
export const SIZES = [1, 2, 3, 5, 9, 17, 33];

/** Boxes of a stroke under way from which it is laid out anew: each question about it sends all of them. */
const LOOSE = 150;

/** What was painted since the press. `cells` grows with the stroke; `bands` hold exactly these cells. */
export interface Stroke {
  op: Band["op"];
  cells: Set<number>;
  bands: Band[];
  /** So many bands it had when it was laid out last. */
  laid: number;
}

export function stroke(op: Band["op"]): Stroke {
  return { op, cells: new Set(), bands: [], laid: 0 };
}

/** The stroke that goes on from one place to another, without a gap. */
export function painted(before: Stroke, from: Point, to: Point, size: number, H: number, W: number): Stroke {
  const fresh = new Set<number>();
  for (const { row, column } of between(from, to))
    for (const cell of pressed(row, column, size, H, W)) if (!before.cells.has(cell)) fresh.add(cell);
  if (!fresh.size) return before;
  const { op, cells, laid } = before;
  for (const cell of fresh) cells.add(cell);
  const bands = [...before.bands, ...laidOut(fresh, op, W)];
  if (bands.length <= Math.max(LOOSE, 2 * laid)) return { ...before, bands };
  const anew = laidOut(cells, op, W);
  return { ...before, bands: anew, laid: anew.length };
}

/** The box of cells under a brush whose middle, or the cell before it, is at a place. */
export function footprint(row: number, column: number, size: number, H: number, W: number): Cells {
  const [r0, c0] = [row - ((size - 1) >> 1), column - ((size - 1) >> 1)];
  return { r0: Math.max(0, r0), r1: Math.min(H, r0 + size), c0: Math.max(0, c0), c1: Math.min(W, c0 + size) };
}

function* pressed(row: number, column: number, size: number, H: number, W: number): Generator<number> {
  const { r0, r1, c0, c1 } = footprint(row, column, size, H, W);
  for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) yield r * W + c;
}

/** The least box around a stroke, for what is said of it. */
export function around({ cells }: Stroke, W: number): Band {
  const { r0, r1, c0, c1 } = bounds(cells, W);
  return { op: "add", rows: [r0, r1], columns: [c0, c1] };
}

/** Places one cell apart on the way; both ends are among them. */
function between(from: Point, to: Point): Point[] {
  const [down, right] = [Math.floor(to.row) - Math.floor(from.row), Math.floor(to.column) - Math.floor(from.column)];
  const steps = Math.max(Math.abs(down), Math.abs(right));
  const at = (step: number): Point => ({
    row: Math.floor(from.row) + Math.round((down * step) / Math.max(1, steps)),
    column: Math.floor(from.column) + Math.round((right * step) / Math.max(1, steps)),
  });
  return Array.from({ length: steps + 1 }, (_, step) => at(step));
}

function laidOut(cells: Set<number>, op: Band["op"], W: number): Band[] {
  const { r0, r1, c0, c1 } = bounds(cells, W);
  const [h, w] = [r1 - r0, c1 - c0];
  const mask = new Uint8Array(h * w);
  for (const cell of cells) mask[(Math.floor(cell / W) - r0) * w + (cell % W) - c0] = 1;
  return boxes(mask, 1, h, w).map((box) => ({
    op,
    rows: [r0 + box.r0, r0 + box.r1],
    columns: [c0 + box.c0, c0 + box.c1],
  }));
}

function bounds(cells: Set<number>, W: number): Cells {
  let [r0, r1, c0, c1] = [Number.POSITIVE_INFINITY, 0, Number.POSITIVE_INFINITY, 0];
  for (const cell of cells) {
    const [row, column] = [Math.floor(cell / W), cell % W];
    [r0, r1] = [Math.min(r0, row), Math.max(r1, row + 1)];
    [c0, c1] = [Math.min(c0, column), Math.max(c1, column + 1)];
  }
  return { r0, r1, c0, c1 };
}

/** The place inside the matrix that is nearest to a point. */
export function inside({ row, column }: Point, H: number, W: number): Point {
  return { row: clamp(row, 0, H - 1), column: clamp(column, 0, W - 1) };
}
