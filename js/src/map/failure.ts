// What stands in the place of a map that could not be computed: what happened, why, and what would work.

import { html, place, set, show, text } from "../dom/dom.ts";
import type { Failure } from "../protocol.ts";
import { type Context, whyNot } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { BRACKET, panelWidth } from "../values/layout.ts";
import { words } from "../values/writing.ts";

/** A map of fewer pixels across holds a word and a button, not a sentence. */
const SMALL = 200;

export class FailureMessage {
  readonly element = html("div", { class: "hb-failure", hidden: true });
  readonly #context: Context;
  #told: Failure | null = null;
  #below = 0;

  constructor(context: Context) {
    this.#context = context;
  }

  /** Show it, or nothing for null; the pixels that it needs below the map. */
  update(failure: Failure | null, changed: Changes, scene: Scene, left: number): number {
    show(this.element, failure !== null);
    if (failure && (failure !== this.#told || changed.any("layout", "connection", "methods"))) {
      this.#tell(failure, scene);
      this.#below = this.#place(scene, left);
    }
    this.#told = failure;
    return failure ? this.#below : 0;
  }

  /** Over the map, and where that is too low for the message, over the profile above it and as far below as it takes. */
  #place({ layout }: Scene, left: number): number {
    const above = layout.columnProfile + BRACKET;
    const width = layout.mapWidth < SMALL ? panelWidth(layout) : layout.mapWidth;
    place(this.element, left, above, width, layout.mapHeight);
    const more = this.element.scrollHeight - layout.mapHeight;
    if (more <= 0) return 0;
    place(this.element, left, 0, width, layout.mapHeight + Math.max(above, more));
    return Math.max(0, more - above);
  }

  #tell(failure: Failure, scene: Scene): void {
    const { session } = this.#context;
    const small = scene.layout.mapWidth < SMALL;
    set(this.element, "data-small", small);
    set(this.element, "title", small ? `${failure.title}. ${failure.sentence}` : null);
    const actions = html("div");
    for (const method of !whyNot(scene) && !small ? failure.instead.slice(0, 2) : []) {
      const button = html("button", { type: "button" }, `Use ${words(method)} instead`);
      button.addEventListener("click", () => session.run(method, {}, null, null));
      actions.append(button);
    }
    const sentence = html("p");
    text(sentence, small ? "" : failure.sentence);
    if (small) {
      const why = html("button", { type: "button" }, "Why?");
      why.addEventListener("click", () => session.notify(failure.sentence));
      actions.append(why);
    }
    this.element.replaceChildren(html("strong", {}, small ? "failed" : failure.title), sentence, actions);
  }
}
