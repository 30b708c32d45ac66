// The maps that this page holds as a file: what can be saved of them without a kernel.

import { decode } from "../values/arrays.ts";
import { type Named, npz } from "../values/npz.ts";
import type { State } from "./store.ts";

/** The matrix, and by panel "<name>/map" (H, W), and "<name>/values" (H, W, C) where there are several channels. */
export function mapsOf({ sample, matrix, panels }: Readonly<State>): Uint8Array {
  const arrays: Named[] = [{ name: "matrix", shape: sample.matrix.shape, values: matrix }];
  for (const { name, map, channels } of panels) {
    // a slash would be a folder of the file
    const place = name.replace(/[%/\\]/g, encodeURIComponent);
    if (map) arrays.push({ name: `${place}/map`, shape: map.shape, values: decode(map) });
    if (channels) arrays.push({ name: `${place}/values`, shape: channels.shape, values: decode(channels) });
  }
  return npz(arrays);
}
