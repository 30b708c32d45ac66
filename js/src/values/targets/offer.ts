// What may be chosen as a target: of each output, layer and thing what can be asked about it, and the numbers that takes.

import type { FieldState, Offered, OfferedLayer, OfferedOutput } from "../../protocol.ts";
import { counted } from "../writing.ts";

/** A target as it travels: plain data, and the sample that it compares with. */
export interface Wanted {
  target: Record<string, unknown>;
  like: number | null;
}

export interface Choice {
  /** As it is listed, and found by typing. */
  name: string;
  /** The shape of what is read. */
  aside: string;
  about: string;
  /** What is still to be said; none where nothing is. */
  fields: FieldState[];
  make: (values: Record<string, unknown>) => Wanted;
}

/** What the view shows, from which the fields begin. */
export interface Shown {
  sample: number;
  samples: number;
  /** The cell that is meant, and the rows and columns of the matrix. */
  row: number;
  column: number;
  rows: number;
  columns: number;
  things: number;
}

export function choices(offered: Offered, shown: Shown): Choice[] {
  const several = offered.outputs.length > 1;
  const outputs = offered.outputs.flatMap((each, number) => ofOutput(each, several ? number : null, shown));
  return [...outputs, ...ofThings(offered, shown), ...offered.layers.flatMap((each) => ofLayer(each, shown))];
}

function field(name: string, label: string, rest: Partial<FieldState>): FieldState {
  return {
    ...{ name, label, kind: "integer", default: 0, nullable: false, none: "", minimum: null, maximum: null },
    ...{ exclusive: false, choices: null, when: {}, unit: "", help: "", ...rest },
  };
}

/** One of so many, counted from 0; there is nothing to say of one. */
function among(name: string, label: string, count: number, usual = 0): FieldState[] {
  if (count < 2) return [];
  const help = `0 to ${count - 1}`;
  return [field(name, label, { minimum: 0, maximum: count - 1, default: Math.min(usual, count - 1), help })];
}

const REDUCE = field("reduce", "cells", {
  kind: "choice",
  default: "mean",
  choices: ["mean", "sum", "max"],
  help: "how its cells become one number: their mean, their sum, or the largest",
});

function plain(target: Record<string, unknown>): Choice["make"] {
  return (values) => ({ target: { ...target, ...values }, like: null });
}

/** The cell of a coarser map that lies over a cell of the matrix. */
function over(place: number, whole: number, size: number): number {
  return Math.floor(((place + 0.5) * size) / whole);
}

function ofOutput(output: OfferedOutput, number: number | null, shown: Shown): Choice[] {
  const { name, rows, columns, channels, classes, steps, each } = output;
  const own = number === null ? {} : { output: number };
  const found: Choice[] = [];
  const add = (said: string, aside: string, about: string, kind: string, fields: FieldState[], rest = {}): void => {
    found.push({ name: `${said} of ${name}`, aside, about, fields, make: plain({ kind, ...own, ...rest }) });
  };
  if (rows && columns) {
    const shape = [rows, columns, channels].filter(Boolean).join(" × ");
    const channel = among("channel", "channel", channels);
    const at = [
      ...among("row", "row", rows, over(shown.row, shown.rows, rows)),
      ...among("column", "column", columns, over(shown.column, shown.columns, columns)),
    ];
    const begins = "The cell at the crosshair, or in the middle of the selection, stands here first.";
    add("cell", shape, begins, "Location", [...at, ...channel], { row: 0, column: 0 });
    const under = "The cells of the map whose middle is selected.";
    add("selected area", shape, under, "Area", [REDUCE, ...channel]);
  }
  if (classes && number !== null)
    add(
      "class",
      counted(classes, "class", "classes"),
      "The score of one class of it.",
      "Output",
      among("of", "class", classes),
      {
        of: 0,
      },
    );
  if (steps) {
    const one = [...among("index", "step", steps), ...among("channel", "number", each)];
    add("step", counted(steps, "step"), "What the model answers at one step.", "Step", one, { index: 0 });
  }
  return found;
}

function ofThings({ counts, boxes }: Offered, { things }: Shown): Choice[] {
  const found: Choice[] = [];
  if (counts)
    found.push({
      ...{ name: "number of landmarks", aside: "", about: "", fields: [] },
      make: plain({ kind: "Count" }),
    });
  if (boxes && things)
    found.push({
      name: "part of a box: objectness, class, edge",
      aside: counted(things, "box", "boxes"),
      about: "What of a box is explained: that it is there, what it is, or where it ends.",
      fields: [
        ...among("k", "box", things),
        field("term", "part", {
          ...{ kind: "choice", default: "objectness", choices: ["objectness", "class", "position", "all"] },
          help: "all is objectness and class together",
        }),
        field("edge", "edge", {
          ...{ kind: "choice", default: "left", choices: ["top", "bottom", "left", "right"] },
          when: { term: ["position"] },
        }),
      ],
      make: (values) => {
        const { edge, ...rest } = { k: 0, ...values } as Record<string, unknown>;
        return { target: { kind: "Box", ...rest, ...(rest.term === "position" ? { edge } : {}) }, like: null };
      },
    });
  return found;
}

function ofLayer({ name, shape, channels, cells }: OfferedLayer, shown: Shown): Choice[] {
  const aside = shape.join(" × ");
  const unit: Choice = {
    name: `unit of ${name}`,
    aside,
    about: "One unit of the layer, in its own order of axes.",
    fields: shape.flatMap((size, axis) => among(`axis ${axis}`, shape.length > 1 ? `axis ${axis}` : "unit", size)),
    make: (values) => {
      const index = shape.map((_, axis) => values[`axis ${axis}`] ?? 0);
      return { target: { kind: "Neuron", layer: name, index }, like: null };
    },
  };
  if (!cells) return [unit];
  const fields = [...among("index", "channel", channels), REDUCE];
  const about = "One channel of the layer, over all its cells.";
  const make = plain({ kind: "Channel", layer: name, index: 0 });
  return [{ name: `channel of ${name}`, aside, about, fields, make }, ...likeness(name, aside, shown), unit];
}

function likeness(layer: string, aside: string, { sample, samples }: Shown): Choice[] {
  if (samples < 2) return [];
  const other = sample === 0 ? 1 : 0;
  const one = (kind: string, said: string, about: string): Choice => ({
    name: `${said} of ${layer}`,
    ...{ aside, about, fields: among("like", "sample", samples, other) },
    make: ({ like }) => ({ target: { kind, layer }, like: like as number }),
  });
  return [
    one("Gram", "texture", "How alike the texture of the layer is to that of another sample."),
    one("Content", "content", "How alike the cells of the layer are to those of another sample."),
  ];
}
