// Whether the kernel answers: a greeting, two seconds of patience, and what the front end says of the connection.

import type { AnyModel } from "./model.ts";
import type { Connection } from "./store.ts";

/** How long an answer may take before the view says that it waits, in ms. */
export const PATIENCE = 2000;

export class Liveness {
  #timer: ReturnType<typeof setTimeout> | undefined;
  #doubt = false;

  constructor(
    private readonly model: AnyModel,
    private readonly hello: () => void,
    private readonly report: (connection: Connection) => void,
  ) {}

  start(): void {
    this.model.on("comm_live_update", this.#changed);
    this.model.on("comm:close", this.lost);
    this.#greet();
  }

  /** Something arrived. */
  heard(): void {
    clearTimeout(this.#timer);
    this.#doubt = false;
    this.report("live");
  }

  /** A request was sent that is answered at once. */
  expect(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.report(this.#doubt ? "gone" : "waiting"), PATIENCE);
  }

  /** The kernel will not answer any more. */
  readonly lost = (): void => {
    clearTimeout(this.#timer);
    this.report("gone");
  };

  stop(): void {
    clearTimeout(this.#timer);
    this.model.off("comm_live_update", this.#changed);
    this.model.off("comm:close", this.lost);
  }

  /** Front ends that hide `comm_live` still say that it changed: then silence means that the kernel is gone. */
  readonly #changed = (): void => {
    if (this.model.comm_live === false) return this.lost();
    this.#doubt = this.model.comm_live === undefined;
    this.#greet();
  };

  #greet(): void {
    this.expect();
    this.hello();
  }
}
