// That this page shows the view: said when it is drawn, when the kernel asks, and when the page leaves.

import type { Reply, Request } from "../protocol.ts";
import type { AnyModel } from "./any_model.ts";

export class Presence {
  /** Views of one widget are told apart by a number. */
  readonly #viewer = Math.floor(Math.random() * 2 ** 30) + 1;

  constructor(private readonly model: AnyModel) {
    model.on("msg:custom", this.#called);
    // a page that is closed or reloaded draws nothing away; one that is kept for "back" comes again
    globalThis.addEventListener?.("pagehide", this.#leave);
    globalThis.addEventListener?.("pageshow", this.#come);
    this.#come();
  }

  dispose(): void {
    this.model.off("msg:custom", this.#called);
    globalThis.removeEventListener?.("pagehide", this.#leave);
    globalThis.removeEventListener?.("pageshow", this.#come);
    this.#leave();
  }

  readonly #called = (content: Reply | null): void => {
    if (content?.kind === "calling") this.#come();
  };

  readonly #come = (): void => this.#say("here");

  readonly #leave = (): void => this.#say("leaving");

  #say(kind: "here" | "leaving"): void {
    try {
      this.model.send({ kind, viewer: this.#viewer } satisfies Request);
    } catch {
      // the kernel is gone, and with it whoever counts the pages; the session says so in the view
    }
  }
}
