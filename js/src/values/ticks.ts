// Which names of an axis are written: candidates by priority, thinned so that none overlap.

import { ticks as niceTicks, tickStep } from "d3-array";
import type { AxisState } from "../protocol.ts";
import { runsOf } from "./regions.ts";
import { DASH, number } from "./writing.ts";

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

function nearest(values: readonly number[], wanted: number, first: number, end: number): number {
  let best = first;
  for (let i = first + 1; i < end; i++) if (Math.abs(values[i]! - wanted) < Math.abs(values[best]! - wanted)) best = i;
  return best;
}

/** Round numbers within the visible lines, each at the line nearest to it, about `wanted` of them. */
export function numericTicks(
  values: readonly number[],
  first: number,
  end: number,
  wanted: number,
): { index: number; text: string }[] {
  const ends = [values[first]!, values[end - 1]!].sort((a, b) => a - b) as [number, number];
  const step = tickStep(ends[0], ends[1], Math.max(1, wanted));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const found = new Map<number, string>();
  for (const value of niceTicks(ends[0], ends[1], Math.max(1, wanted))) {
    const index = nearest(values, value, first, end);
    if (!found.has(index)) found.set(index, value === 0 ? "0" : withZero(number(value, decimals)));
  }
  return [...found].map(([index, text]) => ({ index, text })).sort((a, b) => a.index - b.index);
}

/** Ticks stand among the names of the lines, and those are written 0.5. */
function withZero(text: string): string {
  return text.replace(/^(−?)\./, (_, sign: string) => `${sign}0.`);
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
    return numericTicks(axis.values, first, end, wanted);
  }
  const found = [];
  for (let i = Math.ceil(first / step) * step; i < end; i += step) found.push({ index: i, text: axis.labels[i]! });
  return found;
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

/** The names to write on an axis, none overlapping: crosshair, selection ends, selected lines, then regular ones. */
export function axisTicks(view: AxisView): Tick[] {
  const { axis, visible, pitch, selected } = view;
  const candidates: Tick[] = [];
  const put = (index: number, role: Role, text = axis.labels[index]!): void => {
    const at = (index + 0.5 - visible[0]) * pitch;
    if (index + 0.5 < visible[0] || index + 0.5 > visible[1]) return;
    candidates.push({ index, role, text, at, size: view.size(text), priority: RANK[role] });
  };
  if (view.cursor != null && view.cursor < axis.labels.length) put(view.cursor, "cursor");
  const runs = selected ? runsOf(selected) : [];
  for (const [a, b] of runs) {
    const both = joinedEnds(view, a, b - 1);
    if (both) candidates.push(both);
    else for (const end of new Set([a, b - 1])) put(end, "end");
  }
  const plain = regular(view);
  for (const { index, text } of plain)
    put(index, selected ? (selected[index] ? "selected" : "outside") : "plain", text);
  if (!view.joined) for (const [a, b] of runs) for (let i = a + 1; i < b - 1; i++) put(i, "selected");
  const seen = new Set<number>();
  const single = candidates.filter((tick) => !seen.has(tick.index) && seen.add(tick.index));
  return thin(single, view.gap);
}
