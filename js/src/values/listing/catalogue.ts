// The list of samples where no kernel makes it: a page that holds them all orders and narrows it down by itself.

import type { Arranged, ListedSample } from "../../protocol.ts";

/** The list by index, as it is until the reader wants another. */
export const BY_INDEX: Arranged = {
  text: "",
  only: "all",
  among: null,
  order: "index",
  of: null,
  reverse: false,
};

/** Whether all samples are listed by their index. */
export function isPlain({ text, only, order, reverse }: Arranged): boolean {
  return !text.trim() && only === "all" && order === "index" && !reverse;
}

/** A part of the list, with a small picture of each sample. */
export interface Part {
  number: number;
  start: number;
  samples: ListedSample[];
  shape: [number, number];
  /** A byte for each place of each picture. */
  pixels: Uint8Array;
}

/** A sample that the page holds. */
export interface Held {
  index: number;
  name: string;
  truth: number | null;
  predicted: number | null;
  scores: readonly (number | null)[];
  matrix: Float32Array;
}

export interface Listed {
  /** Samples by their index, in their order. */
  order: number[];
  /** By index: what the list shows of each, null where there is no number. */
  values: (number | null)[];
  measure: string;
  about: string;
}

/** `kind` is what a score is called, "probability" or "score". */
export function listOf(held: readonly Held[], arranged: Arranged, classes: readonly string[], kind: string): Listed {
  const { order: by, of, only, among } = arranged;
  const measured = measure(held, arranged);
  const values =
    measured ?? held.map(({ scores, predicted }) => (predicted === null ? null : (scores[predicted] ?? null)));
  const finds = finder(arranged.text, classes);
  const keeps = ({ index, truth, predicted }: Held): boolean =>
    (!measured || measured[index] !== null) &&
    (only !== "predicted" || predicted === among) &&
    (only !== "true" || truth === among) &&
    (only !== "misclassified" || (truth !== null && predicted !== null && truth !== predicted));
  const order = held.filter((each) => keeps(each) && finds(each)).map(({ index }) => index);
  const name = (index: number): string => held[index]!.name;
  if (by === "name") order.sort((a, b) => name(a).localeCompare(name(b), undefined, { numeric: true }) || a - b);
  const down = by === "score" ? -1 : 1;
  if (measured) order.sort((a, b) => down * (measured[a]! - measured[b]!) || a - b);
  if (arranged.reverse) order.reverse();
  const called = of === null ? "" : held[of]?.name || `sample ${of}`;
  return { order, values, ...said(by, kind, classes[of ?? -1] ?? String(of), called) };
}

/** What samples are ordered by; null where that is no number. */
function measure(held: readonly Held[], { order, of }: Arranged): (number | null)[] | null {
  if (order === "unsure") return held.map(({ scores }) => margin(scores));
  if (order === "score") return held.map(({ scores }) => scores[of ?? -1] ?? null);
  const to = held[of ?? -1];
  if (order === "alike scores") return held.map(({ scores }) => distance(scores, to?.scores ?? []));
  if (order === "alike matrices") return held.map(({ matrix }) => distance(matrix, to?.matrix ?? []));
  return null;
}

function margin(scores: readonly (number | null)[]): number | null {
  const [first, second] = scores.filter((score) => score !== null).sort((a, b) => b - a);
  return first === undefined || second === undefined ? null : first - second;
}

type Numbers = ArrayLike<number | null>;

/** The Euclidean distance; a cell without a number counts as 0, a score without one makes it unknown. */
function distance(one: Numbers, other: Numbers): number | null {
  if (one.length !== other.length) return null;
  let sum = 0;
  for (let at = 0; at < one.length; at++) {
    const [a, b] = [one[at]!, other[at]!];
    if (a === null || b === null) return null;
    sum += ((Number.isFinite(a) ? a : 0) - (Number.isFinite(b) ? b : 0)) ** 2;
  }
  return Math.sqrt(sum);
}

/** Whether a text is part of a name or of a class, or how an index begins. */
function finder(given: string, classes: readonly string[]): (each: Held) => boolean {
  const text = given.trim().split(/\s+/).join(" ").toLowerCase();
  const holds = (name: string | undefined): boolean => name?.toLowerCase().includes(text) ?? false;
  return ({ index, name, truth, predicted }) =>
    !text ||
    (/^[0-9]+$/.test(text) && String(index).startsWith(text)) ||
    holds(name) ||
    [truth, predicted].some((each) => each !== null && holds(classes[each]));
}

function said(order: Arranged["order"], kind: string, of: string, called: string): Pick<Listed, "measure" | "about"> {
  const many = kind === "probability" ? "probabilities" : "scores";
  const from = `Euclidean distance from ${called}, between the`;
  switch (order) {
    case "unsure":
      return { measure: "margin", about: `The margin is the largest ${kind} minus the second largest.` };
    case "score":
      return { measure: kind, about: `Ordered by the ${kind} of ${of}.` };
    case "alike scores":
      return { measure: "distance", about: `${from} ${many} of all classes.` };
    case "alike matrices":
      return { measure: "distance", about: `${from} matrices.` };
    default:
      return { measure: kind, about: "" };
  }
}
