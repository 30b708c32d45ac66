// Mouse, pen, touch and wheel on a panel, turned into gestures, zoom and the crosshair.

import { style } from "../dom/dom.ts";
import { scrollPage } from "../dom/scrolling.ts";
import type { Panel } from "../map/panel.ts";
import type { Context } from "../scene/context.ts";
import { rowAt } from "../scene/ordering.ts";
import { rowSpan } from "../scene/scene.ts";
import { aimAt } from "../scene/things.ts";
import { type Places, placesOf } from "../values/drags/places.ts";
import { begin, cursorFor, finish, type Gesture, hit, moveTo } from "../values/gestures.ts";
import type { BandKind } from "../values/regions.ts";
import { clamp, isWhole, type Point, pan, pitch, toCell, zoomAt } from "../values/viewport.ts";
import { keepCompact } from "./keeping.ts";
import { groundOf, letGo, showDraft } from "./places.ts";

/** A press that moves fewer pixels is a click. */
const THRESHOLD = 3;
/** How near to an edge, in pixels, a press takes hold of it: a finger is broader than a pointer. */
const GRAB = { mouse: 5, pen: 8, touch: 12 };
/** How long a press is still before it points, in ms, and how short a tap is. */
const LONG_PRESS = 450;
const TAP = 250;
/** Pixels by which two fingers may come apart without a zoom: no two move quite alike. */
const ALIKE = 24;
/** Pixels of a line, where a wheel counts lines. */
const LINE = 16;

/** What a pointer that is down does. */
interface Press {
  id: number;
  panel: Panel;
  gesture: Gesture;
  x: number;
  y: number;
  moved: boolean;
  /** Where it can take the band, once it moves; null where these are not asked about ahead. */
  places?: Places | null;
  /** Long pressed: it moves the crosshair instead of brushing. */
  pointing: boolean;
  /** The line of the mark that was pressed: a click makes it the target. */
  line: number | null;
}

interface Pinch {
  distance: number;
  middle: { x: number; y: number };
  began: number;
  moved: boolean;
  /** The distance at first; null once the fingers have come apart or together, and zoom. */
  start: number | null;
}

export class PointerBrush {
  #press: Press | null = null;
  #pinch: Pinch | null = null;
  #timer: ReturnType<typeof setTimeout> | undefined;
  /** Touch: the next drags add, toggled by a tap of two fingers. */
  #adding = false;
  readonly #touches = new Map<number, { x: number; y: number }>();

  constructor(readonly context: Context) {
    context.signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  attach(panel: Panel): void {
    const { signal } = this.context;
    const zones: [HTMLElement, BandKind | undefined][] = [
      [panel.canvas, undefined],
      [panel.zones.rows, "rows"],
      [panel.zones.above, "columns"],
      [panel.zones.below, "columns"],
    ];
    for (const [zone, force] of zones) {
      zone.addEventListener("pointerdown", (event) => this.#down(event, panel, zone, force), { signal });
      zone.addEventListener("pointermove", (event) => this.#move(event, panel, zone, force), { signal });
      zone.addEventListener("pointerup", (event) => this.#up(event, false), { signal });
      zone.addEventListener("pointercancel", (event) => this.#up(event, true), { signal });
      zone.addEventListener("pointerleave", () => this.#leave(), { signal });
      zone.addEventListener("wheel", (event) => this.#wheel(event, panel, force), { signal, passive: false });
    }
    // title, legend and profiles too, or the page would be zoomed by a hand that is a little off the map
    panel.element.addEventListener(
      "wheel",
      (event) => {
        if (!event.defaultPrevented && (event.ctrlKey || event.metaKey)) this.#wheel(event, panel);
      },
      { signal, passive: false },
    );
  }

  /** Drop the gesture under way, as Esc does. */
  cancel(): boolean {
    if (!this.#press) return false;
    this.#end(false);
    return true;
  }

  #down(event: PointerEvent, panel: Panel, zone: HTMLElement, force?: BandKind): void {
    if (event.button !== 0) return;
    event.preventDefault();
    panel.element.focus({ preventScroll: true });
    zone.setPointerCapture(event.pointerId);
    if (event.pointerType === "touch" && this.#touch(event)) return;
    const grip = {
      shift: event.shiftKey || (event.pointerType === "touch" && this.#adding),
      alt: event.altKey,
      all: event.ctrlKey || event.metaKey,
      force,
      tolerance: this.#tolerance(event),
    };
    const gesture = begin(groundOf(this.context), this.#at(event, panel), grip);
    this.#press = {
      id: event.pointerId,
      panel,
      gesture,
      x: event.clientX,
      y: event.clientY,
      moved: false,
      pointing: false,
      line: force || grip.shift || grip.alt || grip.all ? null : this.#line(event, panel),
    };
    this.context.set({ hot: panel.name, keys: false });
    clearTimeout(this.#timer);
    // a finger may be about to point, or to pinch
    const paints = gesture.kind === "paint" && event.pointerType !== "touch" && this.#press.line === null;
    if (paints) showDraft(this.context, gesture.selection, -1);
    if (event.pointerType === "touch" && !force) this.#timer = setTimeout(() => this.#point(event, panel), LONG_PRESS);
  }

  #move(event: PointerEvent, panel: Panel, zone: HTMLElement, force?: BandKind): void {
    if (this.#touches.has(event.pointerId)) this.#touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.#pinch) return this.#pinched(panel);
    const press = this.#press;
    if (!press) return this.#hover(event, panel, zone, force);
    if (event.pointerId !== press.id) return;
    if (press.pointing) return this.#point(event, panel);
    if (!press.moved && Math.hypot(event.clientX - press.x, event.clientY - press.y) < THRESHOLD) return;
    clearTimeout(this.#timer);
    press.moved = true;
    press.gesture = moveTo(press.gesture, this.#at(event, press.panel));
    const { selection, active, live } = press.gesture;
    const { session } = this.context;
    session.hover(null);
    if (press.places === undefined) press.places = placesOf(press.gesture);
    showDraft(this.context, selection, active, press.places);
    const x = event.clientX - press.panel.canvas.getBoundingClientRect().left;
    this.context.set({ live: live && { band: live, upward: event.clientY < press.y, x } });
  }

  #up(event: PointerEvent, cancelled: boolean): void {
    this.#touches.delete(event.pointerId);
    if (this.#pinch) {
      if (this.#touches.size === 0) this.#unpinch();
      return;
    }
    if (this.#press?.id === event.pointerId) this.#end(!cancelled);
  }

  #end(keep: boolean): void {
    const { gesture, pointing, moved, line } = this.#press!;
    clearTimeout(this.#timer);
    this.#press = null;
    this.context.set({ live: null });
    if (pointing) return;
    const marked = keep && !moved && line !== null;
    const made = keep && !marked ? finish(gesture) : null;
    if (made) keepCompact(this.context, made, gesture.active);
    else letGo(this.context, gesture.hit ? gesture.hit.band : gesture.ground.active);
    if (marked) aimAt(this.context, line);
  }

  #hover(event: PointerEvent, panel: Panel, zone: HTMLElement, force?: BandKind): void {
    const { session } = this.context;
    const { local } = this.context.scene();
    if (local.hot !== panel.name || local.keys) this.context.set({ hot: panel.name, keys: false });
    if (force || event.pointerType === "touch") return;
    const point = this.#at(event, panel);
    session.hover(this.#cell(point, panel));
    const plain = !event.shiftKey && !event.altKey && !event.ctrlKey && !event.metaKey;
    const line = plain ? this.#line(event, panel) : null;
    this.context.set({ line });
    style(zone, "cursor", line === null ? this.#cursor(event, point) : "pointer");
  }

  /** The cursor that says what a press would do to the selection. */
  #cursor(event: PointerEvent, point: Point): string {
    const { state, H, W } = this.context.scene();
    const together = event.ctrlKey || event.metaKey;
    const paints = state.options.mode === "cells" && !together;
    if (event.shiftKey || event.altKey || paints) return cursorFor(null);
    const { selection, active } = groundOf(this.context);
    const found = hit(selection, point, this.#tolerance(event), H, W, active);
    return cursorFor(found && together ? { ...found, edge: "" } : found);
  }

  #leave(): void {
    if (this.#press || this.context.scene().local.keys) return;
    this.context.session.hover(null);
    this.context.set({ line: null });
  }

  /** A long press or a finger that follows it: the crosshair. */
  #point(event: PointerEvent, panel: Panel): void {
    if (!this.#press) return;
    this.#press.pointing = true;
    this.context.session.hover(this.#cell(this.#at(event, panel), panel));
  }

  /** With Ctrl it zooms, with Shift it pans; else the page scrolls. */
  #wheel(event: WheelEvent, panel: Panel, force?: BandKind): void {
    const zooming = event.ctrlKey || event.metaKey;
    if (!zooming && !event.shiftKey) return;
    event.preventDefault();
    const { session } = this.context;
    const { state, H, W } = this.context.scene();
    const unit = event.deltaMode === WheelEvent.DOM_DELTA_LINE ? LINE : 1;
    const [dx, dy] = [event.deltaX * unit, event.deltaY * unit];
    if (zooming) {
      const factor = Math.exp(-clamp(dy, -80, 80) * 0.005);
      const along = force === "rows" || force === "columns" ? force : "both";
      return session.zoom(zoomAt(state.viewport, factor, this.#at(event, panel), H, W, along));
    }
    const { rows, columns } = this.#panned(dx, dy, force);
    session.zoom(pan(state.viewport, rows, columns, H, W));
  }

  /** How many cells a turn of the wheel moves; many mice turn along y only, and many systems make x of it with Shift. */
  #panned(dx: number, dy: number, force?: BandKind): { rows: number; columns: number } {
    const scene = this.context.scene();
    const { state, layout } = scene;
    const down = (pixels: number): number => pixels / pitch(rowSpan(scene), layout.mapHeight);
    const across = (pixels: number): number => pixels / pitch(state.viewport.columns, layout.mapWidth);
    if (force === "rows") return { rows: down(dx || dy), columns: 0 };
    return { rows: dx && dy ? down(dy) : 0, columns: across(dx || dy) };
  }

  // ---------------------------------------------------------------- two fingers

  /** The second finger makes a pinch; true where this finger brushes nothing. */
  #touch(event: PointerEvent): boolean {
    this.#touches.set(event.pointerId, { x: event.clientX, y: event.clientY });
    if (this.#touches.size < 2) return false;
    if (this.#press) this.#end(false);
    const { distance, middle } = this.#fingers();
    if (this.#touches.size === 2)
      this.#pinch = { distance, middle, began: performance.now(), moved: false, start: distance };
    return true;
  }

  #fingers(): { distance: number; middle: { x: number; y: number } } {
    const [a, b] = [...this.#touches.values()] as [{ x: number; y: number }, { x: number; y: number }];
    return {
      distance: Math.max(1, Math.hypot(a.x - b.x, a.y - b.y)),
      middle: { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 },
    };
  }

  #pinched(panel: Panel): void {
    if (this.#touches.size < 2) return;
    const pinch = this.#pinch!;
    const { distance, middle } = this.#fingers();
    const shift = { x: middle.x - pinch.middle.x, y: middle.y - pinch.middle.y };
    if (Math.abs(distance - pinch.distance) + Math.hypot(shift.x, shift.y) < 2 * THRESHOLD && !pinch.moved) return;
    const scene = this.context.scene();
    const { state, layout, H, W } = scene;
    const at = this.#at({ clientX: middle.x, clientY: middle.y }, panel);
    const start = pinch.start !== null && Math.abs(distance - pinch.start) < ALIKE ? pinch.start : null;
    const zoomed = start === null ? zoomAt(state.viewport, distance / pinch.distance, at, H, W) : state.viewport;
    // along an axis that is seen whole nothing can move but the page
    const still = { rows: isWhole(zoomed.rows, H), columns: isWhole(zoomed.columns, W) };
    scrollPage(panel.element, still.columns ? -shift.x : 0, still.rows ? -shift.y : 0);
    const [rows, columns] = [
      (layout.flipped ? shift.y : -shift.y) / pitch(zoomed.rows, layout.mapHeight),
      -shift.x / pitch(zoomed.columns, layout.mapWidth),
    ];
    this.context.session.zoom(pan(zoomed, rows, columns, H, W));
    this.#pinch = { ...pinch, distance, middle, moved: true, start };
  }

  #unpinch(): void {
    const { began, moved } = this.#pinch!;
    this.#pinch = null;
    if (moved || performance.now() - began > TAP) return;
    this.#adding = !this.#adding;
    this.context.session.notify(
      this.#adding
        ? "Drags now add to the selection; tap with two fingers to stop."
        : "Drags make a new selection again.",
    );
  }

  // ---------------------------------------------------------------- places

  #at(event: { clientX: number; clientY: number }, panel: Panel): Point {
    const scene = this.context.scene();
    const { state, layout } = scene;
    const box = panel.canvas.getBoundingClientRect();
    return {
      row: toCell(rowSpan(scene), layout.mapHeight, event.clientY - box.top),
      column: toCell(state.viewport.columns, layout.mapWidth, event.clientX - box.left),
    };
  }

  /** The line of the mark under the pointer; null where there is none. */
  #line(event: PointerEvent, panel: Panel): number | null {
    const { left, top } = panel.canvas.getBoundingClientRect();
    const grab = GRAB[event.pointerType as keyof typeof GRAB] ?? GRAB.mouse;
    return panel.lineAt(event.clientX - left, event.clientY - top, grab);
  }

  #cell({ row, column }: Point, panel: Panel): { row: number; column: number; panel: string } {
    const scene = this.context.scene();
    const { H, W } = scene;
    return {
      row: rowAt(scene, clamp(Math.floor(row), 0, H - 1)),
      column: clamp(Math.floor(column), 0, W - 1),
      panel: panel.name,
    };
  }

  #tolerance(event: PointerEvent): Point {
    const { state, layout } = this.context.scene();
    const grab = GRAB[event.pointerType as keyof typeof GRAB] ?? GRAB.mouse;
    return {
      row: grab / pitch(state.viewport.rows, layout.mapHeight),
      column: grab / pitch(state.viewport.columns, layout.mapWidth),
    };
  }
}
