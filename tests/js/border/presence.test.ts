import assert from "node:assert/strict";
import { test } from "node:test";
import { Presence } from "../../../js/src/border/presence.ts";
import { FakeModel, traits } from "../fake_model.ts";

test("a page says that it is here, again when it is asked, and that it leaves", () => {
  const model = new FakeModel(traits());
  const presence = new Presence(model);
  assert.deepEqual(model.sent, [{ kind: "here", viewer: model.of("here")[0]!.viewer }]);
  model.reply({ kind: "alive" });
  assert.equal(model.sent.length, 1);
  model.reply({ kind: "calling" });
  presence.dispose();
  model.reply({ kind: "calling" });
  assert.deepEqual(
    model.sent.map(({ kind }) => kind),
    ["here", "here", "leaving"],
  );
  assert.equal(new Set(model.sent.map((request) => "viewer" in request && request.viewer)).size, 1);
  assert.equal(model.listeners, 0);
});

test("two views of one page are two, and a dead kernel does not matter", () => {
  const model = new FakeModel(traits());
  const [one, two] = [new Presence(model), new Presence(model)];
  assert.notEqual(model.of("here")[0]!.viewer, model.of("here")[1]!.viewer);
  model.broken = true;
  one.dispose();
  two.dispose();
  assert.equal(model.listeners, 0);
});

test("a page that is closed leaves, and is here again when it comes back", (t) => {
  const target = new EventTarget();
  const { addEventListener, removeEventListener } = globalThis;
  Object.assign(globalThis, {
    addEventListener: target.addEventListener.bind(target),
    removeEventListener: target.removeEventListener.bind(target),
  });
  t.after(() => Object.assign(globalThis, { addEventListener, removeEventListener }));
  const model = new FakeModel(traits());
  const presence = new Presence(model);
  for (const name of ["pagehide", "pageshow"]) target.dispatchEvent(new Event(name));
  presence.dispose();
  target.dispatchEvent(new Event("pageshow"));
  assert.deepEqual(
    model.sent.map(({ kind }) => kind),
    ["here", "leaving", "here", "leaving"],
  );
});
