// The left edge of the maps, which the charts stand on too: copied from the view above them, as wide as its gutter is now.

import { style } from "../dom/dom.ts";

/** Follow the gutter of the nearest view above an element; the answer ends it. */
export function followSpine(root: HTMLElement): () => void {
  const view = viewAbove(root);
  if (!view) return () => {};
  const follow = (): void => {
    const gutter = view.style.getPropertyValue("--gutter");
    for (const each of [root, root.closest<HTMLElement>(".heatbrush-charts")])
      if (each && gutter) style(each, "--gutter", gutter);
  };
  const observer = new MutationObserver(follow);
  observer.observe(view, { attributes: true, attributeFilter: ["style"] });
  follow();
  return () => observer.disconnect();
}

/** The last view before an element that is no chart itself. */
function viewAbove(root: HTMLElement): HTMLElement | null {
  const views = [...root.ownerDocument.querySelectorAll<HTMLElement>(".heatbrush:not(.hb-strip)")];
  const before = (view: HTMLElement): boolean =>
    Boolean(view.compareDocumentPosition(root) & Node.DOCUMENT_POSITION_FOLLOWING) &&
    !view.closest(".heatbrush-charts");
  return views.filter(before).at(-1) ?? null;
}
