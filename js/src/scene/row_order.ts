// The order in which rows are shown, found anew only where what it goes by changed, and what is drawn in it.

import type { State } from "../session/store.ts";
import type { Raster } from "../values/large/rasters.ts";
import { type By, byGroup, byName, byProfile, inPlaces, type RowOrder } from "../values/ordering/rows.ts";
import { groupsOf } from "./ordering.ts";
import { same } from "./source.ts";

export class ShownOrder {
  /** Null is the rows' own. */
  order: RowOrder | null = null;
  #from: unknown[] | undefined;
  readonly #placed = new WeakMap<Float32Array, [order: RowOrder, made: Float32Array]>();

  /** `profileOf` gives the profile of the rows of a panel, null where there is none. */
  update(state: Readonly<State>, profileOf: (panel: string) => Float32Array | null): void {
    const { order: by, order_by: panel, descending } = state.options;
    const { labels } = state.axes.rows;
    const wanted = state.bare || state.sample.large ? "own" : by;
    const profile = wanted === "profile" ? profileOf(panel) : null;
    const groups = groupsOf(state);
    const from = [labels, wanted, descending, panel, groups?.join("\n"), profile];
    if (same(this.#from, from) || this.#stays(state, from)) return;
    this.#from = from;
    this.order = orderOf(wanted, groups, labels, profile, descending);
  }

  /** Under a hand that holds a selection rows do not move, nor while the map that they go by is being filled. */
  #stays({ draft, jobs }: Readonly<State>, from: unknown[]): boolean {
    const [labels, wanted, , panel] = from as [unknown, By, boolean, string];
    if (draft && this.#from?.[0] === labels) return true;
    return wanted === "profile" && Boolean(jobs[panel]?.map) && same(this.#from?.slice(0, 5), from.slice(0, 5));
  }

  /** Numbers of rows at the places where these are shown, made once. */
  placed(values: Float32Array): Float32Array {
    const { order } = this;
    if (!order) return values;
    const known = this.#placed.get(values);
    if (known?.[0] === order) return known[1];
    const made = inPlaces(values, order);
    this.#placed.set(values, [order, made]);
    return made;
  }

  /** Cells of all rows, drawn where these are shown. */
  rasters(cells: Raster[]): Raster[] {
    if (!this.order) return cells;
    return cells.map((raster) => {
      const { values, absent } = raster;
      return { ...raster, values: this.placed(values), absent: absent && this.placed(absent) };
    });
  }
}

function orderOf(
  by: By,
  groups: readonly string[] | null,
  labels: readonly string[],
  profile: Float32Array | null,
  descending: boolean,
): RowOrder | null {
  if (by === "name") return byName(labels, descending);
  if (by === "groups") return groups && byGroup(groups, descending);
  return profile && byProfile(profile, descending);
}
