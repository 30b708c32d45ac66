// What the model's output says is there: which panels have its marks, what is said of each, and how one becomes the target.

import type { PanelState, ThingMark } from "../protocol.ts";
import type { State } from "../session/store.ts";
import { kindOf } from "../values/targets/kinds.ts";
import { remaining } from "../values/things/falling.ts";
import { counted, figure, number } from "../values/writing.ts";
import type { Context } from "./context.ts";
import type { Scene } from "./scene.ts";
import { INPUT, isOfAnother } from "./shown.ts";

const NONE: readonly ThingMark[] = [];

/** Whether the scores are those of things and other targets, a line each, and not of classes. */
export function hasLines({ sample, scores, bare }: Readonly<State>): boolean {
  return !bare && (sample.things !== undefined || scores.rivals === 0);
}

/** The things whose marks a panel has; null is the input, or the output. */
export function thingsIn({ state }: Scene, panel: PanelState | null, name: string): readonly ThingMark[] {
  const { things } = state.options;
  if (state.bare || things === "none" || (name !== INPUT && things === "input")) return NONE;
  return isOfAnother(panel, state) ? NONE : (state.sample.things ?? NONE);
}

/** How many marks a panel has, in words; empty where it has none. */
export function marksSaid(scene: Scene, panel: PanelState | null, name: string): string {
  const { length } = thingsIn(scene, panel, name);
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

/** By line, what the thing is that it stands for, and where it is if there are others of that name: row, column. */
export function namesOfThings({ sample }: Readonly<State>): Map<number, string> {
  const things = sample.things ?? [];
  const alone = new Map(things.map(({ name }, at) => [name, at]));
  for (const [at, { name }] of things.entries()) if (alone.get(name) !== at) alone.delete(name);
  return new Map(
    things.map(({ line, name, row, column }) => [line, alone.has(name) ? name : placed(name, row, column)]),
  );
}

function placed(name: string, row: number, column: number): string {
  return `${name} at ${Math.round(row)}, ${Math.round(column)}`;
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
