// What counts as one step of undo: a selection, a sample, a target, a run, a removal; never the results that follow from one.

import type { Selection } from "../protocol.ts";
import { changedPanels, History, type Moment, momentOf, needsKernel, sameQuestion } from "../values/history.ts";
import type { Store } from "./store.ts";

export class Timeline {
  readonly #history: History;
  /** What the last look at the panels found. */
  #seen: Moment;
  /** Panels whose next result belongs to an entry that exists. */
  readonly #due = new Set<string>();
  /** Panels whose next result is an entry of its own: the user asked for it. */
  readonly #asked = new Set<string>();
  /** The kernel was asked for another sample or target and has not shown it yet. */
  #restoring = false;

  constructor(private readonly store: Store) {
    this.#seen = momentOf(store.state);
    this.#history = new History(this.#seen);
    this.#expect(this.#seen);
  }

  /** The selection was committed, here or in Python. */
  selected(selection: Selection): void {
    this.#history.record({ ...this.#history.present, selection });
    this.#flags();
  }

  /** A run was asked for: its result is an entry of its own. */
  asked(panel: string): void {
    this.#asked.add(panel);
    this.#due.delete(panel);
  }

  /** Another sample or target was asked for, or a request refused: an unfinished restore does not matter any more. */
  moved(): void {
    this.#restoring = false;
  }

  /** Traits arrived. */
  look(): void {
    const [now, before] = [momentOf(this.store.state), this.#seen];
    const { present } = this.#history;
    this.#seen = now;
    if (!sameQuestion(now, present)) {
      if (!this.#restoring) this.#question(now, before);
    } else {
      this.#restoring = false;
      this.#results(now, before);
    }
    this.#expect(now);
    this.#flags();
  }

  /** The moment that undo or redo would show, and whether that takes the kernel. */
  ahead(direction: "undo" | "redo"): { moment: Moment; kernel: boolean } | null {
    const moment = this.#history.peek(direction);
    return moment && { moment, kernel: needsKernel(this.#history.present, moment) };
  }

  /** Take the step; the caller shows it. */
  step(direction: "undo" | "redo"): void {
    const moment = direction === "undo" ? this.#history.undo() : this.#history.redo();
    if (!moment) return;
    this.#restoring = !sameQuestion(moment, this.#seen);
    this.#due.clear();
    for (const name of changedPanels(moment, this.#seen)) this.#due.add(name);
    this.#flags();
  }

  /** Panels that nobody here asked for open empty, as the first ones do: their first result is no entry. */
  #expect(now: Moment): void {
    for (const { name } of this.store.state.panels) {
      if (!(name in now.runs) && !this.#asked.has(name)) this.#due.add(name);
    }
  }

  #question(now: Moment, before: Moment): void {
    const { present } = this.#history;
    const predicted = now.sample === present.sample && !now.given && !present.given;
    if (predicted) {
      const { a, b, given } = now;
      this.#history.amend({ ...present, a, b, given });
      return this.#results(now, before);
    }
    const fresh = new Set(changedPanels(before, now));
    this.#due.clear();
    for (const { name } of this.store.state.panels) if (!fresh.has(name)) this.#due.add(name);
    this.#history.record({ ...now, selection: present.selection });
  }

  #results(now: Moment, before: Moment): void {
    const { present } = this.#history;
    const here = new Set(this.store.state.panels.map((panel) => panel.name));
    const pending = (name: string): boolean => here.has(name) && !(name in now.runs);
    const changed = changedPanels(before, now).filter(
      (name) => now.runs[name] !== present.runs[name] && !pending(name),
    );
    if (!changed.length) return;
    const runs: Record<string, number> = { ...present.runs };
    for (const name of changed) {
      if (name in now.runs) runs[name] = now.runs[name]!;
      else delete runs[name];
    }
    const moment = { ...present, runs };
    if (changed.every((name) => here.has(name) && this.#due.has(name))) this.#history.amend(moment);
    else this.#history.record(moment);
    for (const name of changed) {
      this.#due.delete(name);
      this.#asked.delete(name);
    }
  }

  #flags(): void {
    this.store.set({ canUndo: this.#history.canUndo, canRedo: this.#history.canRedo });
  }
}
