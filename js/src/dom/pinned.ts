// What stays in sight while the rest scrolls under it: head, then toolbar, as far as they leave half of the room.

import { html, set, style } from "./dom.ts";

export class Pinned {
  /** Stands where the pinned parts stand while nothing is scrolled. */
  readonly #start = html("i", { class: "hb-start", "aria-hidden": "true" });
  readonly #watch: IntersectionObserver;

  constructor(
    readonly root: HTMLElement,
    /** What scrolls: by itself where the view has a height, else with the page. */
    readonly body: HTMLElement,
    readonly parts: readonly [head: HTMLElement, toolbar: HTMLElement],
    signal: AbortSignal,
  ) {
    body.prepend(this.#start);
    this.#watch = new IntersectionObserver(() => this.#rule());
    this.#watch.observe(this.#start);
    window.addEventListener("resize", () => this.measure(), { signal });
    signal.addEventListener("abort", () => this.#watch.disconnect(), { once: true });
  }

  /** The height of the parts, pinned or not. */
  get height(): number {
    return this.parts.reduce((sum, { offsetHeight }) => sum + offsetHeight, 0);
  }

  /** Whether the parts leave room, after they or the room have changed. */
  measure(): void {
    const room = this.root.hasAttribute("data-sized") ? this.body.clientHeight : window.innerHeight;
    const [head, toolbar] = this.parts.map(({ offsetHeight }) => offsetHeight) as [number, number];
    const count = head + toolbar <= room / 2 ? 2 : head <= room / 2 ? 1 : 0;
    set(this.root, "data-pinned", count ? String(count) : null);
    style(this.root, "--head", `${head}px`);
    style(this.root, "--above", `${[0, head, head + toolbar][count]}px`);
    this.#rule();
  }

  /** A rule under what is pinned, while maps are under it. */
  #rule(): void {
    const [head] = this.parts;
    const apart = head.getBoundingClientRect().top - this.#start.getBoundingClientRect().top;
    set(this.root, "data-stuck", apart >= 1);
  }
}
