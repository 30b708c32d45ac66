// Scrolling what stands around the view: a touch that the view takes for itself scrolls nothing otherwise.

import { around } from "./dom.ts";

/** Scroll the nearest box around an element that can go that way, or else the page. */
export function scrollPage(element: Element, right: number, down: number): void {
  if (!right && !down) return;
  for (let at: Element | null = element; at; at = around(at)) {
    const { overflowX, overflowY } = getComputedStyle(at);
    const across = right !== 0 && scrolls(overflowX) && at.scrollWidth > at.clientWidth;
    const along = down !== 0 && scrolls(overflowY) && at.scrollHeight > at.clientHeight;
    if (across || along) return at.scrollBy(right, down);
  }
  element.ownerDocument.scrollingElement?.scrollBy(right, down);
}

function scrolls(overflow: string): boolean {
  return overflow === "auto" || overflow === "scroll";
}
