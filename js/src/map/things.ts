// Marks of what the model found, over one map: lines with a halo, each with its number where there is room.

import { measure, set, setAll, show, style, svg, text } from "../dom/dom.ts";
import type { PanelState, ThingMark } from "../protocol.ts";
import { type Changes, rowSpan, type Scene } from "../scene/scene.ts";
import { numberOf, remains, thingSaid, thingsIn } from "../scene/things.ts";
import { STRUCK } from "../values/things/falling.ts";
import { type Label, placeLabels, type Wanted } from "../values/things/labels.ts";
import { type Box, distance, type Ground, pathOf, type Shape, shapeOf } from "../values/things/shapes.ts";

/** So many have their names beside them; of more, only numbers. */
const NAMED = 8;
/** The opacity of a mark whose score is gone. */
const FAINT = 0.6;
/** Pixels by which a stroke through a mark reaches over it. */
const OVER = 3;

interface Drawn {
  mark: ThingMark;
  shape: Shape;
  label: Label | null;
}

class Mark {
  readonly element: SVGGElement;
  readonly #lines = [svg("path", { class: "hb-thing-casing" }), svg("path", { class: "hb-thing-core" })];
  readonly #strikes = [svg("path", { class: "hb-thing-casing" }), svg("path", { class: "hb-thing-strike" })];
  readonly #word = svg("text", { class: "hb-thing-word", "dominant-baseline": "central" });

  constructor() {
    this.element = svg("g", { class: "hb-thing" }, ...this.#lines, ...this.#strikes, this.#word);
  }

  update({ mark, shape, label }: Drawn, left: number, target: boolean, hot: boolean): void {
    setAll(this.element, { "data-line": mark.line, "data-target": target, "data-hot": hot });
    const struck = left < STRUCK;
    set(this.element, "data-struck", struck);
    style(this.element, "opacity", hot ? "1" : (FAINT + (1 - FAINT) * left).toFixed(2));
    const d = pathOf(shape.lines);
    for (const line of this.#lines) set(line, "d", d);
    for (const strike of this.#strikes) {
      show(strike, struck);
      if (struck) set(strike, "d", through(shape.box, mark.kind === "landmark"));
    }
    show(this.#word, label !== null);
    if (!label) return;
    text(this.#word, label.text);
    setAll(this.#word, { x: label.x.toFixed(1), y: label.y.toFixed(1) });
  }
}

export class Things {
  readonly element: SVGGElement;
  readonly #window = svg("svg", { overflow: "hidden" });
  readonly #marks: Mark[] = [];
  #drawn: Drawn[] = [];

  constructor() {
    this.element = svg("g", { class: "hb-things" }, this.#window);
  }

  update(changed: Changes, scene: Scene, panel: PanelState | null, name: string): void {
    const placed = changed.any("layout", "viewport", "theme", "sample", "options", "panels");
    if (!placed && !changed.any("scores", "whatif", "target", "local", "marks")) return;
    const { layout, state, local } = scene;
    const things = thingsIn(scene, panel, name);
    if (!things.length && !this.#drawn.length) return;
    setAll(this.#window, { width: layout.mapWidth, height: layout.mapHeight });
    const shapes = placed || things.length !== this.#drawn.length ? this.#shapes(things, scene) : this.#known();
    const labels = labelsOf(things, shapes, scene);
    this.#drawn = things.map((mark, at) => ({ mark, shape: shapes[at]!, label: labels[at]! }));
    while (this.#marks.length < things.length) this.#marks.push(new Mark());
    while (this.#marks.length > things.length) this.#marks.pop()!.element.remove();
    this.#drawn.forEach((drawn, at) => {
      const { line } = drawn.mark;
      this.#marks[at]!.update(drawn, remains(scene, drawn.mark), line === state.target.a, line === local.line);
    });
    this.#stack(state.target.a, local.line);
  }

  /** The line of the thing whose mark, or number, is at a place of the map; null where there is none. */
  at(x: number, y: number, tolerance: number): number | null {
    let [found, nearest]: [number | null, number] = [null, tolerance];
    for (const { mark, shape, label } of this.#drawn) {
      const away = label && within(label.box, x, y) ? 0 : distance(shape, [x, y], tolerance);
      if (away <= nearest) [found, nearest] = [mark.line, away];
    }
    return found;
  }

  #shapes(things: readonly ThingMark[], scene: Scene): Shape[] {
    const { layout, state, order, H, W } = scene;
    const { columns } = state.viewport;
    const [width, height] = [layout.mapWidth, layout.mapHeight];
    const ground: Ground = { rows: rowSpan(scene), columns, width, height, H, W, order };
    return things.map((mark) => shapeOf(mark, ground));
  }

  #known(): Shape[] {
    return this.#drawn.map(({ shape }) => shape);
  }

  /** The target lies over the others, and what is pointed at over all. */
  #stack(target: number, hot: number | null): void {
    const rank = ({ mark: { line } }: Drawn): number => (line === hot ? 2 : line === target ? 1 : 0);
    const ranks = this.#drawn.map(rank);
    const order = [...this.#marks.keys()].sort((a, b) => ranks[a]! - ranks[b]! || b - a);
    order.forEach((which, at) => {
      const { element } = this.#marks[which]!;
      const there = this.#window.children[at];
      if (there !== element) this.#window.insertBefore(element, there ?? null);
    });
  }
}

/** What is written at each mark: first at the one pointed at, then at the target, then at the strongest. */
function labelsOf(things: readonly ThingMark[], shapes: readonly Shape[], scene: Scene): (Label | null)[] {
  const { state, local, layout, family } = scene;
  const rank = (at: number): number => {
    const { line } = things[at]!;
    return line === local.line ? 0 : line === state.target.a ? 1 : 2;
  };
  const order = [...things.keys()].sort((a, b) => rank(a) - rank(b) || a - b);
  const wanted = order.map((at): Wanted => {
    const mark = things[at]!;
    const first = rank(at);
    const said = (words: string): Wanted["words"][number] => ({
      text: words,
      width: measure(words, family, 11, 600) + 2,
    });
    const named = first === 0 || things.length <= NAMED;
    const words = [...(named ? [said(thingSaid(scene, mark))] : []), said(numberOf(mark.line))];
    return { box: shapes[at]!.box, point: mark.kind === "landmark", words, always: first === 0 };
  });
  const placed = placeLabels(wanted, layout.mapWidth, layout.mapHeight);
  const labels = new Array<Label | null>(things.length).fill(null);
  for (const [index, at] of order.entries()) labels[at] = placed[index]!;
  return labels;
}

/** A stroke through a box, from its lower left to its upper right; level through a cross, which has that one already. */
function through({ left, top, right, bottom }: Box, level: boolean): string {
  const middle = ((top + bottom) / 2).toFixed(1);
  if (level) return `M${(left - OVER).toFixed(1)} ${middle}H${(right + OVER).toFixed(1)}`;
  const [a, b] = [
    `${(left - OVER).toFixed(1)} ${(bottom + OVER).toFixed(1)}`,
    `${(right + OVER).toFixed(1)} ${(top - OVER).toFixed(1)}`,
  ];
  return `M${a}L${b}`;
}

function within({ left, top, right, bottom }: Box, x: number, y: number): boolean {
  return x >= left && x <= right && y >= top && y <= bottom;
}
