// What puts Python on the clipboard: of the view, of a panel, or of the selection.

import type { Item } from "../dom/menu.ts";
import { type Context, disconnected } from "../scene/context.ts";

const COPIED = {
  view: "Python that makes this view: panels, sample, target, baseline, selection",
  panel: "Python that computes the map of this panel",
  selection: "Python that selects the same cells",
} as const;

export function codeItem(context: Context, part: keyof typeof COPIED, panel: string | null = null): Item {
  return {
    label: "Copy as code",
    title: COPIED[part],
    off: disconnected(context.scene()),
    do: () => context.session.copyCode(part, panel),
  };
}
