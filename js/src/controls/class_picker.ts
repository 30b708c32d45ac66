// A class among the others: from a select where they are few, from a list to be typed in where they are many.

import { html, off, options, picker, set, show, text } from "../dom/dom.ts";
import { openFinder } from "../menus/finding/finder.ts";
import type { Context } from "../scene/context.ts";
import { kindOf } from "../values/things/kinds.ts";
import { figure, probability } from "../values/writing.ts";

/** A select of more is walked through for too long. */
const FEW = 20;

export interface ClassOption {
  /** The class as a number, or "" for none. */
  value: string;
  label: string;
}

export class ClassPicker {
  readonly box: HTMLElement;
  readonly select: HTMLSelectElement;
  readonly #button: HTMLButtonElement;
  readonly #word = html("span");
  #entries: ClassOption[] = [];
  #chosen = "";
  #why = "";

  constructor(
    readonly context: Context,
    readonly name: string,
    readonly choose: (value: string) => void,
  ) {
    const { box, select } = picker(name);
    const opens = {
      type: "button",
      class: "hb-class-picker",
      "aria-haspopup": "dialog",
      "aria-expanded": "false",
    } as const;
    this.#button = html("button", opens, this.#word);
    this.box = box;
    this.select = select;
    box.append(this.#button);
    select.addEventListener("change", () => choose(select.value));
    this.#button.addEventListener("click", () => context.popover.toggle(this.#button, () => this.#open()));
  }

  /** `why` says why nothing can be chosen; empty where it can. */
  update(entries: ClassOption[], chosen: string, why: string): void {
    [this.#entries, this.#chosen, this.#why] = [entries, chosen, why];
    const many = entries.length > FEW;
    show(this.select, !many);
    show(this.#button, many);
    const label = entries.find(({ value }) => value === chosen)?.label ?? "";
    set(this.select, "disabled", why !== "" || entries.length < 2);
    set(this.select, "title", why || label || null);
    if (!many) return options(this.select, entries, chosen);
    text(this.#word, label);
    set(this.#button, "aria-label", `${this.name}: ${label}`);
    set(this.#button, "title", why || `${label}. Find another by typing`);
    off(this.#button, why !== "");
  }

  #open(): void {
    if (this.#why) return this.context.session.notify(this.#why);
    const { scores } = this.context.scene().state;
    const write = (line: number): string =>
      (kindOf(scores, line) === "probabilities" ? probability : figure)(scores.all[line]);
    openFinder(this.context, this.#button, "left", {
      title: this.name,
      one: "class",
      names: this.#entries.map(({ label }) => label),
      chosen: this.#entries.findIndex(({ value }) => value === this.#chosen),
      aside: (place) => {
        const { value } = this.#entries[place]!;
        return value === "" ? "" : write(Number(value));
      },
      foot: "Enter chooses",
      choose: (place) => this.choose(this.#entries[place]!.value),
      adds: false,
    });
  }
}
