// One field of a form: how it is drawn, how it is read, and how a value is written into it.

import { html, set, text, unique } from "../dom/dom.ts";
import type { FieldState } from "../protocol.ts";
import { type Read, read, readPair } from "../values/parameters.ts";
import { counted, words } from "../values/writing.ts";

/** In the place of a value that no text can say. */
const AS_GIVEN = "as in Python";

/** One row of the form: its elements, how to read it, and how to fill it. */
export interface Row {
  field: FieldState;
  label: HTMLElement;
  holder: HTMLElement;
  /** What is wrong with what was typed. */
  why: HTMLElement;
  /** What the parameter means; the form shows it for the field that has the focus. */
  help: HTMLElement;
  read: () => Read;
  fill: (value: unknown) => void;
}

type Made = Pick<Row, "holder" | "read" | "fill">;

export function rowOf(field: FieldState): Row {
  const id = unique("field");
  const made = drawn(field, id);
  const help = html("span", { id: `${id}-help` }, html("b", {}, field.label), ` ${field.help}`);
  for (const input of field.help ? made.holder.querySelectorAll("input, select") : [])
    set(input, "aria-describedby", help.id);
  const label = html("label", { for: id, title: field.help || null }, field.label);
  const why = html("span", { class: "hb-why", role: "alert", hidden: true });
  set(made.holder, "title", field.help || null);
  return { field, label, why, help, ...made };
}

function drawn(field: FieldState, id: string): Made {
  if (field.kind === "choice") return choice(field, id);
  if (field.kind === "boolean") return field.nullable ? maybe(field, id) : tick(id);
  if (field.kind === "pair") return pair(field, id);
  return field.kind === "list" ? given(id) : line(field, id);
}

function choice(field: FieldState, id: string): Made {
  const select = html("select", { id });
  const none = field.nullable ? [html("option", { value: "" }, field.none)] : [];
  const choices = field.choices ?? [];
  select.append(...none, ...choices.map((value) => html("option", { value }, words(value))));
  // a value that Python chose and the list does not hold stays as it is
  let own: unknown = null;
  return {
    holder: html("span", { class: "hb-pick" }, select),
    read: () => ({ value: select.value === "" ? null : choices.includes(select.value) ? select.value : own }),
    fill: (value) => {
      const text = value == null ? "" : typeof value === "object" ? AS_GIVEN : String(value);
      if (text && !choices.includes(text)) {
        own = value;
        select.append(html("option", { value: text }, text));
      }
      select.value = text;
    },
  };
}

/** A yes or no that may also be left open. */
function maybe(field: FieldState, id: string): Made {
  const { holder, read, fill } = choice({ ...field, choices: ["yes", "no"] }, id);
  return {
    holder,
    read: () => {
      const made = read() as { value: unknown };
      return { value: made.value === null ? null : made.value === "yes" };
    },
    fill: (value) => fill(value == null ? null : value ? "yes" : "no"),
  };
}

function tick(id: string): Made {
  const input = html("input", { id, type: "checkbox" });
  return {
    holder: html("span", { class: "hb-field" }, input),
    read: () => ({ value: input.checked }),
    fill: (value) => {
      input.checked = value === true;
    },
  };
}

function line(field: FieldState, id: string): Made {
  const numeric = field.kind === "integer" || field.kind === "number";
  const names = html("datalist", { id: `${id}-names` });
  names.append(...(field.choices ?? []).map((name) => html("option", { value: words(name) })));
  // what Python chose and no text can say, as an array for a baseline, stays as it is while it is not touched
  let own = { text: "", value: null as unknown };
  const input = html("input", {
    id,
    list: field.choices ? names.id : null,
    type: "text",
    autocomplete: "off",
    inputmode: numeric ? "decimal" : null,
    class: numeric ? null : "hb-long",
    placeholder: field.nullable ? field.none : null,
  });
  return {
    holder: html("span", { class: "hb-field" }, input, names, html("span", { class: "hb-unit" }, field.unit)),
    read: () => (own.text && input.value === own.text ? { value: own.value } : read(field, input.value)),
    fill: (value) => {
      const text =
        typeof value === "string" ? words(value) : value !== null && typeof value === "object" ? AS_GIVEN : "";
      own = { text, value };
      input.value = text || written(value);
    },
  };
}

function pair(field: FieldState, id: string): Made {
  const make = (side: string): HTMLInputElement =>
    html("input", { type: "text", inputmode: "numeric", autocomplete: "off", "aria-label": `${field.label}, ${side}` });
  const [rows, columns] = [make("rows"), make("columns")];
  rows.id = id;
  const hint = (): void => {
    const nothing = !rows.value.trim() && !columns.value.trim();
    for (const input of [rows, columns]) input.placeholder = nothing ? field.none : "all";
  };
  for (const input of [rows, columns]) input.addEventListener("input", hint);
  return {
    holder: html(
      "span",
      { class: "hb-field" },
      rows,
      "×",
      columns,
      html("span", { class: "hb-unit" }, field.unit || "rows × columns"),
    ),
    read: () => readPair(field, [rows.value, columns.value]),
    fill: (value) => {
      const both = Array.isArray(value) ? value : typeof value === "number" ? [value, value] : [null, null];
      [rows.value, columns.value] = [written(both[0]), written(both[1])];
      hint();
    },
  };
}

/** What only Python can set: it is kept, and said to be there. */
function given(id: string): Made {
  const said = html("output", { id });
  let own: unknown = null;
  return {
    holder: html("span", { class: "hb-field" }, said),
    read: () => ({ value: own }),
    fill: (value) => {
      own = value;
      text(said, Array.isArray(value) ? `${counted(value.length, "entry", "entries")}, set in Python` : "");
    },
  };
}

/** As it may be typed: 1e-6 rather than 0.000001. */
function written(value: unknown): string {
  if (typeof value === "number" && value !== 0 && Math.abs(value) < 1e-3) return value.toExponential();
  return value == null ? "" : String(value);
}
