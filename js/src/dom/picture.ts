// What a part of the view shows, as one SVG: canvases as images, text as text, lines as lines; nothing that is for the hand.

import { html, measure, set, setAll, svg } from "./dom.ts";

export interface Picture {
  svg: string;
  width: number;
  height: number;
}

/** Round what is drawn, and between its parts. */
const MARGIN = 12;
/** The height of the line that says what is shown. */
const LINE = 20;
const PAINT = [
  "dominant-baseline",
  "fill",
  "fill-opacity",
  "font-family",
  "font-size",
  "font-style",
  "font-weight",
  "opacity",
  "paint-order",
  "shape-rendering",
  "stroke",
  "stroke-dasharray",
  "stroke-linecap",
  "stroke-linejoin",
  "stroke-opacity",
  "stroke-width",
  "text-anchor",
] as const;

/** Draw parts of a page beneath each other, under a line of text, on the ground of `root`. */
export function pictureOf(root: HTMLElement, said: string, parts: readonly Element[]): Picture {
  const made = svg("svg", { xmlns: "http://www.w3.org/2000/svg" });
  const { backgroundColor, color, fontFamily } = getComputedStyle(root);
  const title = svg("text", { x: MARGIN, y: MARGIN + 12, fill: color, "font-size": "12px", "font-weight": 600 }, said);
  set(title, "font-family", fontFamily);
  const ground = svg("rect", { fill: backgroundColor });
  made.append(ground, title);
  let [width, height] = [measure(said, fontFamily, 12, 600), said ? LINE : 0];
  for (const part of parts) {
    const group = svg("g");
    const drawn = new Drawing(group);
    drawn.element(part);
    const { left, top, right, bottom } = drawn;
    if (right <= left) continue;
    set(group, "transform", `translate(${MARGIN - left},${MARGIN + height - top})`);
    made.append(group);
    [width, height] = [Math.max(width, right - left), height + bottom - top + MARGIN];
  }
  [width, height] = [Math.ceil(width + 2 * MARGIN), Math.ceil(height + MARGIN)];
  setAll(made, { width, height, viewBox: `0 0 ${width} ${height}` });
  setAll(ground, { width, height });
  return { svg: new XMLSerializer().serializeToString(made), width, height };
}

/** A picture as pixels, so many for each of its own. */
export async function png({ svg: source, width, height }: Picture, ratio: number): Promise<Blob> {
  const url = URL.createObjectURL(new Blob([source], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = html("canvas");
    [canvas.width, canvas.height] = [width * ratio, height * ratio];
    const pen = canvas.getContext("2d");
    pen?.drawImage(image, 0, 0, canvas.width, canvas.height);
    const found = pen && (await new Promise<Blob | null>((done) => canvas.toBlob(done, "image/png")));
    if (!found) throw new Error("no pixels");
    return found;
  } finally {
    URL.revokeObjectURL(url);
  }
}

/** What one part shows, in the coordinates of the window, and how far it reaches. */
class Drawing {
  left = Infinity;
  top = Infinity;
  right = -Infinity;
  bottom = -Infinity;
  #gradients = 0;

  constructor(readonly to: SVGGElement) {}

  element(element: Element): void {
    const look = getComputedStyle(element);
    if (look.display === "none" || look.visibility === "hidden" || isForTheHand(element)) return;
    const box = element.getBoundingClientRect();
    if (element instanceof HTMLCanvasElement) return this.#canvas(element, box);
    if (element instanceof SVGSVGElement) return this.#lines(element, box);
    this.#ground(element, look, box);
    for (const child of element.childNodes) {
      if (child instanceof Element) this.element(child);
      else if (child instanceof Text) this.#text(child, element, look);
    }
  }

  #reach({ left, top, right, bottom }: DOMRect): void {
    this.left = Math.min(this.left, left);
    this.top = Math.min(this.top, top);
    this.right = Math.max(this.right, right);
    this.bottom = Math.max(this.bottom, bottom);
  }

  #canvas(canvas: HTMLCanvasElement, box: DOMRect): void {
    if (!canvas.width || !canvas.height) return;
    this.#reach(box);
    const { x, y, width, height } = box;
    const image = svg("image", { x, y, width, height, href: canvas.toDataURL(), preserveAspectRatio: "none" });
    set(image, "image-rendering", "pixelated");
    this.to.append(image);
  }

  /** Lines as they are drawn: each shape with the paint that the style sheet gives it. */
  #lines(element: SVGSVGElement, box: DOMRect): void {
    for (const shape of element.querySelectorAll<SVGGraphicsElement>("path, rect, line, circle, text")) {
      // a frame of the selection may reach out of the window that cuts it
      const whole = shape.ownerSVGElement === element && !shape.closest("clipPath") && shape.checkVisibility();
      const at = shape.getBoundingClientRect();
      if (whole && at.width + at.height > 0) this.#reach(at);
    }
    const copy = painted(element);
    if (!copy) return;
    const { x, y, width, height } = box;
    setAll(copy, { x, y, width, height });
    this.to.append(copy);
  }

  #ground(element: Element, look: CSSStyleDeclaration, { x, y, width, height }: DOMRect): void {
    const stops = look.backgroundImage.startsWith("linear-gradient")
      ? look.backgroundImage.match(/rgba?\([^)]*\)/g)
      : null;
    const clear = /^(transparent|rgba\(.*, 0\))$/.test(look.backgroundColor);
    if (!width || !height || (!stops && (clear || element.tagName !== "I"))) return;
    let fill = look.backgroundColor;
    if (stops) {
      const id = `heatbrush-scale-${Math.round(x)}-${Math.round(y)}-${this.#gradients++}`;
      const each = stops.map((colour, at) => svg("stop", { offset: at / (stops.length - 1), "stop-color": colour }));
      this.to.append(svg("linearGradient", { id }, ...each));
      fill = `url(#${id})`;
    }
    this.to.append(svg("rect", { x, y, width, height, rx: parseFloat(look.borderRadius) || 0, fill }));
  }

  #text(node: Text, element: Element, look: CSSStyleDeclaration): void {
    for (const { text, box } of lines(node, element, look)) {
      this.#reach(box);
      const pen = measuring();
      pen.font = `${look.fontStyle} ${look.fontWeight} ${look.fontSize} ${look.fontFamily}`;
      const y = box.top + pen.measureText(text).fontBoundingBoxAscent;
      const shown = svg("text", { x: box.left, y, fill: look.color }, text);
      for (const name of ["font-family", "font-size", "font-style", "font-weight"] as const)
        set(shown, name, look.getPropertyValue(name));
      this.to.append(shown);
    }
  }
}

/** Buttons, but for the one of several that says what is shown; what is grasped, and what only readers of the screen hear. */
function isForTheHand(element: Element): boolean {
  if (element.matches(".hb-zone, .hb-progress, .hb-handle, select, input")) return true;
  return element.matches("button") && element.getAttribute("aria-pressed") !== "true";
}

/** A copy of lines without those that are hidden; null where all is. */
function painted(element: SVGElement): SVGElement | null {
  const look = getComputedStyle(element);
  // what only cuts others is never shown, and hides nothing
  const cuts = element.closest("clipPath") !== null;
  if (!cuts && (look.display === "none" || look.visibility === "hidden" || isForTheHand(element))) return null;
  const copy = element.cloneNode(false) as SVGElement;
  for (const name of ["class", "hidden", "style", "aria-hidden"]) copy.removeAttribute(name);
  if (!cuts) for (const name of paintOf(element)) set(copy, name, look.getPropertyValue(name) || null);
  copy.append(...[...element.childNodes].map(copied).filter((child) => child !== null));
  return copy;
}

function copied(child: Node): Node | null {
  return child instanceof SVGElement ? painted(child) : child.cloneNode();
}

/** What the style sheet says of an element that its copy must say itself. */
function paintOf(element: SVGElement): readonly string[] {
  if (element instanceof SVGSVGElement) return ["opacity", "overflow"];
  return element instanceof SVGGElement ? ["opacity"] : PAINT;
}

interface Line {
  text: string;
  box: DOMRect;
}

/** The lines that a text is broken into, each cut off where its element cuts it. */
function lines(node: Text, element: Element, look: CSSStyleDeclaration): Line[] {
  const value = look.textTransform === "uppercase" ? node.data.toUpperCase() : node.data;
  const end = look.overflowX === "visible" ? Infinity : element.getBoundingClientRect().right + 1;
  const found: Line[] = [];
  const range = document.createRange();
  for (let at = 0; at < node.length; at++) {
    range.setStart(node, at);
    range.setEnd(node, at + 1);
    const box = range.getBoundingClientRect();
    if (box.right > end) {
      const last = found.at(-1);
      if (last) last.text = `${last.text.trimEnd()}…`;
      break;
    }
    if (box.width && box.height) write(found, value[at]!, box);
  }
  return found.filter(({ text }) => text.trim());
}

/** Add a character to the last line, or begin another. */
function write(found: Line[], character: string, box: DOMRect): void {
  const last = found.at(-1);
  if (!last || Math.abs(last.box.top - box.top) >= 2) {
    found.push({ text: character, box });
    return;
  }
  last.text += character;
  last.box = new DOMRect(last.box.x, last.box.y, box.right - last.box.x, last.box.height);
}

let pen: CanvasRenderingContext2D | null = null;

function measuring(): CanvasRenderingContext2D {
  pen ??= html("canvas").getContext("2d")!;
  return pen;
}
