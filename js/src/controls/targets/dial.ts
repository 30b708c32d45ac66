// The dial: the same target at the layer before and after, or at each step of a sequence.

import { html, off, set, show, text } from "../../dom/dom.ts";
import { icon } from "../../dom/icons.ts";
import { type Context, whyNot } from "../../scene/context.ts";
import type { Changes, Scene } from "../../scene/scene.ts";
import { clamp } from "../../values/viewport.ts";

export class DialRow {
  readonly label = html("span", { class: "hb-label" });
  readonly row = html("div", { class: "hb-value" });
  readonly #context: Context;
  readonly #previous = html("button", { type: "button", class: "hb-step" }, icon("previous"));
  readonly #next = html("button", { type: "button", class: "hb-step" }, icon("next"));
  readonly #name = html("b", { role: "status" });
  readonly #count = html("span");
  /** Steps have no names to look for, so that they are slid through. */
  readonly #slider = html("input", { type: "range", min: 0, step: 1, "aria-label": "Step" });
  /** The place that was asked for and is not here yet, so that quick presses count. */
  #asked: number | null = null;

  constructor(context: Context) {
    this.#context = context;
    const said = html("span", { class: "hb-dial" }, this.#name, this.#count);
    const stepper = html("span", { class: "hb-stepper" }, this.#previous, said, this.#next);
    this.row.append(stepper, this.#slider);
    this.#previous.addEventListener("click", () => this.step(-1));
    this.#next.addEventListener("click", () => this.step(1));
    this.#slider.addEventListener("change", () => this.#turn(Number(this.#slider.value)));
  }

  /** Go so many layers, or steps, on. */
  step(by: number): void {
    const { dial } = this.#context.scene().state.target;
    if (!dial) return;
    this.#turn(clamp((this.#asked ?? dial.at) + by, 0, dial.count - 1));
  }

  #turn(to: number): void {
    const { session } = this.#context;
    const scene = this.#context.scene();
    const why = whyNot(scene);
    if (why) return session.notify(why);
    if (to === (this.#asked ?? scene.state.target.dial?.at)) return;
    if (session.turn(to)) this.#asked = to;
  }

  update(changed: Changes, scene: Scene): void {
    if (changed.has("target") || !scene.state.asked.target) this.#asked = null;
    if (!changed.any("target", "asked", "connection", "scores")) return;
    const { dial } = scene.state.target;
    for (const part of [this.label, this.row]) show(part, dial !== undefined);
    if (!dial) return;
    const { what, name, at, count } = dial;
    const why = whyNot(scene);
    text(this.label, what === "layer" ? "Layer" : "Step");
    text(this.#name, what === "layer" ? name : String(at));
    text(this.#count, what === "layer" ? `, ${at + 1} of ${count}` : ` of ${count}`);
    for (const [button, end, word, key] of [
      [this.#previous, at <= 0, "Previous", ","],
      [this.#next, at >= count - 1, "Next", "."],
    ] as const) {
      off(button, why !== "" || end);
      set(button, "aria-label", `${word} ${what}`);
      set(button, "title", why || `${word} ${what}: the same target ( ${key} )`);
    }
    show(this.#slider, what === "step");
    set(this.#slider, "max", count - 1);
    set(this.#slider, "disabled", why !== "");
    set(this.#slider, "title", why || null);
    set(this.#slider, "aria-valuetext", `step ${at} of ${count}, counted from 0`);
    this.#slider.value = String(at);
  }
}
