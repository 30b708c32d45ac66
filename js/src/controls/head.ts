// The question, left in the head: which sample, which target, which selection; the answer stands right of it.

import { html, off, options, picker, set, show, text } from "../dom/dom.ts";
import { icon } from "../dom/icons.ts";
import type { Target } from "../protocol.ts";
import { type Context, disconnected, whyNot } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { shapeOf } from "../values/arrays.ts";
import { BROAD } from "../values/layout.ts";
import { describeBand } from "../values/regions.ts";
import { integer } from "../values/writing.ts";
import { HiddenLine } from "./hidden.ts";
import { Scores } from "./scores.ts";

/** Bands that the tip of "+12 more" names: a selection of single cells has hundreds. */
const LISTED = 20;

type Aim = Pick<Target, "a" | "b">;

export class Head {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #scores = new Scores();
  readonly #hidden: HiddenLine;
  readonly #question = html("div", { class: "hb-question" });
  readonly #sampleLabel = html("span", { class: "hb-label" });
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
  readonly #sampleRow = html("div", { class: "hb-value" });
  readonly #targetLabel = html("span", { class: "hb-label" }, "Target");
  readonly #targetRow = html("div", { class: "hb-value" });
  readonly #target = picker("Target class");
  readonly #rival = picker("Rather than");
  readonly #truth = html("span", { class: "hb-aside" });
  readonly #chips = html("div", { class: "hb-chips", role: "group", "aria-label": "Selected bands" });
  readonly #hint = html("span", { class: "hb-hint" }, "nothing yet: drag on any map or axis");
  /** The sample asked for and not here yet, so that quick presses count. */
  #pending: number | null = null;
  /** The target asked for and not here yet. */
  #wanted: Aim | null = null;

  constructor(context: Context) {
    this.#context = context;
    const of = html("span", { class: "hb-of" }, this.#number, this.#count);
    this.#stepper.append(this.#previous, of, this.#next);
    this.#sampleRow.append(this.#stepper, this.#channel.box);
    this.#targetRow.append(this.#target.box, this.#rival.box, this.#truth);
    const selection = html("div", { class: "hb-value" }, this.#chips, this.#hint);
    this.#question.append(
      this.#sampleLabel,
      this.#sampleRow,
      this.#targetLabel,
      this.#targetRow,
      html("span", { class: "hb-label" }, "Selection"),
      selection,
    );
    this.#hidden = new HiddenLine(context);
    const answer = html("div", { class: "hb-answers" }, this.#scores.element, this.#hidden.element);
    this.element = html("div", { class: "hb-head" }, this.#question, answer, this.#hidden.warnings);
    this.#listen();
  }

  #listen(): void {
    const { session } = this.#context;
    this.#previous.addEventListener("click", () => this.step(-1));
    this.#next.addEventListener("click", () => this.step(1));
    this.#channel.select.addEventListener("change", () => {
      const { value } = this.#channel.select;
      session.setOptions({ channel: value === "" ? null : Number(value) });
    });
    this.#target.select.addEventListener("change", () => {
      const a = Number(this.#target.select.value);
      const { b } = this.#context.scene().state.target;
      this.#aim({ a, b: b === a ? null : b });
    });
    this.#rival.select.addEventListener("change", () => {
      const { value } = this.#rival.select;
      this.#aim({ a: this.#context.scene().state.target.a, b: value === "" ? null : Number(value) });
    });
  }

  /** Ask for a target: until it is here, nothing is said of it. */
  #aim(wanted: Aim): void {
    this.#wanted = wanted;
    this.#context.session.show(wanted);
    this.#targets(this.#context.scene());
  }

  step(by: number): void {
    const scene = this.#context.scene();
    const { index, count } = scene.state.sample;
    const wanted = Math.max(0, Math.min(count - 1, (this.#pending ?? index) + by));
    if (fixed(scene) || wanted === (this.#pending ?? index)) return;
    this.#pending = wanted;
    this.#context.session.show({ sample: wanted });
    this.#sample(scene);
  }

  update(changed: Changes, scene: Scene): void {
    // what was refused, or cannot be asked any more, is not waited for
    const over = changed.has("connection") || (changed.has("notice") && scene.state.notice !== "");
    if (over || changed.has("sample")) this.#pending = null;
    if (over || changed.any("sample", "target")) this.#wanted = null;
    if (changed.any("sample", "connection", "options", "notice")) this.#sample(scene);
    if (changed.any("target", "classes", "scores", "sample", "connection", "notice")) this.#targets(scene);
    if (changed.any("marks", "axes", "layout")) this.#bands(scene);
    this.#scores.update(changed, scene);
    this.#hidden.update(changed, scene);
  }

  #sample(scene: Scene): void {
    const { sample, options: chosen } = scene.state;
    const channels = shapeOf(sample)[2] ?? 1;
    const several = sample.count > 1;
    show(this.#sampleLabel, several || channels > 1);
    show(this.#sampleRow, several || channels > 1);
    show(this.#stepper, several);
    show(this.#channel.box, channels > 1);
    text(this.#sampleLabel, several ? "Sample" : "Channels");
    const index = this.#pending ?? sample.index;
    const why = fixed(scene);
    text(this.#number, String(index));
    text(this.#count, ` of ${sample.count}`);
    set(this.#stepper, "title", `X[${index}], counted from 0`);
    off(this.#previous, why !== "" || index <= 0);
    off(this.#next, why !== "" || index >= sample.count - 1);
    set(this.#previous, "title", why || "Previous sample ( [ )");
    set(this.#next, "title", why || "Next sample ( ] )");
    const each = Array.from({ length: channels }, (_, channel) => ({
      value: String(channel),
      label: `channel ${channel}`,
    }));
    options(
      this.#channel.select,
      [{ value: "", label: `sum of ${channels} channels` }, ...each],
      chosen.channel === null ? "" : String(chosen.channel),
    );
    this.#hold(scene);
  }

  /** Of a large matrix a page has one channel at a time. */
  #hold(scene: Scene): void {
    const held =
      scene.state.sample.large && disconnected(scene) ? "This page holds one channel of its large maps." : "";
    set(this.#channel.select, "disabled", held !== "");
    set(this.#channel.select, "title", held || null);
  }

  #targets(scene: Scene): void {
    const { classes, sample, scores } = scene.state;
    const target = this.#wanted ?? scene.state.target;
    const why = whyNot(scene);
    const each = classes.map((name, index) => ({ value: String(index), label: name }));
    options(this.#target.select, each, String(target.a));
    const others = each.filter((option) => option.value !== String(target.a));
    const rivals = others.map(({ value, label }) => ({ value, label: `rather than ${label}` }));
    options(
      this.#rival.select,
      [{ value: "", label: "on its own" }, ...rivals],
      target.b === null ? "" : String(target.b),
    );
    // each ready map has a target of its own; without a model there is none to choose
    show(this.#targetLabel, !scores.missing);
    show(this.#targetRow, !scores.missing);
    show(this.#rival.box, classes.length > 1);
    for (const { select } of [this.#target, this.#rival]) {
      set(select, "disabled", why !== "" || classes.length < 2);
      set(select, "title", why || select.selectedOptions[0]?.textContent || null);
    }
    const aside = this.#wanted ? [] : asideOf(target.a, scores.predicted, sample.truth, scores.kind === "values");
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

/** Why no other sample can be shown; empty where one can. */
function fixed(scene: Scene): string {
  const { connection, sample } = scene.state;
  return connection === "saved" && sample.others ? "" : disconnected(scene);
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
