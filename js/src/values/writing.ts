// How numbers, spans and times are written: true minus, no leading zero, as few digits as carry meaning.

import type { Axes, AxisState } from "../protocol.ts";

const MINUS = "\u2212";
const bare = (text: string): string => text.replace(/^0\./, ".");

/** What stands for a number that is not known. */
export const DASH = "–";

/** A fixed number of decimals: .79, −1.50, 12.00; small ones that would be zeros keep two digits: .0004. None is a dash. */
export function number(value: number | null | undefined, digits = 2): string {
  if (value == null || !Number.isFinite(value)) return DASH;
  const fixed = Math.abs(value).toFixed(digits);
  const text = value !== 0 && Number(fixed) === 0 ? small(Math.abs(value)) : bare(fixed);
  return value < 0 ? MINUS + text : text;
}

/** Two digits, without zeros behind them: .0004, .00042, and from there on down 3.1e−5. */
function small(size: number): string {
  const text = Number(size.toPrecision(2));
  return size >= 1e-4 ? bare(String(text)) : text.toExponential().replace("-", MINUS);
}

/** Two significant digits or more at any size: .48, 1.2, 12, −3.1e−6, 4.2e8; whole numbers as they are: 1, 64. */
export function figure(value: number | null | undefined, significant = 2): string {
  if (value == null || !Number.isFinite(value)) return DASH;
  const size = Math.abs(value);
  const sign = value < 0 ? MINUS : "";
  if (Number.isInteger(size) && size < 1e5) return sign + size;
  if (size >= 1e5 || size < 1e-3) {
    const [digits, exponent] = size.toExponential(significant - 1).split("e") as [string, string];
    return `${sign}${digits}e${exponent.replace("+", "").replace("-", MINUS)}`;
  }
  const decimals = Math.max(0, significant - 1 - Math.floor(Math.log10(size)));
  return sign + bare(size.toFixed(decimals));
}

/** A probability: .79, and .0043 or 3.1e−4 where two decimals would be 0. */
export function probability(value: number | null | undefined): string {
  return value != null && value !== 0 && Math.abs(value) < 0.005 ? figure(value) : number(value);
}

/** Closer than this to each other, as a part of the largest, numbers are the same: float32 tells no more. */
const SAME = 1e-6;

/** Numbers that are read beside each other: with the same digits, as many as tell apart those that differ. */
export function together(
  values: readonly (number | null | undefined)[],
  write: (value: number | null | undefined, digits: number) => string,
  [least, most]: readonly [number, number] = [2, 6],
): string[] {
  const known = values.filter((value): value is number => value != null && Number.isFinite(value));
  const close = SAME * Math.max(1e-300, ...known.map(Math.abs));
  const read = (value: number, digits: number): number => Number(write(value, digits).replaceAll(MINUS, "-"));
  // half of a difference may be rounding, not all of it
  const told = (a: number, b: number, digits: number): boolean =>
    Math.abs(Math.abs(read(a, digits) - read(b, digits)) - Math.abs(a - b)) <= Math.abs(a - b) / 2;
  const apart = (digits: number): boolean =>
    known.every((a) => known.every((b) => Math.abs(a - b) <= close || told(a, b, digits)));
  let digits = least;
  while (digits < most && !apart(digits)) digits++;
  return values.map((value) => write(value, digits));
}

/** A number that was chosen, without more digits than it has: .1, 1e−6, 64; three where it has many. */
export function chosen(value: number): string {
  if (Number.isInteger(value)) return figure(value, 3);
  const size = Number(Math.abs(value).toPrecision(3));
  const text = size < 1e-3 ? size.toExponential().replace("-", MINUS) : bare(String(size));
  return (value < 0 ? MINUS : "") + text;
}

/** The value of a signed map: +.218, −.0043 where it is small, +3.1e−6 where it is tiny, 0 where it is nothing. */
export function signed(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return DASH;
  if (value === 0) return "0";
  const size = Math.abs(value);
  const text = size >= 1e5 || size < 1e-3 ? figure(size) : bare(size.toFixed(size < 0.01 ? 4 : size < 100 ? 3 : 1));
  return (value < 0 ? MINUS : "+") + text;
}

/** A duration: 20 ms, 1.9 s, 75 s, 3 min. */
export function seconds(value: number | null | undefined): string {
  if (value == null || !Number.isFinite(value)) return DASH;
  if (value < 0.0995) return `${Math.max(1, Math.round(value * 1000))} ms`;
  if (value < 9.95) return `${value.toFixed(1)} s`;
  return value < 99.5 ? `${Math.round(value)} s` : `${Math.round(value / 60)} min`;
}

/** A part of a whole: 43 %, or with a decimal, 2.8 %; a little that is not nothing is less than 0.1 %. */
export function percent(part: number, digits = 0): string {
  if (!Number.isFinite(part)) return `${DASH} %`;
  const least = 10 ** -digits;
  if (digits > 0 && part > 0 && 100 * part < least / 2) return `less than ${least} %`;
  return `${(100 * part).toFixed(digits)} %`;
}

/** A count with thousands separated: 1,234. */
export function integer(value: number): string {
  return Math.round(value)
    .toString()
    .replace(/\B(?=(\d{3})+$)/g, ",");
}

/** "1 cell", "1,234 cells". */
export function counted(value: number, one: string, many = `${one}s`): string {
  return `${integer(value)} ${value === 1 ? one : many}`;
}

/** The name of one line of an axis. */
export function label(axis: AxisState, index: number): string {
  return axis.labels[index] ?? String(index);
}

/** The name of a cell: "acc 2, 24.25". */
export function cellName({ rows, columns }: Axes, { row, column }: { row: number; column: number }): string {
  return `${label(rows, row)}, ${label(columns, column)}`;
}

/** The name of the lines [start, stop): one name, or the first and the last joined by an en dash. */
export function span(axis: AxisState, start: number, stop: number): string {
  return stop - start <= 1 ? label(axis, start) : `${label(axis, start)}–${label(axis, stop - 1)}`;
}

/** A method or parameter name as words: integrated_gradients is "integrated gradients". */
export function words(name: string): string {
  return name.replace(/_/g, " ");
}
