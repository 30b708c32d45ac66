// What is drawn of a map: its cells, or blocks of them that lie evenly over some rows and columns of the matrix.

import type { Halves, Large } from "../../protocol.ts";
import type { Span, Viewport } from "../viewport.ts";
import { blocksOf } from "./halves.ts";

export type Statistic = "strongest" | "mean";

export interface Raster {
  /** h x w numbers. */
  values: Float32Array;
  /** 1 for a block none of whose cells exists; null where there is no such. */
  absent: Float32Array | null;
  h: number;
  w: number;
  /** The lines of the matrix that the blocks lie over; the last block may reach beyond the matrix. */
  rows: Span;
  columns: Span;
}

/** All cells, one by one. */
export function cellByCell(values: Float32Array, absent: Float32Array | null, H: number, W: number): Raster {
  return { values, absent, h: H, w: W, rows: [0, H], columns: [0, W] };
}

/** Blocks that lie over all of a matrix, evenly. */
export function spreadOver(values: Float32Array, h: number, w: number, H: number, W: number): Raster {
  return { values, absent: null, h, w, rows: [0, H], columns: [0, W] };
}

const overviews = new WeakMap<Halves, Raster>();

/** The blocks of a large map that its page holds, unpacked once; null where there are none. */
export function overviewOf(large: Large, statistic: Statistic): Raster | null {
  const held = large[statistic];
  if (!held.bytes.byteLength) return null;
  const known = overviews.get(held) ?? unpack(large, held);
  overviews.set(held, known);
  return known;
}

function unpack(large: Large, { shape, scale, bytes }: Halves): Raster {
  const [h, w] = shape as [number, number];
  return { ...blocksOf(bytes, scale), h, w, rows: [0, h * large.steps[0]], columns: [0, w * large.steps[1]] };
}

/** How many rows and columns of cells a block has. */
export function stepsOf({ h, w, rows, columns }: Raster): [number, number] {
  return [(rows[1] - rows[0]) / h, (columns[1] - columns[0]) / w];
}

/** Where a span of the matrix lies among the blocks of one axis. */
export function within(span: Span, blocks: Span, count: number): [number, number] {
  const step = (blocks[1] - blocks[0]) / count;
  return [(span[0] - blocks[0]) / step, (span[1] - blocks[0]) / step];
}

/** The part of the matrix that is seen, of which some blocks are; null where none is. */
export function seenPart({ rows, columns }: Raster, viewport: Viewport): Viewport | null {
  const cut = (a: Span, b: Span): [number, number] => [Math.max(a[0], b[0]), Math.min(a[1], b[1])];
  const part = { rows: cut(rows, viewport.rows), columns: cut(columns, viewport.columns) };
  return part.rows[0] < part.rows[1] && part.columns[0] < part.columns[1] ? part : null;
}

/** The exact value of a quantile; where the kernel told others, the next above it. */
export function toldQuantile({ quantiles }: Large, wanted: number): number {
  const above = quantiles.filter(([at]) => at >= wanted - 1e-12).sort((a, b) => a[0] - b[0]);
  return (above[0] ?? quantiles.at(-1))?.[1] ?? 0;
}

/** The limit of the scale of a large map: as `limit` of all its cells. */
export function toldLimit(large: Large, wanted: number): number {
  return toldQuantile(large, wanted) || toldQuantile(large, 1);
}

/** The ends of the scale of a large input: as `range` of all its cells. */
export function toldRange(large: Large): [number, number] {
  const [least, low, high, most] = [0, 0.01, 0.99, 1].map((at) => toldQuantile(large, at)) as [
    number,
    number,
    number,
    number,
  ];
  if (low < high) return [low, high];
  return least < most ? [least, most] : [least - 0.5, least + 0.5];
}
