// The switch in the title of the input, and of the output: the whole matrix, without the selection, or with only it.

import { html, set, show } from "../dom/dom.ts";
import type { Context } from "../scene/context.ts";
import { OUTPUTS, outputSeen } from "../scene/output/output.ts";
import { outputWhy, showOutput } from "../scene/output/said.ts";
import { canHide, type Scene, seenOf } from "../scene/scene.ts";
import { SEEN } from "../scene/sentences.ts";
import { type Layout, panelWidth } from "../values/layout.ts";

interface Choice<T> {
  value: T;
  label: string;
  title: string;
}

/** What a switch chooses, and when. */
interface About<T> {
  name: string;
  choices: readonly Choice<T>[];
  /** A narrower title has no room for it; the panel menu has it then. */
  least: number;
  now(scene: Scene): T;
  may(scene: Scene): boolean;
  choose(value: T): void;
}

export class SeenSwitch<T extends string> {
  readonly element: HTMLElement;
  readonly #buttons = new Map<T, HTMLButtonElement>();

  constructor(private readonly about: About<T>) {
    this.element = html("span", { class: "hb-seen", role: "group", "aria-label": about.name });
    for (const { value, label, title } of about.choices) {
      const button = html("button", { type: "button", title }, html("span", { "data-word": label }, label));
      button.addEventListener("click", () => about.choose(value));
      this.#buttons.set(value, button);
      this.element.append(button);
    }
  }

  update(scene: Scene): void {
    show(this.element, this.isInTitle(scene));
    const seen = this.about.now(scene);
    for (const [value, button] of this.#buttons) set(button, "aria-pressed", String(value === seen));
  }

  isInTitle(scene: Scene): boolean {
    return this.about.may(scene) && hasRoom(scene.layout, this.about.least);
  }

  /** What is shown, where that is not the whole; null where it is. */
  label(scene: Scene): string | null {
    const { choices, now } = this.about;
    const at = choices.findIndex(({ value }) => value === now(scene));
    return at > 0 ? choices[at]!.label : null;
  }
}

export function inputSwitch(context: Context): SeenSwitch<string> {
  return new SeenSwitch({
    name: "What the input shows",
    choices: SEEN,
    least: 420,
    now: seenOf,
    may: canHide,
    choose: (input) => context.session.setOptions({ input }),
  }) as SeenSwitch<string>;
}

export function outputSwitch(context: Context): SeenSwitch<string> {
  return new SeenSwitch({
    name: "What the output shows",
    choices: OUTPUTS,
    least: 520,
    now: ({ state }) => outputSeen(state) as (typeof OUTPUTS)[number]["value"],
    may: (scene) => outputWhy(scene) === "",
    choose: (output) => showOutput(context, output),
  }) as SeenSwitch<string>;
}

function hasRoom(layout: Layout, least: number): boolean {
  return !layout.slim && panelWidth(layout) >= least;
}
