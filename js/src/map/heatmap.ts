// One map on a canvas: crisp cells, or the strongest value of a pixel where cells are smaller than two pixels.

import { colourise } from "../values/colours.ts";
import { set } from "../dom/dom.ts";
import type { Shown } from "../scene/shown.ts";
import type { Span } from "../values/viewport.ts";

/** Below this many CSS pixels per cell, cells are gathered into pixels. */
const SMALLEST = 2;

/** How one axis is drawn: which cells make up each drawn line, and which stretch of the lines is seen. */
interface Sampling {
  starts: Int32Array;
  ends: Int32Array;
  offset: number;
  length: number;
}

/** `span` of `n` cells on `size` CSS pixels, that is `pixels` of the screen. */
export function sample(span: Span, n: number, size: number, pixels: number): Sampling {
  const length = span[1] - span[0];
  const gathered = size / length < SMALLEST;
  const first = Math.max(0, Math.floor(span[0]));
  const count = gathered ? pixels : Math.min(n, Math.ceil(span[1])) - first;
  const starts = new Int32Array(count);
  const ends = new Int32Array(count);
  for (let i = 0; i < count; i++) {
    starts[i] = gathered ? Math.min(n - 1, Math.floor(span[0] + (i * length) / pixels + 1e-9)) : first + i;
    ends[i] = gathered
      ? Math.max(starts[i]! + 1, Math.min(n, Math.ceil(span[0] + ((i + 1) * length) / pixels - 1e-9)))
      : first + i + 1;
  }
  return gathered ? { starts, ends, offset: 0, length: count } : { starts, ends, offset: span[0] - first, length };
}

/** The value of largest magnitude, with its sign, of each block of cells; NaN only where all are. */
export function strongest(values: Float32Array, W: number, rows: Sampling, columns: Sampling): Float32Array {
  const across = columns.starts.length;
  const out = new Float32Array(rows.starts.length * across).fill(NaN);
  for (let i = 0; i < rows.starts.length; i++) {
    for (let r = rows.starts[i]!; r < rows.ends[i]!; r++) {
      for (let j = 0; j < across; j++) {
        let best = out[i * across + j]!;
        for (let c = columns.starts[j]!; c < columns.ends[j]!; c++) {
          const value = values[r * W + c]!;
          if (Number.isNaN(best) || Math.abs(value) > Math.abs(best)) best = value;
        }
        out[i * across + j] = best;
      }
    }
  }
  return out;
}

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
