// Messages of the kernel, damaged at random, for a page to live through: in values, in kinds, in what is there.

/** A repeatable source of numbers in [0, 1). */
function random(seed) {
  let state = seed | 0;
  return () => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state >>> 0) / 4294967296;
  };
}

const ODD = [
  null, undefined, true, "", "\u0000", "x".repeat(2000), -1, 0, 0.5, 1e9, -1e300, 2 ** 53, Number.NaN, Infinity, [], [null], {},
  { bands: [{ op: "add", rows: [0, 1e9], columns: [-5, 3] }] }, new DataView(new ArrayBuffer(3)), "\ud800", "\u202e.37",
];

/** The same value with one part of it replaced, taken out or doubled. */
function damaged(value, draw) {
  const pick = (list) => list[Math.floor(draw() * list.length)];
  const inside = typeof value === "object" && value !== null && !ArrayBuffer.isView(value);
  const keys = inside ? Object.keys(value) : [];
  if (!keys.length || draw() < 0.15) return pick(ODD);
  const key = pick(keys);
  const made = Array.isArray(value) ? [...value] : { ...value };
  const how = draw();
  if (how < 0.1) Array.isArray(made) ? made.splice(Number(key), 1) : delete made[key];
  else if (how < 0.2 && Array.isArray(made)) made.push(made[key]);
  else if (how < 0.25) made.extra = 1;
  else made[key] = damaged(made[key], draw);
  return made;
}

const REPLIES = [
  { kind: "alive" }, { kind: "queued", panel: "occlusion", method: "occlusion", run: 7 },
  { kind: "progress", panel: "occlusion", run: 7, done: 1, total: 20, seconds_left: 3 },
  { kind: "partial", panel: "occlusion", run: 7, shape: [20, 160] }, { kind: "cancelled", panel: "occlusion", run: 7 },
  { kind: "searching", search: 3, done: 1, total: 9, seconds_left: null }, { kind: "stopped", search: 3 },
  { kind: "listed", viewer: 0, number: 0, start: 0, samples: [{ index: 3, name: "", truth: 1, predicted: null, value: 0.5 }], shape: [20, 48] },
  { kind: "offered", viewer: 0, outputs: [{ name: "the model's output", rows: 2, columns: 5, channels: 1, classes: 0, steps: 0, each: 1 }],
    layers: [{ name: "c1", shape: [4, 5, 2], channels: 2, cells: true }], counts: true, boxes: false, missing: "" },
  { kind: "answer", ask: 1, without: [0.1, 0.2, 0.3, 0.4], only: null }, { kind: "refused", sentence: "No." },
];

/** What took long, in a line that a reader can find it by. */
const told = (ms, name, value) => ({ ms, what: `${name}: ${(JSON.stringify(value) ?? "undefined").slice(0, 300)}` });

/** Give a model `count` damaged traits and messages, a good one after each; resolves to the slowest, and how long it took in ms. */
export async function fuzz(model, count, seed) {
  const draw = random(seed);
  const names = Object.keys(model.values).filter((name) => name !== "live");
  const good = { ...model.values };
  const frame = () => new Promise((done) => requestAnimationFrame(() => done()));
  const announced = new Set();
  // as the kernel sends them: arrays come with the panels that name them
  const arrive = (name, value) => {
    model.set(name, value);
    if (name.startsWith("arrays_")) model.set("panels", model.get("panels"));
  };
  let slowest = told(0, "", null);
  for (let at = 0; at < count; at++) {
    const start = performance.now();
    if (draw() < 0.6) {
      const name = names[Math.floor(draw() * names.length)];
      const bad = damaged(good[name], draw);
      arrive(name, bad);
      await frame();
      const ms = performance.now() - start;
      if (ms > slowest.ms) slowest = told(ms, name, bad);
      arrive(name, good[name]);
    } else {
      const reply = damaged(REPLIES[Math.floor(draw() * REPLIES.length)], draw);
      if (typeof reply?.panel === "string") announced.add(reply.panel);
      model.reply(reply, draw() < 0.5 ? [] : [new DataView(new ArrayBuffer(4 * Math.floor(draw() * 4000)))]);
      await frame();
      const ms = performance.now() - start;
      if (ms > slowest.ms) slowest = told(ms, "a reply", reply);
    }
  }
  // what is well-formed is believed: a run that was announced is over when the kernel says so
  for (const panel of announced) model.reply({ kind: "cancelled", panel, run: 2 ** 50 });
  model.reply({ kind: "stopped", search: 2 ** 50 });
  await frame();
  return slowest;
}
