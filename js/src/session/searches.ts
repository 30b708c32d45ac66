// The search for runs that is under way: the newest counts, and one that is over is never heard of again.

import type { EvidenceState, Searching, Stopped } from "../protocol.ts";
import type { Store } from "./store.ts";

export class Searches {
  /** The newest search that is over: found something, found nothing, or was stopped. */
  #over: number;

  constructor(private readonly store: Store) {
    this.#over = store.state.evidence.search;
  }

  searching({ search, done, total, seconds_left: secondsLeft }: Searching): void {
    const newest = Math.max(this.#over + 1, this.store.state.search?.search ?? 0);
    if (search >= newest) this.store.set({ search: { search, done, total, secondsLeft } });
  }

  stopped({ search }: Stopped): void {
    this.#finish(search);
  }

  /** A table is there; true where it is what was waited for. Another sample may bring back an older one. */
  arrived({ search }: EvidenceState): boolean {
    return search > 0 && this.#finish(search);
  }

  /** Stop listening to what is under way; its number, or null where nothing is. */
  drop(): number | null {
    const search = this.store.state.search?.search ?? null;
    if (search !== null) this.#finish(search);
    return search;
  }

  #finish(search: number): boolean {
    this.#over = Math.max(this.#over, search);
    const waited = this.store.state.search !== null && this.store.state.search.search <= search;
    if (waited) this.store.set({ search: null });
    return waited;
  }
}
