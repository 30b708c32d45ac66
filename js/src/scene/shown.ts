// What each panel shows: its numbers, their colour limits and profiles, computed once per change.

import type { Job, State } from "../session/store.ts";
import { decode, type FullPanel, held, limit, type Profiles, plane, profiles, range } from "../values/arrays.ts";
import { inputTable, mapTable, type Scale } from "../values/colours.ts";
import { existing, hidden } from "../values/hiding.ts";
import { cellByCell, type Raster } from "../values/large/rasters.ts";
import { largeInput, largePanel } from "./large.ts";
import { type Changes, maskOf, type Scene, seenOf } from "./scene.ts";
import { CERTAIN, decoded, type ProfileErrors, type Source } from "./source.ts";

export const INPUT = "input";

export interface Shown {
  /** (H, W), NaN where not computed; null before anything is known, and where the page holds no whole map. */
  values: Float32Array | null;
  /** What is drawn, the finest last; nothing before anything is known. */
  rasters: Raster[];
  /** Whether the page holds no whole map, so that the value of a cell is asked of the kernel. */
  large: boolean;
  /** (H, W) standard errors, where the values are estimates. */
  errors: Float32Array | null;
  /** Whether cells show the strongest value of the block they are in, since the map is still filling. */
  coarse: boolean;
  /** (H, W), 1 where a cell does not exist; null where all do. */
  absent: Float32Array | null;
  scale: Scale;
  profiles: Profiles;
  /** Standard errors of the profiles, where these are estimates. */
  profileErrors: ProfileErrors;
  table: Uint8Array;
  signed: boolean;
}

/** A colour table until one arrives. */
const BLANK = new Uint8Array(768);

export class Numbers {
  readonly #sources = new Map<string, Source>();
  #range: Pick<Source, "from" | "range"> | null = null;
  #shown = new Map<string, Shown>();

  get(name: string): Shown {
    return this.#shown.get(name)!;
  }

  /** Bring everything up to date; panels that did not change keep their very object. */
  update(changed: Changes, scene: Scene, panels: FullPanel[]): void {
    if (!changed.any("matrix", "panels", "jobs", "options", "tables", "theme", "sample", "hidden", "marks", "tiles"))
      return;
    const { state, dark, H, W } = scene;
    const names = [INPUT, ...panels.map((panel) => panel.name)];
    this.#input(scene);
    for (const panel of panels) {
      const job = state.jobs[panel.name];
      if (state.sample.large) this.#keep(panel.name, largePanel(panel, job, state, H, W));
      else this.#panel(panel, job, state, H, W);
    }
    for (const name of this.#sources.keys()) if (!names.includes(name)) this.#sources.delete(name);
    this.#show(names, state, dark);
  }

  #input(scene: Scene): void {
    const { state, marks, H, W } = scene;
    const { matrix, sample, options, absent } = state;
    if (sample.large) return this.#keep(INPUT, largeInput(sample.large, INPUT, state));
    const seen = seenOf(scene);
    const base = seen === "whole" ? null : held(state.hidden.matrix);
    const from = [matrix, options.channel, absent, base, seen, base && marks.selection];
    if (same(this.#sources.get(INPUT)?.from, from)) return;
    const { shape } = sample.matrix;
    const cells = (numbers: Float32Array): Float32Array => existing(plane(numbers, shape, options.channel), absent);
    const fed = seen === "whole" ? matrix : hidden(matrix, shape, base!, maskOf(marks.selection, H, W), seen, absent);
    const values = cells(fed);
    this.#sources.set(INPUT, {
      from,
      values,
      rasters: [cellByCell(values, absent, H, W)],
      large: false,
      errors: null,
      coarse: false,
      absent,
      limit: 1,
      range: this.#inputRange([matrix, options.channel, absent], () => cells(matrix)),
      profiles: profiles(values, H, W, "magnitude"),
      profileErrors: CERTAIN,
    });
  }

  /** Keep what was made of the same before. */
  #keep(name: string, made: Source): void {
    if (!same(this.#sources.get(name)?.from, made.from)) this.#sources.set(name, made);
  }

  /** The colours are those of the whole matrix, so that hiding cells changes no other cell. */
  #inputRange(from: unknown[], values: () => Float32Array): [number, number] {
    if (!same(this.#range?.from, from)) this.#range = { from, range: range(values()) };
    return this.#range!.range;
  }

  #panel(panel: FullPanel, job: Job | undefined, state: Readonly<State>, H: number, W: number): void {
    const { channel, quantile } = state.options;
    const { standard_error: error, row_errors: rows, column_errors: columns, channels } = panel;
    const { absent } = state;
    const asked = [channel, quantile, panel.profile, absent, H, W];
    const from = [job?.map ?? null, panel.map, error, rows, columns, channels, ...asked];
    if (same(this.#sources.get(panel.name)?.from, from)) return;
    const filling = job?.map ? job : null;
    const whole = filling?.map ?? mapOf(panel, channel);
    const values = whole && existing(whole, absent);
    const estimated = !filling && (channel === null || !channels);
    const known = values ?? new Float32Array(H * W).fill(NaN);
    this.#sources.set(panel.name, {
      from,
      values,
      rasters: [cellByCell(known, absent, H, W)],
      large: false,
      errors: estimated ? decoded(error) : null,
      absent,
      limit: limit(known, quantile),
      range: [0, 1],
      coarse: Boolean(filling?.coarse),
      profiles: filling?.coarse?.profiles ?? profiles(known, H, W, panel.profile),
      profileErrors: estimated ? { rows: decoded(rows), columns: decoded(columns) } : CERTAIN,
    });
  }

  #show(names: string[], state: Readonly<State>, dark: boolean): void {
    const { limits, colours } = state.options;
    // a map of zeros, or one that is not there yet, has no say in what the others share
    const shared = Math.max(0, ...names.slice(1).map((name) => this.#sources.get(name)!.limit));
    const next = new Map<string, Shown>();
    for (const name of names) {
      const { limit, range, ...source } = this.#sources.get(name)!;
      const signed = name !== INPUT;
      const scale: Scale = signed
        ? { kind: "diverging", limit: (limits === "shared" ? shared : limit) || 1 }
        : { kind: "sequential", low: range[0], high: range[1] };
      const table = state.tables[signed ? mapTable(colours, dark) : inputTable(dark)] ?? BLANK;
      next.set(name, this.#kept(name, { ...source, scale, table, signed }));
    }
    this.#shown = next;
  }

  /** The object that there was, where nothing in it differs: its identity says that a panel need not be drawn. */
  #kept(name: string, made: Shown): Shown {
    const old = this.#shown.get(name);
    return old && sameShown(old, made) ? old : made;
  }
}

/** Whether anything is known of what a panel shows. */
export function isThere({ values, large, rasters }: Shown): boolean {
  return large ? rasters.length > 0 : values !== null;
}

/** The values of a panel's map, of one channel where one is chosen and kept; null before the first result. */
export function mapOf(panel: FullPanel, channel: number | null): Float32Array | null {
  if (channel !== null && panel.channels) return plane(decode(panel.channels), panel.channels.shape, channel);
  return decoded(panel.map);
}

function same(a: unknown[] | undefined, b: unknown[]): boolean {
  return a?.every((value, index) => Object.is(value, b[index])) ?? false;
}

function sameShown(a: Shown, b: Shown): boolean {
  return (
    a.values === b.values &&
    sameRasters(a.rasters, b.rasters) &&
    a.errors === b.errors &&
    a.absent === b.absent &&
    a.profiles === b.profiles &&
    a.profileErrors === b.profileErrors &&
    a.table === b.table &&
    JSON.stringify(a.scale) === JSON.stringify(b.scale)
  );
}

function sameRasters(a: Raster[], b: Raster[]): boolean {
  return a.length === b.length && a.every((raster, index) => raster.values === b[index]!.values);
}
