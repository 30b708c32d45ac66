// Which keys the view keeps from the notebook around it: all that are pressed in it, but for the one that saves.

/** A notebook looks for this from the focused element upwards, and takes no shortcut from beyond it. */
export const HUSH = "data-lm-suppress-shortcuts";

/** Keep what is pressed inside the root from the page, but for Ctrl S, which saves the notebook, and function keys. */
export function shieldKeys(root: HTMLElement, signal: AbortSignal): void {
  // after the parts of the view have had it: pages that know no mark listen further out
  root.addEventListener(
    "keydown",
    (event) => {
      if (!saves(event) && !/^F\d/.test(event.key)) event.stopPropagation();
    },
    { signal },
  );
  window.addEventListener(
    "keydown",
    (event) => {
      const [target] = event.composedPath();
      if (saves(event) && target instanceof Element && root.contains(target)) unmarked(root, target);
    },
    { signal, capture: true },
  );
}

function saves({ key, ctrlKey, metaKey, altKey }: KeyboardEvent): boolean {
  return (ctrlKey || metaKey) && !altKey && key.toLowerCase() === "s";
}

/** Take the marks away while this event is on its way. */
function unmarked(root: HTMLElement, target: Element): void {
  const marked: Element[] = [];
  for (let at: Element | null = target; at && root.contains(at); at = at.parentElement)
    if (at.hasAttribute(HUSH)) marked.push(at);
  for (const element of marked) element.removeAttribute(HUSH);
  setTimeout(() => {
    for (const element of marked) element.setAttribute(HUSH, "true");
  });
}
