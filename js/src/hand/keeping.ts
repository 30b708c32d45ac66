// What the hand leaves: the selection that it made, in as few bands as a question about it can send.

import type { Selection } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import { taken } from "../scene/ordering.ts";
import { activeAfter } from "../values/gestures.ts";
import { compacted } from "../values/selecting/cells.ts";

/** Make it the selection; where it lies in too many pieces, say so and leave what was. */
export function keepCompact(context: Context, made: Selection, active: number): void {
  const { session } = context;
  const { H, W, order } = context.scene();
  const own = taken(made, active, order);
  const kept = compacted(own.selection, H, W);
  if ("why" in kept) {
    session.setSelection(null, { commit: false });
    return session.notify(kept.why);
  }
  session.setSelection(kept.selection, { commit: true, active: activeAfter(kept.selection, own.active) });
}
