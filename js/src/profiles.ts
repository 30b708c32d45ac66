// The profiles along a map: one bar per column above it and per row beside it, full strength inside the selection.

import { set, setAll, show, svg, unique } from "./dom.ts";
import { BRACKET } from "./layout.ts";
import type { Shown } from "./numbers.ts";
import { columnEdge, rowEdge, type Changes, type Scene } from "./scene.ts";
import { sample } from "./heatmap.ts";

/** The paths of the positive and the negative bars, and where the zero line is. */
interface Bars {
  positive: string;
  negative: string;
  zero: number;
}

export class Profiles {
  readonly element = svg("g");
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
      set(this.#rows.element, "transform", `translate(${layout.mapWidth + layout.profileGap},0)`);
      this.#columns.draw(scene, shown);
      this.#rows.draw(scene, shown);
    }
    if (fresh || changed.any("layout", "viewport", "marks")) {
      this.#columns.mark(scene);
      this.#rows.mark(scene);
    }
  }
}

class Profile {
  readonly element: SVGGElement;
  readonly #zero = svg("line", { class: "hb-zero" });
  readonly #all: SVGGElement;
  readonly #inside: SVGGElement;
  readonly #clip = svg("path");

  constructor(readonly along: "rows" | "columns") {
    const id = unique("clip");
    this.#all = svg("g", {}, svg("path"), svg("path"));
    this.#inside = svg("g", { "clip-path": `url(#${id})` }, svg("path"), svg("path"));
    this.element = svg("g", {}, svg("clipPath", { id }, this.#clip), this.#zero, this.#all, this.#inside);
  }

  draw(scene: Scene, shown: Shown): void {
    const { layout, state } = scene;
    const columns = this.along === "columns";
    const depth = columns ? layout.columnProfile - 2 : layout.rowProfile - 2;
    const length = columns ? layout.mapWidth : layout.mapHeight;
    const span = state.viewport[this.along];
    const edge = (cell: number): number => (columns ? columnEdge(scene, cell) : rowEdge(scene, cell));
    const made = bars(shown.profiles[this.along], span, length, depth, edge, columns);
    for (const group of [this.#all, this.#inside]) {
      const [positive, negative] = group.children as unknown as [SVGPathElement, SVGPathElement];
      set(positive, "d", made.positive);
      set(positive, "class", shown.signed ? "hb-positive" : "hb-amount");
      set(negative, "d", made.negative);
      set(negative, "class", "hb-negative");
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
        : [rowEdge(scene, a), rowEdge(scene, b)];
      return columns
        ? `M${from}-2H${to}V${layout.columnProfile}H${from}Z`
        : `M-2 ${from}H${layout.rowProfile + 2}V${to}H-2Z`;
    });
    set(this.#clip, "d", d.join(""));
  }
}

/** Bars from a zero line that sits where the range of the whole profile puts it. */
function bars(
  values: Float32Array,
  span: readonly [number, number],
  length: number,
  depth: number,
  edge: (cell: number) => number,
  upward: boolean,
): Bars {
  let [low, high] = [0, 0];
  for (const value of values)
    if (value < low) low = value;
    else if (value > high) high = value;
  const scale = Math.max(depth, 1) / (high - low || 1);
  const zero = upward ? high * scale : -low * scale;
  const lines = sample(span, values.length, length, length);
  const gathered = length / (span[1] - span[0]) < 2;
  const paths = { positive: "", negative: "" };
  for (let i = 0; i < lines.starts.length; i++) {
    const value = peak(values, lines.starts[i]!, lines.ends[i]!);
    const size = value * scale;
    if (!(Math.abs(size) >= 0.3)) continue;
    const from = Math.max(0, gathered ? i : edge(lines.starts[i]!));
    const end = Math.min(length, gathered ? i + 1 : edge(lines.ends[i]!));
    const to = end - (end - from >= 5 ? 1 : 0);
    const tip = (upward ? zero - size : zero + size).toFixed(1);
    const base = zero.toFixed(1);
    paths[value > 0 ? "positive" : "negative"] += upward
      ? `M${from} ${base}V${tip}H${to}V${base}Z`
      : `M${base} ${from}H${tip}V${to}H${base}Z`;
  }
  return { ...paths, zero };
}

function peak(values: Float32Array, start: number, end: number): number {
  let best = NaN;
  for (let i = start; i < end; i++) if (Number.isNaN(best) || Math.abs(values[i]!) > Math.abs(best)) best = values[i]!;
  return best;
}
