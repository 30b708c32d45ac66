// The class scores: all the matrix, without the selection, with only it; one line per class, or per thing, on one scale.

import { html, set, setAll, show, svg, text } from "../dom/dom.ts";
import type { Target } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { hasLines, namesOfThings, numberOf } from "../scene/things.ts";
import { awaits } from "../session/store.ts";
import { type Kind, kindOf } from "../values/targets/kinds.ts";
import { figure, number, together } from "../values/writing.ts";
import { LineChoice } from "./line_choice.ts";

export type Mark = "all" | "without" | "only";
const SHOWN = 4;
/** Lines of things that are listed; the strongest come first. */
const MOST = 200;
/** Of more, the list scrolls. */
const SEEN = 8;

/** The three marks: a dot, a ring, a bar. */
export function mark(kind: Mark): SVGElement {
  if (kind === "all") return svg("circle", { r: 4, class: "hb-dot" });
  if (kind === "without") return svg("circle", { r: 3.75, class: "hb-ring-mark" });
  return svg("path", { d: "M0-6.5V6.5", class: "hb-bar-mark" });
}

/** The ends of the line that scores of a kind are drawn on: 0 to 1, or further where they are sums; else their range. */
export function ends({ state }: Pick<Scene, "state">, kind: Kind): [number, number] {
  const { scores, whatif, classes } = state;
  const of = scores.models?.length ? classes.length : scores.all.length;
  const all = [scores.all, whatif.without ?? [], whatif.only ?? []].flatMap((values) =>
    values.filter((value, at): value is number => value !== null && kindOf(scores, at % of) === kind),
  );
  const [low, high] = [Math.min(...all), Math.max(...all)];
  if (kind === "probabilities") return [Math.min(0, low), Math.max(1, high)];
  return low < high ? [low, high] : [(low || 0) - 1, (low || 0) + 1];
}

/** What the line of a score begins and ends with. */
function endsSaid(range: [number, number], kind: Kind): [string, string] {
  const write = (end: number): string => (kind === "probabilities" ? String(end) : figure(end, 3));
  return [write(range[0]), write(range[1])];
}

export function written(value: number | null | undefined, kind: Kind): string {
  return kind === "probabilities" ? number(value) : figure(value, 3);
}

/** Scores that are read beside each other, such as with and without the selection. */
export function compared(values: readonly (number | null | undefined)[], kind: Kind): string[] {
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

  update(values: Values, [low, high]: [number, number]): void {
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

const MARKS = ["all", "without", "only"] as const;
type Values = Record<Mark, number | null>;

/** One line of the table: the name, a number before it where lines have numbers, and the scores. */
class Row {
  readonly element: HTMLTableRowElement;
  readonly #number = html("i", { class: "hb-line-number" });
  readonly #word = html("span");
  readonly #name = html("th", { class: "hb-class", scope: "row" }, this.#number, this.#word);
  readonly #line = new ScoreLine(16);
  readonly #scale = html("td", { class: "hb-line" }, this.#line.element);
  readonly #numbers = {
    all: html("td"),
    without: html("td", { class: "hb-without" }),
    only: html("td", { class: "hb-only" }),
  };

  constructor() {
    this.element = html("tr", {}, this.#name, this.#scale, ...Object.values(this.#numbers));
  }

  update(number: string, name: string, full: string, isTarget: boolean): void {
    text(this.#number, number);
    show(this.#number, number !== "");
    text(this.#word, name);
    set(this.#name, "title", full);
    // who sees no mark hears the place of a thing
    set(this.#name, "aria-label", full === name ? null : full);
    set(this.element, "data-target", isTarget);
  }

  /** `apart` says which line this is where not all are of one kind. */
  score(values: Values, range: [number, number], kind: Kind, apart: boolean): void {
    this.#line.update(values, range);
    const said = endsSaid(range, kind).join(" to ");
    set(
      this.#scale,
      "title",
      apart ? `${kind === "probabilities" ? "Probability" : "Score"}, on a line from ${said}` : null,
    );
    const numbers = compared(
      MARKS.map((mark) => values[mark]),
      kind,
    );
    for (const [at, mark] of MARKS.entries()) text(this.#numbers[mark], numbers[at]!);
  }
}

export class Scores {
  readonly element = html("div", { class: "hb-lines" });
  readonly #table = html("table", { class: "hb-table hb-scores", "aria-label": "Class scores" });
  readonly #kind = html("th", { class: "hb-class", scope: "col" });
  readonly #ends = [html("span"), html("span")];
  readonly #body = html("tbody");
  readonly #rest = html("td", { class: "hb-rest", colspan: 5 });
  readonly #choice: LineChoice;
  #rows: Row[] = [];
  /** The lines that the rows stand for, where these can be chosen. */
  #lines: readonly number[] = [];

  constructor(context: Context) {
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
    this.#choice = new LineChoice(context, this.#table, this.element);
  }

  update(changed: Changes, scene: Scene): void {
    const fresh = changed.any("scores", "whatif", "target", "asked", "classes", "marks", "connection", "sample");
    if (fresh) this.#fill(scene);
    if (!fresh && !changed.has("local")) return;
    const rows = this.#rows.map(({ element }) => element);
    this.#choice.update(rows, this.#lines);
  }

  /** Let a picture be taken of a list that does not scroll: of many lines those that come first, and the target. */
  pictured<T>(take: () => T): T {
    if (!this.element.hasAttribute("data-many")) return take();
    const late = this.#rows.slice(SEEN).filter(({ element }) => !element.hasAttribute("data-target"));
    const more = html("tr", {}, html("td", { class: "hb-rest", colspan: 5 }, `${late.length} more`));
    const turn = (taken: boolean): void => {
      set(this.element, "data-many", !taken);
      for (const { element } of late) show(element, !taken);
      if (taken) this.#body.append(more);
      else more.remove();
    };
    turn(true);
    try {
      return take();
    } finally {
      turn(false);
    }
  }

  #fill(scene: Scene): void {
    const { scores, classes, target } = scene.state;
    const models = scores.models ?? [];
    const of = models.length ? classes.length : scores.all.length;
    const listed = hasLines(scene.state);
    const shown = listed ? firstLines(of, target) : choose(scores.all.slice(0, of), target.a, target.b);
    const rows = shown.flatMap((index) => (models.length ? models : [""]).map((model, at) => ({ index, model, at })));
    while (this.#rows.length < rows.length) this.#add();
    while (this.#rows.length > rows.length) this.#rows.pop()!.element.remove();
    this.#heading(scene, listed);
    set(this.element, "data-many", listed && rows.length > SEEN);
    const ranges = { probabilities: ends(scene, "probabilities"), values: ends(scene, "values") };
    const things = namesOfThings(scene.state);
    rows.forEach(({ index, model, at: place }, at) => {
      const full = [classes[index] ?? String(index), ...(model ? [model] : [])].join(" · ");
      const name = things.get(index);
      const word = name === undefined ? full : [name, ...(model ? [model] : [])].join(" · ");
      this.#rows[at]!.update(listed ? numberOf(index) : "", word, full, index === target.a);
      const kind = kindOf(scores, index);
      this.#rows[at]!.score(valuesOf(scene, index + place * of), ranges[kind], kind, scores.kinds !== undefined);
    });
    this.#others(scene, shown, of);
    this.#lines = listed ? rows.map(({ index }) => index) : [];
  }

  #heading(scene: Scene, listed: boolean): void {
    const { scores, whatif } = scene.state;
    const table = this.#table;
    text(this.#kind, scores.kind === "probabilities" ? "Probability" : "Score");
    // lines of two kinds begin and end with other numbers: each says its own
    const said = scores.kinds ? ["", ""] : endsSaid(ends(scene, scores.kind), scores.kind);
    for (const [index, end] of this.#ends.entries()) text(end, said[index]!);
    const beside = scores.rivals !== undefined;
    set(table, "data-targets", beside);
    set(table, "aria-label", listed || beside ? "Scores of targets" : "Class scores");
    set(table, "data-lines", listed);
    set(table, "data-kind", scores.kind);
    set(table, "data-models", (scores.models ?? []).length > 0);
    set(table, "data-waiting", whatif.waiting);
    set(table, "aria-busy", awaits(scene.state) === "sample" ? "true" : null);
    set(table, "title", whatif.reason || null);
  }

  #add(): void {
    const row = new Row();
    this.#rows.push(row);
    this.#body.append(row.element);
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
      .map((index) => `${classes[index] ?? index} ${written(scores.all[index], kindOf(scores, index))}`);
    text(this.#rest, `${rest.length} more, at most ${written(scores.all[rest[0]!], kindOf(scores, rest[0]!))}`);
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

/** A score of all the matrix, and while something is selected without it and with only it. */
function valuesOf({ state: { scores, whatif }, marks }: Scene, at: number): Values {
  const answered = marks.cells > 0;
  return {
    all: scores.all[at] ?? null,
    without: answered ? (whatif.without?.[at] ?? null) : null,
    only: answered ? (whatif.only?.[at] ?? null) : null,
  };
}

/** The lines with a row: all, or the first, with the target and what it is compared with. */
export function firstLines(count: number, { a, b }: Pick<Target, "a" | "b">, most = MOST): number[] {
  const all = Array.from({ length: count }, (_, line) => line);
  const late = [a, ...(b === null ? [] : [b])].filter((line) => line >= most && line < count);
  return [...all.slice(0, most - late.length), ...late.sort((x, y) => x - y)];
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
