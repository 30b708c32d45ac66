// The live question "without it, and with only it": two under way, the newest one waiting, old answers ignored; and what is known without asking.

import type { Answer, Selection } from "../protocol.ts";
import { equal } from "../values/regions.ts";
import type { WhatIf } from "./store.ts";

/** When a question counts as lost and the newest one is asked instead, in ms; twice that for each in a row. */
export const LOST = 3000;

/** How long the numbers of the selection before stay while a newer question is open, in ms. */
export const STALE = 300;

/** Questions under way at once: while one answer travels, the kernel works on the next. */
export const UNDER_WAY = 2;

export const UNASKED: WhatIf = { without: null, only: null, reason: "", waiting: false };

export class Question {
  /** Views of one widget hear each other's answers: each has a number of its own, and counts from it. */
  readonly viewer = Math.floor(Math.random() * 2 ** 30);
  #ask = this.viewer;
  /** Those under way, oldest first, and the first whose answer still counts. */
  #open: number[] = [];
  #first = this.viewer;
  #patience = LOST;
  #newest: Selection | null = null;
  #pending = false;
  /** The newest was known without asking: what is shown of it waits for nothing. */
  #known = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #stale: ReturnType<typeof setTimeout> | undefined;
  #shown: WhatIf = UNASKED;

  constructor(
    private readonly send: (ask: number, viewer: number, selection: Selection) => boolean,
    private readonly show: (whatif: WhatIf) => void,
  ) {}

  /** Ask about a selection; null asks nothing and forgets what was answered. */
  about(selection: Selection | null): void {
    if (selection && this.#newest && equal(selection, this.#newest)) return;
    this.#newest = selection;
    this.#known = false;
    this.#pending = selection !== null;
    if (selection) return this.#next();
    this.#first = this.#ask + 1;
    this.#tell(UNASKED);
  }

  /** Show what is known about a selection, and ask nothing; what is under way is about older ones. */
  know(selection: Selection, { without, only }: Pick<WhatIf, "without" | "only">): void {
    const same = this.#newest !== null && equal(selection, this.#newest);
    if (same && !this.#shown.waiting) return;
    this.#newest = selection;
    this.#known = true;
    this.#pending = false;
    this.#first = this.#ask + 1;
    this.#tell({ without, only, reason: "", waiting: false });
  }

  /** Let the kernel, too, have an answer about a selection that was known and is kept now. */
  keep(): void {
    if (!this.#known) return;
    this.#pending = true;
    this.#next();
  }

  /** Ask the same again, of another sample; numbers shown and answers under way are about the old one. */
  again(): void {
    if (!this.#newest) return;
    this.#first = this.#ask + 1;
    this.#known = false;
    this.#pending = true;
    this.#tell({ ...UNASKED, waiting: true });
    this.#next();
  }

  answer(message: Answer): void {
    const which = this.#open.indexOf(message.ask);
    if (which < 0) return;
    this.#open.splice(0, which + 1);
    this.#patience = LOST;
    this.#watch();
    const { without, only, reason = "" } = message;
    const waiting = !this.#known && (this.#pending || this.#open.length > 0);
    if (message.ask >= this.#first) {
      this.#known = false;
      this.#tell({ without, only, reason, waiting });
    }
    this.#next();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#stale);
    this.#open = [];
    this.#pending = false;
  }

  #next(): void {
    if (!this.#pending) return;
    if (!this.#shown.waiting && !this.#known) this.#tell({ ...this.#shown, waiting: true });
    if (this.#open.length >= UNDER_WAY) return;
    if (!this.send(++this.#ask, this.viewer, this.#newest!)) return this.#surrender();
    this.#open.push(this.#ask);
    this.#pending = false;
    if (this.#open.length === 1) this.#watch();
  }

  /** See to it that the oldest question under way is not waited for for ever. */
  #watch(): void {
    clearTimeout(this.#timer);
    if (this.#open.length) this.#timer = setTimeout(() => this.#repeat(), this.#patience);
  }

  /** The model may just be slow, and a repeated question starts over: the next one gets longer. */
  #repeat(): void {
    this.#patience *= 2;
    this.#open = [];
    this.#pending = this.#newest !== null;
    this.#next();
  }

  #surrender(): void {
    this.#pending = false;
    this.#newest = null;
    this.#tell(UNASKED);
  }

  #tell(whatif: WhatIf): void {
    this.#shown = whatif;
    this.show(whatif);
    clearTimeout(this.#stale);
    // beside a selection that they are not about, numbers would be false
    const old = whatif.waiting && (whatif.without || whatif.only);
    if (old) this.#stale = setTimeout(() => this.#tell({ ...UNASKED, waiting: true }), STALE);
  }
}
