// The inputs beside the matrix: what each holds, and what the target's score loses without it, as short bars.

import { html, set, setAll, show, svg, text } from "../dom/dom.ts";
import type { HeldBar } from "../protocol.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { kindOf } from "../values/targets/kinds.ts";
import { figure, signed } from "../values/writing.ts";

interface Row {
  element: HTMLElement;
  name: HTMLElement;
  value: HTMLElement;
  bar: SVGElement;
  loss: HTMLElement;
}

export class HeldList {
  readonly element = html("table", { class: "hb-table hb-held", "aria-label": "What the held inputs are worth" });
  readonly #body = html("tbody");
  #rows: Row[] = [];

  constructor() {
    const column = (name: string, kind: string): HTMLElement => html("th", { class: kind, scope: "col" }, name);
    const head = html(
      "tr",
      {},
      column("Held", "hb-class"),
      column("value", "hb-number"),
      html("th", { class: "hb-line", "aria-hidden": "true" }),
      column("loses", "hb-number"),
    );
    this.element.append(html("thead", {}, head), this.#body);
    set(head.lastElementChild!, "title", "What the target's score loses with the baseline in the place of the input.");
  }

  update(changed: Changes, scene: Scene): void {
    // nothing moves under a hand that draws
    if (!changed.any("scores", "draft") || scene.state.draft) return;
    const { scores, target } = scene.state;
    const { held } = scores;
    const kind = kindOf(scores, target.a);
    set(this.element, "data-waiting", held === undefined);
    show(this.element, this.#rows.length > 0 || (held?.length ?? 0) > 0);
    // of a sample or target that was not asked yet the numbers go, and the lines stay where they are
    if (held === undefined) for (const row of this.#rows) this.#fill(row, null, 1, kind);
    else this.#fillAll(held, kind);
  }

  #fillAll(held: readonly HeldBar[], kind: string): void {
    while (this.#rows.length < held.length) this.#rows.push(this.#row());
    while (this.#rows.length > held.length) this.#rows.pop()!.element.remove();
    const most = Math.max(...held.map(({ loss }) => Math.abs(loss ?? 0))) || 1;
    for (const [at, bar] of held.entries()) this.#fill(this.#rows[at]!, bar, most, kind);
  }

  #fill(row: Row, held: HeldBar | null, most: number, kind: string): void {
    const loss = held?.loss ?? null;
    const [from, to] = ends(loss ?? 0, most);
    setAll(row.bar, { x1: `${from}%`, x2: `${to}%` });
    show(row.bar, loss !== null);
    text(row.loss, held ? signed(loss) : "");
    text(row.value, held?.value ?? "");
    if (!held) return;
    text(row.name, held.name);
    set(row.element, "data-part", held.part);
    set(row.element, "title", tip(held, kind));
  }

  #row(): Row {
    const bar = svg("line", { class: "hb-worth", y1: 8, y2: 8 });
    const middle = svg("line", { class: "hb-track", x1: "50%", x2: "50%", y1: 2, y2: 14 });
    const [name, value, loss] = [html("th", { class: "hb-class", scope: "row" }), html("td"), html("td")];
    const line = html("td", { class: "hb-line" }, svg("svg", { "aria-hidden": "true" }, middle, bar));
    const element = html("tr", {}, name, value, line, loss);
    this.#body.append(element);
    return { element, name, value, bar, loss };
  }
}

/** Where a bar begins and ends, in percent of a line whose middle is 0: what is lost goes to the right. */
export function ends(loss: number, most: number): [number, number] {
  const far = 50 + (50 * loss) / most;
  return far < 50 ? [far, 50] : [50, far];
}

/** The whole of it in a sentence. */
export function tip({ value, baseline, loss, gradient }: HeldBar, kind: string): string {
  if (!value) return "Inputs that are worth less; explainer.given_scores lists all.";
  const score = kind === "probabilities" ? "probability" : "score";
  const without = baseline ? `with ${baseline} in the place of ${value}` : "with its baseline in the place of all";
  const slope = gradient === null ? "" : `; the slope along it is ${figure(gradient, 3)}`;
  if (loss === null) return `The ${score} is not known ${without}.`;
  return `The target's ${score} ${loss < 0 ? "gains" : "loses"} ${figure(Math.abs(loss), 3)} ${without}${slope}.`;
}
