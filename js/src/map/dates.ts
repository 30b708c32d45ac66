// Dates along an axis: names at full hours, days or weeks, the date where it changes and the time of day elsewhere.

import { minIndex } from "d3-array";

const [MINUTE, HOUR, DAY] = [60_000, 3_600_000, 86_400_000];
/** Steps from one name to the next, in ms. */
const STEPS = [
  1000,
  5000,
  15_000,
  30_000,
  MINUTE,
  5 * MINUTE,
  15 * MINUTE,
  30 * MINUTE,
  HOUR,
  3 * HOUR,
  6 * HOUR,
  12 * HOUR,
  DAY,
  2 * DAY,
  7 * DAY,
  14 * DAY,
  28 * DAY,
  91 * DAY,
  182 * DAY,
  365 * DAY,
] as const;
const ISO = /^\d{4}-\d{2}-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?)?$/;

/** The moments that ISO labels name, in ms; null where one names none, or they do not go forward. */
export function moments(labels: readonly string[]): number[] | null {
  if (!labels.every((label) => ISO.test(label))) return null;
  const found = labels.map((label) => Date.parse(completed(label)));
  const forward = found.every((moment, i) => !Number.isNaN(moment) && (i === 0 || moment > found[i - 1]!));
  return forward ? found : null;
}

/** In UTC, or the time zone of the browser would move it; hours alone are no ISO time to a browser. */
function completed(label: string): string {
  if (!label.includes("T")) return label;
  return `${label}${label.length === "2024-01-02T03".length ? ":00" : ""}Z`;
}

/** The line within [first, end) whose value is nearest. */
export function nearest(values: readonly number[], wanted: number, first: number, end: number): number {
  return first + minIndex(values.slice(first, end), (value) => Math.abs(value - wanted));
}

/** Round moments within the lines [first, end), each at the line nearest to it, about `wanted` of them. */
export function dateTicks(times: readonly number[], first: number, end: number, wanted: number): Named[] {
  const [from, to] = [times[first]!, times[end - 1]!];
  const least = (to - from) / Math.max(1, wanted);
  const step = STEPS.find((each) => each >= least) ?? 365 * DAY;
  const found = new Map<number, number>();
  for (let at = Math.ceil(from / step) * step; at <= to; at += step) {
    const index = nearest(times, at, first, end);
    if (!found.has(index)) found.set(index, times[index]!);
  }
  let day = "";
  return [...found].map(([index, time]) => {
    const [date, clock] = new Date(time).toISOString().split("T") as [string, string];
    const same = date === day;
    day = date;
    return { index, text: step >= DAY ? date : written(date, clock, same, step) };
  });
}

interface Named {
  index: number;
  text: string;
}

function written(date: string, clock: string, same: boolean, step: number): string {
  const time = clock.slice(0, step < MINUTE ? 8 : 5);
  if (same) return time;
  return time.startsWith("00:00") ? date : `${date} ${time}`;
}
