// The keyboard on a focused panel: everything that the mouse does.

import type { Panel } from "../map/panel.ts";
import type { Context } from "../scene/context.ts";
import { enlargedOf } from "../scene/enlarged.ts";
import { placeOf, rowAt } from "../scene/ordering.ts";
import { OUTPUT } from "../scene/output/output.ts";
import { INPUT } from "../scene/shown.ts";
import { type Places, placeIn, placesOfKeys } from "../values/drags/places.ts";
import { act, type Cell, type Command, command, type Hand, idle, type Turn } from "../values/keys.ts";
import { centre, reveal, whole, zoomAt } from "../values/viewport.ts";
import { HoverKeys } from "./hover_keys.ts";
import { keepCompact } from "./keeping.ts";
import { groundOf, letGo, showDraft } from "./places.ts";

export class Keyboard {
  #hand: Hand = idle({ row: 0, column: 0 });
  /** Where the keys can bring the band that they hold; the same as long as it is one of these places. */
  #places: Places | null = null;
  readonly #hover: HoverKeys;

  constructor(
    readonly context: Context,
    /** Drop a gesture of the mouse; true where there was one. */
    readonly release: () => boolean,
    readonly step: (by: number) => void,
    readonly turn: (by: number) => void,
  ) {
    this.#hover = new HoverKeys(context, (event, panel) => this.#down(event, panel));
  }

  attach(panel: Panel): void {
    const { signal } = this.context;
    this.#hover.attach(panel);
    panel.element.addEventListener(
      "keydown",
      (event) => {
        if (event.target === panel.element) this.#down(event, panel);
      },
      { signal },
    );
    panel.element.addEventListener(
      "keyup",
      (event) => {
        if (event.key === "Shift") this.#brush({ do: "release" }, panel);
      },
      { signal },
    );
    // the mouse starts from what the keyboard held
    panel.element.addEventListener("pointerdown", () => this.#brush({ do: "leave" }, panel), { signal, capture: true });
    panel.element.addEventListener(
      "blur",
      () => {
        this.#brush({ do: "leave" }, panel);
        if (this.context.scene().local.keys) this.context.session.hover(null);
      },
      { signal },
    );
    panel.element.addEventListener(
      "focus",
      () => {
        if (panel.element.matches(":focus-visible")) this.context.set({ keys: true, hot: panel.name });
      },
      { signal },
    );
  }

  #down(event: KeyboardEvent, panel: Panel): void {
    const { key, ctrlKey: ctrl, shiftKey: shift, altKey: alt, metaKey: meta } = event;
    const what = turned(command({ key, ctrl, shift, alt, meta }), this.context.scene().layout.flipped);
    if (!what) return;
    event.preventDefault();
    event.stopPropagation();
    if (what.do === "escape" && (this.release() || this.#back())) return;
    this.context.set({ keys: true, hot: panel.name });
    this.#brush(what, panel);
    if (what.do === "move" && panel.name !== INPUT && panel.name !== OUTPUT) this.context.move(panel.name, what.by);
    this.#view(what);
  }

  /** Show all panels again, where one is enlarged and the hand holds nothing. */
  #back(): boolean {
    if (this.#hand.draft || enlargedOf(this.context.scene().state) === null) return false;
    this.context.enlarge(null);
    return true;
  }

  /** Let the hand take the command, and show and keep what comes of it. */
  #brush(what: Command, panel: Panel): void {
    const { session } = this.context;
    const { state } = this.context.scene();
    const before = this.#hand.draft ? this.#hand : { ...this.#hand, cell: this.#cell() };
    const ground = groundOf(this.context);
    const running = Object.keys(state.jobs).length > 0 || state.search !== null;
    const turn = act(before, what, ground, running);
    this.#hand = turn.hand;
    if (!turn.hand.draft) this.#places = null;
    else if (!this.#places || !placeIn(this.#places, turn.hand.draft))
      this.#places = what.do === "step" || what.do === "stretch" ? placesOfKeys(turn.hand, what, ground) : null;
    this.#select(turn, before.draft !== null);
    if (what.do === "step" || what.do === "stretch" || what.do === "select") this.#look(panel);
    if (turn.effect === "run") this.context.run();
    if (turn.effect === "cancel") session.cancelAll();
  }

  /** Where the hand is: it goes on from the crosshair, which the mouse may have moved. */
  #cell(): Cell {
    const scene = this.context.scene();
    const { H, W } = scene;
    const { cursor } = scene.state;
    const { row, column } = cursor ? { ...cursor, row: placeOf(scene, cursor.row) } : this.#hand.cell;
    return { row: Math.min(row, H - 1), column: Math.min(column, W - 1) };
  }

  /** Commit a selection, or show the one under the hand, or let go of the one that was (`held`). */
  #select({ commit, hand, active, live }: Turn, held: boolean): void {
    if (commit) keepCompact(this.context, commit, active);
    else if (hand.draft) showDraft(this.context, hand.draft, active, this.#places);
    else if (held) letGo(this.context, active);
    if (held || hand.draft) this.context.set({ live: live && { band: live, upward: false, x: 0 } });
  }

  /** The crosshair goes along, and the view with it. */
  #look(panel: Panel): void {
    const { session } = this.context;
    const scene = this.context.scene();
    const { state, H, W } = scene;
    const { row, column } = this.#hand.cell;
    session.hover({ row: rowAt(scene, row), column, panel: panel.name });
    const seen = reveal(state.viewport, row, column, H, W);
    if (JSON.stringify(seen) !== JSON.stringify(state.viewport)) session.zoom(seen);
  }

  /** What is not about brushing. */
  #view(what: Command): void {
    const { session } = this.context;
    const scene = this.context.scene();
    const { state, H, W } = scene;
    if (what.do === "mode") session.setOptions({ mode: what.mode });
    if (what.do === "profiles") session.setOptions({ profiles: !state.options.profiles });
    if (what.do === "evidence") session.setOptions({ evidence: !state.options.evidence });
    if (what.do === "undo") session.undo();
    if (what.do === "redo") session.redo();
    if (what.do === "sample") this.step(what.by);
    if (what.do === "dial") this.turn(what.by);
    if (what.do === "reset") session.zoom(whole(H, W));
    if (what.do !== "zoom") return;
    const at = state.cursor
      ? { row: placeOf(scene, state.cursor.row) + 0.5, column: state.cursor.column + 0.5 }
      : centre(state.viewport);
    session.zoom(zoomAt(state.viewport, what.factor, at, H, W));
  }
}

/** Up is up: where the first row is at the bottom, that is to the next row. */
function turned(what: Command | null, flipped: boolean): Command | null {
  if (!flipped || (what?.do !== "step" && what?.do !== "stretch")) return what;
  return { ...what, rows: -what.rows };
}
