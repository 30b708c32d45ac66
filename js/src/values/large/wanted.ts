// Which blocks of a large map a page should have: about one per CSS pixel of what is seen, and a little around it.

import { clamp, type Span, type Viewport } from "../viewport.ts";

/** Blocks of one answer: 1 MiB of 16 bits each. */
export const MOST = 2 ** 19;
/** What is asked for beyond each end of what is seen, as a part of it: small moves ask for nothing. */
const AROUND = 0.25;

/** Blocks of `steps` cells, from the first to before the last. */
export interface Window {
  steps: [number, number];
  rows: [number, number];
  columns: [number, number];
}

/** The blocks for a map of `height` x `width` CSS pixels over an H x W matrix. */
export function wantedOf({ rows, columns }: Viewport, height: number, width: number, H: number, W: number): Window {
  const steps: [number, number] = [stepOf(rows, height), stepOf(columns, width)];
  for (let around = AROUND; ; ) {
    const window = { steps: [...steps] as [number, number], rows: windowOf(rows, steps[0], H, around) };
    const made = { ...window, columns: windowOf(columns, steps[1], W, around) };
    const [h, w] = [made.rows[1] - made.rows[0], made.columns[1] - made.columns[0]];
    if (h * w <= MOST) return made;
    // what is seen comes before what lies around it, then the axis that has more blocks is cut coarser
    if (around) around = 0;
    else steps[h > w ? 0 : 1] *= 2;
  }
}

/** The power of two that is nearest to the cells of a pixel. */
function stepOf([first, end]: Span, size: number): number {
  return 2 ** Math.max(0, Math.round(Math.log2((end - first) / Math.max(1, size))));
}

function windowOf([first, end]: Span, step: number, n: number, around: number): [number, number] {
  const [margin, count] = [(end - first) * around, Math.ceil(n / step)];
  const from = clamp(Math.floor((first - margin) / step), 0, count - 1);
  return [from, clamp(Math.ceil((end + margin) / step), from + 1, count)];
}

/** Whether some blocks are as fine as the wanted ones, and lie over all that is seen. */
export function serves(held: Window, wanted: Window, { rows, columns }: Viewport, H: number, W: number): boolean {
  const over = (span: Span, blocks: Span, step: number, n: number): boolean =>
    blocks[0] * step <= Math.floor(span[0]) && Math.min(n, blocks[1] * step) >= Math.min(n, Math.ceil(span[1]));
  return (
    held.steps[0] === wanted.steps[0] &&
    held.steps[1] === wanted.steps[1] &&
    over(rows, held.rows, held.steps[0], H) &&
    over(columns, held.columns, held.steps[1], W)
  );
}
