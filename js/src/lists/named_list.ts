// The selections that are kept under names, a row each: where, how many cells, the score without each and with only it.

import { html, off, set, show, text } from "../dom/dom.ts";
import { openKeeping, openRenaming } from "../menus/naming.ts";
import type { NamedSelection, Selection } from "../protocol.ts";
import { type Context, disconnected } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { halves, scoresOf } from "../session/recall.ts";
import { equal } from "../values/regions.ts";
import { joined } from "../values/selecting/cells.ts";
import { existingCells, placed, without } from "../values/selecting/named.ts";
import { called, kindOf } from "../values/things/kinds.ts";
import { figure, integer, probability } from "../values/writing.ts";
import { bar, glyph } from "./marks.ts";

/** The scores of one class, or why there are none. */
interface Worth {
  without: number | null;
  only: number | null;
  why: string;
}

export class NamedList {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #said = html("span", { class: "hb-said" });
  readonly #keep = html("button", {
    type: "button",
    class: "hb-keep",
    "aria-haspopup": "dialog",
    "aria-expanded": "false",
  });
  readonly #table = html("table", { class: "hb-runs", "aria-label": "Named selections" });
  readonly #without = html("th", { scope: "col", class: "hb-worth" }, "without");
  readonly #only = html("th", { scope: "col", class: "hb-worth" }, "only");
  readonly #body = html("tbody");
  readonly #parts: HTMLElement[];
  #rows: Row[] = [];

  constructor(context: Context) {
    this.#context = context;
    text(this.#keep, "Keep selection …");
    const bars = { class: "hb-ask", role: "toolbar", "aria-label": "Named selections" };
    const ask = html("div", bars, html("span", { class: "hb-label" }, "Named"), this.#said, this.#keep);
    const column = (name: string, kind: string): HTMLElement => html("th", { scope: "col", class: kind }, name);
    const head = html(
      "tr",
      {},
      html("td", { class: "hb-place" }),
      column("name", "hb-where"),
      column("where", "hb-by"),
    );
    head.append(this.#without, this.#only, column("cells", "hb-number hb-cells"), html("td", { class: "hb-acts" }));
    this.#table.append(html("thead", {}, head), this.#body);
    this.#parts = [ask, this.#table];
    this.element = html("section", { class: "hb-named", "aria-label": "Named selections", hidden: true });
    this.#keep.addEventListener("click", () =>
      context.popover.toggle(this.#keep, () => openKeeping(context, this.#keep, "right")),
    );
    this.#table.addEventListener("mouseleave", () => context.session.point(null), { signal: context.signal });
  }

  update(changed: Changes, scene: Scene): void {
    const { state } = scene;
    show(this.element, state.named.length > 0);
    if (!state.named.length) return this.#leave();
    if (!this.element.firstChild) this.element.append(...this.#parts);
    const about = ["named", "named_scores", "sample", "hidden", "target", "scores", "classes", "connection"] as const;
    const again = changed.any(...about) || this.#rows.length !== state.named.length;
    if (!again && !changed.any("selection")) return;
    off(this.#keep, !state.selection.bands.length);
    set(
      this.#keep,
      "title",
      state.selection.bands.length ? "Keep what is selected under a name" : "Select cells first",
    );
    if (again) this.#build(scene);
    for (const [at, row] of this.#rows.entries())
      set(row.element, "data-on", equal(state.named[at]!.selection, state.selection));
  }

  #build(scene: Scene): void {
    const { state } = scene;
    const { scores, target, classes } = state;
    const by = scores.models ? ` by ${scores.models[0]}` : "";
    const name = `${classes[target.a] ?? target.a}${by}`;
    const kind = called(kindOf(scores, target.a));
    const all = scores.all[target.a];
    const asked = hasScores(scene);
    for (const column of [this.#without, this.#only]) show(column, asked);
    set(this.#without, "title", `The ${kind} of ${name} when these cells are hidden`);
    set(this.#only, "title", `The ${kind} of ${name} when all other cells are hidden`);
    const write = kind === "probability" ? probability : figure;
    text(this.#said, asked ? `${kind} of ${name}: ${write(all)} with all cells` : (scores.missing ?? ""));
    const worths = state.named.map(({ selection }) => worthOf(selection, scene));
    const sizes = worths.flatMap((worth) => [Math.abs(worth.without ?? 0), Math.abs(worth.only ?? 0)]);
    const most = kind === "probability" ? 1 : Math.max(...sizes, Math.abs(all ?? 0)) || 1;
    this.#fill(state.named);
    for (const [at, row] of this.#rows.entries()) row.show(state.named[at]!, worths[at]!, most, scene);
  }

  /** Without a name there is nothing of it in the page. */
  #leave(): void {
    this.#fill([]);
    this.element.replaceChildren();
  }

  /** As many rows as there are names: a row keeps its place, and with it the focus. */
  #fill(named: readonly NamedSelection[]): void {
    while (this.#rows.length > named.length) this.#rows.pop()!.element.remove();
    while (this.#rows.length < named.length) {
      const row = new Row(this.#context);
      this.#rows.push(row);
      this.#body.append(row.element);
    }
  }
}

class Row {
  readonly element = html("tr");
  readonly #context: Context;
  readonly #place = html("td", { class: "hb-place" });
  readonly #name = html("button", { type: "button" });
  readonly #whole = html("td", { class: "hb-where" }, this.#name);
  readonly #where = html("td", { class: "hb-by" });
  readonly #without = html("td", { class: "hb-worth" });
  readonly #only = html("td", { class: "hb-worth" });
  readonly #cells = html("td", { class: "hb-number hb-cells" });
  readonly #rename = html("button", { type: "button", "aria-haspopup": "dialog", "aria-expanded": "false" }, "Rename");
  readonly #delete = html("button", { type: "button" }, "Delete");
  #shown: NamedSelection = { name: "", selection: { bands: [] } };

  constructor(context: Context) {
    this.#context = context;
    const { session } = context;
    const acts = html("td", { class: "hb-acts" }, this.#rename, this.#delete);
    this.element.append(this.#place, this.#whole, this.#where, this.#without, this.#only, this.#cells, acts);
    acts.addEventListener("click", (event) => event.stopPropagation());
    this.#rename.addEventListener("click", () =>
      context.popover.toggle(this.#rename, () => openRenaming(context, this.#rename, this.#shown.name)),
    );
    this.#delete.addEventListener("click", () => this.#forget());
    const point = (): void => session.point(this.#shown.selection);
    this.element.addEventListener("mouseenter", point);
    this.element.addEventListener("focusin", point);
    this.element.addEventListener("focusout", () => session.point(null));
    this.element.addEventListener("click", (event) => this.#select(event.shiftKey));
  }

  show(named: NamedSelection, worth: Worth, most: number, scene: Scene): void {
    const { state, H, W } = scene;
    const same = this.#shown.name === named.name && equal(this.#shown.selection, named.selection);
    this.#shown = named;
    if (!same || !this.#place.firstChild) {
      this.#place.replaceChildren(glyph(named.selection, scene));
      text(this.#name, named.name);
      set(this.#whole, "title", named.name);
      const where = placed(named.selection, state.axes);
      text(this.#where, where);
      set(this.#where, "title", where);
      for (const [button, verb] of [
        [this.#name, "Select"],
        [this.#rename, "Rename"],
        [this.#delete, "Delete"],
      ] as const)
        set(button, "aria-label", `${verb} ${named.name}`);
    }
    text(this.#cells, integer(existingCells(named.selection, state.absent, H, W)));
    for (const [cell, value] of [
      [this.#without, worth.without],
      [this.#only, worth.only],
    ] as const) {
      show(cell, hasScores(scene));
      cell.replaceChildren(bar(value, most));
      set(cell, "title", worth.why || null);
    }
  }

  /** It is the selection; with Shift it joins it. */
  #select(add: boolean): void {
    const { state, H, W } = this.#context.scene();
    const own = { bands: [...this.#shown.selection.bands] };
    const made = add ? joined(state.selection, own, H, W) : { selection: own };
    if ("why" in made) this.#context.session.notify(made.why);
    else this.#context.session.setSelection(made.selection, { commit: true });
  }

  #forget(): void {
    const { name } = this.#shown;
    this.#context.session.point(null);
    this.#context.session.keep(without(this.#context.scene().state.named, name), `“${name}” is deleted from the list.`);
  }
}

/** Whether there is a model, or a file holds what one said. */
function hasScores({ state }: Scene): boolean {
  return !state.scores.missing || state.named_scores.length > 0;
}

function worthOf(selection: Selection, scene: Scene): Worth {
  const { state } = scene;
  const found = scoresOf(selection, state);
  if (!found)
    return { without: null, only: null, why: disconnected(scene) || state.scores.missing || "Not computed yet" };
  const { without, only } = halves(found) ?? {};
  const { a } = state.target;
  return { without: without?.[a] ?? null, only: only?.[a] ?? null, why: found.reason };
}
