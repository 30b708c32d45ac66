// The whole screen for one element, where the page allows it.

export function mayFill(element: Element): boolean {
  return element.ownerDocument.fullscreenEnabled;
}

export function fills(element: Element): boolean {
  return (element.getRootNode() as Document | ShadowRoot).fullscreenElement === element;
}

/** Give an element the screen; `refused` is called where the browser does not. */
export function fill(element: Element, refused: () => void): void {
  element.requestFullscreen().catch(refused);
}

export function leave(element: Element): void {
  if (fills(element)) void element.ownerDocument.exitFullscreen();
}

/** Call `left` whenever an element has given the screen back, by whatever way. */
export function whenLeft(element: Element, left: () => void, signal: AbortSignal): void {
  let filled = false;
  const look = (): void => {
    const before = filled;
    filled = fills(element);
    if (before && !filled) left();
  };
  element.ownerDocument.addEventListener("fullscreenchange", look, { signal });
}
