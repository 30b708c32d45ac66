// The list of lines under hand and keys: what is pointed at is marked on the maps, and a click or Enter makes it the target.

import { set, unique } from "../dom/dom.ts";
import type { Context } from "../scene/context.ts";
import { aimAt } from "../scene/things.ts";
import { clamp } from "../values/viewport.ts";

const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8, Home: -1e9, End: 1e9 };
const ABOUT = "The arrow keys go from line to line, Enter makes one the target.";

/** Rows of a table that stand for lines, and lie in a box that scrolls. */
export class LineChoice {
  #rows: readonly HTMLTableRowElement[] = [];
  /** By row, the line that it stands for. */
  #lines: readonly number[] = [];
  /** The row that the keys are at; -1 is none. */
  #at = -1;
  /** The line that was brought into sight last. */
  #seen: number | null = null;
  #target = -1;

  constructor(
    readonly context: Context,
    readonly table: HTMLTableElement,
    readonly box: HTMLElement,
  ) {
    const { signal } = context;
    const over = (event: Event): void => this.#point(this.#lineOf(event));
    table.addEventListener("pointerover", over, { signal });
    table.addEventListener(
      "pointerleave",
      () => this.#point(this.#focused() ? (this.#lines[this.#at] ?? null) : null),
      { signal },
    );
    table.addEventListener("click", (event) => this.#take(this.#lineOf(event)), { signal });
    table.addEventListener("keydown", (event) => this.#key(event), { signal });
    // a press gives the focus, which goes to the row that was pressed
    table.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    table.addEventListener("focus", () => this.#go(this.#first()), { signal });
    table.addEventListener("blur", () => this.#point(null), { signal });
  }

  /** The rows, and the line that each stands for; no lines where nothing is to be chosen. */
  update(rows: readonly HTMLTableRowElement[], lines: readonly number[]): void {
    const chosen = lines.length > 0;
    [this.#rows, this.#lines] = [chosen ? rows : [], lines];
    const { table } = this;
    set(table, "role", chosen ? "grid" : null);
    set(table, "tabindex", chosen ? 0 : null);
    set(table, "aria-description", chosen ? ABOUT : null);
    if (!chosen) set(table, "aria-activedescendant", null);
    const { local, state } = this.context.scene();
    rows.forEach((row, at) => {
      set(row, "data-hot", chosen && lines[at] === local.line);
      set(row, "aria-selected", chosen ? String(lines[at] === state.target.a) : null);
    });
    if (local.line !== null) this.#reveal(local.line);
    else if (this.#target !== state.target.a) this.#reveal(state.target.a);
    this.#target = state.target.a;
  }

  /** Scroll the list, and nothing else, as little as it takes to see a line. */
  #reveal(line: number): void {
    const row = this.#rows[this.#lines.indexOf(line)];
    if (!row || line === this.#seen || this.box.scrollHeight <= this.box.clientHeight) return;
    this.#seen = line;
    const height = row.offsetHeight;
    const head = this.table.tHead?.offsetHeight ?? 0;
    // a row that sticks to an edge is not where it stands
    const top = this.#lines.indexOf(line) * height;
    const room = this.box.clientHeight - head;
    this.box.scrollTop = clamp(this.box.scrollTop, top + height - room, top);
  }

  #focused(): boolean {
    return (this.table.getRootNode() as Document | ShadowRoot).activeElement === this.table;
  }

  #lineOf({ target }: Event): number | null {
    const at = this.#rows.findIndex((row) => row.contains(target as Node));
    return this.#lines[at] ?? null;
  }

  #press(event: Event): void {
    const at = this.#rows.findIndex((row) => row.contains(event.target as Node));
    if (at < 0) return;
    this.#at = at;
    this.#seen = this.#lines[at]!;
  }

  #point(line: number | null): void {
    if (!this.#lines.length && line !== null) return;
    // it is in sight where it is pointed at
    this.#seen = line ?? this.#seen;
    this.context.set({ line });
  }

  /** Where the keys begin: where they were, or at the target. */
  #first(): number {
    return this.#at in this.#rows ? this.#at : Math.max(0, this.#lines.indexOf(this.context.scene().state.target.a));
  }

  #go(at: number): void {
    const row = this.#rows[at];
    if (!row) return;
    this.#at = at;
    row.id ||= unique("line");
    set(this.table, "aria-activedescendant", row.id);
    this.context.set({ line: this.#lines[at]! });
  }

  #key(event: KeyboardEvent): void {
    if (event.ctrlKey || event.metaKey || event.altKey || !this.#rows.length) return;
    const step = STEPS[event.key];
    if (step) this.#go(clamp(this.#at + step, 0, this.#rows.length - 1));
    else if (event.key === "Enter" || event.key === " ") this.#take(this.#lines[this.#at] ?? null);
    else return;
    event.preventDefault();
    event.stopPropagation();
  }

  #take(line: number | null): void {
    if (line !== null) aimAt(this.context, line);
  }
}
