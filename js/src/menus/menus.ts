// What opens under a button: the View, Export, More and panel menus.

import { mayFill } from "../dom/full_screen.ts";
import { type Entry, type Item, openMenu } from "../dom/menu.ts";
import type { Options } from "../protocol.ts";
import { type Context, disconnected, whyNot } from "../scene/context.ts";
import { enlargedOf } from "../scene/enlarged.ts";
import { seenOf } from "../scene/scene.ts";
import { SEEN } from "../scene/sentences.ts";
import { INPUT } from "../scene/shown.ts";
import { held } from "../values/arrays.ts";
import { centre, whole, ZOOM, zoomAt } from "../values/viewport.ts";
import { words } from "../values/writing.ts";
import { openForm } from "./form.ts";
import { copyPicture, KINDS, savePicture } from "./pictures.ts";
import { openSelectionMenu, openStrongestMenu } from "./selecting.ts";

export function openViewMenu(context: Context, opener: HTMLElement): void {
  const { options, tables, viewport, sample } = context.scene().state;
  const { large } = sample;
  const { H, W } = context.scene();
  const choose = <K extends keyof Options>(key: K, value: Options[K], label: string, aside = ""): Item => ({
    label,
    aside,
    radio: true,
    checked: options[key] === value,
    do: () => context.session.setOptions({ [key]: value }),
  });
  const colours = [...new Set(Object.keys(tables).map((name) => name.replace(/ (light|dark)$/, "")))].filter(
    (name) => name !== "input",
  );
  const zoomed = viewport.rows[1] - viewport.rows[0] < H || viewport.columns[1] - viewport.columns[0] < W;
  openMenu(context, opener, "View", [
    choose("limits", "own", "Own colour limits"),
    choose("limits", "shared", "Shared colour limits"),
    null,
    choose("quantile", 1, "Limits at the largest value"),
    choose("quantile", 0.998, "Limits at 99.8 %"),
    choose("quantile", 0.98, "Limits at 98 %"),
    null,
    ...(large
      ? [
          choose("blocks", "strongest", "Strongest of each block", "of cells too small to be seen"),
          choose("blocks", "mean", "Mean of each block"),
          null,
        ]
      : []),
    ...colours.map((name) => choose("colours", name, tableName(name))),
    null,
    {
      label: "Profiles",
      aside: "P",
      checked: options.profiles,
      do: () => context.session.setOptions({ profiles: !options.profiles }),
    },
    {
      label: "Evidence",
      aside: "E",
      checked: options.evidence,
      do: () => context.session.setOptions({ evidence: !options.evidence }),
    },
    { label: "Zoom in", aside: "+", do: () => context.session.zoom(zoomAt(viewport, ZOOM, centre(viewport), H, W)) },
    ...(zoomed ? [{ label: "Whole matrix", aside: "0", do: () => context.session.zoom(whole(H, W)) }] : []),
  ]);
}

/** "blue-red" is a table from blue to red. */
function tableName(name: string): string {
  const [from = name, to] = name.split("-");
  const title = from.charAt(0).toUpperCase() + from.slice(1);
  return to ? `${title} to ${to}` : title;
}

export function openExportMenu(context: Context, opener: HTMLElement): void {
  const { runs } = context.scene().state.evidence;
  if (disconnected(context.scene())) {
    const why = context.scene().state.sample.large ? "This page holds only blocks of its large maps." : "";
    const maps = { label: "npz", aside: "the maps of this page", off: why, do: () => context.session.export("npz") };
    return openMenu(context, opener, "Export", [
      maps,
      pictures(context, opener, null),
      ...codeItems(context, ["view"]),
      "Other files and code need the kernel.",
    ]);
  }
  openMenu(context, opener, "Export", [
    { label: "HTML", aside: "offline, still brushable", do: () => context.session.export("html") },
    { label: "npz", aside: "the numbers", do: () => context.session.export("npz") },
    ...(runs.length ? [{ label: "CSV", aside: "the runs", do: () => context.session.export("csv") }] : []),
    null,
    pictures(context, opener, null),
    ...codeItems(context, ["view"]),
  ]);
}

/** What opens the menu of pictures, of the view or of one panel. */
function pictures(context: Context, opener: HTMLElement, panel: string | null): Item {
  const entries = KINDS.map(({ label, aside, ratio }) => ({
    label,
    aside,
    do: () => void savePicture(context, panel, ratio),
  }));
  const copy = { label: "Copy as picture", do: () => void copyPicture(context, panel) };
  const open = (): void =>
    openMenu(context, opener, "Picture", [...entries, null, copy], panel === null ? "left" : "right");
  return { label: "Picture …", title: "PNG or SVG, with titles, scale and names", do: open };
}

const COPIED = {
  view: ["Copy as code", "Python that makes this view: panels, sample, target, baseline, selection"],
  panel: ["Copy as code", "Python that computes the map of this panel"],
  selection: ["Copy selection as code", "Python that selects the same cells"],
} as const;

/** What puts Python on the clipboard. */
function codeItems(context: Context, parts: (keyof typeof COPIED)[], panel: string | null = null): Item[] {
  const { state } = context.scene();
  const why = disconnected(context.scene());
  const possible = parts.filter((part) => part !== "selection" || state.selection.bands.length > 0);
  return possible.map((part) => {
    const [label, title] = COPIED[part];
    return { label, title, off: why, do: () => context.session.copyCode(part, part === "panel" ? panel : null) };
  });
}

/** What the toolbar has no room for on a narrow page. */
export function openMoreMenu(context: Context, opener: HTMLElement): void {
  const { state } = context.scene();
  const clear = (): void => context.session.setSelection({ bands: [] }, { commit: true });
  openMenu(
    context,
    opener,
    "More",
    [
      ...(state.selection.bands.length ? [{ label: "Clear selection", do: clear }] : []),
      { label: "Selection …", do: () => openSelectionMenu(context, opener, "right") },
      { label: "View …", do: () => openViewMenu(context, opener) },
      { label: "Export …", do: () => openExportMenu(context, opener) },
    ],
    "right",
  );
}

export function openPanelMenu(context: Context, opener: HTMLElement, name: string): void {
  context.popover.toggle(opener, () => {
    if (name === INPUT) return openInputMenu(context, opener);
    const { state } = context.scene();
    const panel = state.panels.find((other) => other.name === name);
    const cells = { label: "Strongest cells …", do: () => openStrongestMenu(context, opener, name) };
    const code = codeItems(context, ["panel", "selection"], name);
    if (disconnected(context.scene()) || !panel) {
      const far = "Rerun, remove and code need the kernel.";
      const near = [...room(context, name), cells, pictures(context, opener, name), ...code];
      openMenu(context, opener, "Panel", [...near, far], "right");
      return;
    }
    const why = whyNot(context.scene()) || state.methods.find((method) => method.name === panel.method)?.reason;
    openMenu(
      context,
      opener,
      "Panel",
      [
        ...room(context, name),
        cells,
        null,
        why || {
          label: "Rerun …",
          title: `Run ${words(panel.method)} again with other parameters`,
          do: () => rerun(context, opener, panel.method, name),
        },
        null,
        pictures(context, opener, name),
        ...code,
        null,
        { label: "Remove", do: () => context.session.remove(name) },
      ],
      "right",
    );
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
  const more = [...room(context, INPUT), pictures(context, opener, INPUT)];
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
  context.set({ method, panel, parameters });
  openForm(context, opener);
}
