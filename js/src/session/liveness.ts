// Whether the kernel answers: a greeting, two seconds of patience, a ping while it is silent, and what the front end says.

import type { AnyModel } from "../border/any_model.ts";
import { FrontEnd, type Word } from "../border/front_end.ts";
import type { Connection } from "./store.ts";

/** How long an answer may take before the view says that it waits, in ms. */
export const PATIENCE = 2000;
/** The time between two pings, in ms. */
export const BEAT = 5000;
/** Pings without an answer until the connection counts as lost. */
export const MISSED = 2;

/** How liveness asks, and whether anything is waited for. */
export interface Line {
  /** Greet the kernel; `whole` asks it for everything that it knows. */
  hello(whole: boolean): void;
  ping(): void;
  awaits(): boolean;
}

export class Liveness {
  readonly #frontEnd: FrontEnd;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #beat: ReturnType<typeof setTimeout> | undefined;
  #doubt = false;
  /** Something has come from the kernel, ever; and since the last beat. */
  #heard = false;
  #lately = false;
  #missed = 0;
  #pinged = false;
  #now: Connection = "live";

  constructor(
    private readonly model: AnyModel,
    private readonly line: Line,
    private readonly report: (connection: Connection) => void,
  ) {
    this.#frontEnd = new FrontEnd(model.widget_manager, (word) => this.#told(word));
  }

  start(): void {
    this.model.on("comm_live_update", this.#changed);
    this.model.on("comm:close", this.lost);
    this.#frontEnd.start();
    this.#greet();
    this.#await();
  }

  /** Something arrived. */
  heard(): void {
    clearTimeout(this.#timer);
    const back = this.#now === "lost" || this.#now === "gone";
    this.#doubt = false;
    this.#heard = this.#lately = true;
    this.#pinged = false;
    this.#missed = 0;
    this.#say("live");
    // what was said while nobody heard it must not matter
    if (back) this.line.hello(true);
  }

  /** A request was sent that is answered at once. */
  expect(): void {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => {
      if (this.#now !== "lost") this.#say(this.#doubt ? "gone" : this.#heard ? "waiting" : "unheard");
    }, PATIENCE);
  }

  /** The kernel will not answer any more. */
  readonly lost = (): void => {
    clearTimeout(this.#timer);
    this.#say("gone");
  };

  stop(): void {
    clearTimeout(this.#timer);
    clearTimeout(this.#beat);
    this.#frontEnd.stop();
    this.model.off("comm_live_update", this.#changed);
    this.model.off("comm:close", this.lost);
  }

  #say(connection: Connection): void {
    this.#now = connection;
    this.report(connection);
  }

  /** Front ends that hide `comm_live` still say that it changed: then silence means that the kernel is gone. */
  readonly #changed = (): void => {
    if (this.model.comm_live === false) return this.lost();
    this.#doubt = this.model.comm_live === undefined;
    this.#greet();
  };

  #told(word: Word): void {
    if (word === "gone") return this.lost();
    // a kernel that is gone does not come back, though the connection may; one that never answered has no connection to lose
    if (this.#now === "gone" || !this.#heard) return;
    // its answer says that the kernel is reached, and then it is asked for everything
    if (word === "back") return this.#now === "lost" ? this.#greet() : undefined;
    clearTimeout(this.#timer);
    this.#say("lost");
  }

  #greet(): void {
    this.expect();
    this.line.hello(false);
  }

  #await(): void {
    this.#beat = setTimeout(() => {
      this.#listen();
      this.#await();
    }, BEAT);
  }

  /** Ping a kernel that has been silent: always where the front end tells nothing, else while something is awaited. */
  #listen(): void {
    const silent = !this.#lately;
    this.#lately = false;
    if (!silent || !this.#heard || this.#now === "gone" || hidden()) return;
    if (this.#frontEnd.tells && !this.line.awaits() && this.#now !== "lost") return;
    if (this.#pinged) this.#missed += 1;
    if (this.#missed >= MISSED) this.#say(this.#frontEnd.busy ? "waiting" : "lost");
    this.#pinged = true;
    this.line.ping();
  }
}

/** Whether nobody sees the page: its timers are slowed down, and need not tell anybody. */
function hidden(): boolean {
  return globalThis.document?.visibilityState === "hidden";
}
