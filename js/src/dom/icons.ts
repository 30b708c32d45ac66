// The few icons, drawn on a 14 px grid with a 1.5 px pen; they say nothing to a screen reader.

import { svg } from "./dom.ts";

type Name =
  | "rows"
  | "columns"
  | "rectangle"
  | "cells"
  | "undo"
  | "redo"
  | "previous"
  | "next"
  | "remove"
  | "more"
  | "offline"
  | "enlarge"
  | "pin"
  | "back"
  | "plus"
  | "minus"
  | "whole";

interface Stroke {
  d: string;
  faint?: boolean;
  thick?: boolean;
}

const STROKES: Record<Name, Stroke[]> = {
  rows: [{ d: "M1.5 4.5h11M1.5 9.5h11" }, { d: "M1.5 1.5h11M1.5 12.5h11", faint: true }],
  columns: [{ d: "M4.5 1.5v11M9.5 1.5v11" }, { d: "M1.5 1.5v11M12.5 1.5v11", faint: true }],
  rectangle: [{ d: "M2 3.5h10v7h-10z" }],
  cells: [{ d: "M2 8h3.5v3.5H2zM5.5 4.5H9V8H5.5zM9 1.5h3.5V5H9z" }],
  undo: [{ d: "M4.5 2 2 4.5 4.5 7M2 4.5h6a3.5 3.5 0 0 1 0 7H5" }],
  redo: [{ d: "M9.5 2 12 4.5 9.5 7M12 4.5H6a3.5 3.5 0 0 0 0 7h3" }],
  previous: [{ d: "M9 2 4 7l5 5" }],
  next: [{ d: "M5 2l5 5-5 5" }],
  remove: [{ d: "m3.5 3.5 7 7m0-7-7 7" }],
  more: [{ d: "M2.5 7h.01M7 7h.01M11.5 7h.01", thick: true }],
  pin: [{ d: "M5 1.5h4M5.7 1.5v4L3.5 8.5h7l-2.2-3v-4M7 8.5v4" }],
  enlarge: [{ d: "M8.5 2H12v3.5M12 2 8.5 5.5M5.5 12H2V8.5M2 12l3.5-3.5" }],
  plus: [{ d: "M7 2.5v9M2.5 7h9" }],
  minus: [{ d: "M2.5 7h9" }],
  whole: [{ d: "M2 5V2h3M9 2h3v3M12 9v3H9M5 12H2V9" }, { d: "M5 5h4v4H5z", faint: true }],
  back: [{ d: "M8.5 2v3.5H12M8.5 5.5 12 2M5.5 12V8.5H2M5.5 8.5 2 12" }],
  offline: [{ d: "M2 2l10 10M5 2v3M9 2v3M3.5 5h7v2a3.5 3.5 0 0 1-5 3M7 10.5V13" }],
};

export function icon(name: Name): SVGSVGElement {
  const strokes = STROKES[name].map(({ d, faint, thick }) =>
    svg("path", { d, opacity: faint ? 0.35 : null, "stroke-width": thick ? 2.4 : null }),
  );
  return svg("svg", { class: "hb-icon", viewBox: "0 0 14 14", "aria-hidden": "true" }, ...strokes);
}
