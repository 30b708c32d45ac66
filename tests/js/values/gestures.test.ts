import assert from "node:assert/strict";
import { test } from "node:test";
import type { Band, Selection } from "../../../js/src/protocol.ts";
import { activeAfter, begin, cursorFor, finish, type Gesture, type Grip, type Ground, hit, moveTo } from "../../../js/src/values/gestures.ts";
import { paint } from "../../../js/src/values/regions.ts";

const [H, W] = [10, 20];
const EMPTY: Selection = { bands: [] };
const band = (rows: Band["rows"], columns: Band["columns"], op: Band["op"] = "add"): Band => ({ op, rows, columns });
const BOX = band([2, 6], [5, 15]);
const at = (row: number, column: number) => ({ row, column });
const ground = (rest: Partial<Ground> = {}): Ground => ({ selection: EMPTY, active: -1, mode: "rectangle", brush: 1, H, W, ...rest });
const held = (rest: Partial<Grip> = {}): Grip => ({ shift: false, alt: false, tolerance: at(0.4, 0.4), ...rest });

function drag(from: Ground, a: [number, number], b: [number, number], grip: Partial<Grip> = {}): Gesture {
  return moveTo(begin(from, at(...a), held(grip)), at(...b));
}

test("drawing covers the cells under both ends, in each mode and any direction", () => {
  const drawn = (mode: Ground["mode"]) => finish(drag(ground({ mode }), [6.9, 12.1], [2.2, 3.9]))!.bands;
  assert.deepEqual(drawn("rectangle"), [band([2, 7], [3, 13])]);
  assert.deepEqual(drawn("rows"), [band([2, 7], null)]);
  assert.deepEqual(drawn("columns"), [band(null, [3, 13])]);
});

test("a drag past the border stops there, and a rectangle over a whole axis stays a rectangle", () => {
  assert.deepEqual(finish(drag(ground(), [3.5, 18], [40, -7]))!.bands, [band([3, 10], [0, 19])]);
  assert.deepEqual(finish(drag(ground(), [0, 0], [9.9, 19.9]))!.bands, [band([0, 10], [0, 20])]);
});

test("drawing replaces, Shift adds, Alt removes; the new band is the live and active one", () => {
  const from = ground({ selection: { bands: [BOX] }, active: 0 });
  assert.deepEqual(finish(drag(from, [8, 1], [9, 2]))!.bands, [band([8, 10], [1, 3])]);
  const added = drag(from, [8, 1], [9, 2], { shift: true });
  assert.deepEqual(added.selection.bands, [BOX, band([8, 10], [1, 3])]);
  assert.deepEqual([added.active, added.live], [1, band([8, 10], [1, 3])]);
  const cut = drag(from, [3, 6], [4, 7], { alt: true, shift: true });
  assert.deepEqual(finish(cut)!.bands, [BOX, band([3, 5], [6, 8], "remove")]);
});

test("a removal that cuts nothing is dropped, and one that leaves nothing clears", () => {
  const from = ground({ selection: { bands: [BOX] }, active: 0 });
  assert.equal(finish(drag(from, [8, 1], [9, 2], { alt: true })), null);
  assert.deepEqual(finish(drag(from, [0, 0], [9, 19], { alt: true })), EMPTY);
  assert.equal(finish(drag(ground(), [8, 1], [9, 2], { alt: true })), null);
});

test("an addition of what is selected is no change, a rectangle drawn anew is one", () => {
  const from = ground({ selection: { bands: [band(null, [5, 15])] }, active: 0 });
  assert.equal(finish(drag(from, [2, 6], [4, 9], { shift: true })), null);
  assert.deepEqual(finish(drag(from, [2, 6], [4, 9], { force: "columns" }))!.bands, [band(null, [6, 10])]);
});

test("an axis drag has its own mode and never grabs a band", () => {
  const from = ground({ selection: { bands: [BOX] }, active: 0 });
  assert.deepEqual(finish(drag(from, [3, 6], [4, 9], { force: "columns" }))!.bands, [band(null, [6, 10])]);
  assert.deepEqual(finish(drag(from, [3, 6], [4, 9], { force: "rows", shift: true }))!.bands, [BOX, band([3, 5], null)]);
});

test("dragging inside moves by whole cells, as far as the matrix goes", () => {
  const from = ground({ selection: { bands: [BOX] }, active: -1 });
  const moved = drag(from, [4, 10], [5.6, 8.6]);
  assert.equal(moved.kind, "move");
  assert.deepEqual(finish(moved)!.bands, [band([4, 8], [4, 14])]);
  assert.equal(moved.active, 0);
  assert.deepEqual(finish(drag(from, [4, 10], [-30, 99]))!.bands, [band([0, 4], [10, 20])]);
});

test("with Ctrl a drag of one band, by an edge too, moves all of them alike and keeps them apart", () => {
  const others = [band([0, 3], [1, 3]), band([3, 4], [7, 9], "remove")];
  const from = ground({ selection: { bands: [BOX, ...others] }, active: 0 });
  const moved = [band([4, 8], [9, 19]), band([2, 5], [5, 7]), band([5, 6], [11, 13], "remove")];
  for (const start of [[4, 12], [2, 12]] as [number, number][])
    assert.deepEqual(finish(drag(from, start, [start[0] + 2, start[1] + 4], { all: true }))!.bands, moved);
  // the first that reaches an end stops all: no two come nearer
  assert.deepEqual(finish(drag(from, [4, 12], [-9, -9], { all: true }))!.bands, [band([2, 6], [4, 14]), band([0, 3], [0, 2]), band([3, 4], [6, 8], "remove")]);
  // in the open there is nothing to move
  assert.deepEqual(finish(drag(from, [8, 1], [9, 2], { all: true }))!.bands, [band([8, 10], [1, 3])]);
});

test("the brush paints what it passes over, adds to what is selected, and with Alt erases", () => {
  const cells = (gesture: Gesture) => paint(finish(gesture) ?? EMPTY, H, W);
  const from = ground({ mode: "cells", selection: { bands: [BOX] }, active: 0 });
  // a diagonal of single cells, without a gap, from the press on
  const diagonal = paint({ bands: [BOX] }, H, W);
  for (let step = 0; step < 4; step++) diagonal[step * W + step] = 1;
  assert.deepEqual(cells(drag(from, [0.5, 0.5], [3.5, 3.5])), diagonal);
  // a press alone paints, inside of a band too: the brush holds no band
  assert.equal(finish(begin(from, at(4.5, 9.5), held())), null); // it is selected already
  const dot = begin(ground({ mode: "cells", brush: 3 }), at(0.2, 19.9), held());
  assert.deepEqual(finish(dot)!.bands, [band([0, 2], [18, 20])]);
  const erased = paint({ bands: [BOX, band([3, 6], [8, 13], "remove")] }, H, W);
  const wide = ground({ ...from, brush: 3 });
  assert.deepEqual(cells(drag(wide, [4.5, 9.5], [4.5, 11.5], { alt: true })), erased);
  // beyond the matrix the brush stays at its edge; Ctrl still moves bands, an axis still draws its own
  assert.deepEqual(cells(drag(ground({ mode: "cells" }), [9.5, 18], [40, 90])), paint({ bands: [band([9, 10], [18, 20])] }, H, W));
  assert.equal(begin(from, at(4.5, 9.5), held({ all: true })).kind, "together");
  assert.deepEqual(finish(drag(from, [1, 1], [2, 1], { force: "rows" }))!.bands, [band([1, 3], null)]);
});

test("a band of rows moves along its own axis only, and its open end becomes a number", () => {
  const from = ground({ selection: { bands: [band([6, null], null)] } });
  assert.deepEqual(finish(drag(from, [8, 10], [5, 3]))!.bands, [band([3, 7], null)]);
});

test("edges and corners resize, down to one cell and up to the border", () => {
  const from = ground({ selection: { bands: [BOX] }, active: 0 });
  const resize = (a: [number, number], b: [number, number]) => finish(drag(from, a, b))!.bands[0];
  assert.deepEqual(resize([4, 15.1], [9, 17.2]), band([2, 6], [5, 17]));
  assert.deepEqual(resize([4, 5], [4, 99]), band([2, 6], [14, 15]));
  assert.deepEqual(resize([2, 10], [-5, 10]), band([0, 6], [5, 15]));
  assert.deepEqual(resize([6.2, 14.8], [8.2, 16.8]), band([2, 8], [5, 17]));
});

test("what comes back to where it was is no change", () => {
  const from = ground({ selection: { bands: [BOX] }, active: 0 });
  const there = drag(from, [4, 10], [6, 12]);
  assert.equal(finish(moveTo(there, at(4.1, 10.2))), null);
});

test("a click in the open clears; on a band, with Shift or Alt, or with nothing selected it does nothing", () => {
  const from = ground({ selection: { bands: [BOX] }, active: -1 });
  const click = (place: [number, number], grip: Partial<Grip> = {}, on = from) => begin(on, at(...place), held(grip));
  assert.deepEqual(finish(click([9, 1])), EMPTY);
  assert.equal(finish(click([4, 10])), null);
  assert.equal(click([4, 10]).active, 0);
  assert.equal(finish(click([9, 1], { shift: true })), null);
  assert.equal(finish(click([9, 1], { alt: true })), null);
  assert.equal(finish(click([9, 1], {}, ground())), null);
});

test("hits: sides within the tolerance, corners, inside, and the open", () => {
  const selection = { bands: [BOX] };
  const side = (row: number, column: number) => hit(selection, at(row, column), at(0.4, 0.4), H, W)?.edge;
  assert.deepEqual([side(1.7, 10), side(6.3, 10), side(4, 4.8), side(4, 15.2)], ["n", "s", "w", "e"]);
  assert.deepEqual([side(2, 5), side(2, 15), side(6, 5), side(6, 15)], ["nw", "ne", "sw", "se"]);
  assert.deepEqual([side(4, 10), side(1.5, 10), side(4, 15.5)], ["", undefined, undefined]);
});

test("a band of rows has no left and right side", () => {
  const selection = { bands: [band([2, 6], null)] };
  assert.equal(hit(selection, at(4, 0), at(0.4, 0.4), H, W)?.edge, "");
  assert.equal(hit(selection, at(2, 0), at(0.4, 0.4), H, W)?.edge, "n");
});

test("a thin band can still be moved", () => {
  const selection = { bands: [band([4, 5], null)] };
  assert.equal(hit(selection, at(4.5, 3), at(2, 2), H, W)?.edge, "");
  assert.equal(hit(selection, at(3, 3), at(2, 2), H, W)?.edge, "n");
});

test("removals and the holes they cut cannot be grabbed", () => {
  const selection = { bands: [BOX, band([3, 5], [8, 12], "remove")] };
  assert.equal(hit(selection, at(4, 10), at(0.1, 0.1), H, W), null);
  assert.equal(hit(selection, at(5.5, 10), at(0.1, 0.1), H, W)?.band, 0);
});

test("the newest band is hit first, unless another is active", () => {
  const selection = { bands: [BOX, band([3, 9], [6, 12])] };
  assert.equal(hit(selection, at(4.5, 9), at(0.4, 0.4), H, W)?.band, 1);
  assert.equal(hit(selection, at(4.5, 9), at(0.4, 0.4), H, W, 0)?.band, 0);
});

test("cursors say what a press would do", () => {
  const cursor = (edge: "" | "n" | "w" | "ne" | "se") => cursorFor({ band: 0, edge });
  assert.equal(cursorFor(null), "crosshair");
  assert.deepEqual([cursor(""), cursor("n"), cursor("w"), cursor("ne"), cursor("se")], [
    "move", "ns-resize", "ew-resize", "nesw-resize", "nwse-resize",
  ]);
});

test("the active band after a change is the wanted one, else the newest that was added", () => {
  const selection = { bands: [BOX, BOX, band([0, 1], null, "remove")] };
  assert.deepEqual([activeAfter(selection, 0), activeAfter(selection, 2), activeAfter(EMPTY, 0)], [0, 1, -1]);
});
