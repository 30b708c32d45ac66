import assert from "node:assert/strict";
import { test } from "node:test";
import type { EvidenceState, RunState } from "../../../js/src/protocol.ts";
import { rows, scene, settle } from "../fake_model.ts";

const word = (search: number, done = 0, total = 0) =>
  ({ kind: "searching", search, done, total, seconds_left: null }) as const;
const run: RunState = { region: rows(1, 3), label: "1–2", methods: ["lrp"], necessity: 0.4, sufficiency: 0.1, elsewhere: 0, p: 0.01, cells: 12 };
const found = (search: number, runs = [run]): EvidenceState => {
  return { search, axis: "rows", runs, score: "probability", about: "because", notes: [], failed: false };
};

test("a search is asked for, reports, and ends with its table", (t) => {
  const { model, store, session } = scene(t);
  session.find("rows", { k: 3 });
  assert.deepEqual(model.of("find"), [{ kind: "find", axis: "rows", parameters: { k: 3 } }]);
  model.reply(word(1));
  model.reply(word(1, 4, 20));
  assert.deepEqual(store.state.search, { search: 1, done: 4, total: 20, secondsLeft: null });
  model.arrive({ evidence: found(1) });
  assert.equal(store.state.search, null);
  assert.deepEqual(store.state.evidence, found(1));
  assert.equal(store.state.notice, "1 run found, first 1–2.");
  model.reply(word(1, 20, 20));
  assert.equal(store.state.search, null);
});

test("an empty table says why", (t) => {
  const { model, store } = scene(t);
  model.reply(word(1));
  model.arrive({ evidence: found(1, []) });
  assert.equal(store.state.notice, "because");
});

test("stopping is immediate, and what the search still says is ignored", (t) => {
  const { model, store, session } = scene(t);
  session.stop();
  assert.deepEqual(model.of("stop"), []);
  model.reply(word(4));
  session.cancelAll();
  assert.deepEqual([store.state.search, model.of("stop")], [null, [{ kind: "stop", search: 4 }]]);
  model.reply(word(4, 3, 20));
  model.reply({ kind: "stopped", search: 4 });
  assert.equal(store.state.search, null);
  model.reply(word(5));
  assert.equal(store.state.search!.search, 5);
});

test("the newest search wins, and a table of another sample ends none", (t) => {
  const { model, store } = scene(t, { evidence: found(2) });
  model.reply(word(3));
  model.reply(word(4));
  model.reply(word(3, 9, 20));
  model.reply({ kind: "stopped", search: 3 });
  assert.equal(store.state.search!.search, 4);
  model.arrive({ evidence: found(1) });
  model.arrive({ evidence: found(0, []) });
  assert.equal(store.state.search!.search, 4);
  assert.equal(store.state.notice, "");
});

test("without a kernel a search is not asked for, and says so", (t) => {
  const { model, store, session } = scene(t, { live: false });
  session.find("columns", {});
  assert.deepEqual(model.of("find"), []);
  assert.match(store.state.notice, /saved page/);
});

test("what is pointed at is written once, and followed from elsewhere", async (t) => {
  const { model, store, session } = scene(t);
  const at = rows(1, 3);
  session.point(at);
  session.point(rows(1, 3));
  assert.deepEqual(model.saved, [{ pointed: at }]);
  assert.deepEqual(store.state.pointed, at);
  session.point(null);
  await settle();
  assert.deepEqual([store.state.pointed, model.saved.length], [{ bands: [] }, 2]);
  model.arrive({ pointed: at });
  assert.deepEqual(store.state.pointed, at);
});

test("a matrix without a model asks nothing", (t) => {
  const { model, session } = scene(t, { bare: true });
  session.setSelection(rows(0, 2), { commit: true });
  assert.deepEqual(model.of("whatif"), []);
});
