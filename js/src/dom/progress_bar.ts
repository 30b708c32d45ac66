// A thin bar that says how much of a run or a search is done.

import { html, show, style } from "./dom.ts";

export class ProgressBar {
  readonly #done = html("i");
  readonly element = html("div", { class: "hb-progress", hidden: true }, this.#done);

  /** Null where nothing is under way; a total of 0 is one that is not known yet. */
  update(job: { done: number; total: number } | null): void {
    show(this.element, job !== null);
    if (job) style(this.#done, "width", `${job.total ? (100 * job.done) / job.total : 0}%`);
  }
}
