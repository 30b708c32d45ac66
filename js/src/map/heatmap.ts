// One map on a canvas: crisp cells, or the strongest value of a pixel where cells are smaller than two pixels.

import { set } from "../dom/dom.ts";
import type { Shown } from "../scene/shown.ts";
import { colourise } from "../values/colours.ts";
import { sample, strongest } from "../values/sampling.ts";
import type { Span } from "../values/viewport.ts";

export class Heatmap {
  readonly canvas: HTMLCanvasElement;
  readonly #cells = document.createElement("canvas");
  #renders = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    set(canvas, "data-renders", 0);
  }

  /** Draw the visible part: `rows` and `columns` are spans in cells of an (H, W) map. */
  draw(shown: Shown, H: number, W: number, rows: Span, columns: Span, width: number, height: number): void {
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, across, down);
    const [y, x] = [sample(rows, H, height, down), sample(columns, W, width, across)];
    const values = shown.values && strongest(shown.values, W, y, x);
    if (!values || values.some(Number.isNaN)) this.#hatch(pen, across, down, Math.max(1, Math.round(ratio)));
    if (values) {
      this.#paint(colourise(values, shown.table, shown.scale), x.starts.length, y.starts.length);
      pen.imageSmoothingEnabled = false;
      pen.drawImage(this.#cells, x.offset, y.offset, x.length, y.length, 0, 0, across, down);
    }
    set(this.canvas, "data-renders", ++this.#renders);
  }

  #paint(pixels: Uint32Array, width: number, height: number): void {
    this.#cells.width = width;
    this.#cells.height = height;
    const image = new ImageData(new Uint8ClampedArray(pixels.buffer as ArrayBuffer), width, height);
    this.#cells.getContext("2d")!.putImageData(image, 0, 0);
  }

  /** Lines at 45 degrees on whole pixels: not computed is not zero. The colour is the canvas's own text colour. */
  #hatch(pen: CanvasRenderingContext2D, width: number, height: number, ratio: number): void {
    const size = 6 * ratio;
    const tile = document.createElement("canvas");
    tile.width = tile.height = size;
    const ink = tile.getContext("2d")!;
    ink.fillStyle = getComputedStyle(this.canvas).color;
    for (let i = 0; i < size; i++) ink.fillRect(i, size - 1 - i, ratio, 1);
    pen.fillStyle = pen.createPattern(tile, "repeat")!;
    pen.fillRect(0, 0, width, height);
  }
}
