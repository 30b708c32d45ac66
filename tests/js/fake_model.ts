// A kernel and a front end in one object: traits, change events as Backbone fires them, and what was sent.

import type { AnyModel, Listener } from "../../js/src/border/any_model.ts";
import type { Band, PanelArrays, PanelState, Reply, Request, Selection, Traits } from "../../js/src/protocol.ts";
import { emptyPanel } from "../../js/src/session/jobs.ts";
import { initialState } from "../../js/src/session/model.ts";
import { Session } from "../../js/src/session/session.ts";
import { Store } from "../../js/src/session/store.ts";
import type { FullPanel } from "../../js/src/values/arrays.ts";
import { BY_INDEX } from "../../js/src/values/listing/catalogue.ts";

globalThis.requestAnimationFrame ??= (callback) => setTimeout(() => callback(0), 0) as unknown as number;
globalThis.cancelAnimationFrame ??= (handle) => clearTimeout(handle);

export const [H, W] = [4, 6];

export function packed(values: number[], shape = [H, W]): { shape: number[]; bytes: DataView } {
  return { shape, bytes: new DataView(Float32Array.from(values).buffer) };
}

/** An array that there is not. */
export const NONE = packed([], [0]);

export const rows = (a: number, b: number): Selection => ({ bands: [{ op: "add", rows: [a, b], columns: null } satisfies Band] });

export function panel(name: string, run: number, rest: Partial<FullPanel> = {}): FullPanel {
  const made = { ...emptyPanel(name, name, run), seconds: 0.1, score: 1, ...rest };
  const map = "map" in rest ? made.map : run ? packed(new Array(H * W).fill(run)) : null;
  return { ...made, map, arrays: map ? `arrays_${name}` : "" };
}

/** Panels as traits: each with its arrays in one of its own. */
export function split(panels: readonly FullPanel[]): Record<string, unknown> & { panels: PanelState[] } {
  const parts = panels.map(({ map, standard_error, row_errors, column_errors, channels, ...state }) => {
    const given = { map, standard_error, row_errors, column_errors, channels };
    const held = Object.entries(given).map(([key, array]) => [key, array ?? NONE]);
    return [state, { run: state.run, ...Object.fromEntries(held) } as PanelArrays] as const;
  });
  const arrays = parts.filter(([state]) => state.arrays).map(([state, held]) => [state.arrays, held]);
  return { ...Object.fromEntries(arrays), panels: parts.map(([state]) => state) };
}

type Given = Partial<Omit<Traits, "panels"> & { panels: FullPanel[] }>;

export function traits({ panels, ...rest }: Given = {}): Traits {
  const axis = (name: string, n: number) => ({ name, labels: Array.from({ length: n }, (_, i) => String(i)), values: null });
  return {
    protocol: 3,
    live: true,
    bare: false,
    axes: { rows: axis("rows", H), columns: axis("columns", W) },
    classes: ["cat", "dog"],
    families: [],
    methods: [],
    tables: { "input light": new DataView(new ArrayBuffer(768)) },
    sample: { index: 0, count: 3, others: true, truth: null, matrix: packed(new Array(H * W).fill(0), [H, W, 1]), absent: NONE },
    hidden: { number: 0, baseline: "0", sentence: "Hidden cells become 0.", matrix: packed([0], [1, 1, 1]), warnings: [] },
    scores: { kind: "probabilities", all: [0.7, 0.3], predicted: 0 },
    target: { a: 0, b: null, given: false },
    ...split(panels ?? [panel("occlusion", 1), panel("gradient", 2)]),
    notes: [],
    finder: [],
    evidence: { search: 0, axis: "columns", runs: [], score: "probability", about: "", notes: [], failed: false },
    answered: { sample: 0, selection: { bands: [] }, without: null, only: null },
    whatifs: { classes: [], rows: null, columns: null, missing: "" },
    named: [],
    named_scores: [],
    listing: { number: 0, arranged: BY_INDEX, count: 3, at: 0, measure: "", about: "", done: 0, total: 0, running: false },
    snapshot: "",
    selection: { bands: [] },
    pointed: { bands: [] },
    options: { limits: "own", quantile: 0.998, colours: "blue-red", channel: null, profiles: true, evidence: true, mode: "rectangle", brush: 1, input: "whole", blocks: "strongest" },
    height: null,
    ...rest,
  };
}

export class FakeModel implements AnyModel {
  readonly sent: Request[] = [];
  readonly saved: Record<string, unknown>[] = [];
  comm_live?: boolean;
  widget_manager?: unknown;
  broken = false;
  #unsaved: Record<string, unknown> = {};
  readonly #callbacks = new Map<string, Set<Listener>>();

  constructor(public state: Record<string, any>) {}

  get(name: string): any {
    return this.state[name];
  }

  /** The browser writes. */
  set(name: string, value: unknown): void {
    this.#unsaved[name] = value;
    this.arrive({ [name]: value });
  }

  save_changes(): void {
    this.saved.push(this.#unsaved);
    this.#unsaved = {};
  }

  send(content: unknown): void {
    if (this.broken) throw new Error("Cannot send: the comm is disposed");
    this.sent.push(structuredClone(content) as Request);
  }

  on(name: string, callback: Listener): void {
    if (!this.#callbacks.has(name)) this.#callbacks.set(name, new Set());
    this.#callbacks.get(name)!.add(callback);
  }

  off(name: string, callback: Listener): void {
    this.#callbacks.get(name)?.delete(callback);
  }

  get listeners(): number {
    return [...this.#callbacks.values()].reduce((total, set) => total + set.size, 0);
  }

  fire(name: string, ...given: unknown[]): void {
    for (const callback of [...(this.#callbacks.get(name) ?? [])]) callback(...(given as never[]));
  }

  /** Traits of one message: all are there before the first event, as in Backbone. */
  arrive(patch: Record<string, unknown>): void {
    if (patch.panels) patch = { ...patch, ...split(patch.panels as FullPanel[]) };
    Object.assign(this.state, patch);
    for (const name of Object.keys(patch)) this.fire(`change:${name}`);
  }

  reply(message: Reply, ...buffers: unknown[]): void {
    this.fire("msg:custom", message, buffers);
  }

  /** The requests of one kind, oldest first. */
  of<K extends Request["kind"]>(kind: K): Extract<Request, { kind: K }>[] {
    return this.sent.filter((request): request is Extract<Request, { kind: K }> => request.kind === kind);
  }
}

export interface Scene {
  model: FakeModel;
  store: Store;
  session: Session;
  files: [string, string, Uint8Array][];
}

/** A session on a model, disposed when the test is over. */
export function scene(t: { after(done: () => void): void }, rest: Given = {}, manager?: unknown): Scene {
  const model = new FakeModel(traits(rest));
  model.widget_manager = manager;
  const store = new Store(initialState(model));
  const files: Scene["files"] = [];
  const session = new Session(model, store, (...file) => files.push(file));
  t.after(() => {
    session.dispose();
    store.dispose();
  });
  return { model, store, session, files };
}

/** Let what waits for the end of the current message happen. */
export const settle = (): Promise<void> => new Promise((done) => queueMicrotask(done));
