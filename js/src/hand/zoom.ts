// Zoom by buttons, and a minimap that shows which part of the matrix is seen, and moves it.

import { html, off, set, show, style } from "../dom/dom.ts";
import { icon } from "../dom/icons.ts";
import { Heatmap } from "../map/heatmap.ts";
import type { Context } from "../scene/context.ts";
import { shownAxes } from "../scene/ordering.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import { INPUT, isThere, type Numbers } from "../scene/shown.ts";
import {
  centre,
  clamp,
  clampSpan,
  isWhole,
  pan,
  type Span,
  type Viewport,
  whole,
  ZOOM,
  zoomAt,
} from "../values/viewport.ts";
import { span as named } from "../values/writing.ts";

/** The part of what is seen by which an arrow key moves it. */
const PART = 0.25;
/** The room of the minimap in CSS pixels, and the least that its sides take: a hand must be able to hit it. */
const [WIDTH, HEIGHT, NARROWEST, LOWEST] = [72, 24, 36, 10];
const ARROWS: Record<string, readonly [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

export class Zoom {
  readonly element: HTMLElement;
  readonly #context: Context;
  readonly #out = button("minus", "Zoom out", "Zoom out ( − )");
  readonly #in = button("plus", "Zoom in", "Zoom in ( + ); also Ctrl and the wheel");
  readonly #all = button("whole", "Whole matrix", "Whole matrix ( 0 )");
  readonly #canvas = html("canvas", { "aria-hidden": "true" });
  readonly #frame = html("i");
  readonly #minimap = html("button", { type: "button", class: "hb-minimap" }, this.#canvas, this.#frame);
  readonly #map = new Heatmap(this.#canvas);
  #held = false;

  constructor(context: Context) {
    this.#context = context;
    this.element = html(
      "div",
      { class: "hb-zoom", role: "group", "aria-label": "Zoom" },
      this.#minimap,
      this.#out,
      this.#in,
      this.#all,
    );
    this.#out.addEventListener("click", () => this.#by(1 / ZOOM));
    this.#in.addEventListener("click", () => this.#by(ZOOM));
    this.#all.addEventListener("click", () => this.#see((scene) => whole(scene.H, scene.W)));
    const { signal } = context;
    this.#minimap.addEventListener("pointerdown", (event) => this.#press(event), { signal });
    this.#minimap.addEventListener("pointermove", (event) => this.#held && this.#to(event), { signal });
    for (const end of ["pointerup", "pointercancel"] as const)
      this.#minimap.addEventListener(end, () => (this.#held = false), { signal });
    this.#minimap.addEventListener("keydown", (event) => this.#key(event), { signal });
  }

  update(changed: Changes, scene: Scene, numbers: Numbers): void {
    const { state, H, W } = scene;
    const { rows, columns } = state.viewport;
    const all = isWhole(rows, H) && isWhole(columns, W);
    show(this.element, !state.bare);
    show(this.#minimap, !all);
    set(this.element, "data-zoomed", !all);
    for (const each of [this.#out, this.#all]) off(each, all);
    if (all || state.bare) return;
    const [width, height] = room(H, W);
    style(this.#minimap, "width", `${width}px`);
    style(this.#minimap, "height", `${height}px`);
    this.#place(scene.layout.flipped ? [H - rows[1], H - rows[0]] : rows, H, height, "top", "height");
    this.#place(columns, W, width, "left", "width");
    const lines = (along: "rows" | "columns", [first, end]: Span): string =>
      named(shownAxes(scene)[along], Math.floor(first + 1e-6), Math.ceil(end - 1e-6));
    const said = `Rows ${lines("rows", rows)}, columns ${lines("columns", columns)} are seen`;
    set(this.#minimap, "aria-label", `Minimap. ${said}. Arrow keys move.`);
    set(this.#minimap, "title", `${said}. Drag to move.`);
    if (this.#isDue(changed)) this.#draw(scene, numbers, width, height);
  }

  /** Whether it may look otherwise; it shows all of the matrix, so that zooming changes nothing in it but the frame. */
  #isDue(changed: Changes): boolean {
    const drawn = this.#canvas.width > 0 && this.#canvas.dataset.renders !== "0";
    return !drawn || changed.any("sample", "matrix", "panels", "options", "tables", "theme", "local", "layout");
  }

  /** The map under the hand, or the input; of a large one the blocks that lie over all of it. */
  #draw(scene: Scene, numbers: Numbers, width: number, height: number): void {
    const { local, layout, H, W } = scene;
    const { flipped } = layout;
    const shown = numbers.get(numbers.has(local.hot) ? local.hot : INPUT);
    if (!isThere(shown)) return;
    this.#map.draw({ ...shown, curves: null, rasters: shown.rasters.slice(0, 1) }, whole(H, W), {
      width,
      height,
      flipped,
    });
  }

  #place(span: Span, n: number, size: number, from: string, length: string): void {
    // a part of a hundredth is still to be seen
    const long = Math.max(3, ((span[1] - span[0]) / n) * size);
    style(this.#frame, from, `${clamp((span[0] / n) * size, 0, size - long).toFixed(1)}px`);
    style(this.#frame, length, `${long.toFixed(1)}px`);
  }

  #by(factor: number): void {
    this.#see(({ state, H, W }) => zoomAt(state.viewport, factor, centre(state.viewport), H, W));
  }

  #see(viewport: (scene: Scene) => Viewport): void {
    this.#context.session.zoom(viewport(this.#context.scene()));
  }

  #press(event: PointerEvent): void {
    if (event.button !== 0) return;
    this.#held = true;
    this.#minimap.setPointerCapture(event.pointerId);
    this.#to(event);
  }

  /** What is under the pointer becomes the middle of what is seen. */
  #to(event: PointerEvent): void {
    const box = this.#canvas.getBoundingClientRect();
    const around = (span: Span, at: number, n: number): [number, number] => {
      const half = (span[1] - span[0]) / 2;
      return clampSpan([at * n - half, at * n + half], n);
    };
    const down = (event.clientY - box.top) / box.height;
    this.#see(({ state: { viewport }, layout, H, W }) => ({
      rows: around(viewport.rows, layout.flipped ? 1 - down : down, H),
      columns: around(viewport.columns, (event.clientX - box.left) / box.width, W),
    }));
  }

  #key(event: KeyboardEvent): void {
    const arrow = ARROWS[event.key];
    if (!arrow || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    event.stopPropagation();
    this.#see(({ state: { viewport }, layout, H, W }) => {
      const down = layout.flipped ? -arrow[0] : arrow[0];
      const step = (span: Span): number => PART * (span[1] - span[0]);
      return pan(viewport, down * step(viewport.rows), arrow[1] * step(viewport.columns), H, W);
    });
  }
}

/** The size of the minimap: of the shape of the matrix where that can be. */
function room(H: number, W: number): [width: number, height: number] {
  const scale = Math.min(WIDTH / W, HEIGHT / H);
  return [Math.max(NARROWEST, Math.round(W * scale)), Math.max(LOWEST, Math.round(H * scale))];
}

function button(name: Parameters<typeof icon>[0], label: string, title: string): HTMLButtonElement {
  return html("button", { type: "button", class: "hb-iconic", "aria-label": label, title }, icon(name));
}
