// Light or dark: measured from the page that the view stands on, never from a flag, and watched.

import { isDark } from "../values/colours.ts";

/** The nearest opaque background behind an element, also across shadow roots; null where the page paints none. */
function backdrop(element: Element): string | null {
  for (let at: Element | null = parentOf(element); at; at = parentOf(at)) {
    const colour = getComputedStyle(at).backgroundColor;
    const alpha = Number(/^rgba\(.*,\s*([\d.]+)\)$/.exec(colour)?.[1] ?? 1);
    if (colour !== "transparent" && alpha > 0.5) return colour;
  }
  return null;
}

function parentOf(element: Element): Element | null {
  if (element.parentElement) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

/** Set the tone of the root from its page, where that says one; tell whether the root is dark now. */
export function tone(root: HTMLElement): boolean {
  delete root.dataset.tone;
  const behind = backdrop(root);
  if (behind) root.dataset.tone = isDark(behind) ? "dark" : "light";
  return isDark(getComputedStyle(root).backgroundColor);
}

/** Call back when the page may have changed its theme; the answer ends it. */
export function watchTheme(root: HTMLElement, changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  const attributes = {
    attributes: true,
    attributeFilter: [
      "class",
      "style",
      "data-jp-theme-light",
      "data-jp-theme-name",
      "data-theme",
      "data-vscode-theme-kind",
    ],
  };
  const { body, documentElement } = root.ownerDocument;
  for (const element of [body, documentElement]) observer.observe(element, attributes);
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", changed);
  };
}
