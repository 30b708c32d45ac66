// The output that stands in for the view where it is not drawn: hidden for as long as the view is there.

/** Hide it by a rule of the document, which also finds an output that comes later; returns what shows it again. */
export function hideSnapshot(name: string): () => void {
  if (!/^[\w-]+$/.test(name)) return () => {};
  const mark = `.heatbrush-snapshot-${name}`;
  const style = document.createElement("style");
  style.dataset.heatbrush = name;
  // a second rule, since a browser that does not know :has() drops the rule that uses it
  style.textContent = `${mark}{display:none!important}.jp-OutputArea-child:has(>.jp-OutputArea-output ${mark}){display:none!important}`;
  document.head.append(style);
  return () => style.remove();
}
