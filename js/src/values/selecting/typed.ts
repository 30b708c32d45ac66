// A selection as one types it: "acc y, 2.0 to 7.9; rows 2 to 8".
//
// Parts stand between semicolons. A part is rows, then after a comma columns; or rows alone, or columns alone. Names may
// hold commas, semicolons and the word "to": what is a name as it stands is that name.

import type { Axes, AxisState, Band, Selection } from "../../protocol.ts";
import { integer } from "../writing.ts";
import { MOST } from "./cells.ts";
import { type Asked, type Found, linesOf, type Runs } from "./lines.ts";

/** Which rows, and which columns; null is all. */
interface Part {
  rows: Runs | null;
  columns: Runs | null;
}

/** Read a selection; or say in one sentence what is wrong with it. */
export function readSelection(text: string, axes: Axes): Found<Selection> {
  if (!text.trim()) return { why: `Nothing is typed; write rows, then columns, such as ${exampleOf(axes)}.` };
  const parts = joined(text, ";", [axes.rows, axes.columns], (part) => readPart(part, axes));
  if ("why" in parts) return parts;
  const count = parts.found.reduce((sum, part) => sum + (part.rows?.length ?? 1) * (part.columns?.length ?? 1), 0);
  if (count > MOST) {
    const pieces = `This is ${integer(count)} pieces, but a selection holds at most ${integer(MOST)}`;
    return { why: `${pieces}; give ranges of lines that lie together.` };
  }
  return { found: { bands: parts.found.flatMap((part) => bandsOf(part, axes)) } };
}

/** A selection that these axes have, as one would type it. */
export function exampleOf({ rows, columns }: Axes): string {
  const row = rows.labels[0] ?? "0";
  const last = Math.min(columns.labels.length - 1, Math.max(1, Math.floor(columns.labels.length / 8)));
  return `${row}, ${columns.labels[0]} to ${columns.labels[last]}`;
}

function bandsOf({ rows, columns }: Part, axes: Axes): Band[] {
  const spans = (runs: Runs | null, length: number): (Band["rows"] | null)[] =>
    (runs ?? [null]).map((run) => (run && run[0] === 0 && run[1] === length ? null : run));
  const across = spans(columns, axes.columns.labels.length);
  return spans(rows, axes.rows.labels.length).flatMap((row) =>
    across.map((column): Band => ({ op: "add", rows: row, columns: column })),
  );
}

/** Pieces that are read as one, where a name holds what parts them. */
const TOGETHER = 12;

/** Read pieces one by one, or several as one where a name holds what parts them; the fewest that can be read. */
function joined<T>(text: string, by: string, axes: AxisState[], readOne: (text: string) => Found<T>): Found<T[]> {
  const pieces = text.split(by);
  const within = axes.some(({ labels }) => labels.some((label) => label.includes(by)));
  const longest = within ? TOGETHER : 1;
  const found: T[] = [];
  for (let at = 0; at < pieces.length; ) {
    const alone = pieces[at]!.trim();
    const nothing = { why: `Nothing stands at one side of "${by}"; write something there, or leave it out.` };
    let end = at + 1;
    const first: Found<T> = alone ? readOne(alone) : nothing;
    let made = first;
    while ("why" in made && end < Math.min(pieces.length, at + longest))
      made = readOne(pieces.slice(at, ++end).join(by).trim());
    if ("why" in made) return first as { why: string };
    found.push(made.found);
    at = end;
  }
  return { found };
}

/** A name or range of rows as it stands; else rows and columns; else rows alone; else columns alone. */
function readPart(text: string, axes: Axes): Found<Part> {
  const rows = askedOf(text, axes, "row");
  const whole = linesOf(rows.text, rows.asked);
  if ("found" in whole) return { found: { rows: whole.found, columns: null } };
  if (/^(everything|all)$/i.test(text)) return { found: { rows: null, columns: null } };
  const both = readBoth(text, axes);
  if (both && "found" in both) return both;
  const listed = readLines(text, axes, "row");
  if ("found" in listed) return { found: { rows: listed.found, columns: null } };
  const columns = readLines(text, axes, "column");
  if ("found" in columns) return { found: { rows: null, columns: columns.found } };
  return both ?? (isOfColumns(text, axes) ? columns : whole);
}

/** The longest rows that leave columns after a comma; null where there is none. What is wrong is told of the last comma. */
function readBoth(text: string, axes: Axes): Found<Part> | null {
  let first: Found<Part> | null = null;
  for (const comma of [...text.matchAll(/,|\s×\s/g)].reverse()) {
    const [left, right] = [text.slice(0, comma.index), text.slice(comma.index + comma[0].length)];
    const columns = readLines(right.trim(), axes, "column");
    if ("why" in columns && first) continue; // rows are the costlier half, and would change nothing
    const made = readBefore(left.trim(), columns, axes);
    if ("found" in made) return made;
    first ??= made;
  }
  return first;
}

function readBefore(left: string, columns: Found<Runs>, axes: Axes): Found<Part> {
  const rows = left ? readLines(left, axes, "row") : { found: null };
  if ("why" in rows) return rows;
  return "why" in columns ? columns : { found: { rows: rows.found, columns: columns.found } };
}

/** Lines of one axis, several of them between commas. */
function readLines(text: string, axes: Axes, one: Asked["one"]): Found<Runs> {
  const { text: rest, asked } = askedOf(text, axes, one);
  const made = joined(rest, ",", [asked.axis], (piece) => linesOf(piece, asked));
  return "why" in made ? made : { found: made.found.flat() };
}

/** "rows 2 to 8" without its first word, or without the name of the axis; with "rows", numbers may be places. */
function askedOf(text: string, axes: Axes, one: Asked["one"]): { text: string; asked: Asked } {
  const axis = axes[`${one}s`];
  const asked = { axis, one, counted: false };
  if (axis.labels.includes(text)) return { text, asked };
  const word = new RegExp(`^${one}s?\\s+(?=\\S)`, "i").exec(text)?.[0];
  if (word) return { text: text.slice(word.length), asked: { ...asked, counted: true } };
  const called = axis.name !== "" && text.toLowerCase().startsWith(`${axis.name.toLowerCase()} `);
  return { text: called ? text.slice(axis.name.length).trim() : text, asked };
}

/** Whether a text that names nothing was meant for the columns: it says so, or only they have numbers or dates. */
function isOfColumns(text: string, { rows, columns }: Axes): boolean {
  const worded = rows.values === null && !/^\d/.test(rows.labels[0] ?? "");
  return (
    /^columns?\s/i.test(text) || (worded && /^[-+\u2212.]?\d/.test(text) && /^[-+.]?\d/.test(columns.labels[0] ?? ""))
  );
}
