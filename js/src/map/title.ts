// The lines above a map: name, parameters, and what matters now - progress, the crosshair's value or the time; the legend.

import { html, set, show, style, text } from "../dom/dom.ts";
import { icon } from "../dom/icons.ts";
import type { PanelState } from "../protocol.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { matrixOf, progress, reading, resultOf } from "../scene/sentences.ts";
import type { Shown } from "../scene/shown.ts";
import { label, seconds, words } from "../values/writing.ts";
import { Corner, Legend } from "./legend.ts";

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
    const said = panel === null ? matrixOf(scene) : resultOf(panel, scene);
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

function took(panel: PanelState | null, { layout }: Scene): string {
  if (!panel || panel.seconds === null || layout.slim || (!layout.twoLines && layout.width < 640)) return "";
  return seconds(panel.seconds);
}

/** For a panel whose first map for this sample or target was cancelled. */
function missing(panel: PanelState | null, shown: Shown): string {
  return panel && !panel.failure && !shown.values ? "not computed" : "";
}
