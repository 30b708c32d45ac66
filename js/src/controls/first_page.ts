// Before the first map: the methods by family, with the question each answers, the impossible ones with their reason.

import { html, show } from "../dom/dom.ts";
import type { MethodState } from "../protocol.ts";
import { type Context, whyNot } from "../scene/context.ts";
import { groups, heading, said } from "../scene/families.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { words } from "../values/writing.ts";

export class FirstPage {
  readonly element = html("div", { class: "hb-empty", hidden: true });
  readonly #list = html("div");

  constructor(readonly context: Context) {
    this.element.append(
      html("h4", {}, "No maps yet"),
      html("p", {}, "Pick a question; each answer becomes a map under the input."),
      this.#list,
    );
  }

  update(changed: Changes, scene: Scene): void {
    const { state } = scene;
    const empty = !state.bare && !state.panels.length && !Object.keys(state.jobs).length;
    show(this.element, empty);
    if (!empty || !changed.any("panels", "jobs", "families", "methods", "connection", "layout")) return;
    const why = whyNot(scene);
    const list = (methods: MethodState[]): HTMLElement =>
      html("ul", {}, ...methods.map((method) => this.#entry(method, why)));
    this.#list.replaceChildren(...groups(state).flatMap((group) => [heading(group), list(group.methods)]));
  }

  #entry(method: MethodState, why: string): HTMLElement {
    const button = html(
      "button",
      { type: "button", disabled: method.reason !== "" || why !== "", title: why || null },
      words(method.name),
    );
    button.addEventListener("click", () => this.context.session.run(method.name, {}, null, null));
    return html("li", {}, button, said(method));
  }
}
