// The largest colour limit of each map over the samples that were shown, so that colours mean the same on all of them.

import type { State } from "../session/store.ts";
import type { FullPanel } from "../values/arrays.ts";
import type { Drawing } from "../values/drawing/options.ts";
import type { Numbers } from "./shown.ts";

/** The reach with what is shown now; null where that changes nothing, or no reach is wanted. */
export function grown(state: Readonly<State>, panels: FullPanel[], numbers: Numbers): Drawing["reach"] | null {
  const { options, jobs } = state;
  if (options.limits !== "samples") return null;
  const made = { ...options.reach };
  let any = false;
  for (const panel of panels) {
    const limit = numbers.limit(panel.name);
    if (jobs[panel.name] || !limit) continue;
    const about = aboutOf(panel, state);
    const old = made[panel.name];
    if (old?.about === about && old.limit >= limit) continue;
    made[panel.name] = { about, limit };
    any = true;
  }
  return any ? made : null;
}

/** What results must have in common to share a reach; the class that each sample is predicted as may differ. */
function aboutOf({ method, parameters, within }: FullPanel, { target, options, hidden }: Readonly<State>): string {
  const explained = target.given || target.b !== null ? [target.a, target.b] : null;
  const said = JSON.stringify([
    method,
    parameters,
    within,
    explained,
    options.quantile,
    options.channel,
    hidden.number,
  ]);
  // it is compared only: a short number of it is enough, and parameters may be long
  let sum = 0;
  for (let at = 0; at < said.length; at++) sum = (Math.imul(sum, 31) + said.charCodeAt(at)) | 0;
  return sum.toString(36);
}
