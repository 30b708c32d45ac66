// Colour tables of 256 RGB bytes, as the kernel sends them: values to table indices, indices to pixels and CSS.

import { clamp } from "./viewport.ts";

/** How values meet a table: symmetric around 0, or from low to high. */
export type Scale = { kind: "diverging"; limit: number } | { kind: "sequential"; low: number; high: number };

/** The name of a map's table; `colours` is the option, "blue-red" or "purple-green". */
export function mapTable(colours: string, dark: boolean): string {
  return `${colours} ${dark ? "dark" : "light"}`;
}

/** The name of the input's table: grey or of another name, and one of its own where it is centred at 0. */
export function inputTable(dark: boolean, centred = false, colours = "grey"): string {
  const ground = dark ? "dark" : "light";
  if (centred) return `input signed ${ground}`;
  return colours === "grey" ? `input ${ground}` : `input ${colours}`;
}

/** Where a value lies on a scale, 0 to 1; NaN stays NaN. */
export function position(value: number, scale: Scale): number {
  const place =
    scale.kind === "diverging" ? 0.5 + value / (2 * scale.limit) : (value - scale.low) / (scale.high - scale.low);
  return clamp(place, 0, 1);
}

/** The table index of a value, 0 to 255, by matplotlib's rule; -1 for NaN. */
export function indexOf(value: number, scale: Scale): number {
  const place = position(value, scale);
  return Number.isNaN(place) ? -1 : Math.min(255, Math.floor(place * 256));
}

/** Opaque pixels of a table, as ImageData wants them in a Uint32Array. */
export function pixelsOf(table: Uint8Array): Uint32Array {
  const pixels = new Uint32Array(256);
  const bytes = new Uint8Array(pixels.buffer);
  for (let i = 0; i < 256; i++) bytes.set([table[3 * i]!, table[3 * i + 1]!, table[3 * i + 2]!, 255], 4 * i);
  return pixels;
}

/** One pixel per value; a value that is not computed stays transparent, so that the hatch below shows. */
export function colourise(values: Float32Array, table: Uint8Array, scale: Scale): Uint32Array {
  const lookup = pixelsOf(table);
  const pixels = new Uint32Array(values.length);
  for (let i = 0; i < values.length; i++) {
    const index = indexOf(values[i]!, scale);
    if (index >= 0) pixels[i] = lookup[index]!;
  }
  return pixels;
}

/** A table entry as a CSS colour. */
export function css(table: Uint8Array, index: number): string {
  return `rgb(${table[3 * index]}, ${table[3 * index + 1]}, ${table[3 * index + 2]})`;
}

/** A table as the stops of a CSS linear-gradient: "rgb(..), rgb(..), ...". */
export function gradient(table: Uint8Array, stops = 16): string {
  return Array.from({ length: stops }, (_, i) => css(table, Math.round((i * 255) / (stops - 1)))).join(", ");
}

/** The colours of negative and positive profile bars: a fifth and four fifths of the way along a map's table. */
export function signColours(table: Uint8Array): { negative: string; positive: string } {
  return { negative: css(table, 51), positive: css(table, 204) };
}

/** Red, green, blue and alpha, 0 to 255. */
export type Rgba = [red: number, green: number, blue: number, alpha: number];

/** Whether a background is dark; a transparent one is not. */
export function isDark([red, green, blue, alpha]: Rgba): boolean {
  return alpha > 0 && 0.2126 * red + 0.7152 * green + 0.0722 * blue < 110;
}
