// Rows of the input as curves: whether they can be drawn, where each ends, and its points on so many pixels.

import { SMALLEST, sample } from "../sampling.ts";
import { clamp, type Span } from "../viewport.ts";

/** A curve of one of more rows would be too low to be read. */
const MOST_ROWS = 16;

type Ends = readonly [low: number, high: number];

/** A place on a curve: pixels from the left, and a value, NaN in a gap. */
export type Place = [x: number, value: number];

export interface Curves {
  /** (H, W), NaN where there is a gap. */
  values: Float32Array;
  W: number;
  /** Of each row, the values at the bottom and at the top of its room. */
  ends: Ends[];
  /** Each row has ends of its own. */
  apart: boolean;
  /** Over the map, or the map as a ribbon along them. */
  how: "over" | "along";
}

/** Why the rows of a matrix cannot be drawn as lines; empty where they can. */
export function whyNoLines(H: number, large: boolean): string {
  if (H > MOST_ROWS) return `Lines are for ${MOST_ROWS} rows at most; this matrix has ${H}.`;
  return large ? "Lines need every cell; of a matrix as large as this the page has blocks." : "";
}

/** From the lowest to the highest finite value of each row, or of all rows; by hand where that is given. */
export function endsOfRows(cells: Float32Array, H: number, apart: boolean, byHand: Ends | undefined): Ends[] {
  const W = cells.length / H;
  if (apart) return Array.from({ length: H }, (_, row) => extent(cells.subarray(row * W, (row + 1) * W)));
  return new Array<Ends>(H).fill(byHand ?? extent(cells));
}

function extent(cells: Float32Array): Ends {
  let [low, high] = [Infinity, -Infinity];
  for (const value of cells) {
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return [0, 1];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

/** How high a value stands in the room of its row: 0 is its bottom, 1 its top. */
export function heightOf(value: number, [low, high]: Ends): number {
  return clamp((value - low) / (high - low), 0, 1);
}

/** The middle of each cell in sight and one more on each side; where cells are smaller, two places for each pixel. */
export function placesOn(row: Float32Array, span: Span, pixels: number): Place[] {
  const pitch = pixels / (span[1] - span[0]);
  // below one pixel for a cell, cells are gathered
  const { starts, ends } = sample(span, row.length, SMALLEST * pixels, pixels);
  if (pitch < 1) return [...starts].flatMap((start, pixel) => extremes(row, start, ends[pixel]!, pixel + 0.5));
  const first = Math.max(0, starts[0]! - 1);
  const shown = row.subarray(first, ends.at(-1)! + 1);
  return Array.from(shown, (value, at): Place => [(first + at + 0.5 - span[0]) * pitch, value]);
}

/** The lowest and the highest of some values in the order in which they come: no peak is lost. */
function extremes(row: Float32Array, start: number, end: number, x: number): Place[] {
  let [low, high] = [-1, -1];
  for (let cell = start; cell < end; cell++) {
    const value = row[cell]!;
    if (Number.isNaN(value)) continue;
    if (low < 0 || value < row[low]!) low = cell;
    if (high < 0 || value > row[high]!) high = cell;
  }
  if (low < 0) return [[x, NaN]];
  return [Math.min(low, high), Math.max(low, high)].map((cell) => [x, row[cell]!]);
}
