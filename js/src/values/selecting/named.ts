// The list of selections that have names: added to, renamed and shortened, each time as a new list.

import type { Axes, NamedSelection, Selection } from "../../protocol.ts";
import { count, describeSelection, paint } from "../regions.ts";
import { integer } from "../writing.ts";

type Named = readonly NamedSelection[];

/** Of one view, and of all of them together: the kernel takes no more. */
export const [MOST_NAMED, MOST_BOXES] = [100, 20_000];
/** Letters of a name. */
export const LONGEST = 200;
/** Bands that the description of a place spells out. */
const SPELT = 2;

/** A name as it is kept: spaces are one space, and none at its ends. */
export function tidy(name: string): string {
  return name.trim().replace(/\s+/g, " ");
}

/** Why a list cannot hold one selection more, or another instead; empty where it can. */
export function whyNotKept(named: Named, name: string, selection: Selection): string {
  const others = named.filter((each) => each.name !== name);
  const boxes = others.reduce((sum, each) => sum + each.selection.bands.length, selection.bands.length);
  if (others.length < MOST_NAMED && boxes <= MOST_BOXES) return "";
  const most = `${MOST_NAMED} selections of ${integer(MOST_BOXES)} boxes`;
  return `A view keeps at most ${most}: delete some of the list first.`;
}

/** A selection under a name, in the place of the one that has it. */
export function kept(named: Named, name: string, { bands }: Selection): NamedSelection[] {
  const fresh = { name, selection: { bands: [...bands] } };
  if (!named.some((each) => each.name === name)) return [...named, fresh];
  return named.map((each) => (each.name === name ? fresh : each));
}

export function renamed(named: Named, from: string, to: string): NamedSelection[] {
  return named.map((each) => (each.name === from ? { ...each, name: to } : each));
}

export function without(named: Named, name: string): NamedSelection[] {
  return named.filter((each) => each.name !== name);
}

/** A name that says where a selection lies, and that no other has. */
export function suggested(named: Named, selection: Selection, axes: Axes): string {
  const said = placed(selection, axes);
  const taken = (name: string): boolean => named.some((each) => each.name === name);
  if (said.length <= LONGEST / 2 && !taken(said)) return said;
  for (let number = 1; ; number++) if (!taken(`selection ${number}`)) return `selection ${number}`;
}

/** Where a selection lies, in few words. */
export function placed({ bands }: Selection, axes: Axes): string {
  const said = describeSelection({ bands: bands.slice(0, SPELT) }, axes).join("; ");
  const rest = bands.length - SPELT;
  return rest > 0 ? `${said}; ${integer(rest)} more` : said;
}

/** How many cells of a selection exist. */
export function existingCells(selection: Selection, absent: Float32Array | null, H: number, W: number): number {
  const mask = paint(selection, H, W);
  absent?.forEach((gone, cell) => {
    if (gone) mask[cell] = 0;
  });
  return count(mask);
}
