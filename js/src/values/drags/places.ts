// Where a drag can take the band under the hand, and which of these places are wanted first.

import type { Selection } from "../../protocol.ts";
import { begin, type Gesture, type Ground, moveTo } from "../gestures.ts";
import { type Command, centred, type Hand } from "../keys.ts";
import { cellsOf, equalBand } from "../regions.ts";
import type { Point } from "../viewport.ts";

/** The most places that are asked about ahead; a corner over a large matrix has more, and is asked place by place. */
export const MOST = 4096;

/** A selection of more bands is asked place by place: each message would send all of them. */
export const MOST_BANDS = 100;

/** Lines to either side that the hand is followed over. */
const REACH = 2047;

/** Places around the hand, each way, that come first; then every so many, then the rest from near to far. */
const NEAR = 16;

/** By how much further a place is that the hand moves away from. */
const BEHIND = 3;

const NOWHERE: Point = { row: 0, column: 0 };

type Axis = keyof Point;
type Step = Extract<Command, { do: "step" | "stretch" }>;
type Range = readonly [start: number, stop: number];

/** First and stop row, first and stop column of a band. */
export type Place = [r0: number, r1: number, c0: number, c1: number];

/** A selection of which one band can stand at these rows and these columns, each with each. */
export interface Places {
  selection: Selection;
  band: number;
  rows: readonly Range[];
  columns: readonly Range[];
  H: number;
  W: number;
}

/**
 * Every place that a gesture can come to; null where there are none to choose from, or too many.
 *
 * `along` leaves the other axis as it is with the hand at `hand`: keys go along one at a time.
 */
export function placesOf(gesture: Gesture, hand: Point = gesture.start, along?: Axis): Places | null {
  const { H, W } = gesture.ground;
  const { selection, active } = moveTo(gesture, hand);
  if (selection.bands.length > MOST_BANDS) return null;
  const reach = (axis: Axis, n: number): Range[] => rangesOf(gesture, hand, axis, along === axis || !along ? n : 0);
  const [rows, columns] = [reach("row", H), reach("column", W)];
  const count = rows.length * columns.length;
  if (count < 2 || count > MOST) return null;
  const bare = selection.bands.some((band) => {
    const { r0, r1, c0, c1 } = cellsOf(band, H, W);
    return r0 === r1 || c0 === c1;
  });
  return bare ? null : { selection, band: active, rows, columns, H, W };
}

/** The lines of one axis that the band can take, in their order: wherever the hand goes along it, up to n lines away. */
function rangesOf(gesture: Gesture, hand: Point, axis: Axis, n: number): Range[] {
  const reach = Math.min(n, REACH);
  const found = new Map<string, Range>();
  for (let by = -reach; by <= reach; by++) {
    const { live } = moveTo(gesture, { ...hand, [axis]: hand[axis] + by });
    const { r0, r1, c0, c1 } = cellsOf(live!, gesture.ground.H, gesture.ground.W);
    const range = axis === "row" ? ([r0, r1] as const) : ([c0, c1] as const);
    found.set(range.join(), range);
  }
  return [...found.values()];
}

/** Every place that keys can bring the band in the hand to, along the axis of the last one. */
export function placesOfKeys({ holding, draft, cell }: Hand, step: Step, ground: Ground): Places | null {
  const along = step.rows ? "row" : "column";
  if (holding.kind === "stretch") {
    const grip = { shift: holding.op === "add", alt: holding.op === "remove", tolerance: NOWHERE };
    return placesOf(begin(ground, centred(holding.anchor), grip), centred(cell), along);
  }
  if (holding.kind !== "taken" || !draft) return null;
  const edge = step.do === "step" ? "" : step.rows ? "s" : "e";
  const gesture = begin({ ...ground, selection: draft }, NOWHERE, { shift: true, alt: false, tolerance: NOWHERE });
  return placesOf({ ...gesture, hit: { band: holding.index, edge } }, NOWHERE, along);
}

/** The place at which a selection has the band that moves; null where it differs in another. */
export function placeIn(places: Places, { bands }: Selection): Place | null {
  const { selection, band, H, W } = places;
  const moving = bands[band];
  if (!moving || bands.length !== selection.bands.length) return null;
  if (!bands.every((other, i) => i === band || equalBand(other, selection.bands[i]!))) return null;
  const { r0, r1, c0, c1 } = cellsOf(moving, H, W);
  const own = at(places.rows, [r0, r1]) >= 0 && at(places.columns, [c0, c1]) >= 0;
  return own ? [r0, r1, c0, c1] : null;
}

function at(ranges: readonly Range[], [start, stop]: Range): number {
  return ranges.findIndex((range) => range[0] === start && range[1] === stop);
}

/**
 * The places that are still unknown, at most so many, the most wanted first.
 *
 * `before` is where the hand came from: what lies behind it is less wanted.
 */
export function wanted(
  places: Places,
  [hand, before]: readonly [hand: Place, before: Place],
  known: (place: Place) => boolean,
  most: number,
): Place[] {
  const { rows, columns } = places;
  const [down, right] = placeAt(places, hand);
  const [fromDown, fromRight] = placeAt(places, before);
  const left: { rank: number; distance: number; place: Place }[] = [];
  for (const [i, [r0, r1]] of rows.entries()) {
    for (const [j, [c0, c1]] of columns.entries()) {
      const place: Place = [r0, r1, c0, c1];
      const distance = Math.max(far(i - down, down - fromDown), far(j - right, right - fromRight));
      if (!known(place)) left.push({ rank: rank(i, j, distance), distance, place });
    }
  }
  left.sort((a, b) => a.rank - b.rank || a.distance - b.distance);
  return left.slice(0, most).map(({ place }) => place);
}

function placeAt({ rows, columns }: Places, [r0, r1, c0, c1]: Place): [down: number, right: number] {
  return [at(rows, [r0, r1]), at(columns, [c0, c1])];
}

/** How far it is to a place for a hand that moves so. */
function far(by: number, moved: number): number {
  return Math.abs(by) * (by * moved < 0 ? BEHIND : 1);
}

function rank(i: number, j: number, distance: number): number {
  if (distance <= NEAR) return 0;
  return i % NEAR === 0 && j % NEAR === 0 ? 1 : 2;
}
