// What runs in which panel: the newest run wins, and a cancelled one is never heard of again.

import type { Cancelled, Partial as PartialMap, Progress, Queued } from "../protocol.ts";
import { type Binary, type FullPanel, filled, floatsOf, hasMap, shapeOf, sizes, spread } from "../values/arrays.ts";
import type { Job, State, Store } from "./store.ts";

export class Jobs {
  /** By panel, the last run that is over: results, cancellations. */
  readonly #over = new Map<string, number>();

  constructor(private readonly store: Store) {
    this.arrived(store.state.panels);
  }

  queued({ panel, run, method }: Queued): void {
    const job = this.#current(panel, run);
    if (job) this.#put(panel, { ...job, method });
  }

  progress({ panel, run, done, total, seconds_left }: Progress): void {
    const job = this.#current(panel, run);
    if (job) this.#put(panel, { ...job, done, total, secondsLeft: seconds_left });
  }

  partial({ panel, run, shape }: PartialMap, buffers: Binary[]): void {
    const job = this.#current(panel, run);
    const [map, rows, columns] = buffers.map(floatsOf);
    const { sample } = this.store.state;
    const [given, whole] = [sizes(shape), sizes(shapeOf(sample))];
    if (!job || map?.length !== given.H * given.W) return;
    if (given.H === whole.H && given.W === whole.W) return this.#put(panel, { ...job, map, coarse: null });
    if (rows?.length !== whole.H || columns?.length !== whole.W) return;
    const coarse = { rows: given.H, columns: given.W, profiles: { rows, columns } };
    // of a large matrix the blocks are drawn as they are: its cells would be too many
    const cells = sample.large ? map : spread(map, given.H, given.W, whole.H, whole.W);
    this.#put(panel, { ...job, map: cells, coarse });
  }

  cancelled({ panel, run }: Cancelled): void {
    this.#finish(panel, run);
  }

  /** Results are there: the jobs that made them are done. */
  arrived(panels: readonly FullPanel[]): void {
    for (const panel of panels) if (hasMap(panel) || panel.failure) this.#finish(panel.name, panel.run);
  }

  /** Stop listening to what runs in a panel; its number, or null where nothing does. */
  drop(panel: string): number | null {
    const job = this.store.state.jobs[panel];
    if (job) this.#finish(panel, job.run);
    return job?.run ?? null;
  }

  /** The job that a message of this run is about, a new one where it is newer; null where it is stale. */
  #current(panel: string, run: number): Job | null {
    if (run <= (this.#over.get(panel) ?? -1)) return null;
    const job = this.store.state.jobs[panel];
    if (job && job.run >= run) return job.run === run ? job : null;
    const method = this.store.state.panels.find(({ name }) => name === panel)?.method ?? panel;
    return { run, method, done: 0, total: 0, secondsLeft: null, map: null, coarse: null };
  }

  #put(panel: string, job: Job): void {
    this.store.set({ jobs: { ...this.store.state.jobs, [panel]: job } });
  }

  #finish(panel: string, run: number): void {
    this.#over.set(panel, Math.max(run, this.#over.get(panel) ?? -1));
    const { [panel]: job, ...others } = this.store.state.jobs;
    if (job && job.run <= run) this.store.set({ jobs: others });
  }
}

/** The panels that there are, and those that a run is about to add. */
export function shownPanels({ panels, jobs }: Readonly<State>): FullPanel[] {
  const known = new Set(panels.map(({ name }) => name));
  const coming = Object.entries(jobs).filter(([name]) => !known.has(name));
  return [...panels, ...coming.map(([name, { method, run }]) => emptyPanel(name, method, run))];
}

/** A panel that holds no result yet. */
export function emptyPanel(name: string, method: string, run: number): FullPanel {
  const asked = { name, method, run, parameters: {}, summary: "", within: null, profile: "sum" as const };
  const found = { seconds: null, score: null, score_at_baseline: null, residual: null };
  return filled({ ...asked, ...found, notes: [], conservation: [], arrays: "", failure: null }, undefined);
}
