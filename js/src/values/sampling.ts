// How the cells of an axis meet the pixels of the screen: one by one, or gathered where a cell is smaller than two pixels.

import type { Span } from "./viewport.ts";

/** Below this many CSS pixels per cell, cells are gathered into pixels. */
const SMALLEST = 2;

/** How one axis is drawn: which cells make up each drawn line, and which stretch of the lines is seen. */
interface Sampling {
  starts: Int32Array;
  ends: Int32Array;
  offset: number;
  length: number;
}

/** `span` of `n` cells on `size` CSS pixels, that is `pixels` of the screen. */
export function sample(span: Span, n: number, size: number, pixels: number): Sampling {
  const length = span[1] - span[0];
  const gathered = size / length < SMALLEST;
  const first = Math.max(0, Math.floor(span[0]));
  const count = gathered ? pixels : Math.min(n, Math.ceil(span[1])) - first;
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    starts[i] = gathered ? Math.min(n - 1, Math.floor(span[0] + (i * length) / pixels + 1e-9)) : first + i;
    ends[i] = gathered
      ? Math.max(starts[i]! + 1, Math.min(n, Math.ceil(span[0] + ((i + 1) * length) / pixels - 1e-9)))
      : first + i + 1;
  }
  return gathered ? { starts, ends, offset: 0, length: count } : { starts, ends, offset: span[0] - first, length };
}

/** The value of largest magnitude, with its sign, of each block of cells; NaN only where all are. */
export function strongest(values: Float32Array, W: number, rows: Sampling, columns: Sampling): Float32Array {
  const across = columns.starts.length;
  const out = new Float32Array(rows.starts.length * across).fill(NaN);
  for (let i = 0; i < rows.starts.length; i++) {
    for (let r = rows.starts[i]!; r < rows.ends[i]!; r++) {
      for (let j = 0; j < across; j++) {
        let best = out[i * across + j]!;
        for (let c = columns.starts[j]!; c < columns.ends[j]!; c++) {
          const value = values[r * W + c]!;
          if (Number.isNaN(best) || Math.abs(value) > Math.abs(best)) best = value;
        }
        out[i * across + j] = best;
      }
    }
  }
  return out;
}
