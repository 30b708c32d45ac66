// The traits of the kernel read into the state of a view.

import { type AnyModel, read, type TraitName } from "../border/any_model.ts";
import type { PanelArrays, PanelState, Sample, Selection, Traits } from "../protocol.ts";
import { type Binary, bytesOf, decode, type FullPanel, filled, held, shapeOf, sizes } from "../values/arrays.ts";
import { drawingOf } from "../values/drawing/options.ts";
import { activeAfter } from "../values/gestures.ts";
import { equal } from "../values/regions.ts";
import { whole } from "../values/viewport.ts";
import { UNTOLD } from "./output/asking.ts";
import { NOTHING_ASKED, type State } from "./store.ts";

/** The colour tables, as bytes. */
export function tablesOf(tables: Record<string, Binary>): Record<string, Uint8Array> {
  return Object.fromEntries(Object.entries(tables).map(([name, table]) => [name, bytesOf(table)]));
}

/** A selection that shares nothing with the model, and always has a list. */
export function selectionOf(given: Selection | null | undefined): Selection {
  return { bands: [...(given?.bands ?? [])] };
}

/** The panels with their arrays, each from the trait that it names. */
function panelsOf(model: AnyModel, panels: readonly PanelState[]): FullPanel[] {
  return panels.map((panel) => filled(panel, model.get(panel.arrays) as PanelArrays | undefined));
}

/** Results that are there already keep their identity, so that nothing is drawn twice. */
function keepSame(old: readonly FullPanel[], fresh: readonly FullPanel[]): FullPanel[] {
  const small = ({ map, standard_error, row_errors, column_errors, channels, large, ...rest }: FullPanel): string => {
    const arrays = [map, standard_error, row_errors, column_errors, channels, large];
    return JSON.stringify([rest, large?.channel, ...arrays.map((array) => array?.shape ?? null)]);
  };
  return fresh.map((panel) => old.find((one) => one.run === panel.run && small(one) === small(panel)) ?? panel);
}

type Patch = Partial<State>;

/** The numbers of a sample, and which of its cells do not exist. */
function cellsOf({ matrix, absent }: Sample): Pick<State, "matrix" | "absent"> {
  const gone = held(absent);
  return { matrix: decode(matrix), absent: gone && decode(gone) };
}

/** How a trait that is not kept as it comes is read; null where the state has it already. */
const PATCHES: { [K in TraitName]?: (trait: Traits[K], state: Readonly<State>, model: AnyModel) => Patch | null } = {
  live: (live) => (live ? null : { connection: "saved" }),
  tables: (tables) => ({ tables: tablesOf(tables) }),
  panels: (panels, state, model) => ({ panels: keepSame(state.panels, panelsOf(model, panels)) }),
  sample: (sample, state) => {
    const [old, fresh] = [sizes(shapeOf(state.sample)), sizes(shapeOf(sample))];
    const viewport = old.H === fresh.H && old.W === fresh.W ? state.viewport : whole(fresh.H, fresh.W);
    return { sample, ...cellsOf(sample), viewport, asked: NOTHING_ASKED };
  },
  target: (target, { asked }) => ({ target, asked: asked.target ? { ...asked, target: null } : asked }),
  pointed: (trait, state) => {
    const pointed = selectionOf(trait);
    return equal(pointed, state.pointed) ? null : { pointed };
  },
  selection: (trait, state) => {
    const selection = selectionOf(trait);
    return equal(selection, state.selection) ? null : { selection, active: activeAfter(selection, -1) };
  },
  named: (named, state) => (JSON.stringify(named) === JSON.stringify(state.named) ? null : { named }),
  options: (trait, state) => {
    const options = drawingOf(trait);
    return JSON.stringify(options) === JSON.stringify(state.options) ? null : { options };
  },
};

/** What a trait of the model means for the state; null where the state has it already, as after a write of our own. */
export function patchOf<K extends TraitName>(model: AnyModel, name: K, state: Readonly<State>): Patch | null {
  const trait = read(model, name);
  const patch = PATCHES[name];
  return patch ? patch(trait, state, model) : { [name]: trait };
}

/** What a view shows first: the traits, and nothing under the hand. */
export function initialState(model: AnyModel): State {
  const sample = read(model, "sample");
  const { H, W } = sizes(shapeOf(sample));
  return {
    bare: read(model, "bare"),
    axes: read(model, "axes"),
    classes: read(model, "classes"),
    families: read(model, "families"),
    methods: read(model, "methods"),
    tables: tablesOf(read(model, "tables")),
    sample,
    ...cellsOf(sample),
    hidden: read(model, "hidden"),
    scores: read(model, "scores"),
    target: read(model, "target"),
    asked: NOTHING_ASKED,
    panels: panelsOf(model, read(model, "panels")),
    notes: read(model, "notes"),
    finder: read(model, "finder"),
    evidence: read(model, "evidence"),
    answered: read(model, "answered"),
    whatifs: read(model, "whatifs"),
    named: read(model, "named"),
    named_scores: read(model, "named_scores"),
    listing: read(model, "listing"),
    part: null,
    selection: selectionOf(read(model, "selection")),
    options: drawingOf(read(model, "options")),
    height: read(model, "height"),
    enlarged: null,
    draft: null,
    active: -1,
    cursor: null,
    pointed: selectionOf(read(model, "pointed")),
    viewport: whole(H, W),
    tiles: {},
    cell: null,
    jobs: {},
    search: null,
    offered: null,
    comparison: null,
    whatif: { without: null, only: null, reason: "", waiting: false },
    output: UNTOLD,
    connection: read(model, "live") ? "live" : "saved",
    told: false,
    notice: "",
    canUndo: false,
    canRedo: false,
  };
}
