// A model and a kernel that live in the page: what anywidget hands to the bundle, over synthetic matrices.

const STOPS = {
  "blue-red light": "1449b1 2e6bd1 548fe6 84b3f2 bad4f5 f3f4f6 f3c6bc eb9787 da6959 bf3c32 9d0811",
  "blue-red dark": "60cbff 1ba6e9 2381bc 2c5e8a 2a3e54 202022 51332b 83482f b3602f de8034 fea754",
  "purple-green light": "612f8d 8151ad a076c7 bd9eda d9c9e8 f3f4f6 bbdac2 80be93 42a26a 02814c 015d38",
  "purple-green dark": "eaa6ff bf85da 9468af 6a4f80 42374f 202022 2a4433 356a44 499053 6bb565 96d97e",
  "blue-orange light": "034da8 286dce 548fe6 86b1f1 bcd3f6 f3f4f6 eecaaf e19f6b cf751e a65901 7c4101",
  "blue-orange dark": "80c5ff 3da3ee 2c80bd 285f89 273f53 202022 4e3722 7e4e1e ac671a da8427 fda856",
  "pink-green light": "8c1d62 b13e81 cd679f e194bb eec4d8 f3f4f6 c4dab6 96be79 6ba13c 4a8202 356000",
  "pink-green dark": "ff97cd db73ab ad5986 7f4463 4e3241 202022 344127 49642b 618832 7dad43 a0d06b",
  "input light": "eff7fd d4e0e9 bbc9d5 a3b2c0 8e9caa 7a8693 68707c 565c64 45484c",
  "input dark": "1d2126 2a3039 37404b 46515e 55636f 677580 7a8790 8f99a0 a6acaf",
  "input signed light": "584331 79614c 9a816b baa593 d8cbc1 f3f4f6 c6cfd8 9babbc 75899c 55687b 3a4958",
  "input signed dark": "baa894 9d8871 7f6b54 5f4f3e 3f362d 202022 313940 465461 5f7182 7b8fa0 9dadbc",
  "input viridis": "440154 48186a 472d7b 424086 3b528b 33638d 2c728e 26828e 21918c 1f9f88 27ad81 3dbc74 5cc863 81d34d aadc32 d5e21a fde725",
  "input cividis": "00224e 002e6a 1a386f 32436d 434e6c 535a6d 61656f 6f7073 7d7c78 8b8778 9a9376 aaa073 bbad6d ccba64 ddc858 efd748 fee838",
};

function table(stops) {
  const colours = stops.split(" ").map((hex) => [0, 2, 4].map((at) => parseInt(hex.slice(at, at + 2), 16)));
  const bytes = new Uint8Array(256 * 3);
  for (let index = 0; index < 256; index++) {
    const at = (index / 255) * (colours.length - 1);
    const low = Math.min(colours.length - 2, Math.floor(at));
    for (let part = 0; part < 3; part++) {
      const value = colours[low][part] + (at - low) * (colours[low + 1][part] - colours[low][part]);
      bytes[index * 3 + part] = Math.round(value);
    }
  }
  return new DataView(bytes.buffer);
}

const TABLES = Object.fromEntries(Object.entries(STOPS).map(([name, stops]) => [name, table(stops)]));

/** A repeatable source of numbers in [0, 1). */
function random(seed) {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

function gaussian(draw) {
  return Math.sqrt(-2 * Math.log(draw() + 1e-9)) * Math.cos(6.2832 * draw());
}

export function array(values, shape) {
  return { shape, bytes: new DataView(Float32Array.from(values).buffer) };
}

/** An array that there is not. */
export const ABSENT = array([], [0]);

// ------------------------------------------------------------------ the matrices

const SENSORS =
  "acc 1 x,acc 1 y,acc 1 z,acc 2 x,acc 2 y,acc 2 z,gyro x,gyro y,gyro z,mic 1,mic 2," +
  "volt a,volt b,volt c,amp a,amp b,amp c,temp in,temp out,rpm";

const axis = (name, labels, values = null) => ({ name, labels, values });
const count = (length, label) => Array.from({ length }, (_, index) => label(index));

/** Each place is [first row, end, first column, end, weight]: where the model's evidence lies. */
const DATA = {
  wide: {
    rows: axis("sensor", SENSORS.split(",")),
    columns: axis("time, s", count(160, (c) => (c / 4).toFixed(2)), count(160, (c) => c / 4)),
    classes: ["bearing", "normal", "looseness", "imbalance"],
    truth: 1,
    places: [[5, 9, 96, 118, 1], [13, 16, 30, 46, 0.55], [1, 3, 54, 132, -0.42], [17, 19, 126, 140, 0.3]],
    input: (r, c, noise) =>
      Math.sin((6.283 * c) / (9 + ((r * 7) % 23)) + r * 1.7) * (0.35 + (r % 5) * 0.09) + noise * 0.2 +
      (r >= 5 && r < 9 && c >= 96 && c < 118 ? Math.sin(c * 2.1 + r) * 1.9 * Math.exp(-(((c - 106) / 8) ** 2)) : 0),
  },
  square: {
    rows: axis("", count(64, (r) => `mel ${63 - r}`)),
    columns: axis("frame", count(64, String), count(64, Number)),
    classes: ["whale", "ship", "rain", "other"],
    truth: 0,
    places: [[12, 24, 34, 48, 1], [40, 46, 8, 30, 0.6], [50, 60, 44, 60, -0.5]],
    input: (r, c, noise) =>
      r / 40 + noise * 0.35 +
      [1, 2, 3].reduce((sum, k) => sum + (2.1 / k) * Math.exp(-(((r - 58 + k * 11 + 9 * Math.sin(c / 11)) / 1.7) ** 2)), 0),
  },
  tall: {
    rows: axis("gene", count(200, (r) => "ABCDEGHKLMNPRSTZ"[(r * 7) % 16] + "ACDEKLNPRTX"[(r * 5) % 11] + "BDFGKLPRT"[(r * 3) % 9] + (1 + (r % 20)))),
    columns: axis("sample", count(12, (c) => `${c < 6 ? "ctl" : "trt"} ${(c % 6) + 1}`)),
    classes: ["responder", "resistant"],
    truth: 0,
    places: [[38, 60, 6, 12, 1], [118, 132, 0, 12, -0.55], [158, 166, 6, 10, 0.7]],
    input: (r, c, noise) => Math.sin(r / 9) * 0.5 + noise * 0.5 + (c >= 6 ? Math.sin(r / 23 + 1) * 0.6 : 0),
  },
  digits: {
    rows: axis("", count(8, String), count(8, Number)),
    columns: axis("", count(8, String), count(8, Number)),
    classes: count(10, (digit) => `digit ${digit}`),
    truth: 3,
    places: [[2, 4, 2, 6, 1], [6, 8, 2, 5, -0.5]],
    input: (r, c, noise) => Math.max(0, 16 * Math.exp(-((Math.hypot(r - 3.5, c - 3.5) - 2.5) ** 2)) + noise),
  },
  row: {
    rows: axis("", ["signal"]),
    columns: axis("time", count(256, String), count(256, Number)),
    classes: ["yes", "no"],
    truth: null,
    places: [[0, 1, 60, 90, 1], [0, 1, 150, 200, -0.6]],
    input: (_, c, noise) => Math.sin(c / 7) + 0.3 * noise,
  },
  channels: {
    rows: axis("joint", count(16, (r) => `joint ${r}`)),
    columns: axis("frame", count(40, String), count(40, Number)),
    classes: ["walk", "run", "jump", "stand", "sit", "lie"],
    truth: 2,
    channels: 2,
    places: [[2, 6, 10, 20, 1], [9, 12, 24, 34, -0.7]],
    input: (r, c, noise, k) => Math.sin(c / (4 + k * 3) + r) + 0.4 * noise,
  },
  leads: {
    rows: axis("lead", "I,II,III,aVR,aVL,aVF".split(",")),
    columns: axis("time, s", count(600, (c) => (c / 100).toFixed(2)), count(600, (c) => c / 100)),
    classes: ["normal", "block"],
    truth: 1,
    places: [[0, 3, 180, 260, 1], [3, 5, 400, 470, -0.6]],
    input: (r, c, noise) => {
      const beat = (at, width) => Math.exp(-((((c + 37) % 110) - at) ** 2) / width);
      return (r === 3 ? -1 : 0.4 + r / 5) * (1.6 * beat(50, 8) - 0.4 * beat(56, 10) + 0.3 * beat(80, 90)) + 0.03 * noise;
    },
  },
  large: {
    rows: axis("bin", count(512, String), count(512, Number)),
    columns: axis("time, s", count(2048, (c) => (c / 100).toFixed(2)), count(2048, (c) => c / 100)),
    classes: ["call", "noise"],
    truth: 0,
    places: [[100, 180, 400, 700, 1], [300, 360, 1200, 1500, -0.6]],
    input: (r, c, noise) => Math.sin(c / 60 + r / 20) + 0.5 * noise,
  },
};

export const KINDS = Object.keys(DATA);

const sizes = (data) => [data.rows.labels.length, data.columns.labels.length, data.channels ?? 1];

function matrix(data, seed) {
  const [H, W, C] = sizes(data);
  const draw = random(seed * 13 + 1);
  const values = new Float32Array(H * W * C);
  for (let r = 0, at = 0; r < H; r++) {
    for (let c = 0; c < W; c++) for (let k = 0; k < C; k++) values[at++] = data.input(r, c, gaussian(draw), k);
  }
  return values;
}

function evidence(data, method, seed) {
  const [H, W, C] = sizes(data);
  const draw = random(seed * 7 + method.length * 977 + method.charCodeAt(0) * 31);
  const smooth = method === "occlusion" || method === "smoothgrad";
  const soften = Math.max(0.35, Math.min(H, W) / 60);
  const step = (at, first, end, width) => 1 / (1 + Math.exp(-(at - first + 0.5) / width)) / (1 + Math.exp((at - end + 0.5) / width));
  const noise = smooth ? 0.02 : 0.1;
  const values = new Float32Array(H * W * C);
  for (let r = 0, at = 0; r < H; r++) {
    for (let c = 0; c < W; c++) {
      let base = 0;
      for (const [r0, r1, c0, c1, weight] of data.places) {
        base += weight * step(r, r0, r1, 0.45 * soften) * step(c, c0, c1, 1.2 * soften);
      }
      for (let k = 0; k < C; k++) values[at++] = ((smooth ? 1 : 0.4 + draw()) * base * 0.5 + gaussian(draw) * noise) / C;
    }
  }
  return values;
}

function sumChannels(values, cells, C) {
  const sums = new Float32Array(cells);
  for (let cell = 0; cell < cells; cell++) for (let k = 0; k < C; k++) sums[cell] += values[cell * C + k];
  return sums;
}

function lineSums(cells, H, W, along) {
  const sums = new Float32Array(along === "rows" ? H : W);
  cells.forEach((value, cell) => { sums[along === "rows" ? Math.floor(cell / W) : cell % W] += value; });
  return sums;
}

/** How sure sums are: less where they are large, and nowhere quite. */
function unsure(sums) {
  const most = sums.reduce((top, value) => Math.max(top, Math.abs(value)), 0);
  return sums.map((value, line) => 0.12 * Math.abs(value) + (0.04 + 0.02 * (line % 3)) * most);
}

// ------------------------------------------------------------------ the methods

const field = (name, kind, fallback, rest = {}) => ({
  name, label: name.replace(/_/g, " "), kind, default: fallback, nullable: false, none: "auto", minimum: null, maximum: null,
  exclusive: false, choices: null, when: {}, unit: "", help: "", ...rest,
});

export const FAMILIES = [
  { name: "function", about: "What the network does to small changes of the input." },
  { name: "signal", about: "What in the input the network picked up." },
  { name: "attribution", about: "How much each cell contributes to the score." },
  { name: "class activation", about: "Where the layer that decides was active." },
];

const method = (family) => (name, question, fields = [], reason = "") => ({ name, family, question, reason, fields });
const [of, signal, attribution, activation] = FAMILIES.map(({ name }) => method(name));

const SEED = field("seed", "integer", 0, { minimum: 0, help: "the same seed gives the same numbers" });
/** The words that a baseline can be, as in heatbrush_core.matrix.baselines. */
export const WORDS = [
  "mean", "median", "row_mean", "row_median", "column_median", "column_mean", "blur",
  "background_mean", "background_median", "background_row_median", "background_column_median", "auto",
];
const BASELINE = field("baseline", "text", null, {
  nullable: true, none: "the view's", choices: WORDS,
  help: `what hidden cells become: a number, an array, a function of x, or one of ${WORDS.join(", ")}; None: the view's`,
});
const PLAYERS = field("players", "text", "rows", { choices: ["rows", "columns", "grid"], help: "what joins and leaves the game together; in Python also a list of regions" });
const LAYER = field("layer", "choice", null, {
  nullable: true, none: "last convolution or sum", choices: ["conv_1", "conv_2", "block_3", "residual_sum", "conv_4"],
  help: "the layer whose activations are shown; None is the last convolution",
});
const BACKGROUND = "needs typical matrices to learn from, but the explainer has none; give background= to Explainer.";

/** The parameters of a method with many, most of which matter for some rules only. */
const when = (rule) => ({ when: { composite: [null], rule: [rule] } });
const LRP = [
  field("composite", "choice", null, {
    nullable: true, none: "none", choices: ["epsilon_plus", "epsilon_plus_flat", "epsilon_alpha2_beta1", "epsilon_gamma_box", "excitation_backprop"],
    help: "a rule for each kind of layer, as published; None: one rule for all",
  }),
  field("rule", "choice", "epsilon", {
    choices: ["z", "epsilon", "z_plus", "w_square", "flat", "alpha_beta", "gamma", "z_bounded"], when: { composite: [null] },
    help: "how a linear layer shares its relevance out among its inputs",
  }),
  field("epsilon", "number", 1e-6, { minimum: 0, exclusive: true, help: "how much a weak sum takes for itself; more is smoother and conserves less", ...when("epsilon") }),
  field("alpha", "number", 2, { help: "weight of what speaks for the class; alpha − beta is 1", ...when("alpha_beta") }),
  field("beta", "number", 1, { minimum: 0, help: "weight of what speaks against it", ...when("alpha_beta") }),
  field("gamma", "number", 0.25, { minimum: 0, help: "how much positive weights are favoured", ...when("gamma") }),
  field("low", "number", null, { nullable: true, help: "the least value that an input may have", ...when("z_bounded") }),
  field("high", "number", null, { nullable: true, help: "the largest value that an input may have", ...when("z_bounded") }),
  field("bias", "boolean", null, { nullable: true, none: "by the rule", help: "whether the bias takes part; None: as the rule says" }),
  field("rules", "list", [], { help: "(layer, rule) pairs, the first that fits wins" }),
];

export const METHODS = [
  of("gradient", "Where would a tiny change move the score?",
    [field("absolute", "boolean", false, { help: "only how much, not in which direction" })]),
  of("smoothgrad", "Which gradients survive noise?", [
    field("samples", "integer", 50, { minimum: 1, maximum: 10000, help: "noisy copies of the input; more is smoother" }),
    field("sigma", "number", 0.1, { minimum: 0, exclusive: true, unit: "of the input's range", help: "standard deviation of the noise, as a share of the input's range" }),
    SEED,
  ]),
  signal("deconvnet", "Which input would excite what fired, rectified on the way back?"),
  signal("guided_backprop", "Which input would excite what fired, through what was active only?"),
  signal("patternnet", "Which signal, as it occurs in the data, did the network pick up?", [], `patternnet ${BACKGROUND}`),
  attribution("input_x_gradient", "How much does each cell add, to first order?"),
  attribution("integrated_gradients", "What adds up on the way from the baseline to the input?", [
    field("steps", "integer", 64, { minimum: 1, maximum: 4096, help: "points on the way from the baseline to the input" }),
    field("rule", "choice", "gauss_legendre", { choices: ["gauss_legendre", "left", "right", "middle", "trapezoid"] }),
  ]),
  attribution("expected_gradients", "What adds up on the way from typical matrices to this one?", [], `expected_gradients ${BACKGROUND}`),
  attribution("lrp", "How is the score shared out, layer by layer?", LRP),
  attribution("deep_taylor", "Which cells are relevant, in favour only?"),
  attribution("deeplift", "What does each cell's difference from the baseline add?", [BASELINE]),
  attribution("pattern_attribution", "How much did each cell's signal add?", [], `pattern_attribution ${BACKGROUND}`),
  attribution("occlusion", "How much does the score lose when this part is hidden?", [
    field("patch", "pair", null, { nullable: true, minimum: 1, unit: "rows × columns", help: "the window that is hidden; empty is chosen for the matrix" }),
    field("stride", "pair", null, { nullable: true, minimum: 1, unit: "rows × columns" }),
    BASELINE,
  ]),
  attribution("rise", "Which cells are seen when the score is high?", [field("samples", "integer", 2000, { minimum: 1 }), SEED]),
  attribution("shapley", "What is each player's fair share of the score?", [PLAYERS, SEED]),
  attribution("lime", "Which players does a linear model of the score need?", [PLAYERS, SEED]),
  activation("cam", "Where did the last maps vote for the class?", [],
    "cam needs global pooling followed by one dense layer, but this model ends in two dense layers with dropout between; " +
    "use what works here (grad_cam, grad_cam_plus_plus, layer_cam, score_cam), which needs neither of the two."),
  activation("grad_cam", "Where was a layer active that the class depends on?", [LAYER]),
  activation("grad_cam_plus_plus", "The same, with every place of an object counted?", [LAYER]),
  activation("layer_cam", "Which of a layer's cells were active and mattered?", [LAYER]),
  activation("score_cam", "Which of a layer's maps keep the score when they alone are shown?", [LAYER]),
];

/** The form of a search for runs. */
const FINDER = [
  field("k", "integer", 5, { minimum: 1, label: "runs of each map", help: "at the most" }),
  field("min_length", "integer", 1, { minimum: 1, label: "lines, at least" }),
  field("max_length", "integer", null, { nullable: true, none: "any", minimum: 1, label: "lines, at most" }),
  field("controls", "integer", 199, { minimum: 1, label: "matched matrices", help: "in which the search is repeated" }),
  SEED,
];

const SUMMARIES = {
  gradient: "signed", integrated_gradients: "64 steps", smoothgrad: "50 samples · σ = 0.1",
  occlusion: "patch 3 × 8 · stride 1 × 4", input_x_gradient: "", lrp: "epsilon rule",
};
/** What methods promise or say of their maps. */
const NOTES = {
  deep_taylor: ["Explains positive evidence only."],
  lrp: ["attention_1 takes the gradient rule: 0.3 of the relevance is lost there.", "bias_2 takes the gradient rule: 0.01 of the relevance is lost there."],
  shapley: ["Sampled: 64 random orders of 20 players."],
};
const LOSSES = [
  ["dense_1", 3.52, 3.44, 0.08, 0, 0], ["attention_1", 3.44, 3.14, 0, 0, 0.3], ["residual_block_2_convolution_b", 3.14, 3.09, 0.05, 1e-9, 0],
  ["conv_1", 3.09, 3.01, 0.08, 1e-6, 0],
].map(([node, arrives, passed, bias, stabiliser, rest]) => ({ node, arrives, passed, bias, stabiliser, rest }));
const MISSED = { integrated_gradients: 0.002, lrp: -0.51, shapley: 0, deep_taylor: 1e-7 };
const SECONDS = { gradient: 0.02, integrated_gradients: 0.6, smoothgrad: 0.5, occlusion: 1.9, input_x_gradient: 0.02, lrp: 0.05 };

function panel(data, method, seed, name = method) {
  const [H, W, C] = sizes(data);
  const values = evidence(data, method, seed);
  const cells = sumChannels(values, H * W, C);
  const sampled = method === "shapley";
  const residual = MISSED[method] ?? null;
  const due = cells.reduce((total, value) => total + value, 0) - residual;
  const base = method === "integrated_gradients" || method === "shapley" ? -0.4 : null;
  return {
    name, method, parameters: {}, summary: SUMMARIES[method] ?? "", run: 1, within: null, seconds: SECONDS[method] ?? 0.1,
    score: residual === null ? 1.2 : due + base, score_at_baseline: base, residual, notes: NOTES[method] ?? [],
    conservation: method === "lrp" ? LOSSES : [], profile: method === "occlusion" ? "mean" : "sum",
    map: array(cells, [H, W]), standard_error: sampled ? array(cells.map((value) => Math.abs(value) / 9), [H, W]) : null,
    row_errors: sampled ? array(unsure(lineSums(cells, H, W, "rows")), [H]) : null,
    column_errors: sampled ? array(unsure(lineSums(cells, H, W, "columns")), [W]) : null, channels: C > 1 ? array(values, [H, W, C]) : null, failure: null,
  };
}

/** What hidden cells may become, by number: a word, its sentence, its shape, and what it makes of a row or of all cells. */
const median = (values) => [...values].sort((one, other) => one - other)[values.length >> 1];
const mean = (values) => values.reduce((sum, value) => sum + value, 0) / values.length;
const BASELINES = [
  ["row_median", "the median of their row", (cells) => cells.map(median)],
  ["0", "0", () => [0]],
  ["mean", "the mean of the matrix", (cells) => [mean(cells.map(mean))]],
  ["row_mean", "the mean of their row", (cells) => cells.map(mean)],
];

/** The trait of a baseline for one sample. */
function hiddenBy(data, seed, number) {
  const [H, W, C] = sizes(data);
  const values = matrix(data, seed);
  const rows = Array.from({ length: H }, (_, r) => values.slice(r * W * C, (r + 1) * W * C));
  const [baseline, become, fill] = BASELINES[number];
  const made = fill(rows);
  return { number, baseline, sentence: `Hidden cells become ${become}.`, matrix: array(made, [made.length, 1, 1]), warnings: [] };
}

const BY_INDEX = { text: "", only: "all", among: null, order: "index", of: null, reverse: false };

/** The traits of a view of `kind`; `overrides` replaces any of them. */
export function traits(kind = "wide", methods = ["occlusion", "gradient", "integrated_gradients"], { things, returned, ...overrides } = {}) {
  const data = DATA[kind];
  const [H, W, C] = sizes(data);
  const seed = 37;
  const all = scoresOf(data, () => 1);
  const predicted = all.indexOf(Math.max(...all));
  const made = {
    protocol: 3, live: true, bare: false, axes: { rows: data.rows, columns: data.columns }, classes: data.classes, families: FAMILIES, methods: METHODS, tables: TABLES,
    sample: { index: seed, count: 240, others: true, truth: data.truth, matrix: array(matrix(data, seed), [H, W, C]), absent: ABSENT },
    hidden: hiddenBy(data, seed, 0),
    scores: { kind: "probabilities", all, predicted },
    target: { a: predicted, b: null, given: false },
    panels: methods.map((method) => panel(data, method, seed)),
    notes: [], finder: FINDER, evidence: { search: 0, axis: "columns", runs: [], score: "probability", about: "", notes: [], failed: false },
    whatifs: { classes: [], rows: null, columns: null, missing: "" },
    answered: { sample: 0, selection: { bands: [] }, without: null, only: null }, named: [], named_scores: [], snapshot: "",
    listing: { number: 0, arranged: BY_INDEX, count: 240, at: seed, measure: "", about: "", done: 0, total: 0, running: false },
    selection: { bands: [] }, pointed: { bands: [] },
    options: { limits: "own", quantile: 0.998, colours: "blue-red", channel: null, profiles: true, evidence: true, mode: "rectangle", brush: 1, input: "whole", blocks: "strongest" },
    height: null,
    ...overrides,
  };
  if (returned) made.sample = { ...made.sample, outputs: outputsOf(data, returned) };
  return things ? { ...made, ...linesOf(data, things, made.sample) } : made;
}

// ------------------------------------------------------------------ what a network of maps finds

const landmark = (name, row, column, score, angle = null) => ({ name, kind: "landmark", row, column, height: null, width: null, score, angle, outline: [] });
const box = (name, r0, r1, c0, c1, score) => ({ ...landmark(name, (r0 + r1 - 1) / 2, (c0 + c1 - 1) / 2, score), kind: "box", height: r1 - r0, width: c1 - c0 });
const part = (name, r0, r1, c0, c1, score, outline) => ({ ...box(name, r0, r1, c0, c1, score), kind: "part", outline });

/** An L of cells, and where `holed` a hole in it. */
function bent(r0, r1, c0, c1, holed) {
  const [top, bottom, left, right, y, x] = [r0 - 0.5, r1 - 0.5, c0 - 0.5, c1 - 0.5, Math.floor((r0 + r1) / 2) - 0.5, Math.floor((c0 + c1) / 2) - 0.5];
  const around = [[top, left], [top, x], [y, x], [y, right], [bottom, right], [bottom, left]];
  return holed ? [around, [[bottom - 3, left + 2], [bottom - 3, left + 5], [bottom - 1, left + 5], [bottom - 1, left + 2]]] : [around];
}

/** Things by what they are called, in shares of a matrix of H rows and W columns. */
export const THINGS = {
  landmarks: (H, W) => [landmark("head", 0.25 * H, 0.3 * W, 0.97, 0.6), landmark("tail", 0.6 * H, 0.75 * W, 0.81, Math.PI), landmark("fin", 0.8 * H + 0.3, 0.45 * W, 0.42, null)],
  boxes: (H, W) => [[0.1, 0.4, 0.05, 0.2, "whale"], [0.3, 0.9, 0.3, 0.45, "ship"], [0.05, 0.3, 0.5, 0.7, "whale"], [0.5, 0.75, 0.52, 0.6, "whale"], [0.4, 0.95, 0.58, 0.8, "ship"], [0.6, 1, 0.85, 1, "ship"]]
    .map(([a, b, c, d, name], k) => box(name, Math.floor(a * H), Math.ceil(b * H), Math.round(c * W), Math.round(d * W), 0.95 - 0.11 * k)),
  parts: (H, W) => [[0.1, 0.55, 0.1, 0.35, true], [0.5, 0.95, 0.5, 0.7, false], [0.05, 0.4, 0.75, 0.9, false]]
    .map(([a, b, c, d, holed], k) => [Math.floor(a * H), Math.ceil(b * H), Math.round(c * W), Math.round(d * W), holed, k])
    .map(([r0, r1, c0, c1, holed, k]) => part(["tumour", "vessel", "vessel"][k], r0, r1, c0, c1, 0.9 - 0.2 * k, bent(r0, r1, c0, c1, holed))),
  steps: (H, W) => [[0, 0.3, "walk"], [0.3, 0.5, "run"], [0.5, 1, "walk"]].map(([c, d, name], k) => ({ ...box(name, 0, H, Math.round(c * W), Math.round(d * W), 0.9 - 0.2 * k), kind: "step" })),
  many: (H, W) => count(50, (k) => landmark("cell", ((k * 37) % 50) / 50 * (H - 1), ((k * 23) % 50) / 50 * (W - 1), 0.99 - 0.015 * k)),
};

/** The traits of a network whose targets are things, and one more beside them. */
function linesOf(data, wanted, sample) {
  const [H, W] = sizes(data);
  const things = THINGS[wanted](H, W).map((thing, line) => ({ ...thing, line }));
  return {
    classes: [...things.map(({ name }) => name), "mean of all"],
    sample: { ...sample, truth: null, things },
    scores: { kind: "probabilities", all: [...things.map(({ score }) => score), 0.31], predicted: 0 },
    target: { a: 0, b: null, given: false },
  };
}

/** Scores of the lines while `keep(row, column)` of each cell is left in: a thing lives from the cells in and around it. */
function keptOf({ things }, [H, W], keep) {
  const shareOf = (r0, r1, c0, c1) => {
    let [kept, cells] = [0, 0];
    for (let r = Math.max(0, r0); r < Math.min(H, r1); r++) for (let c = Math.max(0, c0); c < Math.min(W, c1); c++, cells++) kept += keep(r, c);
    return kept / cells;
  };
  const scores = things.map(({ row, column, height, width, score }) => {
    const [down, across] = [(height ?? 5) / 2, (width ?? 5) / 2];
    return score * shareOf(Math.round(row - down + 0.5), Math.round(row + down + 0.5), Math.round(column - across + 0.5), Math.round(column + across + 0.5));
  });
  return [...scores, 0.31 * shareOf(0, H, 0, W)];
}

// ------------------------------------------------------------------ a network that returns maps

/** The outputs of the fake network by what they are called: how coarse they are, and their channels. */
export const OUTPUTS = {
  landmarks: [{ name: "map", kind: "probabilities", steps: [4, 4], channels: ["head", "tail"] }],
  two: [
    { name: "parts", kind: "values", steps: [1, 1], channels: ["tumour", "vessel"] },
    { name: "steps", kind: "probabilities", steps: [Infinity, 1], channels: ["walk", "run", "rest"] },
  ],
};

/** A channel of an output: the mean of the matrix' cells that are kept and that a cell of it stands for. */
export function returnedBy(data, { kind, steps }, channel, keep) {
  const [H, W, C] = sizes(data);
  const values = matrix(data, 37);
  const [down, across] = [Math.min(steps[0], H), Math.min(steps[1], W)];
  const [h, w] = [Math.ceil(H / down), Math.ceil(W / across)];
  const cells = new Float32Array(h * w);
  for (let row = 0; row < H; row++)
    for (let column = 0; column < W; column++)
      cells[Math.floor(row / down) * w + Math.floor(column / across)] += (keep(row, column) * values[(row * W + column) * C]) / (down * across);
  const made = cells.map((mean) => (kind === "values" ? (channel + 1) * mean : 1 / (1 + Math.exp(-mean * (channel + 1)))));
  return { values: made, shape: [h, w] };
}

function outputsOf(data, wanted) {
  return OUTPUTS[wanted].map((output, number) => {
    const { name, kind, channels } = output;
    // of the last channel a page asks for the map
    const held = channels.slice(0, 2).map((_, channel) => returnedBy(data, output, channel, () => 1));
    const { shape } = held[0];
    return { number, name, kind, shape, channels, whole: array(held.flatMap(({ values }) => [...values]), [held.length, ...shape]) };
  });
}

// ------------------------------------------------------------------ the fake network

/** Probabilities while `keep(row, column)` of each cell is left in. */
function scoresOf(data, keep) {
  const logits = data.classes.map((_, index) => (index === 1 ? 1.4 : -0.4 - index * 0.1));
  for (const [r0, r1, c0, c1, weight] of data.places) {
    let kept = 0;
    for (let r = r0; r < r1; r++) for (let c = c0; c < c1; c++) kept += keep(r, c);
    const share = kept / ((r1 - r0) * (c1 - c0));
    logits[0] += 2.6 * weight * share;
    logits[1] -= weight * share;
  }
  const total = logits.reduce((sum, logit) => sum + Math.exp(logit), 0);
  return logits.map((logit) => Math.exp(logit) / total);
}

export function maskOf(selection, H, W) {
  const mask = new Uint8Array(H * W);
  for (const { op, rows, columns } of selection.bands) {
    const [r0, r1] = [rows?.[0] ?? 0, rows?.[1] ?? H];
    const [c0, c1] = [columns?.[0] ?? 0, columns?.[1] ?? W];
    for (let r = r0; r < r1; r++) mask.fill(op === "add" ? 1 : 0, r * W + c0, r * W + c1);
  }
  return mask;
}

/** Answers the browser's messages as the kernel would; `pace` is the milliseconds between two batches of a run. */
export class MockKernel {
  constructor(kind, { pace = 60, batches = 20, alive = true, reach = 256, names = false, surveyed = {} } = {}) {
    this.data = DATA[kind];
    [this.names, this.surveyed] = [names, surveyed];
    this.pace = pace;
    this.batches = batches;
    this.alive = alive;
    this.reach = reach;
    this.ahead = 0;
    this.runs = 1;
    this.searches = 0;
    this.timers = new Map();
  }

  receive(model, message) {
    if (this.alive) this[message.kind]?.(model, message);
  }

  hello(model) {
    model.reply({ kind: "alive" });
  }

  ping(model) {
    model.reply({ kind: "alive" });
  }

  /** The scores of every line while `keep(row, column)` of each cell is left in. */
  scores(model, keep) {
    const sample = model.get("sample");
    return sample.things ? keptOf(sample, sizes(this.data), keep) : scoresOf(this.data, keep);
  }

  whatif(model, { ask, selection }) {
    const [H, W] = sizes(this.data);
    const mask = maskOf(selection, H, W);
    const without = this.scores(model, (r, c) => 1 - mask[r * W + c]);
    const only = this.scores(model, (r, c) => mask[r * W + c]);
    setTimeout(() => model.reply({ kind: "answer", ask, without, only }), 4);
  }

  output(model, { viewer, ask, output, channel, part, selection }) {
    const [H, W] = sizes(this.data);
    const of = model.get("sample").outputs.length > 1 ? OUTPUTS.two[output] : OUTPUTS.landmarks[0];
    const mask = selection ? maskOf(selection, H, W) : new Uint8Array(H * W);
    const keep = (r, c) => (part === "whole" ? 1 : part === "only" ? mask[r * W + c] : 1 - mask[r * W + c]);
    const { values, shape } = returnedBy(this.data, of, channel, keep);
    const { index } = model.get("sample");
    setTimeout(() => model.reply({ kind: "output_cells", viewer, ask, sample: index, shape }, [new DataView(values.buffer)]), 4);
  }

  /** The scores of the named selections, as soon as the page has saved a change. */
  saved(model) {
    if (!this.alive) return;
    const [H, W] = sizes(this.data);
    const scored = model.get("named").map(({ selection }) => {
      const mask = maskOf(selection, H, W);
      const halves = [(r, c) => 1 - mask[r * W + c], (r, c) => mask[r * W + c]].map((keep) => this.scores(model, keep));
      const { index } = model.get("sample");
      const scores = array(halves.flat(), [2, model.get("classes").length]);
      return { sample: index, baseline: model.get("hidden").number, selection, scores, reason: "" };
    });
    if (scored.length || model.get("named_scores").length) setTimeout(() => model.change("named_scores", scored), this.pace);
  }

  /** As many places as `reach` says, in one message. */
  whatif_each(model, { ask, selection, band, places }) {
    const [H, W] = sizes(this.data);
    const asked = places.slice(0, this.reach);
    const numbers = asked.flatMap(([r0, r1, c0, c1]) => {
      const bands = selection.bands.map((old, index) =>
        index === band ? { ...old, rows: old.rows && [r0, r1], columns: old.columns && [c0, c1] } : old,
      );
      const mask = maskOf({ bands }, H, W);
      return [...this.scores(model, (r, c) => 1 - mask[r * W + c]), ...this.scores(model, (r, c) => mask[r * W + c])];
    });
    const buffer = new DataView(Float64Array.from(numbers).buffer);
    setTimeout(() => {
      model.reply({ kind: "answers", ask, count: asked.length }, numbers.length ? [buffer] : []);
      this.ahead += asked.length;
    }, 4);
  }

  run(model, { method, parameters, within, panel: wanted, beside }) {
    const [H, W, C] = sizes(this.data);
    const name = wanted ?? method;
    const run = ++this.runs;
    const state = { ...panel(this.data, method, model.get("sample").index, name), parameters, run, within };
    const inside = within ? maskOf(within, H, W) : new Uint8Array(H * W).fill(1);
    const cells = [...inside.keys()].filter((cell) => inside[cell]);
    const full = sumChannels(evidence(this.data, method, model.get("sample").index), H * W, C);
    const map = new Float32Array(H * W).fill(NaN);
    clearInterval(this.timers.get(name));
    model.reply({ kind: "queued", panel: name, method, run });
    let done = 0;
    this.timers.set(name, setInterval(() => {
      const before = Math.floor((cells.length * done) / this.batches);
      done += 1;
      for (const cell of cells.slice(before, Math.floor((cells.length * done) / this.batches))) map[cell] = full[cell];
      const left = ((this.batches - done) * this.pace) / 1000;
      model.reply({ kind: "progress", panel: name, run, done, total: this.batches, seconds_left: left });
      model.reply({ kind: "partial", panel: name, run, number: done, shape: [H, W] }, [new DataView(map.slice().buffer)]);
      if (done < this.batches) return;
      clearInterval(this.timers.get(name));
      const panels = model.full;
      const finished = { ...state, map: array(map, [H, W]) };
      if (panels.some((other) => other.name === name)) return model.change("panels", panels.map((other) => (other.name === name ? finished : other)));
      model.change("panels", placed(panels, finished, beside));
    }, this.pace));
  }

  cancel(model, { panel: name }) {
    clearInterval(this.timers.get(name));
    model.reply({ kind: "cancelled", panel: name, run: this.runs });
  }

  /** The places that the network looks at, as runs of one axis. */
  find(model, { axis }) {
    const [H, W] = sizes(this.data);
    const search = ++this.searches;
    clearInterval(this.timers.get("find"));
    let done = 0;
    model.reply({ kind: "searching", search, done, total: 0, seconds_left: null });
    this.timers.set("find", setInterval(() => {
      done += 1;
      model.reply({ kind: "searching", search, done, total: this.batches, seconds_left: ((this.batches - done) * this.pace) / 1000 });
      if (done < this.batches) return;
      clearInterval(this.timers.get("find"));
      model.change("evidence", { search, axis, runs: this.found(model, axis, H, W), score: "probability", notes: [], failed: false,
        about: "p: against the best run that the same search finds in 199 background matrices of other classes." });
    }, this.pace));
  }

  found(model, axis, H, W) {
    const { a } = model.get("target");
    const whole = scoresOf(this.data, () => 1)[a];
    const bare = scoresOf(this.data, () => 0)[a];
    const runs = this.data.places.map(([r0, r1, c0, c1], index) => {
      const [start, stop] = axis === "columns" ? [c0, c1] : [r0, r1];
      const region = { bands: [{ op: "add", rows: axis === "rows" ? [start, stop] : null, columns: axis === "columns" ? [start, stop] : null }] };
      const mask = maskOf(region, H, W);
      const names = this.data[axis].labels;
      return {
        region, label: `${names[start]}–${names[stop - 1]}`, methods: index % 2 ? ["lrp"] : ["occlusion", "lrp"],
        necessity: whole - this.scores(model, (r, c) => 1 - mask[r * W + c])[a],
        sufficiency: this.scores(model, (r, c) => mask[r * W + c])[a] - bare,
        elsewhere: [0, 0.07, 0.36][index] ?? null, p: [0.005, 0.01, 0.035][index] ?? null, cells: (stop - start) * (axis === "columns" ? H : W),
      };
    });
    return runs.sort((one, other) => other.necessity - one.necessity);
  }

  stop(model, { search }) {
    clearInterval(this.timers.get("find"));
    model.reply({ kind: "stopped", search });
  }

  /** A row of the table after the other. */
  compare(model, { wanted }) {
    clearInterval(this.timers.get("compare"));
    if (!wanted) return;
    const total = BASELINES.length;
    let done = 0;
    model.reply({ kind: "compared", rows: [], total });
    this.timers.set("compare", setInterval(() => {
      done += 1;
      model.reply({ kind: "compared", rows: BASELINES.slice(0, done).map((_, number) => this.compared(number)), total });
      if (done === total) clearInterval(this.timers.get("compare"));
    }, this.pace));
  }

  compared(number) {
    const { baseline, sentence } = hiddenBy(this.data, 37, number);
    const still = number === 1;
    const predicted = this.data.classes[still ? 0 : 1];
    const verdict = still
      ? `With everything hidden the model still says ${predicted} (0.97): what the maps show is what holds against the rest.`
      : `With everything hidden the model says ${predicted}.`;
    return { number, baseline, sentence, predicted, score_hidden: still ? 0.97 : 0.04 * (number + 1), moved: 0.02 * (number + 1), outside: still ? 0.12 : 0, verdict };
  }

  /** Another baseline: the panels that hide by it are computed again, and the others stay. */
  hide(model, { baseline }) {
    const seed = model.get("sample").index;
    model.change("hidden", hiddenBy(this.data, seed, baseline));
    const again = (old) => ({ ...panel(this.data, old.method, seed + baseline, old.name), run: ++this.runs });
    model.change("panels", model.full.map((old) => (old.method === "occlusion" ? again(old) : old)));
  }

  show(model, { sample, a, b }) {
    const [H, W, C] = sizes(this.data);
    if (sample !== null) {
      model.change("hidden", hiddenBy(this.data, sample, model.get("hidden").number));
      const values = matrix(this.data, sample);
      const called = this.names ? { name: this.listed(sample).name } : {};
      model.change("sample", { ...model.get("sample"), ...called, index: sample, matrix: array(values, [H, W, C]) });
      model.change("listing", { ...model.get("listing"), at: this.at(model) });
    }
    if (a !== null) model.change("target", { a, b, given: true });
    const seed = model.get("sample").index;
    model.change("panels", model.full.map((old) => (old.pinned ? old : { ...panel(this.data, old.method, seed, old.name), run: ++this.runs })));
    this.saved(model);
  }

  /** What the fake network says of a sample, without its matrix. */
  listed(index) {
    const { classes, truth } = this.data;
    const draw = random(index + 1);
    const known = truth === null ? null : Math.floor(draw() * classes.length);
    const predicted = draw() < 0.7 && known !== null ? known : Math.floor(draw() * classes.length);
    return { index, name: this.names ? `patient ${(index * 7) % 240}` : "", truth: known, predicted, value: draw() };
  }

  arrange(model, { kind, ...arranged }) {
    const { text, only, among, order, reverse } = arranged;
    const found = ({ index, name, truth, predicted }) =>
      (!text || String(index).startsWith(text) || name.includes(text) || [truth, predicted].some((each) => each !== null && this.data.classes[each].includes(text))) &&
      (only !== "misclassified" || truth !== predicted) && (only !== "predicted" || predicted === among) && (only !== "true" || truth === among);
    const all = count(model.get("sample").count, (index) => this.listed(index)).filter(found);
    if (order !== "index") all.sort((a, b) => a.value - b.value);
    if (reverse) all.reverse();
    this.places = all.map(({ index }) => index);
    const old = model.get("listing");
    const measure = order === "index" ? "probability" : order === "unsure" ? "margin" : "distance";
    const about = order === "index" ? "" : "The margin is the largest probability minus the second largest.";
    setTimeout(() => model.change("listing", { ...old, ...this.surveyed, number: old.number + 1, arranged, count: all.length, at: this.at(model), measure, about }), 4);
  }

  at(model) {
    const { index } = model.get("sample");
    const place = this.places ? this.places.indexOf(index) : index;
    return place < 0 ? null : place;
  }

  survey(model, { wanted }) {
    model.change("listing", { ...model.get("listing"), running: wanted });
  }

  window(model, { viewer, start, count: wanted }) {
    const [H, W, C] = sizes(this.data);
    const shape = [Math.min(H, 20), Math.min(W, 48)];
    const { number, count: all } = model.get("listing");
    const which = count(Math.max(0, Math.min(wanted, all - start)), (place) => this.places?.[start + place] ?? start + place);
    const pixels = new Uint8Array(which.length * shape[0] * shape[1]);
    which.forEach((index, at) => {
      const values = matrix(this.data, index);
      const [low, high] = [Math.min(...values), Math.max(...values)];
      for (let r = 0; r < shape[0]; r++) for (let c = 0; c < shape[1]; c++) {
        const cell = Math.floor((r * H) / shape[0]) * W + Math.floor((c * W) / shape[1]);
        pixels[(at * shape[0] + r) * shape[1] + c] = Math.round((254 * (values[cell * C] - low)) / (high - low || 1));
      }
    });
    const reply = { kind: "listed", viewer, number, start, samples: which.map((index) => this.listed(index)), shape };
    setTimeout(() => model.reply(reply, [new DataView(pixels.buffer)]), 4);
  }

  step(model, { by }) {
    const place = this.at(model);
    const there = place === null ? (by > 0 ? 0 : this.places.length - 1) : place + by;
    const sample = this.places[Math.max(0, Math.min(this.places.length - 1, there))];
    this.show(model, { sample, a: null, b: null });
  }

  remove(model, { panel: name }) {
    model.change("panels", model.full.filter((other) => other.name !== name));
  }

  pin(model, { panel: name, wanted }) {
    const { sample, target, hidden } = model.values;
    const pinned = { sample: sample.index, a: target.a, b: target.b, baseline: hidden.number, hidden: "" };
    const turned = ({ pinned: _, ...old }) => ({ ...old, run: ++this.runs, ...(wanted ? { pinned } : {}) });
    model.change("panels", model.full.map((old) => (old.name === name ? turned(old) : old)));
  }

  subtract(model, { a, b, panel: name }) {
    const [one, other] = [a, b].map((wanted) => model.full.find((panel) => panel.name === wanted));
    const floats = ({ map }) => new Float32Array(map.bytes.buffer);
    const cells = floats(one).map((value, cell) => value - floats(other)[cell]);
    const about = { ...one, name, method: "difference", of: [a, b], summary: "raw values", run: ++this.runs, notes: [`${a} minus ${b}: one method and one unit, so the values are as they are.`] };
    const found = { ...about, map: array(cells, one.map.shape), residual: null, seconds: null, parameters: {} };
    delete found.pinned;
    model.change("panels", placed(model.full, found, b));
  }

  order(model, { panels: order }) {
    model.change("panels", order.map((name) => model.full.find((panel) => panel.name === name)));
  }

  copy_code(model, { part, panel }) {
    model.reply({ kind: "code", text: `# ${[part, panel].filter(Boolean).join(" ")}` });
  }

  export(model, { format }) {
    model.reply({ kind: "file", name: `heatbrush.${format}`, type: "application/octet-stream" }, [new DataView(new ArrayBuffer(8))]);
  }
}

/** The panels with one more, behind one of them or at the end. */
function placed(panels, fresh, beside) {
  const at = panels.findIndex(({ name }) => name === beside) + 1 || panels.length;
  return [...panels.slice(0, at), fresh, ...panels.slice(at)];
}

const ARRAYS = ["map", "standard_error", "row_errors", "column_errors", "channels"];

/** Whole panels as the kernel sends them: the arrays of each in a trait of its own. */
function parted(panels) {
  const traits = {};
  const states = panels.map((panel, index) => {
    const state = Object.fromEntries(Object.entries(panel).filter(([key]) => !ARRAYS.includes(key)));
    if (!panel.map) return { ...state, arrays: "" };
    traits[`arrays_${index}`] = { run: panel.run, ...Object.fromEntries(ARRAYS.map((key) => [key, panel[key] ?? ABSENT])) };
    return { ...state, arrays: `arrays_${index}` };
  });
  return { ...traits, panels: states };
}

/** The model interface of anywidget: traits by name, events, messages; `sent` keeps what the browser sent. */
export class MockModel {
  constructor(values, kernel = null) {
    this.values = { ...values, ...parted(values.panels) };
    this.kernel = kernel;
    this.listeners = new Map();
    this.sent = [];
    this.saved = 0;
  }

  get(name) {
    return this.values[name];
  }

  /** The panels with their arrays; null is what a panel does not have. */
  get full() {
    return this.values.panels.map((panel) => {
      const held = this.values[panel.arrays];
      const arrays = ARRAYS.map((key) => [key, held?.[key].bytes.byteLength ? held[key] : null]);
      return { ...panel, ...Object.fromEntries(arrays) };
    });
  }

  set(name, value) {
    this.values[name] = value;
    this.emit(`change:${name}`);
  }

  save_changes() {
    this.saved += 1;
    this.kernel?.saved(this);
  }

  on(event, listener) {
    for (const name of event.split(" ")) {
      if (!this.listeners.has(name)) this.listeners.set(name, []);
      this.listeners.get(name).push(listener);
    }
  }

  off(event, listener) {
    if (!event) return this.listeners.clear();
    for (const name of event.split(" ")) {
      const rest = (this.listeners.get(name) ?? []).filter((other) => listener && other !== listener);
      if (rest.length) this.listeners.set(name, rest);
      else this.listeners.delete(name);
    }
  }

  get listening() {
    return [...this.listeners.values()].reduce((sum, list) => sum + list.length, 0);
  }

  emit(event, ...parts) {
    for (const listener of [...(this.listeners.get(event) ?? [])]) listener(...parts);
  }

  send(message) {
    this.sent.push(message);
    this.kernel?.receive(this, message);
  }

  /** What the kernel sends. */
  reply(message, buffers = []) {
    this.emit("msg:custom", message, buffers);
  }

  /** A trait that the kernel changed; panels are given with their arrays. */
  change(name, value) {
    if (name !== "panels") return this.set(name, value);
    const { panels, ...arrays } = parted(value);
    Object.assign(this.values, arrays);
    this.set("panels", panels);
  }
}
