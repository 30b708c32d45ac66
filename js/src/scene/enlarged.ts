// The one panel that takes the place of all.

import { shownPanels } from "../session/jobs.ts";
import type { State } from "../session/store.ts";
import { INPUT } from "./shown.ts";

/** The name of the enlarged panel; null where all are shown, as when that panel is gone. */
export function enlargedOf(state: Readonly<State>): string | null {
  const { enlarged, bare } = state;
  const there = enlarged === INPUT ? !bare : shownPanels(state).some(({ name }) => name === enlarged);
  return there ? enlarged : null;
}
