// Zoom and pan of the shared view: spans of cells, and their pixels.

export type Span = readonly [number, number];

/** The visible part of the matrix in cells, fractional while zooming: [first, end) of each axis. */
export interface Viewport {
  rows: [number, number];
  columns: [number, number];
}

/** A place in the matrix in cells: 0 is the outer edge of the first line, 0.5 its middle. */
export interface Point {
  row: number;
  column: number;
}

/** A value, or the nearer end of [low, high] where it lies outside. */
export function clamp(value: number, low: number, high: number): number {
  return Math.max(low, Math.min(high, value));
}

/** How much a key or a button zooms. */
export const ZOOM = 1.5;

/** The fewest lines that can be shown. */
export const CLOSEST = 4;

export function whole(H: number, W: number): Viewport {
  return { rows: [0, H], columns: [0, W] };
}

/** Whether all n lines of an axis are seen. */
export function isWhole([first, end]: Span, n: number): boolean {
  return first <= 0 && end >= n;
}

/** A span of the same length, moved to lie within [0, n). */
export function clampSpan(span: Span, n: number): [number, number] {
  const length = Math.min(n, span[1] - span[0]);
  const start = clamp(span[0], 0, n - length);
  return [start, start + length];
}

export function zoomSpan(span: Span, factor: number, at: number, n: number): [number, number] {
  const length = clamp((span[1] - span[0]) / factor, Math.min(CLOSEST, n), n);
  const share = (at - span[0]) / (span[1] - span[0]);
  return clampSpan([at - share * length, at + (1 - share) * length], n);
}

/** Zoom by `factor` (above 1 is closer) so that the place `at` stays where it is; one axis only where `along` says so. */
export function zoomAt(
  viewport: Viewport,
  factor: number,
  at: Point,
  H: number,
  W: number,
  along: "rows" | "columns" | "both" = "both",
): Viewport {
  return {
    rows: along === "columns" ? viewport.rows : zoomSpan(viewport.rows, factor, at.row, H),
    columns: along === "rows" ? viewport.columns : zoomSpan(viewport.columns, factor, at.column, W),
  };
}

/** The middle of what is visible: where the keyboard zooms without a cursor. */
export function centre(viewport: Viewport): Point {
  return { row: (viewport.rows[0] + viewport.rows[1]) / 2, column: (viewport.columns[0] + viewport.columns[1]) / 2 };
}

/** Move by a number of cells, not beyond the matrix. */
export function pan(viewport: Viewport, rows: number, columns: number, H: number, W: number): Viewport {
  const { rows: r, columns: c } = viewport;
  return { rows: clampSpan([r[0] + rows, r[1] + rows], H), columns: clampSpan([c[0] + columns, c[1] + columns], W) };
}

function revealSpan(span: Span, index: number, n: number): [number, number] {
  const shift = index < span[0] ? index - span[0] : index + 1 > span[1] ? index + 1 - span[1] : 0;
  return clampSpan([span[0] + shift, span[1] + shift], n);
}

/** Move by as little as it takes to see a cell: the keyboard's cursor never leaves the view. */
export function reveal(viewport: Viewport, row: number, column: number, H: number, W: number): Viewport {
  return { rows: revealSpan(viewport.rows, row, H), columns: revealSpan(viewport.columns, column, W) };
}

/** Pixels per cell of an axis that is `size` px long. */
export function pitch(span: Span, size: number): number {
  return size / (span[1] - span[0]);
}

/** The pixel of a place on an axis that is `size` px long. */
export function toPixel(span: Span, size: number, cell: number): number {
  return (cell - span[0]) * pitch(span, size);
}

/** The place in cells of a pixel on an axis that is `size` px long. */
export function toCell(span: Span, size: number, pixel: number): number {
  return span[0] + pixel / pitch(span, size);
}
