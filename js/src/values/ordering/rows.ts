// The order in which rows are shown: which row stands at which place, and its groups. The matrix keeps its own.

import type { Options } from "../../protocol.ts";

export type By = NonNullable<Options["order"]>;

/** A stretch of places whose rows are of one group. */
export interface Group {
  label: string;
  from: number;
  to: number;
}

export interface RowOrder {
  /** By place, the row that stands there. */
  rows: Int32Array;
  /** By row, the place where it stands. */
  places: Int32Array;
  /** Empty where rows are not grouped. */
  groups: Group[];
}

const NATURAL = new Intl.Collator("en", { numeric: true });

/** By name, numbers in names as numbers. */
export function byName(labels: readonly string[], descending: boolean): RowOrder {
  return ordered(labels.length, (a, b) => NATURAL.compare(labels[a]!, labels[b]!), descending);
}

/** By a number for each row; those without one stand last. */
export function byProfile(profile: ArrayLike<number>, descending: boolean): RowOrder {
  const sign = descending ? -1 : 1;
  return ordered(
    profile.length,
    (a, b) => {
      const [one, other] = [profile[a]!, profile[b]!];
      const unknown = Number(Number.isNaN(one)) - Number(Number.isNaN(other));
      return unknown || sign * (Number(one > other) - Number(one < other));
    },
    false,
  );
}

/** By group, in the order in which groups first come; within a group rows keep their own order. */
export function byGroup(labels: readonly string[], descending: boolean): RowOrder {
  const known = [...new Set(labels)];
  const rank = new Map(known.map((label, at) => [label, descending ? -at : at]));
  const made = ordered(labels.length, (a, b) => rank.get(labels[a]!)! - rank.get(labels[b]!)!, false);
  const groups: Group[] = [];
  made.rows.forEach((row, place) => {
    const last = groups.at(-1);
    if (last?.label === labels[row]) last!.to = place + 1;
    else groups.push({ label: labels[row]!, from: place, to: place + 1 });
  });
  return { ...made, groups };
}

/** Equals stand in their own order, whichever way. */
function ordered(count: number, compare: (a: number, b: number) => number, descending: boolean): RowOrder {
  const sign = descending ? -1 : 1;
  const rows = Int32Array.from({ length: count }, (_, row) => row).sort((a, b) => sign * compare(a, b) || a - b);
  const places = new Int32Array(count);
  rows.forEach((row, place) => {
    places[row] = place;
  });
  return { rows, places, groups: [] };
}

/** Some numbers for each row, those of the row at each place. */
export function inPlaces(values: Float32Array, { rows }: RowOrder): Float32Array {
  const each = values.length / rows.length;
  const made = new Float32Array(values.length);
  rows.forEach((row, place) => {
    made.set(values.subarray(row * each, (row + 1) * each), place * each);
  });
  return made;
}
