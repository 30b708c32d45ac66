// What a page asks of large maps: blocks for what is seen, and the exact values of the cell under the crosshair.
//
// One question of each kind is under way; when its answer is there, the newest is asked. So a slow connection is sent as
// much as it takes, and what was passed over meanwhile is never sent.

import type { Request, Strongest, Tile as TileReply, Values } from "../protocol.ts";
import type { Binary } from "../values/arrays.ts";
import { blocksOf, isFull } from "../values/large/halves.ts";
import { serves, wantedOf } from "../values/large/wanted.ts";
import { reached, type State, type Store, type Tile } from "./store.ts";

/** How long an answer is waited for, in ms: one that was lost with the connection must not end all asking. */
const PATIENCE = 10_000;

type Wanted = Omit<Tile, "raster"> & { panel: string };

/** How the input is called among the panels. */
const INPUT = "input";

interface Waiting {
  ask: number;
  since: number;
}

export class Tiles {
  #asked = 0;
  #blocks: (Waiting & { about: Wanted }) | null = null;
  #value: Waiting | null = null;
  /** The panel that was asked about last. */
  #last = "";
  #timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly store: Store,
    private readonly viewer: number,
    private readonly deliver: (request: Request) => boolean,
    /** Height and width of a map in CSS pixels, once it is laid out. */
    private readonly drawn: () => { rows: number | null; columns: number | null },
  ) {}

  /** Ask for what is missing, if there is a kernel and nothing is awaited. */
  look(): void {
    const { state } = this.store;
    if (!state.sample.large || !reached(state.connection)) return;
    if (!this.#awaits(this.#blocks)) this.#askBlocks(state);
    if (!this.#awaits(this.#value)) this.#askValue(state);
    clearTimeout(this.#timer);
    if (this.#blocks || this.#value) this.#timer = setTimeout(() => this.look(), PATIENCE + 1);
  }

  tile(reply: TileReply, buffers: Binary[]): void {
    const asked = this.#blocks;
    if (reply.viewer !== this.viewer || asked?.ask !== reply.ask) return;
    this.#blocks = null;
    const [bytes] = buffers;
    const { panel, ...about } = asked.about;
    if (bytes && isFull({ shape: reply.shape, bytes: bytes as DataView })) {
      const { steps, rows, columns } = about.window;
      const over = (span: [number, number], step: number): [number, number] => [span[0] * step, span[1] * step];
      const raster = {
        ...blocksOf(bytes, reply.scale),
        h: reply.shape[0]!,
        w: reply.shape[1]!,
        rows: over(rows, steps[0]),
        columns: over(columns, steps[1]),
      };
      const { tiles, panels } = this.store.state;
      const shown = Object.entries(tiles).filter(([name]) => name === INPUT || panels.some((one) => one.name === name));
      this.store.set({ tiles: { ...Object.fromEntries(shown), [panel]: { ...about, raster } } });
    }
    this.look();
  }

  values(reply: Values): void {
    if (reply.viewer !== this.viewer || this.#value?.ask !== reply.ask) return;
    this.#value = null;
    this.store.set({ cell: reply });
    this.look();
  }

  /** Ask which cells of a panel are strongest. */
  strongest(panel: string, percent: number, positive: boolean): Strongest {
    return { kind: "strongest", viewer: this.viewer, panel, percent, positive };
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  #awaits(waiting: Waiting | null): boolean {
    return waiting !== null && performance.now() - waiting.since < PATIENCE;
  }

  #askBlocks(state: Readonly<State>): void {
    this.#blocks = null;
    const all = this.#wanted(state);
    // each panel in its turn: while the hand zooms on, the first would have the line for itself
    const next = all.findIndex(({ panel }) => panel === this.#last) + 1;
    const wanted = [...all.slice(next), ...all.slice(0, next)].find((each) => !held(state, each));
    if (!wanted) return;
    const { panel, run, channel, statistic, window } = wanted;
    const ask = ++this.#asked;
    const { viewer } = this;
    const named = panel === INPUT ? null : panel;
    const sent = this.deliver({ kind: "blocks", viewer, ask, panel: named, run, channel, statistic, ...window });
    if (!sent) return;
    this.#last = panel;
    this.#blocks = { ask, since: performance.now(), about: wanted };
  }

  /** The blocks for what is seen, of each panel that is shown. */
  #wanted({ sample, panels, options, viewport, enlarged, bare }: Readonly<State>): Wanted[] {
    const { rows: height, columns: width } = this.drawn();
    if (height === null || width === null) return [];
    const { shape, channel } = sample.large!;
    const [H, W] = shape as [number, number];
    const about = { statistic: options.blocks, window: wantedOf(viewport, height, width, H, W) };
    const shown = (name: string): boolean => enlarged === null || enlarged === name;
    const made: Wanted[] = bare ? [] : [{ panel: INPUT, run: sample.index, channel, ...about }];
    for (const { name, run, large } of panels)
      if (large) made.push({ panel: name, run, channel: large.channel, ...about });
    return made.filter(({ panel }) => shown(panel));
  }

  #askValue(state: Readonly<State>): void {
    this.#value = null;
    const { cursor } = state;
    if (!cursor || isKnown(state)) return;
    const ask = ++this.#asked;
    const { row, column } = cursor;
    const sent = this.deliver({ kind: "value", viewer: this.viewer, ask, row, column });
    if (sent) this.#value = { ask, since: performance.now() };
  }
}

/** Whether the page has blocks that are as good: those that came with the map, or those that it asked for last. */
function held(state: Readonly<State>, wanted: Wanted): boolean {
  const { viewport, sample, panels, tiles } = state;
  const { panel, window, run, channel, statistic } = wanted;
  const large = panel === INPUT ? sample.large : panels.find(({ name }) => name === panel)?.large;
  const [H, W] = sample.large!.shape as [number, number];
  if (!large || window.steps.every((step, axis) => large.steps[axis]! <= step)) return true;
  const tile = tiles[panel];
  const same = tile?.run === run && tile.channel === channel && tile.statistic === statistic;
  return same && serves(tile.window, window, viewport, H, W);
}

/** Whether the values of the cell under the crosshair are those of what is shown. */
function isKnown({ cell, cursor, sample, panels }: Readonly<State>): boolean {
  if (cell?.row !== cursor!.row || cell.column !== cursor!.column || cell.sample !== sample.index) return false;
  return panels.every(({ name, run, large }) => !large || cell.panels[name]?.run === run);
}
