// What is said of the output's panel, and why it shows the whole matrix alone.

import { standsFor } from "../../values/panels/output.ts";
import { type Context, disconnected, whyNot } from "../context.ts";
import type { Scene } from "../scene.ts";
import { chosen, OUTPUTS, type OutputSeen, outputSeen, partMap } from "./output.ts";

/** Which output and which channel it is, where there are several. */
export function channelSaid({ state }: Scene): string {
  const { output, channel } = chosen(state)!;
  const which = (state.sample.outputs?.length ?? 0) > 1 ? output.name : "";
  return [which, output.channels.length > 1 ? output.channels[channel]! : ""].filter(Boolean).join(", ");
}

/** Everything that is said beside its name, in parts. */
export function outputSaid(scene: Scene, limits: string): string[] {
  const { state, marks, H, W } = scene;
  const { output } = chosen(state)!;
  const seen = outputSeen(state);
  const nothing = seen !== "whole" && !marks.cells ? "nothing selected" : "";
  const failed = seen !== "whole" && !partMap(state) ? state.output.reason : "";
  const late =
    seen !== "whole" && state.output.late && !failed ? "of an earlier selection, until the new one is there" : "";
  const kind = output.kind === "probabilities" ? "probabilities" : "values";
  const of = state.scores.models?.[0] ? `of ${state.scores.models[0]}` : "";
  return [failed, late, nothing, channelSaid(scene), limits, standsFor(output.shape, H, W), kind, of];
}

/** What the panel is, for a reader who does not see it. */
export function outputLabel(scene: Scene): string {
  const { label } = OUTPUTS.find(({ value }) => value === outputSeen(scene.state))!;
  const of = label === "output" ? "the model's output" : `the model's output, ${label}`;
  return [of, channelSaid(scene)].filter(Boolean).join(", ");
}

/** Why only the map of the whole matrix can be shown; empty where any can. */
export function outputWhy(scene: Scene): string {
  const why = whyNot(scene);
  return why && disconnected(scene) ? `${why} Only the map of the whole matrix is here.` : why;
}

export function showOutput(context: Context, output: OutputSeen): void {
  context.session.setOptions({ output });
}
