// The front end of the Panels widget: anywidget calls render once per view, and its answer when the view goes.

import { differing, misfitOf } from "./border/admitted.ts";
import { type AnyModel, read, WATCHED } from "./border/any_model.ts";
import { Presence } from "./border/presence.ts";
import { versionsDiffer } from "./border/version.ts";
import { html } from "./dom/dom.ts";
import { hideSnapshot } from "./dom/snapshot.ts";
import { Root } from "./root.ts";
import { initialState } from "./session/model.ts";
import { Session } from "./session/session.ts";
import { Store } from "./session/store.ts";

interface Render {
  model: AnyModel;
  el: HTMLElement;
  /** Newer front ends abort it when the view goes. */
  signal?: AbortSignal;
}

/** Let the browser save what the kernel made. */
function save(name: string, type: string, bytes: Uint8Array): void {
  const url = URL.createObjectURL(new Blob([bytes as Uint8Array<ArrayBuffer>], { type }));
  const link = document.createElement("a");
  link.href = url;
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** Put text on the clipboard; false where the browser or the frame around the page forbids it. */
async function copy(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return false;
  }
}

/** Draw nothing of what may be misread, and say what to do. */
function refuse(el: HTMLElement, sentence: string): () => void {
  const root = html("div", { class: "heatbrush", "data-state": "error" }, html("p", { role: "alert" }, sentence));
  el.append(root);
  return () => root.remove();
}

/** Say what does not fit, and draw the view as soon as all does. */
function awaited(view: Render, wrong: string): () => void {
  const events = WATCHED.map((name) => `change:${name}`);
  let end = refuse(view.el, differing(wrong));
  const again = (): void => {
    if (misfitOf(view.model, WATCHED) !== null) return;
    stop();
    end();
    end = render(view);
  };
  const stop = (): void => {
    for (const event of events) view.model.off(event, again);
  };
  for (const event of events) view.model.on(event, again);
  return () => {
    stop();
    end();
  };
}

function render({ model, el, signal }: Render): () => void {
  const differ = versionsDiffer(model);
  if (differ) return refuse(el, differ);
  const wrong = misfitOf(model, WATCHED);
  if (wrong !== null) return awaited({ model, el, signal }, wrong);
  const store = new Store(initialState(model));
  const session = new Session(model, store, save, copy);
  const root = new Root(session, store);
  el.classList.add("heatbrush-host");
  el.append(root.root);
  const live = read(model, "live");
  const presence = live ? new Presence(model) : null;
  // beside an offline page stands nothing, and its content policy allows no rule that a script makes
  const showSnapshot = live ? hideSnapshot(read(model, "snapshot")) : () => {};
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    signal?.removeEventListener("abort", end);
    presence?.dispose();
    session.dispose();
    store.dispose();
    root.dispose();
    showSnapshot();
  };
  signal?.addEventListener("abort", end);
  return end;
}

export default { render };
