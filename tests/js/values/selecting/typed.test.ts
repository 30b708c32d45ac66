import assert from "node:assert/strict";
import { test } from "node:test";
import type { Axes, AxisState, Band } from "../../../../js/src/protocol.ts";
import { exampleOf, readSelection } from "../../../../js/src/values/selecting/typed.ts";

const numbers = (values: number[], name = "", digits = 1): AxisState => ({
  name,
  values,
  labels: values.map((value) => value.toFixed(digits)),
});
const names = (...labels: string[]): AxisState => ({ name: "", labels, values: null });
const range = (length: number, step = 1, from = 0): number[] => Array.from({ length }, (_, i) => from + i * step);

const SENSORS: Axes = { rows: names("acc x", "acc y", "acc z", "gyro", "temp, in", "to go"), columns: numbers(range(100, 0.1), "time") };

type Spans = [Band["rows"], Band["columns"]][];

function spans(text: string, axes: Axes = SENSORS): Spans {
  const made = readSelection(text, axes);
  assert.ok("found" in made, "why" in made ? `${text}: ${made.why}` : "");
  assert.ok(made.found.bands.every((band) => band.op === "add"));
  return made.found.bands.map(({ rows, columns }) => [rows, columns]);
}

function why(text: string, axes: Axes = SENSORS): string {
  const made = readSelection(text, axes);
  return "why" in made ? made.why : JSON.stringify(made.found);
}

test("rows, then columns in the axis's own unit, both ends included, several between semicolons", () => {
  assert.deepEqual(spans("acc y, 2.0 to 7.9"), [[[1, 2], [20, 80]]]);
  assert.deepEqual(spans("acc y to gyro, 2 to 2.05"), [[[1, 4], [20, 21]]]);
  assert.deepEqual(spans("acc y; gyro, .3"), [[[1, 2], null], [[3, 4], [3, 4]]]);
  assert.deepEqual(spans("acc x, gyro, 1 to 2"), [[[0, 1], [10, 21]], [[3, 4], [10, 21]]]);
  assert.deepEqual(spans("acc x, 1 to 2, 5"), [[[0, 1], [10, 21]], [[0, 1], [50, 51]]]);
  assert.deepEqual(spans("acc x, gyro"), [[[0, 1], null], [[3, 4], null]]);
  assert.deepEqual(spans("  ACC Y ,2.0 to  7.9 "), [[[1, 2], [20, 80]]]);
});

test("columns alone, open ends, everything, and what the view itself writes", () => {
  assert.deepEqual(spans("2 to 7.9"), [[null, [20, 80]]]);
  assert.deepEqual(spans("columns 2 to 7.9"), [[null, [20, 80]]]);
  assert.deepEqual(spans("time 2 to 7.9"), [[null, [20, 80]]]);
  assert.deepEqual(spans(", 9.5 to"), [[null, [95, 100]]]);
  assert.deepEqual(spans("acc z to, to 0.5"), [[[2, 6], [0, 6]]]);
  assert.deepEqual(spans("everything"), [[null, null]]);
  assert.deepEqual(spans("acc y–gyro × 2.0–7.9"), [[[1, 4], [20, 80]]]);
  assert.deepEqual(spans(exampleOf(SENSORS)), [[[0, 1], [0, 13]]]);
});

test("rows 2 to 8: places where rows are named by words, numbers of the axis where by numbers", () => {
  assert.deepEqual(spans("rows 2 to 4"), [[[2, 5], null]]);
  assert.deepEqual(spans("row 2, 1 to 2"), [[[2, 3], [10, 21]]]);
  assert.deepEqual(spans("rows acc y to gyro"), [[[1, 4], null]]);
  const bare: Axes = { rows: numbers(range(20), "rows", 0), columns: numbers(range(30), "columns", 0) };
  assert.deepEqual(spans("rows 2 to 8", bare), [[[2, 9], null]]);
  assert.deepEqual(spans("3, 4", bare), [[[3, 4], [4, 5]]]);
  assert.deepEqual(spans("rows 2 to 8, columns 3", bare), [[[2, 9], [3, 4]]]);
  assert.deepEqual(spans("3", bare), [[[3, 4], null]]);
  const hertz: Axes = { rows: numbers([800, 400, 200, 100], "Hz", 0), columns: bare.columns };
  assert.deepEqual(spans("rows 150 to 400", hertz), [[[1, 3], null]]);
});

test("negative numbers, rounding, and numbers that are not in order", () => {
  const axes: Axes = { rows: SENSORS.rows, columns: numbers(range(41, 0.1, -2), "", 1) };
  assert.deepEqual(spans("gyro, -1.5 to -0.5", axes), [[[3, 4], [5, 16]]]);
  assert.deepEqual(spans("gyro, −1.5–−0.5", axes), [[[3, 4], [5, 16]]]);
  assert.deepEqual(spans("gyro, -2e0 to -1.9", axes), [[[3, 4], [0, 2]]]);
  assert.deepEqual(spans("gyro, 0.3", axes), [[[3, 4], [23, 24]]]);
  assert.deepEqual(spans("gyro, 1 to 2", { ...axes, columns: numbers([1, 9, 2, 8, 1.5]) }), [
    [[3, 4], [0, 1]],
    [[3, 4], [2, 3]],
    [[3, 4], [4, 5]],
  ]);
});

test("dates: one that is less precise means all of its month, day or hour", () => {
  const days = names("2024-02-28", "2024-02-29", "2024-03-01", "2024-03-02", "2024-04-01");
  const axes: Axes = { rows: SENSORS.rows, columns: days };
  assert.deepEqual(spans("acc x, 2024-02-29 to 2024-03-01", axes), [[[0, 1], [1, 3]]]);
  assert.deepEqual(spans("acc x, 2024-03", axes), [[[0, 1], [2, 4]]]);
  assert.deepEqual(spans("2024-02 to 2024-03", axes), [[null, [0, 4]]]);
  const hours = names("2024-03-01T05:00", "2024-03-01T06:00", "2024-03-01T06:30", "2024-03-01T07:00");
  assert.deepEqual(spans("2024-03-01 06", { ...axes, columns: hours }), [[null, [1, 3]]]);
  assert.deepEqual(spans("2024-03-01T05:00:00 to 2024-03-01T06:00", { ...axes, columns: hours }), [[null, [0, 2]]]);
  assert.equal(why("acc x, 2024-03-02 to 2024-02-29", axes), '"2024-03-02 to 2024-02-29" runs backwards; write 2024-02-29 to 2024-03-02.');
  assert.equal(why("acc x, May to June", axes), '"May" is no date, but the columns are 2024-02-28 to 2024-04-01; write one such as 2024-02-28.');
  assert.equal(why("acc x, 2025", axes), "No column lies at 2025; the columns are 2024-02-28 to 2024-04-01, both ends included.");
});

test("names that hold commas, semicolons or 'to', that are digits, that come twice", () => {
  assert.deepEqual(spans("temp, in"), [[[4, 5], null]]);
  assert.deepEqual(spans("temp, in, 1 to 2"), [[[4, 5], [10, 21]]]);
  assert.deepEqual(spans("acc x, temp, in, 1"), [[[0, 1], [10, 11]], [[4, 5], [10, 11]]]);
  assert.deepEqual(spans("gyro to temp, in, 1"), [[[3, 5], [10, 11]]]);
  assert.deepEqual(spans("to go"), [[[5, 6], null]]);
  assert.deepEqual(spans("acc z to to go, 1"), [[[2, 6], [10, 11]]]);
  const odd: Axes = { rows: names("7", "5", "a;b", "5", "row 1"), columns: SENSORS.columns };
  assert.deepEqual(spans("7", odd), [[[0, 1], null]]);
  assert.deepEqual(spans("rows 7", odd), [[[0, 1], null]]);
  assert.deepEqual(spans("rows 2", odd), [[[2, 3], null]]);
  assert.deepEqual(spans("a;b; 7, 3", odd), [[[2, 3], null], [[0, 1], [30, 31]]]);
  assert.deepEqual(spans("5", odd), [[[1, 2], null], [[3, 4], null]]);
  assert.deepEqual(spans("row 1", odd), [[[4, 5], null]]);
  assert.deepEqual(spans("one, 1", { rows: names("one"), columns: SENSORS.columns }), [[null, [10, 11]]]);
});

test("a list of all rows, as it may be pasted, is read", () => {
  const rows = names(...range(400).map((i) => `sensor ${i}, raw`));
  const found = spans(rows.labels.join(", "), { rows, columns: SENSORS.columns });
  assert.deepEqual(found, range(400).map((i) => [[i, i + 1], null]));
});

test("what is wrong is said in one sentence, with what was probably meant", () => {
  assert.equal(why("acc w, 2 to 3"), 'There is no row named "acc w"; the nearest name is "acc x".');
  assert.equal(why("gyra"), 'There is no row named "gyra"; the nearest name is "gyro".');
  assert.equal(why("acc y to gyrp"), 'There is no row named "gyrp"; the nearest name is "gyro".');
  assert.equal(why("acc y, 7.9 to 2.0"), '"7.9 to 2.0" runs backwards; write 2.0 to 7.9.');
  assert.equal(why("gyro to acc x"), '"gyro to acc x" runs backwards; write acc x to gyro.');
  assert.equal(why("acc y, 12 to 13"), "No column lies at 12 to 13; the columns are 0.0 to 9.9, both ends included.");
  assert.equal(why("acc y, 12 to"), "No column lies at 12 to the end; the columns are 0.0 to 9.9, both ends included.");
  assert.equal(why("acc y, 2.04"), "No column lies at 2.04; the nearest is 2.0.");
  assert.equal(why("2.04"), "No column lies at 2.04; the nearest is 2.0.");
  assert.equal(why("acc y, two"), '"two" is no number, but the columns are 0.0 to 9.9; give a number of that axis.');
  assert.equal(why("rows 4 to 9"), "There is no row 9: rows are counted from 0 to 5.");
  assert.equal(why("acc y;"), 'Nothing stands at one side of ";"; write something there, or leave it out.');
  assert.match(why("acc y,"), /^Nothing stands at one side of ","/);
  assert.equal(why(" "), "Nothing is typed; write rows, then columns, such as acc x, 0.0 to 1.2.");
  const many = Array.from({ length: 5000 }, (_, i) => i % 2);
  assert.match(why("1", { rows: numbers(many), columns: SENSORS.columns }), /^This is 2,500 pieces, but a selection holds at most 2,000;/);
});
