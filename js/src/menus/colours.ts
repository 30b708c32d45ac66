// Where colours end and which they are: the limits in the View menu, the fields for typing them, the menu of tables.

import { html, set, show, text, unique } from "../dom/dom.ts";
import { type Entry, type Item, openMenu } from "../dom/menu.ts";
import type { Options } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import { OUTPUT } from "../scene/output/output.ts";
import { endsSaid } from "../scene/sentences.ts";
import { INPUT } from "../scene/shown.ts";
import { withEnds } from "../values/drawing/options.ts";
import { beyond, endsOf, scaleOf } from "../values/drawing/scales.ts";
import { counted, figure, words } from "../values/writing.ts";

const LIMITS: [Options["limits"], string, string][] = [
  ["own", "Own colour limits", "Each map has the limit of its own values"],
  ["shared", "Shared colour limits", "All maps have the largest limit of them"],
  ["samples", "Same colour limits on all samples", "Each map has its largest limit over the samples shown so far"],
];

/** Which limits the maps have; choosing one takes back what was set by hand. */
export function limitItems(context: Context): Entry[] {
  const { options } = context.scene().state;
  const own = (name: string): boolean => name === INPUT || name.startsWith(OUTPUT);
  const kept = Object.fromEntries(Object.entries(options.by_hand).filter(([name]) => own(name)));
  const items = LIMITS.map(([limits, label, title]): Item => {
    const checked = options.limits === limits;
    // the reach is that of the samples shown from now on
    const choose = (): void => context.session.setOptions({ limits, by_hand: kept, reach: {} });
    return { label, title, radio: true, checked, do: choose };
  });
  const any = Object.keys(options.by_hand).length > 0;
  const reset = {
    label: "Automatic colour limits",
    aside: "not by hand",
    do: () => context.session.setOptions({ by_hand: {} }),
  };
  return any ? [...items, reset] : items;
}

/** Set the ends of a panel's colours by hand, or let them be automatic again for null, and say what that cuts. */
export function setEnds(context: Context, name: string, ends: [number, number] | null): void {
  const shown = context.shown(name);
  if (shown.key === null) return;
  const scale = ends ? scaleOf(ends, shown.automatic.kind === "diverging") : shown.automatic;
  context.session.setOptions(withEnds(context.scene().state.options, shown.key, ends && endsOf(scale)));
  const cut = shown.drawn ? beyond(shown.drawn, scale) : 0;
  const whose = shown.key === "" ? "all maps" : words(name);
  const at = endsOf(scale).map((end) => figure(end, 3));
  const where = `${at[0]} and ${at[1]}${ends ? "" : ", automatic"}`;
  context.session.notify(`The colours of ${whose} end at ${where}: ${counted(cut, "cell")} of ${words(name)} beyond.`);
}

/** Fields for the ends of a panel's colours; `typed` is what a key began with. */
export function openLimits(context: Context, opener: HTMLElement, name: string, typed = ""): void {
  const shown = context.shown(name);
  const ends = endsOf(shown.scale);
  const centred = shown.scale.kind === "diverging";
  const why = html("p", { class: "hb-why", role: "alert", id: unique("why"), hidden: true });
  const field = (label: string, value: number): HTMLInputElement => {
    const more = { "aria-label": label, "aria-describedby": why.id, inputmode: "decimal", autocomplete: "off" };
    const input = html("input", { type: "text", ...more });
    input.value = String(Number(value.toPrecision(4)));
    return input;
  };
  const fields = centred
    ? [field("Colours end at plus and minus", ends[1])]
    : [field("Lowest colour at", ends[0]), field("Highest colour at", ends[1])];
  if (typed) fields.at(-1)!.value = typed;
  const about = html("p", {}, `Colours ${endsSaid(shown, context.scene().state.options)}.`);
  const asked = html("p", {}, centred ? "They are centred at 0: one number, for both signs." : "Lowest, then highest.");
  const automatic = html("button", { type: "button" }, "Automatic");
  const go = html("button", { type: "button", class: "hb-go" }, "Set");
  const foot = html("div", { class: "hb-pop-foot" }, automatic, go);
  const title = `Colour limits of ${shown.key === "" ? "all maps" : words(name)}`;
  const form = { role: "dialog", "aria-label": title };
  const box = html("div", { class: "hb-pop hb-typing", ...form }, html("h4", {}, title), about, asked);
  box.append(...fields, why, foot);
  const say = (sentence: string): void => {
    text(why, sentence);
    show(why, sentence !== "");
    for (const input of fields) set(input, "aria-invalid", sentence !== "" && "true");
  };
  const take = (): void => {
    const read = readEnds(fields.map((input) => input.value));
    if ("why" in read) return say(read.why);
    context.popover.close();
    setEnds(context, name, read.ends);
  };
  automatic.addEventListener("click", () => {
    context.popover.close();
    setEnds(context, name, null);
  });
  go.addEventListener("click", take);
  for (const input of fields) {
    input.addEventListener("input", () => say(""));
    input.addEventListener("keydown", (event) => {
      if (event.key !== "Enter") return;
      event.preventDefault(); // or the opener, focused again, would be pressed by the same key
      take();
    });
  }
  context.popover.open(opener, box, opener.closest(".hb-tools") ? "left" : "right");
  // what a key began is written on, else it is replaced
  const at = fields.at(typed ? -1 : 0)!;
  at.focus({ preventScroll: true });
  at.setSelectionRange(typed ? typed.length : 0, at.value.length);
}

type Ends = { ends: [number, number] } | { why: string };

/** What was typed: one number for both sides of 0, or the lowest and the highest. */
export function readEnds(typed: readonly string[]): Ends {
  const numbers = typed.map((each) => Number(each.trim().replaceAll("\u2212", "-") || NaN));
  const wrong = numbers.findIndex((value) => !Number.isFinite(value));
  if (wrong >= 0) return { why: `"${typed[wrong]!.trim()}" is no number; type one such as 0.5 or 3e-4.` };
  const [first, last] = [numbers[0]!, numbers.at(-1)!];
  if (numbers.length === 1)
    return first === 0
      ? { why: "The colours cannot end at 0; type a number above it." }
      : { ends: [-Math.abs(first), Math.abs(first)] };
  return first < last
    ? { ends: [first, last] }
    : { why: `The lowest colour at ${typed[0]!.trim()} is not below the highest at ${typed[1]!.trim()}.` };
}

/** "blue-red" is a table from blue to red. */
export function tableName(name: string): string {
  const [from = name, to] = name.split("-");
  const title = from.charAt(0).toUpperCase() + from.slice(1);
  return to ? `${title} to ${to}` : title;
}

/** The colours of maps and of the input, and what the input's stand for. */
export function openColours(context: Context, opener: HTMLElement): void {
  const { options, tables, bare } = context.scene().state;
  const choose = <K extends keyof Options>(key: K, value: Options[K], label: string, title = ""): Item => ({
    label,
    title,
    radio: true,
    checked: options[key] === value,
    do: () => context.session.setOptions({ [key]: value }),
  });
  const known = new Set(Object.keys(tables).map((name) => name.replace(/ (light|dark)$/, "")));
  const maps = [...known].filter((name) => !name.startsWith("input"));
  const given = [
    null,
    "Input",
    choose("input_scale", "signed", "0 in the middle where signed", "Where the input has both signs"),
    choose("input_scale", "centred", "0 in the middle"),
    choose("input_scale", "plain", "From lowest to highest"),
    {
      label: "Each row on its own scale",
      title: "For rows of different units",
      checked: options.rows_apart,
      do: () => context.session.setOptions({ rows_apart: !options.rows_apart }),
    },
    null,
    "Input from lowest to highest",
    choose("input_colours", "grey", "Grey"),
    choose("input_colours", "viridis", "Viridis"),
    choose("input_colours", "cividis", "Cividis"),
  ];
  const entries = ["Maps", ...maps.map((name) => choose("colours", name, tableName(name)))];
  openMenu(context, opener, "Colours", bare ? entries : [...entries, ...given]);
}
