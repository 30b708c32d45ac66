// The marks of a list: where a place lies, and how large a number is, as a bar.

import { html, setAll, svg } from "../dom/dom.ts";
import type { Selection } from "../protocol.ts";
import type { Scene } from "../scene/scene.ts";
import { cellsOf } from "../values/regions.ts";
import { figure, number } from "../values/writing.ts";

/** The picture of the place: the size of its box, and the least that a mark in it measures. */
const [WIDTH, HEIGHT, LEAST] = [44, 14, 2];
/** Bands that are marked in the picture: more would be no larger than a pixel. */
const MARKED = 200;
/** Where the zero line of a bar with negative values stands, in per cent of its width. */
const ZERO = 22;

/** A number, and a bar from the zero line, to the left of it for what speaks against. */
export function bar(value: number | null, most: number): HTMLElement {
  const long = (100 - ZERO) * Math.min(1, Math.abs(value ?? 0) / most);
  const length = (value ?? 0) < 0 ? Math.min(long, ZERO) : long;
  const start = (value ?? 0) < 0 ? ZERO - length : ZERO;
  const drawn = svg("svg", { "aria-hidden": "true" });
  drawn.append(
    svg("rect", { class: "hb-amount-bar", x: `${start.toFixed(1)}%`, y: 1, width: `${length.toFixed(1)}%`, height: 6 }),
    svg("line", { class: "hb-zero", x1: `${ZERO}%`, x2: `${ZERO}%`, y1: -4, y2: 12 }),
  );
  const said = most === 1 ? number(value) : figure(value);
  return html("div", { class: "hb-amounts" }, html("span", {}, said), drawn);
}

/** Where a region lies, as a mark in a small picture of the matrix. */
export function glyph(region: Selection, { H, W }: Scene): SVGSVGElement {
  const width = Math.max(12, Math.min(WIDTH, (HEIGHT * W) / H));
  const height = Math.max(10, Math.min(HEIGHT, (WIDTH * H) / W));
  const [left, top] = [WIDTH - width, (HEIGHT - height) / 2 + 1];
  const drawn = svg("svg", { class: "hb-glyph", width: WIDTH, height: HEIGHT + 2, "aria-hidden": "true" });
  drawn.append(svg("rect", { class: "hb-matrix", x: left + 0.5, y: top + 0.5, width: width - 1, height: height - 1 }));
  for (const band of region.bands.slice(0, MARKED)) {
    const { r0, r1, c0, c1 } = cellsOf(band, H, W);
    const mark = svg("rect", { class: band.op === "add" ? "hb-spot" : "hb-hole" });
    setAll(mark, {
      x: left + Math.min((c0 / W) * width, width - LEAST),
      y: top + Math.min((r0 / H) * height, height - LEAST),
      width: Math.max(LEAST, ((c1 - c0) / W) * width),
      height: Math.max(LEAST, ((r1 - r0) / H) * height),
    });
    drawn.append(mark);
  }
  return drawn;
}
