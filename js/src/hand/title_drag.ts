// A panel dragged by its title to another place: a bar shows where it would stand, Esc leaves it where it is.

import { html, place, show } from "../dom/dom.ts";
import type { Panel } from "../map/panel.ts";
import type { Sheet } from "../map/sheet.ts";
import type { Context } from "../scene/context.ts";
import { enlargedOf } from "../scene/enlarged.ts";
import { OUTPUT } from "../scene/output/output.ts";
import { INPUT } from "../scene/shown.ts";
import { before } from "../values/panels/order.ts";

/** A pointer that moves less has only pressed, in pixels. */
const THRESHOLD = 4;
const BAR = 3;

interface Drag {
  panel: Panel;
  pointer: number;
  x: number;
  y: number;
  /** The panel that it would stand before, null for the end; undefined while nothing has moved. */
  next?: string | null;
}

export class TitleDrag {
  #drag: Drag | null = null;
  readonly #bar = html("div", { class: "hb-drop", hidden: true });

  constructor(
    readonly context: Context,
    readonly sheet: () => Sheet,
  ) {
    const leave = (event: KeyboardEvent): void => {
      if (event.key !== "Escape" || !this.#drag) return;
      event.preventDefault();
      event.stopPropagation();
      this.#end();
    };
    window.addEventListener("keydown", leave, { signal: context.signal, capture: true });
  }

  attach(panel: Panel): void {
    if (panel.name === INPUT || panel.name === OUTPUT) return;
    const { signal } = this.context;
    for (const line of panel.titles) {
      line.addEventListener("pointerdown", (event) => this.#press(event, panel), { signal });
      line.addEventListener("pointermove", (event) => this.#move(event), { signal });
      line.addEventListener("pointerup", () => this.#drop(), { signal });
      line.addEventListener("pointercancel", () => this.#end(), { signal });
      line.addEventListener("lostpointercapture", () => this.#end(), { signal });
    }
  }

  /** A finger scrolls the page by a title: it moves panels by their menu. */
  #press(event: PointerEvent, panel: Panel): void {
    const { state } = this.context.scene();
    const control = (event.target as Element).closest("button");
    if (event.button !== 0 || event.pointerType === "touch" || control) return;
    if (state.bare || state.panels.length < 2 || enlargedOf(state) !== null) return;
    this.#drag = { panel, pointer: event.pointerId, x: event.clientX, y: event.clientY };
  }

  #move(event: PointerEvent): void {
    const drag = this.#drag;
    if (!drag || event.pointerId !== drag.pointer) return;
    const far = Math.hypot(event.clientX - drag.x, event.clientY - drag.y);
    if (drag.next === undefined && far < THRESHOLD) return;
    if (drag.next === undefined) {
      (event.currentTarget as Element).setPointerCapture(event.pointerId);
      drag.panel.element.setAttribute("data-dragged", "");
    }
    drag.next = this.#place(event);
  }

  /** Before which panel the pointer is, with a bar there; null is behind them all. */
  #place({ clientX: x, clientY: y }: PointerEvent): string | null {
    const sheet = this.sheet();
    const panels = sheet.panels.filter(({ name }) => name !== INPUT && name !== OUTPUT);
    const boxes = panels.map((panel) => panel.element.getBoundingClientRect());
    const abreast = this.context.scene().layout.perRow > 1;
    const at = boxes.findIndex((box) =>
      abreast ? y < box.bottom && (y < box.top || x < (box.left + box.right) / 2) : y < (box.top + box.bottom) / 2,
    );
    const box = boxes[at < 0 ? boxes.length - 1 : at]!;
    const home = sheet.element.getBoundingClientRect();
    sheet.element.append(this.#bar);
    show(this.#bar, true);
    const [left, top] = [box.left - home.left, box.top - home.top];
    const behind = at < 0;
    if (abreast) place(this.#bar, (behind ? left + box.width : left) - BAR, top, BAR, box.height);
    else place(this.#bar, left, (behind ? top + box.height : top) - BAR, box.width, BAR);
    return panels[at]?.name ?? null;
  }

  #drop(): void {
    const drag = this.#drag;
    this.#end();
    if (drag?.next === undefined || drag.next === drag.panel.name) return;
    const order = this.context.scene().state.panels.map(({ name }) => name);
    const wanted = before(order, drag.panel.name, drag.next);
    if (wanted.join("\0") !== order.join("\0")) this.context.arrange(wanted, drag.panel.name);
  }

  #end(): void {
    this.#drag?.panel.element.removeAttribute("data-dragged");
    this.#drag = null;
    this.#bar.remove();
  }
}
