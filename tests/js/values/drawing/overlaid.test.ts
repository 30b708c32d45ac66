import assert from "node:assert/strict";
import { test } from "node:test";
import { colouriseOver, greysOf, middleOf, tableOver } from "../../../../js/src/values/drawing/overlaid.ts";

// four entries of blue to red, as the kernel has them
const table = new Uint8Array(768);
for (const [index, colour] of [[0, [20, 73, 177]], [38, [65, 125, 219]], [217, [204, 82, 69]], [255, [157, 8, 17]]] as const)
  table.set(colour, 3 * index);
const scale = { kind: "diverging", limit: 2 } as const;

test("a map over the input is as opaque as it is strong, as the kernel draws it", () => {
  const ground = { values: new Float32Array(5), scale, table: new Uint8Array(768), opacity: 0.5 };
  ground.table.set([200, 100, 50], 3 * 128); // at 0
  const values = Float32Array.of(-2, -1, 1, 2, NaN);
  const pixels = new Uint8Array(colouriseOver(values, table, scale, new Float32Array(5), ground).buffer);
  const expected = [[110, 87, 114, 255], [166, 106, 92, 255], [201, 95, 55, 255], [179, 54, 34, 255], [0, 0, 0, 0]];
  assert.deepEqual(expected.map((_, cell) => [...pixels.subarray(4 * cell, 4 * cell + 4)]), expected);
  const legend = tableOver(table, middleOf(ground.table), 0.5);
  for (const [index, cell] of [[0, 0], [64, 1], [192, 2], [255, 3]] as const)
    assert.deepEqual([...legend.subarray(3 * index, 3 * index + 3)], expected[cell]!.slice(0, 3));
});

test("the grey beneath has no hue and stays near to the page", () => {
  const input = Uint8Array.from({ length: 768 }, (_, at) => 240 - Math.floor(at / 3) / 2 + (at % 3));
  const grey = greysOf(input);
  assert.deepEqual([...grey.subarray(0, 3)], [241, 241, 241]);
  const last = (0.4 * (240 + 241 + 242) + 0.6 * (input[765]! + input[766]! + input[767]!)) / 3;
  assert.deepEqual([...grey.subarray(765)], new Array(3).fill(Math.floor(last + 0.5)));
});
