// On which panels the things that the model found are marked.

import type { Entry, Item } from "../dom/menu.ts";
import type { Options } from "../protocol.ts";
import type { Context } from "../scene/context.ts";

const PLACES: [Options["things"] & string, string, string][] = [
  ["input", "Marks on the input", ""],
  ["all", "Marks on all panels", ""],
  ["none", "No marks", "scores only"],
];

/** None where the sample has no things. */
export function markItems(context: Context): Entry[] {
  const { sample, options, bare } = context.scene().state;
  if (bare || !sample.things?.length) return [];
  const items = PLACES.map(
    ([things, label, aside]): Item => ({
      label,
      aside,
      radio: true,
      checked: options.things === things,
      do: () => context.session.setOptions({ things }),
    }),
  );
  return [null, ...items];
}
