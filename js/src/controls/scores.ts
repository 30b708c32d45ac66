// The class scores: all the matrix, without the selection, with only it; one line per class on one scale.

import { html, set, setAll, show, svg, text } from "../dom/dom.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { awaits } from "../session/store.ts";
import { figure, number, together } from "../values/writing.ts";

export type Mark = "all" | "without" | "only";
const SHOWN = 4;

/** The three marks: a dot, a ring, a bar. */
export function mark(kind: Mark): SVGElement {
  if (kind === "all") return svg("circle", { r: 4, class: "hb-dot" });
  if (kind === "without") return svg("circle", { r: 3.75, class: "hb-ring-mark" });
  return svg("path", { d: "M0-6.5V6.5", class: "hb-bar-mark" });
}

/** The ends of the line that scores are drawn on: 0 to 1, or the range of the numbers. */
export function ends(scene: Scene): [number, number] {
  const { scores, whatif } = scene.state;
  if (scores.kind === "probabilities") return [0, 1];
  const all = [...scores.all, ...(whatif.without ?? []), ...(whatif.only ?? [])].filter((value) => value !== null);
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return low < high ? [low, high] : [(low || 0) - 1, (low || 0) + 1];
}

export function written(value: number | null | undefined, kind: "probabilities" | "values"): string {
  return kind === "probabilities" ? number(value) : figure(value, 3);
}

/** Scores that are read beside each other, such as with and without the selection. */
export function compared(values: readonly (number | null | undefined)[], kind: "probabilities" | "values"): string[] {
  return kind === "probabilities" ? together(values, number) : together(values, figure, [3, 7]);
}

/** Marks on a line: all joined to without, only beside them. */
export class ScoreLine {
  readonly element: SVGSVGElement;
  readonly #join = svg("line", { class: "hb-join" });
  readonly #marks: Record<Mark, SVGSVGElement>;

  constructor(readonly height: number) {
    const middle = height / 2;
    const at = (kind: Mark): SVGSVGElement => svg("svg", { y: middle, overflow: "visible" }, mark(kind));
    this.#marks = { only: at("only"), all: at("all"), without: at("without") };
    const track = svg("line", { class: "hb-track", x1: 0, x2: "100%", y1: middle, y2: middle });
    for (const end of ["y1", "y2"]) set(this.#join, end, middle);
    this.element = svg(
      "svg",
      { "aria-hidden": "true" },
      track,
      this.#join,
      this.#marks.only,
      this.#marks.all,
      this.#marks.without,
    );
  }

  update(values: Record<Mark, number | null>, [low, high]: [number, number]): void {
    const x = (value: number): string => `${((100 * (value - low)) / (high - low)).toFixed(2)}%`;
    for (const kind of Object.keys(values) as Mark[]) {
      const value = values[kind];
      show(this.#marks[kind], value !== null);
      if (value !== null) set(this.#marks[kind], "x", x(value));
    }
    const { all, without } = values;
    show(this.#join, all !== null && without !== null);
    if (all !== null && without !== null) setAll(this.#join, { x1: x(all), x2: x(without) });
  }
}

interface Row {
  element: HTMLTableRowElement;
  name: HTMLElement;
  line: ScoreLine;
  numbers: Record<Mark, HTMLElement>;
}

export class Scores {
  readonly element = html("div");
  readonly #table = html("table", { class: "hb-scores", "aria-label": "Class scores" });
  readonly #kind = html("th", { class: "hb-class", scope: "col" });
  readonly #ends = [html("span"), html("span")];
  readonly #body = html("tbody");
  readonly #rest = html("td", { class: "hb-rest", colspan: 5 });
  #rows: Row[] = [];

  constructor() {
    const column = (kind: Mark, broad = ""): HTMLElement =>
      html(
        "th",
        { class: `hb-number${broad}`, scope: "col" },
        svg("svg", { viewBox: "-7 -7 14 14", "aria-hidden": "true" }, mark(kind)),
        kind,
      );
    const scale = html(
      "th",
      { class: "hb-line", "aria-hidden": "true" },
      html("span", { class: "hb-ends" }, ...this.#ends),
    );
    const head = html("tr", {}, this.#kind, scale, column("all"), column("without", " hb-broad"), column("only"));
    this.#table.append(html("thead", {}, head), this.#body);
    this.element.append(this.#table);
  }

  update(changed: Changes, scene: Scene): void {
    if (!changed.any("scores", "whatif", "target", "asked", "classes", "marks", "connection")) return;
    const { scores, whatif, classes, target } = scene.state;
    const models = scores.models ?? [];
    const of = models.length ? classes.length : scores.all.length;
    const shown = choose(scores.all.slice(0, of), target.a, target.b);
    const rows = shown.flatMap((index) => (models.length ? models : [""]).map((model, at) => ({ index, model, at })));
    while (this.#rows.length < rows.length) this.#rows.push(this.#row());
    while (this.#rows.length > rows.length) this.#rows.pop()!.element.remove();
    text(this.#kind, scores.kind === "probabilities" ? "Probability" : "Score");
    const range = ends(scene);
    for (const [index, end] of this.#ends.entries())
      text(end, scores.kind === "probabilities" ? String(index) : figure(range[index], 3));
    set(this.#table, "data-kind", scores.kind);
    set(this.#table, "data-targets", scores.rivals !== undefined);
    set(this.#table, "aria-label", scores.rivals === undefined ? "Class scores" : "Scores of targets");
    set(this.#table, "data-models", models.length > 0);
    set(this.#table, "data-waiting", whatif.waiting);
    set(this.#table, "aria-busy", awaits(scene.state) === "sample" ? "true" : null);
    set(this.#table, "title", whatif.reason || null);
    const answered = scene.marks.cells > 0;
    rows.forEach(({ index, model, at: place }, at) => {
      const row = this.#rows[at]!;
      const score = index + place * of;
      const values = {
        all: scores.all[score] ?? null,
        without: answered ? (whatif.without?.[score] ?? null) : null,
        only: answered ? (whatif.only?.[score] ?? null) : null,
      };
      const name = [classes[index] ?? String(index), ...(model ? [model] : [])].join(" · ");
      text(row.name, name);
      set(row.name, "title", name);
      set(row.element, "data-target", index === target.a);
      row.line.update(values, range);
      const marks = ["all", "without", "only"] as const;
      const said = compared(
        marks.map((kind) => values[kind]),
        scores.kind,
      );
      for (const [at, kind] of marks.entries()) text(row.numbers[kind], said[at]!);
    });
    this.#others(scene, shown, of);
  }

  #row(): Row {
    const [name, line] = [html("th", { class: "hb-class", scope: "row" }), new ScoreLine(16)];
    const numbers = {
      all: html("td"),
      without: html("td", { class: "hb-without" }),
      only: html("td", { class: "hb-only" }),
    };
    const element = html(
      "tr",
      {},
      name,
      html("td", { class: "hb-line" }, line.element),
      numbers.all,
      numbers.without,
      numbers.only,
    );
    this.#body.append(element);
    return { element, name, line, numbers };
  }

  /** The classes that have no row, as text; of several models by the first. */
  #others({ state }: Scene, shown: number[], of: number): void {
    const { scores, classes } = state;
    const rest = scores.all.map((_, index) => index).filter((index) => index < of && !shown.includes(index));
    rest.sort((a, b) => (scores.all[b] ?? -Infinity) - (scores.all[a] ?? -Infinity));
    if (scores.missing && !scores.all.length) return this.#say(scores.missing);
    if (!rest.length) {
      this.#rest.parentElement?.remove();
      return;
    }
    const listed = rest
      .slice(0, 20)
      .map((index) => `${classes[index] ?? index} ${written(scores.all[index], scores.kind)}`);
    text(this.#rest, `${rest.length} more, at most ${written(scores.all[rest[0]!], scores.kind)}`);
    set(this.#rest, "title", listed.join("\n") + (rest.length > 20 ? "\n…" : ""));
    this.#body.append(this.#rest.parentElement ?? html("tr", {}, this.#rest));
  }

  /** Why there are no scores, in the place of the rows. */
  #say(why: string): void {
    text(this.#rest, why);
    set(this.#rest, "title", why);
    this.#body.append(this.#rest.parentElement ?? html("tr", {}, this.#rest));
  }
}

/** The classes with a row: all where they fit, else the target, what it is compared with, and the highest. */
export function choose(all: (number | null)[], a: number, b: number | null): number[] {
  const indices = all.map((_, index) => index);
  if (all.length <= SHOWN) return indices;
  const first = [a, ...(b === null ? [] : [b])];
  const others = indices
    .filter((index) => !first.includes(index))
    .sort((x, y) => (all[y] ?? -Infinity) - (all[x] ?? -Infinity));
  return [...first, ...others].slice(0, SHOWN);
}
