// One row or column among many, found by typing a part of its name.

import type { Context } from "../../scene/context.ts";
import { equalBand } from "../../values/regions.ts";
import { reveal } from "../../values/viewport.ts";
import { openFinder } from "./finder.ts";

export function openLines(
  context: Context,
  opener: HTMLElement,
  edge: "left" | "right",
  which: "rows" | "columns",
): void {
  const { labels } = context.scene().state.axes[which];
  const one = which === "rows" ? "row" : "column";
  openFinder(context, opener, edge, {
    title: `Find a ${one}`,
    one,
    names: labels,
    chosen: -1,
    // names may come twice; of numbers counted from 0 the place says nothing
    aside: (place) => (labels[place] === String(place) ? "" : `${one} ${place}`),
    foot: "Enter selects, Shift Enter adds",
    choose: (place, add) => select(context, which, place, add),
    adds: true,
  });
}

/** Select a whole line, and bring it into sight where the maps are zoomed. */
function select(context: Context, which: "rows" | "columns", place: number, add: boolean): void {
  const { session } = context;
  const { state, H, W } = context.scene();
  const span: [number, number] = [place, place + 1];
  const band = { op: "add", rows: which === "rows" ? span : null, columns: which === "columns" ? span : null } as const;
  const others = add ? state.selection.bands.filter((each) => !equalBand(each, band)) : [];
  session.setSelection({ bands: [...others, band] }, { commit: true });
  const { rows, columns } = state.viewport;
  const middle = ([first, end]: [number, number]): number => Math.floor((first + end) / 2);
  const row = which === "rows" ? place : middle(rows);
  const column = which === "columns" ? place : middle(columns);
  session.zoom(reveal(state.viewport, row, column, H, W));
}
