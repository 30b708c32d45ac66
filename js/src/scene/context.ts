// What the parts of a view act with: the session, what only this page knows, and the one popover.

import type { Popover } from "../dom/popover.ts";
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
  /** Move a panel by so many places, and say where it is then. */
  move(panel: string, by: number): void;
  /** Put the panels in an order, and say where this one is then. */
  arrange(order: string[], panel: string): void;
  /** Run what the toolbar says. */
  run(): void;
  /** Hand over what a picture shows, as it is drawn: all panels with the scores, or one with all its names. */
  drawn<T>(panel: string | null, take: (parts: Element[]) => T): T;
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
