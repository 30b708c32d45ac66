// Which sample is shown, with the way to the one before and after it, and which of its channels.

import { html, off, options, picker, set, show, text } from "../dom/dom.ts";
import { icon } from "../dom/icons.ts";
import { type Context, disconnected } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";

export class Stepper {
  readonly label = html("span", { class: "hb-label" });
  readonly row = html("div", { class: "hb-value" });
  readonly #context: Context;
  readonly #stepper = html("span", { class: "hb-stepper" });
  readonly #number = html("b");
  readonly #count = html("span");
  readonly #previous = html(
    "button",
    { type: "button", class: "hb-step", "aria-label": "Previous sample" },
    icon("previous"),
  );
  readonly #next = html("button", { type: "button", class: "hb-step", "aria-label": "Next sample" }, icon("next"));
  readonly #channel = picker("Channels");
  /** The sample asked for and not here yet, so that quick presses count. */
  #pending: number | null = null;

  constructor(context: Context) {
    this.#context = context;
    const of = html("span", { class: "hb-of" }, this.#number, this.#count);
    this.#stepper.append(this.#previous, of, this.#next);
    this.row.append(this.#stepper, this.#channel.box);
    this.#previous.addEventListener("click", () => this.step(-1));
    this.#next.addEventListener("click", () => this.step(1));
    this.#channel.select.addEventListener("change", () => {
      const { value } = this.#channel.select;
      context.session.setOptions({ channel: value === "" ? null : Number(value) });
    });
  }

  step(by: number): void {
    const scene = this.#context.scene();
    const { index, count } = scene.state.sample;
    const wanted = Math.max(0, Math.min(count - 1, (this.#pending ?? index) + by));
    if (fixed(scene) || wanted === (this.#pending ?? index)) return;
    this.#pending = wanted;
    this.#context.session.show({ sample: wanted });
    this.#say(scene);
  }

  /** `over` is whether what was refused, or cannot be asked any more, is not waited for. */
  update(changed: Changes, scene: Scene, over: boolean): void {
    if (over || changed.has("sample")) this.#pending = null;
    if (!changed.any("sample", "connection", "options", "notice")) return;
    const { sample } = scene.state;
    const channels = sample.matrix.shape[2] ?? 1;
    const several = sample.count > 1;
    const named = several || Boolean(sample.name);
    for (const part of [this.label, this.row]) show(part, named || channels > 1);
    show(this.#stepper, named);
    for (const button of [this.#previous, this.#next]) show(button, several);
    show(this.#channel.box, channels > 1);
    text(this.label, named ? "Sample" : "Channels");
    this.#say(scene);
    this.#channels(scene, channels);
  }

  #say(scene: Scene): void {
    const { sample } = scene.state;
    const index = this.#pending ?? sample.index;
    const why = fixed(scene);
    // what is asked for is named when it is here
    const name = index === sample.index ? (sample.name ?? "") : "";
    const of = sample.count > 1 ? ` of ${sample.count}` : "";
    text(this.#number, name || String(index));
    text(this.#count, name && of ? ` ${index}${of}` : of);
    set(this.#stepper, "title", `${name && `${name}: `}X[${index}], counted from 0`);
    off(this.#previous, why !== "" || index <= 0);
    off(this.#next, why !== "" || index >= sample.count - 1);
    set(this.#previous, "title", why || "Previous sample ( [ )");
    set(this.#next, "title", why || "Next sample ( ] )");
  }

  #channels({ state }: Scene, channels: number): void {
    const each = Array.from({ length: channels }, (_, channel) => ({
      value: String(channel),
      label: `channel ${channel}`,
    }));
    const { channel } = state.options;
    const sum = { value: "", label: `sum of ${channels} channels` };
    options(this.#channel.select, [sum, ...each], channel === null ? "" : String(channel));
  }
}

/** Why no other sample can be shown; empty where one can. */
function fixed(scene: Scene): string {
  const { connection, sample } = scene.state;
  return connection === "saved" && sample.others ? "" : disconnected(scene);
}
