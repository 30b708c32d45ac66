// The menu of one panel: its room, its place among the others, another run of it, and what it can be taken home as.

import { mayFill } from "../dom/full_screen.ts";
import { type Entry, type Item, openMenu } from "../dom/menu.ts";
import type { PanelState } from "../protocol.ts";
import { type Context, disconnected, whyNot } from "../scene/context.ts";
import { nameOf, unique } from "../scene/destination.ts";
import { enlargedOf } from "../scene/enlarged.ts";
import { OUTPUT } from "../scene/output/output.ts";
import { seenOf } from "../scene/scene.ts";
import { SEEN } from "../scene/sentences.ts";
import { INPUT } from "../scene/shown.ts";
import { held } from "../values/arrays.ts";
import { partsOf } from "../values/panels/models.ts";
import { movedBy } from "../values/panels/order.ts";
import { words } from "../values/writing.ts";
import { codeItem } from "./code.ts";
import { openLimits } from "./colours.ts";
import { openFields, openForm } from "./form.ts";
import { pictures } from "./menus.ts";
import { openOutputMenu } from "./output/output.ts";
import { openStrongestMenu } from "./selecting.ts";

export function openPanelMenu(context: Context, opener: HTMLElement, name: string): void {
  context.popover.toggle(opener, () => {
    if (name === INPUT) return openInputMenu(context, opener);
    if (name === OUTPUT) return openOutputMenu(context, opener, room(context, OUTPUT));
    const { state } = context.scene();
    const panel = state.panels.find((other) => other.name === name);
    const far = disconnected(context.scene());
    openMenu(
      context,
      opener,
      "Panel",
      [
        ...room(context, name),
        ...places(context, name),
        null,
        { label: "Colour limits …", do: () => openLimits(context, opener, name) },
        { label: "Strongest cells …", do: () => openStrongestMenu(context, opener, name) },
        ...(panel ? [null, ...runs(context, opener, panel), null] : []),
        pictures(context, opener, name),
        codeItem(context, "panel", name),
        null,
        removal(context, name, far),
      ],
      "right",
    );
  });
}

/** Another run of the panel, a panel that is like it, its difference from another, and whether it stays. */
function runs(context: Context, opener: HTMLElement, panel: PanelState): Entry[] {
  const { state } = context.scene();
  const { name, method, of, pinned } = panel;
  const far = disconnected(context.scene());
  const known = state.methods.find((other) => other.name === method);
  const why = whyNot(context.scene()) || (of ? `A difference follows ${of.join(" and ")}.` : (known?.reason ?? ""));
  const others = state.panels.filter((other) => other.name !== name && !other.of);
  const alone = of || !others.length ? "A difference is of two panels that show a map of their own." : "";
  const twice = pinned ? "A pinned panel stays as it is: unpin or duplicate it." : "";
  return [
    ...(why ? [why] : []),
    {
      label: "Rerun …",
      off: why || twice,
      title: `Run ${words(method)} again with other parameters`,
      do: () => rerun(context, opener, method, name),
    },
    {
      label: "Duplicate …",
      off: why,
      title: "A panel beside this one, with other parameters",
      do: () => duplicate(context, opener, panel),
    },
    {
      label: "Difference …",
      off: far || alone,
      title: "This map minus another",
      do: () => openDifferences(context, opener, name, others),
    },
    {
      label: "Pinned",
      checked: pinned !== undefined,
      off: far || (of ? "A difference follows its two panels: pin these, and it stays too." : ""),
      title: "Keep this map, whatever is shown; later runs stand beside it",
      do: () => context.session.pin(name, !pinned),
    },
  ];
}

/** Earlier and later in the sheet; what is pressed by keys too. */
function places(context: Context, name: string): Item[] {
  const order = context.scene().state.panels.map((panel) => panel.name);
  const place = (by: -1 | 1, label: string, aside: string, end: string): Item => ({
    label,
    aside,
    off: movedBy(order, name, by) ? "" : `This is the ${end} map.`,
    do: () => context.move(name, by),
  });
  return [place(-1, "Move back", "<", "first"), place(1, "Move on", ">", "last")];
}

function removal(context: Context, name: string, far: string): Item {
  const { panels } = context.scene().state;
  const differences = panels.filter(({ of }) => of?.includes(name));
  return {
    label: "Remove",
    aside: differences.length ? "and its differences" : "",
    off: far,
    do: () => context.session.remove(name),
  };
}

/** Which panel to subtract. */
function openDifferences(context: Context, opener: HTMLElement, name: string, others: PanelState[]): void {
  const entries = others.map((other): Item => {
    const wanted = unique(`${name} - ${other.name}`, context.scene().state);
    return { label: `minus ${words(other.name)}`, do: () => context.session.subtract(name, other.name, wanted) };
  });
  openMenu(context, opener, "Difference", [`${words(name)} …`, ...entries], "right");
}

/** The form of a panel's method with its parameters: what runs stands beside it. */
function duplicate(context: Context, opener: HTMLElement, panel: PanelState): void {
  const scene = context.scene();
  const { method, within } = panel;
  const known = scene.state.methods.find(({ name }) => name === method)!;
  let parameters: Record<string, unknown> = panel.parameters;
  openFields(context, opener, {
    title: words(method),
    about: `A new panel beside ${words(panel.name)}.`,
    fields: known.fields,
    given: panel.parameters,
    more: [],
    why: whyNot(scene),
    verb: "Run",
    beside: false,
    edge: "right",
    keep: (typed) => {
      parameters = typed;
    },
    go: () => {
      const { scores } = context.scene().state;
      const [model] = partsOf(panel.name, scores.models);
      const named = nameOf(context.scene(), method, parameters, within, panel);
      const last = model ? `${model}: ${named}` : named;
      context.session.run(method, parameters, within, last, panel.name);
      context.set({ last });
    },
  });
}

/** What the input shows, where its title has no room for the switch. */
function openInputMenu(context: Context, opener: HTMLElement): void {
  const { hidden, sample } = context.scene().state;
  const shown = seenOf(context.scene());
  const why = sample.large ? "This page holds only blocks of the matrix, and draws no cell of it hidden." : "";
  const entries = SEEN.map(({ value, label, title }) => ({
    label,
    title,
    radio: true,
    checked: value === shown,
    off: value === shown ? "" : why,
    do: () => context.session.setOptions({ input: value }),
  }));
  const hides = held(hidden.matrix) !== null || (why !== "" && hidden.sentence !== "");
  const apart = context.shown(INPUT).key === null && "Each row has a scale of its own: see Colours in the View menu.";
  const limits = { label: "Colour limits …", off: apart || "", do: () => openLimits(context, opener, INPUT) };
  const more = [...room(context, INPUT), limits, pictures(context, opener, INPUT)];
  openMenu(context, opener, "Panel", hides ? [...more, null, ...entries] : more, "right");
}

/** How a panel gets more room: in the place of all, or on the whole screen. */
function room(context: Context, name: string): Entry[] {
  const large = enlargedOf(context.scene().state) === name;
  const place = large
    ? { label: "Back", aside: "Esc", do: () => context.enlarge(null) }
    : { label: "Enlarge", do: () => context.enlarge(name) };
  const screen = { label: "Full screen", do: () => context.enlarge(name, true) };
  return [place, ...(mayFill(context.root) ? [screen] : []), null];
}

function rerun(context: Context, opener: HTMLElement, method: string, panel: string): void {
  const { [method]: _, ...parameters } = context.scene().local.parameters;
  context.set({ method, panel, parameters, place: "replace" });
  openForm(context, opener);
}
