// The runs that were found, a row each: where, by which methods, what hiding and showing them does, and p. Click selects.

import { html, set, setAll, show, svg } from "../dom/dom.ts";
import type { RunState, Selection } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { cellsOf, equalBand } from "../values/regions.ts";
import { DASH, figure, integer, number, percent, words } from "../values/writing.ts";

/** The picture of the place: the size of its box, and the least that a mark in it measures. */
const [WIDTH, HEIGHT, LEAST] = [44, 14, 2];
/** Where the zero line of a bar with negative values stands, in per cent of its width. */
const ZERO = 22;

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

/** A number, and a bar from the zero line, to the left of it for what speaks against. */
function bar(value: number | null, most: number): HTMLElement {
  const long = (100 - ZERO) * Math.min(1, Math.abs(value ?? 0) / most);
  const length = (value ?? 0) < 0 ? Math.min(long, ZERO) : long;
  const start = (value ?? 0) < 0 ? ZERO - length : ZERO;
  const drawn = svg("svg", { "aria-hidden": "true" });
  drawn.append(
    svg("rect", { class: "hb-amount-bar", x: `${start.toFixed(1)}%`, y: 1, width: `${length.toFixed(1)}%`, height: 6 }),
    svg("line", { class: "hb-zero", x1: `${ZERO}%`, x2: `${ZERO}%`, y1: -4, y2: 12 }),
  );
  const said = most === 1 ? number(value) : figure(value);
  return html("div", { class: "hb-amounts" }, html("span", {}, said), drawn);
}

/** Where a region lies, as a mark in a small picture of the matrix. */
function glyph(region: Selection, { H, W }: Scene): SVGSVGElement {
  const width = Math.max(12, Math.min(WIDTH, (HEIGHT * W) / H));
  const height = Math.max(10, Math.min(HEIGHT, (WIDTH * H) / W));
  const [left, top] = [WIDTH - width, (HEIGHT - height) / 2 + 1];
  const drawn = svg("svg", { class: "hb-glyph", width: WIDTH, height: HEIGHT + 2, "aria-hidden": "true" });
  drawn.append(svg("rect", { class: "hb-matrix", x: left + 0.5, y: top + 0.5, width: width - 1, height: height - 1 }));
  for (const band of region.bands) {
    const { r0, r1, c0, c1 } = cellsOf(band, H, W);
    const mark = svg("rect", { class: "hb-spot" });
    setAll(mark, {
      x: left + Math.min((c0 / W) * width, width - LEAST),
      y: top + Math.min((r0 / H) * height, height - LEAST),
      width: Math.max(LEAST, ((c1 - c0) / W) * width),
      height: Math.max(LEAST, ((r1 - r0) / H) * height),
    });
    drawn.append(mark);
  }
  return drawn;
}
