// The model interface of anywidget, as every front end has it, and the traits that a view watches.

import type { Traits } from "../protocol.ts";

/** Called with what belongs to an event: `never[]`, since a listener knows what its own event hands over. */
export type Listener = (...given: never[]) => void;

/** What anywidget passes to render, in every front end. */
export interface AnyModel {
  get(name: string): unknown;
  set(name: string, value: unknown): void;
  save_changes(): void;
  send(content: unknown, callbacks?: unknown, buffers?: unknown): void;
  on(name: string, callback: Listener): void;
  off(name: string, callback: Listener): void;
  /** Only some front ends show it; false once the kernel is gone. */
  comm_live?: boolean;
  /** What holds the widgets of the page, of a kind that depends on the front end. */
  widget_manager?: unknown;
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
  "hidden",
  "scores",
  "target",
  "panels",
  "notes",
  "finder",
  "evidence",
  "answered",
  "whatifs",
  "named_scores",
  "named",
  "listing",
  "selection",
  "pointed",
  "options",
  "height",
] as const satisfies readonly TraitName[];

export function read<K extends TraitName>(model: AnyModel, name: K): Traits[K] {
  return model.get(name) as Traits[K];
}
