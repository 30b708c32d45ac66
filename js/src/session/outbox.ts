// What a view sends: requests, and the traits that the page writes; and what is kept while the line is cut.

import type { AnyModel } from "../border/any_model.ts";
import type { Hello, Request, Traits } from "../protocol.ts";
import { type Connection, reached, type Store } from "./store.ts";

/** Why what was asked for cannot be done; a kernel that is slow is asked all the same. */
const UNREACHED: Record<Connection, string> = {
  live: "which took nothing",
  waiting: "which took nothing",
  lost: "which cannot be reached now",
  gone: "and it is gone: run this cell again",
  unheard: "and none has answered here: run this cell again",
  saved: "and this is a saved page",
};

/** What the kernel answers at once: without a word, it is slow or gone. */
const ANSWERED: ReadonlySet<Request["kind"]> = new Set(["run", "find", "show", "step", "turn"]);

/** What is done where something was sent that is answered at once, and where nothing can be sent any more. */
export interface Sent {
  expect(): void;
  lost(): void;
}

/** The traits that a page writes. */
type Written = "named" | "selection" | "pointed" | "options" | "height";

/** Nothing was changed while the connection was cut. */
const NONE = { selection: null, named: null };

export class Outbox {
  /** What was selected, and kept under names, while the connection was cut: the kernel may not know it. */
  #unsent: Pick<Hello, "selection" | "named"> = NONE;

  constructor(
    private readonly model: AnyModel,
    private readonly store: Store,
    private readonly line: Sent,
  ) {}

  /** Send; false where that cannot be, and then the reader is told nothing. */
  deliver(request: Request): boolean {
    const { connection, sample } = this.store.state;
    // a saved page may hold other samples, and knows no other target
    const turns = request.kind === "restore" || (request.kind === "show" && request.a === null);
    if (connection === "saved" && !(turns && sample.others)) return false;
    const greets = request.kind === "hello" || request.kind === "ping";
    if (connection !== "saved" && !reached(connection) && !greets) return false;
    try {
      this.model.send(request);
    } catch {
      this.line.lost();
      return false;
    }
    return true;
  }

  /** Send what the user asked for; say why where that cannot be. */
  request(request: Request, what: string): boolean {
    if (this.deliver(request)) {
      this.store.set({ notice: "" });
      if (ANSWERED.has(request.kind) && this.store.state.connection !== "saved") this.line.expect();
      return true;
    }
    this.store.set({ notice: `${what} needs the kernel, ${UNREACHED[this.store.state.connection]}.` });
    return false;
  }

  /** Write a trait; without a kernel it is written for the other views of this page only. */
  write<K extends Written>(name: K, value: Traits[K]): void {
    this.model.set(name, value);
    const { connection } = this.store.state;
    if (connection === "lost" && name in this.#unsent) this.#unsent = { ...this.#unsent, [name]: value };
    // a front end that lost the connection may keep it until it is back
    if (reached(connection) || connection === "lost") this.#save();
  }

  /** Greet the kernel; `whole` asks for everything, and tells what was selected while it was not heard. */
  hello(viewer: number, whole: boolean): void {
    const sent = this.deliver({ kind: "hello", viewer, whole, ...(whole ? this.#unsent : NONE) });
    if (sent && whole) this.#unsent = NONE;
  }

  #save(): void {
    try {
      this.model.save_changes();
    } catch {
      this.line.lost();
    }
  }
}
