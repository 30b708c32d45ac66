// The method picker: a button with the chosen method, and under it all of them by family, each with its question.

import { html, set, text, unique } from "../dom/dom.ts";
import type { MethodState } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import { groups, heading, said } from "../scene/families.ts";
import { clamp } from "../values/viewport.ts";
import { words } from "../values/writing.ts";

/** Letters typed within this time of each other are one beginning of a name. */
const TYPING = 700;
const STEPS: Record<string, number> = { ArrowDown: 1, ArrowUp: -1, PageDown: 6, PageUp: -6, Home: -999, End: 999 };

/** The button that names the chosen method, and the list that opens under it. */
export class MethodPicker {
  readonly element: HTMLButtonElement;
  readonly #name = html("span");

  constructor(readonly context: Context) {
    this.element = html(
      "button",
      {
        type: "button",
        class: "hb-method",
        role: "combobox",
        "aria-label": "Method",
        "aria-haspopup": "listbox",
        "aria-expanded": "false",
      },
      this.#name,
    );
    this.element.addEventListener("click", () =>
      context.popover.toggle(this.element, () => openList(context, this.element)),
    );
    this.element.addEventListener("keydown", (event) => {
      if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
      event.preventDefault();
      event.stopPropagation();
      openList(context, this.element);
    });
  }

  update(method: MethodState | undefined): void {
    text(this.#name, words(method?.name ?? ""));
    set(this.element, "title", method?.question || null);
  }
}

function openList(context: Context, opener: HTMLElement): void {
  const { state, local } = context.scene();
  if (!state.methods.length) return;
  const entries = new Map<HTMLElement, MethodState>();
  const list = html("div", { class: "hb-pop hb-list", role: "listbox", "aria-label": "Methods", tabindex: 0 });
  list.id = unique("methods");
  set(opener, "aria-controls", list.id);
  for (const group of groups(state)) {
    const about = heading(group);
    set(about, "role", "presentation");
    about.id = unique("family");
    const box = html("div", { role: "group", "aria-labelledby": about.id }, about);
    for (const method of group.methods) {
      const made = option(method, method.name === local.method);
      entries.set(made, method);
      box.append(made);
    }
    list.append(box);
  }
  const choose = (made: HTMLElement): void => {
    const method = entries.get(made)!;
    if (method.reason) return;
    context.popover.close();
    context.set({ method: method.name, panel: null, place: null });
  };
  const go = walk(list, [...entries.keys()], choose);
  list.addEventListener("keydown", ({ key }) => {
    if (key === "Tab") context.popover.close(); // the focus goes on from the button
  });
  context.popover.open(opener, list, "left");
  go([...entries].find(([, { name }]) => name === local.method)?.[0]);
}

/** One method: its name, its question, and why it cannot run where it cannot. */
function option(method: MethodState, chosen: boolean): HTMLElement {
  return html(
    "div",
    {
      role: "option",
      id: unique("method"),
      class: "hb-entry",
      "aria-selected": String(chosen),
      "aria-disabled": method.reason ? "true" : null,
    },
    html("b", {}, words(method.name)),
    " ",
    said(method),
  );
}

/** Let keys and the pointer walk a list; what cannot be chosen is passed over by neither: its reason is to be read. */
function walk(
  list: HTMLElement,
  all: HTMLElement[],
  choose: (made: HTMLElement) => void,
): (made?: HTMLElement) => void {
  let active = -1;
  let typed = { letters: "", at: -Infinity };
  const go = (index: number, reveal = true): void => {
    active = clamp(index, 0, all.length - 1);
    for (const [at, made] of all.entries()) set(made, "data-active", at === active);
    set(list, "aria-activedescendant", all[active]!.id);
    if (reveal) all[active]!.scrollIntoView({ block: "nearest" });
  };
  const search = (letter: string, now: number): void => {
    const letters = (now - typed.at < TYPING ? typed.letters : "") + letter.toLowerCase();
    typed = { letters, at: now };
    const first = active + (letters.length > 1 ? 0 : 1);
    const order = [...all.slice(first), ...all.slice(0, first)];
    const found = order.find((made) => made.textContent!.startsWith(letters));
    if (found) go(all.indexOf(found));
  };
  /** Whether a key means something here, which is done then. A space soon after a letter is a part of a name. */
  const press = (key: string, now: number): boolean => {
    const step = STEPS[key];
    const typing = key.length === 1 && (key !== " " || now - typed.at < TYPING);
    if (step) go(active + step);
    else if (typing) search(key, now);
    else if (key === "Enter" || key === " ") choose(all[active]!);
    else return false;
    return true;
  };
  list.addEventListener("keydown", (event) => {
    const { key, ctrlKey, metaKey, altKey, timeStamp: now } = event;
    if (ctrlKey || metaKey || altKey || !press(key, now)) return;
    event.preventDefault();
  });
  for (const made of all) {
    made.addEventListener("pointermove", () => go(all.indexOf(made), false));
    made.addEventListener("click", () => {
      go(all.indexOf(made), false);
      choose(made);
    });
  }
  return (made) => go(made ? all.indexOf(made) : 0);
}
