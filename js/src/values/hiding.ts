// The matrix as the model gets it: the cells of a mask at the baseline, computed here so that it follows the brush.

import type { Array as Packed } from "../protocol.ts";
import { decode, sizes } from "./arrays.ts";

/** What the input panel shows. */
export type Seen = "whole" | "without" | "only";

/**
 * An (H, W, C) matrix with cells at the baseline: those of the mask, or with "only" all others. The baseline has the
 * matrix's shape, or length 1 along an axis along which it is the same. Cells that do not exist stay as they are.
 */
export function hidden(
  matrix: Float32Array,
  shape: readonly number[],
  baseline: Packed,
  mask: Uint8Array,
  seen: "without" | "only",
  absent: Float32Array | null = null,
): Float32Array {
  const { H, W, C } = sizes(shape);
  const fill = decode(baseline);
  const [down, across, deep] = strides(baseline.shape);
  const hide = seen === "without" ? 1 : 0;
  const made = matrix.slice();
  for (let row = 0; row < H; row++)
    for (let column = 0; column < W; column++) {
      const cell = row * W + column;
      if (mask[cell] !== hide || absent?.[cell]) continue;
      const from = row * down + column * across;
      for (let channel = 0; channel < C; channel++) made[cell * C + channel] = fill[from + channel * deep]!;
    }
  return made;
}

/** How far it is to the next row, column and channel; 0 along an axis of length 1. */
function strides(shape: readonly number[]): [number, number, number] {
  const { H, W, C } = sizes(shape);
  return [H > 1 ? W * C : 0, W > 1 ? C : 0, C > 1 ? 1 : 0];
}

/** Values with NaN where a cell does not exist; the very same where all do. */
export function existing(values: Float32Array, absent: Float32Array | null): Float32Array {
  return absent ? values.map((value, cell) => (absent[cell] ? NaN : value)) : values;
}
