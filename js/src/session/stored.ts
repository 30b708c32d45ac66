// What is known of a selection without asking: the last answer, and the scores of the named selections.

import type { NamedScores, Selection } from "../protocol.ts";
import { decode } from "../values/arrays.ts";
import { equal } from "../values/regions.ts";
import type { State, WhatIf } from "./store.ts";

type Known = Pick<State, "answered" | "sample" | "hidden" | "named_scores">;

/** What the kernel said of a named selection about the sample and baseline that are shown. */
export function scoresOf(selection: Selection, { sample, hidden, named_scores }: Known): NamedScores | null {
  const fits = (each: NamedScores): boolean => each.sample === sample.index && each.baseline === hidden.number;
  return named_scores.find((each) => fits(each) && equal(each.selection, selection)) ?? null;
}

/** The scores of every class without a named selection, and with only it; null where there are none. */
export function halves({ scores }: NamedScores): Pick<WhatIf, "without" | "only"> | null {
  const n = scores.shape[1];
  if (!n) return null;
  const numbers = [...decode(scores)].map((value) => (Number.isFinite(value) ? value : null));
  return { without: numbers.slice(0, n), only: numbers.slice(n) };
}

/** The stored scores of a selection; null where none are about it. */
export function stored(state: Known, asked: Selection): Pick<WhatIf, "without" | "only"> | null {
  const { without, only, sample, selection } = state.answered;
  if (without && sample === state.sample.index && equal(selection, asked)) return { without, only };
  const found = scoresOf(asked, state);
  return found && halves(found);
}
