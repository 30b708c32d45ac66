// Where colours end: the scale of a map or of the input, of each of its rows, and how many cells lie beyond.

import { range } from "../arrays.ts";
import type { Scale } from "../colours.ts";
import type { Drawing } from "./options.ts";

/** Whether the colours of an input that ends at these values are centred at 0. */
export function isCentred(wanted: Drawing["input_scale"], [low, high]: readonly [number, number]): boolean {
  return wanted === "centred" || (wanted === "signed" && low < 0 && high > 0);
}

export function scaleOf([low, high]: readonly [number, number], centred: boolean): Scale {
  if (!centred) return { kind: "sequential", low, high };
  return { kind: "diverging", limit: Math.max(Math.abs(low), Math.abs(high)) || 1 };
}

export function endsOf(scale: Scale): [number, number] {
  return scale.kind === "diverging" ? [-scale.limit, scale.limit] : [scale.low, scale.high];
}

/** Each value as a place on the scale of its row: -1 to 1 where that is centred at 0, else 0 to 1; ends as of `whole`. */
export function placesInRows(values: Float32Array, whole: Float32Array, W: number, centred: boolean): Float32Array {
  const places = new Float32Array(values.length);
  for (let start = 0; start < values.length; start += W) {
    const [low, high] = endsOf(scaleOf(range(whole.subarray(start, start + W)), centred));
    const origin = centred ? 0 : low;
    const size = centred ? high : high - low;
    for (let cell = start; cell < start + W; cell++) places[cell] = (values[cell]! - origin) / size;
  }
  return places;
}

/** How many values lie beyond the ends of a scale, and have the colour of its end. */
export function beyond(values: Float32Array, scale: Scale): number {
  const [low, high] = endsOf(scale);
  let cells = 0;
  for (const value of values) if (value < low || value > high) cells++;
  return cells;
}
