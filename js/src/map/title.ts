// The lines above a map: name, parameters, and what matters now - progress, the crosshair's value or the time; the legend.

import { gradient, position } from "../values/colours.ts";
import { html, measure, set, setAll, show, style, svg, text } from "../dom/dom.ts";
import { icon } from "../dom/icons.ts";
import type { Layout } from "../values/layout.ts";
import { figure, label, percent, seconds, signed, words } from "../values/writing.ts";
import type { Shown } from "../scene/shown.ts";
import type { PanelState } from "../protocol.ts";
import { describeSelection, equal } from "../values/regions.ts";
import type { Changes, Scene } from "../scene/scene.ts";

export class Title {
  readonly lines: HTMLElement[];
  readonly corner = new Corner();
  readonly more: HTMLButtonElement;
  readonly #name = html("b", { class: "hb-name" });
  readonly #said = html("span", { class: "hb-said" });
  readonly #place = html("em");
  readonly #value = html("b");
  readonly #time = html("span");
  readonly #cancel = html("button", { type: "button" }, "Cancel");
  readonly #right = html("span", { class: "hb-right" }, this.#place, this.#value, this.#time, this.#cancel);
  readonly #legend = new Legend();
  readonly #short = html("span", { class: "hb-said" });
  readonly #panel: string;

  constructor(name: string, onCancel: () => void) {
    this.#panel = name;
    this.more = html(
      "button",
      {
        type: "button",
        class: "hb-more",
        "aria-label": `Panel menu of ${words(name)}`,
        title: "Panel: rerun, remove",
        "aria-haspopup": "menu",
      },
      icon("more"),
    );
    set(this.#cancel, "aria-label", `Cancel ${words(name)}`);
    this.#cancel.addEventListener("click", onCancel);
    const first = html("div", { class: "hb-title" }, this.#name, this.#said, this.#right);
    const second = html("div", { class: "hb-title hb-second" });
    this.lines = [first, second];
  }

  update(changed: Changes, scene: Scene, panel: PanelState | null, shown: Shown, left: number, fresh: boolean): void {
    const { layout } = scene;
    if (changed.has("layout") || fresh) this.#arrange(scene, panel, left);
    if (fresh || changed.any("layout", "panels", "selection", "axes", "sample", "jobs")) this.#words(scene, panel);
    if (fresh || changed.any("layout", "panels", "jobs", "cursor", "axes", "local")) this.#now(scene, panel, shown);
    const failed = panel?.failure != null && !scene.state.jobs[panel.name];
    const job = panel !== null && scene.state.jobs[panel.name] !== undefined;
    const room = layout.twoLines || (!layout.corner && (!job || layout.width >= 640));
    show(this.#legend.element, !failed && shown.values !== null && room);
    if (fresh || changed.any("layout", "theme")) this.#legend.update(shown, layout);
    this.corner.update(changed, scene, failed ? null : shown, left, fresh);
  }

  #arrange({ layout, state: { bare } }: Scene, panel: PanelState | null, left: number): void {
    const [first, second] = this.lines as [HTMLElement, HTMLElement];
    const profile = layout.rowProfile ? layout.profileGap + layout.rowProfile : 0;
    const all = layout.mapWidth + profile;
    const beside = !layout.twoLines && profile >= 24;
    const dots = panel === null || bare ? 0 : 22;
    show(second, layout.twoLines);
    for (const line of this.lines) style(line, "margin-left", `${left}px`);
    style(first, "width", `${beside ? layout.mapWidth : all - (layout.slim ? 0 : dots)}px`);
    style(second, "width", `${all - (layout.slim ? dots : 0)}px`);
    show(this.more, panel !== null && !bare);
    style(this.more, "left", `${left + all - 20}px`);
    style(this.more, "top", layout.slim ? "18px" : "0");
    if (layout.twoLines) second.replaceChildren(this.#legend.element, this.#short);
    else this.#right.append(this.#legend.element);
    style(this.#short, "margin-left", "auto");
  }

  #words(scene: Scene, panel: PanelState | null): void {
    const { layout } = scene;
    const said = panel === null ? about(scene) : summary(panel, scene);
    const name = words(this.#panel);
    text(this.#name, name);
    set(this.lines[0]!, "title", said ? `${name}: ${said}` : name);
    text(this.#said, layout.twoLines ? "" : said);
    text(this.#short, layout.mapWidth > 180 && panel ? said.split(" · ")[0]! : "");
  }

  #now(scene: Scene, panel: PanelState | null, shown: Shown): void {
    const { state, layout, W } = scene;
    const job = panel && state.jobs[panel.name];
    const { cursor } = state;
    const failed = panel?.failure != null && !job;
    const at = cursor ? cursor.row * W + cursor.column : -1;
    const value = shown.values && !job && !failed ? shown.values[at] : undefined;
    const here =
      cursor !== null && value !== undefined && cursor.panel === this.#panel && !layout.twoLines && layout.width >= 640;
    text(
      this.#place,
      here ? `${label(state.axes.rows, cursor!.row)}, ${label(state.axes.columns, cursor!.column)}` : "",
    );
    text(this.#value, value === undefined ? "" : reading(layout.slim ? { ...shown, errors: null } : shown, at));
    text(
      this.#time,
      job
        ? progress(job.done, job.total, job.secondsLeft, layout.slim)
        : failed
          ? "failed"
          : value === undefined
            ? missing(panel, shown) || took(panel, scene)
            : "",
    );
    set(this.#time, "class", failed ? "hb-failed" : null);
    show(this.#cancel, Boolean(job) && !layout.slim);
    for (const part of [this.#place, this.#value, this.#time]) show(part, part.textContent !== "");
    const name = layout.slim && value !== undefined;
    show(this.#name, !name);
  }
}

/** The value of a cell: signed on a map, with its standard error where it has one; plain in the input. */
export function reading({ values, errors, signed: map }: Shown, cell: number): string {
  const value = values![cell]!;
  if (Number.isNaN(value)) return "not computed";
  const error = errors?.[cell];
  return (map ? signed(value) : figure(value, 3)) + (error ? ` ± ${figure(error)}` : "");
}

/** How far a run or a search is: "43 %, 3 s left". */
export function progress(done: number, total: number, left: number | null, slim: boolean): string {
  if (!total) return slim ? "…" : "waiting";
  const part = percent(done / total);
  return slim || left === null ? part : `${part}, ${seconds(left)} left`;
}

function took(panel: PanelState | null, { layout }: Scene): string {
  if (!panel || panel.seconds === null || layout.slim || (!layout.twoLines && layout.width < 640)) return "";
  return seconds(panel.seconds);
}

/** For a panel whose first map for this sample or target was cancelled. */
function missing(panel: PanelState | null, shown: Shown): string {
  return panel && !panel.failure && !shown.values ? "not computed" : "";
}

/** "20 rows × 160 columns", and the channels where there are several. */
export function about({ H, W, state }: Scene): string {
  const channels = state.sample.matrix.shape[2] ?? 1;
  const size = `${H} ${H === 1 ? "row" : "rows"} × ${W} ${W === 1 ? "column" : "columns"}`;
  if (channels === 1) return size;
  return `${size} · ${state.options.channel === null ? `sum of ${channels} channels` : `channel ${state.options.channel}`}`;
}

function summary(panel: PanelState, { state }: Scene): string {
  const parts = [panel.summary];
  if (panel.name !== panel.method && !words(panel.name).startsWith(words(panel.method)))
    parts.unshift(words(panel.method));
  if (panel.within?.bands.length) {
    const now = equal(panel.within, state.selection);
    parts.push(now ? "within the selection" : `within ${describeSelection(panel.within, state.axes).join(", ")}`);
  }
  return parts.filter(Boolean).join(" · ");
}

/** A small colour bar with its limit, in a title line. */
class Legend {
  readonly element = html("span", { class: "hb-legend" });
  readonly #bar = html("i");
  readonly #text = html("span");

  constructor() {
    this.element.append(this.#bar, this.#text);
  }

  update({ scale, table, signed: both }: Shown, { slim, mapWidth, rowProfile }: Layout): void {
    style(this.#bar, "background", `linear-gradient(90deg, ${gradient(table)})`);
    style(this.#bar, "width", slim ? (both ? "20px" : "16px") : "40px");
    show(this.#bar, !slim || mapWidth + rowProfile >= 70);
    text(
      this.#text,
      scale.kind === "diverging" ? `± ${figure(scale.limit)}` : `${figure(scale.low)} to ${figure(scale.high)}`,
    );
  }
}

/** The legend above the row profile: the bar, its numbers, and a caret that follows the crosshair's value. */
class Corner {
  readonly element = html("div", { class: "hb-corner" });
  readonly #bar = html("i");
  readonly #numbers = [html("span"), html("span"), html("span")];
  readonly #caret = svg("path", { class: "hb-caret", d: "M0 7l-3.5-8h7z" });

  constructor() {
    this.element.append(this.#bar, ...this.#numbers, svg("svg", { "aria-hidden": "true" }, this.#caret));
  }

  update(changed: Changes, scene: Scene, shown: Shown | null, left: number, fresh: boolean): void {
    const { layout, state, W } = scene;
    const visible = layout.corner && shown !== null && shown.values !== null;
    show(this.element, visible);
    if (!visible || !shown) return;
    if (changed.has("layout") || fresh) {
      style(this.element, "left", `${left + layout.mapWidth + layout.profileGap}px`);
      style(this.element, "top", "23px");
      style(this.element, "width", `${layout.rowProfile}px`);
    }
    if (fresh || changed.any("layout", "theme")) this.#draw(shown, scene);
    const value = state.cursor && shown.values![state.cursor.row * W + state.cursor.column];
    const at = value == null ? NaN : position(value, shown.scale);
    show(this.#caret, !Number.isNaN(at));
    if (!Number.isNaN(at)) setAll(this.#caret, { transform: `translate(${(at * layout.rowProfile).toFixed(1)},0)` });
  }

  #draw({ scale, table }: Shown, { layout, family }: Scene): void {
    style(this.#bar, "background", `linear-gradient(90deg, ${gradient(table)})`);
    const ends = scale.kind === "diverging" ? [-scale.limit, scale.limit] : [scale.low, scale.high];
    const [low, middle, high] = this.#numbers as [HTMLElement, HTMLElement, HTMLElement];
    text(low, figure(ends[0]));
    text(high, figure(ends[1]));
    const taken = measure(low.textContent!, family) / 2 + measure(high.textContent!, family) / 2;
    const room = layout.rowProfile / 2 - taken > 14;
    text(middle, scale.kind === "diverging" && room ? "0" : "");
  }
}
