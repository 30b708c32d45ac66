// One panel: title, profiles, map, names and overlay, each brought up to date only where something of its own changed.

import { openPanelMenu } from "../controls/menus.ts";
import { html, place, set, show, style, svg, text } from "../dom/dom.ts";
import type { Failure, PanelState } from "../protocol.ts";
import { type Context, whyNot } from "../scene/context.ts";
import { Changes, type Scene } from "../scene/scene.ts";
import { matrixOf } from "../scene/sentences.ts";
import { INPUT, type Shown } from "../scene/shown.ts";
import { BRACKET } from "../values/layout.ts";
import { words } from "../values/writing.ts";
import { ColumnAxis, RowAxis } from "./axis.ts";
import { Figures } from "./cell_numbers.ts";
import { Footer } from "./footer.ts";
import { Heatmap } from "./heatmap.ts";
import { Crosshair, Overlay } from "./overlay.ts";
import { Profiles } from "./profiles.ts";
import { Title } from "./title.ts";

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
  readonly zones: { rows: HTMLElement; above: HTMLElement; below: HTMLElement };
  readonly #title: Title;
  readonly #map = new Heatmap(this.canvas);
  readonly #profiles = new Profiles();
  readonly #rows = new RowAxis();
  readonly #columns = new ColumnAxis();
  readonly #figures = new Figures();
  readonly #overlay = new Overlay();
  readonly #crosshair = new Crosshair();
  readonly #group: SVGGElement;
  readonly #plot: HTMLElement;
  readonly #footer: Footer;
  readonly #progress = html("div", { class: "hb-progress", hidden: true }, html("i"));
  readonly #failure = html("div", { class: "hb-failure", hidden: true });
  #shown: Shown | null = null;
  #failed: Failure | null = null;
  #slot = "";
  /** Of the plot without a message. */
  #height = 0;

  constructor(
    readonly name: string,
    readonly context: Context,
  ) {
    const zone = (lines: string): HTMLElement =>
      html("div", { class: "hb-zone", "data-lines": lines, title: `Drag to brush ${lines}` });
    this.zones = { rows: zone("rows"), above: zone("columns"), below: zone("columns") };
    this.#title = new Title(name, () => context.session.cancel(name));
    this.#footer = new Footer(name, context);
    this.#title.more.addEventListener("click", () => openPanelMenu(this.context, this.#title.more, name));
    this.#group = svg(
      "g",
      {},
      this.#profiles.element,
      this.#figures.element,
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
      this.#progress,
      this.#failure,
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
      this.#title.more,
      this.#title.corner.element,
      this.#plot,
      this.#footer.element,
    );
  }

  update(changed: Changes, scene: Scene, state: PanelState | null, shown: Shown, slot: Slot): void {
    const moved = this.#slot !== (this.#slot = JSON.stringify(slot));
    const fresh = this.#shown !== shown || moved;
    const every = moved ? new Changes([...changed, "layout"]) : changed;
    const left = slot.first ? scene.layout.gutter : 0;
    this.#shown = shown;
    if (every.any("panels", "target", "classes", "sample", "layout")) this.#label(scene, state);
    if (every.has("layout")) this.#arrange(scene, slot, left);
    const failure = state?.failure && !scene.state.jobs[this.name] ? state.failure : null;
    this.#title.update(every, scene, state, shown, left, fresh);
    if (fresh || every.any("layout", "viewport", "theme")) this.#draw(scene, shown);
    this.#profiles.update(every, scene, shown, fresh);
    this.#figures.update(every, scene, shown, fresh);
    this.#rows.update(every, scene, slot.first && !failure, slot.index === 0);
    this.#columns.update(every, scene, slot.axis, slot.first);
    this.#overlay.update(every, scene, this.name);
    this.#crosshair.update(every, scene);
    this.#footer.update(every, scene, state, left);
    this.#run(scene);
    this.#fail(failure, every, scene, left);
  }

  #label(scene: Scene, panel: PanelState | null): void {
    const { classes, target, bare } = scene.state;
    if (bare) return set(this.element, "aria-label", [words(this.name), panel?.summary].filter(Boolean).join(", "));
    const asked = classes[target.a] + (target.b === null ? "" : ` rather than ${classes[target.b]}`);
    const label =
      this.name === INPUT
        ? `input matrix, ${matrixOf(scene)}`
        : `${words(panel?.method ?? this.name)} map for target ${asked}`;
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
    place(this.#progress, left, top - 3, mapWidth, 2);
  }

  #draw({ layout, state, H, W }: Scene, shown: Shown): void {
    this.#map.draw(shown, H, W, state.viewport.rows, state.viewport.columns, layout.mapWidth, layout.mapHeight);
  }

  #run({ state }: Scene): void {
    const job = state.jobs[this.name];
    show(this.#progress, Boolean(job));
    if (job)
      style(
        this.#progress.firstElementChild as HTMLElement,
        "width",
        `${job.total ? (100 * job.done) / job.total : 0}%`,
      );
  }

  /** What happened, why, and what would work, in the place of the map. */
  #fail(failure: Failure | null, changed: Changes, scene: Scene, left: number): void {
    const { layout } = scene;
    show(this.#failure, failure !== null);
    style(this.canvas, "visibility", failure ? "hidden" : "visible");
    show(this.#profiles.element, failure === null);
    show(this.#overlay.element, failure === null);
    show(this.#crosshair.element, failure === null && scene.state.cursor !== null);
    if (!failure) {
      if (this.#failed) style(this.#plot, "height", `${this.#height}px`);
      this.#failed = null;
      return;
    }
    if (failure === this.#failed && !changed.any("layout", "connection", "methods")) return;
    this.#failed = failure;
    this.#tell(failure, scene);
    const above = layout.columnProfile + BRACKET;
    const width = layout.mapWidth + (layout.mapWidth < 200 ? layout.profileGap + layout.rowProfile : 0);
    place(this.#failure, left, above, width, layout.mapHeight);
    const more = this.#failure.scrollHeight - layout.mapHeight;
    if (more <= 0) return;
    // too low a map for the message: it takes the place of the profile, and what it needs below
    place(this.#failure, left, 0, width, Math.max(layout.mapHeight + above, layout.mapHeight + more));
    const below = Math.max(0, more - above);
    style(this.#plot, "height", `${this.#height + below}px`);
  }

  #tell(failure: Failure, scene: Scene): void {
    const { session } = this.context;
    const small = scene.layout.mapWidth < 200;
    set(this.#failure, "data-small", small);
    set(this.#failure, "title", small ? `${failure.title}. ${failure.sentence}` : null);
    const actions = html("div");
    for (const method of !whyNot(scene) && !small ? failure.instead.slice(0, 2) : []) {
      const button = html("button", { type: "button" }, `Use ${words(method)} instead`);
      button.addEventListener("click", () => session.run(method, {}, null, null));
      actions.append(button);
    }
    const sentence = html("p");
    text(sentence, small ? "" : failure.sentence);
    if (small) {
      const why = html("button", { type: "button" }, "Why?");
      why.addEventListener("click", () => session.notify(failure.sentence));
      actions.append(why);
    }
    this.#failure.replaceChildren(html("strong", {}, small ? "failed" : failure.title), sentence, actions);
  }
}
