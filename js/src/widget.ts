// The front end of the Panels widget: anywidget calls render once per view, and its answer when the view goes.

import { Root } from "./root.ts";
import { differing, misfitOf } from "./session/admitted.ts";
import { type AnyModel, initialState, WATCHED } from "./session/model.ts";
import { Presence } from "./session/presence.ts";
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

function render({ model, el, signal }: Render): () => void {
  const wrong = misfitOf(model, WATCHED);
  if (wrong !== null) {
    el.textContent = `heatbrush: ${differing(wrong)}`;
    return () => el.replaceChildren();
  }
  const store = new Store(initialState(model));
  const session = new Session(model, store, save);
  const root = new Root(session, store);
  el.classList.add("heatbrush-host");
  el.append(root.root);
  const presence = model.get("live") ? new Presence(model) : null;
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    signal?.removeEventListener("abort", end);
    presence?.dispose();
    session.dispose();
    store.dispose();
    root.dispose();
  };
  signal?.addEventListener("abort", end);
  return end;
}

export default { render };
