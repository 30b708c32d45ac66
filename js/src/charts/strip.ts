// The front end of the charts' strip: anywidget calls render once per view, and its answer when the view goes.

import { isReply } from "../border/admitted.ts";
import type { AnyModel } from "../border/any_model.ts";
import { misfit } from "../border/fits.ts";
import { versionsDiffer } from "../border/version.ts";
import { html, set, show, text } from "../dom/dom.ts";
import { shieldKeys } from "../dom/shortcuts.ts";
import { tone, watchTheme } from "../dom/theme.ts";
import { type ChartRequest, type ChartTraits, SHAPES } from "../protocol.ts";
import { Liveness } from "../session/liveness.ts";
import { Face } from "./face.ts";
import { followSpine } from "./spine.ts";
import { Tabs } from "./tabs.ts";

const TRAITS = ["titles", "opened", "rows"] as const;
/** Said of what needs the kernel, where there is none. */
const GONE = "The kernel does not answer, so nothing new is computed; run the cell again.";

class Strip {
  readonly root = html("section", { class: "heatbrush hb-strip", "aria-label": "Charts" });
  readonly #tabs: Tabs;
  readonly #faces: Face[] = [];
  readonly #refused = html("p", { class: "hb-about", "data-tone": "bad", role: "alert", hidden: true });
  readonly #liveness: Liveness;
  readonly #end = new AbortController();
  readonly #stops: (() => void)[] = [];
  /** The open tab: also where no kernel answers, who turns the pages. */
  #opened: number | null = null;
  #live = true;

  constructor(private readonly model: AnyModel) {
    this.#tabs = new Tabs((tab) => this.#open(tab));
    this.root.append(this.#tabs.element);
    shieldKeys(this.root, this.#end.signal);
    this.#liveness = new Liveness(
      model,
      {
        hello: () => this.#send({ kind: "hello", viewer: 0, whole: false, selection: null, named: null }),
        ping: () => this.#send({ kind: "ping" }),
        awaits: () => this.#faces.some(({ busy }) => busy),
      },
      (connection) => {
        this.#live = connection === "live" || connection === "waiting";
        this.#draw();
      },
    );
    for (const name of TRAITS) model.on(`change:${name}`, this.#changed);
    model.on("msg:custom", this.#heard);
    this.#follow();
    this.#liveness.start();
    this.#stops.push(watchTheme(this.root, () => tone(this.root)));
    requestAnimationFrame(() => {
      if (!this.root.isConnected) return;
      // only now, since it stands in the page
      tone(this.root);
      this.#stops.push(followSpine(this.root));
    });
  }

  dispose(): void {
    this.#end.abort();
    for (const stop of this.#stops) stop();
    this.#liveness.stop();
    for (const name of TRAITS) this.model.off(`change:${name}`, this.#changed);
    this.model.off("msg:custom", this.#heard);
    this.root.remove();
  }

  readonly #changed = (): void => {
    this.#liveness.heard();
    if (this.#read("opened") !== this.#opened && this.#read("opened") !== null) this.#follow();
    else this.#draw();
  };

  readonly #heard = (content: unknown): void => {
    if (!isReply(content)) return;
    this.#liveness.heard();
    if (content.kind !== "refused") return;
    text(this.#refused, content.sentence);
    show(this.#refused, true);
  };

  #read<K extends (typeof TRAITS)[number]>(name: K): ChartTraits[K] {
    return this.model.get(name) as ChartTraits[K];
  }

  #follow(): void {
    this.#opened = this.#read("opened");
    this.#draw();
  }

  #open(tab: number): void {
    if (!this.#live && !this.#read("rows")[tab]?.length) return;
    this.#opened = tab;
    this.#draw();
    this.#say({ kind: "open", tab });
  }

  /** Ask the kernel for something that it answers at once. */
  #say(request: ChartRequest): void {
    show(this.#refused, false);
    this.#send(request);
  }

  #send(request: ChartRequest): void {
    try {
      this.model.send(request);
    } catch {
      this.#liveness.lost();
    }
  }

  #draw(): void {
    const rows = this.#read("rows");
    if (
      TRAITS.some((name) => misfit((SHAPES.ChartTraits as Record<string, never>)[name]!, this.model.get(name)) !== null)
    )
      return;
    const why = this.#live ? "" : GONE;
    while (this.#faces.length < rows.length) this.#faces.push(this.#made(this.#faces.length));
    rows.forEach((each, tab) => {
      const face = this.#faces[tab]!;
      face.update(each, why);
      show(face.element, tab === this.#opened);
    });
    const shut = rows.map((each) => (each.length ? "" : why));
    this.#tabs.update(this.#read("titles"), this.#opened, shut);
    set(this.root, "data-opened", this.#opened);
  }

  #made(tab: number): Face {
    const face = new Face(this.#tabs.id(tab), {
      choose: (key, option) => this.#say({ kind: "choose", tab, key, option }),
      press: (key) => this.#say({ kind: "press", tab, key }),
    });
    this.root.append(face.element, this.#refused);
    return face;
  }
}

function render({ model, el, signal }: { model: AnyModel; el: HTMLElement; signal?: AbortSignal }): () => void {
  const differ = versionsDiffer(model);
  if (differ) {
    const root = html("div", { class: "heatbrush hb-strip" }, html("p", { role: "alert" }, differ));
    el.append(root);
    return () => root.remove();
  }
  const strip = new Strip(model);
  el.classList.add("heatbrush-host");
  el.append(strip.root);
  const end = (): void => strip.dispose();
  signal?.addEventListener("abort", end, { once: true });
  return end;
}

export default { render };
