// The sheet of panels: one view per panel by name, kept while the panel lives, in the grid that the layout says.

import { html, show, style } from "../dom/dom.ts";
import type { PanelState } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import { enlargedOf } from "../scene/enlarged.ts";
import { hasOutput, OUTPUT } from "../scene/output/output.ts";
import { Changes, type Scene } from "../scene/scene.ts";
import { INPUT, type Numbers } from "../scene/shown.ts";
import { panelWidth } from "../values/layout.ts";
import { Panel, type Slot } from "./panel.ts";

export class Sheet {
  readonly element = html("div", { class: "hb-sheet" });
  readonly #panels = new Map<string, Panel>();
  readonly #new = new Set<string>();

  constructor(
    readonly context: Context,
    readonly attach: (panel: Panel) => void,
  ) {}

  /** The panels, in the order in which they stand. */
  get panels(): Panel[] {
    return [...this.#panels.values()].sort((a, b) => a.slot.index - b.slot.index);
  }

  canvas(name: string): HTMLCanvasElement | undefined {
    return this.#panels.get(name)?.canvas;
  }

  /** Give a panel the focus, or the input where there is no such panel. */
  focus(name: string): void {
    const panel = this.#panels.get(name) ?? this.#panels.get(INPUT);
    panel?.element.focus({ preventScroll: true });
  }

  update(changed: Changes, scene: Scene, panels: PanelState[], numbers: Numbers): void {
    const states: [string, PanelState | null][] = [
      ...(scene.state.bare ? [] : [[INPUT, null] as [string, null]]),
      ...(hasOutput(scene.state) ? [[OUTPUT, null] as [string, null]] : []),
      ...panels.map((panel): [string, PanelState] => [panel.name, panel]),
    ];
    if (changed.any("panels", "jobs", "layout", "sample", "options")) this.#keep(states.map(([name]) => name));
    const seen = this.#seen(states, enlargedOf(scene.state));
    if (changed.has("layout")) this.#grid(scene);
    const { perRow, kind } = scene.layout;
    seen.forEach(([name, state], index) => {
      const last = index + perRow >= seen.length;
      const slot = { index, first: index % perRow === 0, axis: last || (kind === "wide" && index < perRow) };
      const all = this.#new.delete(name);
      this.#panels.get(name)!.update(all ? everything(scene) : changed, scene, state, numbers.get(name), slot);
    });
  }

  /** The panels that are shown: those that another takes the place of are drawn anew when they return. */
  #seen(states: [string, PanelState | null][], enlarged: string | null): [string, PanelState | null][] {
    const isSeen = (name: string): boolean => enlarged === null || name === enlarged;
    for (const [name] of states) {
      show(this.#panels.get(name)!.element, isSeen(name));
      if (!isSeen(name)) this.#new.add(name);
    }
    return states.filter(([name]) => isSeen(name));
  }

  /** Bring a panel into sight, its title where not all of it fits, and focus the button that enlarges it. */
  turnTo(name: string): void {
    const panel = this.#panels.get(name);
    if (!panel) return;
    const { element, enlarge } = panel;
    enlarge.focus({ preventScroll: true });
    element.scrollIntoView({ block: "nearest" });
    enlarge.scrollIntoView({ block: "nearest" });
  }

  /** Hand over a panel with the names that it shares with its neighbours; it is as before afterwards. */
  alone<T>(name: string, scene: Scene, panels: PanelState[], numbers: Numbers, take: (panel: Element) => T): T {
    const panel = this.#panels.get(name)!;
    const state = panels.find((other) => other.name === name) ?? null;
    const before = panel.slot;
    const put = (slot: Slot): void => panel.update(everything(scene), scene, state, numbers.get(name), slot);
    put({ index: 0, first: true, axis: true });
    try {
      return take(panel.element);
    } finally {
      put(before);
    }
  }

  /** Views for these panels and no others, in this order. */
  #keep(names: string[]): void {
    for (const [name, panel] of this.#panels) {
      if (names.includes(name)) continue;
      panel.element.remove();
      this.#panels.delete(name);
    }
    const { activeElement } = this.element.getRootNode() as Document | ShadowRoot;
    names.forEach((name, index) => {
      let panel = this.#panels.get(name);
      if (!panel) {
        panel = new Panel(name, this.context);
        this.#panels.set(name, panel);
        this.#new.add(name);
        this.attach(panel);
      }
      const at = this.element.children[index];
      if (at !== panel.element) this.element.insertBefore(panel.element, at ?? null);
    });
    // what is put elsewhere loses the focus
    const held = activeElement instanceof HTMLElement && this.element.contains(activeElement);
    if (held) activeElement.focus({ preventScroll: true });
  }

  #grid({ layout }: Scene): void {
    const { perRow, gutter, gap, kind } = layout;
    const panel = panelWidth(layout);
    const rest = perRow > 1 ? ` repeat(${perRow - 1}, ${panel}px)` : "";
    style(this.element, "grid-template-columns", `${gutter + panel}px${rest}`);
    style(this.element, "column-gap", `${gap}px`);
    style(this.element, "row-gap", kind === "wide" ? "8px" : "12px");
  }
}

/** For a panel that has drawn nothing yet. */
function everything({ state }: Scene): Changes {
  return new Changes([...(Object.keys(state) as (keyof typeof state)[]), "layout", "theme", "marks", "local"]);
}
