// Before the first map: the methods, listed by the question each answers, the impossible ones with their reason.

import { whyNot, type Context } from "./context.ts";
import { html, show } from "./dom.ts";
import { words } from "./names.ts";
import type { MethodState } from "./protocol.ts";
import type { Changes, Scene } from "./scene.ts";

export class Empty {
  readonly element = html("div", { class: "hb-empty", hidden: true });
  readonly #list = html("ul");

  constructor(readonly context: Context) {
    this.element.append(
      html("h4", {}, "No maps yet"),
      html("p", {}, "Pick a question; each answer becomes a map under the input."),
      this.#list,
    );
  }

  update(changed: Changes, scene: Scene): void {
    const { state } = scene;
    const empty = !state.panels.length && !Object.keys(state.jobs).length;
    show(this.element, empty);
    if (!empty || !changed.any("panels", "jobs", "methods", "connection", "layout")) return;
    const why = whyNot(scene);
    this.#list.replaceChildren(...state.methods.map((method) => this.#entry(method, why)));
  }

  #entry(method: MethodState, why: string): HTMLElement {
    const impossible = method.reason !== "";
    const button = html(
      "button",
      { type: "button", disabled: impossible || why !== "", title: method.reason || why || null },
      words(method.name),
    );
    button.addEventListener("click", () => this.context.session.run(method.name, {}, null, null));
    return html("li", { "data-impossible": impossible }, button, html("span", {}, method.reason || method.question));
  }
}
