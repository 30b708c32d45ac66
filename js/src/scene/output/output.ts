// The numbers of the output's panel, in the frame of the matrix, and their colours.

import {
  chosen,
  hasOutput,
  OUTPUT,
  type OutputSeen,
  outputSeen,
  partMap,
  wholeMap,
} from "../../session/output/asking.ts";
import type { State } from "../../session/store.ts";
import { type Profiles, profiles } from "../../values/arrays.ts";
import type { Scale } from "../../values/colours.ts";
import { isCentred, scaleOf } from "../../values/drawing/scales.ts";
import { cellByCell, type Raster, spreadOver } from "../../values/large/rasters.ts";
import { cellAt, endsOfMap, minus, spread } from "../../values/panels/output.ts";
import { CERTAIN, type Source } from "../source.ts";

export { chosen, hasOutput, OUTPUT, type OutputSeen, outputSeen, partMap };

/** What the panel shows, in the order of its switch. */
export const OUTPUTS: readonly { value: Exclude<OutputSeen, "none">; label: string; title: string }[] = [
  { value: "whole", label: "output", title: "What the model returns for the whole matrix" },
  { value: "without", label: "without selection", title: "What it returns when the selection is hidden" },
  { value: "only", label: "selection only", title: "What it returns when all but the selection is hidden" },
  { value: "difference", label: "difference", title: "Without the selection minus the whole matrix" },
];

/** Whether the panel shows a difference, whose colours are those of maps. */
export function isDifference(state: Readonly<State>): boolean {
  return outputSeen(state) === "difference";
}

/** What tells that the panel's numbers are others, for `outputSource`. */
export function outputFrom(state: Readonly<State>, H: number, W: number): unknown[] {
  return [wholeMap(state), partMap(state), outputSeen(state), chosen(state)?.output, state.sample.large, H, W];
}

/** The numbers of the panel: each cell of the matrix has the value of the nearest cell of the map. */
export function outputSource(state: Readonly<State>, H: number, W: number): Source {
  const [h, w] = chosen(state)!.output.shape;
  const whole = wholeMap(state);
  const left = outputSeen(state) === "whole" ? whole : partMap(state);
  const cells = isDifference(state) ? whole && left && minus(left, whole) : left;
  const range = whole ? endsOfMap(whole) : ([0, 1] as [number, number]);
  const large = state.sample.large !== undefined;
  const known = cells ?? new Float32Array(h * w).fill(NaN);
  const values = large ? null : spread(known, h, w, H, W);
  return {
    from: outputFrom(state, H, W),
    values: cells && values,
    rasters: [values ? cellByCell(values, null, H, W) : spreadOver(known, h, w, H, W)],
    large,
    errors: null,
    drawn: values,
    coarse: false,
    absent: null,
    limit: Math.max(Math.abs(range[0]), Math.abs(range[1])),
    range,
    counted: null,
    profiles: lined(profiles(known, h, w, isDifference(state) ? "mean" : "magnitude"), H, W),
    profileErrors: CERTAIN,
  };
}

/** The profiles of the map's rows and columns, for each line of the matrix. */
function lined({ rows, columns }: Profiles, H: number, W: number): Profiles {
  return { rows: spread(rows, rows.length, 1, H, 1), columns: spread(columns, 1, columns.length, 1, W) };
}

/** A difference ends where the whole map does, so that a value that is lost has the strongest colour. */
export function outputScale({ limit, range }: Source, state: Readonly<State>): Scale {
  if (isDifference(state)) return { kind: "diverging", limit: limit || 1 };
  return scaleOf(range, isCentred(state.options.input_scale, range));
}

/** Where the colours end, as the legend says it. */
export const OUTPUT_ENDS = {
  whole: "the lowest and the highest value of the whole matrix' output",
  difference: "the largest |value| of the whole matrix' output",
};

/** Under which name the ends of its colours are set by hand. */
export function outputKey(state: Readonly<State>): string {
  return isDifference(state) ? `${OUTPUT} difference` : OUTPUT;
}

/** The value at a cell of the matrix, of a map that is drawn as blocks. */
export function inRaster({ values, h, w, rows, columns }: Raster, row: number, column: number): number {
  return values[cellAt(row, h, rows[1]) * w + cellAt(column, w, columns[1])] ?? NaN;
}
