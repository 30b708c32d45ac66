// What takes the output's panel away, and brings it back.

import type { Entry } from "../../dom/menu.ts";
import type { Context } from "../../scene/context.ts";
import { hasOutput } from "../../scene/output/output.ts";
import { showOutput } from "../../scene/output/said.ts";

/** Whether the output has a panel; nothing where the model returns no map. */
export function outputItems(context: Context): Entry[] {
  const { state } = context.scene();
  if (state.bare || !state.sample.outputs?.length) return [];
  const there = hasOutput(state);
  const title = "What the model returns, as a panel";
  return [null, { label: "Output", title, checked: there, do: () => showOutput(context, there ? "none" : "whole") }];
}
