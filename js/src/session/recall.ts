// The scores that a page without a kernel shows, or one of a file without its model: those that were stored with it, never anything between them.

import type { NamedScores, RunScores, Selection, Short } from "../protocol.ts";
import { bytesOf, decode } from "../values/arrays.ts";
import { equal, paint, runsOf, selectedLines } from "../values/regions.ts";
import type { State, WhatIf } from "./store.ts";
import { UNASKED } from "./whatif.ts";

/** What tells whether scores are about what is shown. */
type Of = Pick<State, "answered" | "sample" | "hidden" | "named_scores">;
type Known = Of & Pick<State, "whatifs" | "axes" | "scores">;
type Axis = "rows" | "columns";

/** The answer about a selection, or why the page holds none. */
export function recalled(state: Known, asked: Selection): WhatIf {
  const { whatifs } = state;
  const known = stored(state, asked);
  if (known) return { ...UNASKED, ...known };
  if (!whatifs.classes.length) return { ...UNASKED, reason: whatifs.missing };
  const run = runOf(asked, state.axes.rows.labels.length, state.axes.columns.labels.length);
  if (!run) return UNASKED;
  if (typeof run === "string") return { ...UNASKED, reason: run };
  const [axis, start, stop] = run;
  const held = whatifs[axis];
  const at = held ? placeOf(held, start, stop) : -1;
  if (!held || at < 0) return { ...UNASKED, reason: unheld(axis, held) };
  const of = (first: number): (number | null)[] => {
    const numbers: (number | null)[] = state.scores.all.map(() => null);
    whatifs.classes.forEach((index, place) => {
      numbers[index] = settled(read(held.scores, first + place, at), state.scores.all[index] ?? null);
    });
    return numbers;
  };
  return { ...UNASKED, without: of(0), only: of(whatifs.classes.length) };
}

/** What the kernel said of a named selection about the sample and baseline that are shown. */
export function scoresOf(selection: Selection, { sample, hidden, named_scores }: Of): NamedScores | null {
  const fits = (each: NamedScores): boolean => each.sample === sample.index && each.baseline === hidden.number;
  return named_scores.find((each) => fits(each) && equal(each.selection, selection)) ?? null;
}

/** The scores of every class without a named selection, and with only it; null where there are none. */
export function halves({ scores }: NamedScores): Pick<WhatIf, "without" | "only"> | null {
  const n = scores.shape[1];
  if (!n) return null;
  const numbers = [...decode(scores)].map((value) => (Number.isFinite(value) ? value : null));
  return { without: numbers.slice(0, n), only: numbers.slice(n) };
}

/** The stored scores of a selection; null where none are about it. */
function stored(state: Of, asked: Selection): Pick<WhatIf, "without" | "only"> | null {
  const { without, only, sample, selection } = state.answered;
  if (without && sample === state.sample.index && equal(selection, asked)) return { without, only };
  const found = scoresOf(asked, state);
  return found && halves(found);
}

/** The run of whole rows or of whole columns that a selection is; null for no cells, else why it is none. */
function runOf(selection: Selection, H: number, W: number): [Axis, number, number] | string | null {
  const mask = paint(selection, H, W);
  const { rows, columns } = selectedLines(mask, H, W);
  const runs = { rows: runsOf(rows), columns: runsOf(columns) };
  const [down, across] = [runs.rows[0], runs.columns[0]];
  if (!down || !across) return null;
  const axis = down[0] === 0 && down[1] === H ? "columns" : "rows";
  const isRun = runs.rows.length === 1 && runs.columns.length === 1;
  const spans = axis === "columns" || (across[0] === 0 && across[1] === W);
  if (!isRun || !spans || !isFull(mask, down, across, W))
    return "This page holds the scores of one stretch of whole rows or of whole columns; any other selection needs the model.";
  return axis === "columns" ? [axis, ...across] : [axis, ...down];
}

function isFull(mask: Uint8Array, [r0, r1]: [number, number], [c0, c1]: [number, number], W: number): boolean {
  for (let row = r0; row < r1; row++) if (mask.subarray(row * W + c0, row * W + c1).includes(0)) return false;
  return true;
}

/** Where a run stands in the list: by its first edge, then by its last; -1 where it does not. */
function placeOf({ edges }: RunScores, start: number, stop: number): number {
  const [i, j] = [edges.indexOf(start), edges.indexOf(stop)];
  if (i < 0 || j <= i) return -1;
  return i * (edges.length - 1) - (i * (i - 1)) / 2 + (j - i - 1);
}

/** A number of which the upper three bytes are stored; null where it is none. */
function read({ shape, bytes }: Short, line: number, at: number): number | null {
  const stored = bytesOf(bytes);
  const place = 3 * (line * shape[1]! + at);
  const whole = Uint8Array.of(0, stored[place]!, stored[place + 1]!, stored[place + 2]!);
  const [number] = new Float32Array(whole.buffer);
  return Number.isFinite(number) ? number! : null;
}

/** A stored number; where it is that of the whole matrix but for its last byte, that one, as nothing has changed. */
function settled(stored: number | null, whole: number | null): number | null {
  if (stored === null || whole === null) return stored;
  const bits = new Uint32Array(Float32Array.of(whole).buffer);
  bits[0] = (bits[0]! + 0x7f + ((bits[0]! >>> 8) & 1)) & ~0xff;
  return new Float32Array(bits.buffer)[0] === stored ? whole : stored;
}

function unheld(axis: Axis, held: RunScores | null): string {
  if (!held) return `This page holds no scores of ${axis}; they need the model.`;
  const each = held.edges.length > 2 ? `every ${held.edges[1]} ${axis}` : "the ends of the matrix";
  return `This page holds the scores of ${axis} that begin and end at ${each}; others need the model.`;
}
