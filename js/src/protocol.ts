// The border between kernel and browser: every trait and message, in the order of widget/heatbrush/protocol.py.

export const PROTOCOL = 1;

// ------------------------------------------------------------------ traits: state that outlives a page

export interface Array {
  shape: number[];
  bytes: DataView;
}

export interface Band {
  op: "add" | "remove";
  rows: [number, number | null] | null;
  columns: [number, number | null] | null;
}

export interface Selection {
  bands: Band[];
}

export interface AxisState {
  name: string;
  labels: string[];
  values: number[] | null;
}

export interface Axes {
  rows: AxisState;
  columns: AxisState;
}

export interface Sample {
  index: number;
  count: number;
  others: boolean;
  truth: number | null;
  matrix: Array;
}

export interface Scores {
  kind: "probabilities" | "values";
  all: (number | null)[];
  predicted: number;
}

export interface Target {
  a: number;
  b: number | null;
  given: boolean;
}

export interface Failure {
  title: string;
  sentence: string;
  instead: string[];
}

export interface Loss {
  node: string;
  arrives: number | null;
  passed: number | null;
  bias: number | null;
  stabiliser: number | null;
  rest: number | null;
}

export interface PanelState {
  name: string;
  method: string;
  parameters: Record<string, unknown>;
  summary: string;
  run: number;
  within: Selection | null;
  seconds: number | null;
  score: number | null;
  score_at_baseline: number | null;
  residual: number | null;
  notes: string[];
  conservation: Loss[];
  profile: "sum" | "mean";
  map: Array | null;
  standard_error: Array | null;
  row_errors: Array | null;
  column_errors: Array | null;
  channels: Array | null;
  failure: Failure | null;
}

export interface FieldState {
  name: string;
  label: string;
  kind: "integer" | "number" | "boolean" | "choice" | "pair" | "list" | "text";
  default: unknown;
  nullable: boolean;
  none: string;
  minimum: number | null;
  maximum: number | null;
  exclusive: boolean;
  choices: string[] | null;
  when: Record<string, unknown[]> | Record<string, unknown[]>[];
  unit: string;
  help: string;
}

export interface FamilyState {
  name: string;
  about: string;
}

export interface MethodState {
  name: string;
  family: string;
  question: string;
  reason: string;
  fields: FieldState[];
}

export interface RunState {
  region: Selection;
  label: string;
  methods: string[];
  necessity: number | null;
  sufficiency: number | null;
  p: number | null;
  cells: number;
}

export interface EvidenceState {
  search: number;
  axis: "rows" | "columns";
  runs: RunState[];
  about: string;
  failed: boolean;
}

export interface Options {
  limits: "own" | "shared";
  quantile: number;
  colours: string;
  channel: number | null;
  profiles: boolean;
  evidence: boolean;
  mode: "rows" | "columns" | "rectangle";
}

export interface Traits {
  protocol: number;
  live: boolean;
  bare: boolean;
  axes: Axes;
  classes: string[];
  families: FamilyState[];
  methods: MethodState[];
  tables: Record<string, DataView>;
  sample: Sample;
  scores: Scores;
  target: Target;
  panels: PanelState[];
  notes: string[];
  finder: FieldState[];
  evidence: EvidenceState;
  selection: Selection;
  pointed: Selection;
  options: Options;
}

// ------------------------------------------------------------------ messages from the browser

export interface Hello {
  kind: "hello";
}

export interface Run {
  kind: "run";
  method: string;
  parameters: Record<string, unknown>;
  within: Selection | null;
  panel: string | null;
}

export interface Cancel {
  kind: "cancel";
  panel: string;
  run: number;
}

export interface Find {
  kind: "find";
  axis: "rows" | "columns";
  parameters: Record<string, unknown>;
}

export interface Stop {
  kind: "stop";
  search: number;
}

export interface Whatif {
  kind: "whatif";
  ask: number;
  viewer: number;
  selection: Selection;
}

export interface Show {
  kind: "show";
  sample: number | null;
  a: number | null;
  b: number | null;
}

export interface Restore {
  kind: "restore";
  sample: number;
  a: number;
  b: number | null;
  given: boolean;
  runs: Record<string, number>;
}

export interface Remove {
  kind: "remove";
  panel: string;
}

export interface Export {
  kind: "export";
  format: "html" | "npz" | "csv";
}

export type Request = Hello | Run | Cancel | Find | Stop | Whatif | Show | Restore | Remove | Export;

// ------------------------------------------------------------------ messages to the browser

export interface Alive {
  kind: "alive";
}

export interface Queued {
  kind: "queued";
  panel: string;
  method: string;
  run: number;
}

export interface Progress {
  kind: "progress";
  panel: string;
  run: number;
  done: number;
  total: number;
  seconds_left: number | null;
}

export interface Partial {
  kind: "partial";
  panel: string;
  run: number;
  shape: number[];
}

export interface Cancelled {
  kind: "cancelled";
  panel: string;
  run: number;
}

export interface Searching {
  kind: "searching";
  search: number;
  done: number;
  total: number;
  seconds_left: number | null;
}

export interface Stopped {
  kind: "stopped";
  search: number;
}

export interface Answer {
  kind: "answer";
  ask: number;
  without: (number | null)[] | null;
  only: (number | null)[] | null;
  reason?: string;
}

export interface File {
  kind: "file";
  name: string;
  type: string;
}

export interface Refused {
  kind: "refused";
  sentence: string;
}

export type Reply = Alive | Queued | Progress | Partial | Cancelled | Searching | Stopped | Answer | File | Refused;
