// A menu under a button: items, rules and small print, in the one popover.

import { html, off, set } from "./dom.ts";
import type { Popover } from "./popover.ts";

export interface Item {
  label: string;
  /** Why it cannot be done now; empty where it can. */
  off?: string;
  aside?: string;
  checked?: boolean;
  /** One of several, rather than on or off. */
  radio?: boolean;
  title?: string;
  do: () => void;
}

/** Items, a rule for null, small print for text. */
export type Entry = Item | null | string;

export function openMenu(
  { popover }: { popover: Popover },
  opener: HTMLElement,
  name: string,
  entries: Entry[],
  edge: "left" | "right" = "left",
): void {
  const box = html("div", { class: "hb-pop hb-menu", role: "menu", "aria-label": name });
  for (const entry of entries)
    box.append(
      entry === null ? html("hr") : typeof entry === "string" ? html("small", {}, entry) : item(popover, entry),
    );
  popover.open(opener, box, edge);
}

function item(popover: Popover, entry: Item): HTMLElement {
  const role = entry.checked === undefined ? "menuitem" : entry.radio ? "menuitemradio" : "menuitemcheckbox";
  const checked = entry.checked === undefined ? null : String(entry.checked);
  const button = html(
    "button",
    { type: "button", role, "aria-checked": checked, title: entry.title ?? null },
    entry.label,
  );
  if (entry.off) {
    off(button, true);
    set(button, "title", entry.off);
  }
  if (entry.aside) button.append(html("i", {}, entry.aside));
  button.addEventListener("click", () => {
    popover.close();
    entry.do();
  });
  return button;
}
