// The one panel that takes the place of all.

import { shownPanels } from "../session/jobs.ts";
import type { State } from "../session/store.ts";
import { hasOutput, OUTPUT } from "./output/output.ts";
import { INPUT } from "./shown.ts";

/** The name of the enlarged panel; null where all are shown, as when that panel is gone. */
export function enlargedOf(state: Readonly<State>): string | null {
  const { enlarged, bare } = state;
  const own = enlarged === INPUT || enlarged === OUTPUT;
  const there = own
    ? !bare && (enlarged === INPUT || hasOutput(state))
    : shownPanels(state).some(({ name }) => name === enlarged);
  return there ? enlarged : null;
}
