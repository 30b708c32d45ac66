// What counts as one step of undo: a selection, a sample, a target, a baseline, a run, a removal, an order; never the results that follow from one.
//
// The kernel tells what is there now, not why it changed, and in pieces: a sample first, then its target, then one result
// after the other. So each look at the traits has to decide whether what arrived is a new entry of the history, belongs to
// an entry that is there already, or is a piece of a restore that undo asked for.

import type { Selection } from "../protocol.ts";
import {
  changedPanels,
  History,
  type Moment,
  momentOf,
  needsKernel,
  reordered,
  sameButBaseline,
  sameQuestion,
  withRuns,
} from "../values/history.ts";
import type { Store } from "./store.ts";

export class Timeline {
  readonly #history: History;
  /** What the last look at the traits found. */
  #seen: Moment;
  /** Panels whose next result belongs to an entry that is there already. */
  readonly #due = new Set<string>();
  /** Panels whose next result is an entry of its own: the user asked for it. */
  readonly #asked = new Set<string>();
  /** Undo or redo asked the kernel for another sample, target or baseline, which is not shown yet. */
  #restoring = false;
  /** They asked for another order of the panels, which is not shown yet. */
  #reordering = false;

  constructor(private readonly store: Store) {
    this.#seen = momentOf(store.state);
    this.#history = new History(this.#seen);
    this.#expectFirstResults(this.#seen);
  }

  /** The selection was committed, here or in Python. */
  selected(selection: Selection): void {
    this.#history.record({ ...this.#history.present, selection });
    this.#tellFlags();
  }

  /** A run was asked for: its result is an entry of its own. */
  asked(panel: string): void {
    this.#asked.add(panel);
    this.#due.delete(panel);
  }

  /** Another sample, target or baseline was asked for, or a request refused: an unfinished restore does not matter any more. */
  moved(): void {
    this.#restoring = false;
  }

  /** Traits arrived: find the entry that they make, or belong to. */
  look(): void {
    const now = momentOf(this.store.state);
    const arrived = changedPanels(this.#seen, now);
    this.#seen = now;
    if (!reordered(now.order, this.#history.present.order)) this.#reordering = false;
    if (sameQuestion(now, this.#history.present)) {
      this.#restoring = false; // if a restore was under way, its sample and target are here
      this.#enterResults(now, arrived);
    } else if (!this.#restoring) this.#enterQuestion(now, arrived);
    // else a restore is half here, as the new sample with the old target: a question that nobody asked
    this.#expectFirstResults(now);
    this.#tellFlags();
  }

  /** The moment that undo or redo would show, whether that takes the kernel, and whether panels change places. */
  ahead(direction: "undo" | "redo"): { moment: Moment; kernel: boolean; moves: boolean } | null {
    const moment = this.#history.peek(direction);
    const { present } = this.#history;
    return moment && { moment, kernel: needsKernel(present, moment), moves: reordered(present.order, moment.order) };
  }

  /** Take the step; the caller shows it. */
  step(direction: "undo" | "redo"): void {
    const moment = direction === "undo" ? this.#history.undo() : this.#history.redo();
    if (!moment) return;
    // The kernel sends the restored results as it sends new ones. They are no entries, or undo could not be undone.
    this.#restoring = !sameQuestion(moment, this.#seen);
    this.#reordering = reordered(moment.order, this.#seen.order);
    this.#waitFor(changedPanels(moment, this.#seen));
    this.#tellFlags();
  }

  /** Another sample, target or baseline is shown: an entry, but for a class that is only predicted for the same sample. */
  #enterQuestion(now: Moment, arrived: string[]): void {
    const { present } = this.#history;
    if (isPrediction(now, present)) {
      const { a, b, given } = now;
      this.#history.amend({ ...present, a, b, given });
      this.#enterResults(now, arrived);
      return;
    }
    // what is shown of the old question is computed anew, and its results belong to this entry; maps that
    // another baseline leaves as they are, and those that are pinned, are shown still
    const pinned = new Set(this.store.state.panels.filter((panel) => panel.pinned).map(({ name }) => name));
    const stays = (name: string): boolean => pinned.has(name) || (sameButBaseline(now, present) && name in now.runs);
    this.#waitFor(this.#panels().filter((name) => !arrived.includes(name) && !stays(name)));
    this.#history.record({ ...now, selection: present.selection });
  }

  /** Results arrived, or panels went: an entry, unless all of it was due. */
  #enterResults(now: Moment, arrived: string[]): void {
    const { present } = this.#history;
    const panels = this.#panels();
    // A panel without a result computes one. Until it is there, the entry keeps the old one for undo to bring back.
    const computes = (name: string): boolean => panels.includes(name) && !(name in now.runs);
    const fresh = arrived.filter((name) => now.runs[name] !== present.runs[name] && !computes(name));
    const order = this.#reordering ? present.order : now.order;
    const moved = reordered(order, present.order);
    if (!fresh.length && !moved) return;
    const moment = { ...present, runs: withRuns(present.runs, now.runs, fresh), order };
    // a panel that went was never due: nobody but the user takes one away
    const due = fresh.every((name) => panels.includes(name) && this.#due.has(name));
    if (due && !moved) this.#history.amend(moment);
    else this.#history.record(moment);
    for (const name of fresh) {
      this.#due.delete(name);
      this.#asked.delete(name);
    }
  }

  /** Panels that nobody here asked for open empty, as the first ones do: their first result is no entry. */
  #expectFirstResults(now: Moment): void {
    for (const name of this.#panels()) if (!(name in now.runs) && !this.#asked.has(name)) this.#due.add(name);
  }

  /** The next results of these panels, and of no others, belong to the present entry. */
  #waitFor(panels: string[]): void {
    this.#due.clear();
    for (const name of panels) this.#due.add(name);
  }

  #panels(): string[] {
    return this.store.state.panels.map(({ name }) => name);
  }

  #tellFlags(): void {
    this.store.set({ canUndo: this.#history.canUndo, canRedo: this.#history.canRedo });
  }
}

/** Whether two moments differ only in the class that the model predicts for one sample: it may arrive after the sample. */
function isPrediction(now: Moment, present: Moment): boolean {
  const alike = now.sample === present.sample && now.baseline === present.baseline;
  return alike && !now.given && !present.given;
}
