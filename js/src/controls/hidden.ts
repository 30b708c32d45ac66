// What hidden cells become, said beneath the scores that rest on it, with what speaks against it; the table to choose from.

import { html, set, show, text } from "../dom/dom.ts";
import type { BaselineRow } from "../protocol.ts";
import { type Context, whyNot } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { targetOf } from "../scene/sentences.ts";
import type { Comparison } from "../session/store.ts";
import { called, kindOf } from "../values/things/kinds.ts";
import { figure, percent, words } from "../values/writing.ts";
import { written } from "./scores.ts";

export class HiddenLine {
  /** The sentence, and the button that opens the table. */
  readonly element = html("div", { class: "hb-hidden" });
  /** A sentence each. */
  readonly warnings = html("div", { class: "hb-warnings", role: "note" });
  readonly #context: Context;
  readonly #words = html("span");
  readonly #button: HTMLButtonElement;
  #table: BaselineTable | null = null;

  constructor(context: Context) {
    this.#context = context;
    const opens = { "aria-haspopup": "dialog", "aria-expanded": "false" };
    this.#button = html("button", { type: "button", ...opens }, this.#words, "…");
    this.#button.addEventListener("click", () => context.popover.toggle(this.#button, () => this.#open()));
    this.element.append(this.#button);
  }

  update(changed: Changes, scene: Scene): void {
    const { hidden, comparison, draft } = scene.state;
    if (changed.any("hidden", "connection", "scores")) {
      const why = whyNot(scene);
      show(this.element, hidden.sentence !== "");
      text(this.#words, hidden.sentence.replace(/\.$/, ""));
      set(this.#button, "disabled", why !== "");
      set(this.#button, "title", why || `${hidden.sentence} Compare with others, and choose.`);
    }
    // nothing moves under a hand that draws
    if (changed.any("hidden", "draft") && !draft) this.#warn(hidden.warnings);
    if (changed.any("comparison", "hidden")) this.#table?.update(comparison, scene);
  }

  #warn(warnings: string[]): void {
    show(this.warnings, warnings.length > 0);
    this.warnings.replaceChildren(...warnings.map((warning) => html("p", {}, warning)));
  }

  #open(): void {
    const { session, popover } = this.#context;
    this.#table = new BaselineTable(this.#context.scene(), (baseline) => {
      popover.close();
      session.hide(baseline);
    });
    popover.open(this.#button, this.#table.element, "right", () => {
      this.#table = null;
      session.compare(false);
    });
    session.compare(true);
  }
}

/** What each baseline does to the shown matrix: a row each, as they come; a press chooses it. */
class BaselineTable {
  readonly element: HTMLElement;
  readonly #choose: (baseline: number) => void;
  readonly #table = html("table", {}, html("caption", {}, "What each baseline does to this matrix"));
  readonly #now = html("p", { role: "status" }, "Asking the model …");
  #made = 0;

  constructor(scene: Scene, choose: (baseline: number) => void) {
    this.#choose = choose;
    const of = targetOf(scene);
    const { scores } = scene.state;
    const score = called(kindOf(scores, scene.state.target.a));
    const column = (name: string, title: string, kind = ""): HTMLElement =>
      html("th", { scope: "col", title, class: kind || null }, name);
    const head = html(
      "tr",
      {},
      column("baseline", "What hidden cells become"),
      column("predicted", "The class that the model says when everything is hidden"),
      column(score, `The ${score} of ${of} when everything is hidden`),
      column("moved", `How much hiding one of 8 random places changes the ${score}, on average`, "hb-broad"),
      column("outside", "The share of filled cells outside the range that the model is known to see", "hb-broad"),
    );
    this.#table.append(html("thead", {}, head));
    this.element = html("div", {
      class: "hb-pop hb-baselines",
      role: "dialog",
      "aria-label": "What hidden cells become",
      tabindex: 0,
    });
    const about = `With everything hidden: what the model says, and the ${score} of ${of}.`;
    this.element.append(html("h4", {}, "What hidden cells become"), html("p", {}, about), this.#table, this.#now);
  }

  update(comparison: Comparison | null, scene: Scene): void {
    if (!comparison) return;
    const { rows, total, reason } = comparison;
    for (const row of rows.slice(this.#made)) this.#table.append(this.#row(row, scene));
    this.#made = Math.max(this.#made, rows.length);
    const asking = total ? `Asking the model: ${rows.length} of ${total} …` : "Asking the model …";
    text(this.#now, reason || asking);
    set(this.#now, "data-tone", reason ? "bad" : null);
    show(this.#now, reason !== "" || !total || rows.length < total);
    for (const body of this.#table.tBodies)
      set(body, "data-on", Number(body.dataset.baseline) === scene.state.hidden.number);
  }

  #row(row: BaselineRow, { state }: Scene): HTMLElement {
    const name = words(row.baseline);
    const button = html("button", { type: "button", title: row.sentence, "aria-label": `Hide by ${name}` }, name);
    const cell = (value: string, kind = ""): HTMLElement => html("td", { class: kind || null }, value);
    const body = html(
      "tbody",
      { "data-baseline": row.number },
      html(
        "tr",
        {},
        html("th", { scope: "row" }, button),
        cell(row.predicted),
        cell(written(row.score_hidden, kindOf(state.scores, state.target.a))),
        cell(figure(row.moved), "hb-broad"),
        cell(row.outside === null ? "" : percent(row.outside), "hb-broad"),
      ),
    );
    if (row.verdict !== `With everything hidden the model says ${row.predicted}.`)
      body.append(html("tr", {}, html("td", { colspan: 3, class: "hb-verdict" }, row.verdict)));
    body.addEventListener("click", () => this.#choose(row.number));
    return body;
  }
}
