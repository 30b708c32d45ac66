// What may be chosen of outputs, layers and things, and the plain data that comes of it.

import assert from "node:assert/strict";
import { test } from "node:test";
import type { Offered, OfferedOutput } from "../../../../js/src/protocol.ts";
import { choices, type Shown } from "../../../../js/src/values/targets/offer.ts";

const output = (rest: Partial<OfferedOutput>): OfferedOutput => ({
  ...{ name: "the model's output", rows: 0, columns: 0, channels: 0, classes: 0, steps: 0, each: 1, ...rest },
});
const MAP = output({ name: "the output 'map'", rows: 4, columns: 10, channels: 2 });
const NOTHING: Offered = { kind: "offered", viewer: 0, outputs: [], layers: [], counts: false, boxes: false, missing: "" };
const SHOWN: Shown = { sample: 0, samples: 3, row: 5, column: 19, rows: 8, columns: 20, things: 0 };

const made = (offered: Partial<Offered>, shown: Partial<Shown> = {}) => choices({ ...NOTHING, ...offered }, { ...SHOWN, ...shown });
const defaults = (fields: { name: string; default: unknown }[]) => Object.fromEntries(fields.map((field) => [field.name, field.default]));

test("the cell of a coarser map begins over the cell that is meant, and an area has its channel", () => {
  const [cell, area] = made({ outputs: [MAP] });
  assert.deepEqual(defaults(cell!.fields), { row: 2, column: 9, channel: 0 });
  assert.deepEqual(cell!.fields.map(({ maximum }) => maximum), [3, 9, 1]);
  assert.deepEqual(cell!.make({ row: 1, column: 0, channel: 1 }), {
    target: { kind: "Location", row: 1, column: 0, channel: 1 },
    like: null,
  });
  assert.deepEqual(area!.make({ reduce: "max", channel: 0 }).target, { kind: "Area", reduce: "max", channel: 0 });
});

test("of several outputs each is told by its number, also where a number is not asked for", () => {
  const found = made({ outputs: [output({ ...MAP, rows: 1, channels: 1 }), output({ classes: 3 }), output({ steps: 7, each: 2 })] });
  assert.deepEqual(found.map((each) => each.make(defaults(each.fields)).target), [
    { kind: "Location", output: 0, row: 0, column: 9 },
    { kind: "Area", output: 0, reduce: "mean" },
    { kind: "Output", output: 1, of: 0 },
    { kind: "Step", output: 2, index: 0, channel: 0 },
  ]);
  assert.deepEqual(made({ outputs: [output({ classes: 3 })] }), []); // its classes have lines
});

test("a layer has channels, a texture and a content like another sample, and units", () => {
  const layers = [
    { name: "c1", shape: [4, 10, 3], channels: 3, cells: true },
    { name: "flat", shape: [120], channels: 0, cells: false },
  ];
  const found = made({ layers });
  assert.deepEqual(found.map(({ name }) => name), [
    "channel of c1", "texture of c1", "content of c1", "unit of c1", "unit of flat",
  ]);
  const [channel, texture, , unit, flat] = found;
  assert.deepEqual(channel!.make({ index: 2, reduce: "sum" }).target, { kind: "Channel", layer: "c1", index: 2, reduce: "sum" });
  assert.deepEqual(texture!.make(defaults(texture!.fields)), { target: { kind: "Gram", layer: "c1" }, like: 1 });
  assert.deepEqual(unit!.make({ "axis 1": 9 }).target, { kind: "Neuron", layer: "c1", index: [0, 9, 0] });
  assert.deepEqual(flat!.make({ "axis 0": 7 }).target, { kind: "Neuron", layer: "flat", index: [7] });
  assert.equal(made({ layers }, { samples: 1 }).length, 3); // there is no other sample
});

test("only landmarks are counted, and an edge is sent of a box's position alone", () => {
  assert.deepEqual(made({ counts: true })[0]!.make({}).target, { kind: "Count" });
  assert.deepEqual(made({ boxes: true }), []);
  const [box] = made({ boxes: true }, { things: 4 });
  assert.deepEqual(box!.make({ k: 3, term: "class", edge: "left" }).target, { kind: "Box", k: 3, term: "class" });
  assert.deepEqual(box!.make({ k: 3, term: "position", edge: "top" }).target, { kind: "Box", k: 3, term: "position", edge: "top" });
  assert.deepEqual(made({ boxes: true }, { things: 1 })[0]!.make({ term: "all" }).target, { kind: "Box", k: 0, term: "all" });
});
