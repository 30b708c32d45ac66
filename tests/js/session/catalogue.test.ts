// The list of samples as a view asks for it: a part of it from the kernel, or all of it from the page.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Listing } from "../../../js/src/protocol.ts";
import { BY_INDEX } from "../../../js/src/values/listing/catalogue.ts";
import { type FakeModel, NONE, packed, scene } from "../fake_model.ts";

const listing = (rest: Partial<Listing>): Listing => ({
  ...{ number: 1, arranged: BY_INDEX, count: 1000, at: 0, measure: "", about: "", done: 0, total: 0, running: false },
  ...rest,
});

function answer(model: FakeModel, number: number, broken = false): void {
  const { viewer, start, count } = model.of("window").at(-1)!;
  const entry = (index: number) => ({ index, name: "", truth: null, predicted: null, value: null });
  const samples = Array.from({ length: count }, (_, at) => entry(start + at));
  const pixels = new DataView(new ArrayBuffer(count * 24 - (broken ? 1 : 0)));
  model.reply({ kind: "listed", viewer, number, start, samples, shape: [4, 6] }, pixels);
}

test("what is seen is asked for with some around it, one part at a time, and again for another list", (t) => {
  const { model, store, session } = scene(t, { listing: listing({}) });
  assert.equal(model.of("window").length, 0);
  session.catalogue.look(100, 113);
  session.catalogue.look(300, 313);
  assert.deepEqual(model.of("window").map(({ start, count }) => [start, count]), [[88, 37]]);
  answer(model, 1);
  assert.equal(store.state.part?.start, 88);
  // it is not what is seen by now
  assert.deepEqual(model.of("window").map(({ start }) => start), [88, 288]);
  answer(model, 1);
  session.catalogue.look(310, 320);
  assert.equal(model.of("window").length, 2);
  model.arrive({ listing: listing({ number: 2, count: 5 }) });
  assert.deepEqual([model.of("window").length, store.state.part?.number], [3, 1]);
  session.catalogue.look(0, 13);
  answer(model, 2);
  session.catalogue.leave();
  assert.equal(store.state.part, null);
  model.arrive({ listing: listing({ number: 3 }) });
  assert.deepEqual(model.of("window").length, 4);
});

test("a part for another view, or with pictures that do not fit, is left alone", (t) => {
  const { model, store, session } = scene(t, { listing: listing({}) });
  session.catalogue.look(0, 13);
  answer(model, 1, true);
  assert.equal(store.state.part, null);
  const { viewer } = model.of("window")[0]!;
  model.reply({ kind: "listed", viewer: viewer + 1, number: 1, start: 0, samples: [], shape: [4, 6] }, new DataView(new ArrayBuffer(0)));
  assert.equal(store.state.part, null);
});

test("how it is arranged goes to the kernel, with steps in it and the look at all samples", (t) => {
  const { model, session, store } = scene(t, { listing: listing({}) });
  session.catalogue.arrange({ order: "score", of: 1 });
  assert.deepEqual(model.of("arrange"), [{ kind: "arrange", ...BY_INDEX, order: "score", of: 1 }]);
  // a change before the answer is one of what was asked for, until that is there, or refused
  session.catalogue.arrange({ text: "a" });
  assert.deepEqual(model.of("arrange")[1], { kind: "arrange", ...BY_INDEX, order: "score", of: 1, text: "a" });
  model.reply({ kind: "refused", sentence: "No." });
  session.catalogue.arrange({ text: "b" });
  assert.deepEqual(model.of("arrange")[2], { kind: "arrange", ...BY_INDEX, text: "b" });
  assert.equal(session.catalogue.step(-2), null);
  session.catalogue.survey(false);
  assert.deepEqual([model.of("step")[0]?.by, model.of("survey")[0]?.wanted], [-2, false]);
  model.comm_live = false;
  model.fire("comm_live_update");
  session.catalogue.arrange({ order: "index" });
  assert.match(store.state.notice, /^Listing samples needs the kernel/);
  assert.equal(model.of("arrange").length, 3);
});

test("a page that holds all samples lists them by itself", (t) => {
  const frames = [0.9, 0.2, 0.6].map((score, index) => ({
    sample: { index, name: `n${index}`, count: 3, others: true, truth: 1, matrix: packed(new Array(24).fill(index), [4, 6, 1]), absent: NONE },
    scores: { kind: "probabilities", all: [score, 1 - score], predicted: score > 0.5 ? 0 : 1 },
  }));
  const given = { live: false, frames, listing: listing({ count: 3, arranged: { ...BY_INDEX, order: "unsure" } }) };
  const { model, store, session } = scene(t, given as never);
  // as the page was saved
  assert.deepEqual([store.state.listing.measure, store.state.listing.at], ["margin", 2]);
  session.catalogue.arrange({ only: "misclassified", order: "index", reverse: true });
  assert.deepEqual([store.state.listing.count, store.state.listing.at], [2, 1]);
  session.catalogue.look(0, 13);
  assert.deepEqual(store.state.part?.samples.map(({ index, name, value }) => [index, name, value]), [[2, "n2", 0.6], [0, "n0", 0.9]]);
  assert.equal(store.state.part?.pixels.length, 48);
  assert.equal(session.catalogue.step(-1), 2);
  assert.equal(session.catalogue.step(1), 0);
  model.arrive({ sample: frames[1]!.sample });
  assert.deepEqual([store.state.listing.at, session.catalogue.step(1), session.catalogue.step(-1)], [null, 2, 0]);
  assert.deepEqual(model.sent, []);
});
