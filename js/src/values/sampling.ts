// How the cells of an axis meet the pixels of the screen: one by one, or gathered where a cell is smaller than two pixels.

import type { Span } from "./viewport.ts";

/** Below this many CSS pixels per cell, cells are gathered into pixels. */
export const SMALLEST = 2;

/** What rounding may add to a place in cells. */
const EDGE = 1e-9;

/** How one axis is drawn: which cells make up each drawn line, and which stretch of the lines is seen. */
export interface Sampling {
  starts: Int32Array;
  ends: Int32Array;
  offset: number;
  length: number;
}

/** `span` of `n` cells on `size` CSS pixels, that is `pixels` of the screen. */
export function sample(span: Span, n: number, size: number, pixels: number): Sampling {
  const length = span[1] - span[0];
  return size / length < SMALLEST ? gathered(span, n, pixels) : oneByOne(span, n);
}

/** A line per cell in sight; the first and the last may be cut. */
function oneByOne(span: Span, n: number): Sampling {
  const first = Math.max(0, Math.floor(span[0]));
  const count = Math.min(n, Math.ceil(span[1])) - first;
  const starts = Int32Array.from({ length: count }, (_, i) => first + i);
  const ends = starts.map((start) => start + 1);
  return { starts, ends, offset: span[0] - first, length: span[1] - span[0] };
}

/** A line per pixel, of every cell that the pixel touches: none is lost between two pixels. */
function gathered(span: Span, n: number, pixels: number): Sampling {
  // where the cells of a pixel begin; EDGE keeps a boundary that rounding moved from taking in one cell more
  const at = (pixel: number): number => span[0] + (pixel * (span[1] - span[0])) / pixels;
  const starts = Int32Array.from({ length: pixels }, (_, i) => Math.min(n - 1, Math.floor(at(i) + EDGE)));
  const ends = starts.map((start, i) => Math.max(start + 1, Math.min(n, Math.ceil(at(i + 1) - EDGE))));
  return { starts, ends, offset: 0, length: pixels };
}

/** Take one row of cells into a line of blocks, where its values are stronger than what the line holds. */
function gatherRow(line: Float32Array, cells: Float32Array, { starts, ends }: Sampling): void {
  for (let block = 0; block < line.length; block++) {
    let best = line[block]!;
    for (let cell = starts[block]!; cell < ends[block]!; cell++) {
      const value = cells[cell]!;
      if (Number.isNaN(best) || Math.abs(value) > Math.abs(best)) best = value;
    }
    line[block] = best;
  }
}

/** The value of largest magnitude, with its sign, of each block of cells; NaN only where all are. */
export function strongest(values: Float32Array, W: number, rows: Sampling, columns: Sampling): Float32Array {
  const across = columns.starts.length;
  const out = new Float32Array(rows.starts.length * across).fill(NaN);
  for (let i = 0; i < rows.starts.length; i++) {
    const line = out.subarray(i * across, (i + 1) * across);
    for (let row = rows.starts[i]!; row < rows.ends[i]!; row++)
      gatherRow(line, values.subarray(row * W, (row + 1) * W), columns);
  }
  return out;
}

const present = new WeakMap<Float32Array, Float32Array>();

/** NaN where a cell is absent, made once for all draws of a matrix. */
function there(absent: Float32Array): Float32Array {
  const found = present.get(absent) ?? absent.map((gone) => (gone ? NaN : 1));
  present.set(absent, found);
  return found;
}

/** Opaque pixels for the blocks whose cells are all absent, clear ones for the others. */
export function gone(absent: Float32Array, W: number, rows: Sampling, columns: Sampling): Uint32Array {
  return Uint32Array.from(strongest(there(absent), W, rows, columns), (known) =>
    Number.isNaN(known) ? 0xff000000 : 0,
  );
}
