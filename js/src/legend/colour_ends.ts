// The ends of a colour bar under the hand: dragged, moved by keys, typed, and automatic again by a double-click.

import { html, set, show } from "../dom/dom.ts";
import { openLimits, setEnds } from "../menus/colours.ts";
import type { Context } from "../scene/context.ts";
import type { Scene } from "../scene/scene.ts";
import { endsSaid } from "../scene/sentences.ts";
import type { Shown } from "../scene/shown.ts";
import { type Drawing, withEnds } from "../values/drawing/options.ts";
import { endsOf } from "../values/drawing/scales.ts";
import { clamp } from "../values/viewport.ts";
import { words } from "../values/writing.ts";

/** A short bar is dragged as one of this many pixels, or a pixel would be too much. */
const SHORTEST = 60;
/** By how much of the scale a key moves an end. */
const STEPS: Record<string, number> = {
  ArrowUp: 0.05,
  ArrowRight: 0.05,
  ArrowDown: -0.05,
  ArrowLeft: -0.05,
  PageUp: 0.3,
  PageDown: -0.3,
};
/** What is left of a scale at the least, by one drag or key. */
const LEAST = 0.02;

/** An end of the bar: the lowest colour or the highest. */
type Side = 0 | 1;

interface Drag {
  side: Side;
  x: number;
  ends: [number, number];
  before: Drawing["by_hand"];
  moved: boolean;
}

export class ColourEnds {
  readonly element: HTMLElement;
  readonly #ends: [HTMLElement, HTMLElement];
  readonly #name: string;
  readonly #context: Context;
  #shown: Shown | null = null;
  #drag: Drag | null = null;

  constructor(name: string, context: Context) {
    [this.#name, this.#context] = [name, context];
    const end = (): HTMLElement => html("div", { role: "spinbutton", tabindex: 0, "aria-haspopup": "dialog" });
    this.#ends = [end(), end()];
    this.element = html("span", { class: "hb-ends-grip" }, ...this.#ends);
    const { element } = this;
    element.addEventListener("pointerdown", (event) => this.#press(event));
    element.addEventListener("pointermove", (event) => this.#move(event));
    element.addEventListener("pointerup", () => this.#drop());
    element.addEventListener("pointercancel", () => this.#leave());
    element.addEventListener("dblclick", () => setEnds(context, name, null));
    this.#ends.forEach((each, side) => {
      each.addEventListener("keydown", (event) => this.#key(event, side as Side));
    });
  }

  update(shown: Shown, { state }: Scene): void {
    this.#shown = shown;
    const { scale, key, byHand } = shown;
    show(this.element, key !== null);
    const said = endsSaid(shown, state.options);
    set(this.element, "title", `Colours ${said}. Drag an end, Enter types it, a double-click makes it automatic.`);
    set(this.element, "data-by-hand", byHand);
    const centred = scale.kind === "diverging";
    const whose = key === "" ? "all maps" : words(this.#name);
    const names = centred ? ["", "Colour limit"] : ["Lowest colour", "Highest colour"];
    endsOf(scale).forEach((at, side) => {
      const end = this.#ends[side]!;
      // a scale that is centred at 0 has one number
      show(end, names[side] !== "");
      set(end, "aria-label", `${names[side]} of ${whose}`);
      set(end, "aria-valuenow", String(at));
      set(end, "aria-valuetext", `Colours ${said}`);
    });
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0 || !this.#shown) return;
    event.preventDefault();
    event.stopPropagation();
    const { left, width } = this.element.getBoundingClientRect();
    const side = event.clientX < left + width / 2 ? 0 : 1;
    const { scale } = this.#shown;
    this.#ends[scale.kind === "diverging" ? 1 : side].focus({ preventScroll: true });
    this.element.setPointerCapture(event.pointerId);
    const { by_hand: before } = this.#context.scene().state.options;
    this.#drag = { side, x: event.clientX, ends: endsOf(scale), before, moved: false };
  }

  #move(event: PointerEvent): void {
    const drag = this.#drag;
    if (!drag || (!drag.moved && Math.abs(event.clientX - drag.x) < 2)) return;
    drag.moved = true;
    const width = Math.max(SHORTEST, this.element.getBoundingClientRect().width);
    this.#show(this.#moved(drag.ends, drag.side, (event.clientX - drag.x) / width));
  }

  /** The ends with one of them moved by a part of the scale. */
  #moved([low, high]: [number, number], side: Side, by: number): [number, number] {
    const size = high - low;
    if (this.#shown!.scale.kind === "diverging") {
      // both ends move, each by as much
      const limit = high * Math.max(LEAST, 1 + 2 * (side ? by : -by));
      return [-limit, limit];
    }
    return side ? [low, high + size * Math.max(LEAST - 1, by)] : [low + size * Math.min(1 - LEAST, by), high];
  }

  /** Draw with these ends; they are kept when the hand lets go. */
  #show(ends: [number, number]): void {
    const { key } = this.#shown!;
    const { session } = this.#context;
    if (key !== null) session.setOptions(withEnds(this.#context.scene().state.options, key, ends), false);
  }

  #drop(): void {
    const drag = this.#drag;
    this.#drag = null;
    const key = this.#shown?.key ?? null;
    if (!drag?.moved || key === null) return;
    const now = this.#context.scene().state.options.by_hand[key];
    if (now) setEnds(this.#context, this.#name, now);
  }

  /** Let go, and show the ends that there were: true where one was dragged. */
  #leave(): boolean {
    if (!this.#drag) return false;
    this.#context.session.setOptions({ by_hand: this.#drag.before }, false);
    this.#drag = null;
    return true;
  }

  #key(event: KeyboardEvent, side: Side): void {
    const { key, ctrlKey, altKey, metaKey } = event;
    if (ctrlKey || altKey || metaKey || !this.#shown) return;
    const step = STEPS[key];
    const end = this.#ends[side];
    const [low, high] = endsOf(this.#shown.scale);
    if (step !== undefined) {
      const half = this.#shown.scale.kind === "diverging" ? 0.5 : 1;
      setEnds(this.#context, this.#name, this.#moved([low, high], side, clamp(half * step, -1, 1)));
    } else if (key === "Enter" || key === " ") openLimits(this.#context, end, this.#name);
    else if (/^[\d.\u2212-]$/.test(key)) openLimits(this.#context, end, this.#name, key);
    else if (key === "Delete" || key === "Backspace") setEnds(this.#context, this.#name, null);
    else if (key !== "Escape" || !this.#leave()) return;
    event.preventDefault();
    event.stopPropagation();
  }
}
