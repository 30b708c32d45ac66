"""In JupyterLab: from a moved brush to repainted scores, how many of them a second, and Cancel."""

from __future__ import annotations

import statistics
import sys
import tempfile
import time
from pathlib import Path

from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import chromium, jupyter  # noqa: E402
from browser.hand import Hand  # noqa: E402

MOVES = 20
CANCELS = 10
SECONDS = 3.0
SHAPE = (64, 256)
SETUP = f"""
import sys; sys.path.insert(0, {str(ROOT)!r})
import numpy as np, heatbrush as hb
from benchmarks.model import small_cnn
x = 30 * np.random.default_rng(0).normal(size={SHAPE}).astype("float32")
view = hb.compare(small_cnn(), x, methods=["gradient", ("occlusion", {{"patch": (16, 64)}})])
view
"""

# milliseconds from the last event of a kind to the frame painted after an attribute took a value
CLOCK = """([selector, attribute, value, kind]) => {
  window.waits = [];
  let start = 0;
  document.addEventListener(kind, () => { start = performance.now(); }, true);
  const element = document.querySelector(selector);
  new MutationObserver(() => {
    if (!start || element.getAttribute(attribute) !== value) return;
    const began = start;
    start = 0;
    requestAnimationFrame(() => setTimeout(() => {
      window.waits.push(performance.now() - began);
      window.painted?.();
    }));
  }).observe(element, { attributes: true, attributeFilter: [attribute] });
}"""

# frames in which the scores changed
COUNT = """() => {
  window.updates = 0;
  let waiting = false;
  new MutationObserver(() => {
    if (waiting) return;
    waiting = true;
    requestAnimationFrame(() => { waiting = false; window.updates += 1; });
  }).observe(document.querySelector(".hb-scores"),
    { subtree: true, childList: true, characterData: true });
}"""

# no polling: it would take the frames that are being clocked
PAINTED = """(count) => window.waits.length > count || new Promise((resolve) => {
  window.painted = resolve;
}).then(() => true)"""


def brush(page: Page, hand: Hand, pause: int) -> list[float]:
    """Drag the brush, one column a move; wait for the scores each time, and `pause` ms more."""
    page.evaluate("() => { window.waits.length = 0; }")
    for move in range(MOVES):
        page.mouse.move(*hand.point("input", 30, 61.5 + move, SHAPE))
        page.evaluate(PAINTED, move)
        page.wait_for_timeout(pause)
    return page.evaluate("() => window.waits")


def stream(page: Page, hand: Hand) -> float:
    """Drag without waiting for anything; return how often per second the scores were repainted."""
    places = [hand.point("input", 30, 61.5 + column, SHAPE) for column in range(100)]
    page.evaluate(COUNT)
    start = time.perf_counter()
    move = 0
    while time.perf_counter() - start < SECONDS:
        page.mouse.move(*places[move % len(places)])
        move += 1
    elapsed = time.perf_counter() - start
    print(f"{move / elapsed:.0f} moves a second:", end=" ")
    return page.evaluate("() => window.updates") / elapsed


def cancel(page: Page, hand: Hand) -> list[float]:
    """Start a long occlusion and cancel it, again and again."""
    page.evaluate(CLOCK, [".heatbrush", "data-state", "idle", "click"])
    for run in range(CANCELS):
        jupyter.run_cell(page, 1)
        hand.expect_state("running")
        page.wait_for_timeout(700)
        hand.button("Cancel rise").click()
        page.evaluate(PAINTED, run)
    return page.evaluate("() => window.waits")


def said(waits: list[float]) -> str:
    return f"{statistics.median(waits):.0f} ms (median of {len(waits)}, worst {max(waits):.0f}"


def main() -> None:
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        long = 'view.run("rise", samples=100_000);'
        jupyter.write_notebook(home / "notebooks" / "figures.ipynb", SETUP, long)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        page = browser.new_page(viewport={"width": 1500, "height": 1100})
        with jupyter.server(home) as address:
            jupyter.open_notebook(page, address, "figures.ipynb")
            jupyter.run_cell(page, 0, timeout=120_000)
            hand = Hand(page)
            hand.expect_state("idle", timeout=120_000)
            hand.button("Columns").click()
            hand.drag("input", (30, 20), (30, 60), SHAPE, drop=False)
            page.wait_for_timeout(1000)
            page.evaluate(CLOCK, [".hb-scores", "data-waiting", None, "pointermove"])
            for pause in (300, 30):
                print(
                    f"brush to repainted what-if {said(brush(page, hand, pause))}, "
                    f"a move {pause} ms after the last repaint; aim: at most 50 ms)"
                )
            print(f"{stream(page, hand):.0f} what-ifs painted a second; aim: at least 20")
            page.mouse.up()
            page.keyboard.press("Escape")
            print(f"cancel to the panel's word {said(cancel(page, hand))}; aim: at most 200 ms)")
        browser.close()


if __name__ == "__main__":
    main()
