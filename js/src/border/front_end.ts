// What the front end tells of the connection to the kernel: JupyterLab and Notebook 7 do, on signals; others tell nothing.

/** cut: it may come back, and then it is `back`. gone: there is no kernel any more, or it is another one. */
export type Word = "cut" | "back" | "gone";

type Slot = (sender: unknown, given: unknown) => void;

/** A signal of Lumino, as far as it is used. */
interface Signal {
  connect(slot: Slot): unknown;
  disconnect(slot: Slot): unknown;
}

/** The session of a notebook in JupyterLab, as far as it is used. */
interface SessionContext {
  connectionStatusChanged: Signal;
  statusChanged: Signal;
  kernelChanged: Signal;
  session?: { kernel?: { status?: string; connectionStatus?: string } | null } | null;
}

const ENDED = new Set(["restarting", "autorestarting", "terminating", "dead"]);
const SIGNALS = ["connectionStatusChanged", "statusChanged", "kernelChanged"] as const;

export class FrontEnd {
  readonly #session: SessionContext | null;
  readonly #slots: [signal: Signal, slot: Slot][] = [];

  /** `manager` is what anywidget hands over as `widget_manager`: of any kind, or missing. */
  constructor(
    manager: unknown,
    private readonly say: (word: Word) => void,
  ) {
    this.#session = sessionOf(manager);
  }

  /** Whether it tells at all. */
  get tells(): boolean {
    return this.#session !== null;
  }

  /** Whether it says that the kernel is reached, and works on something: then silence is no lost connection. */
  get busy(): boolean {
    const kernel = this.#session?.session?.kernel;
    return kernel?.status === "busy" && kernel.connectionStatus === "connected";
  }

  start(): void {
    const session = this.#session;
    if (!session) return;
    this.#on(session.connectionStatusChanged, (status) => this.say(status === "connected" ? "back" : "cut"));
    this.#on(session.statusChanged, (status) => {
      if (ENDED.has(String(status))) this.say("gone");
    });
    this.#on(session.kernelChanged, () => this.say("gone"));
  }

  stop(): void {
    for (const [signal, slot] of this.#slots) signal.disconnect(slot);
    this.#slots.length = 0;
  }

  #on(signal: Signal, hear: (given: unknown) => void): void {
    const slot: Slot = (_sender, given) => hear(given);
    signal.connect(slot);
    this.#slots.push([signal, slot]);
  }
}

function sessionOf(manager: unknown): SessionContext | null {
  const session = (manager as { context?: { sessionContext?: SessionContext } } | null | undefined)?.context
    ?.sessionContext;
  return session && SIGNALS.every((name) => typeof session[name]?.connect === "function") ? session : null;
}
