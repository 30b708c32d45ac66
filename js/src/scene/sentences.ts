// What is said of a scene in more than one place: the value of a cell, how far a run is, the matrix, a result.

import type { PanelState } from "../protocol.ts";
import type { Job } from "../session/store.ts";
import { describeSelection, equal } from "../values/regions.ts";
import { figure, percent, seconds, signed, words } from "../values/writing.ts";
import type { Scene } from "./scene.ts";
import type { Shown } from "./shown.ts";

/** The value of a cell: signed on a map, with its standard error where it has one; plain in the input. */
export function reading({ values, errors, coarse, signed: map }: Shown, cell: number): string {
  const value = values![cell]!;
  if (Number.isNaN(value)) return "not computed";
  if (coarse) return "not known cell by cell yet";
  const error = errors?.[cell];
  return (map ? signed(value) : figure(value, 3)) + (error ? ` ± ${figure(error)}` : "");
}

/** How far a run or a search is: "43 %, 3 s left"; without `left` and where there is little room, "43 %". */
export function progressOf(done: number, total: number, left: number | null = null, slim = false): string {
  if (!total) return slim ? "…" : "waiting";
  const part = percent(done / total);
  return slim || left === null ? part : `${part}, ${seconds(left)} left`;
}

/** That a map is drawn coarser than it is, while it is still filling; empty where it is not. */
export function coarseness(job: Job | null): string {
  if (!job?.map || !job.coarse) return "";
  return `drawn as ${job.coarse.rows} × ${job.coarse.columns} blocks, the strongest value of each`;
}

/** "20 rows × 160 columns", and the channels where there are several. */
export function matrixOf({ H, W, state }: Scene): string {
  const channels = state.sample.matrix.shape[2] ?? 1;
  const size = `${H} ${H === 1 ? "row" : "rows"} × ${W} ${W === 1 ? "column" : "columns"}`;
  if (channels === 1) return size;
  return `${size} · ${state.options.channel === null ? `sum of ${channels} channels` : `channel ${state.options.channel}`}`;
}

/** The parameters of a result, and the part of the matrix that it was computed within. */
export function resultOf(panel: PanelState, { state }: Scene): string {
  const parts = [panel.summary];
  if (panel.name !== panel.method && !words(panel.name).startsWith(words(panel.method)))
    parts.unshift(words(panel.method));
  if (panel.within?.bands.length) {
    const now = equal(panel.within, state.selection);
    parts.push(now ? "within the selection" : `within ${describeSelection(panel.within, state.axes).join(", ")}`);
  }
  return parts.filter(Boolean).join(" · ");
}
