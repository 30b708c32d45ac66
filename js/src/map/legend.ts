// What the colours of a map stand for: a bar with its limits, in the title or above the row profile.

import { html, measure, setAll, show, style, svg, text } from "../dom/dom.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { readingAt } from "../scene/sentences.ts";
import { isThere, type Shown } from "../scene/shown.ts";
import { gradient, position } from "../values/colours.ts";
import type { Layout } from "../values/layout.ts";
import { figure } from "../values/writing.ts";

/** A small colour bar with its limit, in a title line. */
export class Legend {
  readonly element = html("span", { class: "hb-legend" });
  readonly #bar = html("i");
  readonly #text = html("span");

  constructor() {
    this.element.append(this.#bar, this.#text);
  }

  update({ scale, table, signed: both }: Shown, { slim, mapWidth, rowProfile }: Layout): void {
    style(this.#bar, "background", `linear-gradient(90deg, ${gradient(table)})`);
    style(this.#bar, "width", slim ? (both ? "20px" : "16px") : "40px");
    show(this.#bar, !slim || mapWidth + rowProfile >= 70);
    text(
      this.#text,
      scale.kind === "diverging" ? `± ${figure(scale.limit)}` : `${figure(scale.low)} to ${figure(scale.high)}`,
    );
  }
}

/** The legend above the row profile: the bar, its numbers, and a caret that follows the crosshair's value. */
export class Corner {
  readonly element = html("div", { class: "hb-corner" });
  readonly #bar = html("i");
  readonly #numbers = [html("span"), html("span"), html("span")];
  readonly #caret = svg("path", { class: "hb-caret", d: "M0 7l-3.5-8h7z" });

  constructor() {
    this.element.append(this.#bar, ...this.#numbers, svg("svg", { "aria-hidden": "true" }, this.#caret));
  }

  update(changed: Changes, scene: Scene, name: string, shown: Shown | null, left: number, fresh: boolean): void {
    const { layout, state } = scene;
    const visible = layout.corner && shown !== null && isThere(shown);
    show(this.element, visible);
    if (!visible || !shown) return;
    if (changed.has("layout") || fresh) {
      style(this.element, "left", `${left + layout.mapWidth + layout.profileGap}px`);
      style(this.element, "top", "23px");
      style(this.element, "width", `${layout.rowProfile}px`);
    }
    if (fresh || changed.any("layout", "theme")) this.#draw(shown, scene);
    const known = state.cursor && readingAt(scene, name, shown, state.cursor);
    const at = known && !known.gone ? position(known.value, shown.scale) : NaN;
    show(this.#caret, !Number.isNaN(at));
    if (!Number.isNaN(at)) setAll(this.#caret, { transform: `translate(${(at * layout.rowProfile).toFixed(1)},0)` });
  }

  #draw({ scale, table }: Shown, { layout, family }: Scene): void {
    style(this.#bar, "background", `linear-gradient(90deg, ${gradient(table)})`);
    const ends = scale.kind === "diverging" ? [-scale.limit, scale.limit] : [scale.low, scale.high];
    const [low, middle, high] = this.#numbers as [HTMLElement, HTMLElement, HTMLElement];
    const [least, most] = [figure(ends[0]), figure(ends[1])];
    const room = layout.rowProfile - measure(least, family) - measure(most, family);
    // side by side they would read as one number
    const apart = room >= 8;
    text(low, apart ? least : scale.kind === "diverging" ? `± ${most}` : "");
    text(high, apart ? most : "");
    text(middle, scale.kind === "diverging" && room > 28 ? "0" : "");
  }
}
