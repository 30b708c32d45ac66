// The numbers in the cells of a small matrix, in ink where the cell is pale and in paper where it is strong.

import { setAll, svg, text } from "../dom/dom.ts";
import { type Changes, columnEdge, rowEdge, rowSides, type Scene } from "../scene/scene.ts";
import type { Shown } from "../scene/shown.ts";
import { position } from "../values/colours.ts";
import { figure, number } from "../values/writing.ts";

/** A cell smaller than this holds no number. */
const [WIDTH, HEIGHT] = [36, 16];
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

/** Below this part of the largest a number is what float32 leaves of nothing. */
const NOTHING = 1e-6;

/** As many decimals as show the largest; one digit of what they would make a zero, with its power of ten where it is tiny. */
export function writing(values: Float32Array): (value: number) => string {
  const size = values.reduce((most, value) => Math.max(most, Math.abs(value) || 0), 0);
  const write = size >= 0.001 ? number : figure;
  const digits = size >= 0.1 ? 2 : size >= 0.001 ? 3 : 1;
  const short = (value: number): number => (Math.abs(value) < 10 ** -digits / 2 ? Number(value.toPrecision(1)) : value);
  return (value) => (Math.abs(value) <= NOTHING * size ? "0" : write(short(value), digits));
}

function middle(edge: (scene: Scene, cell: number) => number, scene: Scene, cell: number): number {
  return (edge(scene, cell) + edge(scene, cell + 1)) / 2;
}
