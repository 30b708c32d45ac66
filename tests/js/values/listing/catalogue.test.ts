// The list of samples as a page makes it that holds them all.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Arranged } from "../../../../js/src/protocol.ts";
import { BY_INDEX, type Held, isPlain, listOf } from "../../../../js/src/values/listing/catalogue.ts";
import { coloured, pictureOf } from "../../../../js/src/values/listing/thumbnails.ts";

const CLASSES = ["cat", "dog", "bobcat"];
const held: Held[] = [
  ["p10", 0, 0, [0.6, 0.3, 0.1], [0, 0]],
  ["p2", 1, 2, [0.3, 0.3, 0.4], [3, 4]],
  ["P1", 2, 2, [0.1, 0, 0.9], [0, 1]],
  ["q007", 0, 1, [0.2, 0.7, 0.1], [Number.NaN, 2]],
  ["x", null, null, [], [9, 9]],
].map(([name, truth, predicted, scores, cells], index) => {
  const matrix = Float32Array.from(cells as number[]);
  return { index, name, truth, predicted, scores, matrix } as Held;
});

function list(wanted: Partial<Arranged>) {
  return listOf(held, { ...BY_INDEX, ...wanted }, CLASSES, "probability");
}

const near = (values: readonly (number | null)[]) => values.map((value) => value && Number(value.toFixed(3)));

test("a text finds names, classes and the beginnings of an index", () => {
  assert.deepEqual(list({}).order, [0, 1, 2, 3, 4]);
  assert.deepEqual(list({ text: " P " }).order, [0, 1, 2]);
  assert.deepEqual(list({ text: "dog" }).order, [1, 3]);
  assert.deepEqual(list({ text: "cat" }).order, [0, 1, 2, 3]);
  assert.deepEqual(list({ text: "4" }).order, [4]);
  assert.deepEqual(list({ text: "no" }).order, []);
});

test("classes narrow it down", () => {
  assert.deepEqual(list({ only: "misclassified" }).order, [1, 3]);
  assert.deepEqual(list({ only: "true", among: 0 }).order, [0, 3]);
  assert.deepEqual(list({ only: "predicted", among: 2, reverse: true }).order, [2, 1]);
});

test("it is ordered by names as readers do, by margin, score and distance, which it says", () => {
  assert.deepEqual(list({ order: "name" }).order, [2, 1, 0, 3, 4]);
  const unsure = list({ order: "unsure" });
  assert.deepEqual(unsure.order, [1, 0, 3, 2]);
  assert.deepEqual(near(unsure.values), [0.3, 0.1, 0.8, 0.5, null]);
  assert.deepEqual([unsure.measure, unsure.about], ["margin", "The margin is the largest probability minus the second largest."]);
  const score = list({ order: "score", of: 2 });
  assert.deepEqual(score.order, [2, 1, 0, 3]);
  assert.deepEqual([score.measure, score.about], ["probability", "Ordered by the probability of bobcat."]);
  const scores = list({ order: "alike scores", of: 0 });
  assert.deepEqual(scores.order, [0, 1, 3, 2]);
  assert.equal(scores.values[2], Math.hypot(0.5, 0.3, 0.8));
  const matrices = list({ order: "alike matrices", of: 0 });
  assert.deepEqual(matrices.order, [0, 2, 3, 1, 4]);
  assert.deepEqual(near(matrices.values), [0, 5, 1, 2, 12.728]);
  assert.equal(matrices.about, "Euclidean distance from p10, between the matrices.");
});

test("of scores that are no probabilities it says so; a list by index is plain", () => {
  assert.equal(listOf(held, { ...BY_INDEX, order: "unsure" }, CLASSES, "score").about, "The margin is the largest score minus the second largest.");
  assert.deepEqual(list({}).values.slice(0, 3), [0.6, 0.4, 0.9]);
  assert.ok(isPlain(BY_INDEX) && isPlain({ ...BY_INDEX, text: "  " }));
  assert.ok(!isPlain({ ...BY_INDEX, reverse: true }) && !isPlain({ ...BY_INDEX, text: "a" }));
});

test("a picture holds the mean of each block, and nothing where nothing is", () => {
  const cells = Float32Array.from({ length: 7 * 5 * 2 }, (_, at) => (at < 10 ? Number.NaN : Math.floor(at / 10)));
  const picture = pictureOf(cells, 7, 5, [3, 5]);
  // rows 0 and 1, of which 0 is NaN; 2 and 3; 4 to 6: twice 1, 2.5 and 5
  assert.deepEqual([...picture.slice(0, 5)], [0, 0, 0, 0, 0]);
  assert.deepEqual([...picture.slice(5, 15)], [...new Array(5).fill(Math.round((254 * 1.5) / 4)), ...new Array(5).fill(254)]);
  assert.deepEqual([...pictureOf(new Float32Array([2, 2, Number.NaN]), 1, 3, [1, 3])], [127, 127, 255]);
  const table = Uint8Array.from({ length: 768 }, (_, at) => Math.floor(at / 3));
  assert.deepEqual([...new Uint8Array(coloured(Uint8Array.from([0, 254, 255]), table).buffer)], [0, 0, 0, 255, 255, 255, 255, 255, 0, 0, 0, 0]);
});
