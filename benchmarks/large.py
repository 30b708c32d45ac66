"""Matrices of which a page holds no whole map: the first picture, a repaint, an answer, a brush."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from playwright.sync_api import Browser, Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import chromium  # noqa: E402
from browser.bridge import Bridge  # noqa: E402

from heatbrush.jobs.worker import InlineWorker  # noqa: E402
from heatbrush.view import View  # noqa: E402
from heatbrush_core import Explanation  # noqa: E402

LARGE, LONG = (8192, 8192), (3, 100_000)
WIDTH = 1200
TURNS = 12
"""Of the wheel, one after the other, each a repaint of both panels."""
RUNS = 3


def matrix(shape: tuple[int, int], seed: int) -> NDArray[np.float32]:
    return np.random.default_rng(seed).standard_normal(shape, dtype=np.float32)


def viewed(x: NDArray[np.float32], map: Any) -> View:
    return View(None, x, {"map": map}, charts=False, snapshot=False, worker=InlineWorker)


def painted(page: Page) -> None:
    """Wait until a frame was painted after all that is there was drawn."""
    page.evaluate(
        "() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
    )


def first_picture(browser: Browser) -> tuple[list[float], list[float], list[float], Bridge]:
    """Return seconds to read the map, from there to the first picture, and of these the kernel's.

    The last are seconds of its processor, which no other program on the machine can lengthen. The
    page is the last result.
    """
    x, map = matrix(LARGE, 0), matrix(LARGE, 1)
    reading, showing, busy = [], [], []
    for run in range(RUNS):
        page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
        start = time.perf_counter()
        found = Explanation.of(map, "map")
        read = time.perf_counter()
        worked = time.process_time()
        view = viewed(x, found)
        busy.append(time.process_time() - worked)
        made = time.perf_counter()
        bridge = Bridge(page, view)
        # a page of a notebook is there already
        ready = time.perf_counter()
        bridge.open(WIDTH)
        painted(page)
        end = time.perf_counter()
        reading.append(read - start)
        showing.append(end - ready + made - read)
        if run < RUNS - 1:
            view.close()
            page.close()
    return reading, showing, busy, bridge


def repaints(bridge: Bridge) -> list[int]:
    """Return the bytes of each repaint of two panels, while the wheel zooms to single cells."""
    page = bridge.page
    box = page.locator("canvas.heatbrush-map").nth(1).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.4, box["y"] + box["height"] * 0.6)
    page.wait_for_timeout(2000)
    sizes = []
    for _ in range(TURNS):
        page.evaluate("bridge.bytes = 0")
        page.keyboard.down("Control")
        page.mouse.wheel(0, -80)
        page.keyboard.up("Control")
        page.wait_for_timeout(1500)
        sizes.append(page.evaluate("bridge.bytes"))
    return sizes


def answers(view: View) -> list[float]:
    """Return milliseconds until the kernel has the blocks of windows all over a map."""
    rng, times = np.random.default_rng(0), []
    plane = view._session.samples.plane(0, None)
    for _ in range(40):
        step = int(2 ** rng.integers(0, 5))
        count = min(600, LARGE[0] // step)
        first = rng.integers(0, LARGE[0] // step - count + 1, 2)
        start = time.perf_counter()
        row, column = int(first[0]), int(first[1])
        plane.blocks((step, step), (row, row + count), (column, column + count), "strongest")
        times.append(1000 * (time.perf_counter() - start))
    return times


def frames(browser: Browser) -> list[float]:
    """Return milliseconds between the frames while a brush moves over 3 x 100,000 cells."""
    page = browser.new_page(viewport={"width": WIDTH, "height": 1000})
    bridge = Bridge(page, viewed(matrix(LONG, 0), matrix(LONG, 1)))
    bridge.open(WIDTH)
    box = page.locator("canvas.heatbrush-map").nth(1).bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 20)
    page.mouse.down()
    page.evaluate(
        """() => {
          window.frames_ = [];
          const note = (now) => {
            window.frames_.push(now);
            window.next = requestAnimationFrame(note);
          };
          requestAnimationFrame(note);
        }"""
    )
    for step in range(200):
        page.mouse.move(box["x"] + 21 + 3 * step, box["y"] + 20)
    found: list[float] = page.evaluate("(cancelAnimationFrame(window.next), window.frames_)")
    page.mouse.up()
    return list(np.diff(found))


def main() -> None:
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        reading, showing, busy, bridge = first_picture(browser)
        print(
            f"{LARGE[0]} x {LARGE[1]}, input and one map: the map read in "
            f"{statistics.median(reading):.2f} s, first picture {statistics.median(showing):.2f} s "
            f"after that, of which the kernel computes {statistics.median(busy):.2f} s; medians of "
            f"{RUNS}"
        )
        sizes = repaints(bridge)
        print(
            f"zoomed to single cells in {TURNS} turns of the wheel, each repainted: at most "
            f"{max(sizes) / 2**21:.2f} MiB per panel and turn, {sum(sizes) / 2**21:.2f} MiB in all"
        )
        times = answers(bridge.view)
        print(
            f"blocks of a window, in the kernel: {statistics.median(times):.0f} ms, worst "
            f"{max(times):.0f} ms of {len(times)}"
        )
        moved = frames(browser)
        print(
            f"a brush over {LONG[0]} x {LONG[1]:,} cells, software rendering: "
            f"{1000 / statistics.median(moved):.0f} frames a second, worst frame "
            f"{max(moved):.0f} ms of {len(moved)}"
        )
        browser.close()


if __name__ == "__main__":
    main()
