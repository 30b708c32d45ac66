// The rows of the input as curves on the canvas of a map: over its colours, with its colours along them, or alone.

import { type Curves, heightOf, type Place, placesOn } from "../../values/drawing/curves.ts";
import { toPixel, type Viewport } from "../../values/viewport.ts";

/** Widths in CSS pixels: of a curve, of the paper round it, and of the ribbon with a map's colours, at the most. */
const [THIN, CASING, RIBBON] = [1.25, 3.5, 9];
/** What is left of the ground between two rows, at each side, as a part of the height of a row. */
const APART = 0.06;
/** In pixels, how far before its first cell a curve begins: a single cell is a dot that can be seen. */
const DOT = 1;

export type Drawn = "alone" | Curves["how"];

export class CurvePen {
  readonly #mask = document.createElement("canvas");

  /** Draw on a canvas that has its colours; `ratio` is its pixels for one of CSS. */
  draw(
    pen: CanvasRenderingContext2D,
    curves: Curves,
    viewport: Viewport,
    { flipped, ratio, drawn }: { flipped: boolean; ratio: number; drawn: Drawn },
  ): void {
    const { width, height } = pen.canvas;
    const { rows: seen } = viewport;
    const ribbonWidth = Math.min(RIBBON * ratio, height / (seen[1] - seen[0]) / 3);
    const room = drawn === "along" ? ribbonWidth / 2 : THIN * ratio;
    const rows = rowsOf(curves, viewport, width, height, flipped, room);
    const { fill: ink, stroke: paper } = getComputedStyle(pen.canvas);
    if (drawn === "along") {
      [this.#mask.width, this.#mask.height] = [width, height]; // which clears it
      const ribbon = this.#mask.getContext("2d")!;
      trace(ribbon, rows, ribbonWidth, ink);
      pen.globalCompositeOperation = "destination-in";
      pen.drawImage(this.#mask, 0, 0);
      pen.globalCompositeOperation = "source-over";
    }
    if (drawn === "over") {
      pen.globalAlpha = 0.7;
      trace(pen, rows, CASING * ratio, paper);
      pen.globalAlpha = 1;
    }
    trace(pen, rows, THIN * ratio, ink);
  }
}

/** The places of each row in sight, in pixels of the canvas; a high value is up, wherever the first row is. */
function rowsOf(
  { values, W, ends }: Curves,
  { rows, columns }: Viewport,
  width: number,
  height: number,
  flipped: boolean,
  room: number,
): Place[][] {
  const high = height / (rows[1] - rows[0]);
  const found: Place[][] = [];
  for (let row = Math.max(0, Math.floor(rows[0])); row < Math.min(ends.length, Math.ceil(rows[1])); row++) {
    const edge = toPixel(rows, height, flipped ? row : row + 1);
    const margin = Math.min(high / 2, APART * high + room);
    const bottom = (flipped ? height - edge : edge) - margin;
    const up = high - 2 * margin;
    const places = placesOn(values.subarray(row * W, (row + 1) * W), columns, width);
    found.push(places.map(([x, value]) => [x, bottom - up * heightOf(value, ends[row]!)]));
  }
  return found;
}

/** One stroke for all rows: a cell between two gaps is a dot. */
function trace(pen: CanvasRenderingContext2D, rows: Place[][], width: number, colour: string): void {
  pen.lineWidth = width;
  pen.strokeStyle = colour;
  pen.lineJoin = pen.lineCap = "round";
  pen.beginPath();
  for (const row of rows) {
    let goesOn = false;
    for (const [x, y] of row) {
      const there = !Number.isNaN(y);
      if (there && !goesOn) pen.moveTo(x - DOT, y);
      if (there) pen.lineTo(x, y);
      goesOn = there;
    }
  }
  pen.stroke();
}
