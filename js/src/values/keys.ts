// The keyboard: which key means what, and brushing with it as a pure step from one state of the hand to the next.

import type { Band, Selection } from "../protocol.ts";
import {
  activeAfter,
  bandBetween,
  type Ground,
  type Mode,
  replaceBand,
  resized,
  settled,
  shifted,
  shiftedTogether,
} from "./gestures.ts";
import { holds, NOTHING } from "./regions.ts";
import { around, painted, type Stroke, stroke } from "./selecting/painting.ts";
import { clamp, ZOOM } from "./viewport.ts";

/** The part of a KeyboardEvent that matters. */
export interface Press {
  key: string;
  ctrl: boolean;
  shift: boolean;
  alt: boolean;
  meta: boolean;
}

export type Command =
  | { do: "step"; rows: number; columns: number }
  | { do: "stretch"; rows: number; columns: number; op: Band["op"] }
  | { do: "select" | "delete" | "escape" }
  /** With Ctrl it takes all bands. */
  | { do: "enter"; all: boolean }
  /** Not a key pressed, but Shift let go: a stretch ends. */
  | { do: "release" }
  /** The focus or the mouse went elsewhere: what is held is dropped where it is. */
  | { do: "leave" }
  | { do: "mode"; mode: Mode }
  | { do: "undo" | "redo" | "reset" | "profiles" | "evidence" }
  | { do: "zoom"; factor: number }
  | { do: "sample"; by: 1 | -1 }
  /** The same target at the next layer, or step of a sequence. */
  | { do: "dial"; by: 1 | -1 }
  /** The panel itself goes to the place of its neighbour. */
  | { do: "move"; by: 1 | -1 };

const ARROWS: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

const PLAIN: Record<string, Command> = {
  " ": { do: "select" },
  Enter: { do: "enter", all: false },
  Delete: { do: "delete" },
  Backspace: { do: "delete" },
  Escape: { do: "escape" },
  r: { do: "mode", mode: "rows" },
  c: { do: "mode", mode: "columns" },
  b: { do: "mode", mode: "rectangle" },
  d: { do: "mode", mode: "cells" },
  p: { do: "profiles" },
  e: { do: "evidence" },
  "0": { do: "reset" },
  "+": { do: "zoom", factor: ZOOM },
  "=": { do: "zoom", factor: ZOOM },
  "-": { do: "zoom", factor: 1 / ZOOM },
  "[": { do: "sample", by: -1 },
  "]": { do: "sample", by: 1 },
  ",": { do: "dial", by: -1 },
  ".": { do: "dial", by: 1 },
  "<": { do: "move", by: -1 },
  ">": { do: "move", by: 1 },
};

/** What a key press means; null where it is not ours and belongs to the page. */
export function command(press: Press): Command | null {
  const { key, shift, alt } = press;
  const ctrl = press.ctrl || press.meta;
  const arrow = ARROWS[key];
  if (arrow) return arrowCommand(arrow, { ctrl, shift, alt });
  const letter = key.length === 1 ? key.toLowerCase() : key;
  if (ctrl && !alt && key === "Enter" && !shift) return { do: "enter", all: true };
  if (ctrl && !alt) return historyCommand(letter, shift);
  // Ctrl and Alt together are AltGr, which some keyboards need for brackets.
  if ((ctrl || alt) && !"[]".includes(letter)) return null;
  return PLAIN[letter] ?? null;
}

type Held = Pick<Press, "ctrl" | "shift" | "alt">;

/** Arrows step, with Shift they stretch a band, with Shift and Alt one that removes; Ctrl makes ten cells of one. */
function arrowCommand(arrow: readonly [number, number], { ctrl, shift, alt }: Held): Command | null {
  const [rows, columns] = arrow.map((step) => step * (ctrl ? 10 : 1)) as [number, number];
  if (shift) return { do: "stretch", rows, columns, op: alt ? "remove" : "add" };
  // Alt with an arrow goes back and forward in the browser
  return alt ? null : { do: "step", rows, columns };
}

/** Ctrl Z, Ctrl Shift Z and Ctrl Y; all other keys with Ctrl are the page's. */
function historyCommand(letter: string, shift: boolean): Command | null {
  if (letter === "z") return { do: shift ? "redo" : "undo" };
  return letter === "y" && !shift ? { do: "redo" } : null;
}

export interface Cell {
  row: number;
  column: number;
}

/** What the keyboard holds: nothing; a band that is being stretched from `anchor`; a stroke of cells; or a band, or all of them, taken by Enter. */
export type Holding =
  | { kind: "nothing" }
  | { kind: "stretch"; anchor: Cell; op: Band["op"] }
  | { kind: "paint"; stroke: Stroke }
  | { kind: "taken"; index: number; all: boolean };

/** The keyboard as a hand on the map: the cell that it is on, and what it holds. */
export interface Hand {
  cell: Cell;
  holding: Holding;
  /** The selection under the hand while it holds something. */
  draft: Selection | null;
}

/** What a command leads to: the hand afterwards, and what to do with the selection. */
export interface Turn {
  hand: Hand;
  /** The selection to commit; null where nothing is. */
  commit: Selection | null;
  active: number;
  /** The band under the hand, for the tag. */
  live: Band | null;
  /** What the caller has to do besides. */
  effect: "run" | "cancel" | null;
}

export function idle(cell: Cell): Hand {
  return { cell, holding: { kind: "nothing" }, draft: null };
}

const moved = (cell: Cell, rows: number, columns: number, { H, W }: Ground): Cell => ({
  row: clamp(cell.row + rows, 0, H - 1),
  column: clamp(cell.column + columns, 0, W - 1),
});
export const centred = ({ row, column }: Cell): Cell => ({ row: row + 0.5, column: column + 0.5 });

function turn(hand: Hand, ground: Ground, rest: Partial<Turn> = {}): Turn {
  return { hand, commit: null, active: ground.active, live: null, effect: null, ...rest };
}

/** Let go: what was held is committed. */
function drop(hand: Hand, ground: Ground): Turn {
  const { selection, H, W } = ground;
  const commit = hand.draft && settled(selection, hand.draft, H, W);
  const wanted = hand.holding.kind === "taken" ? hand.holding.index : (commit?.bands.length ?? 0) - 1;
  return turn(idle(hand.cell), ground, { commit, active: commit ? activeAfter(commit, wanted) : ground.active });
}

function stretch(hand: Hand, step: Extract<Command, { do: "stretch" }>, ground: Ground): Turn {
  const { selection, mode, H, W } = ground;
  if (mode === "cells") return brush(hand, step, ground);
  const held = hand.holding.kind === "stretch" && hand.holding.op === step.op ? hand.holding : null;
  const anchor = held?.anchor ?? hand.cell;
  const cell = moved(hand.cell, step.rows, step.columns, ground);
  const live = bandBetween(mode, centred(anchor), centred(cell), H, W, step.op);
  const draft = { bands: [...selection.bands, live] };
  return turn({ cell, holding: { kind: "stretch", anchor, op: step.op }, draft }, ground, {
    live,
    active: draft.bands.length - 1,
  });
}

/** With the brush a stretch paints, or erases, the cells along its way, from the one where it begins. */
function brush(hand: Hand, step: Extract<Command, { do: "stretch" }>, ground: Ground): Turn {
  const { selection, H, W } = ground;
  const { holding } = hand;
  const before = holding.kind === "paint" && holding.stroke.op === step.op ? holding.stroke : stroke(step.op);
  const cell = moved(hand.cell, step.rows, step.columns, ground);
  const grown = painted(before, hand.cell, cell, ground.brush, H, W);
  const draft = { bands: [...selection.bands, ...grown.bands] };
  const live = around(grown, W);
  return turn({ cell, holding: { kind: "paint", stroke: grown }, draft }, ground, { live, active: -1 });
}

/** Space with the brush: where the cell is selected the brush erases, else it paints. */
function dab(hand: Hand, ground: Ground): Turn {
  const { selection, H, W } = ground;
  const erases = holds(selection, hand.cell.row, hand.cell.column, H, W);
  const { bands } = painted(stroke(erases ? "remove" : "add"), hand.cell, hand.cell, ground.brush, H, W);
  const commit = settled(selection, { bands: [...selection.bands, ...bands] }, H, W);
  return turn(hand, ground, { commit, active: commit ? activeAfter(commit, -1) : ground.active });
}

/** Arrows on what was taken: move it, or with Shift the lower and right sides of a single band. */
function carry(
  hand: Hand,
  { index, all }: Taken,
  step: { rows: number; columns: number },
  resize: boolean,
  ground: Ground,
): Turn {
  const from = hand.draft ?? ground.selection;
  const band = from.bands[index]!;
  const { H, W } = ground;
  if (all) {
    const draft = resize ? from : shiftedTogether(from, step.rows, step.columns, H, W);
    return turn({ ...hand, draft }, ground, { live: draft.bands[index]!, active: index });
  }
  const live = resize
    ? resized(band, step.rows ? "s" : "e", step.rows, step.columns, H, W)
    : shifted(band, step.rows, step.columns, H, W);
  return turn({ ...hand, draft: replaceBand(from, index, live) }, ground, { live, active: index });
}

function select(hand: Hand, ground: Ground): Turn {
  const { selection, mode, H, W } = ground;
  if (mode === "cells") return dab(hand, ground);
  const at = centred(hand.cell);
  const band = bandBetween(mode, at, at, H, W);
  const alone = settled(NOTHING, { bands: [band] }, H, W)!;
  const commit = settled(selection, selection.bands.length ? { bands: [...selection.bands, band] } : alone, H, W);
  return turn(hand, ground, { commit, active: commit ? commit.bands.length - 1 : ground.active });
}

function remove(hand: Hand, ground: Ground): Turn {
  const { selection, H, W } = ground;
  if (!selection.bands.length) return turn(hand, ground);
  const index = selection.bands[ground.active] ? ground.active : selection.bands.length - 1;
  const commit = settled(selection, { bands: selection.bands.filter((_, i) => i !== index) }, H, W);
  return turn(hand, ground, { commit, active: activeAfter(commit ?? selection, -1) });
}

function letGo(hand: Hand, ground: Ground, running: boolean): Turn {
  if (hand.holding.kind !== "nothing") return turn(idle(hand.cell), ground);
  if (running) return turn(hand, ground, { effect: "cancel" });
  const commit = ground.selection.bands.length ? NOTHING : null;
  return turn(hand, ground, { commit, active: commit ? -1 : ground.active });
}

/** Enter takes the active band into the hand, or all with it; where there is none, it runs the method. */
function take(hand: Hand, all: boolean, ground: Ground): Turn {
  const { selection, active } = ground;
  const live = selection.bands[active];
  if (live?.op !== "add") return turn(hand, ground, { effect: "run" });
  return turn({ ...hand, holding: { kind: "taken", index: active, all }, draft: selection }, ground, { live });
}

type Taken = Extract<Holding, { kind: "taken" }>;

/** What a command does to what was taken; null where it is about something else. */
function actOnTaken(hand: Hand, taken: Taken, what: Command, ground: Ground): Turn | null {
  const { index, all } = taken;
  if (what.do === "step") return carry(hand, taken, what, false, ground);
  if (what.do === "stretch") return carry(hand, taken, what, true, ground);
  // Shift resizes it: to let go of Shift is not to let go of the band
  if (what.do === "release") return turn(hand, ground, { active: index });
  if (what.do === "delete" && all) return turn(idle(hand.cell), ground, { commit: NOTHING, active: -1 });
  if (what.do === "delete") return remove(idle(hand.cell), { ...ground, active: index });
  return null;
}

/** What a command does while nothing is held. */
function actOnNothing(hand: Hand, what: Command, ground: Ground): Turn {
  if (what.do === "step") return turn(idle(moved(hand.cell, what.rows, what.columns, ground)), ground);
  if (what.do === "select") return select(hand, ground);
  if (what.do === "delete") return remove(hand, ground);
  return what.do === "enter" ? take(hand, what.all, ground) : turn(hand, ground);
}

/**
 * One command. `ground` is the committed selection; `running` says whether Esc has a run to cancel first.
 * Commands that are not about brushing only make the hand let go.
 */
export function act(hand: Hand, what: Command, ground: Ground, running = false): Turn {
  const { holding } = hand;
  if (holding.kind === "taken") {
    // Python, undo or another view may have taken the band away meanwhile
    if (!ground.selection.bands[holding.index]) return act(idle(hand.cell), what, ground, running);
    const turned = actOnTaken(hand, holding, what, ground);
    if (turned) return turned;
  }
  if (what.do === "stretch") return stretch(hand, what, ground);
  if (what.do === "escape") return letGo(hand, ground, running);
  if (holding.kind === "nothing") return actOnNothing(hand, what, ground);
  const dropped = drop(hand, ground);
  if (what.do !== "step") return dropped;
  return { ...dropped, hand: idle(moved(hand.cell, what.rows, what.columns, ground)) };
}
