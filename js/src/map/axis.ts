// The names along a map: thinned, never overlapping, the crosshair's on a plate, brackets along what is selected.

import { fit, measure, set, setAll, show, svg, text } from "../dom/dom.ts";
import { isGrouped, placeOf, shownAxes } from "../scene/ordering.ts";
import { type Changes, columnEdge, rowSides, type Scene } from "../scene/scene.ts";
import { GROUP, panelWidth } from "../values/layout.ts";
import { pitch } from "../values/viewport.ts";
import { axisTicks, type Tick } from "./ticks.ts";

/** What the arrow after the name of the rows takes, in px. */
const DOWN = 12;

type Look = Record<Tick["role"], string>;
const LOOK: Look = { cursor: "cursor", end: "selected", selected: "selected", outside: "outside", plain: "plain" };
/** Where the ends name the selection, what lies between is not bold. */
const FLAT_LOOK: Look = { ...LOOK, selected: "inside" };

/** Text elements by the line they name, so that a moving crosshair changes attributes and builds nothing. */
class Names {
  readonly element = svg("g");
  readonly #made = new Map<number, SVGTextElement>();
  readonly plate = svg("rect", { class: "hb-plate", rx: 2, height: 15 });

  constructor() {
    this.element.append(this.plate);
  }

  update(ticks: Tick[], look: Look, draw: (tick: Tick, element: SVGTextElement) => void): void {
    const wanted = new Set(ticks.map((tick) => tick.index));
    for (const [index, element] of this.#made) {
      if (wanted.has(index)) continue;
      element.remove();
      this.#made.delete(index);
    }
    for (const tick of ticks) {
      const element = this.#made.get(tick.index) ?? this.#make(tick.index);
      set(element, "data-role", look[tick.role]);
      draw(tick, element);
    }
    show(
      this.plate,
      ticks.some((tick) => tick.role === "cursor"),
    );
  }

  #make(index: number): SVGTextElement {
    const element = this.element.appendChild(svg("text"));
    this.#made.set(index, element);
    return element;
  }
}

/** Row names, left of the first map of a line of panels. */
export class RowAxis {
  readonly element = svg("g");
  readonly #names = new Names();
  readonly #title = svg("text", { x: -9, y: -9, "text-anchor": "end" });
  readonly #bracket = svg("path", { class: "hb-bracket" });

  constructor() {
    this.element.append(this.#title, this.#names.element, this.#bracket);
  }

  update(changed: Changes, scene: Scene, visible: boolean, titled: boolean): void {
    show(this.element, visible);
    if (!visible || !changed.any("layout", "axes", "viewport", "marks", "cursor", "theme")) return;
    const { state, layout, marks, family } = scene;
    const axis = shownAxes(scene).rows;
    // the names of groups stand left of them
    const room = layout.gutter - 10 - (isGrouped(state) ? GROUP : 0);
    const { flipped } = layout;
    // it stands beside the column profile, and is no name of that
    text(this.#title, titled && axis.name ? `${fit(axis.name, room - DOWN, family)} ${flipped ? "↑" : "↓"}` : "");
    const ticks = axisTicks({
      axis,
      visible: state.viewport.rows,
      pitch: pitch(state.viewport.rows, layout.mapHeight),
      size: () => 11,
      gap: 1,
      cursor: state.cursor && placeOf(scene, state.cursor.row),
      selected: marks.rows,
    });
    const place = ({ at }: Tick): number => (flipped ? layout.mapHeight - at : at);
    this.#names.update(ticks, LOOK, (tick, element) => {
      const name = fit(tick.text, room, family);
      text(element, name);
      const under = tick.role === "cursor";
      const width = under ? Math.min(room + 6, Math.ceil(measure(name, family)) + 8) : 0;
      setAll(element, {
        x: under ? -7 - width / 2 : -9,
        y: round(place(tick) + 4),
        "text-anchor": under ? "middle" : "end",
      });
      if (under) setAll(this.#names.plate, { x: -7 - width, y: round(place(tick) - 7.5), width });
    });
    const bracket = ([top, bottom]: [number, number]): string => box(-5, top, 2, bottom, layout.mapHeight, false);
    const runs = marks.rows && layout.mapHeight ? marks.rowRuns : [];
    set(this.#bracket, "d", runs.map((run) => bracket(rowSides(scene, ...run))).join(""));
  }
}

/** Column names and their brackets, under a map. */
export class ColumnAxis {
  readonly element = svg("g");
  readonly #names = new Names();
  readonly #title = svg("text", { x: -9, "text-anchor": "end" });
  readonly #ticks = svg("path", { class: "hb-tick" });
  readonly #bracket = svg("path", { class: "hb-bracket" });

  constructor() {
    this.element.append(this.#title, this.#ticks, this.#bracket, this.#names.element);
  }

  update(changed: Changes, scene: Scene, visible: boolean, first: boolean): void {
    show(this.element, visible);
    if (!visible || !changed.any("layout", "axes", "viewport", "marks", "cursor", "theme")) return;
    const { state, layout, marks, family } = scene;
    const axis = state.axes.columns;
    set(this.element, "transform", `translate(0,${layout.mapHeight})`);
    set(this.#title, "y", 16);
    text(this.#title, first ? fit(axis.name, layout.gutter - 10, family) : "");
    const { turned } = layout;
    const size = turned ? () => 11 : (name: string) => measure(name, family, 11, 600);
    const ticks = axisTicks({
      axis,
      visible: state.viewport.columns,
      pitch: pitch(state.viewport.columns, layout.mapWidth),
      size,
      gap: turned ? 1 : 8,
      cursor: state.cursor?.column ?? null,
      selected: marks.columns,
      joined: !turned,
    });
    this.#names.update(ticks, turned ? LOOK : FLAT_LOOK, (tick, element) => {
      if (turned) this.#turned(tick, element, scene);
      else this.#flat(tick, element, scene, first);
    });
    const marksAt = ticks.filter(
      (tick) => tick.role === "plain" || tick.role === "outside" || tick.role === "selected",
    );
    set(this.#ticks, "d", turned ? "" : marksAt.map((tick) => `M${round(tick.at)} 2v3`).join(""));
    const runs = marks.columns ? marks.columnRuns : [];
    const d = runs.map(([a, b]) => box(2, columnEdge(scene, a), 2, columnEdge(scene, b), layout.mapWidth, true));
    set(this.#bracket, "d", d.join(""));
  }

  #flat(tick: Tick, element: SVGTextElement, { layout }: Scene, first: boolean): void {
    text(element, tick.text);
    const half = tick.size / 2;
    const right = panelWidth(layout);
    const x = round(Math.max(half - (first ? 4 : 0), Math.min(right - half, tick.at)));
    setAll(element, { x, y: 16, "text-anchor": "middle", transform: null });
    if (tick.role === "cursor")
      setAll(this.#names.plate, { x: x - half - 5, y: 4, width: tick.size + 10, height: 15, transform: null });
  }

  #turned(tick: Tick, element: SVGTextElement, { layout, family }: Scene): void {
    const name = fit(tick.text, layout.axisHeight - 10, family);
    text(element, name);
    setAll(element, { x: 0, y: 0, "text-anchor": "end", transform: `translate(${round(tick.at + 4)},7) rotate(-90)` });
    if (tick.role !== "cursor") return;
    const height = Math.ceil(measure(name, family)) + 8;
    setAll(this.#names.plate, { x: round(tick.at - 7.5), y: 4, width: 15, height });
  }
}

/** A 2 px bar along an axis from one edge to another, cut at the ends of the map. */
export function box(across: number, from: number, thick: number, to: number, length: number, flat: boolean): string {
  const [a, b] = [Math.max(0, from), Math.min(length, to)];
  if (b <= a) return "";
  return flat ? `M${a} ${across}H${b}v${thick}H${a}Z` : `M${across} ${a}V${b}h${thick}V${a}Z`;
}

function round(value: number): number {
  return Math.round(value * 2) / 2;
}
