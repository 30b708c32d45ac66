// The Room menu: how many panels stand side by side, the shape of a cell, which row is at the top, and rows as lines.

import { type Entry, type Item, openMenu } from "../dom/menu.ts";
import type { Options } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import { enlargedOf } from "../scene/enlarged.ts";
import { whyNoLines } from "../values/drawing/curves.ts";

/** Panels per row that are offered. */
const MOST = 6;
const SHAPES: [number | null, string, string][] = [
  [null, "Cells as they fit", ""],
  [1, "Square cells", ""],
  [0.5, "Wide cells", "2 : 1"],
  [2, "High cells", "1 : 2"],
];

const LINES: [Options["lines"], string, string][] = [
  ["none", "Rows as cells", ""],
  ["over", "Rows as lines", "over the maps"],
  ["along", "Rows as lines, in colour", "maps along them"],
];

export function openRoom(context: Context, opener: HTMLElement): void {
  const { state, layout, H } = context.scene();
  const { options, bare } = state;
  const choose = <K extends keyof Options>(key: K, value: Options[K], label: string, aside = ""): Item => ({
    label,
    aside,
    radio: true,
    checked: options[key] === value,
    do: () => context.session.setOptions({ [key]: value }),
  });
  const wanted = Math.min(options.per_row ?? 1, state.panels.length + 1);
  const few = layout.perRow < wanted && enlargedOf(state) === null;
  const counts = Array.from({ length: MOST }, (_, index) => {
    const count = index + 1;
    const aside = few && count === options.per_row ? `room for ${layout.perRow}` : "";
    return choose("per_row", count, `${count} in a row`, aside);
  });
  const panels: Entry[] = bare ? [] : [choose("per_row", null, "Panels as they fit"), ...counts, null];
  const shapes = SHAPES.map(([aspect, label, aside]) => choose("aspect", aspect, label, aside));
  const flip = {
    label: "First row at the bottom",
    title: "As frequencies are drawn: upwards",
    checked: options.flipped,
    do: () => context.session.setOptions({ flipped: !options.flipped }),
  };
  const why = whyNoLines(H, state.sample.large !== undefined);
  const lines = LINES.map(([how, label, aside]) => ({
    ...choose("lines", how, label, aside),
    off: how === "none" ? "" : why,
  }));
  const drawn: Entry[] = bare ? [] : [null, ...lines];
  openMenu(context, opener, "Room", [...panels, ...shapes, null, flip, ...drawn]);
}
