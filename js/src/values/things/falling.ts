// How much of a thing is left while cells are hidden: its score without them, as a share of its score.

/** Below this share a mark is struck through. */
export const STRUCK = 0.5;

/** Between 0 and 1, as much as is left of a score; 1 where that is not known. */
export function remaining(all: number | null | undefined, without: number | null | undefined): number {
  if (typeof all !== "number" || typeof without !== "number") return 1;
  if (without >= all) return 1;
  return all === 0 ? 0 : Math.max(0, 1 - (all - without) / Math.abs(all));
}
