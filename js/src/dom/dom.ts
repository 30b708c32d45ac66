// Building and touching elements: made once, then changed only where something differs. Text is always textContent.

import { HUSH } from "./shortcuts.ts";

const SVG = "http://www.w3.org/2000/svg";

export type Attributes = Record<string, string | number | boolean | null | undefined>;
export type Child = Node | string | null;

/** Set an attribute where it differs; null, undefined and false take it away, true sets it empty. */
export function set(element: Element, name: string, value: Attributes[string]): void {
  if (value === null || value === undefined || value === false) {
    if (element.hasAttribute(name)) element.removeAttribute(name);
    return;
  }
  const text = value === true ? "" : String(value);
  if (element.getAttribute(name) !== text) element.setAttribute(name, text);
}

export function setAll(element: Element, attributes: Attributes): void {
  for (const name of Object.keys(attributes)) set(element, name, attributes[name]);
}

export function html<K extends keyof HTMLElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): HTMLElementTagNameMap[K] {
  const element = document.createElement(tag);
  setAll(element, attributes);
  // a notebook asks the focused element for its shortcuts first
  if (element.tabIndex >= 0) set(element, HUSH, "true");
  add(element, children);
  return element;
}

export function svg<K extends keyof SVGElementTagNameMap>(
  tag: K,
  attributes: Attributes = {},
  ...children: Child[]
): SVGElementTagNameMap[K] {
  const element = document.createElementNS(SVG, tag);
  setAll(element, attributes);
  add(element, children);
  return element;
}

function add(parent: Element, children: Child[]): void {
  for (const child of children) if (child !== null) parent.append(child);
}

export function text(element: Element, value: string): void {
  if (element.textContent !== value) element.textContent = value;
}

export function show(element: HTMLElement | SVGElement, visible: boolean): void {
  set(element, "hidden", !visible);
}

/** Switch a button off that may hold the focus: disabled, it would drop it. Its action must do nothing then. */
export function off(element: HTMLButtonElement, yes: boolean): void {
  set(element, "aria-disabled", yes ? "true" : null);
}

export function style(element: HTMLElement | SVGElement, name: string, value: string): void {
  if (element.style.getPropertyValue(name) !== value) element.style.setProperty(name, value);
}

/** The element around an element, also across shadow roots. */
export function around(element: Element): Element | null {
  if (element.parentElement) return element.parentElement;
  const root = element.getRootNode();
  return root instanceof ShadowRoot ? root.host : null;
}

/** Put a box at whole pixels of its positioned parent. */
export function place(element: HTMLElement, left: number, top: number, width: number, height: number): void {
  style(element, "left", `${left}px`);
  style(element, "top", `${top}px`);
  style(element, "width", `${width}px`);
  style(element, "height", `${height}px`);
}

/** Replace the options of a select, only when they differ, and choose one. */
export function options(select: HTMLSelectElement, entries: Option[], chosen: string): void {
  const signature = JSON.stringify(entries);
  if (select.dataset.options !== signature) {
    select.dataset.options = signature;
    select.replaceChildren(...entries.map(({ value, label, disabled }) => html("option", { value, disabled }, label)));
  }
  if (select.value !== chosen) select.value = chosen;
}

export interface Option {
  value: string;
  label: string;
  disabled?: boolean;
}

let made = 0;

/** An id that no other view of the page has: each may have loaded this module for itself. */
export function unique(kind: string): string {
  return `hb-${kind}-${Math.random().toString(36).slice(2, 8)}-${made++}`;
}

/** A select in the look of the house: its own arrow, the value as wide as its text. */
export function picker(label: string, title = ""): { box: HTMLElement; select: HTMLSelectElement } {
  const select = html("select", { "aria-label": label, title: title || null });
  return { box: html("span", { class: "hb-pick" }, select), select };
}

let pen: CanvasRenderingContext2D | null = null;

/** The width of a text in CSS pixels, in the font family of the root. */
export function measure(value: string, family: string, size = 11, weight = 400): number {
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return value.length * size * 0.55;
  pen.font = `${weight} ${size}px ${family}`;
  return pen.measureText(value).width;
}

/** Cut a text in its middle to `width` pixels: names that begin alike are told apart by their ends. */
export function fit(value: string, width: number, family: string): string {
  if (measure(value, family) <= width) return value;
  const letters = [...value];
  const keeping = (kept: number): string => {
    const head = letters.slice(0, Math.ceil(kept / 2)).join("");
    return `${head.trimEnd()}…${letters
      .slice(letters.length - Math.floor(kept / 2))
      .join("")
      .trimStart()}`;
  };
  let [low, high] = [0, letters.length];
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (measure(keeping(middle), family) <= width) low = middle;
    else high = middle - 1;
  }
  return low ? keeping(low) : "";
}
