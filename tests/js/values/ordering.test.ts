import assert from "node:assert/strict";
import test from "node:test";
import type { Band, Selection } from "../../../js/src/protocol.ts";
import { followed, mapped } from "../../../js/src/values/ordering/bands.ts";
import { byGroup, byName, byProfile, inPlaces } from "../../../js/src/values/ordering/rows.ts";
import { paint } from "../../../js/src/values/regions.ts";

const [H, W] = [9, 5];
const add = (rows: Band["rows"], columns: Band["columns"] = null): Band => ({ op: "add", rows, columns });
const remove = (rows: Band["rows"], columns: Band["columns"] = null): Band => ({ op: "remove", rows, columns });

test("rows stand by name, numbers in names as numbers, or by a profile, those without a number last", () => {
  const names = ["b", "a 10", "a 9", "a 10"];
  assert.deepEqual([...byName(names, false).rows], [2, 1, 3, 0]);
  assert.deepEqual([...byName(names, true).rows], [0, 1, 3, 2]);
  const profile = [0.5, NaN, -2, 0.5, Infinity];
  assert.deepEqual([...byProfile(profile, false).rows], [2, 0, 3, 4, 1]);
  assert.deepEqual([...byProfile(profile, true).rows], [4, 0, 3, 2, 1]);
  const order = byProfile(profile, true);
  order.rows.forEach((row, place) => {
    assert.equal(order.places[row], place);
  });
});

test("groups stand as their first rows come, and keep their rows in order", () => {
  const labels = ["x", "y", "x", "z", "y"];
  assert.deepEqual([...byGroup(labels, false).rows], [0, 2, 1, 4, 3]);
  assert.deepEqual(byGroup(labels, false).groups, [
    { label: "x", from: 0, to: 2 }, { label: "y", from: 2, to: 4 }, { label: "z", from: 4, to: 5 },
  ]);
  assert.deepEqual([...byGroup(labels, true).rows], [3, 1, 4, 0, 2]);
});

/** Selections of bands of all kinds, drawn at random. */
function* selections(): Generator<Selection> {
  let seed = 7;
  const draw = (n: number): number => {
    seed = (Math.imul(seed, 1103515245) + 12345) >>> 0;
    return (seed >>> 8) % n;
  };
  const span = (n: number): Band["rows"] => {
    const [a, b] = [draw(n + 1), draw(n + 1)];
    return draw(4) ? [Math.min(a, b), draw(5) ? Math.max(a, b) : null] : null;
  };
  for (let each = 0; each < 200; each++)
    yield { bands: Array.from({ length: draw(6) }, () => ({ op: draw(3) ? "add" : "remove", rows: span(H), columns: span(W) })) };
}

test("a selection of places is the same cells as that of rows, and back", () => {
  const order = byProfile(Array.from({ length: H }, (_, row) => (row * 4) % H), true);
  for (const selection of selections()) {
    const mask = paint(selection, H, W);
    const there = mapped(selection, order.places);
    const shown = paint(there, H, W);
    const permuted = [...order.rows].flatMap((row) => [...mask.subarray(row * W, (row + 1) * W)]);
    assert.deepEqual([...shown], permuted);
    assert.deepEqual([...paint(mapped(there, order.rows), H, W)], [...mask]);
  }
});

test("a rectangle over shown rows becomes bands of the matrix, and is one band again", () => {
  const order = byProfile([0, 3, 1, 4, 2], false); // rows 0 2 4 1 3
  const brushed = { bands: [add([1, 4], [2, 3]), remove(null, [2, 3]), add([0, 5])] };
  const own = mapped(brushed, order.rows);
  assert.deepEqual(own.bands, [add([1, 3], [2, 3]), add([4, 5], [2, 3]), remove(null, [2, 3]), add([0, 5])]);
  assert.deepEqual(mapped(own, order.places), brushed);
  assert.deepEqual([0, 1, 2, 3].map((at) => followed(own, at, brushed, order.places)), [0, 0, 1, 2]);
  assert.deepEqual([0, 1, 2].map((at) => followed(brushed, at, own, order.rows)), [0, 2, 3]);
  assert.equal(followed(own, -1, brushed, order.places), -1);
});

test("numbers of rows go to the places of these", () => {
  const order = byProfile([2, 0, 1], false);
  assert.deepEqual([...inPlaces(Float32Array.of(0, 1, 10, 11, 20, 21), order)], [10, 11, 20, 21, 0, 1]);
});
