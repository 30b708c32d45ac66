// What makes a selection without the brush: the Selection menu, the field for typing one, and the strongest cells of a map.

import { html, set, show, text, unique } from "../dom/dom.ts";
import { type Entry, openMenu } from "../dom/menu.ts";
import type { Context } from "../scene/context.ts";
import { placed, taken } from "../scene/ordering.ts";
import { jobOf } from "../scene/scene.ts";
import { mapOf } from "../scene/shown.ts";
import { grown, inverted, type Made, shrunk, strongest } from "../values/selecting/cells.ts";
import { sameCells } from "../values/selecting/grid.ts";
import { exampleOf, readSelection } from "../values/selecting/typed.ts";
import { codeItem } from "./code.ts";
import { openLines } from "./finding/lines.ts";
import { openKeeping } from "./naming.ts";

/** What a menu offers, in percent of the cells that the map has. */
const SHARES = [1, 2, 5, 10, 20];

export function openSelectionMenu(context: Context, opener: HTMLElement, edge: "left" | "right" = "left"): void {
  const { state, order, H, W } = context.scene();
  const { selection } = state;
  const selected = selection.bands.length > 0;
  // neighbours are those that are seen
  const shown = placed(selection, order);
  const takeShown = (made: Made): void =>
    take(context, "why" in made ? made : { ...made, ...taken(made.selection, -1, order) });
  const larger = (): void => {
    const made = grown(shown, H, W);
    const same = "selection" in made && sameCells(shown, made.selection, H, W);
    takeShown(same ? { why: "All cells are selected already: nothing is left to grow into." } : made);
  };
  const lines = { rows: "Find a row …", columns: "Find a column …" } as const;
  const several = (["rows", "columns"] as const).filter((which) => state.axes[which].labels.length > 1);
  const finding = several.map((which) => ({
    label: lines[which],
    aside: "by its name",
    do: () => openLines(context, opener, edge, which),
  }));
  openMenu(
    context,
    opener,
    "Selection",
    [
      { label: "Type …", aside: "names and numbers", do: () => openTyping(context, opener, edge) },
      ...finding,
      null,
      {
        label: "Invert",
        aside: selected ? "all other cells" : "all cells",
        do: () => take(context, { selection: inverted(selection, H, W), note: "" }),
      },
      ...(selected
        ? [
            { label: "Grow", aside: "by one cell", do: larger },
            { label: "Shrink", aside: "by one cell", do: () => takeShown(shrunk(shown, H, W)) },
          ]
        : ["Grow and shrink need a selection."]),
      ...(selection.bands.length > 1 ? ["All bands move together: drag one with Ctrl, or Ctrl Enter and arrows."] : []),
      null,
      {
        label: "Keep …",
        aside: "under a name",
        off: selected ? "" : "Select cells first",
        do: () => openKeeping(context, opener, edge),
      },
      ...(selected ? [codeItem(context, "selection")] : []),
    ],
    edge,
  );
}

/** A field that takes a selection in words; what is wrong with them stands beneath it. */
function openTyping(context: Context, opener: HTMLElement, edge: "left" | "right"): void {
  const { axes } = context.scene().state;
  const why = html("p", { class: "hb-why", role: "alert", id: unique("why"), hidden: true });
  const field = html("input", {
    type: "text",
    "aria-label": "Selection: rows, then columns",
    "aria-describedby": why.id,
    placeholder: exampleOf(axes),
    spellcheck: "false",
    autocomplete: "off",
  });
  const about = html("p", {}, "Rows, then columns, both ends included; several parts between semicolons.");
  const go = html("button", { type: "button", class: "hb-go" }, "Select");
  const foot = html("div", { class: "hb-pop-foot" }, html("span", {}, "Enter selects, Esc closes"), go);
  const form = { role: "dialog", "aria-label": "Type a selection" };
  const box = html("div", { class: "hb-pop hb-typing", ...form }, html("h4", {}, "Selection"), about, field, why, foot);
  const say = (sentence: string): void => {
    text(why, sentence);
    show(why, sentence !== "");
    set(field, "aria-invalid", sentence !== "" && "true");
  };
  const select = (): void => {
    const made = readSelection(field.value, context.scene().state.axes);
    if ("why" in made) return say(made.why);
    context.popover.close();
    take(context, { selection: made.found, note: "" });
  };
  field.addEventListener("input", () => say(""));
  field.addEventListener("keydown", (event) => {
    if (event.key !== "Enter") return;
    event.preventDefault(); // or the opener, focused again, would be pressed by the same key
    select();
  });
  go.addEventListener("click", select);
  context.popover.open(opener, box, edge);
}

/** Which cells of a panel's map to select. */
export function openStrongestMenu(context: Context, opener: HTMLElement, name: string): void {
  const choose = (positive: boolean): Entry[] =>
    SHARES.map((percent) => ({
      label: `${percent} %`,
      aside: positive ? "positive" : "by |value|",
      do: () => selectStrongest(context, name, percent, positive),
    }));
  const entries = ["Select the strongest cells of this map", ...choose(false), null, ...choose(true)];
  openMenu(context, opener, "Strongest cells", entries, "right");
}

function selectStrongest(context: Context, name: string, percent: number, positive: boolean): void {
  const scene = context.scene();
  const { state, H, W } = scene;
  const panel = state.panels.find((other) => other.name === name);
  if (panel?.large) return context.session.selectStrongest(name, percent, positive);
  const map = panel && !jobOf(scene, panel) ? mapOf(panel, state.options.channel) : null;
  if (map) take(context, strongest(map, percent, positive, state.absent, H, W));
  else context.session.notify("This map is not complete: wait for its run to end, or run it again.");
}

/** Make it the selection, as one step of undo; or say why it is none. */
function take({ session }: Context, made: Made): void {
  if ("why" in made) return session.notify(made.why);
  session.setSelection(made.selection, { commit: true });
  if (made.note) session.notify(made.note);
}
