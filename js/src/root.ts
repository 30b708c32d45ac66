// The view as a whole: it gathers what changed, once per frame, and hands it to its parts.

import { Evidence } from "./controls/evidence.ts";
import { FirstPage } from "./controls/first_page.ts";
import { Head } from "./controls/head.ts";
import { mood, Status } from "./controls/status.ts";
import { Tag } from "./controls/tag.ts";
import { Toolbar } from "./controls/toolbar.ts";
import { html, measure, set, show, style } from "./dom/dom.ts";
import { keepingFocus } from "./dom/focus.ts";
import { fill, fills, leave, whenLeft } from "./dom/full_screen.ts";
import { Pinned } from "./dom/pinned.ts";
import { Popover } from "./dom/popover.ts";
import { HUSH, shieldKeys } from "./dom/shortcuts.ts";
import { tone, watchTheme } from "./dom/theme.ts";
import { Keyboard } from "./hand/keyboard.ts";
import { LowerEdge } from "./hand/lower_edge.ts";
import { PointerBrush } from "./hand/pointer.ts";
import { TitleDrag } from "./hand/title_drag.ts";
import { Zoom } from "./hand/zoom.ts";
import { NamedList } from "./lists/named_list.ts";
import { Sheet } from "./map/sheet.ts";
import type { AxisState } from "./protocol.ts";
import { type Context, whyNot } from "./scene/context.ts";
import { addressOf, destination, like, parametersOf, withinOf } from "./scene/destination.ts";
import { enlargedOf } from "./scene/enlarged.ts";
import { linesOf } from "./scene/lines.ts";
import { isGrouped } from "./scene/ordering.ts";
import { hasOutput } from "./scene/output/output.ts";
import { grown } from "./scene/reach.ts";
import { type Change, Changes, type Local, type Marks, marksOf, type Scene } from "./scene/scene.ts";
import { INPUT, Numbers, type Shown } from "./scene/shown.ts";
import { shownPanels } from "./session/jobs.ts";
import type { Session } from "./session/session.ts";
import { awaits, type Key, type State, type Store } from "./session/store.ts";
import { shapeOf, sizes } from "./values/arrays.ts";
import { css, inputTable, mapTable, signColours } from "./values/colours.ts";
import { type Layout, layout } from "./values/layout.ts";
import type { RowOrder } from "./values/ordering/rows.ts";
import { movedBy } from "./values/panels/order.ts";
import { words } from "./values/writing.ts";

/** Pixels between the margins of A4 and of US Letter. */
const PAPER = 680;
/** What the layout depends on. */
const SIZING: Change[] = ["layout", "axes", "options", "panels", "jobs", "sample", "theme", "enlarged", "height"];
/** Under an enlarged map: the column names, its footer, the status line and the edge. */
const BENEATH = 150;

export class Root implements Context {
  readonly root: HTMLElement;
  readonly popover: Popover;
  readonly signal: AbortSignal;
  readonly #ending = new AbortController();
  readonly #numbers = new Numbers();
  readonly #head: Head;
  readonly #toolbar: Toolbar;
  readonly #sheet: Sheet;
  readonly #firstPage: FirstPage;
  readonly #evidence: Evidence;
  readonly #notes = html("div", { class: "hb-notes" });
  readonly #named: NamedList;
  readonly #status: Status;
  readonly #tag: Tag;
  readonly #zoom: Zoom;
  /** All that scrolls where the view has a height. */
  readonly #body = html("div", { class: "hb-body" });
  readonly #edge: LowerEdge;
  readonly #pinned: Pinned;
  readonly #sizes: ResizeObserver;
  readonly #unwatch: (() => void)[] = [];
  #pending = new Changes();
  #frame = 0;
  #width = 0;
  /** Being printed: the page still tells of the width that it has on the screen. */
  #paper = false;
  #dark = false;
  #family = "sans-serif";
  #layout: Layout | null = null;
  #marks: Marks | null = null;
  #order: RowOrder | null = null;
  #local: Local;

  constructor(
    readonly session: Session,
    readonly store: Store,
  ) {
    this.signal = this.#ending.signal;
    // in a page that is written from right to left too: a map and its numbers are not
    this.root = html("div", { class: "heatbrush", dir: "ltr", tabindex: -1, [HUSH]: "true", "data-state": "idle" });
    shieldKeys(this.root, this.signal);
    this.popover = new Popover(this.root, this.signal);
    this.#local = firstLocal(store.state);
    this.#head = new Head(this);
    this.#toolbar = new Toolbar(this);
    const pointer = new PointerBrush(this);
    const keyboard = new Keyboard(
      this,
      () => pointer.cancel(),
      (by) => this.#head.step(by),
      (by) => this.#head.turn(by),
    );
    const titles = new TitleDrag(this, () => this.#sheet);
    this.#sheet = new Sheet(this, (panel) => {
      pointer.attach(panel);
      keyboard.attach(panel);
      titles.attach(panel);
    });
    // a press on its ground: the next key is for the map that was pointed at last
    this.root.addEventListener("focus", () => this.#sheet.focus(this.#local.hot), { signal: this.signal });
    this.#firstPage = new FirstPage(this);
    this.#evidence = new Evidence(this);
    this.#named = new NamedList(this);
    this.#status = new Status(this.signal);
    this.#zoom = new Zoom(this);
    this.#status.element.append(this.#zoom.element);
    this.#tag = new Tag(this.root, this.signal);
    this.#edge = new LowerEdge(this);
    this.#body.append(
      this.#head.element,
      this.#toolbar.element,
      this.#sheet.element,
      this.#firstPage.element,
      this.#notes,
      this.#evidence.element,
      this.#named.element,
    );
    this.root.append(this.#body, this.#status.element, this.#edge.element, this.#tag.element);
    this.#pinned = new Pinned(this.root, this.#body, [this.#head.element, this.#toolbar.element], this.signal);
    this.#body.addEventListener("scroll", () => this.#scrolled(), { signal: this.signal });
    this.#unwatch.push(
      store.subscribe((changed) => this.#stateChanged(changed)),
      watchTheme(this.root, () => this.invalidate("theme")),
    );
    const { signal } = this;
    window.addEventListener("beforeprint", () => this.#print(true), { signal });
    window.addEventListener("afterprint", () => this.#print(false), { signal });
    window.addEventListener("resize", () => this.invalidate("enlarged"), { signal });
    this.root.addEventListener("keydown", (event) => this.#escape(event), { signal });
    whenLeft(this.root, () => this.enlarge(null), signal);
    this.#sizes = new ResizeObserver(() => this.#resized());
    for (const each of [this.root, this.#body, ...this.#pinned.parts]) this.#sizes.observe(each);
    this.invalidate(...(Object.keys(store.state) as Key[]), "layout", "theme", "marks", "local");
  }

  dispose(): void {
    cancelAnimationFrame(this.#frame);
    this.#ending.abort();
    this.#sizes.disconnect();
    for (const stop of this.#unwatch) stop();
    this.root.remove();
  }

  // ---------------------------------------------------------------- what the parts act with

  scene(): Scene {
    const { state } = this.store;
    const { H, W } = sizes(shapeOf(state.sample));
    return {
      state,
      layout: this.#layout!,
      marks: this.#marks!,
      local: this.#local,
      dark: this.#dark,
      family: this.#family,
      order: this.#order,
      H,
      W,
    };
  }

  shown(panel: string): Shown {
    return this.#numbers.get(panel);
  }

  set(patch: Partial<Local>): void {
    const same = Object.entries(patch).every(([key, value]) => Object.is(this.#local[key as keyof Local], value));
    if (same) return;
    this.#local = { ...this.#local, ...patch };
    this.invalidate("local");
  }

  run(): void {
    const scene = this.scene();
    const { state, local } = scene;
    if (state.bare) return;
    const why = whyNot(scene) || state.methods.find((method) => method.name === local.method)?.reason;
    if (why) return this.session.notify(why);
    const replaced = destination(scene);
    const last = addressOf(scene);
    const beside = replaced ? null : (like(scene)?.name ?? null);
    this.session.run(local.method, parametersOf(scene), withinOf(scene), last, beside);
    this.set({ last });
    const alone = enlargedOf(this.store.state);
    if (alone !== null && alone !== last) this.session.notify(`${words(last)} fills a panel that is seen after Back.`);
  }

  move(panel: string, by: number): void {
    const order = movedBy(
      this.store.state.panels.map(({ name }) => name),
      panel,
      by,
    );
    if (order) this.arrange(order, panel);
    else this.session.notify(`${words(panel)} is the ${by < 0 ? "first" : "last"} map already.`);
  }

  arrange(order: string[], panel: string): void {
    this.session.arrange(order);
    this.session.notify(`${words(panel)} is map ${order.indexOf(panel) + 1} of ${order.length}.`);
  }

  enlarge(panel: string | null, onScreen = false): void {
    const before = enlargedOf(this.store.state);
    this.session.enlarge(panel);
    const refused = "The browser did not give this view the screen; the panel is enlarged in its place.";
    if (onScreen) fill(this.root, () => this.session.notify(refused));
    if (panel === null) leave(this.root);
    this.store.flush();
    const from = panel ?? before;
    if (from !== null) this.#sheet.turnTo(from);
  }

  /** Esc on whatever holds the focus, where nothing else took it. */
  #escape(event: KeyboardEvent): void {
    if (event.key !== "Escape" || event.defaultPrevented || enlargedOf(this.store.state) === null) return;
    event.preventDefault();
    event.stopPropagation();
    this.enlarge(null);
  }

  drawn<T>(panel: string | null, take: (parts: Element[]) => T): T {
    const scene = this.scene();
    if (panel !== null)
      return this.#sheet.alone(panel, scene, shownPanels(scene.state), this.#numbers, (part) => take([part]));
    const scores = scene.state.bare ? [] : [...this.root.querySelectorAll(".hb-table")];
    return this.#head.pictured(() => take([...scores, this.#sheet.element]));
  }

  // ---------------------------------------------------------------- once per frame

  invalidate(...changes: Change[]): void {
    for (const change of changes) this.#pending.add(change);
    if (!this.#frame) this.#frame = requestAnimationFrame(() => this.#tick());
  }

  /** Our frame: what the store still holds back comes with it. */
  #tick(): void {
    this.#frame = 0;
    this.store.flush();
    if (this.#pending.size) this.#update();
  }

  #stateChanged(changed: ReadonlySet<Key>): void {
    for (const key of changed) this.#pending.add(key);
    cancelAnimationFrame(this.#frame);
    this.#frame = 0;
    this.#update();
  }

  /** Draw at the width of a sheet of paper, at once: the page tells of its new width only when it is printed. */
  #print(begins: boolean): void {
    this.#paper = begins;
    if (!begins) return this.#resized();
    this.#width = Math.min(this.#width, PAPER);
    this.invalidate("layout");
    this.#tick();
  }

  #resized(): void {
    if (this.#paper) return;
    this.#pinned.measure();
    this.#edge.say();
    const { paddingLeft, paddingRight } = getComputedStyle(this.#body);
    const width = Math.floor(this.#body.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight));
    if (width <= 0 || width === this.#width) return;
    this.#width = width;
    this.invalidate("layout");
  }

  /** What floats at a button that scrolls away is closed. */
  #scrolled(): void {
    const { opener } = this.popover;
    if (opener && this.#sheet.element.contains(opener)) this.popover.close(false);
  }

  #update(): void {
    if (!this.#width) return;
    const changed = this.#pending;
    this.#pending = new Changes();
    keepingFocus(this.root, () => this.#draw(changed));
  }

  #draw(changed: Changes): void {
    if (changed.has("theme")) this.#theme(changed);
    this.#measure(changed);
    const panels = shownPanels(this.store.state);
    this.#numbers.update(changed, this.scene(), panels);
    this.#reorder(changed);
    const scene = this.scene();
    const reach = grown(scene.state, panels, this.#numbers);
    if (reach) this.session.setOptions({ reach });
    if (changed.any("tables", "options", "theme")) this.#colours(scene);
    set(this.root, "data-state", mood(scene));
    set(this.root, "data-asked", awaits(scene.state));
    set(this.root, "data-keys", scene.local.keys);
    for (const part of [this.#head, this.#toolbar]) show(part.element, !scene.state.bare);
    this.#edge.update(changed, scene);
    this.#head.update(changed, scene);
    this.#toolbar.update(changed, scene);
    this.#sheet.update(changed, scene, panels, this.#numbers);
    this.#firstPage.update(changed, scene);
    this.#evidence.update(changed, scene);
    this.#named.update(changed, scene);
    this.#status.update(scene, this.#numbers);
    this.#zoom.update(changed, scene, this.#numbers);
    this.#tag.update(changed, scene, this.#sheet.canvas(scene.local.hot));
    if (changed.any("notes", "whatifs")) {
      const { notes, whatifs } = scene.state;
      const said = whatifs.missing ? [...notes, whatifs.missing] : notes;
      this.#notes.replaceChildren(...said.map((note) => html("p", {}, note)));
    }
  }

  /** Bring layout and marks up to date, and add them to what changed where they did. */
  #measure(changed: Changes): void {
    const { state } = this.store;
    const { H, W } = sizes(shapeOf(state.sample));
    if (!this.#marks || changed.any("selection", "draft", "sample")) {
      const selection = state.draft ?? state.selection;
      const marks = this.#marks;
      const same = !changed.has("absent") && marks?.selection === selection && marks.H === H && marks.W === W;
      if (!same) {
        this.#marks = marksOf(selection, H, W, state.absent, this.#order);
        changed.add("marks");
      }
    }
    if (!this.#layout || changed.any(...SIZING)) this.#lay(changed);
  }

  /** Rows are shown in another order: the marks are at other places, and all is drawn anew. */
  #reorder(changed: Changes): void {
    const { order } = this.#numbers;
    if (order === this.#order) return;
    this.#order = order;
    const { selection, H, W } = this.#marks!;
    this.#marks = marksOf(selection, H, W, this.store.state.absent, order);
    for (const change of ["marks", "layout"] as const) changed.add(change);
  }

  #lay(changed: Changes): void {
    const { state } = this.store;
    const { H, W } = sizes(shapeOf(state.sample));
    const { rows, columns } = state.axes;
    const alone = enlargedOf(state) !== null;
    const made = layout({
      width: this.#width,
      rows: H,
      columns: W,
      panels: alone ? 1 : shownPanels(state).length + (state.bare ? 0 : 1) + (hasOutput(state) ? 1 : 0),
      height: alone ? this.#room() : state.bare ? 480 : 760,
      alone,
      profiles: state.options.profiles,
      perRow: alone ? null : state.options.per_row,
      aspect: state.options.aspect,
      flipped: state.options.flipped,
      lines: linesOf(state) !== null,
      grouped: isGrouped(state),
      rowNames: Math.max(longest(rows, this.#family), ...this.#labels()),
      columnNames: longest(columns, this.#family),
      numericColumns: columns.values !== null,
    });
    if (!changed.has("enlarged") && JSON.stringify(made) === JSON.stringify(this.#layout)) return;
    this.#layout = made;
    this.session.drawn(made.mapHeight, made.mapWidth);
    style(this.root, "--gutter", `${made.gutter}px`);
    changed.add("layout");
  }

  /** Pixels down that an enlarged panel has for its map. */
  #room(): number {
    const { height } = this.store.state;
    const all = height === null || fills(this.root) ? window.innerHeight : height;
    return Math.max(240, all - this.#pinned.height - BENEATH);
  }

  /** What else the gutter holds: the names of the axes, and the longest label of the head. */
  #labels(): number[] {
    const { rows, columns } = this.store.state.axes;
    return [`${rows.name} ↓`, columns.name, "Selection"].map((name) => measure(name, this.#family) - 3);
  }

  #theme(changed: Changes): void {
    this.#dark = tone(this.root);
    const family = getComputedStyle(this.root).fontFamily;
    if (family !== this.#family) changed.add("axes");
    this.#family = family;
  }

  /** The profiles take their colours from the maps' table. */
  #colours({ state, dark }: Scene): void {
    const map = state.tables[mapTable(state.options.colours, dark)];
    const input = state.tables[inputTable(dark)];
    if (map) {
      const { negative, positive } = signColours(map);
      style(this.root, "--positive", positive);
      style(this.root, "--negative", negative);
    }
    if (input) style(this.root, "--amount", css(input, 96));
  }
}

function firstLocal(state: Readonly<State>): Local {
  const possible = state.methods.find((method) => !method.reason) ?? state.methods[0];
  const method = state.panels.find((panel) => !panel.of)?.method ?? possible?.name ?? "";
  const { axis } = state.evidence;
  const run = { method, scope: "selection", parameters: {}, panel: null, place: null, last: null } as const;
  return { ...run, axis, finding: {}, hot: INPUT, live: null, keys: false, line: null };
}

const widths = new WeakMap<AxisState, [family: string, width: number]>();

/** The width of the longest name of an axis; of a long axis, of four hundred of them. */
function longest(axis: AxisState, family: string): number {
  const known = widths.get(axis);
  if (known?.[0] === family) return known[1];
  const step = Math.ceil(axis.labels.length / 400);
  let width = 0;
  for (let index = 0; index < axis.labels.length; index += step)
    width = Math.max(width, measure(axis.labels[index]!, family, 11, 600));
  widths.set(axis, [family, width]);
  return width;
}
