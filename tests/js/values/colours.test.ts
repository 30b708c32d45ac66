import assert from "node:assert/strict";
import { test } from "node:test";
import * as colours from "../../../js/src/values/colours.ts";

/** Red counts up, green down, blue stays. */
const table = Uint8Array.from({ length: 768 }, (_, i) => [Math.floor(i / 3), 255 - Math.floor(i / 3), 7][i % 3]!);
const around = { kind: "diverging", limit: 2 } as const;

test("names of the tables", () => {
  assert.equal(colours.mapTable("blue-red", false), "blue-red light");
  assert.equal(colours.mapTable("purple-green", true), "purple-green dark");
  assert.equal(colours.inputTable(true), "input dark");
  assert.equal(colours.inputTable(false, true, "viridis"), "input signed light");
  assert.equal(colours.inputTable(true, false, "viridis"), "input viridis");
});

test("a diverging scale is symmetric around 0 and clips at its limits", () => {
  assert.deepEqual([-9, -2, -1, 0, 1, 2, 9].map((value) => colours.position(value, around)), [0, 0, 0.25, 0.5, 0.75, 1, 1]);
  assert.deepEqual([-9, -2, 0, 2, 9].map((value) => colours.indexOf(value, around)), [0, 0, 128, 255, 255]);
  assert.equal(colours.indexOf(NaN, around), -1);
});

test("a sequential scale runs from low to high", () => {
  const scale = { kind: "sequential", low: 10, high: 20 } as const;
  assert.deepEqual([5, 10, 15, 20, 25].map((value) => colours.indexOf(value, scale)), [0, 0, 128, 255, 255]);
});

test("pixels are opaque table entries, and transparent where nothing is computed", () => {
  const pixels = colours.colourise(Float32Array.from([-2, 0, 2, NaN]), table, around);
  assert.deepEqual([...new Uint8Array(pixels.buffer)], [0, 255, 7, 255, 128, 127, 7, 255, 255, 0, 7, 255, 0, 0, 0, 0]);
});

test("CSS colours of the legend and the profiles", () => {
  assert.equal(colours.css(table, 3), "rgb(3, 252, 7)");
  assert.equal(colours.gradient(table, 3), "rgb(0, 255, 7), rgb(128, 127, 7), rgb(255, 0, 7)");
  assert.deepEqual(colours.signColours(table), { negative: "rgb(51, 204, 7)", positive: "rgb(204, 51, 7)" });
});

test("dark is what the background says", () => {
  const grounds: colours.Rgba[] = [
    [17, 17, 17, 255],
    [255, 255, 255, 255],
    [0, 0, 0, 0],
    [20, 20, 30, 230],
  ];
  assert.deepEqual(grounds.map(colours.isDark), [true, false, false, true]);
});
