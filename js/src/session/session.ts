// One view's conversation with the kernel: traits to the store and back, requests out, replies in.

import type { EvidenceState, Export, Options, Partial as PartialMap, Reply, Request, Selection } from "../protocol.ts";
import { type Binary, bytesOf } from "../values/arrays.ts";
import { activeAfter } from "../values/gestures.ts";
import type { Moment } from "../values/history.ts";
import { equal } from "../values/regions.ts";
import type { Viewport } from "../values/viewport.ts";
import { counted } from "../values/writing.ts";
import { Jobs } from "./jobs.ts";
import { Liveness } from "./liveness.ts";
import { type AnyModel, type Listener, patchOf, selectionOf, type TraitName, WATCHED } from "./model.ts";
import { Searches } from "./searches.ts";
import type { Cursor, State, Store } from "./store.ts";
import { Timeline } from "./timeline.ts";
import { Question } from "./whatif.ts";

/** A file that the kernel made, for the browser to save. */
export type FileHandler = (name: string, type: string, bytes: Uint8Array) => void;

export class Session {
  readonly #jobs: Jobs;
  readonly #searches: Searches;
  readonly #timeline: Timeline;
  readonly #question: Question;
  readonly #liveness: Liveness;
  readonly #listeners: [name: string, callback: Listener][] = [];
  readonly #changed = new Set<TraitName>();
  /** Rows and columns of CSS pixels that a map has, once it is laid out. */
  #drawn: { rows: number | null; columns: number | null } = { rows: null, columns: null };
  #disposed = false;

  /** Listens to the model and greets the kernel. `store` starts as `initialState(model)`. */
  constructor(
    private readonly model: AnyModel,
    private readonly store: Store,
    private readonly onFile: FileHandler = () => {},
  ) {
    this.#jobs = new Jobs(store);
    this.#searches = new Searches(store);
    this.#timeline = new Timeline(store);
    this.#question = new Question(
      (ask, viewer, selection) => this.#deliver({ kind: "whatif", ask, viewer, selection }),
      (whatif) => store.set({ whatif }),
    );
    this.#liveness = new Liveness(
      model,
      () => this.#deliver({ kind: "hello", viewer: this.#question.viewer }),
      (connection) => this.#connect(connection),
    );
    for (const name of WATCHED) this.#listen(`change:${name}`, () => this.#trait(name));
    this.#listen("msg:custom", (content: unknown, buffers?: Binary[]) => this.#reply(content, buffers ?? []));
    if (store.state.connection !== "saved") this.#liveness.start();
    this.#ask();
  }

  // ---------------------------------------------------------------- commands

  /** Show a selection while it is under the hand (commit false; null lets go of it), or make it the selection. */
  setSelection(selection: Selection | null, how: { commit: boolean; active?: number }): void {
    const { state } = this.store;
    if (!how.commit || !selection) {
      const wanted = how.active ?? state.active;
      const active = selection || wanted < 0 ? wanted : activeAfter(state.selection, wanted);
      this.store.set({ draft: selection, active });
      return this.#ask();
    }
    this.store.set({ draft: null, active: activeAfter(selection, how.active ?? -1), notice: "" });
    if (!equal(selection, state.selection)) {
      this.#select(selection);
      this.#timeline.selected(selection);
    }
    this.#ask();
  }

  /** Compute a method. `panel` null is the panel of that method, or a new one. */
  run(method: string, parameters: Record<string, unknown>, within: Selection | null, panel: string | null): void {
    const sent = this.#request({ kind: "run", method, parameters, within, panel }, "Running a method");
    if (sent) this.#timeline.asked(panel ?? method);
  }

  /** Stop what runs in a panel; it is over here at once. */
  cancel(panel: string): void {
    const run = this.#jobs.drop(panel);
    if (run !== null) this.#request({ kind: "cancel", panel, run }, "Cancelling");
  }

  /** Stop everything that runs. */
  cancelAll(): void {
    for (const panel of Object.keys(this.store.state.jobs)) this.cancel(panel);
    this.stop();
  }

  /** Find the runs of rows or columns that count; they arrive with the evidence. */
  find(axis: EvidenceState["axis"], parameters: Record<string, unknown>): void {
    if (this.#request({ kind: "find", axis, parameters }, "Finding runs")) this.#liveness.expect();
  }

  /** Stop the search; it is over here at once. */
  stop(): void {
    const search = this.#searches.drop();
    if (search !== null) this.#request({ kind: "stop", search }, "Stopping the search");
  }

  /** Show where something lies, in every map; null shows nothing any more. */
  point(at: Selection | null): void {
    const pointed = at ?? { bands: [] };
    if (equal(pointed, this.store.state.pointed)) return;
    this.store.set({ pointed });
    this.#write("pointed", selectionOf(pointed));
  }

  /** Another sample, another target, or both. `a` with `b` is "a rather than b", without it a on its own. */
  show(what: { sample?: number; a?: number; b?: number | null }): void {
    const { sample = null, a = null, b = null } = what;
    const asked = sample !== null ? "Another sample" : "Another target";
    if (this.#request({ kind: "show", sample, a, b }, asked)) this.#timeline.moved();
  }

  /** Take a panel away. */
  remove(panel: string): void {
    if (this.#request({ kind: "remove", panel }, "Removing a panel")) this.#jobs.drop(panel);
  }

  undo(): void {
    this.#step("undo");
  }

  redo(): void {
    this.#step("redo");
  }

  /** Change how the maps are drawn; kept with the notebook. */
  setOptions(patch: Partial<Options>): void {
    const options = { ...this.store.state.options, ...patch };
    this.store.set({ options });
    this.#write("options", options);
  }

  /** Ask for a file; it arrives at `onFile`. */
  export(format: Export["format"]): void {
    this.#request({ kind: "export", format }, "Exporting");
  }

  hover(cursor: Cursor | null): void {
    const old = this.store.state.cursor;
    const same = old && cursor && old.row === cursor.row && old.column === cursor.column && old.panel === cursor.panel;
    if (!same) this.store.set({ cursor });
  }

  zoom(viewport: Viewport): void {
    this.store.set({ viewport });
  }

  /** Remember how large a map is drawn, in CSS pixels: a map that is still filling needs no finer values. */
  drawn(height: number, width: number): void {
    const whole = (pixels: number): number => Math.min(8192, Math.max(1, Math.round(pixels)));
    this.#drawn = { rows: whole(height), columns: whole(width) };
  }

  /** Say something in the status line; an empty sentence takes it back. */
  notify(sentence: string): void {
    this.store.set({ notice: sentence });
  }

  dispose(): void {
    this.#disposed = true;
    for (const [name, callback] of this.#listeners) this.model.off(name, callback);
    this.#listeners.length = 0;
    this.#question.stop();
    this.#liveness.stop();
  }

  // ---------------------------------------------------------------- out

  #listen(name: string, callback: Listener): void {
    this.model.on(name, callback);
    this.#listeners.push([name, callback]);
  }

  /** Send; false where that cannot be, and then the reader is told nothing. */
  #deliver(request: Request): boolean {
    const { connection, sample } = this.store.state;
    // a saved page may hold other samples, and knows no other target
    const turns = request.kind === "restore" || (request.kind === "show" && request.a === null);
    if (connection === "saved" && !(turns && sample.others)) return false;
    if (connection === "gone" && request.kind !== "hello") return false;
    try {
      this.model.send(request);
    } catch {
      this.#liveness.lost();
      return false;
    }
    return true;
  }

  /** Send what the user asked for; say why where that cannot be. */
  #request(request: Request, what: string): boolean {
    if (this.#deliver(request)) {
      this.store.set({ notice: "" });
      if (request.kind === "run") this.#liveness.expect();
      return true;
    }
    const why =
      this.store.state.connection === "saved" ? "and this is a saved page" : "and it is gone: run this cell again";
    this.notify(`${what} needs the kernel, ${why}.`);
    return false;
  }

  /** Write a trait; without a kernel it is written for the other views of this page only. */
  #write(name: "selection" | "pointed" | "options", value: Selection | Options): void {
    this.model.set(name, value);
    const { connection } = this.store.state;
    if (connection === "live" || connection === "waiting") this.model.save_changes();
  }

  #select(selection: Selection): void {
    this.store.set({ selection });
    this.#write("selection", selectionOf(selection));
  }

  /** Undo or redo: all but the selection is the kernel's, which may refuse; then nothing is undone. */
  #step(direction: "undo" | "redo"): void {
    const ahead = this.#timeline.ahead(direction);
    if (!ahead || (ahead.kernel && !this.#restore(ahead.moment, direction))) return;
    this.#timeline.step(direction);
    const { selection } = ahead.moment;
    this.store.set({ draft: null, active: activeAfter(selection, -1), notice: "" });
    if (!equal(selection, this.store.state.selection)) this.#select(selection);
    this.#ask();
  }

  /** Ask the kernel for the sample, target and results of a moment; false where it cannot be asked. */
  #restore({ sample, a, b, given, runs }: Moment, direction: "undo" | "redo"): boolean {
    const what = direction === "undo" ? "Undoing this" : "Redoing this";
    return this.#request({ kind: "restore", sample, a, b, given, runs: { ...runs } }, what);
  }

  /** Ask for the scores without the selection and with only it: of the one being drawn, else of the committed one. */
  #ask(): void {
    const { draft, selection, connection, bare } = this.store.state;
    const asked = draft ?? selection;
    const possible = !bare && (connection === "live" || connection === "waiting");
    this.#question.about(possible && asked.bands.length ? asked : null);
  }

  // ---------------------------------------------------------------- in

  #connect(connection: State["connection"]): void {
    const before = this.store.state.connection;
    if (before === connection || this.#disposed) return;
    this.store.set(connection === "gone" ? { connection, jobs: {}, search: null } : { connection });
    if (connection === "gone" || before === "gone") this.#ask();
  }

  #reply(content: unknown, buffers: Binary[]): void {
    if (typeof content !== "object" || content === null || !("kind" in content)) return;
    this.#liveness.heard();
    const reply = content as Reply;
    switch (reply.kind) {
      case "queued":
        return this.#jobs.queued(reply);
      case "progress":
        return this.#jobs.progress(reply);
      case "partial":
        return this.#partial(reply, buffers);
      case "cancelled":
        return this.#jobs.cancelled(reply);
      case "searching":
        return this.#searches.searching(reply);
      case "stopped":
        return this.#searches.stopped(reply);
      case "answer":
        this.#question.answer(reply);
        return this.store.flush(); // a drag waits for it: show it in the next frame, not in the one after
      case "refused":
        return this.#refused(reply.sentence);
      case "file":
        if (buffers[0]) this.onFile(reply.name, reply.type, bytesOf(buffers[0]));
    }
  }

  /** A map that is still filling: the kernel waits for our word before it sends the next. */
  #partial(reply: PartialMap, buffers: Binary[]): void {
    this.#jobs.partial(reply, buffers);
    const { viewer } = this.#question;
    this.#deliver({ kind: "seen", viewer, number: reply.number, ...this.#drawn });
  }

  #refused(sentence: string): void {
    this.#timeline.moved();
    this.notify(sentence);
  }

  /** A trait changed: the store follows at once, what depends on several traits when all of a message are there. */
  #trait(name: TraitName): void {
    const patch = patchOf(this.model, name, this.store.state);
    if (!patch) return;
    this.store.set(patch);
    if (name === "panels") this.#jobs.arrived(this.store.state.panels);
    if (name === "evidence") this.#found(this.store.state.evidence);
    if (name === "selection") {
      this.#timeline.selected(this.store.state.selection);
      this.#ask();
    }
    if (!this.#changed.size) queueMicrotask(() => this.#settle());
    this.#changed.add(name);
  }

  #settle(): void {
    const changed = new Set(this.#changed);
    this.#changed.clear();
    if (this.#disposed) return;
    if (changed.has("sample") || changed.has("target") || changed.has("panels")) this.#timeline.look();
    if (changed.has("sample") || changed.has("scores")) this.#question.again();
  }

  /** Say what a search found, where it was waited for. */
  #found(evidence: EvidenceState): void {
    if (!this.#searches.arrived(evidence)) return;
    const { runs, about } = evidence;
    this.notify(runs.length ? `${counted(runs.length, "run")} found, first ${runs[0]!.label}.` : about);
  }
}
