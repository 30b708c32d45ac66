// Which names of an axis are written: candidates by priority, thinned so that none overlap.

import { ticks as niceTicks, range, tickStep } from "d3-array";
import type { AxisState } from "../protocol.ts";
import { runsOf } from "../values/regions.ts";
import { DASH, number } from "../values/writing.ts";
import { dateTicks, moments, nearest } from "./dates.ts";

/** Why a name is written: under the crosshair, at an end of the selection, within it, outside it, or with nothing selected. */
export type Role = "cursor" | "end" | "selected" | "outside" | "plain";

export interface Candidate {
  /** Where its middle is, in px. */
  at: number;
  /** How much room it takes along the axis, in px. */
  size: number;
  /** Smaller is more important. */
  priority: number;
  text: string;
}

export interface Tick extends Candidate {
  index: number;
  role: Role;
}

export interface AxisView {
  axis: AxisState;
  /** The visible cells [first, end), fractional while zoomed. */
  visible: readonly [number, number];
  /** Pixels per cell. */
  pitch: number;
  /** The room a text takes along the axis, in px: its width, or the line height where names stand beside rows. */
  size: (text: string) => number;
  /** The least distance between two names, in px. */
  gap: number;
  /** The line under the crosshair. */
  cursor?: number | null;
  /** One flag per line; null where nothing is selected or the whole axis is. */
  selected?: ArrayLike<number> | null;
  /** The selection is named by its ends alone, as one name "first–last" where they have no room side by side. */
  joined?: boolean;
}

const RANK: Record<Role, number> = { cursor: 0, end: 1, selected: 2, plain: 3, outside: 3 };

/** The candidates that fit, the more important ones first; equals in the order given. */
export function thin<T extends Candidate>(candidates: readonly T[], gap: number): T[] {
  const kept: T[] = [];
  const sorted = [...candidates].sort((a, b) => a.priority - b.priority);
  for (const one of sorted) {
    if (kept.every((other) => Math.abs(other.at - one.at) >= (other.size + one.size) / 2 + gap)) kept.push(one);
  }
  return kept;
}

/** The steps 1, 2, 5, 10 ... ; the first that is at least `least`. */
export function niceStep(least: number): number {
  for (let power = 1; ; power *= 10) {
    for (const digit of [1, 2, 5]) if (digit * power >= least) return digit * power;
  }
}

function monotonic(values: readonly number[]): boolean {
  const direction = Math.sign(values[1]! - values[0]!);
  return direction !== 0 && values.every((value, i) => i === 0 || Math.sign(value - values[i - 1]!) === direction);
}

/** Round numbers within the visible lines, each at the line nearest to it, about `wanted` of them. */
export function numericTicks(
  values: readonly number[],
  first: number,
  end: number,
  wanted: number,
  scientific = false,
): { index: number; text: string }[] {
  const ends = [values[first]!, values[end - 1]!].sort((a, b) => a - b) as [number, number];
  const step = tickStep(ends[0], ends[1], Math.max(1, wanted));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const found = new Map<number, string>();
  for (const value of niceTicks(ends[0], ends[1], Math.max(1, wanted))) {
    const index = nearest(values, value, first, end);
    if (!found.has(index)) found.set(index, scientific ? exponent(value, step) : rounded(value, decimals));
  }
  return [...found].map(([index, text]) => ({ index, text })).sort((a, b) => a.index - b.index);
}

/** Ticks stand among the names of the lines, and those are written 0.5. */
function rounded(value: number, decimals: number): string {
  if (Math.abs(value) < 10 ** -decimals / 2) return "0";
  return number(value, decimals).replace(/^(−?)\./, (_, sign: string) => `${sign}0.`);
}

/** As the kernel writes the names of lines that are very small or large: 1.6e-07. */
function exponent(value: number, step: number): string {
  if (Math.abs(value) < step / 2) return "0";
  const digits = Math.max(0, Math.floor(Math.log10(Math.abs(value))) - Math.floor(Math.log10(step) + 1e-9));
  return value.toExponential(digits).replace(/e([+-])(\d)$/, "e$10$2");
}

/** The regular names of the visible lines, not thinned yet: round numbers, or every k-th label. */
export function regular(view: AxisView): { index: number; text: string }[] {
  const { axis, pitch, gap, size } = view;
  const first = Math.max(0, Math.ceil(view.visible[0] - 0.5));
  const end = Math.min(axis.labels.length, Math.floor(view.visible[1] + 0.5));
  if (end <= first) return [];
  const room = Math.max(...[first, end - 1].map((i) => size(axis.labels[i]!))) + gap;
  const step = niceStep(room / pitch);
  if (axis.values && step > 1 && end - first > 2 && monotonic(axis.values)) {
    const wanted = Math.min(((end - first) * pitch) / (room * 1.6), 10);
    return numericTicks(axis.values, first, end, wanted, axis.labels[first]!.includes("e"));
  }
  const times = step > 1 && end - first > 2 ? timesOf(axis) : null;
  if (times) return dateTicks(times, first, end, Math.min(((end - first) * pitch) / (room * 1.2), 10));
  const found = [];
  for (let i = Math.ceil(first / step) * step; i < end; i += step) found.push({ index: i, text: axis.labels[i]! });
  return found;
}

const known = new WeakMap<AxisState, number[] | null>();

/** The moments of an axis of dates; null for any other. */
function timesOf(axis: AxisState): number[] | null {
  if (!known.has(axis)) known.set(axis, axis.values ? null : moments(axis.labels));
  return known.get(axis)!;
}

/** One name for both ends of a run where two would overlap; null where they fit, or are one line, or out of sight. */
function joinedEnds({ axis, visible, pitch, size, gap, joined }: AxisView, first: number, last: number): Tick | null {
  if (!joined || first === last || last + 0.5 < visible[0] || first + 0.5 > visible[1]) return null;
  const [a, b] = [axis.labels[first]!, axis.labels[last]!];
  if ((last - first) * pitch >= (size(a) + size(b)) / 2 + gap) return null;
  const text = `${a}${DASH}${b}`;
  const at = ((first + last + 1) / 2 - visible[0]) * pitch;
  return { index: first, role: "end", text, at, size: size(text), priority: RANK.end };
}

/** The first of those that name the same line. */
function once(ticks: Tick[]): Tick[] {
  const seen = new Set<number>();
  return ticks.filter((tick) => !seen.has(tick.index) && seen.add(tick.index));
}

/** The name of one line; none where the line is out of sight. */
function named(view: AxisView, index: number, role: Role, text = view.axis.labels[index]!): Tick[] {
  const { visible, pitch } = view;
  const middle = index + 0.5;
  if (middle < visible[0] || middle > visible[1]) return [];
  return [{ index, role, text, at: (middle - visible[0]) * pitch, size: view.size(text), priority: RANK[role] }];
}

/** The two ends of a selected run, as one name where the view joins them. */
function endsOf(view: AxisView, [first, end]: [number, number]): Tick[] {
  const both = joinedEnds(view, first, end - 1);
  if (both) return [both];
  return [...new Set([first, end - 1])].flatMap((index) => named(view, index, "end"));
}

/** The names to write on an axis, none overlapping: crosshair, selection ends, selected lines, then regular ones. */
export function axisTicks(view: AxisView): Tick[] {
  const { axis, selected, cursor, joined } = view;
  const runs = selected ? runsOf(selected) : [];
  const pointed = cursor != null && cursor < axis.labels.length ? named(view, cursor, "cursor") : [];
  const ends = runs.flatMap((run) => endsOf(view, run));
  const roleOf = (index: number): Role => (!selected ? "plain" : selected[index] ? "selected" : "outside");
  const usual = regular(view).flatMap(({ index, text }) => named(view, index, roleOf(index), text));
  // regular names of selected lines come first, so that they keep their places while a selection grows
  const within = joined ? [] : runs.flatMap(([first, end]) => range(first + 1, end - 1));
  const selectedLines = within.flatMap((index) => named(view, index, "selected"));
  return thin(once([...pointed, ...ends, ...usual, ...selectedLines]), view.gap);
}
