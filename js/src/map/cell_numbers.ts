// The numbers in the cells of a small matrix, in ink where the cell is pale and in paper where it is strong.

import { setAll, svg, text } from "../dom/dom.ts";
import { type Changes, columnEdge, rowEdge, rowSides, type Scene } from "../scene/scene.ts";
import type { Shown } from "../scene/shown.ts";
import { position } from "../values/colours.ts";
import { figure, number } from "../values/writing.ts";

/** A cell smaller than this holds no number. */
const [WIDTH, HEIGHT] = [30, 16];
/** From here on a colour is strong, as a part of the way from the middle of the scale to its end. */
const STRONG = 0.62;

export class CellNumbers {
  readonly element = svg("g");

  update(changed: Changes, scene: Scene, shown: Shown, fresh: boolean): void {
    if (!scene.state.bare || !(fresh || changed.any("layout", "viewport", "theme"))) return;
    this.element.replaceChildren(...(shown.values ? numbers(scene, shown, shown.values) : []));
  }
}

function numbers(scene: Scene, shown: Shown, values: Float32Array): SVGElement[] {
  const { H, W } = scene;
  const made: SVGElement[] = [];
  const [top, bottom] = rowSides(scene, 0, 1);
  if (bottom - top < HEIGHT || columnEdge(scene, 1) - columnEdge(scene, 0) < WIDTH) return made;
  const { mapWidth, mapHeight } = scene.layout;
  const write = writing(values);
  for (let row = 0; row < H; row++)
    for (let column = 0; column < W; column++) {
      const [x, y] = [middle(columnEdge, scene, column), middle(rowEdge, scene, row)];
      const value = values[row * W + column]!;
      if (Number.isNaN(value) || x < 0 || y < 0 || x > mapWidth || y > mapHeight) continue;
      const strong = Math.abs(2 * position(value, shown.scale) - 1) > STRONG;
      const element = svg("text", { class: "hb-figure", "data-strong": strong, "text-anchor": "middle" });
      setAll(element, { x, y: y + 4 });
      text(element, write(value));
      made.push(element);
    }
  return made;
}

/** As many decimals as show the largest; where all are tiny, one digit and the power of ten. */
function writing(values: Float32Array): (value: number) => string {
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
  if (size >= 0.1 || size === 0) return (value) => number(value);
  return size >= 0.001 ? (value) => number(value, 3) : (value) => figure(value, 1);
}

function middle(edge: (scene: Scene, cell: number) => number, scene: Scene, cell: number): number {
  return (edge(scene, cell) + edge(scene, cell + 1)) / 2;
}
