// The field for the name of a selection: to keep the present one, or to call one of the list differently.

import { html, set, show, text, unique } from "../dom/dom.ts";
import type { Context } from "../scene/context.ts";
import { kept, LONGEST, renamed, suggested, tidy, whyNotKept } from "../values/selecting/named.ts";

type Edge = "left" | "right";

/** Keep what is selected under a name; a name that is taken stands for it from then on. */
export function openKeeping(context: Context, opener: HTMLElement, edge: Edge): void {
  const { state } = context.scene();
  const { selection, axes } = state;
  if (!selection.bands.length)
    return context.session.notify("Nothing is selected: select cells first, then keep them.");
  const about = "It stands beneath the maps then, with the scores without it and with only it.";
  const taken = (name: string): boolean => context.scene().state.named.some((each) => each.name === name);
  ask(context, opener, edge, {
    title: "Keep selection",
    about,
    given: suggested(state.named, selection, axes),
    verb: (name) => (taken(name) ? "Replace" : "Keep"),
    why: (name) => whyNotKept(context.scene().state.named, name, selection),
    go: (name) => {
      const said = taken(name) ? "now stands for these cells" : "is kept";
      context.session.keep(kept(context.scene().state.named, name, selection), `“${name}” ${said}.`);
    },
  });
}

/** Call a selection of the list differently. */
export function openRenaming(context: Context, opener: HTMLElement, old: string): void {
  const named = context.scene().state.named;
  ask(context, opener, "right", {
    title: "Rename selection",
    about: "",
    given: old,
    verb: () => "Rename",
    why: (name) =>
      name !== old && named.some((each) => each.name === name)
        ? `Another selection is called “${name}” already: choose a name that none has.`
        : "",
    go: (name) => context.session.keep(renamed(named, old, name), `“${old}” is called “${name}” now.`),
  });
}

interface Asked {
  title: string;
  about: string;
  given: string;
  verb: (name: string) => string;
  /** Why a name cannot be taken; empty where it can. */
  why: (name: string) => string;
  go: (name: string) => void;
}

function ask(context: Context, opener: HTMLElement, edge: Edge, asked: Asked): void {
  const why = html("p", { class: "hb-why", role: "alert", id: unique("why"), hidden: true });
  const field = html("input", {
    type: "text",
    "aria-label": "Name of the selection",
    "aria-describedby": why.id,
    maxlength: LONGEST,
    spellcheck: "false",
    autocomplete: "off",
  });
  field.value = asked.given;
  const go = html("button", { type: "button", class: "hb-go" });
  const foot = html("div", { class: "hb-pop-foot" }, html("span", {}, "Esc closes"), go);
  const box = html("div", { class: "hb-pop hb-typing", role: "dialog", "aria-label": asked.title });
  box.append(html("h4", {}, asked.title), ...(asked.about ? [html("p", {}, asked.about)] : []), field, why, foot);
  const say = (sentence: string): void => {
    text(why, sentence);
    show(why, sentence !== "");
    set(field, "aria-invalid", sentence !== "" && "true");
    text(go, asked.verb(tidy(field.value)));
  };
  const done = (): void => {
    const name = tidy(field.value);
    const sentence = name ? asked.why(name) : "The name is empty: write one.";
    if (sentence) return say(sentence);
    context.popover.close();
    asked.go(name);
  };
  say("");
  field.addEventListener("input", () => say(""));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // or the opener, focused again, would be pressed by the same key
    done();
  });
  go.addEventListener("click", done);
  context.popover.open(opener, box, edge);
  field.select();
}
