// The toolbar: how the brush draws, what undoes it, and the sentence "occlusion on selection, defaults ... Run".

import { html, measure, off, options, picker, set, show, text } from "../dom/dom.ts";
import { icon } from "../dom/icons.ts";
import { openForm } from "../menus/form.ts";
import { openExportMenu, openMoreMenu, openViewMenu } from "../menus/menus.ts";
import { openSelectionMenu } from "../menus/selecting.ts";
import { type Context, disconnected, whyNot } from "../scene/context.ts";
import {
  addressOf,
  destination,
  goesSaid,
  type Place,
  parametersOf,
  placeOf,
  replaceable,
} from "../scene/destination.ts";
import type { Changes, Scene } from "../scene/scene.ts";
import type { Mode } from "../values/gestures.ts";
import { addressed } from "../values/panels/models.ts";
import { inWords } from "../values/parameters.ts";
import { SIZES } from "../values/selecting/painting.ts";
import { words } from "../values/writing.ts";
import { MethodPicker } from "./method_picker.ts";

const MODES: [Mode, string, string][] = [
  ["rows", "Rows", "R"],
  ["columns", "Columns", "C"],
  ["rectangle", "Rectangle", "B"],
  ["cells", "Cells", "D"],
];

/** What stands around the words of the sentence: arrows, gaps, and the Run button. */
const ROOM = 180;

export class Toolbar {
  readonly element: HTMLElement;
  readonly #brush: HTMLElement[];
  readonly #context: Context;
  readonly #modes = new Map<Mode, HTMLButtonElement>();
  readonly #size = picker("Brush size", "How many rows and columns of cells are painted at once");
  readonly #clear = button("Clear", "Clear the selection (Esc)", "hb-wide-only");
  readonly #selecting = button("Selection", "Selection: type, find, invert, grow, shrink, keep, code", "hb-wide-only");
  readonly #undo = iconButton("undo", "Undo", "Undo (Ctrl Z)");
  readonly #redo = iconButton("redo", "Redo", "Redo (Ctrl Shift Z)");
  readonly #view = button("View", "Colours, room, profiles, evidence", "hb-wide-only");
  readonly #export = button("Export", "Offline HTML page, npz, pictures, code", "hb-wide-only");
  readonly #more = iconButton("more", "More", "More: clear, selection, view, export", "hb-folded");
  readonly #method: MethodPicker;
  readonly #scope = picker("Run on");
  readonly #place = picker("Result goes to");
  readonly #words = html("span");
  readonly #parameters = html(
    "button",
    { type: "button", class: "hb-parameters", "aria-haspopup": "dialog", "aria-expanded": "false" },
    this.#words,
    "…",
  );
  readonly #go = html("button", { type: "button", class: "hb-go" }, "Run");
  readonly #gone = html("span", { class: "hb-gone", role: "status" }, icon("offline"));
  readonly #goneText = html("span");
  readonly #sentence: HTMLElement;

  constructor(context: Context) {
    this.#context = context;
    this.#method = new MethodPicker(context);
    const modes = html("div", { class: "hb-modes", role: "group", "aria-label": "Brush mode" });
    for (const [mode, name, key] of MODES) {
      const made = html(
        "button",
        { type: "button", title: `Brush ${name.toLowerCase()} (${key})`, "aria-label": name },
        icon(mode),
        html("span", { "data-word": name }, name),
      );
      made.addEventListener("click", () => context.session.setOptions({ mode }));
      this.#modes.set(mode, made);
      modes.append(made);
    }
    this.#size.select.addEventListener("change", () =>
      context.session.setOptions({ brush: Number(this.#size.select.value) }),
    );
    modes.append(this.#size.box);
    const tools = html(
      "div",
      { class: "hb-tools" },
      this.#clear,
      this.#selecting,
      this.#undo,
      this.#redo,
      this.#view,
      this.#export,
      this.#more,
    );
    this.#brush = [modes, tools];
    for (const opener of [this.#selecting, this.#view, this.#export, this.#more]) set(opener, "aria-haspopup", "menu");
    this.#gone.append(this.#goneText);
    this.#sentence = html(
      "span",
      { class: "hb-sentence" },
      this.#method.element,
      html("span", { class: "hb-say" }, "on"),
      this.#scope.box,
      this.#parameters,
      this.#place.box,
    );
    const run = html("div", { class: "hb-run" }, this.#gone, this.#sentence, this.#go);
    this.element = html(
      "div",
      { class: "hb-bar", role: "toolbar", "aria-label": "Brush and run" },
      html("span", { class: "hb-label" }, "Brush"),
      modes,
      tools,
      html("span", { class: "hb-label hb-run-label" }, "Run"),
      run,
    );
    this.#listen();
  }

  #listen(): void {
    const { session, popover } = this.#context;
    this.#clear.addEventListener("click", () => session.setSelection({ bands: [] }, { commit: true }));
    this.#selecting.addEventListener("click", () =>
      popover.toggle(this.#selecting, () => openSelectionMenu(this.#context, this.#selecting)),
    );
    this.#undo.addEventListener("click", () => session.undo());
    this.#redo.addEventListener("click", () => session.redo());
    this.#view.addEventListener("click", () =>
      popover.toggle(this.#view, () => openViewMenu(this.#context, this.#view)),
    );
    this.#export.addEventListener("click", () =>
      popover.toggle(this.#export, () => openExportMenu(this.#context, this.#export)),
    );
    this.#more.addEventListener("click", () =>
      popover.toggle(this.#more, () => openMoreMenu(this.#context, this.#more)),
    );
    this.#parameters.addEventListener("click", () =>
      popover.toggle(this.#parameters, () => openForm(this.#context, this.#parameters)),
    );
    this.#scope.select.addEventListener("change", () =>
      this.#context.set({ scope: this.#scope.select.value === "matrix" ? "matrix" : "selection" }),
    );
    this.#place.select.addEventListener("change", () =>
      this.#context.set({ place: this.#place.select.value as Place }),
    );
    this.#go.addEventListener("click", () => {
      const running = jobsHere(this.#context.scene());
      for (const panel of running) session.cancel(panel);
      if (!running.length) this.#context.run();
    });
  }

  update(changed: Changes, scene: Scene): void {
    const { state } = scene;
    const sized = changed.has("options") && (state.options.mode === "cells") === this.#size.box.hidden;
    if (changed.any("options", "selection", "draft", "canUndo", "canRedo", "connection")) {
      for (const [mode, made] of this.#modes) set(made, "aria-pressed", String(state.options.mode === mode));
      const { mode, brush } = state.options;
      show(this.#size.box, mode === "cells");
      const sizes = SIZES.includes(brush) ? SIZES : [...SIZES, brush];
      options(
        this.#size.select,
        sizes.map((size) => ({ value: String(size), label: `${size} × ${size}` })),
        String(brush),
      );
      off(this.#clear, !(state.draft ?? state.selection).bands.length);
      off(this.#undo, !state.canUndo);
      off(this.#redo, !state.canRedo);
      set(this.#export, "title", disconnected(scene) ? "npz, pictures" : "Offline HTML page, npz, pictures, code");
    }
    if (sized || changed.any("layout", "methods", "theme", "connection")) this.#fold(scene);
    if (changed.any("methods", "panels", "local", "selection", "draft", "jobs", "connection")) this.#run(scene);
  }

  /** Run takes a line of its own where the sentence of the longest method would not fit beside the brush. */
  #fold({ state, layout, family }: Scene): void {
    const said = (line: string): number => measure(line, family, 12);
    const longest = Math.max(0, ...state.methods.map(({ name }) => said(words(name))));
    const sentence = longest + said("on whole matrix defaults … new panel") + ROOM;
    const brush = this.#brush.reduce((sum, part) => sum + part.offsetWidth, layout.gutter);
    set(this.element, "data-lines", layout.width < brush + sentence ? 2 : 1);
  }

  #run(scene: Scene): void {
    const { state, local } = scene;
    const why = whyNot(scene);
    const method = state.methods.find((known) => known.name === local.method);
    const selected = (state.draft ?? state.selection).bands.length > 0;
    show(this.#gone, why !== "");
    show(this.#sentence, why === "");
    text(this.#goneText, why);
    set(this.#gone, "title", why || null);
    this.#method.update(method);
    const scopes = [
      { value: "selection", label: "selection", disabled: !selected },
      { value: "matrix", label: "whole matrix" },
    ];
    options(this.#scope.select, scopes, selected ? local.scope : "matrix");
    show(this.#parameters, Boolean(method?.fields.length));
    text(this.#words, inWords(method?.fields ?? [], parametersOf(scene)));
    set(this.#parameters, "title", `Parameters of ${words(local.method)}`);
    set(this.#parameters, "aria-label", `Parameters of ${words(local.method)}: ${this.#words.textContent}`);
    this.#goes(scene);
    const running = jobsHere(scene).length > 0;
    text(this.#go, running ? "Cancel" : "Run");
    set(this.#go, "data-cancel", running);
    set(this.#go, "disabled", why !== "" || (!running && method?.reason !== ""));
    set(this.#go, "title", why || (running ? "Stop; the earlier map returns (Esc)" : method?.reason || "Run (Enter)"));
  }

  /** Whether a run adds a panel or replaces one, where there is a choice. */
  #goes(scene: Scene): void {
    const { select, box } = this.#place;
    const old = replaceable(scene);
    show(box, old !== null);
    const places: { value: Place; label: string }[] = [
      { value: "new", label: "new panel" },
      { value: "replace", label: "replace" },
    ];
    const place = placeOf(scene);
    options(select, places, place);
    set(select, "title", goesSaid(scene, place));
  }
}

/** The panels whose runs Cancel stops: those that Run would fill. */
function jobsHere(scene: Scene): string[] {
  const { state, local } = scene;
  const name = destination(scene) ? addressOf(scene) : (local.last ?? local.method);
  return addressed(name, state.panels, state.scores.models).filter((panel) => state.jobs[panel]);
}

function button(name: string, title: string, kind = ""): HTMLButtonElement {
  return html("button", { type: "button", title, class: kind || null }, name);
}

function iconButton(name: Parameters<typeof icon>[0], label: string, title: string, kind = ""): HTMLButtonElement {
  return html("button", { type: "button", class: `hb-iconic ${kind}`.trim(), "aria-label": label, title }, icon(name));
}
