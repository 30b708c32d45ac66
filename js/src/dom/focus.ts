// Where the focus goes when what held it is taken away or hidden: to its neighbour, never out of the view.

const STOPS = "button, select, input, .heatbrush-panel";

/** Change the view; a reader who uses keys stays in it, or the next key would be the notebook's. */
export function keepingFocus(root: HTMLElement, change: () => void): void {
  const { activeElement } = root.getRootNode() as Document | ShadowRoot;
  if (!activeElement || activeElement === root || !root.contains(activeElement)) return change();
  const stops = [...root.querySelectorAll<HTMLElement>(STOPS)];
  const index = stops.indexOf(activeElement as HTMLElement);
  change();
  if (index < 0 || usable(stops[index]!)) return;
  const neighbours = [...stops.slice(index + 1), ...stops.slice(0, index).reverse()];
  neighbours.find(usable)?.focus({ preventScroll: true });
}

function usable(element: HTMLElement): boolean {
  return element.isConnected && !element.matches(":disabled") && element.getClientRects().length > 0;
}
