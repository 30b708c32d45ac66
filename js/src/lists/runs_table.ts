// The runs that were found, a row each: where, by which methods, what hiding and showing them does, and p. Click selects.

import { html, set, show } from "../dom/dom.ts";
import type { RunState, Selection } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { equalBand } from "../values/regions.ts";
import { DASH, integer, number, percent, words } from "../values/writing.ts";
import { bar, glyph } from "./marks.ts";

export class RunsTable {
  readonly element: HTMLTableElement;
  readonly #context: Context;
  readonly #p = html("th", { scope: "col", class: "hb-number" }, "p");
  readonly #lost = html("th", { scope: "col" }, "necessity");
  readonly #alone = html("th", { scope: "col" }, "sufficiency");
  readonly #elsewhere = html("th", { scope: "col", class: "hb-number hb-elsewhere" }, "elsewhere");
  readonly #body = html("tbody");
  #rows: { run: RunState; element: HTMLElement }[] = [];

  constructor(context: Context) {
    this.#context = context;
    const column = (name: string, kind = ""): HTMLElement => html("th", { scope: "col", class: kind || null }, name);
    const head = html(
      "tr",
      {},
      html("td", { class: "hb-place" }),
      column("where", "hb-where"),
      column("found by", "hb-by"),
      this.#lost,
      this.#alone,
      this.#elsewhere,
      this.#p,
      column("cells", "hb-number hb-cells"),
    );
    this.element = html("table", { class: "hb-runs", "aria-label": "Runs found", hidden: true });
    this.element.append(html("thead", {}, head), this.#body);
    this.element.addEventListener("mouseleave", () => context.session.point(null), { signal: context.signal });
  }

  update(changed: Changes, scene: Scene): void {
    if (changed.any("evidence", "sample")) this.#build(scene);
    if (!changed.any("evidence", "selection", "sample")) return;
    for (const { run, element } of this.#rows) set(element, "data-on", isIn(run.region, scene.state.selection));
  }

  #build(scene: Scene): void {
    const { evidence } = scene.state;
    const { score, axis } = evidence;
    set(this.#lost, "title", `What the ${score} loses when these cells are at the baseline`);
    set(this.#alone, "title", `What the ${score} gains when only these cells are not at the baseline`);
    set(this.#elsewhere, "title", `At how many other places hiding as many ${axis} costs at least as much`);
    set(this.#p, "title", evidence.about || null);
    show(this.element, evidence.runs.length > 0);
    const most = scale(evidence.runs, score === "probability");
    this.#rows = evidence.runs.map((run) => ({ run, element: this.#row(run, scene, most) }));
    this.#body.replaceChildren(...this.#rows.map(({ element }) => element));
  }

  #row(run: RunState, scene: Scene, most: number): HTMLElement {
    const { necessity, sufficiency, elsewhere, p } = run;
    const button = html("button", { type: "button", "aria-label": `Select ${run.label}` }, run.label);
    const cell = (content: Node | string, kind = ""): HTMLElement => html("td", { class: kind || null }, content);
    const row = html(
      "tr",
      { "data-run": run.label },
      cell(glyph(run.region, scene), "hb-place"),
      html("td", { class: "hb-where", title: run.label }, button),
      cell(run.methods.map(words).join(", "), "hb-by"),
      cell(bar(necessity, most)),
      cell(bar(sufficiency, most)),
      cell(elsewhere === null ? DASH : percent(elsewhere), "hb-number hb-elsewhere"),
      cell(number(p, p !== null && p < 0.1 ? 3 : 2), "hb-number"),
      cell(integer(run.cells), "hb-number hb-cells"),
    );
    row.addEventListener("mouseenter", () => this.#context.session.point(run.region));
    row.addEventListener("focusin", () => this.#context.session.point(run.region));
    row.addEventListener("focusout", () => this.#context.session.point(null));
    row.addEventListener("click", (event) => this.#select(run, event.shiftKey));
    return row;
  }

  /** The run is the selection; with Shift it joins it, or leaves it. */
  #select({ region }: RunState, add: boolean): void {
    const { selection } = this.#context.scene().state;
    const others = selection.bands.filter((band) => !region.bands.some((own) => equalBand(own, band)));
    const joined = isIn(region, selection) ? others : [...selection.bands, ...region.bands];
    this.#context.session.setSelection({ bands: add ? joined : region.bands }, { commit: true });
  }
}

/** Whether all bands of a region are bands of the selection. */
function isIn(region: Selection, selection: Selection): boolean {
  return region.bands.every((own) => selection.bands.some((band) => equalBand(own, band)));
}

/** What a bar as long as its column stands for: 1 of a probability, else the largest number of the table. */
function scale(runs: RunState[], probabilities: boolean): number {
  if (probabilities) return 1;
  const sizes = runs.flatMap(({ necessity, sufficiency }) => [Math.abs(necessity ?? 0), Math.abs(sufficiency ?? 0)]);
  return Math.max(...sizes) || 1;
}
