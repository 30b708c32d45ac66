import assert from "node:assert/strict";
import { test } from "node:test";
import type { Large } from "../../../js/src/protocol.ts";
import { Changes, marksOf, type Scene } from "../../../js/src/scene/scene.ts";
import { drawnOf, reading } from "../../../js/src/scene/sentences.ts";
import { Numbers } from "../../../js/src/scene/shown.ts";
import { NONE, packed, panel, rows, scene as session, traits } from "../fake_model.ts";

const [H, W] = [2048, 4096];

const axis = (name: string, n: number) => ({ name, labels: Array.from({ length: n }, (_, i) => String(i)), values: null });

/** Blocks of 1024 x 1024 cells: 1 to 8. */
function large(shape: number[]): Large {
  const bits = [0x3c00, 0x4000, 0x4200, 0x4400, 0x4500, 0x4600, 0x4700, 0x4800];
  const blocks = { shape: [2, 4], scale: 1, bytes: new DataView(Uint16Array.from(bits).buffer) };
  const line = (n: number) => packed(new Array(n).fill(1), [n]);
  const quantiles: [number, number][] = [[0, 0], [0.01, 1], [0.98, 5], [0.99, 6], [0.998, 7], [1, 8]];
  return { shape, channel: null, steps: [1024, 1024], strongest: blocks, mean: blocks, rows: line(H), columns: line(W), quantiles };
}

function given() {
  const axes = { rows: axis("rows", H), columns: axis("columns", W) };
  const sample = { ...traits().sample, matrix: NONE, absent: NONE, large: large([H, W, 1]) };
  const one = (name: string, run: number) => ({ ...panel(name, run, { map: null }), arrays: `arrays_${name}` });
  return { axes, sample, panels: [one("occlusion", 1), one("gradient", 2)] };
}

function opened(t: Parameters<typeof session>[0]) {
  const made = session(t, given());
  for (const name of ["occlusion", "gradient"]) {
    const run = name === "occlusion" ? 1 : 2;
    made.model.state[`arrays_${name}`] = { run, map: NONE, standard_error: NONE, row_errors: NONE, column_errors: NONE, channels: NONE, large: large([H, W]) };
  }
  made.model.fire("change:panels");
  made.store.flush();
  return made;
}

const asked = (made: ReturnType<typeof opened>) => made.model.of("blocks").map(({ panel, steps }) => [panel, ...steps]);

function answer(made: ReturnType<typeof opened>): void {
  const { viewer, ask, rows, columns } = made.model.of("blocks").at(-1)!;
  const shape = [rows, columns].map(([first, end]) => end! - first!);
  made.model.reply({ kind: "tile", viewer, ask, shape, scale: 2 }, new DataView(Uint16Array.from(new Array(shape[0]! * shape[1]!).fill(0x3c00)).buffer));
  made.store.flush();
}

test("blocks are asked for one panel after the other, and the newest view last", (t) => {
  const made = opened(t);
  assert.deepEqual(asked(made), []); // it is not known yet how large a map is drawn
  made.session.drawn(256, 512);
  assert.deepEqual(asked(made), [[null, 8, 8]]);
  made.session.zoom({ rows: [0, 1024], columns: [0, 2048] });
  made.store.flush();
  made.session.zoom({ rows: [0, 512], columns: [0, 1024] });
  made.store.flush();
  assert.equal(asked(made).length, 1);
  answer(made);
  assert.deepEqual(asked(made).at(-1), ["occlusion", 2, 2]);
  for (let i = 0; i < 3; i++) answer(made);
  assert.deepEqual(asked(made), [[null, 8, 8], ["occlusion", 2, 2], ["gradient", 2, 2], [null, 2, 2]]);
  made.session.zoom({ rows: [20, 532], columns: [20, 1044] });
  made.store.flush();
  assert.equal(asked(made).length, 4); // what lies around was asked for with it
  assert.deepEqual(Object.keys(made.store.state.tiles).sort(), ["gradient", "input", "occlusion"]);
});

test("an answer to another view, or to an older question, changes nothing", (t) => {
  const made = opened(t);
  made.session.drawn(256, 512);
  const { viewer, ask } = made.model.of("blocks")[0]!;
  made.model.reply({ kind: "tile", viewer: viewer + 1, ask, shape: [0], scale: 1 });
  made.model.reply({ kind: "tile", viewer, ask: ask - 1, shape: [0], scale: 1 });
  assert.equal(asked(made).length, 1);
  made.model.reply({ kind: "tile", viewer, ask, shape: [0], scale: 1 });
  assert.equal(asked(made).length, 2);
  assert.deepEqual(made.store.state.tiles, {});
});

test("a large map is drawn from its blocks, with the limits of all cells, and read by the kernel's word", (t) => {
  const made = opened(t);
  const draw = (): { scene: Scene; numbers: Numbers } => {
    const { state } = made.store;
    const scene = { state, H, W, marks: marksOf(rows(0, 1), H, W), dark: false } as unknown as Scene;
    const numbers = new Numbers();
    numbers.update(new Changes(["panels"]), scene, [...state.panels]);
    return { scene, numbers };
  };
  const first = draw();
  const shown = first.numbers.get("occlusion");
  assert.deepEqual([...shown.rasters[0]!.values], [1, 2, 3, 4, 5, 6, 7, 8]);
  assert.deepEqual(shown.scale, { kind: "diverging", limit: 7 });
  assert.deepEqual(first.numbers.get("input").scale, { kind: "sequential", low: 1, high: 6 });
  assert.equal(drawnOf(first.scene, shown), "strongest of each 1024 × 1024 cells");
  const at = { row: 1500, column: 3000 };
  assert.equal(reading(first.scene, "occlusion", shown, at), "…");
  made.session.hover({ ...at, panel: "occlusion" });
  made.store.flush();
  const { viewer, ask } = made.model.of("value")[0]!;
  const panels = { occlusion: { run: 1, value: 0.25, error: 0.5 }, gradient: { run: 1, value: 9, error: null } };
  made.model.reply({ kind: "values", viewer, ask, ...at, sample: 0, absent: false, input: 3, panels });
  const told = draw();
  const read = (name: string) => reading(told.scene, name, told.numbers.get(name), at);
  // the value of an older run of gradient is none of what is shown
  assert.deepEqual([read("occlusion"), read("input"), read("gradient")], ["+.250 ± .50", "3", "…"]);
  made.model.arrive({ live: false });
  assert.equal(reading(draw().scene, "occlusion", shown, { row: 0, column: 1024 }), "strongest of its block: +2.000");
});
