// One view's conversation with the kernel: traits to the store and back, requests out, replies in.

import { differing, isReply, misfitOfTrait } from "../border/admitted.ts";
import { type AnyModel, type Listener, type TraitName, WATCHED } from "../border/any_model.ts";
import type {
  Compared,
  CopyCode,
  EvidenceState,
  Export,
  NamedSelection,
  Options,
  Partial as PartialMap,
  Selection,
  StrongestCells,
} from "../protocol.ts";
import { type Binary, bytesOf } from "../values/arrays.ts";
import type { Places } from "../values/drags/places.ts";
import { activeAfter } from "../values/gestures.ts";
import type { Moment } from "../values/history.ts";
import { addressed } from "../values/panels/models.ts";
import { arranged } from "../values/panels/order.ts";
import { equal } from "../values/regions.ts";
import type { Wanted } from "../values/targets/offer.ts";
import { clamp, type Viewport } from "../values/viewport.ts";
import { counted } from "../values/writing.ts";
import { Ahead } from "./ahead.ts";
import { Catalogue } from "./catalogue.ts";
import { Jobs } from "./jobs.ts";
import { Liveness } from "./liveness.ts";
import { mapsOf } from "./maps.ts";
import { patchOf, selectionOf } from "./model.ts";
import { Outbox } from "./outbox.ts";
import { OutputQuestion } from "./output/asking.ts";
import { recalled } from "./recall.ts";
import { Searches } from "./searches.ts";
import { type Asked, type Cursor, NOTHING_ASKED, reached, type State, type Store } from "./store.ts";
import { Tiles } from "./tiles.ts";
import { Timeline } from "./timeline.ts";
import { Question } from "./whatif.ts";

/** The traits that the steps of undo are made of. */
const SHOWN = ["sample", "target", "hidden", "panels"] as const satisfies readonly TraitName[];

/** The most that `Seen` may say of a side. */
const MOST_PIXELS = 8192;

/** Where a list ends that no kernel keeps. */
const IN_PAGE = "A saved page forgets it when it is closed.";

/** A file that the kernel made, for the browser to save. */
export type FileHandler = (name: string, type: string, bytes: Uint8Array) => void;

/** Text for the clipboard; false where that does not take it. */
export type CopyHandler = (text: string) => Promise<boolean>;

export class Session {
  /** The list of samples. */
  readonly catalogue: Catalogue;
  readonly #jobs: Jobs;
  readonly #searches: Searches;
  readonly #timeline: Timeline;
  readonly #question: Question;
  readonly #ahead: Ahead;
  readonly #liveness: Liveness;
  readonly #outbox: Outbox;
  readonly #tiles: Tiles;
  readonly #output: OutputQuestion;
  readonly #unwatch: () => void;
  readonly #listeners: [name: string, callback: Listener][] = [];
  readonly #changed = new Set<TraitName>();
  /** Rows and columns of CSS pixels that a map has, once it is laid out. */
  #drawn: { rows: number | null; columns: number | null } = { rows: null, columns: null };
  /** The number of the baseline that what-ifs were asked with last. */
  #baseline: number;
  #disposed = false;
  /** The order of the panels that a page keeps for itself, where no kernel does. */
  #order: readonly string[] | null = null;
  /** The reader knows that page and kernel do not fit. */
  #told = false;

  /** Listens to the model and greets the kernel. `store` starts as `initialState(model)`. */
  constructor(
    private readonly model: AnyModel,
    private readonly store: Store,
    private readonly onFile: FileHandler = () => {},
    private readonly onCopy: CopyHandler = async () => false,
  ) {
    this.#outbox = new Outbox(model, store, {
      expect: () => this.#liveness.expect(),
      lost: () => this.#liveness.lost(),
    });
    this.#jobs = new Jobs(store);
    this.#searches = new Searches(store);
    this.#baseline = store.state.hidden.number;
    this.#timeline = new Timeline(store);
    this.#question = new Question(
      (ask, viewer, selection) => this.#outbox.deliver({ kind: "whatif", ask, viewer, selection }),
      (whatif) => store.set({ whatif }),
    );
    this.#ahead = new Ahead(
      (question) => this.#outbox.deliver({ kind: "whatif_each", viewer: this.#question.viewer, ...question }),
      () => this.#ask(),
      () => store.state.scores.all.length,
    );
    this.catalogue = new Catalogue(store, model, {
      request: (request, what) => this.#outbox.request(request, what),
      deliver: (request) => this.#outbox.deliver(request),
      moved: () => this.#timeline.moved(),
      viewer: () => this.#question.viewer,
    });
    this.#tiles = new Tiles(
      store,
      this.#question.viewer,
      (request) => this.#outbox.deliver(request),
      () => this.#drawn,
    );
    this.#output = new OutputQuestion(store, this.#question.viewer, (request) => this.#outbox.deliver(request));
    this.#unwatch = store.subscribe(() => {
      this.#tiles.look();
      this.#output.look();
    });
    this.#liveness = new Liveness(
      model,
      {
        hello: (whole) => this.#outbox.hello(this.#question.viewer, whole),
        ping: () => this.#outbox.deliver({ kind: "ping" }),
        awaits: () => this.#awaits(),
      },
      (connection) => this.#connect(connection),
    );
    for (const name of WATCHED) this.#listen(`change:${name}`, () => this.#trait(name));
    this.#listen("msg:custom", (content: unknown, buffers?: Binary[]) => this.#reply(content, buffers ?? []));
    if (store.state.connection !== "saved") this.#liveness.start();
    this.catalogue.open();
    this.#ask();
    this.#output.look();
  }

  // ---------------------------------------------------------------- commands

  /**
   * Show a selection while it is under the hand (commit false; null lets go of it), or make it the selection.
   *
   * `places` is where the hand can take it, the same all through a drag: they are asked about ahead.
   */
  setSelection(selection: Selection | null, how: { commit: boolean; active?: number; places?: Places | null }): void {
    const { state } = this.store;
    if (!how.commit || !selection) {
      const wanted = how.active ?? state.active;
      const active = selection || wanted < 0 ? wanted : activeAfter(state.selection, wanted);
      this.store.set({ draft: selection, active });
      this.#ask();
      return this.#ahead.follow(this.#askable() ? (how.places ?? null) : null, selection);
    }
    this.#ahead.follow(null, null);
    this.store.set({ draft: null, active: activeAfter(selection, how.active ?? -1), notice: "" });
    if (!equal(selection, state.selection)) {
      this.#select(selection);
      this.#timeline.selected(selection);
    }
    this.#ask();
    this.#question.keep();
  }

  /** Change the list of named selections, and say what was done. */
  keep(named: NamedSelection[], said: string): void {
    this.store.set({ named, notice: this.store.state.connection === "saved" ? `${said} ${IN_PAGE}` : said });
    this.#outbox.write("named", named);
  }

  /** Compute a method. `panel` null is the panel of that method, or a new one, which stands behind the panel `beside`. */
  run(
    method: string,
    parameters: Record<string, unknown>,
    within: Selection | null,
    panel: string | null,
    beside: string | null = null,
  ): void {
    const run = { kind: "run", method, parameters, within, panel, beside } as const;
    const sent = this.#outbox.request(run, "Running a method");
    const { panels, scores } = this.store.state;
    if (sent) for (const each of addressed(panel ?? method, panels, scores.models)) this.#timeline.asked(each);
  }

  /** Stop what runs in a panel; it is over here at once. */
  cancel(panel: string): void {
    const run = this.#jobs.drop(panel);
    if (run !== null) this.#outbox.request({ kind: "cancel", panel, run }, "Cancelling");
  }

  /** Stop everything that runs. */
  cancelAll(): void {
    for (const panel of Object.keys(this.store.state.jobs)) this.cancel(panel);
    this.stop();
  }

  /** Find the runs of rows or columns that count; they arrive with the evidence. */
  find(axis: EvidenceState["axis"], parameters: Record<string, unknown>): void {
    this.#outbox.request({ kind: "find", axis, parameters }, "Finding runs");
  }

  /** Stop the search; it is over here at once. */
  stop(): void {
    const search = this.#searches.drop();
    if (search !== null) this.#outbox.request({ kind: "stop", search }, "Stopping the search");
  }

  /** Show where something lies, in every map; null shows nothing any more. */
  point(at: Selection | null): void {
    const pointed = at ?? { bands: [] };
    if (equal(pointed, this.store.state.pointed)) return;
    this.store.set({ pointed });
    this.#outbox.write("pointed", selectionOf(pointed));
  }

  /** Another sample, another target, or both. `a` with `b` is "a rather than b", without it a on its own. */
  show(what: { sample?: number; a?: number; b?: number | null }): void {
    const { sample = null, a = null, b = null } = what;
    const before = this.store.state.asked;
    // before it is sent: a page that holds the sample has it when that is done
    this.store.set({ asked: this.#awaited(before, sample, a === null ? null : { a, b }) });
    const words = sample !== null ? "Another sample" : "Another target";
    if (this.#outbox.request({ kind: "show", sample, a, b }, words)) this.#timeline.moved();
    else this.store.set({ asked: before });
  }

  /** What is waited for once this is asked, too: nothing of what is shown, for which no trait may come. */
  #awaited(before: Asked, sample: number | null, target: Asked["target"]): Asked {
    const { sample: shown, target: aim } = this.store.state;
    const known = target && target.a === aim.a && target.b === aim.b;
    return {
      sample: sample === null ? before.sample : sample === shown.index ? null : sample,
      target: target === null ? before.target : known ? null : target,
    };
  }

  /** Ask what may be chosen as a target; it arrives as `offered`. */
  offer(): boolean {
    return this.#outbox.request({ kind: "offer", viewer: this.#question.viewer }, "Another target");
  }

  /** Give a target a line, and explain it. */
  addTarget({ target, like }: Wanted): void {
    if (this.#outbox.request({ kind: "add_target", target, like }, "Another target")) this.#timeline.moved();
  }

  /** Take the line of a target away. */
  removeLine(line: number): void {
    if (this.#outbox.request({ kind: "remove_line", line }, "Taking a line away")) this.#timeline.moved();
  }

  /** The same target at another layer, or step; what is shown until then is of the one before. */
  turn(to: number): boolean {
    const { target, asked } = this.store.state;
    if (!this.#outbox.request({ kind: "turn", to }, "Another layer or step")) return false;
    this.#timeline.moved();
    this.store.set({ asked: { ...asked, target: target.dial?.at === to ? null : { a: target.a, b: target.b } } });
    return true;
  }

  /** Hide cells in another way, by the number of a row of the table. */
  hide(baseline: number): void {
    if (this.#outbox.request({ kind: "hide", baseline }, "Another baseline")) this.#timeline.moved();
  }

  /** Compare what hidden cells may become, or stop that. */
  compare(wanted: boolean): void {
    if (!wanted) {
      this.store.set({ comparison: null });
      this.#outbox.deliver({ kind: "compare", wanted });
    } else if (this.#outbox.request({ kind: "compare", wanted }, "Comparing baselines"))
      this.store.set({ comparison: { rows: [], total: 0, reason: "" } });
  }

  /** Take a panel away. */
  remove(panel: string): void {
    if (this.#outbox.request({ kind: "remove", panel }, "Removing a panel")) this.#jobs.drop(panel);
  }

  /** Keep what a panel shows, so that later runs go beside it; or let it follow again. */
  pin(panel: string, wanted: boolean): void {
    this.#outbox.request({ kind: "pin", panel, wanted }, wanted ? "Pinning a panel" : "Unpinning a panel");
  }

  /** Show one panel minus another in a panel of its own. */
  subtract(a: string, b: string, panel: string): void {
    if (this.#outbox.request({ kind: "subtract", a, b, panel }, "A difference")) this.#timeline.asked(panel);
  }

  /** Put the panels in an order; without a kernel it is this page's alone. */
  arrange(order: readonly string[]): void {
    if (reached(this.store.state.connection))
      return void this.#outbox.request({ kind: "order", panels: [...order] }, "Another order");
    this.#order = order;
    this.#keepOrder();
    this.#timeline.look();
  }

  undo(): void {
    this.#step("undo");
  }

  redo(): void {
    this.#step("redo");
  }

  /** Change how the maps are drawn; kept with the notebook. `commit` is false while something is dragged. */
  setOptions(patch: Partial<Options>, commit = true): void {
    const options = { ...this.store.state.options, ...patch };
    this.store.set({ options });
    if (commit) this.#outbox.write("options", options);
  }

  /** Let a panel take the place of all; null shows all again. */
  enlarge(enlarged: string | null): void {
    this.store.set({ enlarged });
  }

  /** Give the view a height, or null as much as it takes; `commit` is false while its edge is dragged. */
  setHeight(height: number | null, commit: boolean): void {
    this.store.set({ height });
    if (commit) this.#outbox.write("height", height);
  }

  /** Ask for a file; it arrives at `onFile`. Without a kernel the page writes the maps that it has. */
  export(format: Export["format"]): void {
    const { connection } = this.store.state;
    if (format === "npz" && !reached(connection))
      return this.onFile("heatbrush-maps.npz", "application/octet-stream", mapsOf(this.store.state));
    this.#outbox.request({ kind: "export", format }, "Exporting");
  }

  /** Let the browser save what the page made. */
  save(name: string, type: string, bytes: Uint8Array): void {
    this.onFile(name, type, bytes);
  }

  /** Ask for the Python that makes the view, a panel or the selection; it arrives on the clipboard. */
  copyCode(part: CopyCode["part"], panel: string | null = null): void {
    this.#outbox.request({ kind: "copy_code", part, panel }, "Copying code");
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
    const pixels = (size: number): number => clamp(Math.round(size), 1, MOST_PIXELS);
    this.#drawn = { rows: pixels(height), columns: pixels(width) };
    this.#tiles.look();
  }

  /** Say something in the status line; an empty sentence takes it back. */
  notify(sentence: string): void {
    this.store.set({ notice: sentence });
  }

  dispose(): void {
    this.#disposed = true;
    for (const [name, callback] of this.#listeners) this.model.off(name, callback);
    this.#listeners.length = 0;
    this.#unwatch();
    this.#tiles.stop();
    this.#output.stop();
    this.#question.stop();
    this.#liveness.stop();
  }

  // ---------------------------------------------------------------- out

  #listen(name: string, callback: Listener): void {
    this.model.on(name, callback);
    this.#listeners.push([name, callback]);
  }

  /** Whether the kernel is expected to say something. */
  #awaits(): boolean {
    const { jobs, search, whatif, connection } = this.store.state;
    return connection === "waiting" || Object.keys(jobs).length > 0 || search !== null || whatif.waiting;
  }

  #select(selection: Selection): void {
    this.store.set({ selection });
    this.#outbox.write("selection", selectionOf(selection));
  }

  /** Undo or redo: all but the selection is the kernel's, which may refuse; then nothing is undone. */
  #step(direction: "undo" | "redo"): void {
    const ahead = this.#timeline.ahead(direction);
    if (!ahead) return;
    const far = reached(this.store.state.connection);
    if (ahead.moves && !far) this.#order = ahead.moment.order;
    if ((ahead.kernel || (ahead.moves && far)) && !this.#restore(ahead.moment, direction)) return;
    this.#timeline.step(direction);
    if (!far) this.#keepOrder();
    const { selection } = ahead.moment;
    this.store.set({ draft: null, active: activeAfter(selection, -1), notice: "" });
    if (!equal(selection, this.store.state.selection)) this.#select(selection);
    this.#ask();
  }

  /** Ask the kernel for the sample, target and results of a moment; false where it cannot be asked. */
  #restore({ sample, a, b, given, baseline, runs, order }: Moment, direction: "undo" | "redo"): boolean {
    const what = direction === "undo" ? "Undoing this" : "Redoing this";
    const moment = { sample, a, b, given, baseline, runs: { ...runs }, order: [...order] };
    return this.#outbox.request({ kind: "restore", ...moment }, what);
  }

  /** Bring the panels into the order of this page, while no kernel has the say. */
  #keepOrder(): void {
    const { connection, panels } = this.store.state;
    if (reached(connection)) this.#order = null;
    else if (this.#order) this.store.set({ panels: arranged(panels, this.#order) });
  }

  /** Ask for the scores without the selection and with only it: of the one being drawn, else of the committed one. */
  #ask(): void {
    const { draft, selection, connection } = this.store.state;
    const asked = draft ?? selection;
    const possible = this.#askable() && asked.bands.length > 0;
    const known = possible ? this.#ahead.scores(asked) : null;
    if (known) this.#question.know(asked, known);
    else this.#question.about(possible ? asked : null);
    if (!reached(connection) || this.#holds()) this.store.set({ whatif: recalled(this.store.state, asked) });
  }

  #askable(): boolean {
    const { connection, bare } = this.store.state;
    return !bare && reached(connection) && !this.#holds();
  }

  /** Whether there is no model to ask, but a file held what it said: the kernel knows no more of it. */
  #holds(): boolean {
    const { scores, whatifs } = this.store.state;
    return Boolean(scores.missing) && whatifs.classes.length > 0;
  }

  // ---------------------------------------------------------------- in

  #connect(connection: State["connection"]): void {
    const before = this.store.state.connection;
    if (before === connection || this.#disposed) return;
    // what runs is not known any longer; a kernel that answers again says it
    this.store.set(reached(connection) ? { connection } : { connection, jobs: {}, search: null, asked: NOTHING_ASKED });
    if (reached(connection) === reached(before)) return;
    this.#ask();
    this.catalogue.refused();
    this.catalogue.changed();
  }

  #reply(content: unknown, buffers: Binary[]): void {
    if (typeof content !== "object" || content === null || !("kind" in content)) return;
    this.#liveness.heard();
    if (!isReply(content)) return this.#differs("a message");
    const reply = content;
    switch (reply.kind) {
      case "alive":
        return this.store.set({ told: true });
      case "queued":
        return this.#jobs.queued(reply);
      case "progress":
        return this.#jobs.progress(reply);
      case "partial":
        return this.#partial(reply, buffers);
      case "tile":
        return this.#tiles.tile(reply, buffers);
      case "values":
        return this.#tiles.values(reply);
      case "cells":
        return this.#cells(reply);
      case "cancelled":
        return this.#jobs.cancelled(reply);
      case "searching":
        return this.#searches.searching(reply);
      case "stopped":
        return this.#searches.stopped(reply);
      case "listed":
        return this.catalogue.listed(reply, buffers);
      case "offered":
        if (reply.viewer === this.#question.viewer) this.store.set({ offered: reply });
        return;
      case "compared":
        return this.#compared(reply);
      case "answer":
        this.#question.answer(reply);
        this.#ahead.again();
        return this.store.flush(); // a drag waits for it: show it in the next frame, not in the one after
      case "output_cells":
        this.#output.answer(reply, buffers);
        return this.store.flush();
      case "answers":
        this.#ahead.answers(reply, buffers);
        return this.store.flush();
      case "refused":
        return this.#refused(reply.sentence);
      case "code":
        return void this.#copied(reply.text);
      case "file":
        if (buffers[0]) this.onFile(reply.name, reply.type, bytesOf(buffers[0]));
    }
  }

  /** Something that does not fit was left out: the last good picture stays, and the reader is told once. */
  #differs(where: string): void {
    if (!this.#told) this.notify(differing(where));
    this.#told = true;
  }

  /** A map that is still filling: the kernel waits for our word before it sends the next. */
  #partial(reply: PartialMap, buffers: Binary[]): void {
    this.#jobs.partial(reply, buffers);
    const { viewer } = this.#question;
    this.#outbox.deliver({ kind: "seen", viewer, number: reply.number, ...this.#drawn });
  }

  /** Make the strongest cells of a large map, which only the kernel has, the selection. */
  selectStrongest(panel: string, percent: number, positive: boolean): void {
    this.#outbox.request(this.#tiles.strongest(panel, percent, positive), "Selecting the strongest cells");
  }

  #cells({ viewer, selection, note }: StrongestCells): void {
    if (viewer !== this.#question.viewer) return;
    if (selection) this.setSelection(selectionOf(selection), { commit: true });
    this.notify(note);
  }

  /** Rows of the table, while it is open. */
  #compared({ rows, total, reason = "" }: Compared): void {
    if (this.store.state.comparison) this.store.set({ comparison: { rows, total, reason } });
  }

  /** Code goes to the clipboard; where the page may not write there, into a file. */
  async #copied(code: string): Promise<void> {
    if (await this.onCopy(code)) return this.notify("The code is on the clipboard.");
    this.onFile("heatbrush.py", "text/x-python", new TextEncoder().encode(code));
    this.notify("The page may not write to the clipboard: the code is saved as heatbrush.py.");
  }

  #refused(sentence: string): void {
    this.catalogue.refused();
    this.#timeline.moved();
    this.store.set({ asked: NOTHING_ASKED });
    this.notify(sentence);
  }

  /** A trait changed: the store follows at once, what depends on several traits when all of a message are there. */
  #trait(name: TraitName): void {
    const wrong = misfitOfTrait(this.model, name);
    if (wrong !== null) return this.#differs(wrong);
    const patch = patchOf(this.model, name, this.store.state);
    if (!patch) return;
    this.store.set(patch);
    if (name === "panels") {
      this.#keepOrder();
      this.#jobs.arrived(this.store.state.panels);
    }
    if (name === "listing" || name === "sample") this.catalogue.changed();
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
    if (SHOWN.some((name) => changed.has(name))) this.#timeline.look();
    const { number } = this.store.state.hidden;
    if (changed.has("sample") || changed.has("scores") || number !== this.#baseline) {
      this.#question.again();
      this.#output.again();
      this.#ahead.forget();
    }
    this.#baseline = number;
    if (!reached(this.store.state.connection) || this.#holds()) this.#ask();
  }

  /** Say what a search found, where it was waited for. */
  #found(evidence: EvidenceState): void {
    if (!this.#searches.arrived(evidence)) return;
    const { runs, about } = evidence;
    this.notify(runs.length ? `${counted(runs.length, "run")} found, first ${runs[0]!.label}.` : about);
  }
}
