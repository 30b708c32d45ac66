// What each panel shows: its numbers, their colour limits and profiles, computed once per change.

import type { PanelState } from "../protocol.ts";
import type { Job, State } from "../session/store.ts";
import {
  decode,
  type FullPanel,
  held,
  limit,
  type Profiles,
  plane,
  profiles,
  range,
  shapeOf,
  sizes,
} from "../values/arrays.ts";
import { inputTable, mapTable, type Scale } from "../values/colours.ts";
import type { Curves } from "../values/drawing/curves.ts";
import type { Drawing } from "../values/drawing/options.ts";
import { type Ground, greysOf, middleOf, tableOver } from "../values/drawing/overlaid.ts";
import { beyond, isCentred, placesInRows, scaleOf } from "../values/drawing/scales.ts";
import { existing, hidden } from "../values/hiding.ts";
import { cellByCell, type Raster } from "../values/large/rasters.ts";
import type { RowOrder } from "../values/ordering/rows.ts";
import { largeInput, largePanel } from "./large.ts";
import { Lines, linesOf } from "./lines.ts";
import {
  hasOutput,
  isDifference,
  OUTPUT,
  OUTPUT_ENDS,
  outputFrom,
  outputKey,
  outputScale,
  outputSource,
} from "./output/output.ts";
import { ShownOrder } from "./row_order.ts";
import { type Changes, maskOf, type Scene, seenOf } from "./scene.ts";
import { CERTAIN, decoded, type ProfileErrors, type Source, same } from "./source.ts";

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
  /** (H, W), what the colours stand for: the values, or where rows have a scale each, the places on it. */
  drawn: Float32Array | null;
  /** Whether cells show the strongest value of the block they are in, since the map is still filling. */
  coarse: boolean;
  /** (H, W), 1 where a cell does not exist; null where all do. */
  absent: Float32Array | null;
  scale: Scale;
  /** The scale without a hand on it. */
  automatic: Scale;
  /** Under which name its ends are set by hand; null where they cannot be. */
  key: string | null;
  byHand: boolean;
  /** How many cells lie beyond the ends. */
  beyond: number;
  profiles: Profiles;
  /** Standard errors of the profiles, where these are estimates. */
  profileErrors: ProfileErrors;
  table: Uint8Array;
  /** What a legend shows: the table, over the middle grey where the input lies beneath. */
  legend: Uint8Array;
  /** The input, where it lies beneath. */
  ground: Ground | null;
  /** The rows of the input, where they are drawn as lines. */
  curves: Curves | null;
  signed: boolean;
  /** Why its colours end where they do, where that is by no rule of maps or of the input; else null. */
  extent: string | null;
}

/** What may change what is shown. */
const CHANGES = [
  "matrix",
  "panels",
  "jobs",
  "options",
  "tables",
  "theme",
  "sample",
  "hidden",
  "marks",
  "tiles",
  "axes",
  "output",
  "selection",
  "draft",
  "connection",
] as const;
/** A colour table until one arrives. */
const BLANK = new Uint8Array(768);

export class Numbers {
  readonly #sources = new Map<string, Source>();
  #whole: { from: unknown[]; cells: Float32Array; range: [number, number] } | null = null;
  readonly #rows = new ShownOrder();
  readonly #lines = new Lines();
  #inputProfile: { of: Float32Array; rows: Float32Array } | null = null;
  #greys: { of: Uint8Array; greys: Uint8Array } | null = null;
  #shown = new Map<string, Shown>();

  /** In which order rows are shown; null is their own. */
  get order(): RowOrder | null {
    return this.#rows.order;
  }

  get(name: string): Shown {
    return this.#shown.get(name)!;
  }

  has(name: string): boolean {
    return this.#shown.has(name);
  }

  /** Bring everything up to date; panels that did not change keep their very object. */
  update(changed: Changes, scene: Scene, panels: FullPanel[]): void {
    if (!changed.any(...CHANGES)) return;
    const { state, dark, H, W } = scene;
    const names = [INPUT, ...(hasOutput(state) ? [OUTPUT] : []), ...panels.map((panel) => panel.name)];
    this.#input(scene);
    if (hasOutput(state) && !same(this.#sources.get(OUTPUT)?.from, outputFrom(state, H, W)))
      this.#sources.set(OUTPUT, outputSource(state, H, W));
    for (const panel of panels) {
      const job = state.jobs[panel.name];
      if (state.sample.large) this.#keep(panel.name, largePanel(panel, job, state, H, W));
      else this.#panel(panel, job, state, H, W);
    }
    for (const name of this.#sources.keys()) if (!names.includes(name)) this.#sources.delete(name);
    this.#rows.update(state, (panel) => this.#profileOf(panel, state));
    this.#show(names, state, dark);
  }

  #input(scene: Scene): void {
    const { state, marks, H, W } = scene;
    const { matrix, sample, options, absent } = state;
    if (sample.large) return this.#keep(INPUT, largeInput(sample.large, INPUT, state));
    const seen = seenOf(scene);
    const base = seen === "whole" ? null : held(state.hidden.matrix);
    const { rows_apart: apart, input_scale: wanted } = options;
    const from = [matrix, options.channel, absent, base, seen, base && marks.selection, apart, wanted];
    if (same(this.#sources.get(INPUT)?.from, from)) return;
    const { shape } = sample.matrix;
    const cells = (numbers: Float32Array): Float32Array => existing(plane(numbers, shape, options.channel), absent);
    const whole = this.#wholeInput([matrix, options.channel, absent], () => cells(matrix));
    const fed = seen === "whole" ? null : hidden(matrix, shape, base!, maskOf(marks.selection, H, W), seen, absent);
    const values = fed ? cells(fed) : whole.cells;
    const centred = isCentred(wanted, whole.range);
    const drawn = apart ? placesInRows(values, whole.cells, W, centred) : values;
    this.#sources.set(INPUT, {
      from,
      values,
      rasters: [cellByCell(drawn, absent, H, W)],
      large: false,
      errors: null,
      drawn,
      coarse: false,
      absent,
      limit: 1,
      range: whole.range,
      counted: null,
      profiles: profiles(values, H, W, "magnitude"),
      profileErrors: CERTAIN,
    });
  }

  /** The profile of the rows of a panel, of the input as it is; null where there is none. */
  #profileOf(panel: string, state: Readonly<State>): Float32Array | null {
    const { H, W } = sizes(shapeOf(state.sample));
    const whole = this.#whole?.cells;
    if (panel === INPUT && whole) {
      if (this.#inputProfile?.of !== whole)
        this.#inputProfile = { of: whole, rows: profiles(whole, H, W, "magnitude").rows };
      return this.#inputProfile.rows;
    }
    const found = this.#sources.get(panel)?.profiles.rows;
    return found?.length === H && !found.every(Number.isNaN) ? found : null;
  }

  /** Keep what was made of the same before. */
  #keep(name: string, made: Source): void {
    if (!same(this.#sources.get(name)?.from, made.from)) this.#sources.set(name, made);
  }

  /** The colours are those of the whole matrix, so that hiding cells changes no other cell. */
  #wholeInput(from: unknown[], make: () => Float32Array): { cells: Float32Array; range: [number, number] } {
    if (!same(this.#whole?.from, from)) {
      const cells = make();
      this.#whole = { from, cells, range: range(cells) };
    }
    return this.#whole!;
  }

  #panel(panel: FullPanel, job: Job | undefined, state: Readonly<State>, H: number, W: number): void {
    const { channel, quantile } = state.options;
    const { standard_error: error, row_errors: rows, column_errors: columns, channels } = panel;
    const absent = absentOf(panel, state);
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
      drawn: values,
      counted: null,
      absent,
      limit: limit(known, quantile),
      range: [0, 1],
      coarse: Boolean(filling?.coarse),
      profiles: filling?.coarse?.profiles ?? profiles(known, H, W, panel.profile),
      profileErrors: estimated ? { rows: decoded(rows), columns: decoded(columns) } : CERTAIN,
    });
  }

  #show(names: string[], state: Readonly<State>, dark: boolean): void {
    const options = drawingOf(state);
    // a map of zeros, or one that is not there yet, has no say in what the others share
    const shared = Math.max(0, ...names.filter(isMap).map((name) => this.limit(name)));
    const panels = new Map(state.panels.map((panel) => [panel.name, panel]));
    const next = new Map<string, Shown>();
    const how = linesOf(state);
    const { values } = this.#sources.get(INPUT)!;
    const curves = how && values && this.#lines.curves(state, values, this.#whole!.cells, how, this.#rows);
    for (const name of names) {
      const source = this.#sources.get(name)!;
      const { limit, range } = source;
      const automatic =
        name === INPUT
          ? inputScale(range, options)
          : name === OUTPUT
            ? outputScale(source, state)
            : mapScale(name, limit, shared, options);
      const over = options.beneath && isMap(name) && !isOfAnother(panels.get(name), state);
      const ground = over ? this.#ground(next.get(INPUT)!, state, dark) : null;
      const made = this.#coloured(name, automatic, ground, state, dark);
      next.set(name, this.#kept(name, { ...made, curves: isOfAnother(panels.get(name), state) ? null : curves }));
    }
    this.#shown = next;
  }

  /** A source with its scale, automatic or by hand, and the colours of that. */
  #coloured(
    name: string,
    automatic: Scale,
    ground: Ground | null,
    state: Readonly<State>,
    dark: boolean,
  ): Omit<Shown, "curves"> {
    const { tables } = state;
    const options = drawingOf(state);
    const { limit, range, counted, ...source } = this.#sources.get(name)!;
    const signed = name === OUTPUT ? isDifference(state) : name !== INPUT;
    const extent = name === OUTPUT ? OUTPUT_ENDS[signed ? "difference" : "whole"] : null;
    const key = name === OUTPUT ? outputKey(state) : keyOf(name, options);
    const set = key === null ? undefined : options.by_hand[key];
    const scale = set ? scaleOf(set, automatic.kind === "diverging") : automatic;
    const centred = scale.kind === "diverging";
    const wanted = signed ? mapTable(options.colours, dark) : inputTable(dark, centred, options.input_colours);
    const table = tables[wanted] ?? BLANK;
    const legend = ground ? tableOver(table, middleOf(ground.table), ground.opacity) : table;
    const ends = { scale, automatic, key, byHand: set !== undefined, beyond: this.#beyond(name, scale) };
    const rasters = this.#rows.rasters(source.rasters);
    return { ...source, rasters, ...ends, table, legend, ground, signed, extent };
  }

  /** The input in grey, on its own scale, whatever its colours are. */
  #ground({ drawn, scale }: Shown, { options, tables }: Readonly<State>, dark: boolean): Ground | null {
    const table = tables[inputTable(dark)] ?? BLANK;
    if (this.#greys?.of !== table) this.#greys = { of: table, greys: greysOf(table) };
    return drawn && { values: this.#rows.placed(drawn), scale, table: this.#greys.greys, opacity: options.opacity };
  }

  /** The limit of a map on its own, 0 where it has none. */
  limit(name: string): number {
    return this.#sources.get(name)!.limit;
  }

  #beyond(name: string, scale: Scale): number {
    const source = this.#sources.get(name)!;
    if (!source.counted || JSON.stringify(source.counted.scale) !== JSON.stringify(scale))
      source.counted = { scale, cells: source.drawn ? beyond(source.drawn, scale) : 0 };
    return source.counted.cells;
  }

  /** The object that there was, where nothing in it differs: its identity says that a panel need not be drawn. */
  #kept(name: string, made: Shown): Shown {
    const old = this.#shown.get(name);
    return old && sameShown(old, made) ? old : made;
  }
}

/** Whether a panel shows a map that explains, not the input or the output. */
function isMap(name: string): boolean {
  return name !== INPUT && name !== OUTPUT;
}

/** How maps are drawn: of a large one the page has no cells to lie beneath, or to scale row by row. */
function drawingOf({ options, sample }: Readonly<State>): Drawing {
  return sample.large ? { ...options, rows_apart: false, beneath: false } : options;
}

/** Whether a panel is pinned to a sample that is not the shown one. */
export function isOfAnother(panel: PanelState | null | undefined, { sample }: Readonly<State>): boolean {
  return panel?.pinned !== undefined && panel.pinned.sample !== sample.index;
}

/** Which cells a panel has none of; of another sample that is not known here, and they are as not computed. */
function absentOf(panel: FullPanel, state: Readonly<State>): Float32Array | null {
  return isOfAnother(panel, state) ? null : state.absent;
}

/** Under which name the ends of a panel's scale are set by hand; null where each row has a scale of its own. */
function keyOf(name: string, { limits, rows_apart }: Drawing): string | null {
  if (name === INPUT) return rows_apart ? null : name;
  return limits === "shared" ? "" : name;
}

function mapScale(name: string, own: number, shared: number, { limits, reach }: Drawing): Scale {
  const far = limits === "samples" ? (reach[name]?.limit ?? 0) : 0;
  return { kind: "diverging", limit: (limits === "shared" ? shared : Math.max(own, far)) || 1 };
}

function inputScale(range: [number, number], { input_scale, rows_apart }: Drawing): Scale {
  const centred = isCentred(input_scale, range);
  if (rows_apart) return scaleOf(centred ? [-1, 1] : [0, 1], centred);
  return scaleOf(range, centred);
}

function sameGround(a: Ground | null, b: Ground | null): boolean {
  if (!a || !b) return a === b;
  const same = a.values === b.values && a.table === b.table && a.opacity === b.opacity;
  return same && JSON.stringify(a.scale) === JSON.stringify(b.scale);
}

/** Whether a panel shows lines and no colours: the input does, where its rows are lines. */
export function isLinesAlone({ curves, signed }: Shown): boolean {
  return curves !== null && !signed;
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

function sameShown(a: Shown, b: Shown): boolean {
  return (
    a.values === b.values &&
    a.drawn === b.drawn &&
    sameRasters(a.rasters, b.rasters) &&
    a.errors === b.errors &&
    a.absent === b.absent &&
    a.profiles === b.profiles &&
    a.curves === b.curves &&
    a.profileErrors === b.profileErrors &&
    a.table === b.table &&
    a.key === b.key &&
    sameGround(a.ground, b.ground) &&
    a.byHand === b.byHand &&
    JSON.stringify([a.scale, a.automatic]) === JSON.stringify([b.scale, b.automatic])
  );
}

function sameRasters(a: Raster[], b: Raster[]): boolean {
  return a.length === b.length && a.every((raster, index) => raster.values === b[index]!.values);
}
