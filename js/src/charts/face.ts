// What stands above the figures of one tab: rows of choices, buttons, words and legends, changed only where they differ.

import { html, options, picker, set, show, style, svg, text } from "../dom/dom.ts";
import { keepingFocus } from "../dom/focus.ts";
import type { ChartButton, ChartChoice, ChartEntry, ChartRow, ChartText, ChartWork } from "../protocol.ts";
import { percent } from "../values/writing.ts";

type Item = ChartRow["items"][number];
/** What the reader asks for. */
export interface Asks {
  choose(key: string, option: number): void;
  press(key: string): void;
}

/** The element of an item, and what makes it show another item of its kind; `why` is why it is off. */
interface Drawn {
  element: HTMLElement;
  update(item: Item, why: string): void;
}

const DASHES: Record<ChartEntry["dash"], string | null> = {
  solid: null,
  dashed: "6 3",
  dotted: "1.5 2.5",
  dash_dotted: "7 2.5 1.5 2.5",
};

export class Face {
  readonly element: HTMLElement;
  #rows: { element: HTMLElement; label: HTMLElement; items: Drawn[] }[] = [];
  /** Of what the rows are made; only where that changes are they made anew. */
  #kinds = "";
  busy = false;

  constructor(
    id: string,
    private readonly asks: Asks,
  ) {
    this.element = html("div", { id: `${id}-panel`, role: "tabpanel", "aria-labelledby": id });
  }

  update(rows: readonly ChartRow[], why: string): void {
    const kinds = JSON.stringify(rows.map(({ items }) => items.map(keyOf)));
    if (kinds !== this.#kinds) keepingFocus(this.element, () => this.#build(rows));
    this.#kinds = kinds;
    this.busy = rows.some(({ items }) => items.some((item) => item.kind === "work" && item.done !== null));
    rows.forEach(({ label, items }, index) => {
      const row = this.#rows[index]!;
      text(row.label, label);
      items.forEach((item, place) => {
        row.items[place]!.update(item, why);
      });
    });
  }

  #build(rows: readonly ChartRow[]): void {
    this.#rows = rows.map(({ items }) => {
      const label = html("span", { class: "hb-label" });
      const drawn = items.map((item) => this.#draw(item));
      const body = html("div", { class: "hb-items" }, ...drawn.map(({ element }) => element));
      return { element: html("div", { class: "hb-row" }, label, body), label, items: drawn };
    });
    this.element.replaceChildren(...this.#rows.map(({ element }) => element));
  }

  #draw(item: Item): Drawn {
    switch (item.kind) {
      case "choice":
        return choice(item, this.asks);
      case "button":
        return button(item, this.asks);
      case "work":
        return work(item, this.asks);
      case "entry":
        return entry(item, this.asks);
      case "text":
        return words();
    }
  }
}

function keyOf(item: Item): string {
  const key = item.kind === "entry" ? item.button?.key : "key" in item ? item.key : "";
  return `${item.kind} ${key ?? ""}`;
}

function choice({ key, label }: ChartChoice, { choose }: Asks): Drawn {
  const { box, select } = picker(label);
  const element = html(
    "span",
    { class: "hb-chosen" },
    html("span", { class: "hb-say", "aria-hidden": "true" }, label),
    box,
  );
  select.addEventListener("change", () => choose(key, Number(select.value)));
  return {
    element,
    update(item, why): void {
      const { options: given, chosen } = item as ChartChoice;
      const entries = given.map((each, place) => ({ value: String(place), label: each }));
      options(select, entries, chosen === null ? "" : String(chosen));
      set(select, "disabled", why !== "" || given.length === 0);
      set(select, "title", why || null);
    },
  };
}

function button({ key, main }: ChartButton, { press }: Asks): Drawn {
  const element = html("button", { type: "button", class: main ? "hb-go" : "hb-shows" });
  element.addEventListener("click", () => press(key));
  return {
    element,
    update(item, why): void {
      const { text: said, tip } = item as ChartButton;
      text(element, said);
      set(element, "disabled", why !== "");
      set(element, "title", why || tip || null);
      set(element, "aria-label", tip || null);
    },
  };
}

/** A bar, Cancel, and the line that says what goes on; the line keeps its room while it says nothing. */
function work({ key }: ChartWork, { press }: Asks): Drawn {
  const bar = html("progress", { max: 1, "aria-label": "Done" });
  const cancel = html("button", { type: "button", class: "hb-shows" }, "Cancel");
  const busy = html("span", { class: "hb-busy" }, bar, cancel);
  const said = html("span", { class: "hb-line-said", role: "status" });
  const element = html("span", { class: "hb-work" }, busy, said);
  cancel.addEventListener("click", () => press(key));
  return {
    element,
    update(item, why): void {
      const { done, said: sentence } = item as ChartWork;
      keepingFocus(element, () => show(busy, done !== null && why === ""));
      set(bar, "value", done ?? 0);
      set(bar, "title", percent(done ?? 0));
      text(said, sentence);
    },
  };
}

function entry({ button: given }: ChartEntry, asks: Asks): Drawn {
  const line = svg("line", { x1: 0, y1: 4, x2: 24, y2: 4, "stroke-width": 2 });
  const stroke = svg("svg", { width: 24, height: 8, "aria-hidden": "true" }, line);
  const name = html("span");
  const value = html("b");
  const element = html("span", { class: "hb-entry-of" }, name, value);
  element.prepend(stroke);
  const shows = given && button(given, asks);
  if (shows) element.append(shows.element);
  return {
    element,
    update(item, why): void {
      const { colour, dash, text: said, value: number, button: behind } = item as ChartEntry;
      if (behind) shows?.update(behind, why);
      style(line, "stroke", colour);
      set(line, "stroke-dasharray", DASHES[dash]);
      text(name, said);
      text(value, number);
    },
  };
}

function words(): Drawn {
  const element = html("span", { class: "hb-say" });
  return { element, update: (item) => text(element, (item as ChartText).text) };
}
