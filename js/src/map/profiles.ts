// The profiles along a map: a bar per column above it and per row beside it, with its error; full strength inside the selection.

import { set, setAll, show, svg, unique } from "../dom/dom.ts";
import { type Changes, columnEdge, type Scene } from "../scene/scene.ts";
import type { Shown } from "../scene/shown.ts";
import { bars } from "../values/bars.ts";
import { BRACKET } from "../values/layout.ts";
import { inPlaces } from "../values/ordering/rows.ts";
import { toPixel } from "../values/viewport.ts";

/** Of the positive bars, of the negative ones, and of the errors. */
type Paths = [SVGPathElement, SVGPathElement, SVGPathElement];

export class Profiles {
  readonly element = svg("g", { class: "hb-profiles" });
  readonly #columns = new Profile("columns");
  readonly #rows = new Profile("rows");

  constructor() {
    this.element.append(this.#columns.element, this.#rows.element);
  }

  update(changed: Changes, scene: Scene, shown: Shown, fresh: boolean): void {
    const { layout } = scene;
    show(this.#columns.element, layout.columnProfile >= 10);
    show(this.#rows.element, layout.rowProfile > 0);
    if (fresh || changed.any("layout", "viewport")) {
      set(this.#columns.element, "transform", `translate(0,${-layout.columnProfile - BRACKET + 2})`);
      // the bars of rows are drawn from the first one on, and turned over as a whole
      const turned = layout.flipped ? ` translate(0,${layout.mapHeight}) scale(1,-1)` : "";
      set(this.#rows.element, "transform", `translate(${layout.mapWidth + layout.profileGap},0)${turned}`);
      this.#columns.draw(scene, shown);
      this.#rows.draw(scene, shown);
    }
    if (fresh || changed.any("layout", "viewport", "marks")) {
      this.#columns.mark(scene);
      this.#rows.mark(scene);
    }
  }
}

/** The top edge of a row where the first one is at the top. */
function unturned({ state, layout }: Scene, row: number): number {
  return Math.round(toPixel(state.viewport.rows, layout.mapHeight, row));
}

class Profile {
  readonly element: SVGGElement;
  readonly #zero = svg("line", { class: "hb-zero" });
  readonly #all: SVGGElement;
  readonly #inside: SVGGElement;
  readonly #clip = svg("path");

  constructor(readonly along: "rows" | "columns") {
    const id = unique("clip");
    const paths = (): Paths => [svg("path"), svg("path"), svg("path", { class: "hb-error" })];
    this.#all = svg("g", {}, ...paths());
    this.#inside = svg("g", { "clip-path": `url(#${id})` }, ...paths());
    this.element = svg("g", {}, svg("clipPath", { id }, this.#clip), this.#zero, this.#all, this.#inside);
  }

  draw(scene: Scene, shown: Shown): void {
    const { layout, state } = scene;
    const columns = this.along === "columns";
    const depth = columns ? layout.columnProfile - 2 : layout.rowProfile - 2;
    const length = columns ? layout.mapWidth : layout.mapHeight;
    const span = state.viewport[this.along];
    const edge = (cell: number): number => (columns ? columnEdge(scene, cell) : unturned(scene, cell));
    const placed = (given: Float32Array): Float32Array =>
      columns || !scene.order ? given : inPlaces(given, scene.order);
    const [known, unsure] = [shown.profiles[this.along], shown.profileErrors[this.along]];
    const [values, errors] = [placed(known), unsure && placed(unsure)];
    const made = bars({ values, errors, span, length, depth, edge, upward: columns });
    for (const group of [this.#all, this.#inside]) {
      const [positive, negative, error] = group.children as unknown as Paths;
      set(positive, "d", made.positive);
      set(positive, "class", shown.signed ? "hb-positive" : "hb-amount");
      set(negative, "d", made.negative);
      set(negative, "class", "hb-negative");
      set(error, "d", made.errors);
      set(error, "data-band", made.band);
    }
    const zero = Math.round(made.zero) + 0.5;
    const line = columns ? { x1: 0, x2: length, y1: zero, y2: zero } : { x1: zero, x2: zero, y1: 0, y2: length };
    setAll(this.#zero, line);
  }

  /** Only the clip moves with the brush. */
  mark(scene: Scene): void {
    const { marks, layout } = scene;
    const columns = this.along === "columns";
    const partial = marks.cells > 0 && (columns ? marks.columns : marks.rows) !== null;
    set(this.#all, "data-outside", partial);
    show(this.#inside, partial);
    if (!partial) return;
    const runs = columns ? marks.columnRuns : marks.rowRuns;
    const d = runs.map(([a, b]) => {
      const [from, to] = columns
        ? [columnEdge(scene, a), columnEdge(scene, b)]
        : [unturned(scene, a), unturned(scene, b)];
      return columns
        ? `M${from}-2H${to}V${layout.columnProfile}H${from}Z`
        : `M-2 ${from}H${layout.rowProfile + 2}V${to}H-2Z`;
    });
    set(this.#clip, "d", d.join(""));
  }
}
