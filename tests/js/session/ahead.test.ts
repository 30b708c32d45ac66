import assert from "node:assert/strict";
import { test } from "node:test";
import type { Selection, WhatifEach } from "../../../js/src/protocol.ts";
import { MOST_BYTES } from "../../../js/src/session/ahead.ts";
import { type Places, placesOf } from "../../../js/src/values/drags/places.ts";
import { begin, moveTo } from "../../../js/src/values/gestures.ts";
import { type FakeModel, H, NONE, packed, rows, type Scene, scene, settle, W } from "../fake_model.ts";

/** A drag over columns from the first one on: its places, and the selection with so many columns. */
function drag(width = W): { places: Places; to: (columns: number) => Selection } {
  const ground = { selection: { bands: [] }, active: -1, mode: "columns" as const, brush: 1, H, W: width };
  const gesture = begin(ground, { row: 1, column: 0.5 }, { shift: false, alt: false, tolerance: { row: 0, column: 0 } });
  return { places: placesOf(gesture)!, to: (columns) => moveTo(gesture, { row: 1, column: columns - 0.5 }).selection };
}

const move = ({ session }: Scene, selection: Selection, places: Places | null) => session.setSelection(selection, { commit: false, places });
const widths = ({ places }: WhatifEach): number[] => places.map(([, , start, stop]) => stop! - start!);
const asked = (model: FakeModel): number[][] => model.of("whatif_each").map(widths);
const single = (model: FakeModel): number[] => model.of("whatif").map(({ selection }) => selection.bands[0]!.columns![1]!);

/** The kernel answers the first places: without is a hundredth of the columns, only a tenth. */
function answer(model: FakeModel, count: number, which = -1, more = {}): void {
  const question = model.of("whatif_each").at(which)!;
  const numbers = widths(question).slice(0, count).flatMap((width) => [width / 100, 1 - width / 100, width / 10, Number.NaN]);
  // the buffer of a front end need not be aligned
  const bytes = new Uint8Array(4 + numbers.length * 8);
  bytes.set(new Uint8Array(Float64Array.from(numbers).buffer), 4);
  model.reply({ kind: "answers", ask: question.ask, count, ...more }, new DataView(bytes.buffer, 4));
}

test("a drag asks about the place under the hand, then about all that it can come to, as many as are answered", (t) => {
  const made = scene(t);
  const { model, store } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  assert.deepEqual(model.sent.slice(-2).map(({ kind }) => kind), ["whatif", "whatif_each"]);
  assert.deepEqual(asked(model), [[2, 1, 3, 4, 5, 6]]);
  const { selection, band } = model.of("whatif_each")[0]!;
  assert.deepEqual([selection.bands.length, band], [1, 0]);
  answer(model, 3);
  assert.deepEqual(store.state.whatif, { without: [0.02, 0.98], only: [0.2, null], reason: "", waiting: false });
  assert.deepEqual(asked(model).at(-1), [4, 5, 6]);
  answer(model, 3);
  assert.equal(asked(model).length, 2);
});

test("what is known is shown at once, exactly, and nothing is asked", (t) => {
  const made = scene(t);
  const { model, store } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  answer(model, 6);
  for (const width of [5, 1, 4]) {
    move(made, to(width), places);
    assert.deepEqual(store.state.whatif, { without: [width / 100, 1 - width / 100], only: [width / 10, null], reason: "", waiting: false });
  }
  assert.deepEqual([single(model), asked(model).length], [[2], 1]);
});

test("what is not known yet is asked by itself, and the numbers before it wait", (t) => {
  const made = scene(t);
  const { model, store } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  answer(model, 1);
  move(made, to(6), places);
  assert.deepEqual(single(model), [2, 6]);
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.02, 0.98], true]);
  assert.deepEqual(asked(model).length, 2); // one at a time: the hand is somewhere else when the next is asked
  answer(model, 2);
  assert.deepEqual(asked(model).at(-1), [6, 5, 4]);
});

test("the answer of the place itself is not overtaken by an older one", (t) => {
  const made = scene(t);
  const { model, store } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  move(made, to(3), places);
  answer(model, 6);
  model.reply({ kind: "answer", ask: model.of("whatif")[0]!.ask, without: [0.9, 0.1], only: [0.9, 0.1] });
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.03, 0.97], false]);
});

test("a place that leaves nothing selected has no numbers", (t) => {
  const made = scene(t);
  const { model, store } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  const { ask } = model.of("whatif_each")[0]!;
  model.reply({ kind: "answers", ask, count: 1 }, new DataView(Float64Array.from([NaN, NaN, NaN, NaN]).buffer));
  assert.deepEqual(store.state.whatif, { without: null, only: null, reason: "", waiting: false });
});

test("what was asked is dropped when the drag ends, and the kernel is told of the selection that was made", (t) => {
  const made = scene(t);
  const { model, store, session } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  answer(model, 3);
  move(made, to(3), places);
  session.setSelection(to(3), { commit: true });
  assert.deepEqual(single(model), [2, 3]); // it keeps the answer for pages without a kernel
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.03, 0.97], false]);
  answer(model, 3);
  assert.equal(asked(model).length, 2);
  model.reply({ kind: "answer", ask: model.of("whatif").at(-1)!.ask, without: [0.4, 0.6], only: [0.3, 0.7] });
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.4, 0.6], false]);
  session.setSelection(to(3), { commit: true });
  assert.deepEqual(single(model), [2, 3]); // which it has by now
});

test("another drag asks for its own places, and an answer to the one before is dropped", (t) => {
  const made = scene(t);
  const { model, store } = made;
  const [first, second] = [drag(), drag()];
  move(made, first.to(2), first.places);
  move(made, second.to(5), second.places);
  assert.deepEqual(asked(model).at(-1), [5, 4, 6, 3, 2, 1]);
  answer(model, 6, 0);
  assert.equal(store.state.whatif.waiting, true);
  answer(model, 6);
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.05, 0.95], false]);
  made.session.setSelection(null, { commit: false });
  assert.deepEqual(store.state.whatif, { without: null, only: null, reason: "", waiting: false });
});

test("another sample forgets what is known, and asks again", async (t) => {
  const made = scene(t);
  const { model, store } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  answer(model, 6);
  const sample = { index: 1, count: 3, others: true, truth: null, absent: NONE, matrix: packed(new Array(H * W).fill(1), [H, W, 1]) };
  model.arrive({ sample, scores: { kind: "probabilities", all: [0.1, 0.9], predicted: 1 } });
  await settle();
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [null, true]);
  assert.deepEqual(asked(model).at(-1), [2, 1, 3, 4, 5, 6]);
  answer(model, 6, 0);
  assert.equal(store.state.whatif.waiting, true);
});

test("a kernel that is too slow for it is asked thrice, each time after it has answered by itself", (t) => {
  const made = scene(t);
  const { model } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  for (let times = 0; times < 5; times++) {
    const question = model.of("whatif_each").at(-1)!;
    model.reply({ kind: "answers", ask: question.ask, count: 0 });
    model.reply({ kind: "answer", ask: model.of("whatif")[0]!.ask, without: [0.9, 0.1], only: null });
  }
  assert.equal(asked(model).length, 3);
  move(made, to(3), places);
  assert.deepEqual([asked(model).length, single(model)], [3, [2, 3]]);
  const next = drag();
  move(made, next.to(2), next.places);
  assert.equal(asked(model).length, 4);
});

test("with many classes no more is asked than a drag may bring", (t) => {
  const classes = Array.from({ length: MOST_BYTES / 16 / 4 }, (_, i) => String(i));
  const scores = { kind: "probabilities", all: classes.map(() => 0), predicted: 0 } as const;
  const made = scene(t, { classes, scores: { ...scores, all: [...scores.all] } });
  const { model } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  assert.deepEqual(asked(model), [[2, 1, 3, 4]]);
  const { ask } = model.of("whatif_each")[0]!;
  model.reply({ kind: "answers", ask, count: 3 }, new DataView(new ArrayBuffer(3 * 16 * classes.length)));
  assert.deepEqual(asked(model).at(-1), [4]);
  model.reply({ kind: "answers", ask: model.of("whatif_each").at(-1)!.ask, count: 1 }, new DataView(new ArrayBuffer(16 * classes.length)));
  assert.equal(asked(model).length, 2);
});

test("answers that do not fit are left out", (t) => {
  const made = scene(t);
  const { model, store } = made;
  const { places, to } = drag();
  move(made, to(2), places);
  const { ask } = model.of("whatif_each")[0]!;
  for (const [count, bytes] of [[3, 8], [99, 99 * 16], [1, 24]] as const)
    model.reply({ kind: "answers", ask, count }, new DataView(new ArrayBuffer(bytes)));
  assert.equal(store.state.whatif.waiting, true);
});

test("without a hand, or without a kernel, nothing is asked ahead", (t) => {
  const made = scene(t, { live: false });
  const { places, to } = drag();
  move(made, to(2), places);
  assert.deepEqual(made.model.sent, []);
  const other = scene(t);
  move(other, rows(0, 2), null);
  assert.deepEqual(asked(other.model), []);
});
