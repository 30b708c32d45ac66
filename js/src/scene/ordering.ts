// Rows at the places where they are shown: names, selections and the crosshair, and what is said of their order.

import type { Axes, Band, Selection } from "../protocol.ts";
import type { State } from "../session/store.ts";
import { shapeOf } from "../values/arrays.ts";
import { followed, mapped } from "../values/ordering/bands.ts";
import type { RowOrder } from "../values/ordering/rows.ts";
import { cellsOf, describeBand } from "../values/regions.ts";
import { words } from "../values/writing.ts";
import type { Scene } from "./scene.ts";

/** The row at a place, and the place of a row. */
export function rowAt({ order }: Scene, place: number): number {
  return order ? order.rows[place]! : place;
}

export function placeOf({ order }: Scene, row: number): number {
  return order ? order.places[row]! : row;
}

const named = new WeakMap<RowOrder, [of: Axes, made: Axes]>();

/** The names along both axes as they are shown; numbers that are not in their order any more are names like others. */
export function shownAxes({ state: { axes }, order }: Scene): Axes {
  if (!order) return axes;
  const known = named.get(order);
  if (known?.[0] === axes) return known[1];
  const labels = Array.from(order.rows, (row) => axes.rows.labels[row]!);
  const made = { ...axes, rows: { ...axes.rows, labels, values: null } };
  named.set(order, [axes, made]);
  return made;
}

/** A selection at the places where its rows are shown. */
export function placed(selection: Selection, order: RowOrder | null): Selection {
  return order ? mapped(selection, order.places) : selection;
}

/** A selection of places as one of the matrix, with the band that is active in it. */
export function taken(
  selection: Selection,
  active: number,
  order: RowOrder | null,
): { selection: Selection; active: number } {
  if (!order) return { selection, active };
  const made = mapped(selection, order.rows);
  return { selection: made, active: followed(selection, active, made, order.rows) };
}

/** Which of the bands that are shown is active. */
export function activeOf({ state, marks, order }: Scene): number {
  if (!order) return state.active;
  return followed(marks.selection, state.active, marks.placed, order.places);
}

/** What a band of places is called: rows that are apart in the matrix are counted. */
export function describePlaced(band: Band, { state: { axes }, order, H, W }: Scene): string {
  const own = order ? mapped({ bands: [band] }, order.rows).bands : [band];
  if (own.length === 1) return describeBand(own[0]!, axes);
  const { r0, r1, c0, c1 } = cellsOf(band, H, W);
  const across = c1 - c0 === W ? "" : ` × ${describeBand({ ...band, op: "add", rows: null }, axes)}`;
  return `${band.op === "remove" ? "without " : ""}${r1 - r0} rows${across}`;
}

/** The groups of the rows, one label for each; null where there are none that fit the matrix. */
export function groupsOf({ options, sample }: Readonly<State>): readonly string[] | null {
  return options.groups.length === shapeOf(sample)[0] ? options.groups : null;
}

/** Whether group names stand beside the rows. */
export function isGrouped(state: Readonly<State>): boolean {
  return state.options.order === "groups" && !state.bare && !state.sample.large && groupsOf(state) !== null;
}

/** In which order rows are shown; empty where it is their own. */
export function orderSaid({ state, order }: Scene): string {
  const { order: by, order_by: panel, descending } = state.options;
  if (by === "own" || state.bare || state.sample.large) return "";
  const way = descending ? ", descending" : "";
  if (by === "name") return `rows by name${way}`;
  if (by === "groups") return order ? `rows by group${way}` : "rows in their own order: no groups are given";
  const of = `the profile of ${words(panel)}`;
  return order ? `rows by ${of}${way}` : `rows in their own order: ${of} is not there`;
}
