// The foot: the state in a word, one sentence read aloud at most once a second, and what is under the crosshair.

import { html, set, show, text } from "../dom/dom.ts";
import type { Scene } from "../scene/scene.ts";
import { GONE, progressOf, reading, readingAt, targetOf } from "../scene/sentences.ts";
import { INPUT, isThere, type Numbers } from "../scene/shown.ts";
import { awaits, type Connection, type Cursor, reached, type Search, type State } from "../session/store.ts";
import { hasMap, shapeOf } from "../values/arrays.ts";
import { kindOf } from "../values/things/kinds.ts";
import { cellName, counted, figure, percent, words } from "../values/writing.ts";
import { compared } from "./scores.ts";

export type Mood = "idle" | "running" | "error" | "disconnected" | "saved";
const SECOND = 1000;
/** How long a sentence waits for the scores that belong to it. */
const PATIENCE = 300;

/** What the whole view is doing: the root's data-state. */
export function mood({ state }: Scene): Mood {
  if (state.connection === "saved" || state.connection === "unheard") return "saved";
  if (state.connection !== "live") return "disconnected";
  if (Object.keys(state.jobs).length || state.search) return "running";
  return state.panels.some((panel) => panel.failure) ? "error" : "idle";
}

const WORDS: Record<Exclude<Mood, "disconnected">, string> = {
  idle: "Ready",
  running: "Running",
  error: "Error",
  saved: "Saved",
};

/** The state in a word. */
function word(now: Mood, connection: Connection): string {
  if (now !== "disconnected") return WORDS[now];
  return connection === "waiting" ? "Waiting" : connection === "lost" ? "Cut off" : "Offline";
}

/** The one sentence of the status line. */
export function sentence(scene: Scene, numbers: Numbers): string {
  const { state, local, marks } = scene;
  if (state.notice) return state.notice;
  if (awaits(state)) return awaited(scene);
  if (local.keys && state.cursor && !state.draft) return pointed(scene, numbers);
  if (state.connection === "saved" && marks.cells && isAnswered(state)) return selected(scene);
  if (state.connection !== "live") return CONNECTIONS[state.connection] + held(state);
  // while a band is under the hand, its scores matter more than what runs or failed
  const news = state.draft ? "" : progress(state) || searching(state.search) || failed(state);
  return news || (marks.cells ? selected(scene) : unselected(state));
}

/** What the pale maps are of, while something else is named above them. */
function awaited(scene: Scene): string {
  const { asked, sample } = scene.state;
  if (asked.sample !== null)
    return `Sample ${asked.sample} is asked for; the maps are still of sample ${sample.index}.`;
  return `Another target is asked for; the maps are still of ${targetOf(scene)}.`;
}

/** Whether something is known of the selection, be it why there are no scores. */
function isAnswered({ whatif }: Readonly<State>): boolean {
  return whatif.without !== null || whatif.reason !== "";
}

const CONNECTIONS: Record<Exclude<Connection, "live">, string> = {
  saved: "A saved page: brush, zoom and read; open the notebook to run methods.",
  unheard: "No kernel has answered: the maps are as they were saved. Brush, zoom and read; run the cell to compute.",
  gone: "The kernel is gone. Maps and brush still work; run this cell again for scores and runs.",
  lost: "The kernel cannot be reached: the line is cut, or a cell runs. Maps and brush work; scores and runs wait.",
  waiting: "The kernel does not answer at the moment. Maps and brush work; scores and runs wait.",
};

/** That a page without a kernel holds only blocks of a large matrix; empty where it holds all. */
function held({ sample: { large }, connection }: Readonly<State>): string {
  if (!large || reached(connection)) return "";
  const [rows, columns] = large.steps;
  return ` It holds reduced maps: one value of each ${rows} × ${columns} cells.`;
}

function progress({ jobs, panels }: Readonly<State>): string {
  const [first, ...others] = Object.entries(jobs);
  if (!first) return "";
  const [name, { done, total }] = first;
  const panel = panels.find((other) => other.name === name);
  const where = panel?.within?.bands.length ? " within the selection" : "";
  const more = others.length ? `, and ${counted(others.length, "more run")}` : "";
  return `${words(name)}${where}: ${progressOf(done, total)}${more}. The brush and the other panels stay live.`;
}

function searching(search: Search | null): string {
  if (!search) return "";
  return `Finding runs: ${progressOf(search.done, search.total)}. The brush and the maps stay live.`;
}

function failed({ panels }: Readonly<State>): string {
  const panel = panels.find(({ failure }) => failure);
  return panel ? `${words(panel.name)}: ${panel.failure!.title}. The other maps are as they were.` : "";
}

function unselected({ panels, classes, scores, methods, jobs, told }: Readonly<State>): string {
  const possible = methods.filter((method) => !method.reason).length;
  if (!panels.length)
    return `${scores.rivals === undefined ? counted(classes.length, "class", "classes") : counted(classes.length, "score")}; ${counted(possible, "method")} run on this model.`;
  const missing = panels.filter((panel) => !hasMap(panel) && !panel.failure && !jobs[panel.name]);
  if (missing.length && !told) return "The kernel is asked what it computes.";
  if (missing.length) return `${missing.map(({ name }) => words(name)).join(", ")}: not computed. Run computes a map.`;
  return "Nothing selected. Drag on a map, along its row names, or along its column axis.";
}

function selected({ state, marks }: Scene): string {
  const { target, classes, scores, whatif } = state;
  const said = `${counted(marks.existing, "cell")} selected, ${percent(marks.share, 1)} of the matrix.`;
  // while an answer is awaited, the last numbers are those of other cells
  const without = whatif.waiting ? null : whatif.without?.[target.a];
  if (without == null) return whatif.reason ? `${said} ${whatif.reason}` : said;
  const models = scores.models?.length ? scores.models : [""];
  const kind = kindOf(scores, target.a);
  const changes = models.map((model, at) => {
    const index = target.a + at * classes.length;
    const [all, rest] = compared([scores.all[index], whatif.without?.[index]], kind) as [string, string];
    return `${model && `${model}: `}${all} → ${rest}`;
  });
  return `${said} ${classes[target.a]} ${changes.join(", ")} without them.`;
}

/** The crosshair in words, for a reader who moves it with keys. */
function pointed(scene: Scene, numbers: Numbers): string {
  const { state } = scene;
  const { panel } = state.cursor!;
  const said = [INPUT, ...(panel === INPUT ? [] : [panel])].map((name) => {
    const shown = numbers.get(name);
    return shown && isThere(shown) ? `${words(name)} ${reading(scene, name, shown, state.cursor!)}` : "";
  });
  return `${cellName(state.axes, state.cursor!)}: ${said.filter(Boolean).join(", ")}`;
}

/** The cell under the crosshair, and its value in the input as it is shown. */
function readout(scene: Scene, cursor: Cursor, numbers: Numbers): string {
  const { state } = scene;
  const input = numbers.get(INPUT);
  const known = readingAt(scene, INPUT, input, cursor);
  const several = (shapeOf(state.sample)[2] ?? 1) > 1 && state.options.channel === null ? "sum " : "";
  const value = known ? several + figure(known.value, 3) : reading(scene, INPUT, input, cursor);
  return `${cellName(state.axes, cursor)}: ${known?.gone ? GONE : value}`;
}

export class Status {
  readonly element: HTMLElement;
  readonly #state = html("span", { class: "hb-state" });
  readonly #live = html("span", { class: "heatbrush-status", "aria-live": "polite", role: "status" });
  readonly #readout = html("span", { class: "hb-readout" });
  #said = -Infinity;
  #timer: ReturnType<typeof setTimeout> | undefined;
  #next = "";

  constructor(signal: AbortSignal) {
    this.element = html("div", { class: "hb-foot" }, this.#state, this.#live, this.#readout);
    signal.addEventListener("abort", () => clearTimeout(this.#timer), { once: true });
  }

  update(scene: Scene, numbers: Numbers): void {
    const now = mood(scene);
    const { connection, cursor } = scene.state;
    text(this.#state, word(now, connection));
    set(this.#state, "data-tone", now === "error" ? "bad" : now === "disconnected" ? "warn" : null);
    this.#say(sentence(scene, numbers), scene.state.whatif.waiting || awaits(scene.state) ? PATIENCE : 0);
    show(this.#readout, cursor !== null);
    if (cursor) text(this.#readout, readout(scene, cursor, numbers));
  }

  /** At most once a second, the last word always. */
  #say(sentence: string, patience: number): void {
    this.#next = sentence;
    if (this.#timer !== undefined || this.#live.textContent === sentence) return;
    const wait = Math.max(patience, this.#said + SECOND - performance.now());
    if (wait <= 0) this.#write();
    else this.#timer = setTimeout(() => this.#write(), wait);
  }

  #write(): void {
    this.#timer = undefined;
    this.#said = performance.now();
    text(this.#live, this.#next);
    set(this.#live, "title", this.#next);
  }
}
