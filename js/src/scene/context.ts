// What the parts of a view act with: the session, what only this page knows, and the one popover.

import type { Popover } from "../dom/popover.ts";
import type { PanelState } from "../protocol.ts";
import type { Session } from "../session/session.ts";
import type { Connection } from "../session/store.ts";
import type { Local, Scene } from "./scene.ts";
import type { Shown } from "./shown.ts";

export interface Context {
  session: Session;
  root: HTMLElement;
  popover: Popover;
  /** Ends every listener of the view. */
  signal: AbortSignal;
  scene(): Scene;
  /** What a panel shows, in numbers. */
  shown(panel: string): Shown;
  set(patch: Partial<Local>): void;
  /** Let a panel take the place of all, or of the whole screen; null shows all again. */
  enlarge(panel: string | null, onScreen?: boolean): void;
  /** Run what the toolbar says. */
  run(): void;
  /** Hand over what a picture shows, as it is drawn: all panels with the scores, or one with all its names. */
  drawn<T>(panel: string | null, take: (parts: Element[]) => T): T;
}

/** The panel that a run of the chosen method would go to; null is one that does not exist yet. */
export function destination({ state, local }: Scene): PanelState | null {
  const named = state.panels.find((panel) => panel.name === local.panel);
  if (named || local.panel === "") return named ?? null;
  return (
    state.panels.find((panel) => panel.name === local.method) ??
    state.panels.find((panel) => panel.method === local.method) ??
    null
  );
}

/** A name for one more panel of a method. */
export function freshName(method: string, panels: PanelState[]): string {
  for (let number = 2; ; number++)
    if (panels.every((panel) => panel.name !== `${method} ${number}`)) return `${method} ${number}`;
}

/** Why nothing can be asked of the model; empty where it can. */
export function whyNot(scene: Scene): string {
  return disconnected(scene) || (scene.state.scores.missing ?? "");
}

const UNREACHED: Partial<Record<Connection, string>> = {
  saved: "This is a saved page: open the notebook to run methods.",
  unheard: "No kernel answers. Run this cell.",
  gone: "Kernel gone. Run this cell again.",
  lost: "Kernel not reached at the moment.",
};

/** Why the kernel cannot be reached; empty where it can. */
export function disconnected({ state }: Scene): string {
  return UNREACHED[state.connection] ?? "";
}

/** The parameters that a run of the chosen method would get: the panel's own, and what the form holds. */
export function parametersOf(scene: Scene): Record<string, unknown> {
  const { local } = scene;
  const panel = destination(scene);
  const own = panel && panel.method === local.method ? panel.parameters : {};
  return local.parameters[local.method] ?? own;
}
