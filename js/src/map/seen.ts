// The switch in the title of the input: the matrix as it is, as the model gets it without the selection, or with only it.

import { html, set, show } from "../dom/dom.ts";
import type { Context } from "../scene/context.ts";
import { canHide, type Scene, seenOf } from "../scene/scene.ts";
import { SEEN } from "../scene/sentences.ts";
import type { Seen } from "../values/hiding.ts";
import { type Layout, panelWidth } from "../values/layout.ts";

/** A narrower title has no room for the switch; the panel menu has it then. */
const LEAST = 420;

export class SeenSwitch {
  readonly element = html("span", { class: "hb-seen", role: "group", "aria-label": "What the input shows" });
  readonly #buttons = new Map<Seen, HTMLButtonElement>();

  constructor(context: Context) {
    for (const { value, label, title } of SEEN) {
      const button = html("button", { type: "button", title }, html("span", { "data-word": label }, label));
      button.addEventListener("click", () => context.session.setOptions({ input: value }));
      this.#buttons.set(value, button);
      this.element.append(button);
    }
  }

  update(scene: Scene): void {
    show(this.element, isInTitle(scene));
    const seen = seenOf(scene);
    for (const [value, button] of this.#buttons) set(button, "aria-pressed", String(value === seen));
  }
}

export function isInTitle(scene: Scene): boolean {
  return canHide(scene) && hasRoom(scene.layout);
}

function hasRoom(layout: Layout): boolean {
  return !layout.slim && panelWidth(layout) >= LEAST;
}
