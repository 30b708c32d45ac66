// Lines of an axis as one types them: a name, a number or a date, or from one to another, both ends included.

import type { AxisState } from "../../protocol.ts";
import { runsOf } from "../regions.ts";
import { nearest } from "./nearest.ts";

/** What was meant; or one sentence why nothing can be. */
export type Found<T> = { found: T } | { why: string };

/** Half-open runs of indices. */
export type Runs = [number, number][];

/** An axis, and how to speak of it. `counted` takes numbers for places from 0 where the lines are named by words. */
export interface Asked {
  axis: AxisState;
  one: "row" | "column";
  counted: boolean;
}

/** Which lines from one end to the other, "" being the end of the axis, are meant. */
type Between = (first: string, last: string, asked: Asked) => Found<Runs>;

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
const DATE = /^\d{4}(-\d{2}(-\d{2}(T\d{2}(:\d{2}(:\d{2}(\.\d+)?)?)?)?)?)?$/;
const FULL = "0000-01-01T00:00:00";
/** Of an axis's largest number: how far a value may lie outside a range that it is meant to end. */
const ROUNDING = 1e-9;
/** Between two ends; the dash is how the view writes them. */
const JOINED = /\s+to\s+|^to\s+|\s+to$|\s*–\s*/g;

/** The lines that a text means: a name as it stands, else a range, else one number or date. */
export function linesOf(text: string, asked: Asked): Found<Runs> {
  const { labels } = asked.axis;
  const own = runsOf(labels.map((label) => Number(label === text)));
  if (own.length) return { found: own };
  const between = kindOf(asked.axis);
  let wrong: { why: string } | null = null;
  for (const joint of text.matchAll(JOINED)) {
    const first = text.slice(0, joint.index).trim();
    const last = text.slice(joint.index + joint[0].length).trim();
    if (!first && !last) continue;
    const made = between(first, last, asked);
    if ("found" in made) return made;
    wrong ??= made;
  }
  return wrong ?? between(text, text, asked);
}

function kindOf(axis: AxisState): Between {
  if (axis.values) return numbered;
  return axis.labels.length > 0 && axis.labels.every((label) => label.length > 4 && DATE.test(label)) ? dated : named;
}

/** "the rows are 0 to 19": where an axis begins and ends. */
function extent({ axis: { labels }, one }: Asked): string {
  return `the ${one}s are ${labels[0]} to ${labels[labels.length - 1]}`;
}

const backwards = (first: string, last: string): { why: string } => ({
  why: `"${first} to ${last}" runs backwards; write ${last} to ${first}.`,
});

/** The runs of the lines that lie inside; none is told with what there is. */
function inside(first: string, last: string, flags: number[], asked: Asked): Found<Runs> {
  if (flags.includes(1)) return { found: runsOf(flags) };
  const range = [first || "the start", last || "the end"].join(" to ");
  return { why: `No ${asked.one} lies at ${first === last ? first : range}; ${extent(asked)}, both ends included.` };
}

/** As far as rounding lets numbers differ: 0.1 * 3 is meant by 0.3. */
const numbered: Between = (first, last, asked) => {
  const { labels } = asked.axis;
  const values = asked.axis.values!;
  const ends: number[] = [];
  for (const [text, open] of [
    [first, Number.NEGATIVE_INFINITY],
    [last, Number.POSITIVE_INFINITY],
  ] as const) {
    const at = labels.indexOf(text);
    const plain = text.replaceAll("\u2212", "-");
    if (text === "") ends.push(open);
    else if (at >= 0) ends.push(values[at]!);
    else if (NUMBER.test(plain)) ends.push(Number(plain));
    else return { why: `"${text}" is no number, but ${extent(asked)}; give a number of that axis.` };
  }
  const [low, high] = ends as [number, number];
  if (low > high) return backwards(first, last);
  const slack = ROUNDING * values.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  const flags = values.map((value) => Number(value >= low - slack && value <= high + slack));
  if (first !== last || flags.includes(1)) return inside(first, last, flags, asked);
  const near = values.reduce((best, value, i) => (Math.abs(value - low) < Math.abs(values[best]! - low) ? i : best), 0);
  return { why: `No ${asked.one} lies at ${first}; the nearest is ${labels[near]}.` };
};

/** A date that is less precise than the axis means all of its year, month, day or hour. */
const dated: Between = (first, last, asked) => {
  const whole = (text: string): string => text + FULL.slice(text.length);
  const [low, high] = [first, last].map((text) => text.replace(" ", "T")) as [string, string];
  for (const text of [low, high])
    if (text && !DATE.test(text))
      return { why: `"${text}" is no date, but ${extent(asked)}; write one such as ${asked.axis.labels[0]}.` };
  if (low && high && whole(low) > whole(high) && !low.startsWith(high)) return backwards(first, last);
  const flags = asked.axis.labels.map((label) => {
    const at = whole(label);
    return Number((!low || at >= whole(low)) && (!high || at.slice(0, high.length) <= high));
  });
  return inside(first, last, flags, asked);
};

/** From the first line of one name to the last of another. */
const named: Between = (first, last, asked) => {
  const places: [number, number][] = [];
  for (const text of [first, last]) {
    const made = text ? placeOf(text, asked) : { found: [0, asked.axis.labels.length - 1] as [number, number] };
    if ("why" in made) return made;
    places.push(made.found);
  }
  const [[from], [, to]] = places as [[number, number], [number, number]];
  return from > to ? backwards(first, last) : { found: [[from, to + 1]] };
};

/** The first and last line of a name, in any case where only one name reads so; or a place counted from 0. */
function placeOf(text: string, { axis: { labels }, one, counted }: Asked): Found<[number, number]> {
  const alike = labels.filter((label) => label.toLowerCase() === text.toLowerCase());
  const name = labels.includes(text) ? text : new Set(alike).size === 1 ? alike[0]! : null;
  if (name !== null) return { found: [labels.indexOf(name), labels.lastIndexOf(name)] };
  if (counted && /^\d+$/.test(text)) {
    const place = Number(text);
    if (place < labels.length) return { found: [place, place] };
    return { why: `There is no ${one} ${text}: ${one}s are counted from 0 to ${labels.length - 1}.` };
  }
  return {
    // only when it is read: a list of names asks for hundreds that it can do without
    get why() {
      return `There is no ${one} named "${text}"; the nearest name is "${nearest(text, labels)}".`;
    },
  };
}
