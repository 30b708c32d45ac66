import assert from "node:assert/strict";
import test from "node:test";
import { overlap, placeLabels, type Wanted } from "../../../../js/src/values/things/labels.ts";

const at = (x: number, y: number, rest: Partial<Wanted> = {}): Wanted => ({
  box: { left: x - 5, top: y - 5, right: x + 5, bottom: y + 5 },
  point: true,
  words: [{ text: "7", width: 10 }],
  always: false,
  ...rest,
});

test("labels lie within the map, over no other and over no other mark", () => {
  const wanted = Array.from({ length: 50 }, (_, k) => at(((k * 37) % 50) * 5 + 3, ((k * 23) % 50) * 4 + 2));
  const labels = placeLabels(wanted, 256, 200);
  const placed = labels.flatMap((label) => (label ? [label.box] : []));
  assert.ok(placed.length > 30);
  placed.forEach((box, k) => {
    assert.ok(box.left >= 0 && box.top >= 0 && box.right <= 256 && box.bottom <= 200);
    for (const other of placed.slice(k + 1)) assert.ok(!overlap(box, other));
  });
  labels.forEach((label, k) => {
    if (label) for (const [other, { box }] of wanted.entries()) assert.ok(other === k || !overlap(label.box, box));
  });
});

test("the longer words where they fit, else the shorter, else none but for the one that is pointed at", () => {
  const words = [
    { text: "7 whale .93", width: 70 },
    { text: "7", width: 10 },
  ];
  const text = (wanted: Wanted[], width: number, height = 40): (string | undefined)[] =>
    placeLabels(wanted, width, height).map((label) => label?.text);
  assert.deepEqual(text([at(20, 20, { words })], 200), ["7 whale .93"]);
  assert.deepEqual(text([at(20, 20, { words })], 60), ["7"]);
  assert.deepEqual(text([at(5, 5, { words })], 11, 11), [undefined]);
  const [forced] = placeLabels([at(10, 6, { words, always: true })], 40, 13);
  assert.equal(forced!.text, "7 whale .93");
  assert.deepEqual(text([at(300, 20)], 200), [undefined]);
});

test("a box is labelled over its edge, and within it at the top of the map", () => {
  const box = { left: 10, top: 30, right: 100, bottom: 60 };
  const words = [{ text: "1", width: 10 }];
  const [over] = placeLabels([{ box, point: false, words, always: false }], 200, 100);
  assert.deepEqual([over!.x, over!.box.bottom], [10, 29]);
  const [inside] = placeLabels([{ box: { ...box, top: 0 }, point: false, words, always: false }], 200, 100);
  assert.deepEqual([inside!.x, inside!.box.top], [13, 3]);
});
