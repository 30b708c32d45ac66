// Undo and redo over moments: what was selected, which sample, target and baseline were shown, and which result each panel held, in which order.

import type { Hidden, PanelState, Sample, Selection, Target } from "../protocol.ts";
import { equal as equalSelections } from "./regions.ts";

/** What one step of undo brings back. `runs` names the result of each panel by its run number. */
export interface Moment {
  selection: Selection;
  sample: number;
  a: number;
  b: number | null;
  given: boolean;
  /** The number of what hidden cells become. */
  baseline: number;
  runs: Readonly<Record<string, number>>;
  /** The names of the panels, those without a result too: a record keeps no order of names such as "2". */
  order: readonly string[];
}

/** The moment that a state shows. Panels without a result yet have no number. */
export function momentOf(state: {
  selection: Selection;
  sample: Sample;
  target: Target;
  hidden: Hidden;
  panels: readonly PanelState[];
}): Moment {
  const done = state.panels.filter((panel) => panel.arrays !== "" || panel.failure !== null);
  return {
    selection: state.selection,
    sample: state.sample.index,
    a: state.target.a,
    b: state.target.b,
    given: state.target.given,
    baseline: state.hidden.number,
    runs: Object.fromEntries(done.map((panel) => [panel.name, panel.run])),
    order: state.panels.map((panel) => panel.name),
  };
}

/** Whether the panels that two orders share follow each other differently: one that comes or goes moves no other. */
export function reordered(a: readonly string[], b: readonly string[]): boolean {
  const [one, other] = [a.filter((name) => b.includes(name)), b.filter((name) => a.includes(name))];
  return one.some((name, index) => name !== other[index]);
}

/** Whether two moments show the same sample, the same target and the same baseline. */
export function sameQuestion(a: Moment, b: Moment): boolean {
  return sameButBaseline(a, b) && a.baseline === b.baseline;
}

/** Whether two moments differ in their baseline at most, which leaves maps that hide no cell as they are. */
export function sameButBaseline(a: Moment, b: Moment): boolean {
  return a.sample === b.sample && a.a === b.a && a.b === b.b && a.given === b.given;
}

/** The panels whose result differs, those that only one of the two has included. */
export function changedPanels(a: Moment, b: Moment): string[] {
  return [...new Set([...Object.keys(a.runs), ...Object.keys(b.runs)])].filter((name) => a.runs[name] !== b.runs[name]);
}

/** `runs` with those of some panels as `other` has them; a panel that `other` lacks is taken away. */
export function withRuns(runs: Moment["runs"], other: Moment["runs"], panels: string[]): Moment["runs"] {
  const merged: Record<string, number> = { ...runs };
  for (const name of panels) {
    const run = other[name];
    if (run === undefined) delete merged[name];
    else merged[name] = run;
  }
  return merged;
}

/** Whether going from one moment to the other takes the kernel: all but selection and order is its own. */
export function needsKernel(a: Moment, b: Moment): boolean {
  return !sameQuestion(a, b) || changedPanels(a, b).length > 0;
}

export function sameMoment(a: Moment, b: Moment): boolean {
  return equalSelections(a.selection, b.selection) && !needsKernel(a, b) && !reordered(a.order, b.order);
}

/** A bounded stack with a present in its middle. */
export class History {
  #past: Moment[] = [];
  #future: Moment[] = [];

  constructor(
    private now: Moment,
    private readonly depth = 100,
  ) {}

  get present(): Moment {
    return this.now;
  }

  get canUndo(): boolean {
    return this.#past.length > 0;
  }

  get canRedo(): boolean {
    return this.#future.length > 0;
  }

  /** The moment that undo or redo would bring back. */
  peek(direction: "undo" | "redo"): Moment | null {
    const stack = direction === "undo" ? this.#past : this.#future;
    return stack[stack.length - 1] ?? null;
  }

  /** One entry more, and nothing left to redo; a moment like the present one is none. */
  record(moment: Moment): void {
    if (sameMoment(moment, this.now)) return;
    this.#past.push(this.now);
    if (this.#past.length > this.depth) this.#past.shift();
    this.#future = [];
    this.now = moment;
  }

  /**
   * The present as it turns out: results, or a predicted class, that belong to an entry already made. Every
   * moment of the same question that waits for the same gets it too: undo must not bring back an empty panel.
   */
  amend(moment: Moment): void {
    const before = this.now;
    const { a, b, given } = moment;
    const arrived = changedPanels(before, moment);
    const carried = (old: Moment): Moment => {
      if (!sameQuestion(old, before)) return old;
      // a moment whose panel held another result keeps it: undo is to bring that one back
      const waits = arrived.filter((name) => old.runs[name] === before.runs[name]);
      return { ...old, a, b, given, runs: withRuns(old.runs, moment.runs, waits) };
    };
    this.#past = this.#past.map(carried);
    this.#future = this.#future.map(carried);
    this.now = moment;
  }

  undo(): Moment | null {
    const moment = this.#past.pop();
    if (!moment) return null;
    this.#future.push(this.now);
    this.now = moment;
    return moment;
  }

  redo(): Moment | null {
    const moment = this.#future.pop();
    if (!moment) return null;
    this.#past.push(this.now);
    this.now = moment;
    return moment;
  }
}
