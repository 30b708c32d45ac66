// Letters pressed while the pointer moves over a map mean the map, though the notebook around it has the focus.

import type { Panel } from "../map/panel.ts";
import type { Context } from "../scene/context.ts";
import { type Command, command } from "../values/keys.ts";

/** What a notebook would do with such a key can cost the cell; moving about and choosing stay the notebook's. */
const TAKEN: readonly Command["do"][] = ["mode", "profiles", "evidence", "reset", "zoom", "sample"];
const WRITES = "input, textarea, select, [contenteditable]:not([contenteditable='false'])";

export class HoverKeys {
  #over: Panel | null = null;

  constructor(
    readonly context: Context,
    readonly take: (event: KeyboardEvent, panel: Panel) => void,
  ) {
    const { signal } = context;
    window.addEventListener("keydown", (event) => this.#down(event), { signal, capture: true });
  }

  attach(panel: Panel): void {
    const { signal } = this.context;
    const moved = ({ movementX, movementY }: PointerEvent): void => {
      // a page that scrolls under a pointer at rest is not pointed at
      if (movementX || movementY) this.#over = panel;
    };
    panel.element.addEventListener("pointermove", moved, { signal });
    panel.element.addEventListener("pointerleave", () => this.#leave(), { signal });
  }

  #leave(): void {
    this.#over = null;
  }

  #down(event: KeyboardEvent): void {
    const panel = this.#over;
    if (!panel || event.defaultPrevented) return;
    const held = focused(panel.element.ownerDocument);
    if (held && (this.context.root.contains(held) || held.matches(WRITES))) return;
    const { key, ctrlKey: ctrl, shiftKey: shift, altKey: alt, metaKey: meta } = event;
    const what = ctrl || meta ? null : command({ key, ctrl, shift, alt, meta });
    // another key is the notebook's, and so is what follows it
    if (!what || !TAKEN.includes(what.do)) return this.#leave();
    panel.element.focus({ preventScroll: true });
    event.stopImmediatePropagation();
    this.take(event, panel);
  }
}

/** What has the focus, also inside shadow roots. */
function focused(page: Document): Element | null {
  let at = page.activeElement;
  while (at?.shadowRoot?.activeElement) at = at.shadowRoot.activeElement;
  return at;
}
