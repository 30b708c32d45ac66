// The question, left in the head: which sample, which target, which selection; the answer stands right of it.

import { html, set, show } from "../dom/dom.ts";
import { icon } from "../dom/icons.ts";
import { type Context, whyNot } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { awaits } from "../session/store.ts";
import { BROAD } from "../values/layout.ts";
import { describeBand } from "../values/regions.ts";
import { kindOf } from "../values/things/kinds.ts";
import { integer } from "../values/writing.ts";
import { ClassPicker } from "./class_picker.ts";
import { HeldList } from "./held.ts";
import { HiddenLine } from "./hidden.ts";
import { Scores } from "./scores.ts";
import { Stepper } from "./stepper.ts";

/** Bands that the tip of "+12 more" names: a selection of single cells has hundreds. */
const LISTED = 20;

export class Head {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #scores: Scores;
  readonly #held = new HeldList();
  readonly #hidden: HiddenLine;
  readonly #question = html("div", { class: "hb-question" });
  readonly #stepper: Stepper;
  readonly #targetLabel = html("span", { class: "hb-label" }, "Target");
  readonly #targetRow = html("div", { class: "hb-value" });
  readonly #target: ClassPicker;
  readonly #rival: ClassPicker;
  readonly #truth = html("span", { class: "hb-aside" });
  readonly #chips = html("div", { class: "hb-chips", role: "group", "aria-label": "Selected bands" });
  readonly #hint = html("span", { class: "hb-hint" }, "nothing yet: drag on any map or axis");

  constructor(context: Context) {
    this.#context = context;
    this.#target = new ClassPicker(context, "Target class", (value) => {
      const a = Number(value);
      const { b } = context.scene().state.target;
      context.session.show({ a, b: b === a ? null : b });
    });
    this.#rival = new ClassPicker(context, "Rather than", (value) =>
      context.session.show({ a: context.scene().state.target.a, b: value === "" ? null : Number(value) }),
    );
    this.#stepper = new Stepper(context);
    this.#targetRow.append(this.#target.box, this.#rival.box, this.#truth);
    const selection = html("div", { class: "hb-value" }, this.#chips, this.#hint);
    this.#question.append(
      this.#stepper.label,
      this.#stepper.row,
      this.#targetLabel,
      this.#targetRow,
      html("span", { class: "hb-label" }, "Selection"),
      selection,
    );
    this.#scores = new Scores(context);
    this.#hidden = new HiddenLine(context);
    const answer = html("div", { class: "hb-answers" }, this.#scores.element, this.#held.element, this.#hidden.element);
    this.element = html("div", { class: "hb-head" }, this.#question, answer, this.#hidden.warnings);
  }

  /** Let a picture be taken, in which nothing scrolls. */
  pictured<T>(take: () => T): T {
    return this.#scores.pictured(take);
  }

  step(by: number): void {
    this.#stepper.step(by);
  }

  update(changed: Changes, scene: Scene): void {
    this.#stepper.update(changed, scene);
    if (changed.any("target", "asked", "classes", "scores", "sample", "connection", "notice")) this.#targets(scene);
    if (changed.any("marks", "axes", "layout")) this.#bands(scene);
    this.#scores.update(changed, scene);
    this.#held.update(changed, scene);
    this.#hidden.update(changed, scene);
  }

  #targets(scene: Scene): void {
    const { classes, sample, scores, asked } = scene.state;
    const target = asked.target ?? scene.state.target;
    const why = whyNot(scene);
    const each = classes.map((name, index) => ({ value: String(index), label: name }));
    const others = each.filter((option) => option.value !== String(target.a));
    const rivals = others.map(({ value, label }) => ({ value, label: `rather than ${label}` }));
    this.#target.update(each, String(target.a), why);
    const rival = target.b === null ? "" : String(target.b);
    this.#rival.update([{ value: "", label: "on its own" }, ...rivals], rival, why);
    // each ready map has a target of its own; without a model, or what is kept of one, there is none to choose
    const aimed = !scores.missing || scores.all.length > 0;
    show(this.#targetLabel, aimed);
    show(this.#targetRow, aimed);
    show(this.#rival.box, classes.length > 1);
    // of a sample or target that is not here yet nothing is said; of one beside classes, and of a map, nothing is predicted
    const alone = target.a >= (scores.rivals ?? classes.length);
    const known = !awaits(scene.state) && !alone;
    const aside = known ? asideOf(target.a, scores.predicted, sample.truth, kindOf(scores, target.a) === "values") : [];
    const bold = (index: number): HTMLElement => html("b", {}, classes[index] ?? String(index));
    this.#truth.replaceChildren(...aside.map((part) => (typeof part === "number" ? bold(part) : part)));
    set(this.#truth, "title", this.#truth.textContent);
  }

  #bands(scene: Scene): void {
    const { marks, state, layout } = scene;
    const { bands } = marks.selection;
    const room = layout.width >= BROAD ? 2 : 1;
    show(this.#hint, !bands.length);
    show(this.#chips, bands.length > 0);
    const chips = bands.slice(0, room).map((band, index) => this.#chip(describeBand(band, state.axes), band.op, index));
    const rest = bands.slice(room);
    const listed = rest.slice(0, LISTED).map((band) => describeBand(band, state.axes));
    if (rest.length > LISTED) listed.push(`and ${integer(rest.length - LISTED)} more`);
    const more = html("span", { class: "hb-chip-rest", title: listed.join("\n") }, `+${integer(rest.length)} more`);
    reconcile(this.#chips, rest.length ? [...chips, more] : chips);
  }

  #chip(name: string, op: string, index: number): HTMLElement {
    const button = html("button", { type: "button", "aria-label": `Remove ${name}`, title: "Remove" }, icon("remove"));
    button.addEventListener("click", () => {
      const { bands } = this.#context.scene().state.selection;
      this.#context.session.setSelection({ bands: bands.filter((_, at) => at !== index) }, { commit: true });
    });
    return html("span", { class: "hb-chip", "data-op": op, title: name }, html("span", {}, name), button);
  }
}

/** Keep the chips that say the same, so that a dragging brush only rewrites the one that moves. */
function reconcile(parent: HTMLElement, wanted: HTMLElement[]): void {
  const old = [...parent.children];
  wanted.forEach((element, index) => {
    if (!old[index]) parent.append(element);
    else if (!old[index]!.isEqualNode(element)) parent.replaceChild(element, old[index]!);
  });
  for (const element of old.slice(wanted.length)) element.remove();
}

/** What the model says and what is true, where that is not the target already; a number is a class. */
function asideOf(target: number, predicted: number, truth: number | null, values: boolean): (string | number)[] {
  if (values) return truth === null ? [] : ["truth: ", truth];
  if (target === predicted) {
    if (truth === null) return ["predicted"];
    return truth === target ? ["predicted, and true"] : ["truth: ", truth];
  }
  if (truth === null) return ["predicted: ", predicted];
  if (truth === predicted) return ["predicted, and true: ", predicted];
  return truth === target ? ["true; predicted: ", predicted] : ["predicted: ", predicted, "; truth: ", truth];
}
