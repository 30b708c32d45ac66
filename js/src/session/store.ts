// The one store of a view: what the traits say, and what only this browser knows.

import type {
  Answered,
  Axes,
  BaselineRow,
  EvidenceState,
  FamilyState,
  FieldState,
  Hidden,
  Listing,
  MethodState,
  NamedScores,
  NamedSelection,
  Offered,
  Sample,
  Scores,
  Selection,
  Target,
  Values,
  WhatIfs,
} from "../protocol.ts";
import type { FullPanel, Profiles } from "../values/arrays.ts";
import type { Drawing } from "../values/drawing/options.ts";
import type { Raster, Statistic } from "../values/large/rasters.ts";
import type { Window } from "../values/large/wanted.ts";
import type { Part } from "../values/listing/catalogue.ts";
import type { Viewport } from "../values/viewport.ts";

/** The cell under the pointer or the keyboard, and the panel it was pointed at in. */
export interface Cursor {
  row: number;
  column: number;
  panel: string;
}

/**
 * A run that is queued or under way in a panel; `map` is what has arrived of it, NaN elsewhere.
 *
 * `coarse` tells of how many rows and columns of blocks it is drawn, with `profiles` of all cells; null where of cells.
 */
export interface Job {
  run: number;
  method: string;
  done: number;
  total: number;
  secondsLeft: number | null;
  map: Float32Array | null;
  coarse: { rows: number; columns: number; profiles: Profiles } | null;
}

/** Blocks of a large map, and of which: `run` is that of the panel, or the index of the sample. */
export interface Tile {
  run: number;
  channel: number | null;
  statistic: Statistic;
  window: Window;
  raster: Raster;
}

/** The scores while the selection is hidden, and with only it; `waiting` while a newer question is open. */
export interface WhatIf {
  without: (number | null)[] | null;
  only: (number | null)[] | null;
  reason: string;
  waiting: boolean;
}

/**
 * live: the kernel answers. waiting: it has not answered for 2 s. lost: the connection is cut, and may come back.
 * gone: it will not answer any more. unheard: none has answered since the page was opened. saved: an offline page.
 */
export type Connection = "live" | "waiting" | "lost" | "gone" | "unheard" | "saved";

/** Whether a request would reach a kernel, as far as it is known. */
export function reached(connection: Connection): boolean {
  return connection === "live" || connection === "waiting";
}

/** What was asked for and is not here yet: what is shown is about another sample, or another target; null is none. */
export interface Asked {
  sample: number | null;
  target: Pick<Target, "a" | "b"> | null;
}

export const NOTHING_ASKED: Asked = { sample: null, target: null };

/** What is asked for and not here yet: beside it, all that is shown is of the sample or the target before; null is nothing. */
export function awaits({ asked }: Readonly<State>): "sample" | "target" | null {
  if (asked.sample !== null) return "sample";
  return asked.target ? "target" : null;
}

/** A search for runs that is queued or under way. */
export interface Search {
  search: number;
  done: number;
  total: number;
  secondsLeft: number | null;
}

/** The table of baselines while it is open: its rows so far, and why there are no more. */
export interface Comparison {
  rows: BaselineRow[];
  total: number;
  reason: string;
}

/** A map that was asked for; `of` says what it is of, but for the selection. */
export interface Told {
  of: string;
  values: Float32Array;
}

/** What was asked for and is there; `reason` says why the last is not. */
export interface OutputState {
  whole: Told | null;
  part: Told | null;
  reason: string;
  /** An answer is awaited for longer than a moment: what is shown is of an earlier selection. */
  late: boolean;
}

export interface State {
  bare: boolean;
  axes: Axes;
  classes: string[];
  families: FamilyState[];
  methods: MethodState[];
  tables: Record<string, Uint8Array>;
  sample: Sample;
  matrix: Float32Array;
  /** (H, W), 1 where a cell does not exist; null where all do. */
  absent: Float32Array | null;
  hidden: Hidden;
  scores: Scores;
  target: Target;
  asked: Asked;
  panels: FullPanel[];
  notes: string[];
  finder: FieldState[];
  evidence: EvidenceState;
  answered: Answered;
  whatifs: WhatIfs;
  named: NamedSelection[];
  named_scores: NamedScores[];
  listing: Listing;
  /** The part of the list that is there while the reader looks; else null. */
  part: Part | null;
  selection: Selection;
  options: Drawing;
  /** The panel that takes the place of all; null is none. */
  enlarged: string | null;
  /** Of the whole view in CSS pixels; null is as much as it takes. */
  height: number | null;
  /** The selection under the hand; null between gestures. */
  draft: Selection | null;
  /** The band that handles, Enter and Delete refer to; -1 is none. */
  active: number;
  cursor: Cursor | null;
  /** What the pointer is over in a list; no bands where it is over nothing. */
  pointed: Selection;
  viewport: Viewport;
  /** By panel name, the blocks of large maps that were asked for; the input is "input". */
  tiles: Record<string, Tile>;
  /** The exact values of the cell under the crosshair in large maps, once they are there. */
  cell: Values | null;
  /** By panel name. */
  jobs: Record<string, Job>;
  search: Search | null;
  /** What may be chosen as a target, once it was asked for. */
  offered: Offered | null;
  comparison: Comparison | null;
  whatif: WhatIf;
  /** The maps of the model's output that were asked for. */
  output: OutputState;
  connection: Connection;
  /** Whether the kernel has told this page what runs: until then, a map that is not there may be on its way. */
  told: boolean;
  /** One sentence for the status line, about what could not be done; empty where there is none. */
  notice: string;
  canUndo: boolean;
  canRedo: boolean;
}

export type Key = keyof State;
export type Listener = (changed: ReadonlySet<Key>, state: Readonly<State>) => void;

/** Holds the state and tells listeners, once per animation frame at most, which keys changed. */
export class Store {
  readonly #listeners = new Set<Listener>();
  #changed = new Set<Key>();
  #frame = 0;

  constructor(private current: State) {}

  get state(): Readonly<State> {
    return this.current;
  }

  set(patch: Partial<State>): void {
    let any = false;
    for (const key of Object.keys(patch) as Key[]) {
      if (Object.is(this.current[key], patch[key])) continue;
      this.#changed.add(key);
      any = true;
    }
    if (!any) return;
    this.current = { ...this.current, ...patch };
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.flush());
  }

  /** Tell the listeners now instead of at the next frame. */
  flush(): void {
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    if (!this.#changed.size) return;
    const changed = this.#changed;
    this.#changed = new Set();
    for (const listener of this.#listeners) listener(changed, this.current);
  }

  subscribe(listener: Listener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#listeners.clear();
  }
}
