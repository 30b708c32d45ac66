// What a hand takes hold of, at the places where rows are shown, and what it makes of it, in rows of the matrix.

import type { Selection } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import { activeOf, placed, taken } from "../scene/ordering.ts";
import type { Places } from "../values/drags/places.ts";
import type { Ground } from "../values/gestures.ts";

/** What a gesture, or a turn of the keys, starts from. */
export function groundOf(context: Context): Ground {
  const scene = context.scene();
  const { state, order, H, W } = scene;
  const { mode, brush } = state.options;
  return { selection: placed(state.selection, order), active: activeOf(scene), mode, brush, H, W };
}

/** Show what is under the hand. */
export function showDraft(context: Context, shown: Selection, at: number, places: Places | null = null): void {
  const { order } = context.scene();
  const { selection, active } = taken(shown, at, order);
  // what is asked ahead are runs of the matrix' own rows
  context.session.setSelection(selection, { commit: false, active, places: order ? null : places });
}

/** Let go of it: the selection is what it was, and this of its bands is active. */
export function letGo(context: Context, at: number): void {
  const { state, order } = context.scene();
  const { active } = taken(placed(state.selection, order), at, order);
  context.session.setSelection(null, { commit: false, active });
}
