// The live question "without it, and with only it": one under way, the newest one waiting, old answers ignored.

import type { Answer, Selection } from "./protocol.ts";
import { equal } from "./regions.ts";
import type { WhatIf } from "./state.ts";

/** When a question counts as lost and the newest one is asked instead, in ms; twice that for each in a row. */
export const LOST = 3000;

export const UNASKED: WhatIf = { without: null, only: null, reason: "", waiting: false };

export class Question {
  /** Views of one widget hear each other's answers: each has a number of its own, and counts from it. */
  readonly #viewer = Math.floor(Math.random() * 2 ** 30);
  #ask = this.#viewer;
  #patience = LOST;
  #open = false;
  #stale = false;
  #newest: Selection | null = null;
  #pending = false;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #shown: WhatIf = UNASKED;

  constructor(
    private readonly send: (ask: number, viewer: number, selection: Selection) => boolean,
    private readonly show: (whatif: WhatIf) => void,
  ) {}

  /** Ask about a selection; null asks nothing and forgets what was answered. */
  about(selection: Selection | null): void {
    if (selection && this.#newest && equal(selection, this.#newest)) return;
    this.#newest = selection;
    this.#pending = selection !== null;
    if (selection) return this.#next();
    this.#stale = this.#open;
    this.#tell(UNASKED);
  }

  /** Ask the same again, of another sample; numbers shown and an answer under way are about the old one. */
  again(): void {
    if (!this.#newest) return;
    this.#stale = this.#open;
    this.#pending = true;
    this.#tell({ ...UNASKED, waiting: true });
    this.#next();
  }

  answer(message: Answer): void {
    if (!this.#open || message.ask !== this.#ask) return;
    this.#close();
    this.#patience = LOST;
    const { without, only, reason = "" } = message;
    if (!this.#stale) this.#tell({ without, only, reason, waiting: this.#pending });
    this.#next();
  }

  stop(): void {
    clearTimeout(this.#timer);
    this.#open = false;
    this.#pending = false;
  }

  #close(): void {
    clearTimeout(this.#timer);
    this.#open = false;
  }

  #next(): void {
    if (!this.#pending) return;
    if (!this.#shown.waiting) this.#tell({ ...this.#shown, waiting: true });
    if (this.#open) return;
    if (!this.send(++this.#ask, this.#viewer, this.#newest!)) return this.#surrender();
    this.#open = true;
    this.#stale = this.#pending = false;
    this.#timer = setTimeout(() => this.#repeat(), this.#patience);
  }

  /** The model may just be slow, and a repeated question starts over: the next one gets longer. */
  #repeat(): void {
    this.#patience *= 2;
    this.#open = false;
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
  }
}
