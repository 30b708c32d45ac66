import assert from "node:assert/strict";
import { test } from "node:test";
import { type AxisView, axisTicks, niceStep, numericTicks, regular, type Tick, thin } from "../../../js/src/map/ticks.ts";

const width = (text: string): number => text.length * 6;
const named = (n: number) => ({ name: "", labels: Array.from({ length: n }, (_, i) => `sensor ${i}`), values: null });
const timed = (n: number, step: number) => {
  const values = Array.from({ length: n }, (_, i) => i * step);
  return { name: "time", labels: values.map((value) => value.toFixed(2)), values };
};
const view = (rest: Partial<AxisView>): AxisView => ({ axis: named(20), visible: [0, 20], pitch: 14, size: () => 12, gap: 0, ...rest });

function apart(ticks: Tick[], gap: number): void {
  const sorted = [...ticks].sort((a, b) => a.at - b.at);
  for (let i = 1; i < sorted.length; i++) {
    const [a, b] = [sorted[i - 1]!, sorted[i]!];
    assert.ok(b.at - a.at >= (a.size + b.size) / 2 + gap, `${a.text} and ${b.text} overlap`);
  }
}

test("thinning keeps the important ones and the order among equals", () => {
  const one = (at: number, priority: number, size = 10) => ({ at, priority, size, text: String(at) });
  assert.deepEqual(thin([one(0, 3), one(8, 1), one(16, 3), one(30, 2)], 0).map(({ text }) => text), ["8", "30"]);
  assert.deepEqual(thin([one(0, 3), one(10, 3), one(20, 3)], 0).length, 3);
  assert.deepEqual(thin([one(0, 3), one(10, 3), one(20, 3)], 1).map(({ text }) => text), ["0", "20"]);
});

test("steps are 1, 2, 5 and their tens", () => {
  assert.deepEqual([0.3, 1, 1.1, 2.5, 6, 11, 300].map(niceStep), [1, 1, 2, 5, 10, 20, 500]);
});

test("round numbers, each at the line nearest to it", () => {
  assert.deepEqual(numericTicks(timed(160, 0.25).values, 0, 160, 5), [
    { index: 0, text: "0" }, { index: 40, text: "10" }, { index: 80, text: "20" }, { index: 120, text: "30" },
  ]);
  assert.deepEqual(numericTicks([3, 2.5, 2, 1.5, 1, 0.5], 0, 6, 3), [{ index: 0, text: "3" }, { index: 2, text: "2" }, { index: 4, text: "1" }]);
  assert.deepEqual(numericTicks([0.1, 0.2, 0.3, 0.4], 0, 4, 2).map(({ text }) => text), ["0.2", "0.4"]);
  assert.deepEqual(numericTicks([0, 0.25, 0.5, 0.75, 1], 0, 5, 2).map(({ text }) => text), ["0", "0.5", "1.0"]);
});

test("names of very small or large numbers are written as the kernel writes them", () => {
  const tiny = [0, 1, 2, 3, 4].map((i) => i * 4e-8);
  assert.deepEqual(
    numericTicks(tiny, 0, 5, 2, true).map(({ text }) => text),
    ["0", "1e-07"],
  );
  assert.deepEqual(
    numericTicks([1e10, 2e10, 3e10], 0, 3, 3, true).map(({ text }) => text),
    ["1.0e+10", "1.5e+10", "2.0e+10", "2.5e+10", "3.0e+10"].filter((_, i) => i % 2 === 0),
  );
});

test("names that fit are all written, else every second, fifth or tenth", () => {
  assert.equal(axisTicks(view({})).length, 20);
  assert.deepEqual(axisTicks(view({ pitch: 7 })).map(({ index }) => index), [0, 2, 4, 6, 8, 10, 12, 14, 16, 18]);
  assert.deepEqual(axisTicks(view({ pitch: 3 })).map(({ index }) => index), [0, 5, 10, 15]);
});

test("a numeric axis gets round numbers, labels where all fit, every k-th where it jumps about", () => {
  const wide = view({ axis: timed(160, 0.25), visible: [0, 160], pitch: 5, size: width, gap: 8 });
  assert.deepEqual(axisTicks(wide).map(({ text }) => text), ["0", "5", "10", "15", "20", "25", "30", "35"]);
  assert.deepEqual(axisTicks({ ...wide, visible: [40, 44], pitch: 200 }).map(({ text }) => text), ["10.00", "10.25", "10.50", "10.75"]);
  const jumping = { name: "", labels: ["3", "1", "2", "5", "4", "6"], values: [3, 1, 2, 5, 4, 6] };
  assert.deepEqual(regular(view({ axis: jumping, visible: [0, 6], pitch: 7 })).map(({ text }) => text), ["3", "2", "4"]);
});

test("ticks stand at the middle of their line, within what is visible", () => {
  const ticks = axisTicks(view({ visible: [5.5, 10.5] }));
  assert.deepEqual(ticks.map(({ index }) => index), [5, 6, 7, 8, 9, 10]);
  assert.deepEqual(ticks.map(({ at }) => at), [0, 14, 28, 42, 56, 70]);
});

test("the crosshair's name wins over selection ends, those over the rest; nothing overlaps", () => {
  const selected = Uint8Array.from({ length: 20 }, (_, i) => (i >= 7 && i < 12 ? 1 : 0));
  const ticks = axisTicks(view({ pitch: 5, cursor: 8, selected }));
  apart(ticks, 0);
  const role = Object.fromEntries(ticks.map((tick) => [tick.index, tick.role]));
  assert.deepEqual(role, { 0: "outside", 5: "outside", 8: "cursor", 11: "end", 15: "outside" });
});

test("a selection is named by its ends, as one name where they have no room side by side", () => {
  const selected = Uint8Array.from({ length: 20 }, (_, i) => (i >= 7 && i < 12 ? 1 : 0));
  const names = (pitch: number) =>
    axisTicks(view({ pitch, size: width, gap: 4, selected, joined: true })).filter(({ role }) => role === "end").map(({ text, at }) => [text, at]);
  assert.deepEqual(names(5), [["sensor 7–sensor 11", 47.5]]);
  assert.deepEqual(names(40), [["sensor 7", 300], ["sensor 11", 460]]);
});

test("nothing overlaps at any pitch, zoom, selection or cursor, columns and rows", () => {
  for (const axis of [named(64), timed(64, 0.125)]) {
    for (const pitch of [1, 2.5, 4, 9, 33]) {
      for (const cursor of [null, 0, 31, 63]) {
        const selected = Uint8Array.from({ length: 64 }, (_, i) => Number(i % 9 < 3));
        for (const joined of [false, true]) {
          const ticks = axisTicks(view({ axis, visible: [3.25, 60], pitch, size: width, gap: 6, cursor, selected, joined }));
          apart(ticks, 6);
          assert.ok(ticks.length > 0);
          if (cursor === 31) assert.equal(ticks.find(({ role }) => role === "cursor")?.index, 31);
          assert.equal(new Set(ticks.map(({ index }) => index)).size, ticks.length);
        }
      }
    }
  }
});

test("one line, and nothing visible", () => {
  assert.deepEqual(axisTicks(view({ axis: named(1), visible: [0, 1] })).map(({ text }) => text), ["sensor 0"]);
  assert.deepEqual(axisTicks(view({ axis: timed(1, 1), visible: [0, 1], pitch: 2 })).map(({ text }) => text), ["0.00"]);
});
