// Which sample is shown, with the way to the one before and after it, and which of its channels.

import { html, off, options, picker, set, show, text } from "../dom/dom.ts";
import { icon } from "../dom/icons.ts";
import { Finder } from "../menus/finding/sample_finder.ts";
import { type Context, disconnected } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { isPlain } from "../values/listing/catalogue.ts";
import { integer } from "../values/writing.ts";

const FINDS = "Find a sample, and order them.";

export class Stepper {
  readonly label = html("span", { class: "hb-label" });
  readonly row = html("div", { class: "hb-value" });
  readonly #context: Context;
  readonly #stepper = html("span", { class: "hb-stepper" });
  readonly #number = html("b");
  readonly #count = html("span");
  /** Says which sample is shown, and opens the list. */
  readonly #find: HTMLButtonElement;
  #finder: Finder | null = null;
  readonly #previous = html(
    "button",
    { type: "button", class: "hb-step", "aria-label": "Previous sample" },
    icon("previous"),
  );
  readonly #next = html("button", { type: "button", class: "hb-step", "aria-label": "Next sample" }, icon("next"));
  readonly #channel = picker("Channels");

  constructor(context: Context) {
    this.#context = context;
    const opens = { "aria-haspopup": "dialog", "aria-expanded": "false" };
    this.#find = html("button", { type: "button", class: "hb-of", ...opens }, this.#number, this.#count);
    this.#stepper.append(this.#previous, this.#find, this.#next);
    this.#find.addEventListener("click", () => context.popover.toggle(this.#find, () => this.#open()));
    this.row.append(this.#stepper, this.#channel.box);
    this.#previous.addEventListener("click", () => this.step(-1));
    this.#next.addEventListener("click", () => this.step(1));
    this.#channel.select.addEventListener("change", () => {
      const { value } = this.#channel.select;
      context.session.setOptions({ channel: value === "" ? null : Number(value) });
    });
  }

  #open(): void {
    const { popover, session } = this.#context;
    if (fixed(this.#context.scene())) return;
    const finder = new Finder(this.#context);
    popover.open(this.#find, finder.element, "left", () => {
      this.#finder = null;
      session.catalogue.leave();
    });
    this.#finder = finder;
    finder.opened();
  }

  /** Show the sample so many places on in the list. */
  step(by: number): void {
    const scene = this.#context.scene();
    const { listing, sample } = scene.state;
    if (fixed(scene)) return;
    if (!isPlain(listing.arranged)) return this.#walk(by);
    // from the sample that was asked for and is not here yet, so that quick presses count
    const from = scene.state.asked.sample ?? sample.index;
    const wanted = Math.max(0, Math.min(sample.count - 1, from + by));
    if (wanted !== from) this.#context.session.show({ sample: wanted });
  }

  /** Where the list is not by index, its order is known where it was made. */
  #walk(by: number): void {
    const { session } = this.#context;
    const there = session.catalogue.step(by);
    if (there !== null && there !== this.#context.scene().state.sample.index) session.show({ sample: there });
  }

  update(changed: Changes, scene: Scene): void {
    this.#finder?.update(changed, scene);
    if (!changed.any("sample", "asked", "connection", "options", "listing")) return;
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
    const { sample, listing, asked } = scene.state;
    const index = asked.sample ?? sample.index;
    const plain = isPlain(listing.arranged);
    // what is asked for is named when it is here
    const name = index === sample.index ? (sample.name ?? "") : "";
    text(this.#number, name || String(index));
    text(this.#count, of(scene, plain, name ? `, index ${index}` : ""));
    const why = fixed(scene);
    set(this.#find, "title", `${name && `${name}: `}X[${index}], counted from 0. ${why || FINDS}`);
    set(this.#find, "aria-label", `Find a sample: ${this.#find.textContent}`);
    off(this.#find, why !== "");
    this.#steps(scene, index, why, plain);
  }

  #steps(scene: Scene, index: number, why: string, plain: boolean): void {
    const { sample } = scene.state;
    const [first, last] = plain ? [index <= 0, index >= sample.count - 1] : ends(scene);
    off(this.#previous, why !== "" || first);
    off(this.#next, why !== "" || last);
    const where = plain ? "" : " of the list";
    set(this.#previous, "title", why || `Previous sample${where} ( [ )`);
    set(this.#next, "title", why || `Next sample${where} ( ] )`);
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

/** How many samples there are, behind the index where a name stands first; of another list, the place in it. */
function of({ state }: Scene, plain: boolean, index: string): string {
  const { sample, listing } = state;
  if (plain) return sample.count > 1 ? `${index} of ${sample.count}` : "";
  const count = integer(listing.count);
  return listing.at === null ? `, not in the list of ${count}` : `, ${integer(listing.at + 1)} of ${count} listed`;
}

/** Whether the shown sample is the first of the list, and the last. */
function ends({ state }: Scene): [boolean, boolean] {
  const { at, count } = state.listing;
  return at === null ? [count === 0, count === 0] : [at === 0, at === count - 1];
}
