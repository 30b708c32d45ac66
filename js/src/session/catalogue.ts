// The list of samples: how it is wanted goes to the kernel, and a window of it comes back; a page that holds all needs none.

import type { AnyModel } from "../border/any_model.ts";
import type { Arranged, Listed, Request, Sample, Scores } from "../protocol.ts";
import { type Binary, bytesOf, decode, sizes } from "../values/arrays.ts";
import { type Held, listOf } from "../values/listing/catalogue.ts";
import { pictureOf } from "../values/listing/thumbnails.ts";
import { called, kindOf } from "../values/things/kinds.ts";
import type { Store } from "./store.ts";

/** How samples are asked for: each is true where it was sent. */
interface Asking {
  request(request: Request, what: string): boolean;
  deliver(request: Request): boolean;
  /** Another sample was asked for. */
  moved(): void;
  viewer(): number;
}

/** Samples that are asked for beyond those that are seen, on either side. */
const BEYOND = 12;
/** As many as a message may ask for. */
const MOST = 200;
/** A picture has so many rows and columns at most. */
const SIDES: [number, number] = [20, 48];

export class Catalogue {
  /** What the page holds of all samples; null where it holds but one, or a kernel does. */
  #held: Held[] | null = null;
  #order: number[] = [];
  #values: (number | null)[] = [];
  /** How the list was asked for, until it is there: the next change is one of that. */
  #wanted: Arranged | null = null;
  /** The places that are seen, [first, last + 1]; null while nobody looks. */
  #seen: [number, number] | null = null;
  /** The part that was asked for, and not answered yet. */
  #asked: { start: number; count: number; number: number } | null = null;

  constructor(
    private readonly store: Store,
    private readonly model: AnyModel,
    private readonly line: Asking,
  ) {}

  /** Take what a page without a kernel holds. */
  open(): void {
    const frames = this.model.get("frames") as { sample: Sample; scores: Scores }[] | undefined;
    if (this.store.state.connection !== "saved" || !frames?.length) return;
    this.#held = frames.map(({ sample, scores }) => ({
      index: sample.index,
      name: sample.name ?? "",
      truth: sample.truth,
      predicted: scores.all.length && scores.rivals !== 0 ? scores.predicted : null,
      scores: scores.all,
      matrix: decode(sample.matrix),
    }));
    this.#arrange(this.store.state.listing.arranged);
  }

  /** List other samples, or in another order. */
  arrange(patch: Partial<Arranged>): void {
    const arranged = { ...(this.#wanted ?? this.store.state.listing.arranged), ...patch };
    if (this.#held) this.#arrange(arranged);
    else if (this.line.request({ kind: "arrange", ...arranged }, "Listing samples")) this.#wanted = arranged;
  }

  /** Look at all samples, as the order needs it, or stop that. */
  survey(wanted: boolean): void {
    this.line.request({ kind: "survey", wanted }, "Looking at all samples");
  }

  /** The sample so many places on; its index where that is known here, else null. */
  step(by: number): number | null {
    const { listing } = this.store.state;
    if (!this.#held) {
      if (this.line.request({ kind: "step", by }, "Another sample")) this.line.moved();
      return null;
    }
    const there = listing.at === null ? (by > 0 ? 0 : listing.count - 1) : listing.at + by;
    return this.#order[Math.max(0, Math.min(listing.count - 1, there))] ?? null;
  }

  /** The places from `first` to before `end` are seen: have them there; null is that nobody looks any more. */
  look(first: number, end: number): void {
    this.#seen = [first, end];
    this.#fetch();
  }

  leave(): void {
    this.#seen = this.#asked = null;
    this.store.set({ part: null });
  }

  listed(reply: Listed, buffers: Binary[]): void {
    const pixels = buffers[0] && bytesOf(buffers[0]);
    const [rows, columns] = reply.shape;
    if (reply.viewer !== this.line.viewer() || pixels?.length !== reply.samples.length * rows * columns) return;
    this.#asked = null;
    if (!this.#seen) return;
    const { number, start, samples, shape } = reply;
    this.store.set({ part: { number, start, samples, shape, pixels } });
    this.#fetch();
  }

  /** What was asked for last may not come. */
  refused(): void {
    this.#wanted = null;
  }

  /** The list, the sample or the connection changed. */
  changed(): void {
    const { arranged } = this.store.state.listing;
    if (this.#held) return this.#say(arranged);
    if (JSON.stringify(arranged) === JSON.stringify(this.#wanted)) this.#wanted = null;
    this.#asked = null;
    this.#fetch();
  }

  /** Ask for what is seen and not there, one part at a time. */
  #fetch(): void {
    const { listing, part } = this.store.state;
    if (!this.#seen) return;
    const [first, end] = [this.#seen[0], Math.min(this.#seen[1], listing.count)];
    const there = part?.number === listing.number;
    if (there && part.start <= first && end <= part.start + part.samples.length) return;
    if (this.#asked?.number === listing.number) return;
    const start = Math.max(0, first - BEYOND);
    const count = Math.max(1, Math.min(MOST, end + BEYOND - start));
    if (this.#held) return this.#cut(start, count);
    this.#asked = { start, count, number: listing.number };
    this.line.deliver({ kind: "window", viewer: this.line.viewer(), start, count });
  }

  // ---------------------------------------------------------------- without a kernel

  #arrange(arranged: Arranged): void {
    const { classes, scores } = this.store.state;
    const kind = called(kindOf(scores, 0));
    const { order, values, measure, about } = listOf(this.#held!, arranged, classes, kind);
    [this.#order, this.#values] = [order, values];
    const number = this.store.state.listing.number + 1;
    const all = { done: 0, total: 0, running: false };
    this.store.set({ listing: { number, arranged, count: order.length, at: null, measure, about, ...all } });
    this.#say(arranged);
    this.#fetch();
  }

  #say(arranged: Arranged): void {
    const { listing, sample } = this.store.state;
    const place = this.#order.indexOf(sample.index);
    this.store.set({ listing: { ...listing, arranged, at: place < 0 ? null : place } });
  }

  #cut(start: number, count: number): void {
    const held = this.#order.slice(start, start + count).map((index) => this.#held![index]!);
    const { H, W } = sizes(this.store.state.sample.matrix.shape);
    const shape: [number, number] = [Math.min(H, SIDES[0]), Math.min(W, SIDES[1])];
    const pixels = new Uint8Array(held.length * shape[0] * shape[1]);
    held.forEach(({ matrix }, at) => {
      pixels.set(pictureOf(matrix, H, W, shape), at * shape[0] * shape[1]);
    });
    const samples = held.map(({ index, name, truth, predicted }) => ({
      ...{ index, name, truth, predicted },
      value: this.#values[index] ?? null,
    }));
    this.store.set({ part: { number: this.store.state.listing.number, start, samples, shape, pixels } });
  }
}
