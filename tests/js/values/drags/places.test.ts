import assert from "node:assert/strict";
import { test } from "node:test";
import type { Band } from "../../../../js/src/protocol.ts";
import { MOST, MOST_BANDS, type Place, placeIn, placesOf, placesOfKeys, wanted } from "../../../../js/src/values/drags/places.ts";
import { begin, type Gesture, type Ground, moveTo } from "../../../../js/src/values/gestures.ts";
import { act, type Command, type Hand, idle } from "../../../../js/src/values/keys.ts";
import { equal } from "../../../../js/src/values/regions.ts";

const [H, W] = [6, 40];
const BOX: Band = { op: "add", rows: [1, 3], columns: [10, 14] };
const STRIPE: Band = { op: "add", rows: null, columns: [20, 30] };

const pressed = (at: [number, number], { bands = [] as Band[], shift = false, alt = false, ...rest }: Partial<Ground> & { bands?: Band[]; shift?: boolean; alt?: boolean } = {}): Gesture =>
  begin(
    { selection: { bands }, active: -1, mode: "columns", brush: 1, H, W, ...rest },
    { row: at[0], column: at[1] },
    { shift, alt, tolerance: { row: 0.4, column: 0.4 } },
  );

const GESTURES: Record<string, [Gesture, rows: number, columns: number]> = {
  "a new band of columns": [pressed([2.5, 12.5]), 1, W],
  "a new band of rows": [pressed([2.5, 12.5], { mode: "rows" }), H, 1],
  "a new rectangle": [pressed([2.5, 12.5], { mode: "rectangle" }), H, W],
  "an added band": [pressed([2.5, 12.5], { bands: [BOX], shift: true }), 1, W],
  "a removal": [pressed([2.5, 12.5], { bands: [STRIPE, BOX], alt: true }), 1, W],
  "the right edge": [pressed([2, 14.1], { bands: [STRIPE, BOX] }), 1, W - 10],
  "the upper edge": [pressed([1.1, 12], { bands: [BOX, STRIPE] }), 3, 1],
  "a corner": [pressed([3.1, 9.9], { bands: [BOX] }), H - 1, 14],
  "a stripe moved": [pressed([3, 25], { bands: [BOX, STRIPE] }), 1, W - 9],
  "a box moved": [pressed([2.2, 12], { bands: [BOX] }), H - 1, W - 3],
};

for (const [name, [gesture, rows, columns]] of Object.entries(GESTURES)) {
  test(`${name}: every place that the hand can come to, and no other`, () => {
    const places = placesOf(gesture)!;
    assert.deepEqual([places.rows.length, places.columns.length], [rows, columns]);
    const seen = new Set<string>();
    for (let row = -0.5; row <= H; row++) {
      for (let column = -1.5; column <= W + 1; column++) {
        const { selection } = moveTo(gesture, { row, column });
        const [r0, r1, c0, c1] = placeIn(places, selection)!;
        seen.add([r0, r1, c0, c1].join());
        const there = selection.bands[places.band]!;
        if (there.rows) assert.deepEqual(there.rows, [r0, r1]);
        if (there.columns) assert.deepEqual(there.columns, [c0, c1]);
        const others = (bands: readonly Band[]) => ({ bands: bands.filter((_, i) => i !== places.band) });
        assert.ok(equal(others(selection.bands), others(places.selection.bands)));
      }
    }
    assert.ok([...seen].every((key) => places.rows.some((range) => key.startsWith(range.join())) && places.columns.some((range) => key.endsWith(range.join()))));
    assert.equal(wanted(places, [firstOf(places), firstOf(places)], () => false, 1e9).length, rows * columns);
  });
}

const firstOf = ({ rows, columns }: { rows: readonly (readonly number[])[]; columns: readonly (readonly number[])[] }): Place =>
  [...rows[0]!, ...columns[0]!] as Place;

test("where nothing can be chosen, or far too much, no place is asked about ahead", () => {
  assert.equal(placesOf(pressed([0.5, 0.5], { mode: "rows", H: 1 })), null);
  assert.equal(placesOf(pressed([30, 30], { mode: "rectangle", H: 65, W: 64 })), null);
  const many = placesOf(pressed([0.5, 50_000], { W: 100_000, H: 1 }))!;
  assert.ok(many.columns.length <= MOST && many.columns.length > 4000);
  const bands = Array.from({ length: MOST_BANDS }, (_, column): Band => ({ ...BOX, columns: [column, column + 1] }));
  assert.equal(placesOf(pressed([2.5, 12.5], { bands, W: 200, shift: true })), null);
  assert.ok(placesOf(pressed([2.5, 12.5], { bands: bands.slice(1), W: 200, shift: true })));
  const bare: Band = { op: "add", rows: [2, 2], columns: null };
  assert.equal(placesOf(pressed([2.5, 12.5], { bands: [bare], shift: true })), null);
});

test("a selection with another band than the one that moves has no place", () => {
  const places = placesOf(pressed([2.5, 12.5], { bands: [BOX], shift: true }))!;
  const live: Band = { op: "add", rows: null, columns: [12, 20] };
  assert.deepEqual(placeIn(places, { bands: [BOX, live] }), [0, H, 12, 20]);
  assert.equal(placeIn(places, { bands: [live] }), null);
  assert.equal(placeIn(places, { bands: [STRIPE, live] }), null);
  assert.equal(placeIn(places, { bands: [BOX, { ...live, columns: [5, 20] }] }), null);
});

test("the hand comes first, then what is near, then every sixteenth, then the rest; what is known is left out", () => {
  const places = placesOf(pressed([2.5, 50.5], { W: 200 }))!;
  const hand: Place = [0, H, 50, 81];
  const order = wanted(places, [hand, hand], ([, , , stop]) => stop === 83, 1000).map(([, , start, stop]) => (start < 50 ? start : stop - 1));
  assert.deepEqual(order.slice(0, 5), [80, 79, 81, 78, 77]);
  assert.ok(order.slice(0, 32).every((column) => Math.abs(column - 80) <= 16));
  assert.deepEqual(order.slice(32, 38), [48, 112, 32, 128, 16, 144]);
  assert.equal(order.length, 199);
  assert.deepEqual(wanted(places, [hand, hand], () => false, 3).length, 3);
  const moving = wanted(places, [hand, [0, H, 50, 79]], () => false, 6).map(([, , , stop]) => stop - 1);
  assert.deepEqual(moving, [80, 81, 82, 79, 83, 84]); // what lies behind comes later
});

test("keys stretch from where they began, and move or resize a band that they took, along one axis at a time", () => {
  const right = { do: "stretch", rows: 0, columns: 1, op: "add" } as const;
  const [down, step] = [{ ...right, rows: 1, columns: 0 }, { do: "step", rows: 0, columns: 1 } as const];
  const ground: Ground = { selection: { bands: [BOX, STRIPE] }, active: 0, mode: "rectangle", brush: 1, H, W };
  const run = (...keys: Command[]) => keys.reduce((hand, key) => act(hand, key, ground).hand, idle({ row: 4, column: 7 }));
  const sizes = (hand: Hand, key: typeof right | typeof down | typeof step) => {
    const places = placesOfKeys(hand, key, ground)!;
    assert.ok(placeIn(places, hand.draft!));
    assert.ok(placeIn(places, act(hand, key, ground).hand.draft!));
    return [places.band, places.rows.length, places.columns.length];
  };
  assert.deepEqual(sizes(run(right, down), right), [2, 1, W]);
  assert.deepEqual(sizes(run(right, down), down), [2, H, 1]);
  assert.deepEqual(sizes(run({ do: "enter", all: false }, step), step), [0, 1, W - 3]);
  assert.deepEqual(sizes(run({ do: "enter", all: false }, step), right), [0, 1, W - 11]);
  assert.deepEqual(sizes(run({ do: "enter", all: false }, step), down), [0, H - 1, 1]);
  assert.equal(placesOfKeys(run(), step, ground), null);
});
