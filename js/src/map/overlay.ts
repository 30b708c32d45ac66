// What lies over a map: the frames of the selection, its brackets and handles, and the crosshair. Ink only, never a fill.

import { set, setAll, show, svg } from "../dom/dom.ts";
import type { Band } from "../protocol.ts";
import { activeOf, placed, placeOf } from "../scene/ordering.ts";
import { type Changes, columnEdge, rowEdge, rowSides, type Scene } from "../scene/scene.ts";
import { bandKind, cellsOf, type Edge } from "../values/regions.ts";
import { footprint } from "../values/selecting/painting.ts";
import { clamp } from "../values/viewport.ts";
import { box } from "./axis.ts";

/** An edge shorter than this has no handle. */
const ROOM_FOR_HANDLE = 18;

export class Overlay {
  readonly element: SVGGElement;
  readonly #ring = svg("rect", { class: "hb-ring", x: -4, y: -4, rx: 4 });
  readonly #window = svg("svg", { x: -3, y: -3, overflow: "hidden" });
  readonly #casing = svg("path", { class: "hb-casing" });
  readonly #dashed = svg("path", { class: "hb-core hb-dashed" });
  readonly #solid = svg("path", { class: "hb-core" });
  readonly #ghost = svg("rect", { class: "hb-ghost" });
  readonly #pointed = [svg("path", { class: "hb-ghost-casing" }), svg("path", { class: "hb-ghost" })];
  readonly #handles = svg("path", { class: "hb-handle" });
  readonly #bracket = svg("path", { class: "hb-bracket" });

  constructor() {
    const frames = svg("g", { transform: "translate(3,3)" }, this.#casing, this.#dashed, this.#solid, this.#ghost);
    frames.append(...this.#pointed);
    this.#window.append(frames);
    this.element = svg("g", {}, this.#ring, this.#bracket, this.#window, this.#handles);
  }

  update(changed: Changes, scene: Scene, name: string): void {
    const { layout } = scene;
    if (changed.any("layout")) {
      setAll(this.#ring, { width: layout.mapWidth + 8, height: layout.mapHeight + 8 });
      setAll(this.#window, { width: layout.mapWidth + 6, height: layout.mapHeight + 6 });
    }
    if (changed.any("layout", "viewport", "marks", "theme")) this.#frames(scene);
    if (changed.any("layout", "viewport", "marks", "local", "active", "options")) this.#grips(scene, name);
    if (changed.any("layout", "viewport", "pointed", "sample")) this.#point(scene);
  }

  #frames(scene: Scene): void {
    const { marks, layout } = scene;
    const [solid, dashed] = [path(marks.solid, scene), path(marks.dashed, scene)];
    set(this.#casing, "d", solid + dashed);
    set(this.#solid, "d", solid);
    set(this.#dashed, "d", dashed);
    const runs = marks.columns ? marks.columnRuns : [];
    set(
      this.#bracket,
      "d",
      runs.map(([a, b]) => box(-3, columnEdge(scene, a), 2, columnEdge(scene, b), layout.mapWidth, true)).join(""),
    );
  }

  /** What the pointer is over in a list, wherever it lies. */
  #point(scene: Scene): void {
    const d = placed(scene.state.pointed, scene.order).bands.map((band) => {
      const { r0, r1, c0, c1 } = cellsOf(band, scene.H, scene.W);
      const [left, right] = [columnEdge(scene, c0), columnEdge(scene, c1)];
      return `M${left} ${rowEdge(scene, r0)}H${right}V${rowEdge(scene, r1)}H${left}Z`;
    });
    for (const path of this.#pointed) set(path, "d", d.join(""));
  }

  /** Handles of the active band, and a ghost of the cells that are being removed. */
  #grips(scene: Scene, name: string): void {
    const { state, local, marks, H, W } = scene;
    const live = local.live?.band;
    const removing = live?.op === "remove" ? live : null;
    show(this.#ghost, removing !== null);
    if (removing) {
      const { r0, r1, c0, c1 } = cellsOf(removing, H, W);
      const x = columnEdge(scene, c0);
      const [y, bottom] = rowSides(scene, r0, r1);
      setAll(this.#ghost, { x, y, width: columnEdge(scene, c1) - x, height: bottom - y });
    }
    const band = marks.placed.bands[activeOf(scene)];
    const held = band?.op === "add" && state.options.mode !== "cells" && local.hot === name && marks.cells > 0;
    set(this.#handles, "d", held ? handles(scene, band!) : "");
  }
}

/** The crosshair, and the cell it is on. */
export class Crosshair {
  readonly element: SVGGElement;
  readonly #hairs = [svg("path", { class: "hb-hair-casing" }), svg("path", { class: "hb-hair" })];
  readonly #cell = [svg("rect", { class: "hb-cell-casing" }), svg("rect", { class: "hb-cell" })];

  constructor() {
    this.element = svg("g", {}, ...this.#hairs, ...this.#cell);
  }

  update(changed: Changes, scene: Scene): void {
    if (!changed.any("layout", "viewport", "cursor", "axes", "options")) return;
    const { layout, state, H, W } = scene;
    const { cursor, viewport } = state;
    const place = cursor ? placeOf(scene, cursor.row) : -1;
    const seen = cursor !== null && within(place, viewport.rows) && within(cursor.column, viewport.columns);
    show(this.element, seen);
    if (!seen || !cursor) return;
    const [x0, x1] = [columnEdge(scene, cursor.column), columnEdge(scene, cursor.column + 1)];
    const [y0, y1] = rowSides(scene, place, place + 1);
    const [x, y] = [Math.floor((x0 + x1) / 2) + 0.5, Math.floor((y0 + y1) / 2) + 0.5];
    const right = layout.mapWidth + (layout.rowProfile ? layout.rowProfile + 4 : 0);
    const top = -layout.columnProfile - 2;
    const d = `M${x} ${top}V${Math.max(top, y0 - 5)}M${x} ${y1 + 5}V${Math.max(y1 + 5, layout.mapHeight)}M0 ${y}H${Math.max(0, x0 - 5)}M${x1 + 5} ${y}H${right}`;
    for (const hair of this.#hairs) set(hair, "d", d);
    const { mode, brush } = state.options;
    const { r0, r1, c0, c1 } = footprint(place, cursor.column, mode === "cells" ? brush : 1, H, W);
    const [left, [top0, bottom]] = [columnEdge(scene, c0), rowSides(scene, r0, r1)];
    const [width, height] = [columnEdge(scene, c1) - left, bottom - top0];
    for (const cell of this.#cell)
      setAll(cell, { x: left - 1, y: top0 - 1, width: Math.max(1, width) + 2, height: Math.max(1, height) + 2 });
  }
}

function within(cell: number, [first, end]: [number, number]): boolean {
  return cell + 0.5 >= first && cell + 0.5 <= end;
}

function path(edges: Edge[], scene: Scene): string {
  return edges
    .map(({ axis, at, from, to }) =>
      axis === "h"
        ? `M${columnEdge(scene, from)} ${rowEdge(scene, at)}H${columnEdge(scene, to)}`
        : `M${columnEdge(scene, at)} ${rowEdge(scene, from)}V${rowEdge(scene, to)}`,
    )
    .join("");
}

/** A 7 px square in the middle of each edge that can be dragged. */
function handles(scene: Scene, band: Band): string {
  const { r0, r1, c0, c1 } = cellsOf(band, scene.H, scene.W);
  const { mapWidth, mapHeight } = scene.layout;
  const [left, right] = [columnEdge(scene, c0), columnEdge(scene, c1)];
  const [top, bottom] = rowSides(scene, r0, r1);
  const x = Math.round((clamp(left, 0, mapWidth) + clamp(right, 0, mapWidth)) / 2);
  const y = Math.round((clamp(top, 0, mapHeight) + clamp(bottom, 0, mapHeight)) / 2);
  const kind = bandKind(band);
  const spots: [number, number][] = [];
  if (kind !== "rows" && bottom - top > ROOM_FOR_HANDLE) spots.push([left, y], [right, y]);
  if (kind !== "columns" && right - left > ROOM_FOR_HANDLE) spots.push([x, top], [x, bottom]);
  const seen = spots.filter(([a, b]) => a >= 0 && a <= mapWidth && b >= 0 && b <= mapHeight);
  return seen.map(([a, b]) => `M${a - 3.5} ${b - 3.5}h7v7h-7z`).join("");
}
