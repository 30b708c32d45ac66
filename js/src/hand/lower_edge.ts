// The lower edge of a view: dragged, or moved by keys, it gives the view a height, in which the maps scroll.

import { html, set, show, style } from "../dom/dom.ts";
import type { Context } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { clamp } from "../values/viewport.ts";

/** What the kernel takes. */
const [LEAST, MOST] = [240, 10_000];
/** Pixels that a key moves the edge by. */
const STEPS: Record<string, number> = { ArrowUp: -20, ArrowDown: 20, PageUp: -100, PageDown: 100 };

export class LowerEdge {
  readonly element = html("div", {
    class: "hb-edge",
    role: "separator",
    tabindex: 0,
    title: "Drag: height of the view (double-click: as high as its content)",
    "aria-label": "Height of the view",
    "aria-orientation": "horizontal",
    "aria-valuemin": LEAST,
    "aria-valuemax": MOST,
  });
  readonly #context: Context;
  /** While it is dragged: the height when the drag began, less the place of the pointer then, and the height before. */
  #drag: { offset: number; before: number | null } | null = null;

  constructor(context: Context) {
    this.#context = context;
    const { element } = this;
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", () => this.#drop());
    element.addEventListener("pointercancel", () => this.#leave());
    element.addEventListener("keydown", (event) => this.#key(event));
    element.addEventListener("dblclick", () => this.#give(null));
  }

  update(changed: Changes, { state }: Scene): void {
    // a matrix of a chart has the room that the chart gives it
    show(this.element, !state.bare);
    if (!changed.has("height")) return;
    const { root } = this.#context;
    set(root, "data-sized", state.height !== null);
    style(root, "height", state.height === null ? "" : `${state.height}px`);
    this.say();
  }

  /** Tell how high the view is; it grows with its content where it has no height of its own. */
  say(): void {
    const now = this.#height;
    set(this.element, "aria-valuenow", String(now));
    const own = this.#context.scene().state.height === null ? "as high as its content, " : "";
    set(this.element, "aria-valuetext", `${own}${now} pixels`);
  }

  get #height(): number {
    return Math.round(this.#context.root.getBoundingClientRect().height);
  }

  #give(height: number | null): void {
    this.#context.session.setHeight(height && clamp(height, LEAST, MOST), true);
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.element.setPointerCapture(event.pointerId);
    this.#drag = { offset: this.#height - event.clientY, before: this.#context.scene().state.height };
  }

  #move(event: PointerEvent): void {
    if (!this.#drag) return;
    const height = clamp(Math.round(this.#drag.offset + event.clientY), LEAST, MOST);
    this.#context.session.setHeight(height, false);
  }

  #drop(): void {
    const before = this.#drag?.before;
    this.#drag = null;
    const { height } = this.#context.scene().state;
    if (before !== undefined && height !== before) this.#give(height);
  }

  /** Let go: true where it was dragged. */
  #leave(): boolean {
    if (!this.#drag) return false;
    const { before } = this.#drag;
    this.#drag = null;
    this.#context.session.setHeight(before, false);
    return true;
  }

  #key(event: KeyboardEvent): void {
    const { key, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey) return;
    const step = STEPS[key];
    if (step !== undefined) this.#give(this.#height + step);
    else if (key === "Enter") this.#give(null);
    else if (key !== "Escape" || !this.#leave()) return;
    event.preventDefault();
    event.stopPropagation();
  }
}
