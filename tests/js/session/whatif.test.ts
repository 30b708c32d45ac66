import assert from "node:assert/strict";
import { test } from "node:test";
import { type FakeModel, NONE, packed, rows, scene, settle } from "../fake_model.ts";

const asked = (model: FakeModel) => model.of("whatif").map(({ selection }) => selection.bands[0]!.rows);
const answer = (model: FakeModel, without: number, which = -1) =>
  model.reply({ kind: "answer", ask: model.of("whatif").at(which)!.ask, without: [without, 1 - without], only: [1 - without, without] });

test("while dragging two questions are open, the newest waits, and what lies between is never asked", (t) => {
  const { model, store, session } = scene(t);
  for (const end of [1, 2, 3, 4]) session.setSelection(rows(0, end), { commit: false });
  assert.deepEqual(asked(model), [[0, 1], [0, 2]]);
  assert.equal(store.state.whatif.waiting, true);
  answer(model, 0.6, 0);
  assert.deepEqual(asked(model), [[0, 1], [0, 2], [0, 4]]);
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.6, 0.4], true]);
  answer(model, 0.75, 1);
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.75, 0.25], true]);
  answer(model, 0.2);
  assert.deepEqual(store.state.whatif, { without: [0.2, 0.8], only: [0.8, 0.2], reason: "", waiting: false });
  session.setSelection(rows(0, 4), { commit: true });
  assert.equal(asked(model).length, 3);
});

test("an answer that was overtaken by a newer one is ignored", (t) => {
  const { model, store, session } = scene(t);
  for (const end of [1, 2]) session.setSelection(rows(0, end), { commit: false });
  answer(model, 0.3, 1);
  answer(model, 0.9, 0);
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.3, 0.7], false]);
});

test("an answer to an older question, or to another view's, is ignored", (t) => {
  const { model, store, session } = scene(t);
  session.setSelection(rows(0, 1), { commit: true });
  answer(model, 0.6);
  session.setSelection(rows(0, 2), { commit: true });
  answer(model, 0.9, 0);
  model.reply({ kind: "answer", ask: -7, without: [0.9, 0.1], only: null });
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.6, 0.4], true]);
  answer(model, 0.3);
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.3, 0.7], false]);
});

test("clearing forgets the numbers and the answer under way", (t) => {
  const { model, store, session } = scene(t);
  session.setSelection(rows(0, 1), { commit: true });
  session.setSelection({ bands: [] }, { commit: true });
  answer(model, 0.6);
  assert.deepEqual(store.state.whatif, { without: null, only: null, reason: "", waiting: false });
  session.setSelection(rows(0, 2), { commit: true });
  answer(model, 0.4);
  assert.deepEqual([asked(model), store.state.whatif.without], [[[0, 1], [0, 2]], [0.4, 0.6]]);
});

test("the reason why there are no numbers is kept", (t) => {
  const { model, store, session } = scene(t);
  session.setSelection(rows(0, 1), { commit: true });
  model.reply({ kind: "answer", ask: model.of("whatif")[0]!.ask, without: null, only: null, reason: "The model raised." });
  assert.deepEqual(store.state.whatif, { without: null, only: null, reason: "The model raised.", waiting: false });
});

test("another sample asks the same selection again, once, and drops the old sample's answer", async (t) => {
  const { model, store, session } = scene(t);
  session.setSelection(rows(0, 1), { commit: true });
  const sample = { index: 1, count: 3, others: true, truth: null, absent: NONE, matrix: packed(new Array(24).fill(1), [4, 6, 1]) };
  model.arrive({ sample, scores: { kind: "probabilities", all: [0.1, 0.9], predicted: 1 } });
  await settle();
  assert.equal(asked(model).length, 2);
  answer(model, 0.6, 0);
  assert.deepEqual([asked(model).length, store.state.whatif.without], [2, null]);
  answer(model, 0.2);
  assert.deepEqual([asked(model).length, store.state.whatif.without, store.state.whatif.waiting], [2, [0.2, 0.8], false]);
});

test("another sample with nothing selected asks nothing", async (t) => {
  const { model } = scene(t);
  model.arrive({ scores: { kind: "probabilities", all: [0.1, 0.9], predicted: 1 } });
  await settle();
  assert.deepEqual(asked(model), []);
});

test("a view that opens on a selection asks about it", (t) => {
  const { model } = scene(t, { selection: rows(1, 3) });
  assert.deepEqual(asked(model), [[1, 3]]);
});

test("a lost question is asked again, as it is now", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, store, session } = scene(t);
  model.reply({ kind: "alive" });
  session.setSelection(rows(0, 1), { commit: true });
  session.setSelection(rows(0, 2), { commit: true });
  t.mock.timers.tick(3100);
  assert.deepEqual(asked(model), [[0, 1], [0, 2], [0, 2]]);
  answer(model, 0.5);
  assert.equal(store.state.whatif.waiting, false);
});

test("a slow model is given longer each time, or it would start over for ever", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, store, session } = scene(t);
  model.reply({ kind: "alive" });
  session.setSelection(rows(0, 1), { commit: true });
  t.mock.timers.tick(3100);
  t.mock.timers.tick(4000);
  assert.equal(asked(model).length, 2);
  answer(model, 0.5);
  assert.deepEqual(store.state.whatif.without, [0.5, 0.5]);
  session.setSelection(rows(0, 2), { commit: true });
  t.mock.timers.tick(3100);
  assert.equal(asked(model).length, 4);
});

test("another sample takes the numbers of the old one away", async (t) => {
  const { model, store, session } = scene(t);
  session.setSelection(rows(0, 1), { commit: true });
  answer(model, 0.6);
  model.arrive({ scores: { kind: "probabilities", all: [0.1, 0.9], predicted: 1 } });
  await settle();
  assert.deepEqual(store.state.whatif, { without: null, only: null, reason: "", waiting: true });
});

test("another baseline takes the numbers of the old one away, and a warning does not", async (t) => {
  const { model, store, session } = scene(t);
  session.setSelection(rows(0, 1), { commit: true });
  answer(model, 0.6);
  const { hidden } = store.state;
  model.arrive({ hidden: { ...hidden, warnings: ["Everything hidden is still a cat."] } });
  await settle();
  assert.deepEqual(store.state.whatif.without, [0.6, 0.4]);
  model.arrive({ hidden: { ...hidden, number: 1 } });
  await settle();
  assert.deepEqual(store.state.whatif, { without: null, only: null, reason: "", waiting: true });
  answer(model, 0.2);
  assert.deepEqual(store.state.whatif.without, [0.2, 0.8]);
});

test("questions say which view asks, the same one every time", (t) => {
  const views = [scene(t), scene(t)].map(({ model, session }) => {
    session.setSelection(rows(0, 1), { commit: true });
    answer(model, 0.5);
    session.setSelection(rows(0, 2), { commit: true });
    return model.of("whatif").map(({ viewer }) => viewer);
  });
  assert.equal(views[0]![0], views[0]![1]);
  assert.notEqual(views[0]![0], views[1]![0]);
});

test("without a kernel nothing is asked", (t) => {
  const { model, store, session } = scene(t, { live: false });
  session.setSelection(rows(0, 1), { commit: true });
  assert.deepEqual([model.sent, store.state.whatif.waiting], [[], false]);
});

test("numbers of the selection before stay for a moment, and are blank then, not dimmed", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, store, session } = scene(t);
  session.setSelection(rows(0, 1), { commit: true });
  answer(model, 0.6);
  session.setSelection(rows(0, 2), { commit: true });
  t.mock.timers.tick(250);
  assert.deepEqual([store.state.whatif.without, store.state.whatif.waiting], [[0.6, 0.4], true]);
  t.mock.timers.tick(100);
  assert.deepEqual(store.state.whatif, { without: null, only: null, reason: "", waiting: true });
  answer(model, 0.2);
  assert.deepEqual(store.state.whatif.without, [0.2, 0.8]);
});

test("without a kernel the last answer is shown beside the selection and sample that it is about, and no other", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const answered = { sample: 0, selection: rows(0, 1), without: [0.2, 0.8], only: [0.6, 0.4] };
  const { model, store, session } = scene(t, { answered, selection: rows(0, 1) });
  assert.equal(store.state.whatif.without, null);
  t.mock.timers.tick(2100);
  assert.deepEqual(store.state.whatif, { without: [0.2, 0.8], only: [0.6, 0.4], reason: "", waiting: false });
  session.setSelection(rows(0, 2), { commit: true });
  assert.equal(store.state.whatif.without, null);
  session.undo();
  assert.deepEqual(store.state.whatif.without, [0.2, 0.8]);
  model.reply({ kind: "alive" });
  assert.deepEqual([store.state.whatif.without, asked(model).at(-1)], [null, [0, 1]]);
});

test("without a model, what a file holds is shown, and the kernel is not asked", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  // whole rows from one edge to the other: 24 bits of 0.5 without them, of 2 with only them
  const bytes = new DataView(Uint8Array.of(0, 0, 0x3f, 0, 0, 0x40).buffer) as never;
  const whatifs = { classes: [1], rows: { edges: [0, 2], scores: { shape: [2, 1], bytes } }, columns: null, missing: "" };
  const scores = { kind: "values" as const, all: [1, 3], predicted: 1, missing: "There is no model." };
  const { model, store, session } = scene(t, { scores, whatifs });
  model.reply({ kind: "alive" });
  session.setSelection(rows(0, 2), { commit: true });
  assert.deepEqual(store.state.whatif, { without: [null, 0.5], only: [null, 2], reason: "", waiting: false });
  session.setSelection(rows(0, 1), { commit: true });
  assert.match(store.state.whatif.reason, /others need the model/);
  assert.deepEqual(asked(model), []);
});
