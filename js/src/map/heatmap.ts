// One map on a canvas: crisp cells, or the strongest value of a pixel where cells are smaller than two pixels.

import { set } from "../dom/dom.ts";
import type { Scene } from "../scene/scene.ts";
import type { Shown } from "../scene/shown.ts";
import { colourise } from "../values/colours.ts";
import { colouriseOver } from "../values/drawing/overlaid.ts";
import { gone, type Sampling, sample, strongest } from "../values/sampling.ts";

export class Heatmap {
  readonly canvas: HTMLCanvasElement;
  readonly #cells = document.createElement("canvas");
  readonly #dots = document.createElement("canvas");
  #renders = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    set(canvas, "data-renders", 0);
  }

  /** Draw the visible part. */
  draw(shown: Shown, scene: Scene): void {
    const { H, W, state, layout } = scene;
    const { rows, columns } = state.viewport;
    const { mapWidth: width, mapHeight: height } = layout;
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, across, down);
    const [y, x] = [sample(rows, H, height, down), sample(columns, W, width, across)];
    const values = shown.drawn && strongest(shown.drawn, W, y, x);
    const thick = Math.max(1, Math.round(ratio));
    if (!values || values.some(Number.isNaN)) this.#fill(pen, this.#hatch(thick), across, down);
    const put = (pixels: Uint32Array, to: CanvasRenderingContext2D): void => {
      this.#paint(pixels, x.starts.length, y.starts.length);
      to.imageSmoothingEnabled = false;
      to.save();
      if (layout.flipped) to.transform(1, 0, 0, -1, 0, down);
      to.drawImage(this.#cells, x.offset, y.offset, x.length, y.length, 0, 0, across, down);
      to.restore();
    };
    if (shown.absent) this.#dot(pen, gone(shown.absent, W, y, x), put, thick);
    if (values) put(pixelsOf(shown, values, W, y, x), pen);
    set(this.canvas, "data-renders", ++this.#renders);
  }

  #paint(pixels: Uint32Array, width: number, height: number): void {
    this.#cells.width = width;
    this.#cells.height = height;
    const image = new ImageData(new Uint8ClampedArray(pixels.buffer as ArrayBuffer), width, height);
    this.#cells.getContext("2d")!.putImageData(image, 0, 0);
  }

  /** Lines at 45 degrees on whole pixels: not computed is not zero. The colour is the canvas's own text colour. */
  #hatch(thick: number): HTMLCanvasElement {
    const { tile, ink } = tileOf(6 * thick, getComputedStyle(this.canvas).color);
    for (let i = 0; i < tile.width; i++) ink.fillRect(i, tile.width - 1 - i, thick, 1);
    return tile;
  }

  /** The ground of the page with dots where cells do not exist, in the colour of the canvas's border. */
  #dot(
    pen: CanvasRenderingContext2D,
    cells: Uint32Array,
    put: (pixels: Uint32Array, to: CanvasRenderingContext2D) => void,
    thick: number,
  ): void {
    const { width, height } = this.canvas;
    pen.globalCompositeOperation = "destination-out"; // no hatch here
    put(cells, pen);
    pen.globalCompositeOperation = "source-over";
    [this.#dots.width, this.#dots.height] = [width, height]; // which clears it, and how it draws
    const over = this.#dots.getContext("2d")!;
    put(cells, over);
    over.globalCompositeOperation = "source-in";
    const { tile, ink } = tileOf(4 * thick, getComputedStyle(this.canvas).borderTopColor);
    ink.fillRect(thick, thick, thick, thick);
    this.#fill(over, tile, width, height);
    pen.drawImage(this.#dots, 0, 0);
  }

  #fill(pen: CanvasRenderingContext2D, tile: HTMLCanvasElement, width: number, height: number): void {
    pen.fillStyle = pen.createPattern(tile, "repeat")!;
    pen.fillRect(0, 0, width, height);
  }
}

function tileOf(size: number, colour: string): { tile: HTMLCanvasElement; ink: CanvasRenderingContext2D } {
  const tile = document.createElement("canvas");
  tile.width = tile.height = size;
  const ink = tile.getContext("2d")!;
  ink.fillStyle = colour;
  return { tile, ink };
}

/** The colours of a map's blocks, over the input where that lies beneath. */
function pixelsOf(shown: Shown, values: Float32Array, W: number, rows: Sampling, columns: Sampling): Uint32Array {
  const { table, scale, ground } = shown;
  if (!ground) return colourise(values, table, scale);
  return colouriseOver(values, table, scale, strongest(ground.values, W, rows, columns), ground);
}
