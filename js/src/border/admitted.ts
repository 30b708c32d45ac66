// What the kernel sends, taken only where it fits: its shape by the protocol, and its sizes by what is known already.

import {
  type Band,
  type Large,
  type Array as Packed,
  type PanelArrays,
  type Reply,
  type RunScores,
  type Selection,
  SHAPES,
  type Shape,
  type Traits,
} from "../protocol.ts";
import type { AnyModel, TraitName } from "./any_model.ts";
import { misfit } from "./fits.ts";

/** What is said once, where something does not fit. */
export function differing(where: string): string {
  return `The kernel and this page do not fit each other (${where}); what is shown may be old. Save, and load the page again.`;
}

/** Where a trait does not fit, null where it does. */
export function misfitOfTrait(model: AnyModel, name: TraitName): string | null {
  const value = model.get(name);
  const within = misfit((SHAPES.Traits as Record<string, Shape>)[name]!, value);
  if (within !== null) return within ? `${name}.${within}` : name;
  const check = SIZES[name] as ((value: unknown, model: AnyModel) => boolean) | undefined;
  return check && !check(value, model) ? name : null;
}

/** The first trait that does not fit. */
export function misfitOf(model: AnyModel, names: readonly TraitName[]): string | null {
  for (const name of names) {
    const found = misfitOfTrait(model, name);
    if (found !== null) return found;
  }
  return null;
}

/** Whether a message is one of the protocol. */
export function isReply(content: unknown): content is Reply {
  return misfit("@Reply", content) === null;
}

type Axes = Traits["axes"];
type Check<K extends TraitName> = (value: Traits[K], model: AnyModel) => boolean;

/** Bytes of a colour table. */
const TABLE = 3 * 256;

const SIZES: { [K in TraitName]?: Check<K> } = {
  axes: ({ rows, columns }) =>
    [rows, columns].every(({ labels, values }) => !values || values.length === labels.length),
  tables: (tables) => Object.values(tables).every((table) => (table as unknown as DataView).byteLength === TABLE),
  sample: ({ index, count, matrix, absent, large }, model) => {
    const shape = large?.shape ?? matrix.shape;
    const fits = (shape[2] ?? 1) > 0 && isOf(shape, model) && isMap(absent, model) && isReduced(large, model);
    return index >= 0 && index < count && fits;
  },
  hidden: ({ matrix }, model) => {
    const sample = model.get("sample") as Traits["sample"];
    // what a sample that does not fit needs is said of the sample
    return isNone(matrix) || misfit("@Sample", sample) !== null || spreads(matrix.shape, sample.matrix);
  },
  target: ({ a, b }, model) => {
    const { length } = model.get("classes") as Traits["classes"];
    // without a model there are no classes, and the target means nothing
    return length === 0 || [a, b ?? 0].every((index) => index >= 0 && index < length);
  },
  panels: (panels, model) => {
    const names = new Set(panels.map(({ name }) => name));
    return (
      names.size === panels.length &&
      panels.every(
        ({ arrays, within }) =>
          (!arrays || fitsMatrix(model.get(arrays), model)) && (!within || isWithin(within, model)),
      )
    );
  },
  evidence: ({ runs }, model) => runs.every(({ region }) => isWithin(region, model)),
  answered: ({ selection }, model) => isWithin(selection, model),
  whatifs: ({ classes, rows, columns }) => [rows, columns].every((each) => !each || holds(each, classes.length)),
  named: (named, model) =>
    new Set(named.map(({ name }) => name)).size === named.length &&
    named.every(({ selection }) => isWithin(selection, model)),
  named_scores: (scored, model) => {
    const { length } = model.get("classes") as Traits["classes"];
    const { models } = model.get("scores") as Traits["scores"];
    const each = length * (models?.length || 1);
    return scored.every(
      ({ selection, scores }) =>
        isWithin(selection, model) && (isNone(scores) || (scores.shape[0] === 2 && scores.shape[1] === each)),
    );
  },
  listing: ({ count, at }) => count >= 0 && (at === null || (at >= 0 && at < count)),
  selection: isWithin,
  pointed: isWithin,
};

/** Whether the first sizes of a shape are those of the matrix. */
function isOf(shape: readonly number[], model: AnyModel): boolean {
  const { rows, columns } = model.get("axes") as Axes;
  return shape[0] === rows.labels.length && shape[1] === columns.labels.length;
}

/** Whether every band lies in the matrix. */
function isWithin({ bands }: Selection, model: AnyModel): boolean {
  const axes = model.get("axes") as Axes;
  const lies = (span: Band["rows"], { labels }: Axes["rows"]): boolean => {
    const [start, stop] = span ?? [0, null];
    return start >= 0 && start <= (stop ?? labels.length) && (stop ?? 0) <= labels.length;
  };
  return bands.every(({ rows, columns }) => lies(rows, axes.rows) && lies(columns, axes.columns));
}

/** Whether there are two numbers for each class of each run. */
function holds({ edges, scores: { shape, bytes } }: RunScores, classes: number): boolean {
  const [lines, runs] = [2 * classes, (edges.length * (edges.length - 1)) / 2];
  return shape.length === 2 && shape[0] === lines && shape[1] === runs && bytes.byteLength === 3 * lines * runs;
}

/** Whether an array is the one that stands for none. */
function isNone({ bytes }: Packed): boolean {
  return bytes.byteLength === 0;
}

/** Whether an array has a number for each cell, or several, or is none. */
function isMap(array: Packed, model: AnyModel): boolean {
  return isNone(array) || isOf(array.shape, model);
}

/** Whether a shape is that of an array, or of length 1 where it differs. */
function spreads(shape: readonly number[], over: Packed): boolean {
  return shape.length === over.shape.length && shape.every((size, axis) => size === 1 || size === over.shape[axis]);
}

/** Whether the arrays of a panel are of the matrix; those that its name tells of may not be there yet. */
function fitsMatrix(given: unknown, model: AnyModel): boolean {
  if (given === undefined || given === null) return true;
  if (misfit("@PanelArrays", given) !== null) return false;
  const { rows, columns } = model.get("axes") as Axes;
  const { map, standard_error, channels, row_errors, column_errors, large } = given as PanelArrays;
  const lines = (array: Packed, axis: Axes["rows"]): boolean => isNone(array) || array.shape[0] === axis.labels.length;
  return (
    [map, standard_error, channels].every((array) => isMap(array, model)) &&
    lines(row_errors, rows) &&
    lines(column_errors, columns) &&
    isReduced(large, model)
  );
}

/** Whether the blocks of a large map lie over all of the matrix, and its profiles have its lines. */
function isReduced(large: Large | undefined, model: AnyModel): boolean {
  if (!large || large.strongest.bytes.byteLength === 0) return true;
  const { shape, steps, strongest, mean, rows, columns } = large;
  return (
    isOf(shape, model) &&
    steps.every((step) => step >= 1) &&
    [strongest, mean].every((blocks) => steps.every((step, i) => blocks.shape[i] === Math.ceil(shape[i]! / step))) &&
    rows.shape[0] === shape[0] &&
    columns.shape[0] === shape[1]
  );
}
