// A list of names that is filtered as one types: one of thousands is found with a few letters.

import { html, set, show, text, unique } from "../../dom/dom.ts";
import type { Popover } from "../../dom/popover.ts";
import { found } from "../../values/selecting/finding.ts";
import { clamp } from "../../values/viewport.ts";
import { counted, integer } from "../../values/writing.ts";

/** Names that are listed at once: more would be read by nobody. */
const MOST = 100;
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 };

export interface Finding {
  /** What the dialog is called, and what one of the names is: "class", "row". */
  title: string;
  one: string;
  names: readonly string[];
  /** The place of the name that stands now, -1 where none does. */
  chosen: number;
  /** What stands beside a name. */
  aside: (place: number) => string;
  foot: string;
  /** Take a name; with `add`, by Shift, the list stays open for the next. */
  choose: (place: number, add: boolean) => void;
  /** Whether Shift adds to what is chosen. */
  adds: boolean;
}

export function openFinder(
  { popover }: { popover: Popover },
  opener: HTMLElement,
  edge: "left" | "right",
  asked: Finding,
): void {
  const { title, one, names } = asked;
  const list = html("div", { role: "listbox", id: unique("names"), "aria-label": title, class: "hb-names" });
  const field = html("input", {
    type: "text",
    role: "combobox",
    "aria-label": `Name of the ${one}`,
    "aria-expanded": "true",
    "aria-controls": list.id,
    "aria-autocomplete": "list",
    placeholder: `a part of one of ${integer(names.length)} names`,
    spellcheck: "false",
    autocomplete: "off",
  });
  const count = html("span", { role: "status" });
  const foot = html("div", { class: "hb-pop-foot" }, count, html("span", {}, asked.foot));
  const box = html("div", { class: "hb-pop hb-typing hb-finder", role: "dialog", "aria-label": title });
  box.append(html("h4", {}, title), field, list, foot);
  let places: number[] = [];
  let active = 0;
  const go = (at: number, reveal = true): void => {
    active = clamp(at, 0, Math.max(0, places.length - 1));
    for (const [index, made] of [...list.children].entries()) set(made, "data-active", index === active);
    const made = list.children[active];
    set(field, "aria-activedescendant", made?.id);
    if (reveal) made?.scrollIntoView({ block: "nearest" });
  };
  const take = (at: number, shift: boolean): void => {
    const place = places[at];
    if (place === undefined) return;
    const add = shift && asked.adds;
    if (!add) popover.close();
    asked.choose(place, add);
  };
  const fill = (): void => {
    const fits = found(names, field.value, MOST);
    // what stands now is in sight before anything is typed
    const first = clamp(asked.chosen - (MOST >> 1), 0, Math.max(0, names.length - MOST));
    places = field.value ? fits.places : [...names.keys()].slice(first, first + MOST);
    list.replaceChildren(...places.map((place) => option(asked, place)));
    show(list, places.length > 0);
    const shown = fits.all > places.length ? `, ${integer(places.length)} listed` : "";
    text(count, places.length ? `${counted(fits.all, "name")}${shown}` : `No ${one} has this in its name.`);
    go(Math.max(0, field.value ? 0 : places.indexOf(asked.chosen)));
  };
  field.addEventListener("input", fill);
  field.addEventListener("keydown", (event) => {
    const step = STEPS[event.key];
    if (step) go(active + step);
    else if (event.key === "Enter") take(active, event.shiftKey);
    else return;
    event.preventDefault();
  });
  const at = (event: Event): number => [...list.children].findIndex((made) => made.contains(event.target as Node));
  list.addEventListener("pointermove", (event) => {
    if (at(event) >= 0) go(at(event), false);
  });
  list.addEventListener("click", (event) => take(at(event), event.shiftKey));
  popover.open(opener, box, edge);
  fill();
}

function option({ names, chosen, aside }: Finding, place: number): HTMLElement {
  const marks = { role: "option", id: unique("name"), class: "hb-found", "aria-selected": String(place === chosen) };
  return html("div", marks, html("span", {}, names[place]!), html("i", {}, aside(place)));
}
