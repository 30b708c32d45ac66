// The lines above a map: name, parameters, and what matters now - progress, the crosshair's value or the time; the legend.

import { EnlargeButton } from "../controls/enlarge.ts";
import { html, set, show, style, text } from "../dom/dom.ts";
import { mayFill } from "../dom/full_screen.ts";
import { icon } from "../dom/icons.ts";
import { Corner, Legend } from "../legend/legend.ts";
import type { PanelState } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import { orderSaid } from "../scene/ordering.ts";
import { OUTPUT } from "../scene/output/output.ts";
import { outputSaid } from "../scene/output/said.ts";
import { type Change, type Changes, canHide, failureOf, jobOf, type Scene } from "../scene/scene.ts";
import {
  coarseness,
  drawnOf,
  hidingOf,
  limitsSaid,
  matrixOf,
  pinOf,
  progressOf,
  reading,
  resultOf,
} from "../scene/sentences.ts";
import { INPUT, isLinesAlone, isThere, type Shown } from "../scene/shown.ts";
import { NARROW, panelWidth } from "../values/layout.ts";
import { cellName, seconds, words } from "../values/writing.ts";
import { TITLED } from "./footer.ts";
import { inputSwitch, outputSwitch, type SeenSwitch } from "./seen.ts";

/** What a button at the end of a line takes of it, in pixels: that of the panel menu, and that which enlarges. */
const BUTTON = 24;
/** In a slim panel, whose name needs the room. */
const SLIM_BUTTON = 16;

export class Title {
  readonly lines: HTMLElement[];
  readonly corner: Corner;
  readonly more: HTMLButtonElement;
  readonly enlarge: EnlargeButton;
  readonly #name = html("b", { class: "hb-name" });
  readonly #pin = icon("pin");
  readonly #said = html("span", { class: "hb-said" });
  readonly #place = html("em");
  readonly #value = html("b");
  readonly #time = html("span");
  readonly #cancel = html("button", { type: "button" }, "Cancel");
  readonly #right = html("span", { class: "hb-right" }, this.#place, this.#value, this.#time, this.#cancel);
  readonly #legend: Legend;
  readonly #short = html("span", { class: "hb-said" });
  readonly #panel: string;
  readonly #context: Context;
  readonly #root: HTMLElement;

  readonly #seen: SeenSwitch<string> | null;

  constructor(name: string, context: Context) {
    this.#panel = name;
    this.#context = context;
    this.#root = context.root;
    this.#legend = new Legend(name, context);
    this.corner = new Corner(name, context);
    this.enlarge = new EnlargeButton(name, context);
    this.#seen = name === INPUT ? inputSwitch(context) : name === OUTPUT ? outputSwitch(context) : null;
    this.more = html(
      "button",
      {
        type: "button",
        class: "hb-more",
        "aria-label": `Panel menu of ${words(name)}`,
        title:
          name === INPUT || name === OUTPUT
            ? `Panel: what the ${name} shows`
            : "Panel: place, cells, rerun, duplicate, difference, pin, picture, code",
        "aria-haspopup": "menu",
      },
      icon("more"),
    );
    set(this.#cancel, "aria-label", `Cancel ${words(name)}`);
    this.#cancel.addEventListener("click", () => context.session.cancel(name));
    const seen = this.#seen?.element ?? null;
    const first = html("div", { class: "hb-title" }, this.#pin, this.#name, seen, this.#said, this.#right);
    const second = html("div", { class: "hb-title hb-second" });
    this.lines = [first, second];
  }

  update(changed: Changes, scene: Scene, panel: PanelState | null, shown: Shown, left: number, fresh: boolean): void {
    if (changed.any("layout", "hidden") || fresh) this.#arrange(scene, panel, left);
    if (fresh || changed.any(...this.#spoken(shown))) this.#words(scene, panel, shown);
    if (fresh || changed.any("layout", "panels", "jobs", "cursor", "cell", "axes", "local", "hidden", "options"))
      this.#now(scene, panel, shown);
    const failed = failureOf(scene, panel) !== null;
    show(this.#legend.element, !failed && isThere(shown) && !isLinesAlone(shown) && hasRoom(scene, panel));
    if (fresh || changed.any("layout", "theme", "options")) this.#legend.update(shown, scene);
    this.corner.update(changed, scene, this.#panel, failed ? null : shown, left, fresh);
  }

  /** What the words beside the name depend on. */
  #spoken({ large }: Shown): Change[] {
    const always: Change[] = ["layout", "panels", "selection", "axes", "sample", "jobs", "target", "hidden", "options"];
    return [
      ...always,
      ...(this.#seen ? (["marks", "output", "connection"] as const) : []),
      ...(large ? (["viewport"] as const) : []),
    ];
  }

  #arrange(scene: Scene, panel: PanelState | null, left: number): void {
    const { layout } = scene;
    const [first, second] = this.lines as [HTMLElement, HTMLElement];
    const all = panelWidth(layout);
    const beside = !layout.twoLines && all - layout.mapWidth >= 2 * BUTTON + 2;
    const menu = this.#hasMenu(scene, panel);
    const alone = all - BUTTON;
    const width = alone - (menu ? BUTTON : 0);
    show(second, layout.twoLines);
    for (const line of this.lines) style(line, "margin-left", `${left}px`);
    // a slim panel has a button in each line
    style(first, "width", `${beside ? layout.mapWidth : layout.slim ? all - SLIM_BUTTON : width}px`);
    style(second, "width", `${layout.slim && menu ? alone : all}px`);
    this.#buttons(scene, left + all - BUTTON, menu);
    if (layout.twoLines) second.replaceChildren(this.#legend.element, this.#short);
    else this.#right.append(this.#legend.element);
    style(this.#short, "margin-left", "auto");
  }

  /** The buttons at the end of the title: one of a slim panel stands under the other. */
  #buttons(scene: Scene, end: number, menu: boolean): void {
    const { slim } = scene.layout;
    this.enlarge.update(scene);
    set(this.enlarge.element, "data-slim", slim);
    style(this.enlarge.element, "left", `${slim ? end + BUTTON - SLIM_BUTTON : end - (menu ? BUTTON : 0)}px`);
    show(this.more, menu);
    style(this.more, "left", `${end}px`);
    style(this.more, "top", slim ? "14px" : "");
  }

  /** A panel without a menu has nothing to choose. */
  #hasMenu(scene: Scene, panel: PanelState | null): boolean {
    if (panel || scene.state.bare) return !scene.state.bare;
    return this.#panel === OUTPUT || mayFill(this.#root) || (canHide(scene) && !this.#seen?.isInTitle(scene));
  }

  #words(scene: Scene, panel: PanelState | null, shown: Shown): void {
    const { layout } = scene;
    const isOutput = this.#panel === OUTPUT;
    const hiding = this.#panel === INPUT ? hidingOf(scene) : "";
    const drawn = coarseness(jobOf(scene, panel)) || drawnOf(scene, shown);
    const limits = isThere(shown) ? limitsSaid(shown, scene.state.options) : "";
    const own = (): string[] => [hiding, limits, matrixOf(scene), drawn];
    const parts = panel ? [drawn, limits, resultOf(panel, scene)] : isOutput ? outputSaid(scene, limits) : own();
    const said = parts.filter(Boolean).join(" · ");
    const name = this.#named(scene);
    this.#seen?.update(scene);
    show(this.#pin, pinOf(panel, scene) !== "");
    text(this.#name, name);
    set(this.lines[0]!, "title", said ? `${name}: ${said}` : name);
    text(this.#said, layout.twoLines ? "" : said);
    const first = panel || limits || isOutput ? said.split(" · ")[0]! : drawn || orderSaid(scene);
    text(this.#short, layout.mapWidth > TITLED ? first : "");
  }

  /** Its name; where the switch has no room, it says what is shown. */
  #named(scene: Scene): string {
    const label = this.#seen?.label(scene);
    if (!label) return words(this.#panel);
    return this.#panel === OUTPUT ? `${OUTPUT}, ${label}` : label;
  }

  /** The progress of a run, or that it failed, or the value under the crosshair, or how long the map took. */
  #now(scene: Scene, panel: PanelState | null, shown: Shown): void {
    const { state, layout } = scene;
    const job = jobOf(scene, panel);
    const failed = failureOf(scene, panel) !== null;
    const input = this.#context.shown(INPUT);
    const value = job || failed ? "" : valueAtCursor(scene, this.#panel, shown, input);
    text(this.#value, value);
    text(this.#place, value && this.#isPointedAt(scene) ? cellName(state.axes, state.cursor!) : "");
    text(this.#time, value ? "" : timeOf(scene, panel, shown));
    set(this.#time, "class", failed ? "hb-failed" : null);
    show(this.#cancel, job !== null && !layout.slim);
    for (const part of [this.#place, this.#value, this.#time]) show(part, part.textContent !== "");
    show(this.#name, !(layout.slim && value) && !this.#seen?.isInTitle(scene));
  }

  /** Whether the pointer is in this panel, whose title then names the cell where it has room. */
  #isPointedAt({ state, layout }: Scene): boolean {
    return state.cursor?.panel === this.#panel && !layout.twoLines && layout.width >= NARROW;
  }
}

/** Whether the legend stands in the title: not in a corner of its own, and not where progress needs the room. */
function hasRoom(scene: Scene, panel: PanelState | null): boolean {
  const { layout } = scene;
  if (layout.twoLines) return true;
  return !layout.corner && (jobOf(scene, panel) === null || layout.width >= NARROW);
}

/** The value under the crosshair; empty where there is none. */
function valueAtCursor(scene: Scene, name: string, shown: Shown, input: Shown): string {
  const { cursor } = scene.state;
  if (!cursor || !isThere(shown)) return "";
  const { slim } = scene.layout;
  const said = reading(scene, name, shown, cursor, !slim);
  // what is drawn in one place is told in one place
  return shown.ground && !slim ? `${said} over ${reading(scene, INPUT, input, cursor, false)}` : said;
}

/** How far a run is, what came of it, or how long it took. */
function timeOf(scene: Scene, panel: PanelState | null, shown: Shown): string {
  const job = jobOf(scene, panel);
  if (job) return progressOf(job.done, job.total, job.secondsLeft, scene.layout.slim);
  return failureOf(scene, panel) ? "failed" : missing(panel, shown, scene) || took(panel, scene);
}

function took(panel: PanelState | null, { layout }: Scene): string {
  if (!panel || panel.seconds === null || layout.slim || (!layout.twoLines && layout.width < NARROW)) return "";
  return seconds(panel.seconds);
}

/** For a panel whose first map for this sample or target was cancelled. */
function missing(panel: PanelState | null, shown: Shown, { state }: Scene): string {
  const waits = state.connection === "live" && !state.told;
  return panel && !panel.failure && !isThere(shown) && !waits ? "not computed" : "";
}
