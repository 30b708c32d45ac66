// The buttons beside the target: another one among outputs, layers and things, and away with the line that is explained.

import { html, off, set, show } from "../../dom/dom.ts";
import { icon } from "../../dom/icons.ts";
import { openFinder } from "../../menus/finding/finder.ts";
import { openFields } from "../../menus/form.ts";
import { type Context, whyNot } from "../../scene/context.ts";
import type { Changes, Scene } from "../../scene/scene.ts";
import { inPlay } from "../../values/parameters.ts";
import { type Choice, choices, type Shown } from "../../values/targets/offer.ts";

const ADDS = "Another target: an output, a layer, a thing";

export class OtherTarget {
  readonly element = html("span", { class: "hb-stepper hb-others" });
  readonly #context: Context;
  readonly #add = button("plus", ADDS, "hb-other");
  readonly #remove = button("remove", "Take this target's line away", "hb-away");
  /** The list is opened once the kernel has told what there is. */
  #asked = false;

  constructor(context: Context) {
    this.#context = context;
    for (const [name, value] of [
      ["aria-haspopup", "dialog"],
      ["aria-expanded", "false"],
    ] as const)
      set(this.#add, name, value);
    this.element.append(this.#add, this.#remove);
    this.#add.addEventListener("click", () => this.#ask());
    this.#remove.addEventListener("click", () => {
      const { target } = context.scene().state;
      context.session.removeLine(target.a);
    });
  }

  update(changed: Changes, scene: Scene): void {
    if (changed.any("target", "classes", "scores", "connection")) this.#say(scene);
    if (changed.has("notice") && scene.state.notice) this.#asked = false; // it was refused
    if (changed.has("offered") && this.#asked) this.#open(scene);
  }

  #say(scene: Scene): void {
    const { target, classes } = scene.state;
    const why = whyNot(scene);
    off(this.#add, why !== "");
    set(this.#add, "title", why || ADDS);
    show(this.#remove, (target.added ?? 0) > 0 && target.b === null && target.a >= classes.length - target.added!);
    off(this.#remove, why !== "");
    set(this.#remove, "title", why || `Take the line “${classes[target.a]}” away`);
  }

  #ask(): void {
    const { popover, session } = this.#context;
    const why = whyNot(this.#context.scene());
    if (why) return session.notify(why);
    if (popover.opener === this.#add) return popover.close();
    this.#asked = session.offer();
  }

  #open(scene: Scene): void {
    const { offered } = scene.state;
    this.#asked = false;
    if (!offered) return;
    if (offered.missing) return this.#context.session.notify(offered.missing);
    const all = choices(offered, shownIn(scene));
    openFinder(this.#context, this.#add, "left", {
      title: "Another target",
      one: "target",
      names: all.map(({ name }) => name),
      chosen: -1,
      aside: (place) => all[place]!.aside,
      foot: "Enter chooses",
      choose: (place) => this.#choose(all[place]!),
      adds: false,
    });
  }

  /** Ask for the numbers that a choice takes; where there are none, it is the target at once. */
  #choose(choice: Choice): void {
    const { session } = this.#context;
    const usual = Object.fromEntries(choice.fields.map((field) => [field.name, field.default]));
    let values: Record<string, unknown> = {};
    const go = (): void => {
      const all = { ...usual, ...values };
      const played = inPlay(choice.fields, all).map(({ name }) => [name, all[name]]);
      session.addTarget(choice.make(Object.fromEntries(played)));
    };
    if (!choice.fields.length) return go();
    openFields(this.#context, this.#add, {
      ...{ title: choice.name, about: choice.about, fields: choice.fields, given: values, more: [] },
      ...{ why: "", verb: "Explain", beside: false, edge: "left" },
      keep: (given) => {
        values = given;
      },
      go,
    });
  }
}

function button(name: "plus" | "remove", label: string, kind: string): HTMLButtonElement {
  return html("button", { type: "button", class: `hb-step ${kind}`, "aria-label": label }, icon(name));
}

/** What the view shows: the cell at the crosshair, or in the middle of what was selected last. */
function shownIn({ state, H, W }: Scene): Shown {
  const { sample, cursor, selection } = state;
  const band = selection.bands[selection.bands.length - 1];
  const middle = ([from, to]: [number, number | null], whole: number): number =>
    Math.max(0, Math.floor((from + (to ?? whole) - 1) / 2));
  return {
    sample: sample.index,
    samples: sample.count,
    row: cursor?.row ?? middle(band?.rows ?? [0, H], H),
    column: cursor?.column ?? middle(band?.columns ?? [0, W], W),
    rows: H,
    columns: W,
    things: sample.things?.length ?? 0,
  };
}
