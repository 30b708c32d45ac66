// What the colours of a map stand for: a bar with its limits, in the title or above the row profile.

import { html, measure, set, setAll, show, style, svg, text } from "../dom/dom.ts";
import type { Context } from "../scene/context.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { endsSaid, readingAt } from "../scene/sentences.ts";
import { isLinesAlone, isThere, type Shown } from "../scene/shown.ts";
import { gradient, position } from "../values/colours.ts";
import { endsOf } from "../values/drawing/scales.ts";
import type { Cell } from "../values/keys.ts";
import { figure } from "../values/writing.ts";
import { ColourEnds } from "./colour_ends.ts";

/** Where the value of a cell lies on the bar; NaN where it is not known. */
function placeOf(scene: Scene, name: string, shown: Shown, at: Cell): number {
  if (!shown.large) return position(shown.drawn?.[at.row * scene.W + at.column] ?? NaN, shown.scale);
  const known = readingAt(scene, name, shown, at);
  return known && !known.gone ? position(known.value, shown.scale) : NaN;
}

/** A small colour bar with its limit, in a title line. */
export class Legend {
  readonly element = html("span", { class: "hb-legend" });
  readonly #bar = html("i");
  readonly #ends: ColourEnds;
  readonly #text = html("span");

  constructor(name: string, context: Context) {
    this.#ends = new ColourEnds(name, context);
    this.element.append(html("span", { class: "hb-legend-bar" }, this.#bar, this.#ends.element), this.#text);
  }

  update(shown: Shown, scene: Scene): void {
    const { slim, mapWidth, rowProfile } = scene.layout;
    style(this.#bar, "background", `linear-gradient(90deg, ${gradient(shown.legend)})`);
    style(this.#bar, "width", slim ? (shown.signed ? "20px" : "16px") : "40px");
    show(this.#bar.parentElement!, !slim || mapWidth + rowProfile >= 70);
    text(this.#text, rangeOf(shown));
    set(this.element, "title", `Colours ${endsSaid(shown, scene.state.options)}.`);
    this.#ends.update(shown, scene);
  }
}

/** "± .5", "0 to 12"; what places on the scales of rows stand for. */
function rangeOf({ scale, key }: Shown): string {
  if (key === null) return "by row";
  if (scale.kind === "diverging") return `± ${figure(scale.limit)}`;
  return `${figure(scale.low)} to ${figure(scale.high)}`;
}

/** The legend above the row profile: the bar, its numbers, and a caret that follows the crosshair's value. */
export class Corner {
  readonly element = html("div", { class: "hb-corner" });
  readonly #bar = html("i");
  readonly #numbers = [html("span"), html("span"), html("span")];
  readonly #caret = svg("path", { class: "hb-caret", d: "M0 7l-3.5-8h7z" });
  readonly #ends: ColourEnds;

  constructor(name: string, context: Context) {
    this.#ends = new ColourEnds(name, context);
    const caret = svg("svg", { "aria-hidden": "true" }, this.#caret);
    this.element.append(this.#bar, ...this.#numbers, caret, this.#ends.element);
  }

  update(changed: Changes, scene: Scene, name: string, shown: Shown | null, left: number, fresh: boolean): void {
    const { layout, state } = scene;
    const visible = layout.corner && shown !== null && isThere(shown) && !isLinesAlone(shown);
    show(this.element, visible);
    if (!visible || !shown) return;
    if (changed.has("layout") || fresh) {
      style(this.element, "left", `${left + layout.mapWidth + layout.profileGap}px`);
      style(this.element, "top", "23px");
      style(this.element, "width", `${layout.rowProfile}px`);
    }
    if (fresh || changed.any("layout", "theme", "options")) this.#draw(shown, scene);
    const at = state.cursor ? placeOf(scene, name, shown, state.cursor) : NaN;
    show(this.#caret, !Number.isNaN(at));
    if (!Number.isNaN(at)) setAll(this.#caret, { transform: `translate(${(at * layout.rowProfile).toFixed(1)},0)` });
  }

  #draw(shown: Shown, scene: Scene): void {
    const { scale, legend, key } = shown;
    const { layout, family } = scene;
    style(this.#bar, "background", `linear-gradient(90deg, ${gradient(legend)})`);
    this.#ends.update(shown, scene);
    const ends = endsOf(scale);
    const [low, middle, high] = this.#numbers as [HTMLElement, HTMLElement, HTMLElement];
    // the ends of a row's own scale have no number that holds for all rows
    const [least, most] = key === null ? ["low", "high"] : [figure(ends[0]), figure(ends[1])];
    const room = layout.rowProfile - measure(least, family) - measure(most, family);
    // side by side they would read as one number
    const apart = room >= 8;
    text(low, apart ? least : scale.kind === "diverging" ? `± ${most}` : "");
    text(high, apart ? most : "");
    text(middle, scale.kind === "diverging" && room > 28 ? "0" : "");
  }
}
