// A brush gesture from press to release, as values: no pointer, no pixels, no state of its own.

import type { Band, Options, Selection } from "../protocol.ts";
import { type BandKind, bandOf, type Cells, cellsOf, equal, holds, NOTHING } from "./regions.ts";
import { isEmpty, sameCells } from "./selecting/grid.ts";
import { around, inside, painted, type Stroke, stroke } from "./selecting/painting.ts";
import { clamp, type Point } from "./viewport.ts";

export type Mode = Options["mode"];

/** What a gesture starts from. */
export interface Ground {
  selection: Selection;
  active: number;
  mode: Mode;
  /** Rows and columns of cells that the mode "cells" paints at once. */
  brush: number;
  H: number;
  W: number;
}

/** How it is held: Shift adds, Alt removes, Ctrl moves `all` bands together; `force` is the mode of an axis drag; `tolerance` the grab zone in cells. */
export interface Grip {
  shift: boolean;
  alt: boolean;
  all?: boolean;
  force?: BandKind;
  tolerance: Point;
}

/** The sides of a band that move with the pointer; "" moves the whole band. */
export type Side = "" | "n" | "s" | "e" | "w" | "ne" | "nw" | "se" | "sw";

export interface Hit {
  band: number;
  edge: Side;
}

/** A gesture under way. `selection`, `active` and `live` are what to show now. */
export interface Gesture {
  kind: "draw" | "move" | "resize" | "together" | "paint";
  ground: Ground;
  start: Point;
  op: "replace" | "add" | "remove";
  mode: BandKind;
  hit: Hit | null;
  /** What is painted, and the place where the brush is; null in all other gestures. */
  stroke: Stroke | null;
  at: Point;
  moved: boolean;
  selection: Selection;
  active: number;
  /** The band under the hand; null until the pointer moved. */
  live: Band | null;
}

/** The side of the span [from, to) that a place is on, grabbing less of a thin band's inside so that it can still be moved. */
function side(at: number, from: number, to: number, tolerance: number): -1 | 0 | 1 {
  const inside = Math.min(tolerance, (to - from) / 4);
  const [before, after] = [at - from, at - to];
  if (before >= -tolerance && before < inside) return -1;
  return after <= tolerance && after > -inside ? 1 : 0;
}

function hitBand(
  selection: Selection,
  index: number,
  point: Point,
  tolerance: Point,
  H: number,
  W: number,
): Hit | null {
  const band = selection.bands[index]!;
  if (band.op === "remove") return null;
  const { r0, r1, c0, c1 } = cellsOf(band, H, W);
  const reach = { row: band.rows ? tolerance.row : 0, column: band.columns ? tolerance.column : 0 };
  if (point.row < r0 - reach.row || point.row > r1 + reach.row) return null;
  if (point.column < c0 - reach.column || point.column > c1 + reach.column) return null;
  const vertical = band.rows ? side(point.row, r0, r1, tolerance.row) : 0;
  const horizontal = band.columns ? side(point.column, c0, c1, tolerance.column) : 0;
  const edge = (["n", "", "s"][vertical + 1]! + ["w", "", "e"][horizontal + 1]!) as Side;
  if (edge) return { band: index, edge };
  return holds(selection, Math.floor(point.row), Math.floor(point.column), H, W) ? { band: index, edge } : null;
}

/** The band at a place: the active one first, then the newest; null in the open and where a removal cut a hole. */
export function hit(
  selection: Selection,
  point: Point,
  tolerance: Point,
  H: number,
  W: number,
  active = -1,
): Hit | null {
  const order = selection.bands.map((_, i) => selection.bands.length - 1 - i);
  if (selection.bands[active]) order.unshift(active);
  for (const index of order) {
    const found = hitBand(selection, index, point, tolerance, H, W);
    if (found) return found;
  }
  return null;
}

/** The CSS cursor that says what a press would do. */
export function cursorFor(found: Hit | null): string {
  if (!found) return "crosshair";
  if (!found.edge) return "move";
  if (found.edge === "n" || found.edge === "s") return "ns-resize";
  if (found.edge === "e" || found.edge === "w") return "ew-resize";
  return found.edge === "ne" || found.edge === "sw" ? "nesw-resize" : "nwse-resize";
}

/** What a mode draws in one go. */
export function kindOfMode(mode: Mode): BandKind {
  return mode === "cells" ? "rectangle" : mode;
}

function kindOf(found: Hit | null, all = false): Gesture["kind"] {
  if (!found) return "draw";
  if (all) return "together";
  return found.edge ? "resize" : "move";
}

/** A press. Shift, Alt and an axis drag always draw; otherwise a band under the pointer, or all with it, is moved. */
export function begin(ground: Ground, point: Point, grip: Grip): Gesture {
  const { selection, active, H, W } = ground;
  const op = grip.alt ? "remove" : grip.shift ? "add" : "replace";
  const free = grip.force === undefined && op === "replace";
  const paints = ground.mode === "cells" && grip.force === undefined && !grip.all;
  const found = free && !paints ? hit(selection, point, grip.tolerance, H, W, active) : null;
  const gesture: Gesture = {
    kind: kindOf(found, grip.all),
    ground,
    start: point,
    op,
    mode: grip.force ?? kindOfMode(ground.mode),
    hit: found,
    stroke: null,
    at: point,
    moved: false,
    selection,
    active: found ? found.band : active,
    live: null,
  };
  return paints ? brushed({ ...gesture, kind: "paint", stroke: stroke(grip.alt ? "remove" : "add") }, point) : gesture;
}

/** A press or a move with the brush: the cells between the last place and this one are painted. */
function brushed(gesture: Gesture, point: Point): Gesture {
  const { selection, brush, H, W } = gesture.ground;
  const at = inside(point, H, W);
  const grown = painted(gesture.stroke!, inside(gesture.at, H, W), at, brush, H, W);
  const bands = [...selection.bands, ...grown.bands];
  return { ...gesture, stroke: grown, at, moved: true, selection: { bands }, active: -1, live: around(grown, W) };
}

/** The band of a kind between two places, both cells included. */
export function bandBetween(kind: BandKind, a: Point, b: Point, H: number, W: number, op: Band["op"] = "add"): Band {
  const cell = (at: number, n: number): number => clamp(Math.floor(at), 0, n - 1);
  const rows = [cell(a.row, H), cell(b.row, H)] as const;
  const columns = [cell(a.column, W), cell(b.column, W)] as const;
  const cells = {
    r0: Math.min(...rows),
    r1: Math.max(...rows) + 1,
    c0: Math.min(...columns),
    c1: Math.max(...columns) + 1,
  };
  return bandOf(kind, cells, op);
}

/** A band moved by whole cells, as far as the matrix goes. */
export function shifted(band: Band, rows: number, columns: number, H: number, W: number): Band {
  const { r0, r1, c0, c1 } = cellsOf(band, H, W);
  const down = clamp(Math.round(rows), -r0, H - r1);
  const right = clamp(Math.round(columns), -c0, W - c1);
  return {
    op: band.op,
    rows: band.rows && [r0 + down, r1 + down],
    columns: band.columns && [c0 + right, c1 + right],
  };
}

/** All bands moved by the same whole cells, as far as the one goes that is nearest to the end. */
export function shiftedTogether({ bands }: Selection, rows: number, columns: number, H: number, W: number): Selection {
  let [down, right] = [Math.round(rows), Math.round(columns)];
  for (const band of bands) {
    const { r0, r1, c0, c1 } = cellsOf(band, H, W);
    if (band.rows) down = clamp(down, -r0, H - r1);
    if (band.columns) right = clamp(right, -c0, W - c1);
  }
  return { bands: bands.map((band) => shifted(band, down, right, H, W)) };
}

/** A band with some sides moved, never thinner than one cell; an axis that the band spans whole has no sides. */
export function resized(band: Band, edge: Side, rows: number, columns: number, H: number, W: number): Band {
  const cells: Cells = cellsOf(band, H, W);
  const [down, right] = [Math.round(rows), Math.round(columns)];
  if (edge.includes("n")) cells.r0 = clamp(cells.r0 + down, 0, cells.r1 - 1);
  if (edge.includes("s")) cells.r1 = clamp(cells.r1 + down, cells.r0 + 1, H);
  if (edge.includes("w")) cells.c0 = clamp(cells.c0 + right, 0, cells.c1 - 1);
  if (edge.includes("e")) cells.c1 = clamp(cells.c1 + right, cells.c0 + 1, W);
  return { op: band.op, rows: band.rows && [cells.r0, cells.r1], columns: band.columns && [cells.c0, cells.c1] };
}

/** Another band in place of one. */
export function replaceBand(selection: Selection, index: number, band: Band): Selection {
  return { bands: selection.bands.map((old, i) => (i === index ? band : old)) };
}

/** The pointer moved, beyond the threshold that the caller keeps: the gesture with what to show now. */
export function moveTo(gesture: Gesture, point: Point): Gesture {
  const { ground, start, hit: held } = gesture;
  const { selection, H, W } = ground;
  if (gesture.kind === "paint") return brushed(gesture, point);
  if (held) {
    const [rows, columns] = [point.row - start.row, point.column - start.column];
    if (gesture.kind === "together") {
      const all = shiftedTogether(selection, rows, columns, H, W);
      return { ...gesture, moved: true, live: all.bands[held.band]!, selection: all };
    }
    const old = selection.bands[held.band]!;
    const live = held.edge ? resized(old, held.edge, rows, columns, H, W) : shifted(old, rows, columns, H, W);
    return { ...gesture, moved: true, live, selection: replaceBand(selection, held.band, live) };
  }
  const live = bandBetween(gesture.mode, start, point, H, W, gesture.op === "remove" ? "remove" : "add");
  const bands = gesture.op === "replace" ? [live] : [...selection.bands, live];
  return { ...gesture, moved: true, live, selection: { bands }, active: bands.length - 1 };
}

/**
 * What a change of bands comes to: null where nothing changes, which includes a removal that cuts nothing
 * and an addition of what is selected; no bands where no cell is left.
 */
export function settled(from: Selection, to: Selection, H: number, W: number): Selection | null {
  if (isEmpty(to, H, W)) return from.bands.length ? NOTHING : null;
  if (equal(from, to)) return null;
  return to.bands.length > from.bands.length && sameCells(from, to, H, W) ? null : to;
}

/** The release: the selection to commit, or null where nothing changes. A click in the open clears. */
export function finish(gesture: Gesture): Selection | null {
  const { ground, moved } = gesture;
  if (moved) return settled(ground.selection, gesture.selection, ground.H, ground.W);
  const clears = gesture.hit === null && gesture.op === "replace" && ground.selection.bands.length > 0;
  return clears ? NOTHING : null;
}

/** The band that is active after a selection was committed: `wanted` where it is still an added band, else the newest. */
export function activeAfter(selection: Selection, wanted: number): number {
  if (selection.bands[wanted]?.op === "add") return wanted;
  return selection.bands.map((band) => band.op).lastIndexOf("add");
}
