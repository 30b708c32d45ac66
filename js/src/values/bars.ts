// The shapes of a profile: a bar per line from a zero line, and how far each value may be off, as paths.

import { sample } from "./sampling.ts";
import type { Span } from "./viewport.ts";

/** Below this many CSS pixels per line, errors are a band along the bars' ends: whiskers would touch. */
const WHISKERS = 3;
/** Errors that reach less than this many pixels from the bar's end are not seen, and not drawn. */
const SEEN = 0.5;

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
  const { values, errors, span, length, depth, edge, upward } = profile;
  const [low, high] = extent(values, errors);
  const scale = Math.max(depth, 1) / (high - low || 1);
  const zero = upward ? high * scale : -low * scale;
  const lines = sample(span, values.length, length, length);
  const pitch = length / (span[1] - span[0]);
  const band = pitch < WHISKERS;
  const made: Bars = { positive: "", negative: "", errors: "", band, zero };
  const at = (value: number): string => (upward ? zero - value * scale : zero + value * scale).toFixed(1);
  for (let i = 0; i < lines.starts.length; i++) {
    const line = peak(values, lines.starts[i]!, lines.ends[i]!);
    const value = values[line]!;
    if (Number.isNaN(value)) continue;
    const from = Math.max(0, pitch < 2 ? i : edge(lines.starts[i]!));
    const end = Math.min(length, pitch < 2 ? i + 1 : edge(lines.ends[i]!));
    const to = end - (end - from >= 5 ? 1 : 0);
    if (Math.abs(value) * scale >= 0.3)
      made[value > 0 ? "positive" : "negative"] += box(from, to, at(0), at(value), upward);
    const error = errors?.[line] ?? NaN;
    if (!(error * scale >= SEEN)) continue;
    const middle = Math.floor((from + to) / 2);
    const [left, right] = band ? [from, to] : [middle, middle + 1];
    made.errors += box(left, right, at(value - error), at(value + error), upward);
  }
  return made;
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

/** A rectangle along an axis, `from` and `to` its lines, `base` and `tip` its values. */
function box(from: number, to: number, base: string, tip: string, upward: boolean): string {
  return upward ? `M${from} ${base}V${tip}H${to}V${base}Z` : `M${base} ${from}H${tip}V${to}H${base}Z`;
}

/** The line whose value has the largest magnitude; the first where none has a value. */
function peak(values: Float32Array, start: number, end: number): number {
  let best = start;
  for (let line = start + 1; line < end; line++)
    if (Number.isNaN(values[best]!) || Math.abs(values[line]!) > Math.abs(values[best]!)) best = line;
  return best;
}
