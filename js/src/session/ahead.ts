// What if, ahead of the hand: the kernel answers every place that a drag can come to, and the hand reads them from memory.

import { type Answers, MOST_PLACES, type Selection, type WhatifEach } from "../protocol.ts";
import { type Binary, bytesOf } from "../values/arrays.ts";
import { type Place, type Places, placeIn, wanted } from "../values/drags/places.ts";
import { clamp } from "../values/viewport.ts";

/** Bytes of answers that one drag may bring: with a thousand classes, those of the places nearest to the hand. */
export const MOST_BYTES = 2 ** 20;

/** Two scores, as float64. */
const BYTES_PER_CLASS = 16;

/** How often a kernel that is too slow for it is asked again during one drag. */
const TRIES = 3;

/** The scores of every class; null where there are none, as where nothing is selected. */
export interface Both {
  without: (number | null)[] | null;
  only: (number | null)[] | null;
}

export class Ahead {
  #places: Places | null = null;
  /** Where the hand is, and where it was before. */
  #hand: [Place, Place] | null = null;
  /** Without the selection and with only it, one after the other, by place. */
  #known = new Map<string, Float64Array>();
  #ask = Math.floor(Math.random() * 2 ** 30);
  #open: { ask: number; places: Place[] } | null = null;
  #bytes = 0;
  #refusals = 0;
  #dragging = false;

  constructor(
    private readonly send: (question: Omit<WhatifEach, "kind" | "viewer">) => boolean,
    private readonly found: () => void,
    private readonly classes: () => number,
  ) {}

  /** A drag begins or goes on: the same places as long as it is the same drag. Null: none is under way. */
  follow(places: Places | null, selection: Selection | null): void {
    this.#dragging = places !== null && selection !== null;
    if (!places || !selection) {
      this.#open = null; // what is under way is dropped; what is known stays for the selection that was made
      return;
    }
    const before = places === this.#places ? this.#hand : null;
    if (places !== this.#places) this.#clear();
    this.#places = places;
    const hand = placeIn(places, selection);
    this.#hand = hand && [hand, before?.[0] ?? hand];
    this.#next();
  }

  /** The scores of a selection, where they are known already. */
  scores(selection: Selection): Both | null {
    const place = this.#places && placeIn(this.#places, selection);
    const both = place && this.#known.get(place.join());
    if (!both) return null;
    const classes = both.length / 2;
    return { without: listed(both.subarray(0, classes)), only: listed(both.subarray(classes)) };
  }

  answers({ ask, count }: Answers, buffers: Binary[]): void {
    if (this.#open?.ask !== ask) return;
    const { places } = this.#open;
    this.#open = null;
    const numbers = doublesOf(buffers[0]);
    const size = numbers.length / count;
    if (count < 1 || count > places.length || size < 2 || size % 2) {
      this.#refusals += 1;
      return;
    }
    for (let i = 0; i < count; i++) this.#known.set(places[i]!.join(), numbers.subarray(i * size, (i + 1) * size));
    this.#bytes += numbers.byteLength;
    this.found();
    this.#next();
  }

  /** The place under the hand was answered by itself: the kernel may be quicker by now. */
  again(): void {
    this.#next();
  }

  /** The sample, or what hides cells, is another: what is known does not hold any longer. */
  forget(): void {
    this.#clear();
    this.#next();
  }

  #clear(): void {
    this.#known = new Map();
    this.#open = null;
    this.#bytes = this.#refusals = 0;
  }

  #next(): void {
    const [places, hand] = [this.#places, this.#hand];
    if (!this.#dragging || this.#open || !places || !hand) return;
    if (this.#refusals >= TRIES || this.#known.size >= places.rows.length * places.columns.length) return;
    const room = Math.floor((MOST_BYTES - this.#bytes) / (BYTES_PER_CLASS * Math.max(1, this.classes())));
    const known = (place: Place): boolean => this.#known.has(place.join());
    const asked = wanted(places, hand, known, clamp(room, 0, MOST_PLACES));
    const { selection, band } = places;
    if (!asked.length || !this.send({ ask: ++this.#ask, selection, band, places: asked })) return;
    this.#open = { ask: this.#ask, places: asked };
  }
}

/** Little-endian float64 numbers, copied so that they are aligned. */
function doublesOf(binary: Binary | undefined): Float64Array {
  const bytes = binary ? bytesOf(binary) : new Uint8Array();
  return new Float64Array(bytes.slice(0, bytes.byteLength - (bytes.byteLength % 8)).buffer);
}

/** Scores as they come with a single answer; null where there is none at all. */
function listed(scores: Float64Array): (number | null)[] | null {
  const found = Array.from(scores, (score) => (Number.isNaN(score) ? null : score));
  return found.some((score) => score !== null) ? found : null;
}
