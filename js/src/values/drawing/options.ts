// How the maps are drawn: every option, those that an older page or file does not know at their default.

import type { Options } from "../../protocol.ts";

export type Drawing = Required<Options>;

/** What the kernel's defaults are, of the options that came later. */
const LATER: Omit<Drawing, "limits" | "quantile" | "colours" | "channel" | "profiles" | "evidence" | "mode" | "input"> =
  {
    blocks: "strongest",
    brush: 1,
    reach: {},
    by_hand: {},
    input_scale: "signed",
    input_colours: "grey",
    rows_apart: false,
    beneath: false,
    opacity: 0.8,
    per_row: null,
    aspect: null,
    flipped: false,
    lines: "none",
    order: "own",
    order_by: "input",
    descending: false,
    groups: [],
    things: "input",
    output: "whole",
    output_of: 0,
    output_channel: 0,
  };

export function drawingOf(options: Options): Drawing {
  return { ...LATER, ...options };
}

/** The options with the ends of a scale set by hand, or automatic again for null; "" is that of all maps together. */
export function withEnds(
  { by_hand }: Pick<Drawing, "by_hand">,
  key: string,
  ends: [number, number] | null,
): Pick<Drawing, "by_hand"> {
  const { [key]: _, ...others } = by_hand;
  return { by_hand: ends ? { ...others, [key]: ends } : others };
}
