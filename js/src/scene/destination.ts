// Where a run goes: to a panel that it replaces, or to a new one, whose name says what differs.

import type { PanelState, Selection } from "../protocol.ts";
import type { State } from "../session/store.ts";
import { addressed, partsOf } from "../values/panels/models.ts";
import { differences } from "../values/parameters.ts";
import { describeSelection, equal } from "../values/regions.ts";
import { words } from "../values/writing.ts";
import type { Scene } from "./scene.ts";

export type Place = "new" | "replace";

/** A name that is longer says less than a number. */
const LONGEST = 60;
const LONGEST_REGION = 36;

/** The cells that a run of the chosen method is restricted to; null is the whole matrix. */
export function withinOf({ state, local }: Scene): Selection | null {
  return local.scope === "selection" && state.selection.bands.length ? state.selection : null;
}

/** The panel that a run of the chosen method may replace; null where there is none that may go. */
export function replaceable({ state, local }: Scene): PanelState | null {
  const free = state.panels.filter((panel) => !panel.pinned && !panel.of);
  const wants: ((panel: PanelState) => boolean)[] = [
    ({ name }) => name === local.panel,
    ({ name }) => name === local.method,
    ({ method }) => method === local.method,
  ];
  for (const wanted of wants) {
    const found = free.find(wanted);
    if (found) return found;
  }
  return null;
}

/** Whether a run adds a panel, which it does on a selection, or replaces one, where the reader has not said which. */
export function placeOf(scene: Scene): Place {
  if (!replaceable(scene)) return "new";
  return scene.local.place ?? (withinOf(scene) ? "new" : "replace");
}

/** The panel that a run of the chosen method would go to; null is one that does not exist yet. */
export function destination(scene: Scene): PanelState | null {
  return placeOf(scene) === "replace" ? replaceable(scene) : null;
}

/** The panel of the chosen method that a new one would be like: pinned ones count. */
export function like(scene: Scene): PanelState | null {
  const { state, local } = scene;
  const found = replaceable(scene);
  if (found?.method === local.method) return found;
  return state.panels.find(({ method, of }) => method === local.method && !of) ?? null;
}

/** The parameters that a run of the chosen method would get: the panel's own, and what the form holds. */
export function parametersOf(scene: Scene): Record<string, unknown> {
  const { local } = scene;
  return local.parameters[local.method] ?? like(scene)?.parameters ?? {};
}

/** The name that a run is for: of several models all are asked again, unless the reader chose the panel of one. */
export function addressOf(scene: Scene, place = placeOf(scene)): string {
  const { state, local } = scene;
  const replaced = place === "replace" ? replaceable(scene) : null;
  if (!replaced) return newName(scene);
  const rest = partsOf(replaced.name, state.scores.models)[1];
  const twins = addressed(rest, state.panels, state.scores.models).every((each) =>
    state.panels.some(({ name }) => name === each),
  );
  return twins && replaced.name !== local.panel ? rest : replaced.name;
}

/** Where a run would go, in words. */
export function goesSaid(scene: Scene, place: Place): string {
  const name = addressOf(scene, place);
  const { panels, scores } = scene.state;
  const each = addressed(name, panels, scores.models).length > 1 ? " of each model" : "";
  return place === "new" ? `A new panel${each}: "${words(name)}"` : `Replaces "${words(name)}"${each}`;
}

/** What a new panel of the chosen method would be called. */
export function newName(scene: Scene): string {
  return nameOf(scene, scene.local.method, parametersOf(scene), withinOf(scene), like(scene));
}

/** A name that no panel has: the method, and what differs from the panel that it is like. */
export function nameOf(
  { state }: Scene,
  method: string,
  parameters: Record<string, unknown>,
  within: Selection | null,
  other: PanelState | null,
): string {
  const fields = state.methods.find(({ name }) => name === method)?.fields ?? [];
  const parts = other ? differences(fields, parameters, other.parameters) : [];
  if (within && !(other?.within && equal(within, other.within))) {
    const region = describeSelection(within, state.axes).join(" and ");
    parts.push(region.length <= LONGEST_REGION ? region : "selection");
  }
  const said = [method, ...parts].join(", ");
  return unique(said.length <= LONGEST ? said : method, state);
}

/** The name, with a number where a panel has it, with or without a model's name before it. */
export function unique(name: string, { panels, scores }: Readonly<State>): string {
  const names = panels.flatMap((panel) => [panel.name, partsOf(panel.name, scores.models)[1]]);
  const taken = (wanted: string): boolean => names.includes(wanted);
  if (!taken(name)) return name;
  for (let number = 2; ; number++) if (!taken(`${name} ${number}`)) return `${name} ${number}`;
}
