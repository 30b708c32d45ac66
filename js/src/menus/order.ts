// The menu of the order of rows: by name, by group, by the profile of a panel, and which way.

import { type Item, openMenu } from "../dom/menu.ts";
import type { Options } from "../protocol.ts";
import type { Context } from "../scene/context.ts";
import { groupsOf } from "../scene/ordering.ts";
import { INPUT } from "../scene/shown.ts";
import { shownPanels } from "../session/jobs.ts";
import { words } from "../values/writing.ts";

const UNGROUPED = "No groups are given: compare(…, groups=…) and view.groups take a label for each row.";
const LARGE = "The page has blocks of this matrix: its rows stay in their own order.";

export function openOrder(context: Context, opener: HTMLElement): void {
  const { state } = context.scene();
  const { options, sample } = state;
  const large = sample.large ? LARGE : "";
  const choose = (order: Options["order"], label: string, off = "", panel = options.order_by): Item => ({
    label,
    off: order === "own" ? "" : large || off,
    radio: true,
    checked: options.order === order && (order !== "profile" || options.order_by === panel),
    do: () => context.session.setOptions({ order, order_by: panel }),
  });
  const panels = [INPUT, ...shownPanels(state).map(({ name }) => name)];
  const profiles = panels.map((name) => choose("profile", `By the profile of ${words(name)}`, "", name));
  const own = options.order === "own" ? "Rows stand in their own order." : "";
  const descending = {
    label: "Descending",
    off: large || own,
    checked: options.descending,
    do: () => context.session.setOptions({ descending: !options.descending }),
  };
  openMenu(context, opener, "Order of rows", [
    choose("own", "Own order"),
    choose("name", "By name"),
    choose("groups", "By group", groupsOf(state) ? "" : UNGROUPED),
    null,
    ...profiles,
    null,
    descending,
  ]);
}
