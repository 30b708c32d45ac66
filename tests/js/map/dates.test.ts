import assert from "node:assert/strict";
import { test } from "node:test";
import { dateTicks, moments } from "../../../js/src/map/dates.ts";

const hourly = Array.from({ length: 72 }, (_, hour) =>
  new Date(Date.UTC(2024, 0, 1, hour)).toISOString().slice(0, 13),
);

test("dates are read in UTC, and what is no date or goes back is none", () => {
  assert.deepEqual(moments(["2024-01-01", "2024-01-02"]), [Date.UTC(2024, 0, 1), Date.UTC(2024, 0, 2)]);
  assert.deepEqual(moments(["2024-01-01T05", "2024-01-01T06:30:10.5"]), [
    Date.UTC(2024, 0, 1, 5),
    Date.UTC(2024, 0, 1, 6, 30, 10, 500),
  ]);
  assert.equal(moments(["2024-01-01", "sensor"]), null);
  assert.equal(moments(["2024-01-02", "2024-01-01"]), null);
  assert.equal(moments(["2024-99-01"]), null);
});

test("within days the time of day, and the date where it changes", () => {
  const ticks = dateTicks(moments(hourly)!, 3, 30, 6);
  assert.deepEqual(ticks, [
    { index: 6, text: "2024-01-01 06:00" },
    { index: 12, text: "12:00" },
    { index: 18, text: "18:00" },
    { index: 24, text: "2024-01-02" },
  ]);
});

test("over days only dates", () => {
  const days = dateTicks(moments(hourly)!, 0, 72, 3);
  assert.deepEqual(
    days.map(({ text }) => text),
    ["2024-01-01", "2024-01-02", "2024-01-03"],
  );
});
