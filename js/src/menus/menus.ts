// What opens under a button of the toolbar: the View, Export and More menus.

import { type Item, openMenu } from "../dom/menu.ts";
import type { Options } from "../protocol.ts";
import { type Context, disconnected } from "../scene/context.ts";
import { centre, whole, ZOOM, zoomAt } from "../values/viewport.ts";
import { beneathItem } from "./beneath.ts";
import { codeItem } from "./code.ts";
import { limitItems, openColours, tableName } from "./colours.ts";
import { markItems } from "./marks.ts";
import { openOrder } from "./order.ts";
import { outputItems } from "./output/item.ts";
import { copyPicture, KINDS, savePicture } from "./pictures.ts";
import { openRoom } from "./room.ts";
import { openSelectionMenu } from "./selecting.ts";

const ORDERS: Record<Options["order"] & string, string> = {
  own: "own",
  name: "by name",
  groups: "by group",
  profile: "by profile",
};

export function openViewMenu(context: Context, opener: HTMLElement): void {
  const { options, viewport, sample } = context.scene().state;
  const { large } = sample;
  const { H, W } = context.scene();
  const choose = <K extends keyof Options>(key: K, value: Options[K], label: string, aside = ""): Item => ({
    label,
    aside,
    radio: true,
    checked: options[key] === value,
    do: () => context.session.setOptions({ [key]: value }),
  });
  const zoomed = viewport.rows[1] - viewport.rows[0] < H || viewport.columns[1] - viewport.columns[0] < W;
  openMenu(context, opener, "View", [
    ...limitItems(context),
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
    { label: "Colours …", aside: tableName(options.colours), do: () => openColours(context, opener) },
    ...(context.scene().state.bare || large ? [] : [beneathItem(context, opener)]),
    ...markItems(context),
    ...outputItems(context),
    null,
    { label: "Room …", aside: "panels, cells, rows", do: () => openRoom(context, opener) },
    ...(context.scene().state.bare
      ? []
      : [{ label: "Order of rows …", aside: ORDERS[options.order], do: () => openOrder(context, opener) }]),
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

export function openExportMenu(context: Context, opener: HTMLElement): void {
  const { runs } = context.scene().state.evidence;
  if (disconnected(context.scene())) {
    const why = context.scene().state.sample.large ? "This page holds only blocks of its large maps." : "";
    const maps = { label: "npz", aside: "the maps of this page", off: why, do: () => context.session.export("npz") };
    return openMenu(context, opener, "Export", [
      maps,
      pictures(context, opener, null),
      codeItem(context, "view"),
      "Other files and code need the kernel.",
    ]);
  }
  openMenu(context, opener, "Export", [
    { label: "HTML", aside: "offline, still brushable", do: () => context.session.export("html") },
    { label: "npz", aside: "the numbers", do: () => context.session.export("npz") },
    ...(runs.length ? [{ label: "CSV", aside: "the runs", do: () => context.session.export("csv") }] : []),
    null,
    pictures(context, opener, null),
    codeItem(context, "view"),
  ]);
}

/** What opens the menu of pictures, of the view or of one panel. */
export function pictures(context: Context, opener: HTMLElement, panel: string | null): Item {
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
