import assert from "node:assert/strict";
import { test } from "node:test";
import { changedPanels, History, type Moment, momentOf, needsKernel, reordered, sameMoment } from "../../../js/src/values/history.ts";
import { panel, rows, traits } from "../fake_model.ts";

const moment = (rest: Partial<Moment> = {}): Moment => ({
  selection: { bands: [] }, sample: 0, a: 0, b: null, given: false, baseline: 0, runs: { occlusion: 1 }, order: ["occlusion"], ...rest,
});

test("a moment is what the traits show, without panels that have no result yet", () => {
  const failed = panel("lrp", 3, { map: null, failure: { title: "", sentence: "", instead: [] } });
  const state = traits({ panels: [panel("occlusion", 1), panel("gradient", 0), failed], selection: rows(0, 1) });
  assert.deepEqual(momentOf(state), moment({ selection: rows(0, 1), runs: { occlusion: 1, lrp: 3 }, order: ["occlusion", "gradient", "lrp"] }));
});

test("what differs, and whether the kernel is needed", () => {
  assert.equal(sameMoment(moment(), moment()), true);
  assert.equal(sameMoment(moment(), moment({ selection: rows(0, 1) })), false);
  assert.equal(needsKernel(moment(), moment({ selection: rows(0, 1) })), false);
  const others: Partial<Moment>[] = [{ sample: 1 }, { a: 1 }, { b: 1 }, { given: true }, { baseline: 1 }, { runs: { occlusion: 2 } }, { runs: {} }];
  for (const rest of others) {
    assert.equal(needsKernel(moment(), moment(rest)), true, JSON.stringify(rest));
  }
  assert.deepEqual(changedPanels(moment({ runs: { a: 1, b: 2, c: 3 } }), moment({ runs: { a: 1, b: 4, d: 5 } })), ["b", "c", "d"]);
});

test("an order is another one only where the panels that both have follow each other differently", () => {
  assert.equal(reordered(["a", "b", "2"], ["a", "2"]), false);
  assert.equal(reordered(["new", "a", "b"], ["a", "b"]), false);
  assert.equal(reordered(["b", "new", "a"], ["a", "b"]), true);
  assert.equal(sameMoment(moment({ order: ["a", "b"] }), moment({ order: ["b", "a"] })), false);
  assert.equal(needsKernel(moment({ order: ["a", "b"] }), moment({ order: ["b", "a"] })), false);
});

test("undo and redo walk the entries, a new one forgets what was undone", () => {
  const history = new History(moment());
  const [one, two, three] = [rows(0, 1), rows(0, 2), rows(0, 3)].map((selection) => moment({ selection })) as [Moment, Moment, Moment];
  assert.deepEqual([history.canUndo, history.canRedo, history.undo(), history.redo()], [false, false, null, null]);
  history.record(one);
  history.record({ ...one });
  history.record(two);
  assert.equal(history.peek("undo"), one);
  assert.equal(history.undo(), one);
  assert.deepEqual(history.undo(), moment());
  assert.equal(history.undo(), null);
  assert.equal(history.redo(), one);
  history.record(three);
  assert.deepEqual([history.canRedo, history.present], [false, three]);
  assert.equal(history.undo(), one);
});

test("the stack is bounded", () => {
  const history = new History(moment(), 3);
  for (let i = 1; i <= 9; i++) history.record(moment({ selection: rows(0, i) }));
  let steps = 0;
  while (history.undo()) steps++;
  assert.equal(steps, 3);
  assert.deepEqual(history.present.selection, rows(0, 6));
});

test("a result that was due reaches every moment that waits for it, and no other sample", () => {
  const history = new History(moment());
  history.record(moment({ sample: 1 }));
  history.record(moment({ sample: 1, selection: rows(0, 1) }));
  history.amend(moment({ sample: 1, selection: rows(0, 1), runs: { occlusion: 5 } }));
  assert.deepEqual(history.undo()!.runs, { occlusion: 5 });
  assert.deepEqual(history.undo()!.runs, { occlusion: 1 });
  assert.deepEqual(history.redo()!.runs, { occlusion: 5 });
});
