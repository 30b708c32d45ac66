// Light or dark: measured from the page that the view stands on, never from a flag, and watched.

import { isDark, type Rgba } from "../values/colours.ts";
import { around } from "./dom.ts";

let pixel: CanvasRenderingContext2D | null = null;

/** Red, green, blue and alpha, 0 to 255, of any CSS colour: the browser knows more notations than we could read. */
function painted(colour: string): Rgba {
  pixel ??= Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", {
    willReadFrequently: true,
  });
  if (!pixel) return [255, 255, 255, 255];
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = colour;
  pixel.fillRect(0, 0, 1, 1);
  const [red, green, blue, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  return [red!, green!, blue!, alpha!];
}

/** The nearest opaque background behind an element, also across shadow roots; null where nobody knows it. */
function backdrop(element: Element): Rgba | null {
  for (let at = around(element); at; at = around(at)) {
    const colour = painted(getComputedStyle(at).backgroundColor);
    if (colour[3] > 127) return colour;
  }
  return canvas(element.ownerDocument);
}

/** What a browser paints behind a page that paints nothing: its schemes say; null in a frame, which shows another page. */
function canvas({ documentElement, defaultView }: Document): Rgba | null {
  if (!defaultView || defaultView !== defaultView.top) return null;
  const probe = document.createElement("i");
  probe.style.cssText = "display:none;background-color:Canvas";
  documentElement.append(probe);
  const colour = painted(getComputedStyle(probe).backgroundColor);
  probe.remove();
  return colour;
}

/** Set the tone of the root from its page, where that says one; tell whether the root is dark now. */
export function tone(root: HTMLElement): boolean {
  delete root.dataset.tone;
  const behind = backdrop(root);
  if (behind) root.dataset.tone = isDark(behind) ? "dark" : "light";
  return isDark(painted(getComputedStyle(root).backgroundColor));
}

/** Call back when the page may have changed its theme; the answer ends it. */
export function watchTheme(root: HTMLElement, changed: () => void): () => void {
  const observer = new MutationObserver(changed);
  const attributes = {
    attributes: true,
    attributeFilter: [
      "class",
      "style",
      "data-jp-theme-light",
      "data-jp-theme-name",
      "data-theme",
      "data-vscode-theme-kind",
    ],
  };
  const { body, documentElement } = root.ownerDocument;
  for (const element of [body, documentElement]) observer.observe(element, attributes);
  const media = window.matchMedia("(prefers-color-scheme: dark)");
  media.addEventListener("change", changed);
  return () => {
    observer.disconnect();
    media.removeEventListener("change", changed);
  };
}
