// A map over the input: the input in grey, the map's colours as opaque as its values are strong.

import { indexOf, type Scale } from "../colours.ts";

/** What lies under a map. */
export interface Ground {
  values: Float32Array;
  scale: Scale;
  table: Uint8Array;
  /** Of the strongest values of the map, 0 to 1. */
  opacity: number;
}

/** A table over one colour, red, green and blue: each sign begins at two fifths of its side, its opacity at 0. */
export function tableOver(table: Uint8Array, ground: ArrayLike<number>, opacity: number): Uint8Array {
  const made = new Uint8Array(768);
  for (let index = 0; index < 256; index++) {
    const { from, part } = over(index, opacity);
    for (let colour = 0; colour < 3; colour++)
      made[3 * index + colour] = mixed(ground[colour]!, table[from + colour]!, part);
  }
  return made;
}

/** The table of an input as a ground for colours: without a hue, and as near to the page as three fifths of it. */
export function greysOf(table: Uint8Array): Uint8Array {
  const made = new Uint8Array(768);
  const light = (index: number): number => table[3 * index]! + table[3 * index + 1]! + table[3 * index + 2]!;
  for (let index = 0; index < 256; index++)
    made.fill(Math.floor((0.4 * light(0) + 0.6 * light(index)) / 3 + 0.5), 3 * index, 3 * index + 3);
  return made;
}

/** The colour in the middle of a grey: what a legend shows its colours on. */
export function middleOf(table: Uint8Array): Uint8Array {
  return table.subarray(3 * 128, 3 * 129);
}

/** Pixels of a map over its ground, a value each; clear where the map has none. */
export function colouriseOver(
  values: Float32Array,
  table: Uint8Array,
  scale: Scale,
  beneath: Float32Array,
  { scale: below, table: greys, opacity }: Ground,
): Uint32Array {
  const pixels = new Uint32Array(values.length);
  const bytes = new Uint8Array(pixels.buffer);
  const overs = Array.from({ length: 256 }, (_, index) => over(index, opacity));
  for (let cell = 0; cell < values.length; cell++) {
    const index = indexOf(values[cell]!, scale);
    const ground = indexOf(beneath[cell]!, below);
    if (index < 0 || ground < 0) continue;
    const { from, part } = overs[index]!;
    for (let colour = 0; colour < 3; colour++)
      bytes[4 * cell + colour] = mixed(greys[3 * ground + colour]!, table[from + colour]!, part);
    bytes[4 * cell + 3] = 255;
  }
  return pixels;
}

/** Where the colour of an entry of a table is taken from, and how opaque it is. */
function over(index: number, opacity: number): { from: number; part: number } {
  const strength = Math.abs(2 * index - 255) / 255;
  const place = 127.5 + (index >= 128 ? 1 : -1) * (0.4 + 0.6 * strength) * 127.5;
  return { from: 3 * Math.floor(place + 0.5), part: opacity * strength };
}

function mixed(ground: number, colour: number, part: number): number {
  return Math.floor(ground * (1 - part) + colour * part + 0.5);
}
