// The shapes of a profile: a bar per line from a zero line, and how far each value may be off, as paths.

import { SMALLEST, sample } from "./sampling.ts";
import type { Span } from "./viewport.ts";

/** Below this many CSS pixels per line, errors are a band along the bars' ends: whiskers would touch. */
const WHISKERS = 3;
/** Errors that reach less than this many pixels from the bar's end are not seen, and not drawn. */
const SEEN = 0.5;
/** Shorter bars than this many pixels are not drawn. */
const THINNEST = 0.3;
/** From this many pixels on, a bar has a gap to the next. */
const BROAD = 5;

/** Where a bar begins and ends along the axis, in pixels. */
type Sides = readonly [number, number];

/** What one profile is drawn from. */
export interface Profile {
  values: Float32Array;
  /** Standard errors of the values, where they are estimates. */
  errors: Float32Array | null;
  /** The lines that are seen, and the CSS pixels that they take. */
  span: Span;
  length: number;
  /** CSS pixels from the lowest to the highest value. */
  depth: number;
  /** Where each line begins. */
  edge: (line: number) => number;
  /** Positive values go up, as above a map; else to the right. */
  upward: boolean;
}

/** Paths to be filled, and where the zero line is. */
export interface Bars {
  positive: string;
  negative: string;
  errors: string;
  /** Whether the errors are a band, not whiskers. */
  band: boolean;
  zero: number;
}

/** Bars from a zero line that sits where the range of the whole profile, errors included, puts it. */
export function bars(profile: Profile): Bars {
  const { span, length, upward } = profile;
  const { scale, zero, at } = measures(profile);
  const band = length / (span[1] - span[0]) < WHISKERS;
  const made: Bars = { positive: "", negative: "", errors: "", band, zero };
  for (const { sides, value, error } of placed(profile)) {
    if (Math.abs(value) * scale >= THINNEST)
      made[value > 0 ? "positive" : "negative"] += box(sides, at(0), at(value), upward);
    if (error * scale >= SEEN)
      made.errors += box(band ? sides : whisker(sides), at(value - error), at(value + error), upward);
  }
  return made;
}

/** Pixels per unit, the pixel of zero, and the pixel of any value. */
function measures({ values, errors, depth, upward }: Profile) {
  const [low, high] = extent(values, errors);
  const scale = Math.max(depth, 1) / (high - low || 1);
  const zero = upward ? high * scale : -low * scale;
  // y grows downwards in SVG, x to the right: bars that go up are turned round
  const at = (value: number): string => (upward ? zero - value * scale : zero + value * scale).toFixed(1);
  return { scale, zero, at };
}

/** One bar per line in sight that has a value; where lines are thin, one per pixel, of the strongest of its lines. */
function placed(profile: Profile): { sides: Sides; value: number; error: number }[] {
  const { values, errors, span, length } = profile;
  const { starts, ends } = sample(span, values.length, length, length);
  const gathered = length / (span[1] - span[0]) < SMALLEST;
  const found = [];
  for (let i = 0; i < starts.length; i++) {
    const line = peak(values, starts[i]!, ends[i]!);
    const value = values[line]!;
    if (Number.isNaN(value)) continue;
    const sides: Sides = gathered ? [i, i + 1] : sidesOf(profile, starts[i]!, ends[i]!);
    found.push({ sides, value, error: errors?.[line] ?? NaN });
  }
  return found;
}

/** Where the bar of some lines begins and ends along the axis; a broad one leaves a pixel to its neighbour. */
function sidesOf({ edge, length }: Profile, start: number, end: number): Sides {
  const from = Math.max(0, edge(start));
  const to = Math.min(length, edge(end));
  return [from, to - (to - from >= BROAD ? 1 : 0)];
}

/** A line of one pixel in the middle of a bar. */
function whisker([from, to]: Sides): Sides {
  const middle = Math.floor((from + to) / 2);
  return [middle, middle + 1];
}

/** From the lowest to the highest value, each with its error to both sides, and 0. */
function extent(values: Float32Array, errors: Float32Array | null): [number, number] {
  let [low, high] = [0, 0];
  for (let line = 0; line < values.length; line++) {
    const value = values[line]!;
    const error = errors?.[line] || 0;
    if (value - error < low) low = value - error;
    if (value + error > high) high = value + error;
  }
  return [low, high];
}

/** A rectangle between two sides along the axis, `base` and `tip` its values. */
function box([from, to]: Sides, base: string, tip: string, upward: boolean): string {
  return upward ? `M${from} ${base}V${tip}H${to}V${base}Z` : `M${base} ${from}H${tip}V${to}H${base}Z`;
}

/** The line whose value has the largest magnitude; the first where none has a value. */
function peak(values: Float32Array, start: number, end: number): number {
  let best = start;
  for (let line = start + 1; line < end; line++)
    if (Number.isNaN(values[best]!) || Math.abs(values[line]!) > Math.abs(values[best]!)) best = line;
  return best;
}
