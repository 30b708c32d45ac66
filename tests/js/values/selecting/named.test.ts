import assert from "node:assert/strict";
import { test } from "node:test";
import { existingCells, kept, LONGEST, MOST_BOXES, MOST_NAMED, renamed, suggested, whyNotKept, without } from "../../../../js/src/values/selecting/named.ts";
import { rows, traits } from "../../fake_model.ts";

const { axes } = traits();
const one = { name: "one", selection: rows(0, 1) };
const two = { name: "two", selection: rows(1, 3) };

test("a name stands for one selection, and keeps its place in the list", () => {
  assert.deepEqual(kept([one, two], "one", rows(2, 3)), [{ name: "one", selection: rows(2, 3) }, two]);
  assert.deepEqual(kept([one], "two", rows(1, 3)), [one, two]);
  assert.deepEqual(renamed([one, two], "one", "first"), [{ ...one, name: "first" }, two]);
  assert.deepEqual(without([one, two], "one"), [two]);
});

test("a name is suggested that says where, and that none has", () => {
  assert.equal(suggested([], rows(1, 3), axes), "rows 1–2");
  assert.equal(suggested([{ ...one, name: "rows 1–2" }], rows(1, 3), axes), "selection 1");
  const long = { ...axes, rows: { ...axes.rows, labels: axes.rows.labels.map((label) => label.padEnd(LONGEST, "x")) } };
  assert.equal(suggested([{ ...one, name: "selection 1" }], rows(1, 3), long), "selection 2");
});

test("a list that is full is refused before the kernel refuses it", () => {
  const many = Array.from({ length: MOST_NAMED }, (_, at) => ({ ...one, name: String(at) }));
  assert.match(whyNotKept(many, "new", rows(0, 1)), /at most 100 selections/);
  assert.equal(whyNotKept(many, "7", rows(0, 1)), "");
  const large = { bands: new Array(MOST_BOXES).fill(one.selection.bands[0]) };
  assert.match(whyNotKept([one], "new", large), /20,000 boxes/);
  assert.equal(whyNotKept([{ ...one, selection: large }], "one", rows(0, 1)), "");
});

test("only cells that exist are counted", () => {
  const absent = Float32Array.from({ length: 24 }, (_, cell) => (cell < 8 ? 1 : 0));
  assert.equal(existingCells(rows(0, 2), absent, 4, 6), 4);
  assert.equal(existingCells(rows(0, 2), null, 4, 6), 12);
});
