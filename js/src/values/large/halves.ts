// Numbers of 16 bits, as what is only drawn arrives: half as much traffic, and no browser need know them.

import type { Halves } from "../../protocol.ts";
import { type Binary, bytesOf } from "../arrays.ts";

let table: Float32Array | null = null;

/** What each of the 65,536 numbers of 16 bits stands for: a sign, five bits of exponent, ten of fraction. */
function values(): Float32Array {
  table ??= Float32Array.from({ length: 65536 }, (_, bits) => {
    const sign = bits & 0x8000 ? -1 : 1;
    const [exponent, fraction] = [(bits >> 10) & 31, bits & 1023];
    if (exponent === 31) return fraction ? NaN : sign * Infinity;
    return sign * (exponent ? 2 ** (exponent - 15) * (1 + fraction / 1024) : 2 ** -24 * fraction);
  });
  return table;
}

/** Little-endian numbers of 16 bits, each times `scale`. */
export function unpacked(binary: Binary, scale: number): Float32Array {
  const bytes = bytesOf(binary);
  const known = values();
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  return Float32Array.from({ length: bytes.byteLength >> 1 }, (_, i) => known[view.getUint16(2 * i, true)]! * scale);
}

/** The values of blocks with NaN for Infinity, and where that stood: blocks whose cells do not exist. */
export function blocksOf(binary: Binary, scale: number): { values: Float32Array; absent: Float32Array | null } {
  const values = unpacked(binary, scale);
  if (!values.includes(Infinity)) return { values, absent: null };
  const absent = values.map((value) => (value === Infinity ? 1 : 0));
  return { values: values.map((value) => (value === Infinity ? NaN : value)), absent };
}

/** Whether there are as many bytes as a shape says. */
export function isFull({ shape, bytes }: Pick<Halves, "shape" | "bytes">): boolean {
  return shape.reduce((product, size) => product * size, 2) === bytes.byteLength;
}
