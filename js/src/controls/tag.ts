// The tag that hangs by the band under the hand: where it is, and what the score becomes.

import { html, set, style, text } from "../dom/dom.ts";
import { describePlaced } from "../scene/ordering.ts";
import { type Changes, columnEdge, rowSides, type Scene } from "../scene/scene.ts";
import { reached } from "../session/store.ts";
import { bandKind, cellsOf } from "../values/regions.ts";
import { kindOf } from "../values/things/kinds.ts";
import { clamp } from "../values/viewport.ts";
import { compared, ends, ScoreLine } from "./scores.ts";

const FADE = 300;
const AWAY = 10;

export class Tag {
  readonly #where = html("div", { class: "hb-where" });
  readonly #class = html("span");
  readonly #line = new ScoreLine(14);
  readonly #said = html("span");
  readonly #without = html("b");
  readonly #only = html("span");
  readonly #answer = html(
    "div",
    { class: "hb-answer" },
    this.#class,
    this.#line.element,
    html("span", {}, this.#said, this.#without, this.#only),
  );
  readonly element = html("div", { class: "hb-tag", "aria-hidden": "true", hidden: true }, this.#where, this.#answer);
  #fading: ReturnType<typeof setTimeout> | undefined;

  constructor(
    readonly root: HTMLElement,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => clearTimeout(this.#fading), { once: true });
  }

  update(changed: Changes, scene: Scene, canvas: HTMLElement | undefined): void {
    if (!changed.any("local", "marks", "whatif", "connection", "layout", "viewport")) return;
    const { live } = scene.local;
    if (!live || !canvas) {
      this.#fade();
      return;
    }
    clearTimeout(this.#fading);
    this.#fading = undefined;
    set(this.element, "hidden", false);
    style(this.element, "opacity", "1");
    this.#say(scene);
    this.#hang(scene, canvas);
  }

  #fade(): void {
    if (this.element.hidden || this.#fading !== undefined) return;
    style(this.element, "opacity", "0");
    this.#fading = setTimeout(() => set(this.element, "hidden", true), FADE);
  }

  #say(scene: Scene): void {
    const { state, local } = scene;
    const { whatif, scores, target, classes, connection } = state;
    text(this.#where, describePlaced(local.live!.band, scene).replace(/^without /, "minus "));
    const [all, without, only] = [scores.all, whatif.without, whatif.only].map((list) => list?.[target.a] ?? null) as (
      | number
      | null
    )[];
    const known = without !== null && without !== undefined;
    set(this.#line.element, "visibility", known ? null : "hidden");
    const mute = !known && !reached(connection);
    set(this.#answer, "hidden", !mute && !known && !whatif.waiting);
    set(this.element, "data-waiting", whatif.waiting);
    text(this.#class, mute ? "no kernel: scores wait" : (classes[target.a] ?? ""));
    this.#line.update({ all: all!, without: without!, only: only! }, ends(scene, kindOf(scores, target.a)));
    const said = compared([all, without, only], kindOf(scores, target.a));
    text(this.#said, known ? `${said[0]} → ` : "");
    text(this.#without, known ? said[1]! : "");
    text(this.#only, known ? ` without, ${said[2]} only` : "");
  }

  /** Outside the frame, below it, or above it while the hand moves up; inside the root. */
  #hang(scene: Scene, canvas: HTMLElement): void {
    const { layout, H, W, local } = scene;
    const { band, upward, x } = local.live!;
    const { r0, r1, c0 } = cellsOf(band, H, W);
    const [home, map] = [this.root.getBoundingClientRect(), canvas.getBoundingClientRect()];
    const [top, bottom] = rowSides(scene, r0, r1).map((edge) => clamp(edge, 0, layout.mapHeight)) as [number, number];
    const rows = bandKind(band) === "rows";
    const left = map.left - home.left + (rows ? x + 16 : clamp(columnEdge(scene, c0), 0, layout.mapWidth));
    const [width, height] = [this.element.offsetWidth, this.element.offsetHeight];
    const above = map.top - home.top + top - height - AWAY;
    // a map that is scrolled goes on below the view
    const below = Math.min(map.top - home.top + bottom + AWAY, home.height - height);
    style(this.element, "left", `${clamp(left, rows ? layout.gutter + 8 : 0, home.width - width)}px`);
    style(this.element, "top", `${upward ? Math.max(0, above) : below}px`);
  }
}
