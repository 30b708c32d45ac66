import assert from "node:assert/strict";
import { test } from "node:test";
import type { Partial } from "../../../js/src/protocol.ts";
import { H, packed, panel, scene, W } from "../fake_model.ts";

const queued = (run: number, name = "occlusion") => ({ kind: "queued", panel: name, method: name, run }) as const;
const progress = (run: number, done: number, name = "occlusion") =>
  ({ kind: "progress", panel: name, run, done, total: 10, seconds_left: 3 }) as const;
const partial = (run: number): Partial => ({ kind: "partial", panel: "occlusion", run, number: 1, shape: [H, W] });
const map = packed(new Array(H * W).fill(0.5)).bytes;

test("a run is queued, reports, fills its map, and ends with its result", (t) => {
  const { model, store, session } = scene(t);
  session.run("occlusion", {}, null, null);
  model.reply(queued(3));
  assert.deepEqual(store.state.jobs, { occlusion: { run: 3, method: "occlusion", done: 0, total: 0, secondsLeft: null, map: null, coarse: null } });
  model.reply(progress(3, 4));
  model.reply(partial(3), map);
  const job = store.state.jobs.occlusion!;
  assert.deepEqual([job.done, job.total, job.secondsLeft, job.map?.[0]], [4, 10, 3, 0.5]);
  model.arrive({ panels: [panel("occlusion", 3), panel("gradient", 2)] });
  assert.deepEqual(store.state.jobs, {});
  model.reply(progress(3, 9));
  assert.deepEqual(store.state.jobs, {});
});

test("cancelling is immediate, and what the run still says is ignored", (t) => {
  const { model, store, session } = scene(t);
  model.reply(queued(3));
  session.cancel("occlusion");
  assert.deepEqual([store.state.jobs, model.of("cancel")], [{}, [{ kind: "cancel", panel: "occlusion", run: 3 }]]);
  model.reply(progress(3, 5));
  model.reply(partial(3), map);
  model.reply({ kind: "cancelled", panel: "occlusion", run: 3 });
  assert.deepEqual(store.state.jobs, {});
  model.reply(queued(4));
  assert.equal(store.state.jobs.occlusion!.run, 4);
  session.cancel("gradient");
  assert.equal(model.of("cancel").length, 1);
});

test("cancelling everything leaves no job", (t) => {
  const { model, store, session } = scene(t);
  model.reply(queued(3));
  model.reply(queued(4, "gradient"));
  session.cancelAll();
  assert.deepEqual(store.state.jobs, {});
  assert.deepEqual(model.of("cancel").map((request) => request.panel), ["occlusion", "gradient"]);
});

test("the newest run of a panel wins, and another panel goes on", (t) => {
  const { model, store } = scene(t);
  model.reply(queued(3));
  model.reply(queued(4, "gradient"));
  model.reply(progress(3, 5));
  model.reply(queued(5));
  model.reply(progress(3, 6));
  model.reply({ kind: "cancelled", panel: "occlusion", run: 3 });
  assert.deepEqual([store.state.jobs.occlusion!.run, store.state.jobs.occlusion!.done, store.state.jobs.gradient!.run], [5, 0, 4]);
  model.arrive({ panels: [panel("occlusion", 3), panel("gradient", 2)] });
  assert.deepEqual(Object.keys(store.state.jobs), ["occlusion", "gradient"]);
});

test("a view that was opened later learns of a run from its progress", (t) => {
  const { model, store } = scene(t);
  model.reply(progress(3, 5));
  assert.deepEqual([store.state.jobs.occlusion!.run, store.state.jobs.occlusion!.done], [3, 5]);
  model.reply(queued(3));
  assert.equal(store.state.jobs.occlusion!.done, 5);
  model.reply(progress(2, 5, "gradient"));
  assert.equal(store.state.jobs.gradient, undefined);
});

test("a failure ends its own run and leaves the other panels as they were", (t) => {
  const { model, store } = scene(t);
  const [, gradient] = store.state.panels;
  model.reply(queued(3));
  model.reply(queued(4, "gradient"));
  const failure = { title: "failed", sentence: "The model raised.", instead: [] };
  model.arrive({ panels: [panel("occlusion", 3, { map: null, failure }), panel("gradient", 2)] });
  assert.deepEqual(store.state.panels[0]!.failure, failure);
  assert.equal(store.state.panels[1], gradient);
  assert.deepEqual(Object.keys(store.state.jobs), ["gradient"]);
});

test("a partial map is acknowledged once it is taken, with the size that maps are drawn in", (t) => {
  const { model, session } = scene(t);
  const [other] = [scene(t).model];
  model.reply(queued(3));
  model.reply({ ...partial(3), number: 7 }, map);
  session.drawn(120.4, 480.5);
  model.reply({ ...partial(3), number: 8 }, map);
  const seen = model.of("seen");
  const { viewer } = model.of("hello")[0]!;
  assert.deepEqual(seen, [
    { kind: "seen", viewer, number: 7, rows: null, columns: null },
    { kind: "seen", viewer, number: 8, rows: 120, columns: 481 },
  ]);
  assert.notEqual(other.of("hello")[0]!.viewer, viewer);
  // also of a run that is over here: the kernel waits for every answer
  session.cancel("occlusion");
  model.reply({ ...partial(3), number: 9 }, map);
  assert.equal(model.of("seen").length, 3);
});

test("a reduced map is spread over its cells, beside the profiles of all of them", (t) => {
  const { model, store } = scene(t);
  model.reply(queued(3));
  const bytes = (...values: number[]) => packed(values).bytes;
  const [rowProfile, columnProfile] = [bytes(1, 2, 3, 4), bytes(1, 2, 3, 4, 5, NaN)];
  model.reply({ ...partial(3), shape: [3, 2] }, bytes(0, 1, 2, 3, 4, NaN), rowProfile, columnProfile);
  const { map: cells, coarse } = store.state.jobs.occlusion!;
  assert.deepEqual(Array.from(cells!), [[0, 1], [2, 3], [4, NaN], [4, NaN]].flatMap(([a, b]) => [a, a, a, b, b, b]));
  assert.deepEqual([coarse!.rows, coarse!.columns], [3, 2]);
  assert.deepEqual([...coarse!.profiles.rows], [1, 2, 3, 4]);
  assert.equal(coarse!.profiles.columns.length, W);
  // without its profiles it would be drawn beside wrong ones
  model.reply({ ...partial(3), shape: [2, 2] }, bytes(9, 9, 9, 9));
  assert.equal(store.state.jobs.occlusion!.map, cells);
  model.reply(partial(3), map);
  assert.equal(store.state.jobs.occlusion!.coarse, null);
});

test("a partial map of another size or without its bytes is not taken", (t) => {
  const { model, store } = scene(t);
  model.reply(queued(3));
  model.reply({ ...partial(3), shape: [2, 2] }, map);
  model.reply(partial(3));
  assert.equal(store.state.jobs.occlusion!.map, null);
});
