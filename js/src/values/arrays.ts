// Arrays as they arrive, and the few reductions that drawing needs; NaN is "not computed" and counts for nothing.

import { quantileSorted } from "d3-array";
import type { Large, Array as Packed, PanelArrays, PanelState, Sample } from "../protocol.ts";

/** What a front end may deliver as binary. */
export type Binary = DataView | ArrayBuffer | Uint8Array;

export interface Profiles {
  /** One number per row. */
  rows: Float32Array;
  /** One number per column. */
  columns: Float32Array;
}

/** A panel with its arrays, which travel in a trait of their own; null is what it does not have. */
export interface FullPanel extends PanelState {
  map: Packed | null;
  standard_error: Packed | null;
  row_errors: Packed | null;
  column_errors: Packed | null;
  channels: Packed | null;
  /** What there is instead of map and channels where they are too large. */
  large: Large | null;
}

/** "magnitude" averages absolute values: what the profile of the input shows. */
export type Reduction = "sum" | "mean" | "magnitude";

/** The bytes themselves, not copied. */
export function bytesOf(binary: Binary): Uint8Array {
  if (binary instanceof Uint8Array) return binary;
  if (binary instanceof ArrayBuffer) return new Uint8Array(binary);
  return new Uint8Array(binary.buffer, binary.byteOffset, binary.byteLength);
}

/** Little-endian float32 numbers, which is what every browser's Float32Array is; copied only where misaligned. */
export function floatsOf(binary: Binary): Float32Array {
  const bytes = bytesOf(binary);
  const length = Math.floor(bytes.byteLength / 4);
  if (bytes.byteOffset % 4 === 0) return new Float32Array(bytes.buffer, bytes.byteOffset, length);
  return new Float32Array(bytes.slice(0, length * 4).buffer);
}

/** An array; null where it has no bytes, which is how one travels that there is not. */
export function held(array: Packed | undefined): Packed | null {
  return array && array.bytes.byteLength > 0 ? array : null;
}

/** A panel with what its trait holds: nothing, where that belongs to another run. */
export function filled(panel: PanelState, arrays: PanelArrays | undefined): FullPanel {
  const own = panel.arrays && arrays?.run === panel.run ? arrays : undefined;
  return {
    ...panel,
    map: held(own?.map),
    standard_error: held(own?.standard_error),
    row_errors: held(own?.row_errors),
    column_errors: held(own?.column_errors),
    channels: held(own?.channels),
    large: own?.large?.strongest.bytes.byteLength ? own.large : null,
  };
}

/** Whether a panel has a map, whole or reduced. */
export function hasMap({ map, large }: FullPanel): boolean {
  return map !== null || large !== null;
}

/** Rows, columns and channels of a matrix, whether its page holds all of it or not. */
export function shapeOf({ matrix, large }: Sample): readonly number[] {
  return large?.shape ?? matrix.shape;
}

/** A map of h x w blocks with a value for each of H x W cells: row i stands for those from floor(i H / h) on. */
export function spread(blocks: Float32Array, h: number, w: number, H: number, W: number): Float32Array {
  const starts = (n: number, size: number): number[] =>
    Array.from({ length: n + 1 }, (_, index) => Math.floor((index * size) / n));
  const [rows, columns] = [starts(h, H), starts(w, W)];
  const cells = new Float32Array(H * W);
  for (let i = 0; i < h; i++) {
    const first = rows[i]! * W;
    for (let j = 0; j < w; j++) cells.fill(blocks[i * w + j]!, first + columns[j]!, first + columns[j + 1]!);
    for (let row = rows[i]! + 1; row < rows[i + 1]!; row++) cells.copyWithin(row * W, first, first + W);
  }
  return cells;
}

/** The numbers of an array, in C order. */
export function decode(packed: Packed): Float32Array {
  return floatsOf(packed.bytes);
}

/** Rows, columns and channels of a shape (H, W) or (H, W, C). */
export function sizes(shape: readonly number[]): { H: number; W: number; C: number } {
  return { H: shape[0] ?? 0, W: shape[1] ?? 0, C: shape[2] ?? 1 };
}

/** One number per cell of an (H, W, C) array: the sum over channels, their mean, or one channel. */
export function plane(
  values: Float32Array,
  shape: readonly number[],
  channel: number | null,
  over: "sum" | "mean" = "sum",
): Float32Array {
  const { H, W, C } = sizes(shape);
  if (C === 1) return values;
  const cells = new Float32Array(H * W);
  for (let cell = 0; cell < cells.length; cell++) {
    if (channel !== null) {
      cells[cell] = values[cell * C + channel]!;
      continue;
    }
    let total = 0;
    for (let c = 0; c < C; c++) total += values[cell * C + c]!;
    cells[cell] = over === "sum" ? total : total / C;
  }
  return cells;
}

function sortedFinite(values: Float32Array, measure: (value: number) => number): Float32Array {
  return values
    .filter((value) => Number.isFinite(value))
    .map(measure)
    .sort();
}

/** The q-quantile of sorted numbers, linear between neighbours (as numpy.quantile). */
export function quantile(sorted: ArrayLike<number>, q: number): number {
  return quantileSorted(sorted as number[], q) ?? NaN; // it reads nothing but the indices
}

/** The limit of a scale around 0: the q-quantile of |value|, the largest one where that is 0, 0 where all are. */
export function limit(values: Float32Array, q: number): number {
  const sorted = sortedFinite(values, Math.abs);
  return quantile(sorted, q) || sorted[sorted.length - 1] || 0;
}

/** The ends of the input's scale: its 1 % and 99 % quantiles, or its ends where those coincide. */
export function range(values: Float32Array, q = 0.01): [number, number] {
  const sorted = sortedFinite(values, (value) => value);
  if (!sorted.length) return [0, 1];
  const [low, high] = [quantile(sorted, q), quantile(sorted, 1 - q)];
  if (low < high) return [low, high];
  const [first, last] = [sorted[0]!, sorted[sorted.length - 1]!];
  return first < last ? [first, last] : [first - 0.5, first + 0.5];
}

/** One number per row and per column; NaN cells are left out, and a line of nothing else is NaN. */
export function profiles(map: Float32Array, H: number, W: number, how: Reduction): Profiles {
  const rows = new Float64Array(H);
  const columns = new Float64Array(W);
  const inRow = new Uint32Array(H);
  const inColumn = new Uint32Array(W);
  for (let row = 0; row < H; row++) {
    for (let column = 0; column < W; column++) {
      const value = map[row * W + column]!;
      if (Number.isNaN(value)) continue;
      const part = how === "magnitude" ? Math.abs(value) : value;
      rows[row] = rows[row]! + part;
      columns[column] = columns[column]! + part;
      inRow[row] = inRow[row]! + 1;
      inColumn[column] = inColumn[column]! + 1;
    }
  }
  const finish = (totals: Float64Array, counts: Uint32Array): Float32Array =>
    Float32Array.from(totals, (total, i) => (!counts[i] ? NaN : how === "sum" ? total : total / counts[i]!));
  return { rows: finish(rows, inRow), columns: finish(columns, inColumn) };
}
