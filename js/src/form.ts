// The form of a method's parameters, made from its fields; what is typed is checked here before anything is sent.

import { destination, freshName, parametersOf, whyNot, type Context } from "./context.ts";
import { html, set, show, text, unique } from "./dom.ts";
import { figure, words } from "./names.ts";
import type { FieldState, MethodState } from "./protocol.ts";

/** A value, or the sentence that says what is wrong with what was typed. */
export type Read = { value: unknown } | { wrong: string };

const INTEGER = /^[+-]?\d+$/;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;

/** What a typed text means for a field: empty is None where the field may be None, else the default. */
export function read(field: FieldState, typed: string): Read {
  const value = typed.trim().replace("−", "-");
  if (!value) return { value: field.nullable ? null : field.default };
  if (field.kind === "text") return readText(field, value);
  const whole = field.kind === "integer" || field.kind === "pair";
  if (!(whole ? INTEGER : NUMBER).test(value))
    return { wrong: `${field.label}: ${whole ? "a whole number" : "a number"}${bounds(field)}, not "${value}".` };
  const given = Number(value);
  const { minimum, maximum, exclusive } = field;
  const low = minimum !== null && (exclusive ? given <= minimum : given < minimum);
  const high = maximum !== null && (exclusive ? given >= maximum : given > maximum);
  return low || high
    ? { wrong: `${field.label}: ${whole ? "a whole number" : "a number"}${bounds(field)}.` }
    : { value: given };
}

/** A number, one of the names that the field knows, or any text where it knows none. */
function readText(field: FieldState, value: string): Read {
  if (NUMBER.test(value)) return { value: Number(value) };
  const named = (field.choices ?? []).find((name) => words(name) === words(value.toLowerCase()));
  if (named || !field.choices) return { value: named ?? value };
  return { wrong: `${field.label}: a number, or ${field.choices.map(words).join(", ")}.` };
}

/** The two numbers of a pair: both empty is None; one empty is the whole axis. */
export function readPair(field: FieldState, typed: [string, string]): Read {
  const empty = typed.map((part) => !part.trim());
  if (empty[0] && empty[1]) return { value: field.nullable ? null : field.default };
  const parts = typed.map((part, index) => (empty[index] ? { value: null } : read(field, part)));
  const wrong = parts.find((part) => "wrong" in part);
  return wrong ?? { value: parts.map((part) => (part as { value: unknown }).value) };
}

function bounds({ minimum, maximum, exclusive }: FieldState): string {
  const parts = [];
  if (minimum !== null) parts.push(`${exclusive ? "above" : "of at least"} ${figure(minimum, 3)}`);
  if (maximum !== null) parts.push(`${exclusive ? "below" : "at most"} ${figure(maximum, 6)}`);
  return parts.length ? ` ${parts.join(" and ")}` : "";
}

/** The chosen parameters in a few words, for the button: the first two that differ from the defaults. */
export function inWords(method: MethodState | undefined, parameters: Record<string, unknown>): string {
  const said = (method?.fields ?? []).flatMap((field) => {
    const value = parameters[field.name];
    if (value === undefined || JSON.stringify(value) === JSON.stringify(field.default)) return [];
    if (Array.isArray(value)) return [value.map((part) => part ?? "all").join(" × ")];
    if (typeof value === "boolean") return [value ? field.label : `no ${field.label}`];
    return [typeof value === "number" ? `${figure(value, 3)} ${field.label}` : words(String(value ?? "auto"))];
  });
  return said.length ? said.slice(0, 2).join(", ") : "defaults";
}

/** One row of the form: its elements, how to read it, and how to fill it. */
interface Row {
  field: FieldState;
  elements: HTMLElement[];
  first: HTMLElement;
  read: () => Read;
  fill: (value: unknown) => void;
}

export function openForm(context: Context, opener: HTMLElement): void {
  const scene = context.scene();
  const method = scene.state.methods.find((known) => known.name === scene.local.method);
  if (!method) return;
  const box = html("div", { class: "hb-pop", role: "dialog", "aria-label": `Parameters of ${words(method.name)}` });
  const grid = html("div", { class: "hb-form" });
  const rows = method.fields.map((field) => rowOf(field));
  const given = parametersOf(scene);
  for (const row of rows) {
    row.fill(given[row.field.name] ?? row.field.default);
    grid.append(...row.elements);
  }
  grid.append(...destinationRow(context));
  const check = (): boolean => keep(context, method, rows, given);
  grid.addEventListener("input", check);
  const defaults = html("button", { type: "button", disabled: !rows.length }, "Defaults");
  defaults.addEventListener("click", () => {
    for (const row of rows) row.fill(row.field.default);
    check();
  });
  const run = html("button", { type: "button", class: "hb-go", disabled: whyNot(scene) !== "" }, "Run");
  // the toolbar's own Run stands beside its form
  const beside = opener.closest(".hb-run") !== null;
  const go = (): void => {
    if (!check() || whyNot(context.scene())) return;
    context.popover.close();
    context.run();
  };
  run.addEventListener("click", go);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || (event.target as Element).tagName === "BUTTON") return;
    event.preventDefault(); // or the opener, focused again, would be pressed by the same key
    go();
  });
  box.append(
    html("h4", {}, words(method.name)),
    html("p", {}, method.question),
    grid,
    html("div", { class: "hb-pop-foot" }, defaults, beside ? html("span", {}, "Enter runs") : run),
  );
  context.popover.open(opener, box, "right");
}

/** Remember what is valid, mark what is not; false where something is wrong. */
function keep(context: Context, method: MethodState, rows: Row[], given: Record<string, unknown>): boolean {
  const parameters: Record<string, unknown> = { ...given };
  let valid = true;
  for (const { field, elements, read: readRow } of rows) {
    const made = readRow();
    const why = elements[elements.length - 1]!;
    const wrong = "wrong" in made ? made.wrong : "";
    text(why, wrong);
    show(why, wrong !== "");
    for (const input of elements[1]!.querySelectorAll("input")) set(input, "aria-invalid", wrong ? "true" : null);
    if ("wrong" in made) valid = false;
    else if (field.name in given || JSON.stringify(made.value) !== JSON.stringify(field.default))
      parameters[field.name] = made.value;
    else delete parameters[field.name];
  }
  if (valid) context.set({ parameters: { ...context.scene().local.parameters, [method.name]: parameters } });
  return valid;
}

function rowOf(field: FieldState): Row {
  const id = unique("field");
  const label = html("label", { for: id, title: field.help || null }, field.label);
  const why = html("span", { class: "hb-why", role: "alert", hidden: true });
  const made =
    field.kind === "choice"
      ? choice(field, id)
      : field.kind === "boolean"
        ? tick(id)
        : field.kind === "pair"
          ? pair(field, id)
          : line(field, id);
  set(made.holder, "title", field.help || null);
  return { field, elements: [label, made.holder, why], first: made.holder, read: made.read, fill: made.fill };
}

type Made = { holder: HTMLElement } & Pick<Row, "read" | "fill">;

function choice(field: FieldState, id: string): Made {
  const select = html("select", { id });
  const none = field.nullable ? [html("option", { value: "" }, "auto")] : [];
  const choices = field.choices ?? [];
  select.append(...none, ...choices.map((value) => html("option", { value }, words(value))));
  // a value that Python chose and the list does not hold stays as it is
  let own: unknown = null;
  return {
    holder: html("span", { class: "hb-pick" }, select),
    read: () => ({ value: select.value === "" ? null : choices.includes(select.value) ? select.value : own }),
    fill: (value) => {
      const text = value == null ? "" : String(value);
      if (text && !choices.includes(text)) {
        own = value;
        select.append(html("option", { value: text }, text));
      }
      select.value = text;
    },
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
    placeholder: field.nullable ? "auto" : null,
  });
  return {
    holder: html("span", { class: "hb-field" }, input, names, html("span", { class: "hb-unit" }, field.unit)),
    read: () => (own.text && input.value === own.text ? { value: own.value } : read(field, input.value)),
    fill: (value) => {
      own = { text: typeof value === "string" ? words(value) : "", value };
      input.value = own.text || written(value);
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
    for (const input of [rows, columns]) input.placeholder = nothing ? "auto" : "all";
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

function written(value: unknown): string {
  return value == null ? "" : String(value);
}

/** Where the result goes; only where there is a choice. */
function destinationRow(context: Context): HTMLElement[] {
  const { local, state } = context.scene();
  const panel = destination({ ...context.scene(), local: { ...local, panel: local.panel || null } });
  if (!panel) return [];
  const select = html("select", { "aria-label": "Result goes to" });
  select.append(
    html(
      "option",
      { value: panel.name },
      panel.name === local.method || !local.panel ? "this panel" : words(panel.name),
    ),
    html("option", { value: "" }, "a new panel"),
  );
  select.value = local.panel === "" ? "" : panel.name;
  set(select, "title", `A new panel would be "${words(freshName(local.method, state.panels))}"`);
  select.addEventListener("change", () => context.set({ panel: select.value }));
  return [
    html("label", {}, "result goes to"),
    html("span", { class: "hb-pick" }, select),
    html("span", { hidden: true }),
  ];
}
