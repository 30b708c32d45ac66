// Whether page and kernel speak the same version of the protocol: an update of the package may leave one of them behind.

import { PROTOCOL } from "../protocol.ts";
import type { AnyModel } from "./any_model.ts";

/** What to do where they do not; empty where they do. */
export function versionsDiffer(model: AnyModel): string {
  const sent = model.get("protocol");
  if (sent === PROTOCOL) return "";
  return `This page draws version ${PROTOCOL} of the view, but the kernel sends version ${String(sent)}: restart the kernel, reload the page and run the cell again.`;
}
