// What every view draws from: the state, the layout, the marks of the selection, and what only this page knows.

import type { Band, Failure, PanelState, Selection } from "../protocol.ts";
import type { Job, Key, State } from "../session/store.ts";
import { held } from "../values/arrays.ts";
import type { Seen } from "../values/hiding.ts";
import type { Layout } from "../values/layout.ts";
import { mapped } from "../values/ordering/bands.ts";
import type { RowOrder } from "../values/ordering/rows.ts";
import { type Edge, paint } from "../values/regions.ts";
import { cellsIn, flagsOf, gridsOf, linesIn, outlineIn } from "../values/selecting/grid.ts";
import { type Span, toPixel } from "../values/viewport.ts";

/** What may have changed: keys of the state; the layout or theme; the marks; what only this page knows. */
export type Change = Key | "layout" | "theme" | "marks" | "local";

export class Changes extends Set<Change> {
  any(...keys: Change[]): boolean {
    return keys.some((key) => this.has(key));
  }
}

/** The selection as it is shown, in every form that drawing needs. */
export interface Marks {
  selection: Selection;
  /** The same at the places where its rows are shown: all that follows is in places. */
  placed: Selection;
  /** Rows and columns of the matrix. */
  H: number;
  W: number;
  cells: number;
  /** The cells that exist among them, and what share of all that exist they are. */
  existing: number;
  share: number;
  /** One flag per line; null where nothing, or every line of the axis, is selected. */
  rows: Uint8Array | null;
  columns: Uint8Array | null;
  /** Stretches of selected lines. */
  rowRuns: [number, number][];
  columnRuns: [number, number][];
  solid: Edge[];
  dashed: Edge[];
}

/** What this page alone knows: the toolbar's sentence and what is under the pointer. */
export interface Local {
  method: string;
  scope: "selection" | "matrix";
  /** By method: what the form holds beyond the panel's own parameters. */
  parameters: Record<string, Record<string, unknown>>;
  /** The panel that a run replaces, where it replaces one; null is the panel of the method. */
  panel: string | null;
  /** Whether a run replaces a panel or adds one; null is by what it runs on. */
  place: "new" | "replace" | null;
  /** The panel that the last run went to: Cancel is for that. */
  last: string | null;
  /** What the evidence's sentence says: which lines, and what the form of the search holds. */
  axis: "rows" | "columns";
  finding: Record<string, unknown>;
  /** The panel under the pointer or the keyboard: it alone has handles. */
  hot: string;
  /** The band under the hand, and whether its far corner is above where it began; for the tag. */
  live: { band: Band; upward: boolean; x: number } | null;
  /** The reader is using keys. */
  keys: boolean;
  /** The line of the scores under the pointer or the keys, there or at its mark; null is none. */
  line: number | null;
}

export interface Scene {
  state: Readonly<State>;
  layout: Layout;
  marks: Marks;
  local: Readonly<Local>;
  /** In which order rows are shown; null is their own. */
  order: RowOrder | null;
  dark: boolean;
  /** The font family of the root, for measuring. */
  family: string;
  H: number;
  W: number;
}

export function marksOf(
  selection: Selection,
  H: number,
  W: number,
  absent: Float32Array | null = null,
  order: RowOrder | null = null,
): Marks {
  // this runs with every move of a brush: nothing as large as the matrix is made where that can be
  const placed = order ? mapped(selection, order.places) : selection;
  const [grid, added] = gridsOf([placed, { bands: placed.bands.filter(({ op }) => op === "add") }], H, W);
  const cells = cellsIn(grid!);
  const lines = linesIn(grid!);
  let [existing, all] = [cells, H * W];
  const mask = absent && maskOf(selection, H, W);
  absent?.forEach((gone, cell) => {
    if (!gone) return;
    existing -= mask![cell]!;
    all -= 1;
  });
  return {
    selection,
    placed,
    H,
    W,
    cells,
    existing,
    share: existing / Math.max(1, all),
    rows: cells && !lines.allRows ? flagsOf(lines.rowRuns, H) : null,
    columns: cells && !lines.allColumns ? flagsOf(lines.columnRuns, W) : null,
    rowRuns: lines.rowRuns,
    columnRuns: lines.columnRuns,
    ...(cells ? outlineIn(grid!, added!) : { solid: [], dashed: [] }),
  };
}

const masks = new WeakMap<Selection, Uint8Array>();

/** One flag per cell of a selection: only for what is done with the cells of a matrix one by one. */
export function maskOf(selection: Selection, H: number, W: number): Uint8Array {
  const known = masks.get(selection);
  if (known?.length === H * W) return known;
  const mask = paint(selection, H, W);
  masks.set(selection, mask);
  return mask;
}

/** Whether anything can be hidden in the input panel: there is a model, and its baseline is known. */
export function canHide({ state }: Scene): boolean {
  return !state.bare && !state.sample.large && held(state.hidden.matrix) !== null;
}

/** What the input panel shows: the whole matrix where nothing can be hidden in it. */
export function seenOf(scene: Scene): Seen {
  return canHide(scene) ? scene.state.options.input : "whole";
}

/** What runs in a panel; null for the input, in which nothing runs. */
export function jobOf({ state }: Scene, panel: PanelState | null): Job | null {
  return (panel && state.jobs[panel.name]) ?? null;
}

/** What went wrong in a panel; null while it computes anew. */
export function failureOf(scene: Scene, panel: PanelState | null): Failure | null {
  return panel && !jobOf(scene, panel) ? panel.failure : null;
}

/** Where the left edge of a column and the top edge of a row are on a map, in whole pixels. */
export function columnEdge(scene: Scene, column: number): number {
  return Math.round(toPixel(scene.state.viewport.columns, scene.layout.mapWidth, column));
}

export function rowEdge(scene: Scene, row: number): number {
  return Math.round(toPixel(rowSpan(scene), scene.layout.mapHeight, row));
}

/** The rows from the top edge of a map to its bottom: from the last to the first where the first is at the bottom. */
export function rowSpan({ state, layout }: Scene): Span {
  const [first, end] = state.viewport.rows;
  return layout.flipped ? [end, first] : [first, end];
}

/** The upper and the lower edge of the rows [from, to) on a map, in whole pixels. */
export function rowSides(scene: Scene, from: number, to: number): [number, number] {
  const [a, b] = [rowEdge(scene, from), rowEdge(scene, to)];
  return a < b ? [a, b] : [b, a];
}
