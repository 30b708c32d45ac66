// The groups of rows: a name and a bar at the side of each, and thin lines between them over the maps.

import { measure, set, setAll, svg, text } from "../../dom/dom.ts";
import { type Changes, rowEdge, rowSides, type Scene } from "../../scene/scene.ts";
import { clamp } from "../../values/viewport.ts";

/** How much of a line of text a group needs to be named. */
const LOWEST = 12;

/** The lines between groups over one map. */
export class Separators {
  readonly element = svg("path", { class: "hb-between" });

  update(changed: Changes, scene: Scene): void {
    if (!changed.any("layout", "viewport")) return;
    const { mapWidth, mapHeight } = scene.layout;
    const edges = (scene.order?.groups ?? []).slice(1).map(({ from }) => rowEdge(scene, from));
    const seen = edges.filter((edge) => edge > 0 && edge < mapHeight);
    set(this.element, "d", seen.map((edge) => `M0 ${edge}H${mapWidth}`).join(""));
  }
}

/** The names of groups, upwards along the left edge of the view. */
export class GroupNames {
  readonly element = svg("g", { class: "hb-groups" });

  update(changed: Changes, scene: Scene): void {
    if (!changed.any("layout", "viewport", "theme")) return;
    const { gutter, mapHeight } = scene.layout;
    const x = 12 - gutter;
    const made = (scene.order?.groups ?? []).flatMap(({ label, from, to }) => {
      const [top, bottom] = rowSides(scene, from, to).map((edge) => clamp(edge, 0, mapHeight)) as [number, number];
      if (bottom - top < 3) return [];
      const bar = svg("path", { class: "hb-tick", d: `M${x + 4} ${top + 1}V${bottom - 1}` });
      const name = cut(label, bottom - top - 2, scene.family);
      const element = svg("text", { "text-anchor": "middle" });
      setAll(element, { x: 0, y: 0, transform: `translate(${x},${(top + bottom) / 2}) rotate(-90)` });
      text(element, name);
      if (name !== label) element.append(svg("title", {}, label));
      return name ? [bar, element] : [bar];
    });
    this.element.replaceChildren(...made);
  }
}

/** As much of a name as has room; empty where that is next to nothing. */
function cut(label: string, room: number, family: string): string {
  if (room < LOWEST) return "";
  if (measure(label, family) <= room) return label;
  let short = label;
  while (short && measure(`${short}…`, family) > room) short = short.slice(0, -1);
  return short ? `${short}…` : "";
}
