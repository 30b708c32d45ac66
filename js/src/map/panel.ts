// One panel: title, profiles, map, names and overlay, each brought up to date only where something of its own changed.

import { html, place, set, show, style, svg } from "../dom/dom.ts";
import { ProgressBar } from "../dom/progress_bar.ts";
import { openPanelMenu } from "../menus/panel_menu.ts";
import type { Failure, PanelState } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import { OUTPUT } from "../scene/output/output.ts";
import { outputLabel } from "../scene/output/said.ts";
import { Changes, failureOf, type Scene, seenOf } from "../scene/scene.ts";
import { matrixOf, pinOf, targetOf } from "../scene/sentences.ts";
import { INPUT, type Shown } from "../scene/shown.ts";
import { marksSaid } from "../scene/things.ts";
import { BRACKET } from "../values/layout.ts";
import { words } from "../values/writing.ts";
import { ColumnAxis, RowAxis } from "./axis.ts";
import { CellNumbers } from "./cell_numbers.ts";
import { FailureMessage } from "./failure.ts";
import { Footer } from "./footer.ts";
import { Heatmap } from "./heatmap.ts";
import { Crosshair, Overlay } from "./overlay.ts";
import { Profiles } from "./profiles.ts";
import { GroupNames, Separators } from "./rows/groups.ts";
import { Things } from "./things.ts";
import { Title } from "./title.ts";

/** What the label of the input says of its cells. */
const SEEN_AS = { without: "without the selection", only: "only the selection" };

/** What a map is, in words: a pinned one was computed for a target that may not be the one shown. */
function mapOf(panel: PanelState | null, name: string, scene: Scene): string {
  const pinned = pinOf(panel, scene);
  if (panel?.of) return `difference of ${panel.of.map(words).join(" and ")} for target ${targetOf(scene)}`;
  const method = words(panel?.method ?? name);
  return pinned.includes("target")
    ? `${method} map, ${pinned}`
    : join(`${method} map for target ${targetOf(scene)}`, pinned);
}

function join(...parts: string[]): string {
  return parts.filter(Boolean).join(", ");
}

/** Where a panel stands in the sheet. */
export interface Slot {
  /** First of its line: it has the row names. */
  first: boolean;
  /** It has the column names. */
  axis: boolean;
  index: number;
}

export class Panel {
  readonly element: HTMLElement;
  readonly canvas = html("canvas", { class: "heatbrush-map", "aria-hidden": "true" });
  readonly enlarge: HTMLButtonElement;
  /** The lines that a panel is dragged by. */
  readonly titles: readonly HTMLElement[];
  readonly zones: { rows: HTMLElement; above: HTMLElement; below: HTMLElement };
  readonly #title: Title;
  readonly #map = new Heatmap(this.canvas);
  readonly #profiles = new Profiles();
  readonly #rows = new RowAxis();
  readonly #columns = new ColumnAxis();
  readonly #numbers = new CellNumbers();
  readonly #separators = new Separators();
  readonly #groups = new GroupNames();
  readonly #things = new Things();
  readonly #overlay = new Overlay();
  readonly #crosshair = new Crosshair();
  readonly #group: SVGGElement;
  readonly #plot: HTMLElement;
  readonly #footer: Footer;
  readonly #progress = new ProgressBar();
  readonly #failure: FailureMessage;
  #shown: Shown | null = null;
  slot: Slot = { index: -1, first: false, axis: false };
  /** Of the plot without a message. */
  #height = 0;

  constructor(
    readonly name: string,
    readonly context: Context,
  ) {
    const zone = (lines: string): HTMLElement =>
      html("div", { class: "hb-zone", "data-lines": lines, title: `Drag to brush ${lines}` });
    this.zones = { rows: zone("rows"), above: zone("columns"), below: zone("columns") };
    this.#title = new Title(name, context);
    this.#footer = new Footer(name, context);
    this.#failure = new FailureMessage(context);
    this.#title.more.addEventListener("click", () => openPanelMenu(this.context, this.#title.more, name));
    this.enlarge = this.#title.enlarge.element;
    this.titles = this.#title.lines;
    this.#group = svg(
      "g",
      {},
      this.#profiles.element,
      this.#numbers.element,
      this.#separators.element,
      this.#groups.element,
      this.#things.element,
      this.#overlay.element,
      this.#rows.element,
      this.#columns.element,
      this.#crosshair.element,
    );
    const drawing = svg("svg", { "aria-hidden": "true" }, this.#group);
    this.#plot = html(
      "div",
      { class: "hb-plot" },
      this.canvas,
      drawing,
      ...Object.values(this.zones),
      this.#progress.element,
      this.#failure.element,
    );
    this.element = html(
      "section",
      {
        class: "heatbrush-panel",
        "data-panel": name,
        role: "application",
        tabindex: 0,
        "aria-describedby": this.#footer.words.id,
      },
      ...this.#title.lines,
      this.enlarge,
      this.#title.more,
      this.#title.corner.element,
      this.#plot,
      this.#footer.element,
    );
  }

  update(changed: Changes, scene: Scene, state: PanelState | null, shown: Shown, slot: Slot): void {
    const moved = JSON.stringify(this.slot) !== JSON.stringify(slot);
    this.slot = slot;
    const fresh = this.#shown !== shown || moved;
    const every = moved ? new Changes([...changed, "layout"]) : changed;
    const left = slot.first ? scene.layout.gutter : 0;
    this.#shown = shown;
    if (every.any("panels", "target", "classes", "sample", "layout", "options", "hidden", "connection"))
      this.#label(scene, state);
    if (every.has("panels")) set(this.element, "data-pinned", state?.pinned !== undefined);
    if (every.has("layout")) this.#arrange(scene, slot, left);
    const failure = failureOf(scene, state);
    this.#title.update(every, scene, state, shown, left, fresh);
    if (fresh || every.any("layout", "viewport", "theme")) this.#draw(scene, shown);
    this.#profiles.update(every, scene, shown, fresh);
    this.#numbers.update(every, scene, shown, fresh);
    this.#rows.update(every, scene, slot.first && !failure, slot.index === 0);
    this.#columns.update(every, scene, slot.axis, slot.first);
    this.#separators.update(every, scene);
    if (slot.first) this.#groups.update(every, scene);
    show(this.#groups.element, slot.first && !failure);
    this.#things.update(every, scene, state, this.name);
    this.#overlay.update(every, scene, this.name);
    this.#crosshair.update(every, scene);
    this.#footer.update(every, scene, state, left);
    this.#progress.update(scene.state.jobs[this.name] ?? null);
    this.#fail(failure, every, scene, left);
  }

  #label(scene: Scene, panel: PanelState | null): void {
    if (scene.state.bare)
      return set(this.element, "aria-label", [words(this.name), panel?.summary].filter(Boolean).join(", "));
    const seen = seenOf(scene);
    if (this.name === OUTPUT)
      return set(this.element, "aria-label", join(outputLabel(scene), marksSaid(scene, panel, OUTPUT)));
    const marked = marksSaid(scene, panel, this.name);
    const label =
      this.name === INPUT
        ? join(seen === "whole" ? "input matrix" : `input matrix, ${SEEN_AS[seen]}`, matrixOf(scene), marked)
        : join(mapOf(panel, this.name, scene), marked);
    set(
      this.element,
      "aria-label",
      this.name === INPUT || words(panel?.method ?? "") === words(this.name) ? label : `${words(this.name)}: ${label}`,
    );
  }

  #arrange({ layout }: Scene, slot: Slot, left: number): void {
    const top = layout.columnProfile + BRACKET;
    const { mapWidth, mapHeight } = layout;
    place(this.canvas, left, top, mapWidth, mapHeight);
    this.#height = top + mapHeight + (slot.axis ? layout.axisHeight : 0);
    style(this.#plot, "height", `${this.#height}px`);
    set(this.#group, "transform", `translate(${left},${top})`);
    show(this.zones.rows, slot.first);
    place(this.zones.rows, 0, top, layout.gutter - 6, mapHeight);
    place(this.zones.above, left, 0, mapWidth, Math.max(0, top - 3));
    show(this.zones.above, layout.columnProfile >= 10);
    show(this.zones.below, slot.axis);
    place(this.zones.below, left, top + mapHeight + 3, mapWidth, layout.axisHeight - 3);
    place(this.#progress.element, left, top - 3, mapWidth, 2);
  }

  /** The line of the thing whose mark is at a place of the map, in pixels of it; null where there is none. */
  lineAt(x: number, y: number, tolerance: number): number | null {
    return this.canvas.style.visibility === "hidden" ? null : this.#things.at(x, y, tolerance);
  }

  #draw({ layout, state }: Scene, shown: Shown): void {
    const { mapWidth: width, mapHeight: height, flipped } = layout;
    this.#map.draw(shown, state.viewport, { width, height, flipped });
  }

  /** What went wrong, in the place of the map and of all that is drawn over it. */
  #fail(failure: Failure | null, changed: Changes, scene: Scene, left: number): void {
    style(this.canvas, "visibility", failure ? "hidden" : "visible");
    show(this.#profiles.element, failure === null);
    show(this.#overlay.element, failure === null);
    show(this.#things.element, failure === null);
    show(this.#separators.element, failure === null);
    show(this.#crosshair.element, failure === null && scene.state.cursor !== null);
    const below = this.#failure.update(failure, changed, scene, left);
    style(this.#plot, "height", `${this.#height + below}px`);
  }
}
