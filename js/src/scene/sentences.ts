// What is said of a scene in more than one place: the value of a cell, how far a run is, the matrix, a result.

import type { PanelState, Pin } from "../protocol.ts";
import { type Job, reached } from "../session/store.ts";
import { shapeOf } from "../values/arrays.ts";
import type { Curves } from "../values/drawing/curves.ts";
import type { Drawing } from "../values/drawing/options.ts";
import { endsOf } from "../values/drawing/scales.ts";
import type { Seen } from "../values/hiding.ts";
import type { Cell } from "../values/keys.ts";
import { seenPart, stepsOf, within } from "../values/large/rasters.ts";
import { describeSelection, equal } from "../values/regions.ts";
import { chosen, counted, figure, percent, seconds, signed, words } from "../values/writing.ts";
import { orderSaid } from "./ordering.ts";
import { inRaster, OUTPUT } from "./output/output.ts";
import { type Scene, seenOf } from "./scene.ts";
import { INPUT, isOfAnother, type Shown } from "./shown.ts";

/** Said of a cell that does not exist. */
export const GONE = "does not exist";

/** What is known of a cell; null where the kernel has not told it yet. */
export interface Reading {
  value: number;
  error: number;
  gone: boolean;
}

/** What a panel shows at a cell: of a large map as the kernel tells it. */
export function readingAt(scene: Scene, name: string, shown: Shown, { row, column }: Cell): Reading | null {
  if (!shown.large) {
    const at = row * scene.W + column;
    return { value: shown.values?.[at] ?? NaN, error: shown.errors?.[at] ?? NaN, gone: Boolean(shown.absent?.[at]) };
  }
  if (name === OUTPUT) return { value: inRaster(shown.rasters[0]!, row, column), error: NaN, gone: false };
  return told(scene, name, { row, column });
}

/** What the kernel told of a cell of a large map. */
function told({ state }: Scene, name: string, { row, column }: Cell): Reading | null {
  const { cell, sample, panels } = state;
  if (cell?.row !== row || cell.column !== column || cell.sample !== sample.index) return null;
  if (name === INPUT) return { value: cell.input ?? NaN, error: NaN, gone: cell.absent };
  const found = cell.panels[name];
  if (!found || found.run !== panels.find((panel) => panel.name === name)?.run) return null;
  return { value: found.value ?? NaN, error: found.error ?? NaN, gone: cell.absent };
}

/** The value of a cell: signed on a map, with its standard error where it has one; plain in the input. */
export function reading(scene: Scene, name: string, shown: Shown, at: Cell, errors = true): string {
  if (shown.coarse && shown.large) return "not known cell by cell yet";
  const known = readingAt(scene, name, shown, at);
  if (!known) return reached(scene.state.connection) ? "…" : inBlock(scene, shown, at);
  const { value, error, gone } = known;
  if (gone) return GONE;
  if (Number.isNaN(value)) return nothing(name, shown);
  if (shown.coarse) return "not known cell by cell yet";
  return (shown.signed ? signed(value) : figure(value, 3)) + (error && errors ? ` ± ${figure(error)}` : "");
}

/** Why a cell has no value: it is not known, or the model returned none. */
function nothing(name: string, { values }: Shown): string {
  return name === OUTPUT && values ? "no finite number" : "not computed";
}

/** What a page without a kernel has instead of the value of a cell. */
function inBlock({ state }: Scene, { rasters, signed: map }: Shown, { row, column }: Cell): string {
  const { values, h, w, rows, columns } = rasters[0]!;
  const [y] = within([row + 0.5, row + 0.5], rows, h);
  const [x] = within([column + 0.5, column + 0.5], columns, w);
  const value = values[Math.floor(y) * w + Math.floor(x)]!;
  const found = Number.isNaN(value) ? "nothing" : map ? signed(value) : figure(value, 3);
  return `${state.options.blocks} of its block: ${found}`;
}

/** What is drawn of a large map: blocks, and what of them; empty where the page holds it whole. */
export function drawnOf({ state, H, W }: Scene, shown: Shown): string {
  const raster = shown.rasters.at(-1);
  if (!shown.large || shown.coarse || !raster) return "";
  const over = seenPart(raster, state.viewport) ? raster : shown.rasters[0]!;
  const [down, across] = stepsOf(over).map((step, axis) => Math.min(step, axis ? W : H)) as [number, number];
  if (down === 1 && across === 1) return "cell by cell";
  return `${state.options.blocks === "mean" ? "mean" : "strongest"} of each ${down} × ${across} cells`;
}

/** Where the colours of a panel end, and how many cells lie beyond: "end at ± .5, by hand: 12 cells beyond". */
export function endsSaid(
  { scale, byHand, beyond, key, ground, signed: map, extent }: Shown,
  { limits, quantile }: Drawing,
): string {
  if (key === null) return "each row on its own scale";
  const [low, high] = endsOf(scale);
  const at = scale.kind === "diverging" ? `± ${figure(high, 3)}` : `${figure(low, 3)} and ${figure(high, 3)}`;
  const share = quantile === 1 ? "the largest |value|" : `${chosen(100 * quantile)} % of |value|`;
  const found = {
    own: `${share} of this map`,
    shared: `the largest limit of all maps (${share} of each)`,
    samples: `the largest limit of this map over the samples shown so far (${share} of each)`,
  }[limits];
  const own = extent ?? "1 % of the cells on each side lie beyond";
  const why = byHand ? "by hand" : map ? (extent ?? found) : own;
  const over = ground ? `; as opaque as |value| over the input, ${percent(ground.opacity)} at most` : "";
  return `end at ${at}, ${why}: ${counted(beyond, "cell")} beyond${over}`;
}

/** What a title says of limits that are not a map's own: they were set, or hold for all samples. */
export function limitsSaid({ byHand, beyond, key, curves, signed: map, extent }: Shown, { limits }: Drawing): string {
  if (curves && !map) return linesSaid(curves, byHand, beyond);
  if (key === null) return "each row on its own scale";
  if (byHand) return `colours end by hand: ${counted(beyond, "cell")} beyond`;
  return map && extent === null && limits === "samples" ? "same limits on all samples shown" : "";
}

/** Between which values the lines of the input are drawn. */
function linesSaid({ ends, apart }: Curves, byHand: boolean, cut: number): string {
  if (apart) return "each line on its own scale";
  const [low, high] = ends[0]!;
  return `lines from ${figure(low, 3)} to ${figure(high, 3)}${byHand ? `, by hand: ${counted(cut, "cell")} beyond` : ""}`;
}

/** How far a run or a search is: "43 %, 3 s left"; without `left` and where there is little room, "43 %". */
export function progressOf(done: number, total: number, left: number | null = null, slim = false): string {
  if (!total) return slim ? "…" : "waiting";
  const part = percent(done / total);
  return slim || left === null ? part : `${part}, ${seconds(left)} left`;
}

/** "A", or "A rather than B". */
export function targetOf({ state: { classes, target } }: Scene): string {
  const against = target.b === null ? "" : ` rather than ${classes[target.b]}`;
  return `${classes[target.a] ?? target.a}${against}`;
}

/** That a map is drawn coarser than it is, while it is still filling; empty where it is not. */
export function coarseness(job: Job | null): string {
  if (!job?.coarse) return "";
  return `drawn as ${job.coarse.rows} × ${job.coarse.columns} blocks, the strongest value of each`;
}

/** "20 rows × 160 columns", the channels where there are several, and what dots mean where there are some. */
export function matrixOf(scene: Scene): string {
  const { H, W, state } = scene;
  const channels = shapeOf(state.sample)[2] ?? 1;
  const parts = [`${H} ${H === 1 ? "row" : "rows"} × ${W} ${W === 1 ? "column" : "columns"}`];
  if (channels > 1)
    parts.push(state.options.channel === null ? `sum of ${channels} channels` : `channel ${state.options.channel}`);
  if (state.options.flipped) parts.push("first row at the bottom");
  const order = orderSaid(scene);
  if (order) parts.push(order);
  if (state.absent) parts.push("dotted cells do not exist");
  return parts.join(" · ");
}

/** What the input panel shows, in the order of its switch. */
export const SEEN: readonly { value: Seen; label: string; title: string }[] = [
  { value: "whole", label: "input", title: "The matrix as it is" },
  { value: "without", label: "without selection", title: "What the model gets when the selection is hidden" },
  { value: "only", label: "selection only", title: "What the model gets when all but the selection is hidden" },
];

/** What is hidden in the input panel; empty where the whole matrix is shown. */
export function hidingOf(scene: Scene): string {
  const { marks } = scene;
  const seen = seenOf(scene);
  if (seen === "whole") return "";
  if (!marks.cells) return seen === "only" ? "nothing selected: all cells hidden" : "nothing selected: no cell hidden";
  if (seen === "without") return `${counted(marks.existing, "cell")} hidden`;
  return `all but ${counted(marks.existing, "cell")} hidden`;
}

/** That a panel is pinned, and what it was computed for where that is not what is shown; empty where it is not. */
export function pinOf(panel: PanelState | null, { state }: Scene): string {
  const pin = panel?.pinned;
  if (!pin) return "";
  const another = isOfAnother(panel, state);
  const parts = [
    another && (pin.name || `sample ${pin.sample}`),
    kept(pin, state),
    pin.hidden && pin.baseline !== state.hidden.number && `baseline ${words(pin.hidden)}`,
    another && state.options.beneath && "not over its input",
  ].filter(Boolean);
  return ["pinned", ...(parts.length ? [parts.join(", ")] : [])].join(": ");
}

/** The target that a pinned panel was computed for, where that is not the one that is shown. */
function kept({ a, b, target: line }: Pin, { target, classes }: Scene["state"]): string {
  const named = (a: number, b: number | null): string =>
    `${classes[a] ?? a}${b === null ? "" : ` rather than ${classes[b] ?? b}`}`;
  // the lines of another sample have other names
  if (line !== undefined) return line === named(target.a, target.b) ? "" : `target ${line}`;
  if (a === null || (a === target.a && b === target.b)) return "";
  return `target ${named(a, b)}`;
}

/** The parameters of a result, and the part of the matrix that it was computed within. */
export function resultOf(panel: PanelState, scene: Scene): string {
  const { state } = scene;
  const parts = [pinOf(panel, scene), panel.of ? `difference, ${panel.summary}` : panel.summary];
  if (!panel.of && panel.name !== panel.method && !words(panel.name).startsWith(words(panel.method)))
    parts.unshift(words(panel.method));
  if (panel.within?.bands.length) {
    const now = equal(panel.within, state.selection);
    parts.push(now ? "within the selection" : `within ${describeSelection(panel.within, state.axes).join(", ")}`);
  }
  return parts.filter(Boolean).join(" · ");
}
