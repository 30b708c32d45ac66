import assert from "node:assert/strict";
import { test } from "node:test";
import { initialState } from "../../../js/src/session/model.ts";
import { type Key, Store } from "../../../js/src/session/store.ts";
import { FakeModel, traits } from "../fake_model.ts";

const fresh = () => new Store(initialState(new FakeModel(traits())));

test("listeners hear once per frame, of all keys that changed", async () => {
  const store = fresh();
  const heard: Key[][] = [];
  store.subscribe((changed) => heard.push([...changed]));
  store.set({ notice: "a" });
  store.set({ active: 2, notice: "b" });
  assert.deepEqual(heard, []);
  await new Promise(requestAnimationFrame);
  assert.deepEqual(heard, [["notice", "active"]]);
  assert.equal(store.state.notice, "b");
});

test("what stays the same is no change", () => {
  const store = fresh();
  const before = store.state;
  store.set({ notice: before.notice, panels: before.panels });
  assert.equal(store.state, before);
});

test("flush tells at once, and nobody twice or after leaving", async () => {
  const store = fresh();
  let calls = 0;
  const leave = store.subscribe(() => calls++);
  store.set({ active: 1 });
  store.flush();
  store.flush();
  leave();
  store.set({ active: 2 });
  store.flush();
  await new Promise(requestAnimationFrame);
  assert.equal(calls, 1);
});
