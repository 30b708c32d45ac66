// A map that the model returns, and the matrix that its cells lie evenly over.

import type { OutputMap } from "../../protocol.ts";
import { decode } from "../arrays.ts";
import { figure } from "../writing.ts";

/** One channel of one output; h x w cells lie over the matrix. */
export interface Chosen {
  output: OutputMap;
  channel: number;
}

/** What the options name among the maps of a sample, or the first. */
export function chosenOf(outputs: readonly OutputMap[], of: number, channel: number): Chosen | null {
  const output = outputs[of] ?? outputs[0];
  return output ? { output, channel: channel < output.channels.length ? channel : 0 } : null;
}

const planes = new WeakMap<OutputMap, Map<number, Float32Array>>();

/** The map of the whole matrix, where the page was sent this channel; the same object each time. */
export function heldOf({ output, channel }: Chosen): Float32Array | null {
  const [held = 0, h = 0, w = 0] = output.whole.shape;
  if (channel >= held) return null;
  const known = planes.get(output) ?? new Map<number, Float32Array>();
  planes.set(output, known);
  const plane = known.get(channel) ?? decode(output.whole).slice(channel * h * w, (channel + 1) * h * w);
  known.set(channel, plane);
  return plane;
}

/** In which of n cells that lie evenly over `size` lines the middle of a line lies. */
export function cellAt(line: number, n: number, size: number): number {
  return Math.min(n - 1, Math.floor(((line + 0.5) * n) / size));
}

/** The value of the nearest cell for each cell of the matrix: nothing in between is made up. */
export function spread(values: Float32Array, h: number, w: number, H: number, W: number): Float32Array {
  if (h === H && w === W) return values;
  const across = Int32Array.from({ length: W }, (_, column) => cellAt(column, w, W));
  const made = new Float32Array(H * W);
  for (let row = 0; row < H; row++) {
    const from = cellAt(row, h, H) * w;
    for (let column = 0; column < W; column++) made[row * W + column] = values[from + across[column]!]!;
  }
  return made;
}

/** One map minus another, cell by cell. */
export function minus(a: Float32Array, b: Float32Array): Float32Array {
  return a.map((value, cell) => value - b[cell]!);
}

/** The lowest and the highest finite number; apart, also where all are the same. */
export function endsOfMap(values: Float32Array): [number, number] {
  let [low, high] = [Infinity, -Infinity];
  for (const value of values) {
    if (value < low) low = value;
    if (value > high) high = value;
  }
  if (low > high) return [0, 1];
  return low < high ? [low, high] : [low - 0.5, high + 0.5];
}

/** What a cell of the map stands for in the matrix; empty where it is one cell there. */
export function standsFor([h, w]: readonly [number, number], H: number, W: number): string {
  if (h === H && w === W) return "";
  if (w === 1 && W > 1 && h === H) return "one answer per row: all columns alike";
  if (h === 1 && H > 1 && w === W) return "one answer per column: all rows alike";
  const even = H % h === 0 && W % w === 0;
  const each = `${figure(H / h, 3)} × ${figure(W / w, 3)}`;
  if (even) return `each cell stands for ${each}`;
  if (h > H || w > W) return `${h} × ${w} cells: of each cell of the matrix the nearest is shown`;
  return `${h} × ${w} cells spread evenly over the matrix, some ${each} each`;
}
