// What the model's output says is there: which panels have its marks, what is said of each, and how one becomes the target.

import type { PanelState, ThingMark } from "../protocol.ts";
import type { State } from "../session/store.ts";
import { remaining } from "../values/things/falling.ts";
import { kindOf } from "../values/things/kinds.ts";
import { counted, figure, number } from "../values/writing.ts";
import type { Context } from "./context.ts";
import type { Scene } from "./scene.ts";
import { isOfAnother } from "./shown.ts";

const NONE: readonly ThingMark[] = [];

/** Whether the scores are those of things and other targets, a line each, and not of classes. */
export function hasLines({ sample, scores, bare }: Readonly<State>): boolean {
  return !bare && (sample.things !== undefined || scores.rivals === 0);
}

/** The things whose marks a panel has; null is the input. */
export function thingsIn({ state }: Scene, panel: PanelState | null): readonly ThingMark[] {
  const { things } = state.options;
  if (state.bare || things === "none" || (panel !== null && things === "input")) return NONE;
  return isOfAnother(panel, state) ? NONE : (state.sample.things ?? NONE);
}

/** How many marks a panel has, in words; empty where it has none. */
export function marksSaid(scene: Scene, panel: PanelState | null): string {
  const { length } = thingsIn(scene, panel);
  return length ? counted(length, "mark") : "";
}

/** The score of a thing as the list has it, and without what is selected; null where that is not known. */
export function scoresOf(
  { state, marks }: Scene,
  { line, score }: ThingMark,
): [all: number | null, without: number | null] {
  const { scores, whatif } = state;
  return [scores.all[line] ?? score, marks.cells ? (whatif.without?.[line] ?? null) : null];
}

/** How much of the score of a thing is left, between 0 and 1. */
export function remains(scene: Scene, mark: ThingMark): number {
  return remaining(...scoresOf(scene, mark));
}

/** The number of a line, at its mark and in the list: that of hb.targets.Thing, from 0 on. */
export function numberOf(line: number): string {
  return String(line);
}

/** By line, what the thing is that it stands for: its mark says where it is. */
export function namesOfThings({ sample }: Readonly<State>): Map<number, string> {
  return new Map((sample.things ?? []).map(({ line, name }) => [line, name]));
}

/** Number, name and score of a thing, and its score without what is selected. */
export function thingSaid(scene: Scene, mark: ThingMark): string {
  const write =
    kindOf(scene.state.scores, mark.line) === "probabilities" ? number : (score: number): string => figure(score, 3);
  const said = scoresOf(scene, mark).flatMap((score) => (score === null ? [] : [write(score)]));
  return [numberOf(mark.line), mark.name, said.join(" → ")].filter(Boolean).join(" ");
}

/** Make a line of the scores the target; what it is compared with stays. */
export function aimAt(context: Context, line: number): void {
  const { target, scores } = context.scene().state;
  if (line === target.a) return;
  if (scores.missing) return context.session.notify(scores.missing);
  context.session.show({ a: line, b: target.b === line ? null : target.b });
}
