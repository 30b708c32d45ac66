// The methods by family: what the maps of each family are, and the question that each method answers.

import { html } from "../dom/dom.ts";
import type { FamilyState, MethodState } from "../protocol.ts";
import type { State } from "../session/store.ts";

/** A family with its methods; families of none are left out. */
export interface Group extends FamilyState {
  methods: MethodState[];
}

export function groups({ families, methods }: Pick<State, "families" | "methods">): Group[] {
  const known = families.map((family) => ({
    ...family,
    methods: methods.filter((method) => method.family === family.name),
  }));
  return known.filter((group) => group.methods.length);
}

/** The lines above the methods of a family. */
export function heading({ name, about }: FamilyState): HTMLElement {
  return html("div", { class: "hb-family" }, html("b", {}, name.charAt(0).toUpperCase() + name.slice(1)), ` ${about}`);
}

/** The question of a method, and why it cannot run where it cannot. */
export function said({ question, reason }: MethodState): HTMLElement {
  return html("span", {}, question, reason ? html("small", {}, reason) : null);
}
