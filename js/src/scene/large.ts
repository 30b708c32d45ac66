// What a panel shows of a large map: blocks that came with it, blocks that were asked for, or what fills it.

import type { Large } from "../protocol.ts";
import type { Job, State, Tile } from "../session/store.ts";
import { decode, type FullPanel, limit, type Profiles, profiles } from "../values/arrays.ts";
import { overviewOf, spreadOver, toldLimit, toldRange } from "../values/large/rasters.ts";
import { CERTAIN, decoded, type Source } from "./source.ts";

const RANGE: [number, number] = [0, 1];
const EMPTY = {
  values: null,
  drawn: null,
  counted: null,
  rasters: [],
  large: true,
  errors: null,
  coarse: false,
  absent: null,
  limit: 0,
  range: RANGE,
};

/** What the input shows; it is called `name` among the tiles. */
export function largeInput(large: Large, name: string, state: Readonly<State>): Source {
  const tile = tileOf(state, name, state.sample.index, large.channel);
  const from = [large, state.options.blocks, tile];
  return { ...reduced(large, state, tile), from, profileErrors: CERTAIN, limit: 1, range: toldRange(large) };
}

/** What a panel shows: a map that is filling, the last one, or nothing yet. */
export function largePanel(
  panel: FullPanel,
  job: Job | undefined,
  state: Readonly<State>,
  H: number,
  W: number,
): Source {
  const { large } = panel;
  if (job?.map) return filling(job.map, job, panel, state.options.quantile, H, W);
  if (!large) return { ...EMPTY, from: [H, W], profiles: unknown(H, W), profileErrors: CERTAIN };
  const tile = tileOf(state, panel.name, panel.run, large.channel);
  const { quantile, blocks } = state.options;
  return {
    ...reduced(large, state, tile),
    from: [large, tile, blocks, quantile],
    profileErrors: errorsOf(panel, large),
    limit: toldLimit(large, quantile),
  };
}

/** Of the sum over channels; those of a single one are not estimated. */
function errorsOf(
  { row_errors: rows, column_errors: columns }: FullPanel,
  { channel }: Large,
): Source["profileErrors"] {
  return channel === null ? { rows: decoded(rows), columns: decoded(columns) } : CERTAIN;
}

function filling(map: Float32Array, job: Job, panel: FullPanel, quantile: number, H: number, W: number): Source {
  const { rows = H, columns = W, profiles: known } = job.coarse ?? {};
  return {
    ...EMPTY,
    from: [map, quantile, panel.profile],
    rasters: [spreadOver(map, rows, columns, H, W)],
    coarse: true,
    limit: limit(map, quantile),
    profiles: known ?? profiles(map, H, W, panel.profile),
    profileErrors: CERTAIN,
  };
}

function unknown(H: number, W: number): Profiles {
  return { rows: new Float32Array(H).fill(NaN), columns: new Float32Array(W).fill(NaN) };
}

/** The blocks that there are: over all of the map those that came with it, over them what was asked for. */
function reduced(large: Large, { options }: Readonly<State>, tile: Tile | null) {
  const overview = overviewOf(large, options.blocks);
  return {
    ...EMPTY,
    rasters: [overview, tile?.raster ?? null].filter((raster) => raster !== null),
    profiles: { rows: decode(large.rows), columns: decode(large.columns) },
  };
}

/** The blocks that were asked for, where they are of what is shown. */
function tileOf({ tiles, options }: Readonly<State>, name: string, run: number, channel: number | null): Tile | null {
  const tile = tiles[name];
  const fits = tile?.run === run && tile.channel === channel && tile.statistic === options.blocks;
  return fits ? tile : null;
}
