// The kernel's side as the front end hands it over: the model interface of anywidget, and its traits read into a state.

import type { Selection, Traits } from "../protocol.ts";
import { type Binary, bytesOf, decode, sizes } from "../values/arrays.ts";
import { whole } from "../values/viewport.ts";
import type { State } from "./store.ts";

/** What anywidget passes to render, in every front end. */
export interface AnyModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: unknown): void;
  on(name: string, callback: (...given: any[]) => void): void;
  off(name: string, callback: (...given: any[]) => void): void;
  /** Only some front ends show it; false once the kernel is gone. */
  comm_live?: boolean;
}

export type TraitName = keyof Traits;

/** The traits that a session watches, in an order in which each may use those before it. */
export const WATCHED = [
  "live",
  "bare",
  "axes",
  "classes",
  "families",
  "methods",
  "tables",
  "sample",
  "scores",
  "target",
  "panels",
  "notes",
  "finder",
  "evidence",
  "selection",
  "pointed",
  "options",
] as const satisfies readonly TraitName[];

export function read<K extends TraitName>(model: AnyModel, name: K): Traits[K] {
  return model.get(name) as Traits[K];
}

/** The colour tables, as bytes. */
export function tablesOf(tables: Record<string, Binary>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, bytesOf(table)]));
}

/** A selection that shares nothing with the model, and always has a list. */
export function selectionOf(given: Selection | null | undefined): Selection {
  return { bands: [...(given?.bands ?? [])] };
}

/** What a view shows first: the traits, and nothing under the hand. */
export function initialState(model: AnyModel): State {
  const sample = read(model, "sample");
  const { H, W } = sizes(sample.matrix.shape);
  return {
    bare: read(model, "bare"),
    axes: read(model, "axes"),
    classes: read(model, "classes"),
    families: read(model, "families"),
    methods: read(model, "methods"),
    tables: tablesOf(read(model, "tables")),
    sample,
    matrix: decode(sample.matrix),
    scores: read(model, "scores"),
    target: read(model, "target"),
    panels: read(model, "panels"),
    notes: read(model, "notes"),
    finder: read(model, "finder"),
    evidence: read(model, "evidence"),
    selection: selectionOf(read(model, "selection")),
    options: read(model, "options"),
    draft: null,
    active: -1,
    cursor: null,
    pointed: selectionOf(read(model, "pointed")),
    viewport: whole(H, W),
    jobs: {},
    search: null,
    whatif: { without: null, only: null, reason: "", waiting: false },
    connection: read(model, "live") ? "live" : "saved",
    notice: "",
    canUndo: false,
    canRedo: false,
  };
}
