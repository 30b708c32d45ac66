import assert from "node:assert/strict";
import { test } from "node:test";
import { rows, scene } from "../fake_model.ts";

test("a kernel that answers is live, one that does not within 2 s is waited for", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, store } = scene(t);
  assert.deepEqual(model.sent.map(({ kind }) => kind), ["hello"]);
  t.mock.timers.tick(1900);
  assert.equal(store.state.connection, "live");
  t.mock.timers.tick(200);
  assert.equal(store.state.connection, "waiting");
  model.reply({ kind: "alive" });
  assert.equal(store.state.connection, "live");
  t.mock.timers.tick(60_000);
  assert.equal(store.state.connection, "live");
});

test("a run that is not even queued within 2 s shows that the kernel is busy", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, store, session } = scene(t);
  model.reply({ kind: "alive" });
  session.run("gradient", {}, null, null);
  t.mock.timers.tick(2100);
  assert.equal(store.state.connection, "waiting");
  session.setSelection(rows(0, 1), { commit: true });
  assert.equal(model.saved.length, 1);
  model.reply({ kind: "queued", panel: "gradient", method: "gradient", run: 3 });
  assert.equal(store.state.connection, "live");
});

test("a closed comm is gone: jobs end, requests are refused, the selection still works", (t) => {
  const { model, store, session } = scene(t);
  model.reply({ kind: "alive" });
  session.setSelection(rows(0, 1), { commit: true });
  model.reply({ kind: "queued", panel: "gradient", method: "gradient", run: 3 });
  model.fire("comm:close");
  assert.deepEqual([store.state.connection, store.state.jobs, store.state.whatif.waiting], ["gone", {}, false]);
  const before = model.sent.length;
  session.run("gradient", {}, null, null);
  assert.equal(store.state.notice, "Running a method needs the kernel, and it is gone: run this cell again.");
  session.setSelection(rows(0, 2), { commit: true });
  session.undo();
  assert.deepEqual(store.state.selection, rows(0, 1));
  assert.deepEqual([model.sent.length, model.saved.length], [before, 1]);
});

test("a restarted kernel shows as gone where the front end says so, and where it only hints", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const open = scene(t);
  open.model.comm_live = false;
  open.model.fire("comm_live_update");
  assert.equal(open.store.state.connection, "gone");
  const hidden = scene(t);
  hidden.model.reply({ kind: "alive" });
  hidden.model.fire("comm_live_update");
  assert.equal(hidden.store.state.connection, "live");
  t.mock.timers.tick(2100);
  assert.equal(hidden.store.state.connection, "gone");
  hidden.model.reply({ kind: "alive" });
  assert.equal(hidden.store.state.connection, "live");
});

test("a comm that cannot send is gone at once", (t) => {
  const { model, store, session } = scene(t);
  model.reply({ kind: "alive" });
  model.broken = true;
  session.run("gradient", {}, null, null);
  assert.equal(store.state.connection, "gone");
  assert.match(store.state.notice, /^Running a method needs the kernel/);
});
