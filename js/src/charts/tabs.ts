// The row of tabs: one is in the order of the Tab key, arrows, Home and End go along them, Enter and a click open one.

import { html, off, set, unique } from "../dom/dom.ts";

export class Tabs {
  readonly element: HTMLElement;
  readonly #list = html("div", { class: "hb-modes hb-tabs", role: "tablist", "aria-label": "Charts" });
  readonly #name = unique("tab");
  readonly #tabs: HTMLButtonElement[] = [];
  /** Which is in the order of the Tab key: the open one, or the one that arrows went to. */
  #at = 0;

  constructor(private readonly open: (tab: number) => void) {
    this.element = html("div", { class: "hb-row" }, html("span", { class: "hb-label" }, "Charts"), this.#list);
    this.#list.addEventListener("keydown", (event) => this.#key(event));
    this.#list.addEventListener("focusout", (event) => {
      if (!this.#list.contains(event.relatedTarget as Node | null)) this.#settle();
    });
  }

  /** The id of a tab, by which its panel is named. */
  id(tab: number): string {
    return `${this.#name}-${tab}`;
  }

  /** Show which is open; `shut` says for each why it cannot be opened, empty where it can. */
  update(titles: readonly string[], opened: number | null, shut: readonly string[]): void {
    while (this.#tabs.length < titles.length) this.#add();
    this.#tabs.forEach((tab, index) => {
      const title = titles[index]!;
      const word = tab.firstElementChild!;
      if (word.textContent !== title) word.textContent = title;
      set(word, "data-word", title);
      set(tab, "aria-selected", String(index === opened));
      set(tab, "aria-controls", index === opened ? `${this.id(index)}-panel` : null);
      off(tab, Boolean(shut[index]));
      set(tab, "title", shut[index] || null);
    });
    if (!this.#list.matches(":focus-within")) this.#settle();
  }

  #add(): void {
    const index = this.#tabs.length;
    const tab = html("button", { type: "button", role: "tab", id: this.id(index) }, html("span"));
    tab.addEventListener("click", () => this.open(index));
    this.#tabs.push(tab);
    this.#list.append(tab);
  }

  #settle(): void {
    const opened = this.#tabs.findIndex((tab) => tab.getAttribute("aria-selected") === "true");
    this.#go(Math.max(0, opened));
  }

  #go(index: number): void {
    this.#at = index;
    this.#tabs.forEach((tab, each) => {
      set(tab, "tabindex", each === index ? 0 : -1);
    });
  }

  #key(event: KeyboardEvent): void {
    const last = this.#tabs.length - 1;
    const to = { ArrowRight: this.#at + 1, ArrowLeft: this.#at - 1, Home: 0, End: last }[event.key];
    if (to === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    this.#go(to < 0 ? last : to > last ? 0 : to);
    this.#tabs[this.#at]!.focus();
  }
}
