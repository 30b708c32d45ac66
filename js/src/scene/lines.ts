// The rows of the input as lines: whether they are, and the curves, made once per change.

import type { State } from "../session/store.ts";
import { shapeOf } from "../values/arrays.ts";
import { type Curves, endsOfRows, whyNoLines } from "../values/drawing/curves.ts";
import type { ShownOrder } from "./row_order.ts";
import { same } from "./source.ts";

/** How the rows of the input are drawn as lines; null where they are cells. */
export function linesOf({ options, sample, bare }: Readonly<State>): Curves["how"] | null {
  const { lines } = options;
  if (lines === "none" || bare || whyNoLines(shapeOf(sample)[0]!, sample.large !== undefined)) return null;
  return lines;
}

export class Lines {
  #made: { from: unknown[]; curves: Curves } | null = null;

  /** The rows of what is shown as curves, as high as those of the whole matrix. */
  curves(
    state: Readonly<State>,
    values: Float32Array,
    whole: Float32Array,
    how: Curves["how"],
    rows: ShownOrder,
  ): Curves {
    const { rows_apart: apart, by_hand } = state.options;
    const [H, W] = shapeOf(state.sample) as [number, number];
    const byHand = by_hand.input;
    const { order } = rows;
    const from = [values, whole, how, apart, byHand?.join(), H, order];
    if (!same(this.#made?.from, from)) {
      const ends = endsOfRows(whole, H, apart, byHand);
      const placed = order ? Array.from(order.rows, (row) => ends[row]!) : ends;
      this.#made = { from, curves: { values: rows.placed(values), W, ends: placed, apart, how } };
    }
    return this.#made!.curves;
  }
}
