// The button that lets a panel take the place of all, and back.

import { html, set, show } from "../dom/dom.ts";
import { icon } from "../dom/icons.ts";
import type { Context } from "../scene/context.ts";
import { enlargedOf } from "../scene/enlarged.ts";
import type { Scene } from "../scene/scene.ts";
import { words } from "../values/writing.ts";

export class EnlargeButton {
  readonly element = html("button", { type: "button", class: "hb-more hb-enlarge" });
  readonly #icons = { enlarge: icon("enlarge"), back: icon("back") };

  constructor(
    readonly name: string,
    context: Context,
  ) {
    this.element.append(...Object.values(this.#icons));
    this.element.addEventListener("click", () => {
      const large = enlargedOf(context.scene().state) === name;
      context.enlarge(large ? null : name);
    });
  }

  update({ state }: Scene): void {
    const large = enlargedOf(state) === this.name;
    // a matrix of a chart stands alone
    show(this.element, !state.bare);
    show(this.#icons.enlarge, !large);
    show(this.#icons.back, large);
    set(this.element, "aria-label", large ? "Back" : "Enlarge");
    const title = large ? "Back to all panels (Esc)" : `Enlarge ${words(this.name)}: it takes the place of all panels`;
    set(this.element, "title", title);
  }
}
