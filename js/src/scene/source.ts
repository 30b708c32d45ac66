// What a shown panel is made from, and the part of it that is costly.

import type { Array as Packed } from "../protocol.ts";
import { decode, type Profiles } from "../values/arrays.ts";
import type { Scale } from "../values/colours.ts";
import type { Raster } from "../values/large/rasters.ts";

export type ProfileErrors = { [along in keyof Profiles]: Float32Array | null };

export const CERTAIN: ProfileErrors = { rows: null, columns: null };

/** `from` tells whether it must be made anew. */
export interface Source {
  from: unknown[];
  values: Float32Array | null;
  rasters: Raster[];
  large: boolean;
  errors: Float32Array | null;
  /** What the colours stand for; null where the page has blocks only. */
  drawn: Float32Array | null;
  coarse: boolean;
  absent: Float32Array | null;
  limit: number;
  range: [number, number];
  /** How many cells lie beyond the ends of a scale, as it was counted last. */
  counted: { scale: Scale; cells: number } | null;
  profiles: Profiles;
  profileErrors: ProfileErrors;
}

export function decoded(packed: Packed | null): Float32Array | null {
  return packed && decode(packed);
}

/** Whether something was made from the very same; `a` is what it was made from before. */
export function same(a: unknown[] | undefined, b: unknown[]): boolean {
  return a?.every((value, index) => Object.is(value, b[index])) ?? false;
}
