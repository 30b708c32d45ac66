// The map that the model returns, live: what the panel of the output needs is asked for, one question under way.
//
// When its answer is there, the newest is asked: what was passed over meanwhile is never computed.

import type { OutputCells, Output as Request, Selection } from "../../protocol.ts";
import { type Binary, decode } from "../../values/arrays.ts";
import { type Chosen, chosenOf, heldOf } from "../../values/panels/output.ts";
import { type OutputState, reached, type State, type Store } from "../store.ts";

/** How the panel of the output is called. */
export const OUTPUT = "output";

/** How long an answer is waited for, in ms. */
const PATIENCE = 10_000;

/** How long the map of an earlier selection is shown without a word, in ms. */
const LATE = 300;

/** What the panel of the output shows. */
export type OutputSeen = State["options"]["output"];

export const UNTOLD: OutputState = { whole: null, part: null, reason: "", late: false };

/** Whether a panel shows what the model returns. */
export function hasOutput({ bare, sample, options }: Readonly<State>): boolean {
  return !bare && (sample.outputs?.length ?? 0) > 0 && options.output !== "none";
}

export function chosen({ sample, options }: Readonly<State>): Chosen | null {
  return chosenOf(sample.outputs ?? [], options.output_of, options.output_channel);
}

/** What it shows: without a kernel the whole matrix alone. */
export function outputSeen({ options, connection, scores }: Readonly<State>): OutputSeen {
  return reached(connection) && !scores.missing ? options.output : "whole";
}

/** The map of the whole matrix; null until it is there. */
export function wholeMap(state: Readonly<State>): Float32Array | null {
  const which = chosen(state);
  if (!which) return null;
  const told = state.output.whole;
  return heldOf(which) ?? (told?.of === about(state, which, "whole") ? told.values : null);
}

/** The map of what is left of the matrix; with nothing selected it is that of the whole. */
export function partMap(state: Readonly<State>): Float32Array | null {
  const which = chosen(state);
  const part = partOf(state);
  if (!which || part === null) return wholeMap(state);
  const told = state.output.part;
  return told?.of === about(state, which, part) ? told.values : null;
}

/** What is asked of the kernel beside the whole map; null where that is the whole map. */
function partOf(state: Readonly<State>): "without" | "only" | null {
  const seen = outputSeen(state);
  if (seen === "only") return "only";
  return seen !== "whole" && seen !== "none" && selected(state).bands.length ? "without" : null;
}

function selected({ draft, selection }: Readonly<State>): Selection {
  return draft ?? selection;
}

function about({ sample, hidden }: Readonly<State>, { output, channel }: Chosen, part: string): string {
  return JSON.stringify([sample.index, part === "whole" ? null : hidden.number, output.number, channel, part]);
}

type Wanted = Pick<Request, "output" | "channel" | "part" | "selection">;

export class OutputQuestion {
  #asked = 0;
  #waiting: { ask: number; since: number; of: string; key: string; part: Request["part"] } | null = null;
  /** What was answered last, or refused, of the whole map and of a part. */
  readonly #done: Record<string, string> = {};
  #timer: ReturnType<typeof setTimeout> | undefined;
  #late: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: Store,
    private readonly viewer: number,
    private readonly deliver: (request: Request) => boolean,
  ) {}

  /** Ask for what is missing, if the panel is seen, there is a kernel and nothing is awaited. */
  look(): void {
    const { state } = this.store;
    if (!isSeen(state) || !reached(state.connection) || state.scores.missing) return;
    if (this.#waiting && performance.now() - this.#waiting.since < PATIENCE) return;
    this.#waiting = null;
    clearTimeout(this.#timer);
    // the map of an earlier selection is not shown when the next begins
    if (!partOf(state) && state.output.part) this.store.set({ output: { ...state.output, part: null } });
    for (const wanted of wantedOf(state)) if (this.#ask(wanted, state)) return;
  }

  /** Send one question; false where it was answered, or refused, already. */
  #ask(wanted: Wanted, state: Readonly<State>): boolean {
    const of = about(state, chosen(state)!, wanted.part);
    const key = of + JSON.stringify(wanted.selection?.bands ?? null);
    if (this.#done[part(wanted.part)] === key) return false;
    const ask = ++this.#asked;
    if (!this.deliver({ kind: "output", viewer: this.viewer, ask, ...wanted })) return true;
    this.#waiting = { ask, since: performance.now(), of, key, part: wanted.part };
    this.#timer = setTimeout(() => this.look(), PATIENCE + 1);
    this.#late = setTimeout(() => this.#tell({ late: true }), LATE);
    return true;
  }

  answer({ viewer, ask, shape, sample, reason = "" }: OutputCells, [bytes]: Binary[]): void {
    const asked = this.#waiting;
    if (viewer !== this.viewer || asked?.ask !== ask) return;
    this.#waiting = null;
    clearTimeout(this.#timer);
    clearTimeout(this.#late);
    const which = part(asked.part);
    this.#done[which] = asked.key;
    if (reason) this.#tell({ [which]: null, reason, late: false });
    else if (bytes && sample === this.store.state.sample.index) {
      const told = { of: asked.of, values: decode({ shape, bytes: bytes as DataView }) };
      this.#tell({ [which]: told, reason: "", late: false });
    }
    this.look();
  }

  #tell(patch: Partial<OutputState>): void {
    this.store.set({ output: { ...this.store.state.output, ...patch } });
  }

  /** Ask again what was asked before: the sample was sent anew, or the kernel is another. */
  again(): void {
    for (const key of Object.keys(this.#done)) delete this.#done[key];
    this.look();
  }

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#late);
  }
}

/** Whether the reader sees the panel: another may take its place. */
function isSeen(state: Readonly<State>): boolean {
  return hasOutput(state) && (state.enlarged === null || state.enlarged === OUTPUT);
}

function wantedOf(state: Readonly<State>): Wanted[] {
  const { output, channel } = chosen(state)!;
  const whose = { output: output.number, channel };
  const made: Wanted[] = [];
  if (!wholeMap(state)) made.push({ ...whose, part: "whole", selection: null });
  const left = partOf(state);
  if (left) made.push({ ...whose, part: left, selection: selected(state) });
  return made;
}

function part(of: Request["part"]): "whole" | "part" {
  return of === "whole" ? "whole" : "part";
}
