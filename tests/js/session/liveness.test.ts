import assert from "node:assert/strict";
import { type TestContext, test } from "node:test";
import type { Request } from "../../../js/src/protocol.ts";
import { type FakeModel, rows, scene } from "../fake_model.ts";

/** A signal of Lumino: who listens is told. */
function signal(): { connect(slot: Slot): void; disconnect(slot: Slot): void; emit(given: unknown): void; slots: Set<Slot> } {
  const slots = new Set<Slot>();
  return {
    slots,
    connect: (slot) => slots.add(slot),
    disconnect: (slot) => slots.delete(slot),
    emit: (given) => {
      for (const slot of slots) slot(null, given);
    },
  };
}
type Slot = (sender: unknown, given: unknown) => void;

/** A notebook of JupyterLab: what the view finds behind its model. */
function notebook() {
  const kernel = { status: "idle", connectionStatus: "connected" };
  const session = { connectionStatusChanged: signal(), statusChanged: signal(), kernelChanged: signal(), session: { kernel } };
  return { kernel, session, manager: { context: { sessionContext: session } } };
}

/** Answer pings, as a kernel does that has nothing else to do. */
function answering(model: FakeModel): () => void {
  const send = model.send.bind(model);
  model.send = (content) => {
    send(content);
    if ((content as Request).kind === "ping") model.reply({ kind: "alive" });
  };
  return () => {
    model.send = send;
  };
}

/** Let time pass beat by beat: a mocked clock leaps, and a timer that is set anew fires once in a leap. */
function pass(t: TestContext, ms: number): void {
  for (let at = 0; at < ms; at += 500) t.mock.timers.tick(500);
}

const greeting = { kind: "hello", whole: false, selection: null, named: null };
/** What was sent, without the number of the view, which is drawn at random. */
const plain = (sent: Request[]): unknown[] => sent.map((request) => ({ ...request, viewer: undefined }) as unknown).map((request) => JSON.parse(JSON.stringify(request)));

test("a kernel that answers is live; where none has answered within 2 s the page is a saved one until one does", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, store, session } = scene(t);
  assert.deepEqual(plain(model.sent), [greeting]);
  t.mock.timers.tick(1900);
  assert.equal(store.state.connection, "live");
  t.mock.timers.tick(200);
  assert.equal(store.state.connection, "unheard");
  session.find("columns", {});
  assert.match(store.state.notice, /^Finding runs needs the kernel, and none has answered here/);
  pass(t, 60_000);
  assert.deepEqual([plain(model.sent), store.state.connection], [[greeting], "unheard"]);
  model.reply({ kind: "alive" });
  assert.equal(store.state.connection, "live");
});

test("a silent kernel is pinged, and lost after two pings without an answer; then it is asked for everything", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { model, store, session } = scene(t);
  const cut = answering(model);
  model.reply({ kind: "alive" });
  model.reply({ kind: "queued", panel: "gradient", method: "gradient", run: 3 });
  pass(t, 60_000);
  assert.equal(store.state.connection, "live");
  assert.ok(model.of("ping").length >= 5);
  cut();
  pass(t, 9000);
  assert.equal(store.state.connection, "live");
  pass(t, 11_000);
  assert.deepEqual([store.state.connection, store.state.jobs], ["lost", {}]);
  session.run("gradient", {}, null, null);
  assert.match(store.state.notice, /^Running a method needs the kernel, which cannot be reached now/);
  session.setSelection(rows(1, 2), { commit: true });
  const named = [{ name: "burst", selection: rows(0, 1) }];
  session.keep(named, "“burst” is kept.");
  assert.equal(model.of("run").length, 0);
  model.reply({ kind: "alive" });
  assert.equal(store.state.connection, "live");
  assert.deepEqual(plain(model.of("hello")), [greeting, { kind: "hello", whole: true, selection: rows(1, 2), named }]);
  model.reply({ kind: "progress", panel: "gradient", run: 3, done: 2, total: 4, seconds_left: 1 });
  assert.equal(store.state.jobs.gradient?.done, 2);
});

test("what the front end says of the connection is believed at once, and it is not pinged while nothing is awaited", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { session, manager, kernel } = notebook();
  const { model, store, session: view } = scene(t, {}, manager);
  model.reply({ kind: "alive" });
  pass(t, 60_000);
  assert.deepEqual([store.state.connection, model.of("ping").length], ["live", 0]);
  session.connectionStatusChanged.emit("connecting");
  assert.equal(store.state.connection, "lost");
  session.connectionStatusChanged.emit("connected");
  assert.deepEqual(plain(model.of("hello")), [greeting, greeting]);
  model.reply({ kind: "alive" });
  model.reply({ kind: "alive" });
  assert.deepEqual(plain(model.of("hello")).slice(2), [{ kind: "hello", whole: true, selection: null, named: null }]);
  assert.equal(store.state.connection, "live");
  // a run is awaited: silence is asked about, and a kernel that works on a cell is not lost
  model.reply({ kind: "queued", panel: "gradient", method: "gradient", run: 3 });
  kernel.status = "busy";
  pass(t, 25_000);
  assert.equal(store.state.connection, "waiting");
  kernel.status = "idle";
  pass(t, 5000);
  assert.equal(store.state.connection, "lost");
  for (const end of [() => session.kernelChanged.emit({ newValue: null }), () => session.statusChanged.emit("restarting")]) {
    model.reply({ kind: "alive" });
    assert.equal(store.state.connection, "live");
    end();
    assert.equal(store.state.connection, "gone");
  }
  session.connectionStatusChanged.emit("connected");
  assert.equal(store.state.connection, "gone");
  view.dispose();
  assert.equal(session.kernelChanged.slots.size + session.statusChanged.slots.size + session.connectionStatusChanged.slots.size, 0);
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
