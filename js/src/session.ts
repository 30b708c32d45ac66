// One view's conversation with the kernel.
import type { Options, Selection } from "./protocol.ts";
import type { AnyModel } from "./model.ts";
import type { Cursor, Store, Viewport } from "./state.ts";

/** A file that the kernel made, to be saved by the browser. */
export type FileHandler = (name: string, type: string, bytes: Uint8Array) => void;

export class Session {
  constructor(
    readonly model: AnyModel,
    readonly store: Store,
    readonly onFile: FileHandler = () => {},
  ) {}
  /** Show a selection while it is under the hand (commit false; null drops the draft), or make it the selection. */
  setSelection(_selection: Selection | null, _how: { commit: boolean; active?: number }): void {}
  run(_method: string, _parameters: Record<string, unknown>, _within: Selection | null, _panel: string | null): void {}
  cancel(_panel: string): void {}
  /** Cancel everything that runs. */
  cancelAll(): void {}
  /** Another sample, another target or both; what is left out stays. `b` is "a rather than b"; null is a on its own. */
  show(_what: { sample?: number; a?: number; b?: number | null }): void {}
  remove(_panel: string): void {}
  undo(): void {}
  redo(): void {}
  setOptions(_patch: Partial<Options>): void {}
  export(_format: "html" | "npz"): void {}
  hover(_cursor: Cursor | null): void {}
  zoom(_viewport: Viewport): void {}
  notify(_sentence: string): void {}
  dispose(): void {}
}
