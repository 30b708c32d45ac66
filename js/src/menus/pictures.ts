// Pictures of the view or of one panel: saved as PNG or SVG, or put on the clipboard.

import { type Picture, pictureOf, png } from "../dom/picture.ts";
import type { Context } from "../scene/context.ts";
import type { Scene } from "../scene/scene.ts";
import { words } from "../values/writing.ts";

/** What can be made of a picture: pixels for each of the page's, or lines and text. */
export const KINDS = [
  { label: "PNG", aside: "1×", ratio: 1 },
  { label: "PNG", aside: "2×", ratio: 2 },
  { label: "PNG", aside: "4×", ratio: 4 },
  { label: "SVG", aside: "text stays text", ratio: 0 },
] as const;

/** Save a picture; a ratio of 0 is SVG. */
export async function savePicture(context: Context, panel: string | null, ratio: number): Promise<void> {
  const picture = await taken(context, panel);
  const name = `heatbrush${panel === null ? "" : `-${words(panel).replace(/[^\p{L}\p{N}]+/gu, "-")}`}`;
  try {
    const blob = ratio ? await png(picture, ratio) : new Blob([picture.svg]);
    const type = ratio ? "image/png" : "image/svg+xml";
    const bytes = new Uint8Array(await blob.arrayBuffer());
    context.session.save(`${name}.${ratio ? "png" : "svg"}`, type, bytes);
  } catch {
    context.session.notify(
      "The browser made no pixels of this picture, which may be too large; save a smaller one or SVG.",
    );
  }
}

/** Put a picture on the clipboard, two pixels for each of the page's. */
export async function copyPicture(context: Context, panel: string | null): Promise<void> {
  try {
    // at once: a browser may trust the click no longer once the picture is there
    const made = taken(context, panel).then((picture) => png(picture, 2));
    await navigator.clipboard.write([new ClipboardItem({ "image/png": made })]);
    context.session.notify("The picture is on the clipboard.");
  } catch {
    context.session.notify("The clipboard takes no picture from this page; save it as PNG.");
  }
}

/** What is shown now, without the crosshair: that is gone in the next frame. */
async function taken(context: Context, panel: string | null): Promise<Picture> {
  context.session.hover(null);
  await new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)));
  return context.drawn(panel, (parts) => pictureOf(context.root, caption(context.scene()), parts));
}

/** What the maps explain, and of which matrix. */
function caption({ state }: Scene): string {
  const { classes, target, sample, scores } = state;
  const said = [sample.name ?? "", sample.count > 1 ? `sample ${sample.index} of ${sample.count}` : ""].filter(Boolean);
  if ((scores.missing && !scores.all.length) || !classes.length) return said.join(" · ");
  const asked = `${classes[target.a]}${target.b === null ? "" : ` rather than ${classes[target.b]}`}`;
  return [`target ${asked}`, ...said].join(" · ");
}
