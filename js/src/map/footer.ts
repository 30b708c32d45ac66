// The line under a map: what it sums to, and what the method has to say of it; what does not fit opens in a box.

import { html, measure, set, show, style, text, unique } from "../dom/dom.ts";
import type { Loss, PanelState } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { pinOf } from "../scene/sentences.ts";
import { panelWidth } from "../values/layout.ts";
import { figure, words } from "../values/writing.ts";

/** The second line of a narrower panel's title says nothing of the result. */
export const TITLED = 180;
/** A narrower line holds no words, only the button. */
const LEAST = 130;
/** What the button takes of the line. */
const BUTTON = 24;

export class Footer {
  readonly element: HTMLElement;
  readonly words = html("span", { id: unique("under") });
  readonly #more: HTMLButtonElement;
  #panel: PanelState | null = null;

  constructor(name: string, context: Context) {
    this.#more = html(
      "button",
      {
        type: "button",
        "aria-label": `Notes of ${words(name)}`,
        title: "All that there is to say",
        "aria-haspopup": "dialog",
        "aria-expanded": "false",
      },
      "…",
    );
    this.element = html("div", { class: "hb-under", hidden: true }, this.words, this.#more);
    this.#more.addEventListener("click", () =>
      context.popover.toggle(this.#more, () => {
        if (this.#panel) context.popover.open(this.#more, notes(this.#panel), "right");
      }),
    );
  }

  update(changed: Changes, scene: Scene, panel: PanelState | null, left: number): void {
    if (!changed.any("panels", "jobs", "layout", "theme", "sample", "target", "hidden")) return;
    const waits = panel !== null && !panel.failure && (!panel.arrays || scene.state.jobs[panel.name] !== undefined);
    this.#panel = waits ? null : panel;
    const said = this.#panel ? [...apart(this.#panel, scene), ...sentences(this.#panel)] : [];
    const width = panelWidth(scene.layout);
    this.#say(said, width, scene.family);
    // its room stays while a map is computed anew, or what is beneath would move twice
    show(this.element, said.length > 0 || (waits && !this.element.hidden));
    style(this.element, "margin-left", `${left}px`);
    style(this.element, "width", `${width}px`);
  }

  /** The sentences as long as they fit; the button opens what does not, and the losses, which no line holds. */
  #say(said: Said[], width: number, family: string): void {
    const long = said.map((each) => each.long).join(" ");
    const short = said.map((each) => each.short).join(" ");
    const losses = (this.#panel?.conservation.length ?? 0) > 0;
    const fits = measure(long, family) <= width - (losses ? BUTTON : 0);
    const bare = !fits && width < LEAST;
    text(this.words, fits ? long : bare ? "" : short);
    text(this.#more, bare ? "notes …" : "…");
    set(this.words, "title", long || null);
    show(this.#more, said.length > 0 && (!fits || losses));
  }
}

/** A sentence, and the same for a line with little room. */
interface Said {
  long: string;
  short: string;
}

/** What a pinned map was computed for, where its title has no room to say it. */
function apart(panel: PanelState, scene: Scene): Said[] {
  const said = pinOf(panel, scene);
  const told = !scene.layout.twoLines || scene.layout.mapWidth > TITLED;
  return told || !said.includes(":") ? [] : [{ long: `P${said.slice(1)}.`, short: `P${said.slice(1)}.` }];
}

function sentences(panel: PanelState): Said[] {
  const kept = promise(panel);
  return [...(kept ? [kept] : []), ...panel.notes.map((note) => ({ long: note, short: note }))];
}

/** What the whole map sums to, and what it should sum to; null where the method promises nothing. */
export function promise({ score, score_at_baseline: base, residual, arrays, within }: PanelState): Said | null {
  if (residual === null || score === null || !arrays) return null;
  const due = score - (base ?? 0);
  const meaning = base === null ? "the score" : "the score minus the score at the baseline";
  const missed = `(residual ${residual > 0 ? "+" : ""}${figure(residual)})`;
  const start = `${within ? "The whole map sums" : "Sums"} to ${figure(due + residual, 3)} of ${figure(due, 3)}`;
  const exact = Math.abs(residual) <= 1e-3 * Math.abs(due);
  return { short: exact ? `${start}.` : `${start} ${missed}.`, long: `${start}, ${meaning} ${missed}.` };
}

/** Everything, in a box of its own. */
function notes(panel: PanelState): HTMLElement {
  const box = html("div", {
    class: "hb-pop hb-said-all",
    role: "dialog",
    "aria-label": `Notes of ${words(panel.name)}`,
    tabindex: 0,
  });
  box.append(html("h4", {}, words(panel.name)), ...sentences(panel).map(({ long }) => html("p", {}, long)));
  if (panel.conservation.length) box.append(losses(panel.conservation));
  return box;
}

/** What arrives at each layer, and what is lost in it, from the score to the input. */
function losses(rows: Loss[]): HTMLElement {
  const largest = Math.max(...rows.map(({ arrives }) => Math.abs(arrives ?? 0)));
  const cell = (value: number | null): HTMLElement => {
    const nothing = value !== null && Math.abs(value) <= 1e-4 * largest;
    return html("td", {}, nothing ? "0" : figure(value));
  };
  const head = ["layer", "arrives", "passed on", "to bias", "to stabiliser", "to the rest"];
  const line = ({ node, arrives, passed, bias, stabiliser, rest }: Loss): HTMLElement =>
    html(
      "tr",
      {},
      html("th", { scope: "row", title: node }, node),
      ...[arrives, passed, bias, stabiliser, rest].map(cell),
    );
  return html(
    "table",
    {},
    html("caption", {}, "Relevance from the score to the input, and what is lost on its way"),
    html("thead", {}, html("tr", {}, ...head.map((name) => html("th", { scope: "col" }, name)))),
    html("tbody", {}, ...rows.map(line)),
  );
}
