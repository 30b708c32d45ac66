// Selections as cells: painting bands, the lines they touch, the outline they have, and what to call them.

import type { Axes, AxisState, Band, Selection } from "../protocol.ts";
import { clamp } from "./viewport.ts";
import { span } from "./writing.ts";

/** A rectangle of cells, half-open. */
export interface Cells {
  r0: number;
  r1: number;
  c0: number;
  c1: number;
}

export type BandKind = "rows" | "columns" | "rectangle";

/** A stretch of an outline between cells: "h" runs along columns at row boundary `at`, "v" along rows at a column boundary. */
export interface Edge {
  axis: "h" | "v";
  at: number;
  from: number;
  to: number;
}

/** Which lines hold a selected cell, and whether all of an axis do. */
export interface Lines {
  rows: Uint8Array;
  columns: Uint8Array;
  allRows: boolean;
  allColumns: boolean;
}

export const NOTHING: Selection = { bands: [] };

/** The cells of a band, clipped to a matrix of H rows and W columns. */
export function cellsOf(band: Band, H: number, W: number): Cells {
  const [r0, r1] = band.rows ?? [0, null];
  const [c0, c1] = band.columns ?? [0, null];
  return { r0: clamp(r0, 0, H), r1: clamp(r1 ?? H, 0, H), c0: clamp(c0, 0, W), c1: clamp(c1 ?? W, 0, W) };
}

/** "rows" and "columns" span the other axis by definition; anything else, the whole matrix included, is a rectangle. */
export function bandKind(band: Band): BandKind {
  if (band.columns === null && band.rows !== null) return "rows";
  if (band.rows === null && band.columns !== null) return "columns";
  return "rectangle";
}

/** A band of a kind over some cells; the axis that the kind spans stays open. */
export function bandOf(kind: BandKind, cells: Cells, op: Band["op"] = "add"): Band {
  return {
    op,
    rows: kind === "columns" ? null : [cells.r0, cells.r1],
    columns: kind === "rows" ? null : [cells.c0, cells.c1],
  };
}

/** One flag per cell, row by row: bands are painted in order and a later one overrides an earlier one. */
export function paint(selection: Selection, H: number, W: number): Uint8Array {
  const mask = new Uint8Array(H * W);
  for (const band of selection.bands) {
    const { r0, r1, c0, c1 } = cellsOf(band, H, W);
    for (let row = r0; row < r1 && c0 < c1; row++) mask.fill(band.op === "add" ? 1 : 0, row * W + c0, row * W + c1);
  }
  return mask;
}

/** Whether one cell is selected. */
export function holds(selection: Selection, row: number, column: number, H: number, W: number): boolean {
  for (let i = selection.bands.length - 1; i >= 0; i--) {
    const { r0, r1, c0, c1 } = cellsOf(selection.bands[i]!, H, W);
    if (row >= r0 && row < r1 && column >= c0 && column < c1) return selection.bands[i]!.op === "add";
  }
  return false;
}

/** The number of selected cells. */
export function count(mask: Uint8Array): number {
  let total = 0;
  for (const flag of mask) total += flag;
  return total;
}

export function selectedLines(mask: Uint8Array, H: number, W: number): Lines {
  const rows = new Uint8Array(H);
  const columns = new Uint8Array(W);
  for (let row = 0; row < H; row++) {
    for (let column = 0; column < W; column++) {
      if (mask[row * W + column]) rows[row] = columns[column] = 1;
    }
  }
  return { rows, columns, allRows: !rows.includes(0), allColumns: !columns.includes(0) };
}

/** The runs of set flags, half-open. */
export function runsOf(flags: ArrayLike<number>): [number, number][] {
  const runs: [number, number][] = [];
  for (let i = 0; i < flags.length; i++) {
    if (!flags[i]) continue;
    const start = i;
    while (i < flags.length && flags[i]) i++;
    runs.push([start, i]);
  }
  return runs;
}

/** Edges that a band made, and edges that a removal made. */
export interface Outline {
  solid: Edge[];
  dashed: Edge[];
}

/** What the boundary `at` is at the line `along`; cells beyond the matrix are not selected. */
type KindAt = (at: number, along: number) => "none" | "solid" | "dashed";

function kindsAlong(axis: Edge["axis"], mask: Uint8Array, added: Uint8Array, H: number, W: number): KindAt {
  const flag = (flags: Uint8Array, row: number, column: number): number =>
    row < 0 || row >= H || column < 0 || column >= W ? 0 : flags[row * W + column]!;
  const cell = (flags: Uint8Array, across: number, along: number): number =>
    axis === "h" ? flag(flags, across, along) : flag(flags, along, across);
  return (at, along) => {
    if (cell(mask, at - 1, along) === cell(mask, at, along)) return "none";
    return cell(added, at - 1, along) !== cell(added, at, along) ? "solid" : "dashed";
  };
}

/**
 * The outline of the union. `added` is the mask without the removals: an edge that is not one of its edges was made by
 * a removal and is dashed.
 */
export function outline(mask: Uint8Array, added: Uint8Array, H: number, W: number): Outline {
  const edges: Outline = { solid: [], dashed: [] };
  for (const [axis, lines, length] of [["h", H, W] as const, ["v", W, H] as const]) {
    const kindAt = kindsAlong(axis, mask, added, H, W);
    for (let at = 0; at <= lines; at++) trace(axis, at, length, kindAt, edges);
  }
  return edges;
}

/** The edges along one boundary, each as long as its kind stays the same. */
function trace(axis: Edge["axis"], at: number, length: number, kindAt: KindAt, edges: Outline): void {
  for (let from = 0, to = 0; from < length; from = to) {
    const kind = kindAt(at, from);
    for (to = from + 1; to < length && kindAt(at, to) === kind; ) to++;
    if (kind !== "none") edges[kind].push({ axis, at, from, to });
  }
}

export function equalSpan(a: Band["rows"], b: Band["rows"]): boolean {
  return a === b || (a !== null && b !== null && a[0] === b[0] && a[1] === b[1]);
}

export function equalBand(a: Band, b: Band): boolean {
  return a.op === b.op && equalSpan(a.rows, b.rows) && equalSpan(a.columns, b.columns);
}

/** Whether two selections are the same bands in the same order. */
export function equal(a: Selection, b: Selection): boolean {
  return a.bands.length === b.bands.length && a.bands.every((band, i) => equalBand(band, b.bands[i]!));
}

/** The span of an axis that a band names; empty where it covers the whole axis. Bare indices need the axis's name. */
function named(axis: AxisState, start: number, stop: number): string {
  if (start === 0 && stop === axis.labels.length) return "";
  const numbered = axis.name !== "" && axis.labels.every((label, i) => label === String(i));
  return numbered ? `${axis.name} ${span(axis, start, stop)}` : span(axis, start, stop);
}

/** What a band is called, as in Python: "acc 2 z–gyro z × 24.00–29.25", "without columns 3–7", "everything". */
export function describeBand(band: Band, axes: Axes): string {
  const { r0, r1, c0, c1 } = cellsOf(band, axes.rows.labels.length, axes.columns.labels.length);
  const spans = [named(axes.rows, r0, r1), named(axes.columns, c0, c1)].filter((text) => text !== "");
  return (band.op === "remove" ? "without " : "") + (spans.join(" × ") || "everything");
}

/** The names of all bands, in painting order. */
export function describeSelection(selection: Selection, axes: Axes): string[] {
  return selection.bands.map((band) => describeBand(band, axes));
}
