import assert from "node:assert/strict";
import { test } from "node:test";
import type { Band, Selection, WhatIfs } from "../../../js/src/protocol.ts";
import { recalled } from "../../../js/src/session/recall.ts";
import { traits } from "../fake_model.ts";

const [H, W] = [4, 6];

/** Each run has a number of its own, of every class, without it and with only it. */
function held(edges: number[], classes: number): WhatIfs["rows"] {
  const runs = (edges.length * (edges.length - 1)) / 2;
  const numbers = Float32Array.from({ length: 2 * classes * runs }, (_, at) => at);
  const upper = new Uint8Array(numbers.buffer).filter((_, at) => at % 4);
  return { edges, scores: { shape: [2 * classes, runs], bytes: new DataView(upper.buffer) as never } };
}

const band = (rows: Band["rows"], columns: Band["columns"], op: Band["op"] = "add"): Band => ({ op, rows, columns });
const of = (...bands: Band[]): Selection => ({ bands });

function known(whatifs: Partial<WhatIfs>) {
  const { answered, sample, hidden, named_scores, axes, scores } = traits();
  return { answered, sample, hidden, named_scores, axes, scores, whatifs: { classes: [1], rows: null, columns: null, missing: "", ...whatifs } };
}

test("every run of rows and of columns is found where it was stored", () => {
  const edges = (length: number): number[] => Array.from({ length: length + 1 }, (_, at) => at);
  const state = known({ classes: [1, 0], rows: held(edges(H), 2), columns: held(edges(W), 2) });
  for (const [axis, length] of [["rows", H] as const, ["columns", W] as const]) {
    const runs = (length * (length + 1)) / 2;
    let at = 0;
    for (let start = 0; start < length; start++)
      for (let stop = start + 1; stop <= length; stop++, at++) {
        if (axis === "rows" && stop - start === length) continue; // the whole matrix is a run of columns too
        const asked = of(axis === "rows" ? band([start, stop], null) : band(null, [start, stop]));
        const { without, only, reason } = recalled(state, asked);
        assert.deepEqual([without, only, reason], [[runs + at, at], [3 * runs + at, 2 * runs + at], ""]);
      }
  }
});

test("the same cells have the same scores, however they were painted", () => {
  const state = known({ columns: held([0, 1, 2, 3, 4, 5, 6], 1) });
  const plain = recalled(state, of(band(null, [1, 4])));
  assert.notEqual(plain.without?.[1], null);
  assert.deepEqual(recalled(state, of(band(null, [1, 3]), band([0, H], [2, 4]))), plain);
  assert.deepEqual(recalled(state, of(band(null, [1, 6]), band(null, [4, 6], "remove"))), plain);
});

test("a class that is not stored has no number, and a number that is none is none", () => {
  const columns = held([0, 3, 6], 1)!;
  const state = known({ columns });
  assert.deepEqual(recalled(state, of(band(null, [0, 6]))).without, [null, 1]);
  new Uint8Array((columns.scores.bytes as unknown as DataView).buffer).set([0, 0xc0, 0x7f], 3);
  assert.deepEqual(recalled(state, of(band(null, [0, 6]))).without, [null, null]);
});

test("a score that the selection leaves as it is is not changed by being stored", () => {
  const state = known({ columns: held([0, 3, 6], 1) });
  const [run, near, far] = [of(band(null, [0, 6])), 1 + 2 ** -18, 1 + 2 ** -14];
  state.scores.all = [0, near];
  assert.equal(recalled(state, run).without?.[1], near); // 1 is stored, which is this one in 24 bits
  state.scores.all = [0, far];
  assert.equal(recalled(state, run).without?.[1], 1);
});

test("what is not stored is said, never made up of its neighbours", () => {
  const state = known({ columns: held([0, 3, 6], 1) });
  const asks: [Selection, RegExp][] = [
    [of(band(null, [0, 2])), /of columns that begin and end at every 3 columns; others need the model/],
    [of(band([0, 2], null)), /holds no scores of rows; they need the model/],
    [of(band([0, 2], [0, 3])), /one stretch of whole rows or of whole columns; any other selection/],
    [of(band(null, [0, 1]), band(null, [3, 4])), /one stretch/],
    [of(band(null, [0, 3]), band([0, 1], [0, 1], "remove")), /one stretch/],
  ];
  for (const [asked, why] of asks) {
    const { without, only, reason } = recalled(state, asked);
    assert.deepEqual([without, only], [null, null]);
    assert.match(reason, why);
  }
  assert.equal(recalled(state, of()).reason, "");
  const bare = known({ classes: [], missing: "Nothing is stored." });
  assert.equal(recalled(bare, of(band(null, [0, 3]))).reason, "Nothing is stored.");
});

test("the exact answer that came last goes before the stored one", () => {
  const state = known({ columns: held([0, 3, 6], 1) });
  const selection = of(band(null, [0, 3]));
  state.answered = { sample: 0, selection, without: [0.25, 0.75], only: [0.5, 0.5] };
  assert.deepEqual(recalled(state, selection).without, [0.25, 0.75]);
});
