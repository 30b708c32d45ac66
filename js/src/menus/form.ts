// The form of a method's parameters: those that matter, checked here before anything is sent.

import { html, set, show, text } from "../dom/dom.ts";
import type { FieldState } from "../protocol.ts";
import { type Context, whyNot } from "../scene/context.ts";
import { addressOf, newName, type Place, parametersOf, placeOf, replaceable } from "../scene/destination.ts";
import { inPlay, same } from "../values/parameters.ts";
import { words } from "../values/writing.ts";
import { type Row, rowOf } from "./field.ts";

/** What a form asks for, and what becomes of it. */
export interface Asked {
  title: string;
  about: string;
  fields: FieldState[];
  given: Record<string, unknown>;
  /** Rows below the fields. */
  more: HTMLElement[];
  /** Why its button does nothing now; empty where it does. */
  why: string;
  verb: string;
  /** Whether a button that does the same stands beside the opener. */
  beside: boolean;
  edge: "left" | "right";
  keep: (parameters: Record<string, unknown>) => void;
  go: () => void;
}

/** The form of the method that the toolbar names. */
export function openForm(context: Context, opener: HTMLElement): void {
  const scene = context.scene();
  const method = scene.state.methods.find((known) => known.name === scene.local.method);
  if (!method) return;
  openFields(context, opener, {
    title: words(method.name),
    about: method.question,
    fields: method.fields,
    given: parametersOf(scene),
    more: destinationRow(context),
    why: whyNot(scene),
    verb: "Run",
    beside: opener.closest(".hb-run") !== null,
    edge: "right",
    keep: (parameters) =>
      context.set({ parameters: { ...context.scene().local.parameters, [method.name]: parameters } }),
    go: () => context.run(),
  });
}

/** A form under a button; what is typed is kept as soon as it is possible. */
export function openFields(context: Context, opener: HTMLElement, asked: Asked): void {
  const { fields, keep } = asked;
  const box = html("div", { class: "hb-pop", role: "dialog", "aria-label": `Parameters of ${asked.title}` });
  const grid = html("div", { class: "hb-form" });
  const help = html("p", { class: "hb-help" });
  const rows = fields.map((field) => rowOf(field));
  let { given } = asked;
  for (const row of rows) {
    row.fill(given[row.field.name] ?? row.field.default);
    grid.append(row.label, row.holder, row.why);
    if (row.field.help) help.append(row.help);
  }
  grid.append(...asked.more);
  const check = (): boolean => {
    const { valid, parameters } = settle(rows, given);
    if (valid) keep(parameters);
    return valid;
  };
  settle(rows, given);
  grid.addEventListener("input", check);
  grid.addEventListener("focusin", ({ target }) => {
    for (const row of rows) set(row.help, "data-on", row.holder.contains(target as Node));
  });
  const defaults = html("button", { type: "button", disabled: !rows.length }, "Defaults");
  defaults.addEventListener("click", () => {
    for (const row of rows) row.fill(row.field.default);
    given = {};
    check();
  });
  const run = html("button", { type: "button", class: "hb-go", disabled: asked.why !== "" }, asked.verb);
  const go = (): void => {
    if (!check() || whyNot(context.scene())) return;
    context.popover.close();
    asked.go();
  };
  run.addEventListener("click", go);
  box.addEventListener("keydown", (event) => {
    if (event.key !== "Enter" || (event.target as Element).tagName === "BUTTON") return;
    event.preventDefault(); // or the opener, focused again, would be pressed by the same key
    go();
  });
  const foot = asked.beside ? html("span", {}, `Enter ${asked.verb === "Run" ? "runs" : "starts"}`) : run;
  box.append(
    html("h4", {}, asked.title),
    html("p", {}, asked.about),
    grid,
    help,
    html("div", { class: "hb-pop-foot" }, defaults, foot),
  );
  context.popover.open(opener, box, asked.edge);
}

/** Show the rows that matter, mark what is wrong in them, and read the parameters. */
function settle(rows: Row[], given: Record<string, unknown>): { valid: boolean; parameters: Record<string, unknown> } {
  const made = new Map(rows.map((row) => [row, row.read()]));
  const values = Object.fromEntries(
    [...made].flatMap(([{ field }, one]) => ("value" in one ? [[field.name, one.value]] : [])),
  );
  const playing = inPlay(
    rows.map(({ field }) => field),
    values,
  );
  const parameters = { ...given };
  let valid = true;
  for (const [row, one] of made) {
    const { field } = row;
    const shown = playing.includes(field);
    for (const part of [row.label, row.holder, row.help]) show(part, shown);
    mark(row, shown && "wrong" in one ? one.wrong : "");
    if (shown && "wrong" in one) valid = false;
    // what is hidden stays as it was given
    if (shown && "value" in one && isChosen(field, one.value, given)) parameters[field.name] = one.value;
  }
  return { valid, parameters };
}

/** Whether a value is sent: a default is not, but where it takes back what was given. */
function isChosen(field: FieldState, value: unknown, given: Record<string, unknown>): boolean {
  return field.name in given || !same(value, field.default);
}

/** Say what is wrong in a row; an empty sentence takes it back. */
function mark({ why, holder }: Row, wrong: string): void {
  text(why, wrong);
  show(why, wrong !== "");
  for (const input of holder.querySelectorAll("input")) set(input, "aria-invalid", wrong ? "true" : null);
}

/** Where the result goes; only where there is a choice. */
function destinationRow(context: Context): HTMLElement[] {
  const scene = context.scene();
  const panel = replaceable(scene);
  if (!panel) return [];
  const select = html("select", { "aria-label": "Result goes to" });
  const own = panel.name === scene.local.method || scene.local.panel === panel.name;
  select.append(
    html("option", { value: "replace" }, own ? "this panel" : words(addressOf(scene, "replace"))),
    html("option", { value: "new" }, "a new panel"),
  );
  select.value = placeOf(scene);
  set(select, "title", `A new panel would be "${words(newName(scene))}"`);
  select.addEventListener("change", () => context.set({ place: select.value as Place }));
  return [
    html("label", {}, "result goes to"),
    html("span", { class: "hb-pick" }, select),
    html("span", { hidden: true }),
  ];
}
