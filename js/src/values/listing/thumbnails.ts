// Small pictures of samples: a byte for each place, 0 to 254 from the lowest to the highest, 255 where there is nothing.

import { extent } from "d3-array";
import { pixelsOf } from "../colours.ts";

const ABSENT = 255;

/** (H, W, C) numbers to a picture of `shape`: the sum of the channels, the mean of each block. */
export function pictureOf(matrix: Float32Array, H: number, W: number, shape: [number, number]): Uint8Array {
  const [rows, columns] = shape;
  const channels = Math.max(1, matrix.length / (H * W));
  const [sums, counts] = [new Float64Array(rows * columns), new Uint32Array(rows * columns)];
  for (let cell = 0; cell < H * W; cell++) {
    let value = 0;
    for (let k = 0; k < channels; k++) value += matrix[cell * channels + k]!;
    if (!Number.isFinite(value)) continue;
    const row = blockOf(Math.floor(cell / W), H, rows);
    const place = row * columns + blockOf(cell % W, W, columns);
    sums[place]! += value;
    counts[place]! += 1;
  }
  const means = sums.map((sum, place) => (counts[place] ? sum / counts[place]! : NaN));
  const [low = 0, high = 0] = extent(means);
  const scaled = (mean: number): number => (high > low ? Math.round((254 * (mean - low)) / (high - low)) : 127);
  return Uint8Array.from(means, (mean) => (Number.isNaN(mean) ? ABSENT : scaled(mean)));
}

/** Block i of n holds the lines from floor(i size / n) on. */
function blockOf(line: number, size: number, blocks: number): number {
  return Math.min(blocks - 1, Math.floor(((line + 1) * blocks - 1) / size));
}

/** The pixels of a picture in the colours of a table; what is not there stays transparent. */
export function coloured(picture: Uint8Array, table: Uint8Array): Uint32Array {
  const colours = pixelsOf(table);
  return Uint32Array.from(picture, (byte) => (byte === ABSENT ? 0 : colours[Math.round((byte * 255) / 254)]!));
}
