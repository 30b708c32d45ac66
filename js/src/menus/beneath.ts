// The input beneath the maps: whether it is there, and how opaque the maps are over it.

import { html, text, unique } from "../dom/dom.ts";
import type { Item } from "../dom/menu.ts";
import type { Context } from "../scene/context.ts";
import { percent } from "../values/writing.ts";

export function beneathItem(context: Context, opener: HTMLElement): Item {
  const { beneath, opacity } = context.scene().state.options;
  const aside = beneath ? percent(opacity) : "off";
  return { label: "Input beneath the maps …", aside, do: () => openBeneath(context, opener) };
}

/** A tick and a slider; the maps follow at once, and what is chosen is kept when the hand lets go. */
function openBeneath(context: Context, opener: HTMLElement): void {
  const { session } = context;
  const { beneath, opacity } = context.scene().state.options;
  const tick = html("input", { type: "checkbox", id: unique("beneath") });
  tick.checked = beneath;
  const bounds = { min: 10, max: 100, step: 5 };
  const slider = html("input", { type: "range", id: unique("opacity"), ...bounds });
  slider.value = String(Math.round(100 * opacity));
  const said = html("output", { for: slider.id }, percent(opacity));
  const part = (): number => Number(slider.value) / 100;
  tick.addEventListener("change", () => session.setOptions({ beneath: tick.checked }));
  slider.addEventListener("input", () => {
    text(said, percent(part()));
    tick.checked = true;
    session.setOptions({ beneath: true, opacity: part() }, false);
  });
  slider.addEventListener("change", () => session.setOptions({ beneath: tick.checked, opacity: part() }));
  const about = "The input lies in grey under every map, whose colours are as opaque as |value| is large.";
  const rows = html(
    "div",
    { class: "hb-form" },
    html("label", { for: tick.id }, "Input beneath"),
    html("span", { class: "hb-field" }, tick),
    html("label", { for: slider.id }, "Opacity"),
    html("span", { class: "hb-field" }, slider, said),
  );
  const form = { role: "dialog", "aria-label": "Input beneath the maps" };
  const box = html("div", { class: "hb-pop", ...form }, html("h4", {}, "Input beneath the maps"), html("p", {}, about));
  box.append(rows);
  context.popover.open(opener, box, "left");
}
