// One map on a canvas: crisp cells, or the strongest value of a pixel where cells are smaller than two pixels.

import { set } from "../dom/dom.ts";
import { isLinesAlone, type Shown } from "../scene/shown.ts";
import { colourise } from "../values/colours.ts";
import { colouriseOver } from "../values/drawing/overlaid.ts";
import { type Raster, seenPart, within } from "../values/large/rasters.ts";
import { gone, type Sampling, sample, strongest } from "../values/sampling.ts";
import { type Span, toPixel, type Viewport } from "../values/viewport.ts";
import { CurvePen } from "./rows/curves.ts";

export class Heatmap {
  readonly canvas: HTMLCanvasElement;
  readonly #cells = document.createElement("canvas");
  readonly #dots = document.createElement("canvas");
  readonly #curves = new CurvePen();
  #renders = 0;

  constructor(canvas: HTMLCanvasElement) {
    this.canvas = canvas;
    set(canvas, "data-renders", 0);
  }

  /** Draw the part that is seen: blocks over all of it, where there are finer ones those over them. */
  draw(shown: Shown, viewport: Viewport, { width, height, flipped }: Room): void {
    const ratio = window.devicePixelRatio || 1;
    const [across, down] = [Math.round(width * ratio), Math.round(height * ratio)];
    if (this.canvas.width !== across) this.canvas.width = across;
    if (this.canvas.height !== down) this.canvas.height = down;
    const pen = this.canvas.getContext("2d");
    if (!pen) return;
    pen.clearRect(0, 0, across, down);
    pen.save();
    // the first row at the bottom
    if (flipped) pen.transform(1, 0, 0, -1, 0, down);
    this.#cellsOf(pen, shown, viewport, ratio);
    pen.restore();
    if (shown.curves) {
      const drawn = isLinesAlone(shown) ? "alone" : shown.curves.how;
      this.#curves.draw(pen, shown.curves, viewport, { flipped, ratio, drawn });
    }
    set(this.canvas, "data-renders", ++this.#renders);
  }

  #cellsOf(pen: CanvasRenderingContext2D, shown: Shown, viewport: Viewport, ratio: number): void {
    const { width: across, height: down } = this.canvas;
    if (!shown.rasters.length) this.#fill(pen, this.#hatch(Math.max(1, Math.round(ratio))), 0, 0, across, down);
    const covering = shown.rasters.filter((raster) => isOver(raster, viewport)).at(-1);
    for (const raster of shown.rasters.slice(covering ? shown.rasters.indexOf(covering) : 0)) {
      const part = seenPart(raster, viewport);
      if (part) this.#layer(pen, shown, raster, part, boxOf(part, viewport, across, down), ratio);
    }
  }

  /** Draw some blocks into their part of the canvas. */
  #layer(pen: CanvasRenderingContext2D, shown: Shown, raster: Raster, part: Viewport, box: Box, ratio: number): void {
    const [across, down] = [box.x1 - box.x0, box.y1 - box.y0];
    if (!across || !down) return;
    const [rows, columns] = [within(part.rows, raster.rows, raster.h), within(part.columns, raster.columns, raster.w)];
    const [y, x] = [sample(rows, raster.h, down / ratio, down), sample(columns, raster.w, across / ratio, across)];
    const values = strongest(raster.values, raster.w, y, x);
    const thick = Math.max(1, Math.round(ratio));
    pen.clearRect(box.x0, box.y0, across, down);
    if (values.some(Number.isNaN)) this.#fill(pen, this.#hatch(thick), box.x0, box.y0, across, down);
    const put = (pixels: Uint32Array, to: CanvasRenderingContext2D): void => {
      this.#paint(pixels, x.starts.length, y.starts.length);
      to.imageSmoothingEnabled = false;
      to.drawImage(this.#cells, x.offset, y.offset, x.length, y.length, box.x0, box.y0, across, down);
    };
    if (raster.absent) this.#dot(pen, gone(raster.absent, raster.w, y, x), put, thick);
    // lines alone stand on the ground of the page: of the cells only those are marked that are not there
    if (isLinesAlone(shown)) pen.globalCompositeOperation = "destination-out";
    put(pixelsOf(shown, values, raster.w, y, x), pen);
    pen.globalCompositeOperation = "source-over";
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
    this.#fill(over, tile, 0, 0, width, height);
    pen.drawImage(this.#dots, 0, 0);
  }

  #fill(
    pen: CanvasRenderingContext2D,
    tile: HTMLCanvasElement,
    x: number,
    y: number,
    width: number,
    height: number,
  ): void {
    pen.fillStyle = pen.createPattern(tile, "repeat")!;
    pen.fillRect(x, y, width, height);
  }
}

/** The size of a map in CSS pixels, and whether its first row is at the bottom. */
export interface Room {
  width: number;
  height: number;
  flipped: boolean;
}

/** A part of the canvas, in its pixels. */
interface Box {
  x0: number;
  y0: number;
  x1: number;
  y1: number;
}

/** Where a part of the matrix is on a canvas of so many pixels. */
function boxOf(part: Viewport, { rows, columns }: Viewport, across: number, down: number): Box {
  const pixel = (span: Span, size: number, at: number): number => Math.round(toPixel(span, size, at));
  return {
    x0: pixel(columns, across, part.columns[0]),
    y0: pixel(rows, down, part.rows[0]),
    x1: pixel(columns, across, part.columns[1]),
    y1: pixel(rows, down, part.rows[1]),
  };
}

function isOver({ rows, columns }: Raster, viewport: Viewport): boolean {
  const over = (blocks: Span, seen: Span): boolean => blocks[0] <= seen[0] && blocks[1] >= seen[1];
  return over(rows, viewport.rows) && over(columns, viewport.columns);
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
