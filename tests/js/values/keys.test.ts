import assert from "node:assert/strict";
import { test } from "node:test";
import type { Band, Selection } from "../../../js/src/protocol.ts";
import type { Ground } from "../../../js/src/values/gestures.ts";
import { act, type Command, command, type Hand, idle, type Press, type Turn } from "../../../js/src/values/keys.ts";
import { paint } from "../../../js/src/values/regions.ts";

const press = (key: string, ...held: ("ctrl" | "shift" | "alt" | "meta")[]): Press => ({
  key,
  ctrl: held.includes("ctrl"),
  shift: held.includes("shift"),
  alt: held.includes("alt"),
  meta: held.includes("meta"),
});
const band = (rows: Band["rows"], columns: Band["columns"], op: Band["op"] = "add"): Band => ({ op, rows, columns });

test("the table of keys", () => {
  const table: [Press, Command | null][] = [
    [press("ArrowUp"), { do: "step", rows: -1, columns: 0 }],
    [press("ArrowRight", "ctrl"), { do: "step", rows: 0, columns: 10 }],
    [press("ArrowDown", "shift"), { do: "stretch", rows: 1, columns: 0, op: "add" }],
    [press("ArrowLeft", "shift", "ctrl"), { do: "stretch", rows: 0, columns: -10, op: "add" }],
    [press("ArrowDown", "shift", "alt"), { do: "stretch", rows: 1, columns: 0, op: "remove" }],
    [press("ArrowLeft", "alt"), null],
    [press(" "), { do: "select" }],
    [press("Enter"), { do: "enter", all: false }],
    [press("Enter", "ctrl"), { do: "enter", all: true }],
    [press("Enter", "meta"), { do: "enter", all: true }],
    [press("Enter", "ctrl", "shift"), null],
    [press("Backspace"), { do: "delete" }],
    [press("Escape"), { do: "escape" }],
    [press("R", "shift"), { do: "mode", mode: "rows" }],
    [press("c"), { do: "mode", mode: "columns" }],
    [press("d"), { do: "mode", mode: "cells" }],
    [press("b"), { do: "mode", mode: "rectangle" }],
    [press("z", "ctrl"), { do: "undo" }],
    [press("z", "meta"), { do: "undo" }],
    [press("Z", "ctrl", "shift"), { do: "redo" }],
    [press("y", "ctrl"), { do: "redo" }],
    [press("0"), { do: "reset" }],
    [press("p"), { do: "profiles" }],
    [press("["), { do: "sample", by: -1 }],
    [press("]", "ctrl", "alt"), { do: "sample", by: 1 }],
    [press("["), { do: "sample", by: -1 }],
    [press("["  , "meta"), null],
  ];
  for (const [given, expected] of table) assert.deepEqual(command(given), expected, JSON.stringify(given));
  const zoom = [command(press("+", "shift")), command(press("-"))].map((found) => found?.do === "zoom" && found.factor > 1);
  assert.deepEqual(zoom, [true, false]);
});

test("what belongs to the browser or the page is left alone", () => {
  for (const given of [press("c", "ctrl"), press("r", "meta"), press("0", "ctrl"), press("+", "ctrl"), press("Tab"), press("x"), press("F5")]) {
    assert.equal(command(given), null, JSON.stringify(given));
  }
});

/** Plays the part of a view: commits and drafts as the turns say. */
class Player {
  hand: Hand = idle({ row: 4, column: 10 });
  ground: Ground = { selection: { bands: [] }, active: -1, mode: "rectangle", brush: 1, H: 10, W: 30 };
  commits: Selection[] = [];
  last!: Turn;

  press(...given: Parameters<typeof press>): this {
    return this.do(command(press(...given))!);
  }

  do(what: Command, running = false): this {
    this.last = act(this.hand, what, this.ground, running);
    this.hand = this.last.hand;
    if (this.last.commit) this.commits.push(this.last.commit);
    this.ground = { ...this.ground, selection: this.last.commit ?? this.ground.selection, active: this.last.active };
    return this;
  }

  get bands(): Band[] {
    return this.ground.selection.bands;
  }
}

test("arrows move the cell and stop at the border", () => {
  const player = new Player().press("ArrowDown").press("ArrowRight", "ctrl").press("ArrowRight", "ctrl");
  assert.deepEqual(player.hand.cell, { row: 5, column: 29 });
  assert.deepEqual(player.commits, []);
});

test("Shift and arrows stretch a band from the cell; letting go commits it once", () => {
  const player = new Player().press("ArrowDown", "shift").press("ArrowRight", "shift", "ctrl");
  assert.deepEqual(player.hand.draft?.bands, [band([4, 6], [10, 21])]);
  assert.deepEqual(player.last.live, band([4, 6], [10, 21]));
  assert.deepEqual(player.commits, []);
  player.do({ do: "release" });
  assert.deepEqual(player.bands, [band([4, 6], [10, 21])]);
  assert.deepEqual([player.commits.length, player.hand.draft, player.ground.active], [1, null, 0]);
  assert.deepEqual(player.do({ do: "release" }).commits.length, 1);
});

test("a stretch adds to what is selected, in the current mode, and with Alt it removes", () => {
  const player = new Player();
  player.ground.mode = "columns";
  player.press("ArrowRight", "shift").press("ArrowLeft");
  assert.deepEqual(player.bands, [band(null, [10, 12])]);
  assert.deepEqual(player.hand.cell, { row: 4, column: 10 });
  player.ground.mode = "rows";
  player.press("ArrowDown", "shift", "alt").do({ do: "release" });
  assert.deepEqual(player.bands, [band(null, [10, 12]), band([4, 6], null, "remove")]);
  assert.equal(player.ground.active, 0);
});

test("a stretch that removes nothing leaves nothing behind", () => {
  const player = new Player().press("ArrowDown", "shift", "alt").do({ do: "release" });
  assert.deepEqual([player.commits, player.hand.draft], [[], null]);
});

test("Space selects the cell, added to the rest; a selected cell is no second band", () => {
  const player = new Player().press(" ").press("ArrowRight").press(" ");
  assert.deepEqual(player.bands, [band([4, 5], [10, 11]), band([4, 5], [11, 12])]);
  player.ground.mode = "rows";
  assert.deepEqual(player.press(" ").bands[2], band([4, 5], null));
  assert.equal(player.press(" ").commits.length, 3);
});

test("Enter takes the active band; arrows move it, Shift resizes, Enter drops it as one change", () => {
  const player = new Player().press(" ").press("Enter").press("ArrowDown").press("ArrowRight", "ctrl").press("ArrowRight", "shift");
  assert.deepEqual(player.hand.holding, { kind: "taken", index: 0, all: false });
  assert.deepEqual(player.hand.draft?.bands, [band([5, 6], [20, 22])]);
  player.do({ do: "release" });
  assert.equal(player.hand.holding.kind, "taken");
  player.press("ArrowDown", "shift").press("Enter");
  assert.deepEqual(player.bands, [band([5, 7], [20, 22])]);
  assert.deepEqual([player.commits.length, player.ground.active, player.hand.holding.kind], [2, 0, "nothing"]);
});

test("with the brush Shift and arrows paint the way, Space paints and erases its place", () => {
  const player = new Player();
  player.ground.mode = "cells";
  player.press("ArrowRight", "shift").press("ArrowDown", "shift").press("ArrowDown", "shift");
  const way = (bands: Band[]): number[] => [...paint({ bands }, 10, 30).entries()].filter(([, flag]) => flag).map(([cell]) => cell);
  assert.deepEqual(way(player.hand.draft!.bands), [130, 131, 161, 191]);
  assert.deepEqual(player.commits, []);
  player.do({ do: "release" });
  assert.deepEqual([way(player.bands), player.commits.length], [[130, 131, 161, 191], 1]);
  player.press("ArrowUp", "shift", "alt").do({ do: "release" });
  assert.deepEqual(way(player.bands), [130, 131]);
  player.ground.brush = 2;
  player.press(" ");
  assert.deepEqual(way(player.bands), [130, 131, 161, 162, 191, 192]);
  player.press(" ").press("ArrowDown", "shift").press("Escape");
  assert.deepEqual([way(player.bands), player.hand.draft], [[130, 131], null]);
});

test("Ctrl Enter takes all bands: arrows move them alike, as far as the nearest to the end goes, Enter drops them", () => {
  const player = new Player();
  player.ground.selection = { bands: [band([1, 3], [4, 6]), band(null, [10, 12]), band([2, 3], [4, 5], "remove")] };
  player.ground.active = 1;
  player.press("Enter", "ctrl").press("ArrowUp", "ctrl").press("ArrowRight");
  assert.deepEqual(player.hand.draft?.bands, [band([0, 2], [5, 7]), band(null, [11, 13]), band([1, 2], [5, 6], "remove")]);
  assert.deepEqual(player.last.live, band(null, [11, 13]));
  const held = player.hand.draft;
  assert.deepEqual(player.press("ArrowRight", "shift").hand.draft, held); // no side is anyone's
  player.press("Enter");
  assert.deepEqual([player.bands, player.ground.active, player.commits.length], [held?.bands, 1, 1]);
  player.press("Enter", "ctrl").press("Delete");
  assert.deepEqual([player.bands, player.hand.holding.kind], [[], "nothing"]);
});

test("Esc puts a taken band back, then clears; it cancels a run first", () => {
  const player = new Player().press(" ").press("Enter").press("ArrowDown").press("Escape");
  assert.deepEqual([player.hand.draft, player.commits.length, player.ground.active], [null, 1, 0]);
  player.do({ do: "escape" }, true);
  assert.deepEqual([player.last.effect, player.bands.length], ["cancel", 1]);
  player.press("Escape");
  assert.deepEqual([player.bands, player.ground.active], [[], -1]);
  assert.equal(player.press("Escape").commits.length, 2);
});

test("Delete removes the active band, taken or not, else the last", () => {
  const player = new Player().press(" ").press("ArrowRight").press(" ");
  player.ground.active = 0;
  assert.deepEqual(player.press("Delete").bands, [band([4, 5], [11, 12])]);
  assert.equal(player.ground.active, 0);
  player.press("Enter").press("ArrowDown").press("Delete");
  assert.deepEqual([player.bands, player.hand.holding.kind, player.ground.active], [[], "nothing", -1]);
  assert.equal(player.press("Delete").commits.length, 4);
});

test("Enter with no active band asks for a run", () => {
  assert.equal(new Player().press("Enter").last.effect, "run");
  const player = new Player().press(" ");
  player.ground.active = -1;
  assert.equal(player.press("Enter").last.effect, "run");
});

test("a taken band that vanished meanwhile is let go of", () => {
  const player = new Player().press(" ").press("Enter");
  player.ground.selection = { bands: [] };
  player.press("ArrowDown");
  assert.deepEqual([player.hand.holding.kind, player.hand.cell.row, player.commits.length], ["nothing", 5, 1]);
});

test("leaving drops what is held where it is", () => {
  const player = new Player().press(" ").press("Enter").press("ArrowDown").do({ do: "leave" });
  assert.deepEqual([player.bands, player.hand.holding.kind, player.hand.draft], [[band([5, 6], [10, 11])], "nothing", null]);
  player.press("ArrowDown", "shift").do({ do: "leave" });
  assert.equal(player.bands.length, 2);
  assert.equal(player.do({ do: "leave" }).commits.length, 3);
});
