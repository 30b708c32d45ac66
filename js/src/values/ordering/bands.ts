// Bands of the rows of the matrix as bands of the places where these are shown, and back.

import type { Band, Selection } from "../../protocol.ts";
import { cellsOf, equalSpan, runsOf } from "../regions.ts";

/** Where each line goes: the places of rows, or the rows of places. */
export type Lines = Int32Array;

/** The same cells with other lines: bands that follow each other and differ in their rows alone make as few as they need. */
export function mapped(selection: Selection, lines: Lines): Selection {
  const bands: Band[] = [];
  for (let at = 0; at < selection.bands.length; ) {
    const first = selection.bands[at]!;
    let end = at + 1;
    while (end < selection.bands.length && alike(first, selection.bands[end]!)) end++;
    bands.push(...(first.rows ? together(selection.bands.slice(at, end), lines) : selection.bands.slice(at, end)));
    at = end;
  }
  return { bands };
}

function alike(a: Band, b: Band): boolean {
  return a.op === b.op && equalSpan(a.columns, b.columns) && (a.rows === null) === (b.rows === null);
}

function together(bands: Band[], lines: Lines): Band[] {
  const { op, columns } = bands[0]!;
  const flags = new Uint8Array(lines.length);
  for (const band of bands) {
    const { r0, r1 } = cellsOf(band, lines.length, 1);
    for (let line = r0; line < r1; line++) flags[lines[line]!] = 1;
  }
  return runsOf(flags).map((rows) => ({ op, rows, columns }));
}

/** Which of the bands that were made holds the first line of one that was there; -1 is none. */
export function followed(from: Selection, index: number, to: Selection, lines: Lines): number {
  const band = from.bands[index];
  if (!band) return -1;
  const line = band.rows && lines[cellsOf(band, lines.length, 1).r0];
  const holds = (rows: Band["rows"]): boolean => !rows || (line! >= rows[0] && line! < (rows[1] ?? lines.length));
  return to.bands.map((other) => alike(band, other) && holds(other.rows)).lastIndexOf(true);
}
