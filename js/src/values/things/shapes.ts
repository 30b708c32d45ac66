// The lines of which marks are drawn, in pixels of a map: crosses, boxes, outlines, brackets; and how near a place is to them.

import type { ThingMark } from "../../protocol.ts";
import type { RowOrder } from "../ordering/rows.ts";
import { gridsOf, outlineIn } from "../selecting/grid.ts";
import { clamp, type Span, toPixel } from "../viewport.ts";

export type Point = readonly [x: number, y: number];

/** A line through points, or around them. */
export interface Line {
  points: Point[];
  closed: boolean;
}

/** What of the matrix a map shows, and where: rows run from its top to its bottom. */
export interface Ground {
  rows: Span;
  columns: Span;
  width: number;
  height: number;
  H: number;
  W: number;
  order: RowOrder | null;
}

/** The lines of a mark, and the box around them. */
export interface Shape {
  lines: Line[];
  box: Box;
}

export interface Box {
  left: number;
  top: number;
  right: number;
  bottom: number;
}

/** Pixels from the middle of a cross to the ends of its strokes, and to the end of an orientation. */
const ARM = 5;
const POINTER = 15;
/** Pixels of a bracket from the edge of the map, and of the strokes at its ends. */
const INSET = 3;
const HOOK = 6;

export function shapeOf(mark: ThingMark, ground: Ground): Shape {
  const lines = linesOf(mark, ground);
  const [xs, ys] = [0, 1].map((axis) => lines.flatMap(({ points }) => points.map((point) => point[axis]!)));
  const box = { left: Math.min(...xs!), top: Math.min(...ys!), right: Math.max(...xs!), bottom: Math.max(...ys!) };
  return { lines, box };
}

function linesOf(mark: ThingMark, ground: Ground): Line[] {
  if (mark.kind === "landmark" || mark.height === null || mark.width === null) return cross(mark, ground);
  if (mark.kind === "step") return brackets(mark, ground);
  return cornersOf(mark, ground).map(({ points, closed }) => ({
    points: points.map(([column, row]): Point => [xOf(ground, column), yOf(ground, row)]),
    closed,
  }));
}

function xOf({ columns, width }: Ground, column: number): number {
  return toPixel(columns, width, column);
}

function yOf({ rows, height }: Ground, row: number): number {
  return toPixel(rows, height, row);
}

/** A cross, and a stroke from its middle in the direction of a landmark as the map is drawn. */
function cross({ row, column, angle }: ThingMark, ground: Ground): Line[] {
  const { H, order } = ground;
  const cell = clamp(Math.round(row), 0, H - 1);
  const place = order ? order.places[cell]! + row - cell : row;
  const [x, y] = [xOf(ground, column + 0.5), yOf(ground, place + 0.5)];
  const stroke = (dx: number, dy: number): Line => ({
    points: [
      [x - dx, y - dy],
      [x + dx, y + dy],
    ],
    closed: false,
  });
  const strokes = [stroke(ARM, ARM), stroke(ARM, -ARM)];
  // among rows in another order there is no way up
  if (angle === null || order) return strokes;
  const dx = xOf(ground, Math.cos(angle)) - xOf(ground, 0);
  const dy = yOf(ground, 0) - yOf(ground, Math.sin(angle));
  const length = Math.hypot(dx, dy);
  const end: Point = [x + (dx / length) * POINTER, y + (dy / length) * POINTER];
  return [...strokes, { points: [[x, y], end], closed: false }];
}

/** The stretches of places over which rows lie that are next to each other here. */
function stretches(first: number, end: number, { H, order }: Ground): [number, number][] {
  if (!order) return [[first, end]];
  const from = clamp(Math.round(first), 0, H - 1);
  const places = Array.from(order.places.slice(from, clamp(Math.round(end), from + 1, H))).sort((a, b) => a - b);
  const found: [number, number][] = [];
  for (const place of places) {
    const last = found.at(-1);
    if (last?.[1] === place) last[1] = place + 1;
    else found.push([place, place + 1]);
  }
  return found;
}

/** A bracket along the edge of the map, on the axis that the steps do not go along. */
function brackets(mark: ThingMark, ground: Ground): Line[] {
  const [height, width] = [mark.height!, mark.width!];
  const [left, right] = [mark.column + 0.5 - width / 2, mark.column + 0.5 + width / 2].map((at) => xOf(ground, at));
  if (height >= ground.H) {
    const [near, far] = [INSET, INSET + HOOK];
    return [{ points: hooked(left!, right!).map(([at, out]): Point => [at, out ? far : near]), closed: false }];
  }
  const [first, end] = [mark.row + 0.5 - height / 2, mark.row + 0.5 + height / 2];
  return stretches(first, end, ground).map((stretch) => {
    const [a, b] = stretch.map((at) => yOf(ground, at)) as [number, number];
    const points = hooked(Math.min(a, b), Math.max(a, b)).map(([at, out]): Point => [out ? INSET + HOOK : INSET, at]);
    return { points, closed: false };
  });
}

/** Along an edge from one hook to the other: one pixel within, so that neighbours stay apart. */
function hooked(from: number, to: number): [at: number, out: boolean][] {
  const [a, b] = to - from > 4 ? [from + 1, to - 1] : [from, to];
  return [
    [a, true],
    [a, false],
    [b, false],
    [b, true],
  ];
}

interface Placed {
  points: [column: number, row: number][];
  closed: boolean;
}

const known = new WeakMap<ThingMark, { order: RowOrder | null; made: Placed[] }>();

/** The corners of a box or a part at the places of its rows, on the edges of cells; the same until rows change places. */
function cornersOf(mark: ThingMark, ground: Ground): Placed[] {
  const before = known.get(mark);
  if (before?.order === ground.order && before) return before.made;
  const made = ground.order ? apart(mark, ground) : inOrder(mark);
  known.set(mark, { order: ground.order, made });
  return made;
}

function inOrder(mark: ThingMark): Placed[] {
  return ringsOf(mark).map((ring) => ({
    points: ring.map(([row, column]) => [column + 0.5, row + 0.5]),
    closed: true,
  }));
}

/** What is closed around a mark, in index units. */
function ringsOf({ outline, row, column, height, width }: ThingMark): [number, number][][] {
  if (outline.length) return outline;
  const [top, bottom] = [row - height! / 2, row + height! / 2];
  const [left, right] = [column - width! / 2, column + width! / 2];
  return [
    [
      [top, left],
      [top, right],
      [bottom, right],
      [bottom, left],
    ],
  ];
}

/** Rows may be apart here: the outline of the cells that the mark covers, at the places of their rows. */
function apart(mark: ThingMark, { order, H, W }: Ground): Placed[] {
  const rings = ringsOf(mark);
  const bands = Array.from(order!.places, (place, row) =>
    crossings(rings, row).map(([from, to]) => ({
      op: "add" as const,
      rows: [place, place + 1] as [number, number],
      columns: [clamp(Math.round(from + 0.5), 0, W), clamp(Math.round(to + 0.5), 0, W)] as [number, number],
    })),
  ).flat();
  const [grid] = gridsOf([{ bands }], H, W);
  return outlineIn(grid!, grid!).solid.map(({ axis, at, from, to }) => ({
    points:
      axis === "h"
        ? [
            [from, at],
            [to, at],
          ]
        : [
            [at, from],
            [at, to],
          ],
    closed: false,
  }));
}

/** The stretches within lines along the middle of a row. */
function crossings(rings: [number, number][][], row: number): [number, number][] {
  const at: number[] = [];
  for (const ring of rings) {
    ring.forEach(([y1, x1], index) => {
      const [y0, x0] = ring.at(index - 1)!;
      if (y0 <= row !== y1 <= row) at.push(x0 + ((row - y0) * (x1 - x0)) / (y1 - y0));
    });
  }
  at.sort((a, b) => a - b);
  return Array.from({ length: at.length >> 1 }, (_, pair) => [at[2 * pair]!, at[2 * pair + 1]!]);
}

/** A path through the lines, to a tenth of a pixel. */
export function pathOf(lines: readonly Line[]): string {
  const tenth = (value: number): number => Math.round(value * 10) / 10;
  return lines
    .map(({ points, closed }) => `M${points.map(([x, y]) => `${tenth(x)} ${tenth(y)}`).join("L")}${closed ? "Z" : ""}`)
    .join("");
}

/** How far a place is from the nearest line, in pixels. */
export function distance({ lines, box }: Shape, [x, y]: Point, enough = Infinity): number {
  const beyond = Math.max(box.left - x, x - box.right, box.top - y, y - box.bottom);
  if (beyond > enough) return beyond;
  let nearest = Infinity;
  for (const { points, closed } of lines) {
    for (let at = closed ? 0 : 1; at < points.length; at++)
      nearest = Math.min(nearest, toSegment([x, y], points.at(at - 1)!, points[at]!));
  }
  return nearest;
}

function toSegment([x, y]: Point, [x0, y0]: Point, [x1, y1]: Point): number {
  const [dx, dy] = [x1 - x0, y1 - y0];
  const along = clamp(((x - x0) * dx + (y - y0) * dy) / (dx * dx + dy * dy || 1), 0, 1);
  return Math.hypot(x - x0 - along * dx, y - y0 - along * dy);
}
