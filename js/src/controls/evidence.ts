// The evidence: the sentence "find runs of columns", the table of what was found, what p was computed against, and notes.

import { html, options, picker, set, show, style, text } from "../dom/dom.ts";
import { ProgressBar } from "../dom/progress_bar.ts";
import { RunsTable } from "../lists/runs_table.ts";
import { openFields } from "../menus/form.ts";
import { type Context, whyNot } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { progressOf } from "../scene/sentences.ts";
import { inWords } from "../values/parameters.ts";

const LINES = [
  { value: "columns", label: "columns" },
  { value: "rows", label: "rows" },
];

export class Evidence {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #axis = picker("Find runs of", "Along which axis the runs lie");
  readonly #words = html("span");
  readonly #parameters: HTMLButtonElement;
  readonly #now = html("span", { class: "hb-said" });
  readonly #go = html("button", { type: "button", class: "hb-go hb-find" }, "Find runs");
  readonly #progress = new ProgressBar();
  readonly #table: RunsTable;
  readonly #about = html("p", { class: "hb-about" });
  /** What else should be known of the table, a paragraph each. */
  readonly #notes = html("div");
  readonly #ordered = html("p", { class: "hb-in-order" });
  /** What the sentence was drawn from: a moving brush leaves it alone. */
  #said: unknown[] = [];

  constructor(context: Context) {
    this.#context = context;
    this.#table = new RunsTable(context);
    const opens = { "aria-haspopup": "dialog", "aria-expanded": "false", title: "How runs are searched and tested" };
    this.#parameters = html("button", { type: "button", class: "hb-parameters", ...opens }, this.#words, "…");
    const sentence = html(
      "span",
      { class: "hb-sentence" },
      html("span", { class: "hb-say" }, "runs of"),
      this.#axis.box,
      this.#parameters,
    );
    const bar = html(
      "div",
      { class: "hb-ask", role: "toolbar", "aria-label": "Find runs" },
      html("span", { class: "hb-label" }, "Evidence"),
      sentence,
      this.#now,
      this.#go,
    );
    this.element = html("section", { class: "hb-evidence", "aria-label": "Evidence" }, this.#progress.element, bar);
    this.element.append(this.#table.element, this.#about, this.#ordered, this.#notes);
    this.#listen();
  }

  #listen(): void {
    const { popover, session } = this.#context;
    this.#axis.select.addEventListener("change", () =>
      this.#context.set({ axis: this.#axis.select.value === "rows" ? "rows" : "columns" }),
    );
    this.#parameters.addEventListener("click", () => popover.toggle(this.#parameters, () => this.#form()));
    this.#go.addEventListener("click", () => {
      if (this.#context.scene().state.search) session.stop();
      else this.#find();
    });
  }

  #find(): void {
    const { local } = this.#context.scene();
    this.#context.session.find(local.axis, local.finding);
  }

  #form(): void {
    const scene = this.#context.scene();
    openFields(this.#context, this.#parameters, {
      title: "find runs",
      about: "Which stretches does the score rest on, and would as much be found where there is no evidence?",
      fields: scene.state.finder,
      given: scene.local.finding,
      more: [],
      why: whyNot(scene),
      verb: "Find runs",
      beside: true,
      edge: "left",
      keep: (finding) => this.#context.set({ finding }),
      go: () => this.#find(),
    });
  }

  update(changed: Changes, scene: Scene): void {
    const { state, local } = scene;
    const visible = state.options.evidence && !state.bare && state.panels.length > 0;
    show(this.element, visible);
    if (!visible) return;
    const said = [local.axis, local.finding, state.search, state.connection, state.finder, state.evidence];
    if (said.some((part, index) => part !== this.#said[index])) this.#bar(scene);
    this.#said = said;
    if (changed.any("layout")) style(this.#progress.element, "left", `${scene.layout.gutter}px`);
    this.#table.update(changed, scene);
    const apart = scene.order !== null && (local.axis === "rows" || state.evidence.axis === "rows");
    text(this.#ordered, apart ? "Runs of rows go by the order of the matrix, not by the one that is shown." : "");
    show(this.#ordered, apart);
    if (!changed.any("evidence", "search")) return;
    const { about, failed, notes, search } = state.evidence;
    text(this.#about, search ? about : "");
    set(this.#about, "data-tone", failed ? "bad" : null);
    show(this.#about, this.#about.textContent !== "");
    this.#notes.replaceChildren(...notes.map((note) => html("p", { class: "hb-about hb-note" }, note)));
  }

  #bar(scene: Scene): void {
    const { state, local } = scene;
    const { search } = state;
    const why = whyNot(scene);
    options(this.#axis.select, LINES, local.axis);
    const said = inWords(state.finder, local.finding);
    text(this.#words, said);
    set(this.#parameters, "aria-label", `How runs are found: ${said}`);
    text(this.#now, search ? progressOf(search.done, search.total, search.secondsLeft, false) : this.#hint(scene, why));
    text(this.#go, search ? "Cancel" : "Find runs");
    set(this.#go, "data-cancel", search !== null);
    set(this.#go, "disabled", why !== "");
    set(this.#go, "title", why || (search ? "Stop the search (Esc)" : null));
    this.#progress.update(search);
  }

  #hint({ state }: Scene, why: string): string {
    if (state.evidence.search || why) return "";
    return "the stretches that the score rests on, each hidden, shown alone, and tested";
  }
}
