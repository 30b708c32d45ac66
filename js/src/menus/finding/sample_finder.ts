// Find a sample: a field that narrows the list down, the order of the list, and the list, of which only what is seen is there.

import { html, options, picker, set, show, style, text, unique } from "../../dom/dom.ts";
import { ProgressBar } from "../../dom/progress_bar.ts";
import type { Arranged, ListedSample, Listing } from "../../protocol.ts";
import type { Context } from "../../scene/context.ts";
import type { Changes, Scene } from "../../scene/scene.ts";
import { inputTable } from "../../values/colours.ts";
import { BY_INDEX, isPlain, type Part } from "../../values/listing/catalogue.ts";
import { coloured } from "../../values/listing/thumbnails.ts";
import { clamp } from "../../values/viewport.ts";
import { counted, figure, integer } from "../../values/writing.ts";

/** The height of a row in CSS pixels, and how many are seen. */
const [ROW, SEEN] = [32, 8];
/** Browsers draw no element that is higher than some 16 million pixels. */
const MOST_ROWS = 400_000;

/** The open box; there is at most one. */
export class Finder {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #field = html("input", { type: "text", role: "combobox", autocomplete: "off", spellcheck: "false" });
  readonly #only = picker("Which samples");
  readonly #order = picker("Order of the samples");
  readonly #reverse = html("button", { type: "button", "aria-label": "Reverse the order" }, "⇅");
  readonly #reset = html("button", { type: "button", class: "hb-reset" }, "All by index");
  readonly #said = html("span", { role: "status" });
  readonly #about = html("p", { class: "hb-about-list" });
  readonly #progress = new ProgressBar();
  /** What the number of each sample is called. */
  readonly #measure = html("span", { class: "hb-number" });
  readonly #survey = html("button", { type: "button" });
  readonly #list = html("div", { class: "hb-samples", role: "listbox", "aria-label": "Samples", tabindex: 0 });
  readonly #inner = html("div", { role: "presentation" });
  readonly #name = unique("sample");
  /** The place that the keys are at. */
  #active: number;
  /** The place that was chosen before it was known which sample stands there. */
  #chosen: number | null = null;
  /** The list that was drawn, so that another starts at its first sample; and the number that it began with. */
  #drawn: Arranged | null = null;
  #since = 0;

  constructor(context: Context) {
    this.#context = context;
    this.#active = context.scene().state.listing.at ?? 0;
    const { state } = context.scene();
    const said = state.sample.name ? "Name, class or index" : "Class or index";
    for (const [key, value] of Object.entries({ "aria-label": said, placeholder: said, "aria-expanded": "true" }))
      set(this.#field, key, value);
    this.#list.append(this.#inner);
    this.#list.id = unique("list");
    set(this.#field, "aria-controls", this.#list.id);
    this.#field.value = state.listing.arranged.text;
    const choices = html("div", { class: "hb-choices" }, this.#only.box, this.#order.box, this.#reverse);
    const column = (name: string, kind: string): HTMLElement => html("span", { class: kind }, name);
    const columns = [column("", "hb-thumb"), column("sample", "hb-called"), column("class", "hb-said"), this.#measure];
    const heads = html("div", { class: "hb-heads", "aria-hidden": "true" }, ...columns);
    const foot = html("div", { class: "hb-pop-foot" }, this.#said, this.#survey, this.#reset);
    this.element = html(
      "div",
      { class: "hb-pop hb-sample-finder", role: "dialog", "aria-label": "Find a sample" },
      html("h4", {}, "Find a sample"),
      this.#field,
      choices,
      this.#about,
      this.#progress.element,
      heads,
      this.#list,
      foot,
    );
    this.#listen();
  }

  #listen(): void {
    const { catalogue } = this.#context.session;
    this.#field.addEventListener("input", () => {
      this.#active = 0;
      catalogue.arrange({ text: this.#field.value });
    });
    this.#only.select.addEventListener("change", () => catalogue.arrange(read(this.#only.select.value)));
    this.#order.select.addEventListener("change", () => catalogue.arrange(read(this.#order.select.value)));
    this.#reverse.addEventListener("click", () =>
      catalogue.arrange({ reverse: !this.#context.scene().state.listing.arranged.reverse }),
    );
    this.#reset.addEventListener("click", () => {
      this.#field.value = "";
      catalogue.arrange(BY_INDEX);
      this.#field.focus();
    });
    this.#survey.addEventListener("click", () => catalogue.survey(!this.#context.scene().state.listing.running));
    this.#list.addEventListener("scroll", () => this.#look());
    for (const part of [this.#field, this.#list]) part.addEventListener("keydown", (event) => this.#key(event));
  }

  /** Once it is in the page. */
  opened(): void {
    this.#draw(this.#context.scene());
    this.#list.scrollTop = (this.#active - SEEN / 2) * ROW;
    this.#look();
  }

  update(changed: Changes, scene: Scene): void {
    if (changed.any("listing", "part", "sample", "theme", "tables")) this.#draw(scene);
    if (changed.has("listing")) this.#look();
    if (this.#chosen !== null) this.#choose(this.#chosen);
  }

  #draw(scene: Scene): void {
    const { listing, sample, scores } = scene.state;
    const { arranged, count, running, done, total } = listing;
    this.#choices(scene);
    if (this.#drawn && !sameList(this.#drawn, arranged)) {
      this.#active = 0;
      this.#list.scrollTop = 0;
      this.#since = listing.number;
    }
    this.#drawn = arranged;
    this.#active = clamp(this.#active, 0, Math.max(0, count - 1));
    const rows = Math.min(count, MOST_ROWS);
    const cut = rows < count ? ` The list ends after ${integer(rows)}.` : "";
    const all = count === sample.count ? "" : ` of ${integer(sample.count)}`;
    text(this.#said, `${integer(count)}${all} ${sample.count === 1 ? "sample" : "samples"}${cut}`);
    text(this.#measure, listing.measure);
    const said = scores.models && !scores.missing ? `Classes and scores are those of ${scores.models[0]}.` : "";
    text(this.#about, [listing.about, said, total ? progressed(listing) : ""].filter(Boolean).join(" "));
    show(this.#about, this.#about.textContent !== "");
    this.#progress.update(running ? { done, total } : null);
    show(this.#survey, running || total > done);
    text(this.#survey, running ? "Cancel" : "Look at all");
    show(this.#reset, !isPlain(arranged));
    style(this.#inner, "height", `${rows * ROW}px`);
    style(this.#list, "height", `${clamp(rows, 1, SEEN) * ROW}px`);
    this.#rows(scene);
  }

  #choices(scene: Scene): void {
    const { listing, sample, scores } = scene.state;
    const { arranged } = listing;
    // targets are no classes that samples could be listed by
    const classes = scene.state.classes.slice(0, scores.rivals);
    const asked = !scores.missing && scores.rivals !== 0;
    const true_ = sample.truth !== null;
    const of = (only: Arranged["only"], word: string) =>
      classes.map((name, among) => ({ value: written({ only, among }), label: `${word} ${name}` }));
    const which = [
      { value: written({ only: "all", among: null }), label: "all samples" },
      ...(true_ && asked ? [{ value: written({ only: "misclassified", among: null }), label: "misclassified" }] : []),
      ...(true_ ? of("true", "true:") : []),
      ...(asked ? of("predicted", "predicted:") : []),
    ];
    options(this.#only.select, which, written({ only: arranged.only, among: arranged.among }));
    // what others are compared with stays the same sample while the reader steps through the list
    const alike = arranged.order.startsWith("alike") ? arranged.of : sample.index;
    const near = alike === sample.index ? "this one" : `sample ${alike}`;
    const by = (order: Arranged["order"], label: string, of: number | null = null) => ({
      value: written({ order, of }),
      label,
    });
    const orders = [
      by("index", "by index"),
      ...(sample.name ? [by("name", "by name")] : []),
      ...(asked ? [by("unsure", "least sure first")] : []),
      ...(asked ? classes.map((name, index) => by("score", `by score of ${name}`, index)) : []),
      ...(asked ? [by("alike scores", `near to ${near}: scores`, alike)] : []),
      by("alike matrices", `near to ${near}: matrices`, alike),
    ];
    options(this.#order.select, orders, written({ order: arranged.order, of: arranged.of }));
    set(this.#reverse, "aria-pressed", String(arranged.reverse));
    set(this.#reverse, "title", "Reverse the order");
  }

  /** The rows that are seen, and there; those that are not there yet are empty. */
  #rows(scene: Scene): void {
    const { listing, part } = scene.state;
    const [first, end] = this.#span();
    const rows: HTMLElement[] = [];
    for (let place = first; place < Math.min(end, listing.count, MOST_ROWS); place++) {
      // while more is found out, what was there before stays until the new part is here
      const found = part && part.number >= this.#since ? part.samples[place - part.start] : undefined;
      rows.push(this.#row(place, found, part, scene));
    }
    this.#inner.replaceChildren(...rows);
    const active = first <= this.#active && this.#active < first + rows.length;
    for (const element of [this.#field, this.#list])
      set(element, "aria-activedescendant", active ? `${this.#name}-${this.#active}` : null);
  }

  #row(place: number, found: ListedSample | undefined, part: Part | null, scene: Scene): HTMLElement {
    const { state } = scene;
    const row = html("div", {
      role: "option",
      id: `${this.#name}-${place}`,
      "aria-selected": String(found?.index === state.sample.index),
      "aria-setsize": state.listing.count,
      "aria-posinset": place + 1,
      "data-active": place === this.#active,
    });
    style(row, "top", `${place * ROW}px`);
    if (!found || !part) {
      row.append(html("span", { class: "hb-mute" }, "…"));
      return row;
    }
    row.append(thumbnail(part, place - part.start, scene), ...this.#words(found, scene));
    row.addEventListener("click", () => this.#show(found.index));
    return row;
  }

  #words({ index, name, truth, predicted, value }: ListedSample, { state }: Scene): HTMLElement[] {
    const { classes, listing } = state;
    const called = (each: number): string => classes[each] ?? String(each);
    const wrong = truth !== null && predicted !== null && truth !== predicted;
    const said = predicted !== null ? called(predicted) : truth !== null ? `true: ${called(truth)}` : "";
    const about = html("span", { class: "hb-said", "data-wrong": wrong }, said);
    if (wrong) about.append(html("em", {}, `, true: ${called(truth)}`));
    const number = value === null ? "" : figure(value, 3);
    return [
      html("span", { class: "hb-called" }, html("b", {}, name || String(index)), name ? ` ${index}` : ""),
      about,
      html("span", { class: "hb-number", title: listing.measure || null }, number),
    ];
  }

  // ---------------------------------------------------------------- by hand and by keys

  /** The places that are seen, and a few around them. */
  #span(): [number, number] {
    const first = Math.max(0, Math.floor(this.#list.scrollTop / ROW) - 2);
    return [first, first + SEEN + 5];
  }

  #look(): void {
    const [first, end] = this.#span();
    this.#context.session.catalogue.look(first, end);
    this.#rows(this.#context.scene());
  }

  #key(event: KeyboardEvent): void {
    const { count } = this.#context.scene().state.listing;
    const rows = Math.min(count, MOST_ROWS);
    if (event.key === "Enter") {
      event.preventDefault(); // or the opener, focused again, would be pressed by the same key
      return this.#choose(this.#active);
    }
    const steps: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: SEEN, PageUp: -SEEN };
    // in the field these two are for the text
    if (event.currentTarget === this.#list) Object.assign(steps, { Home: -rows, End: rows });
    const by = steps[event.key];
    if (by === undefined || !rows) return;
    event.preventDefault();
    this.#active = clamp(this.#active + by, 0, rows - 1);
    const top = this.#active * ROW;
    const { scrollTop, clientHeight } = this.#list;
    if (top < scrollTop) this.#list.scrollTop = top;
    else if (top + ROW > scrollTop + clientHeight) this.#list.scrollTop = top + ROW - clientHeight;
    this.#look();
  }

  /** Show the sample at a place, once it is known which that is. */
  #choose(place: number): void {
    const { listing, part } = this.#context.scene().state;
    const there = part?.number === listing.number && listing.arranged.text === this.#field.value;
    const found = there ? part?.samples[place - part.start] : undefined;
    this.#chosen = found || !listing.count ? null : place;
    if (found) this.#show(found.index);
  }

  #show(sample: number): void {
    this.#context.popover.close();
    this.#context.session.show({ sample });
  }
}

type Choice = Pick<Arranged, "only" | "among"> | Pick<Arranged, "order" | "of">;

function written(choice: Choice): string {
  return JSON.stringify(Object.values(choice));
}

function read(value: string): Partial<Arranged> {
  const [first, second] = JSON.parse(value) as [string, number | null];
  const only = ["all", "misclassified", "true", "predicted"].includes(first);
  return (only ? { only: first, among: second } : { order: first, of: second }) as Partial<Arranged>;
}

function sameList(one: Arranged, other: Arranged): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function progressed({ done, total, running }: Listing): string {
  return `${integer(done)} of ${counted(total, "sample")} looked at${running ? " …" : "."}`;
}

/** The picture of a sample, in the colours of the input. */
function thumbnail(part: Part, at: number, { state, dark }: Scene): HTMLElement {
  const [rows, columns] = part.shape;
  const canvas = html("canvas", { "aria-hidden": "true", width: columns, height: rows });
  const holder = html("span", { class: "hb-thumb" }, canvas);
  const table = state.tables[inputTable(dark)];
  const pen = canvas.getContext("2d");
  if (!table || !pen) return holder;
  const pixels = coloured(part.pixels.subarray(at * rows * columns, (at + 1) * rows * columns), table);
  pen.putImageData(new ImageData(new Uint8ClampedArray(pixels.buffer as ArrayBuffer), columns, rows), 0, 0);
  const scale = Math.min(48 / columns, 24 / rows);
  style(canvas, "width", `${Math.max(3, columns * scale)}px`);
  style(canvas, "height", `${Math.max(3, rows * scale)}px`);
  return holder;
}
