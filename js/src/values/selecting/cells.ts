// Selections made from cells rather than by a hand: inverted, grown, shrunk, and the strongest cells of a map.

import type { Band, Selection } from "../../protocol.ts";
import { type Cells, cellsOf, count, NOTHING, runsOf } from "../regions.ts";
import { clamp } from "../viewport.ts";
import { integer } from "../writing.ts";
import { type Grid, gridOf, gridsOf, isEmpty } from "./grid.ts";

/** Bands of one selection. Each takes 47 bytes of every question about it (benchmarks/boxes.py), of which a moving hand asks 20 a second. */
export const MOST = 2000;

const EVERYTHING: Band = { op: "add", rows: null, columns: null };

/** A selection, with what the reader should know of it; or one sentence why there is none. */
export type Made = { selection: Selection; note: string } | { why: string };

/** All other cells. Bands stay bands: what was added is taken out of everything, what was removed is put back. */
export function inverted({ bands }: Selection, H: number, W: number): Selection {
  const whole = bands[0]?.op === "add" && bands[0].rows === null && bands[0].columns === null;
  const flipped = (whole ? bands.slice(1) : bands).map(
    (band): Band => ({ ...band, op: band.op === "add" ? "remove" : "add" }),
  );
  const selection = { bands: whole ? flipped : [EVERYTHING, ...flipped] };
  return isEmpty(selection, H, W) ? NOTHING : selection;
}

/** One cell more on every side, corners too. Bands that only add are grown one by one, so that they stay what they are. */
export function grown(selection: Selection, H: number, W: number): Made {
  if (selection.bands.every((band) => band.op === "add"))
    return { selection: { bands: selection.bands.map((band) => wider(band, H, W)) }, note: "" };
  const grid = gridOf(selection, H, W, 1);
  return pieced(spread(grid, 1), grid);
}

/** One cell less on every side that has a cell beyond it: the edge of the matrix is none of the selection. */
export function shrunk(selection: Selection, H: number, W: number): Made {
  const grid = gridOf(selection, H, W, 1);
  const left = spread(grid, 0);
  if (!left.includes(1)) return { why: "Shrinking would leave no cell; the selection stays as it is." };
  return pieced(left, grid);
}

/** All cells of both. */
export function joined(one: Selection, other: Selection, H: number, W: number): Made {
  const adds = ({ bands }: Selection): boolean => bands.every((band) => band.op === "add");
  if (adds(other)) return { selection: { bands: [...one.bands, ...other.bands] }, note: "" };
  if (adds(one)) return { selection: { bands: [...other.bands, ...one.bands] }, note: "" };
  const [left, right] = gridsOf([one, other], H, W) as [Grid, Grid];
  const both = left.inside.map((flag, piece) => flag | right.inside[piece]!);
  return pieced(both, left);
}

/** Boxes of what was painted that are kept as they are; more are laid out anew. */
const PAINTED = 60;

/** The same cells in fewer bands, where they are many. */
export function compacted(selection: Selection, H: number, W: number): Made {
  if (selection.bands.length <= PAINTED) return { selection, note: "" };
  const grid = gridOf(selection, H, W);
  const made = pieced(grid.inside, grid);
  const fewer = "selection" in made && made.selection.bands.length < selection.bands.length;
  return fewer || selection.bands.length > MOST ? made : { selection, note: "" };
}

function wider(band: Band, H: number, W: number): Band {
  const { r0, r1, c0, c1 } = cellsOf(band, H, W);
  const around = (span: Band["rows"], start: number, stop: number, length: number): Band["rows"] =>
    span && [clamp(start - 1, 0, length), clamp(stop + 1, 0, length)];
  if (r0 >= r1 || c0 >= c1) return band;
  return { op: "add", rows: around(band.rows, r0, r1, H), columns: around(band.columns, c0, c1, W) };
}

/** Every piece takes `flag` that has it or touches one that has it, corners too: those beside an edge are one cell wide. */
function spread({ rows, columns, inside }: Grid, flag: 0 | 1): Uint8Array {
  const [H, W] = [rows.length - 1, columns.length - 1];
  const along = (from: Uint8Array, step: number, inLine: (cell: number) => number, length: number): Uint8Array =>
    from.map((own, cell) => {
      const at = inLine(cell);
      const before = at > 0 && from[cell - step] === flag;
      const after = at < length - 1 && from[cell + step] === flag;
      return before || after ? flag : own;
    });
  const wide = along(inside, 1, (cell) => cell % W, W);
  return along(wide, W, (cell) => Math.floor(cell / W), H);
}

/** Cover pieces of a grid, by the lines of the matrix. */
function pieced(mask: Uint8Array, { rows, columns }: Grid): Made {
  const made = covered(mask, rows.length - 1, columns.length - 1);
  if ("why" in made) return made;
  const back = (span: Band["rows"], at: number[]): Band["rows"] => span && [at[span[0]]!, at[span[1]!]!];
  const bands = made.selection.bands.map((band) => ({
    ...band,
    rows: back(band.rows, rows),
    columns: back(band.columns, columns),
  }));
  return { ...made, selection: { bands } };
}

/** The strongest cells of a map, by size or of the positive ones; a cell that is NaN, or does not exist, is none of it. */
export function strongest(
  map: Float32Array,
  percent: number,
  positive: boolean,
  absent: Float32Array | null,
  H: number,
  W: number,
): Made {
  const strength = map.map((value, cell) => {
    if (absent?.[cell]) return Number.NaN;
    return positive ? value : Math.abs(value);
  });
  const known = strength.filter((value) => !Number.isNaN(value)).length;
  const strong = strength.filter((value) => value > 0).sort();
  const kind = positive ? "positive" : "other than 0";
  if (!strong.length) return { why: `No cell of this map is ${kind}; the selection stays as it is.` };
  const wanted = Math.max(1, Math.round((percent / 100) * known));
  const least = strong[Math.max(0, strong.length - wanted)]!;
  const mask = Uint8Array.from(strength, (value) => (value >= least ? 1 : 0));
  const cells = count(mask);
  const said = `${percent} % are ${integer(wanted)} cells`;
  let note = "";
  if (cells < wanted) note = `${said}, but only ${integer(cells)} are ${kind}: these are selected.`;
  if (cells > wanted) note = `${said}, but more have equal values: ${integer(cells)} are selected.`;
  const made = covered(mask, H, W);
  return "why" in made ? made : { ...made, note };
}

/** The fewest bands of four ways to cover cells: by runs along rows or columns, of the cells or of all others. */
export function covered(mask: Uint8Array, H: number, W: number): Made {
  if (!mask.includes(1)) return { selection: NOTHING, note: "" };
  if (!mask.includes(0)) return { selection: { bands: [EVERYTHING] }, note: "" };
  const ways = [
    boxes(mask, 1, H, W).map((box) => bandAround(box, "add", H, W)),
    [EVERYTHING, ...boxes(mask, 0, H, W).map((box) => bandAround(box, "remove", H, W))],
  ];
  const bands = ways.reduce((best, way) => (way.length < best.length ? way : best));
  if (bands.length <= MOST) return { selection: { bands }, note: "" };
  const sentence = `These cells lie in ${integer(bands.length)} pieces, but a selection holds at most ${integer(MOST)}`;
  return { why: `${sentence}; choose fewer or larger pieces.` };
}

function bandAround({ r0, r1, c0, c1 }: Cells, op: Band["op"], H: number, W: number): Band {
  return { op, rows: r0 === 0 && r1 === H ? null : [r0, r1], columns: c0 === 0 && c1 === W ? null : [c0, c1] };
}

/** Boxes that hold each cell with `flag` once: the fewer of those made of runs along rows and along columns. */
export function boxes(mask: Uint8Array, flag: 0 | 1, H: number, W: number): Cells[] {
  const has = (cell: number): number => (mask[cell] === flag ? 1 : 0);
  const row = (line: number): number[] => Array.from({ length: W }, (_, at) => has(line * W + at));
  const column = (line: number): number[] => Array.from({ length: H }, (_, at) => has(at * W + line));
  const rows = stacked(row, H).map(([r0, r1, c0, c1]): Cells => ({ r0, r1, c0, c1 }));
  const columns = stacked(column, W).map(([c0, c1, r0, r1]): Cells => ({ r0, r1, c0, c1 }));
  return columns.length < rows.length ? columns : rows;
}

type Stack = [first: number, end: number, start: number, stop: number];

/** The runs of each line; a run that the line before has too makes its box longer. */
function stacked(flags: (line: number) => ArrayLike<number>, lines: number): Stack[] {
  const found: Stack[] = [];
  let open = new Map<number, Stack>();
  for (let line = 0; line < lines; line++) {
    const next = new Map<number, Stack>();
    for (const [start, stop] of runsOf(flags(line))) {
      const same = open.get(start);
      const box: Stack = same?.[3] === stop ? same : [line, line, start, stop];
      if (box !== same) found.push(box);
      box[1] = line + 1;
      next.set(start, box);
    }
    open = next;
  }
  return found;
}
