// What a notebook would hand over: the state, and a kernel that is not there.
const binary = (text) => Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
const revive = (key, value) =>
  typeof value?.base64 === "string" ? new DataView(binary(value.base64).buffer) : value;
const own = JSON.parse(document.getElementById("state").textContent, revive);
const view = document.getElementById("view");
const widget = globalThis.heatbrush;
let ending = new AbortController();

/** Draw a view in the place of the one that is shown. */
async function show({ state, frames }) {
  const listeners = new Map();
  const heard = (event) => {
    if (!listeners.has(event)) listeners.set(event, new Set());
    return listeners.get(event);
  };
  const model = {
    // what the page holds of all samples is no trait: the list of samples is made of it
    get: (name) => (name === "frames" ? frames : state[name]),
    set(name, value) {
      if (state[name] === value) return;
      state[name] = value;
      for (const listener of [...heard(`change:${name}`)]) listener(model, value);
    },
    save_changes() {},
    // another sample, where the page holds it, is the one wish that can be granted
    send: ({ sample }) => Object.entries(frames[sample] ?? {}).forEach(([name, value]) => model.set(name, value)),
    on: (event, listener) => heard(event).add(listener),
    off: (event, listener) => (listener ? heard(event).delete(listener) : listeners.delete(event)),
  };
  ending.abort();
  ending = new AbortController();
  view.replaceChildren();
  await (typeof widget === "function" ? await widget() : widget).render({
    model,
    el: view,
    signal: ending.signal,
  });
}

await show(own);
