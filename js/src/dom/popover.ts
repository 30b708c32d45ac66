// One floating box at a time, tied to the button that opened it: under it, or above where there is more room.

import { set, style } from "./dom.ts";

/** Between the box and its button, and the ends of the view. */
const GAP = 4;
/** Of the root, on its right. */
const PADDING = 5;
/** A box that needs less scrolls in no less; a view too low for that grows while it is open. */
const LEAST = 320;

/** Esc and a press elsewhere close the box and give the focus back. */
export class Popover {
  #box: HTMLElement | null = null;
  #opener: HTMLElement | null = null;
  #stop: AbortController | null = null;
  #closed: () => void = () => {};

  constructor(
    readonly root: HTMLElement,
    signal: AbortSignal,
  ) {
    signal.addEventListener("abort", () => this.close(false), { once: true });
  }

  get opener(): HTMLElement | null {
    return this.#opener;
  }

  /** Show a box; `closed` is called when it is gone again. */
  open(opener: HTMLElement, box: HTMLElement, edge: "left" | "right", closed: () => void = () => {}): void {
    this.close(false);
    this.#closed = closed;
    [this.#box, this.#opener, this.#stop] = [box, opener, new AbortController()];
    this.root.append(box);
    this.#place(edge);
    set(opener, "aria-expanded", "true");
    const { signal } = this.#stop;
    box.addEventListener("keydown", (event) => this.#key(event), { signal });
    const press = (event: Event): void => {
      const path = event.composedPath();
      if (!path.includes(box) && !path.includes(opener)) this.close(false);
    };
    this.root.ownerDocument.addEventListener("pointerdown", press, { signal, capture: true });
    const stops = "input, select, button:not(:disabled), [tabindex]";
    (box.matches("[tabindex]") ? box : box.querySelector<HTMLElement>(stops))?.focus({ preventScroll: true });
  }

  close(refocus = true): void {
    if (!this.#box) return;
    const opener = this.#opener;
    this.#stop?.abort();
    this.#box.remove();
    style(this.root, "min-height", "");
    [this.#box, this.#opener, this.#stop] = [null, null, null];
    const closed = this.#closed;
    this.#closed = () => {};
    closed();
    if (!opener) return;
    set(opener, "aria-expanded", "false");
    if (refocus) opener.focus({ preventScroll: true });
  }

  toggle(opener: HTMLElement, make: () => void): void {
    if (this.#opener === opener) this.close();
    else make();
  }

  /** Inside the root and what is seen of it, so that no page has to scroll for it; the box scrolls instead. */
  #place(edge: "left" | "right"): void {
    const box = this.#box!;
    const [at, home] = [this.#opener!.getBoundingClientRect(), this.root.getBoundingClientRect()];
    const { offsetWidth: width, offsetHeight: height } = box;
    const right = this.#opener!.closest(".hb-run")?.getBoundingClientRect().right ?? at.right;
    const wanted = edge === "left" ? at.left - home.left : right - home.left - width;
    style(box, "left", `${Math.max(0, Math.min(home.width - PADDING - width, wanted))}px`);
    const above = at.top - Math.max(home.top, 0) - 2 * GAP;
    const below = Math.min(home.bottom, innerHeight) - at.bottom - 2 * GAP;
    const least = Math.min(height, LEAST);
    const up = below < least && above > below;
    style(box, "max-height", `${up ? above : Math.max(below, least)}px`);
    if (up) return style(box, "bottom", `${home.bottom - at.top + GAP}px`);
    const top = at.bottom - home.top + GAP;
    style(box, "top", `${top}px`);
    if (top + least > home.height) style(this.root, "min-height", `${top + least + GAP}px`);
  }

  #key(event: KeyboardEvent): void {
    event.stopPropagation();
    if (event.key === "Escape") {
      event.preventDefault();
      this.close();
      return;
    }
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    if (!step || this.#box?.getAttribute("role") !== "menu") return;
    event.preventDefault();
    const items = [...this.#box.querySelectorAll<HTMLElement>("button:not(:disabled)")];
    const active = (this.root.getRootNode() as Document | ShadowRoot).activeElement;
    const index = items.indexOf(active as HTMLElement);
    items[(index + step + items.length) % items.length]?.focus();
  }
}
