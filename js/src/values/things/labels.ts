// Where the numbers of marks stand: beside their mark, within the map, and over nothing that is written there already.

import type { Box } from "./shapes.ts";

/** What may be written at a mark, the longer first, each with its width in pixels. */
export interface Wanted {
  box: Box;
  /** It has a middle and no inside. */
  point: boolean;
  words: readonly { text: string; width: number }[];
  /** It is written where there is no room, too. */
  always: boolean;
}

export interface Label {
  text: string;
  /** The left end of the text and the height of its middle. */
  x: number;
  y: number;
  box: Box;
}

/** The height of a line of text, and how far it is from its mark. */
const LINE = 13;
const GAP = 3;

/** Labels of marks, those first that come first; null where there is no room. */
export function placeLabels(wanted: readonly Wanted[], width: number, height: number): (Label | null)[] {
  const taken: Box[] = [];
  const points = wanted.filter(({ point }) => point).map(({ box }) => box);
  return wanted.map((each) => {
    const label = placed(each, points, taken, width, height);
    if (label) taken.push(label.box);
    return label;
  });
}

function placed(
  { box, point, words, always }: Wanted,
  points: readonly Box[],
  taken: readonly Box[],
  width: number,
  height: number,
): Label | null {
  const seen = box.right >= 0 && box.left <= width && box.bottom >= 0 && box.top <= height;
  if (!seen) return null;
  const inside = { left: 0, top: 0, right: width, bottom: height };
  for (const { text, width: wide } of words) {
    for (const [left, top] of corners(box, point, wide, inside)) {
      const own = { left, top, right: left + wide, bottom: top + LINE };
      const over = [...taken, ...points.filter((other) => other !== box)].some((other) => overlap(own, other));
      if (!over && within(own, inside)) return labelAt(text, own);
    }
  }
  if (!always || !words[0]) return null;
  const [left, top] = corners(box, point, words[0].width, inside)[0]!;
  const x = Math.max(0, Math.min(left, width - words[0].width));
  const y = Math.max(0, Math.min(top, height - LINE));
  return labelAt(words[0].text, { left: x, top: y, right: x + words[0].width, bottom: y + LINE });
}

function labelAt(text: string, box: Box): Label {
  return { text, x: box.left, y: (box.top + box.bottom) / 2, box };
}

/** Where a text may begin: around a point; else over a box, in it, under it, beside it. */
function corners(whole: Box, point: boolean, wide: number, inside: Box): [left: number, top: number][] {
  const box = {
    left: Math.max(whole.left, inside.left),
    top: Math.max(whole.top, inside.top),
    right: Math.min(whole.right, inside.right),
    bottom: Math.min(whole.bottom, inside.bottom),
  };
  const [x, y] = [(box.left + box.right) / 2, (box.top + box.bottom) / 2];
  if (point)
    return [
      [box.right + GAP, y - LINE / 2],
      [box.left - GAP - wide, y - LINE / 2],
      [x - wide / 2, box.top - LINE],
      [x - wide / 2, box.bottom],
    ];
  const fits = box.right - box.left > wide + 2 * GAP && box.bottom - box.top > LINE + GAP;
  return [
    [box.left, box.top - LINE - 1],
    ...(fits ? ([[box.left + GAP, box.top + GAP]] as [number, number][]) : []),
    [box.left, box.bottom + 1],
    [box.right + GAP, box.top],
    [box.left - GAP - wide, box.top],
  ];
}

export function overlap(a: Box, b: Box): boolean {
  return a.left < b.right && b.left < a.right && a.top < b.bottom && b.top < a.bottom;
}

function within(a: Box, b: Box): boolean {
  return a.left >= b.left && a.right <= b.right && a.top >= b.top && a.bottom <= b.bottom;
}
