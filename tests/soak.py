"""A long session in JupyterLab, and what it leaves over: nodes, listeners, models, threads, memory.

`make soak` takes minutes; tests/browser/test_jupyterlab.py does a few of each.
"""

from __future__ import annotations

import dataclasses
import json
import math
import re
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from browser import chromium, jupyter
from browser.hand import Hand
from browser.notebooks import COMPARE, MODEL, SHAPE
from playwright.sync_api import Page, expect, sync_playwright

MIB = 50.0
"""Memory of the kernel that may be left, in MiB."""
VIEW_NODES = 12
"""Nodes that a view leaves in a page that it is taken off: 10 here, 5 of them without charts.

A bare `VBox` of ipywidgets leaves 8. JupyterLab itself leaves some 500 nodes and 1,600 listeners
for each change of the active cell, so nothing here runs another cell than the one that shows the
view.
"""
SLACK = 40
"""Nodes and listeners more or less, however long it goes on: ticks of an axis, a tip, a cache."""
SETUP = f"""{MODEL}
import comm, gc, json, threading
from ipywidgets.widgets.widget import _instances

X = np.stack([x, x[:, ::-1], x * np.linspace(0, 1, 40, dtype="float32")])

def held():
    gc.collect()
    with open("/proc/self/statm") as statm:
        pages = int(statm.read().split()[1])
    return {{
        "widgets": len(_instances),
        "comms": len(comm.get_comm_manager().comms),
        "threads": sum(thread.name == "heatbrush" for thread in threading.enumerate()),
        "MiB": pages * 4096 / 2**20,
    }}
"""
SHOW = COMPARE.replace("explainer, x", "explainer, X")
HELD = "print(json.dumps(held()))"
CELLS = (SETUP, SHOW)

# comms as the page knows them: a widget that is gone has none
MODELS = """() => {
  const session = window.jupyterapp.shell.currentWidget.context.sessionContext.session;
  return session.kernel._comms.size;
}"""


@dataclasses.dataclass(frozen=True)
class Counts:
    """How often each thing is done."""

    moves: int
    reruns: int
    samples: int
    targets: int
    searches: int
    cells: int


LONG = Counts(moves=1000, reruns=200, samples=50, targets=50, searches=20, cells=50)
SHORT = Counts(moves=20, reruns=2, samples=2, targets=2, searches=1, cells=2)


class Soak:
    """One notebook with one view, all of whose charts were opened.

    Attributes
    ----------
    shown
        Widgets that the kernel holds for a view before any chart is open, and once all were.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.browser = page.context.new_cdp_session(page)
        jupyter.run_cell(page, 0)
        self.shown: list[int] = [self.kernel()["widgets"]]
        self.display()

    def display(self) -> None:
        """Run the cell that shows the view."""
        jupyter.run_cell(self.page, 1)
        self.hand = Hand(self.page)
        self.hand.expect_state("idle")

    def tabs(self) -> None:
        """Open every chart, and go back to the profiles."""
        self.shown.append(self.kernel()["widgets"] - self.shown[0])
        tabs = self.page.get_by_role("tab")
        titles = ["Profiles", "Curves", "Agreement", "Interaction", "Classes", "Profiles"]
        for title in titles:
            tabs.filter(has_text=title).click()
            self.settle()
            # bqplot complains about a figure that is drawn when its tab was left again
            if title not in ("Agreement", "Interaction"):
                expect(self.page.locator(".bqplot:visible").first).to_be_visible()
        self.shown.append(self.kernel()["widgets"] - self.shown[0])

    def settle(self) -> None:
        """Wait until nothing runs, in the page as in the kernel."""
        jupyter.ask(self.page, "view.wait(60)")
        self.hand.expect_state("idle")

    # ------------------------------------------------------------ what is done

    def brush(self, moves: int) -> None:
        """Drag a brush to and fro; the last move must not be lost."""
        self.hand.button("Columns").click()
        places = [self.hand.point("input", 3.5, column + 0.5, SHAPE) for column in range(5, 36)]
        self.page.mouse.move(*places[0])
        self.page.mouse.down()
        for move in range(moves):
            self.page.mouse.move(*places[(7 * move) % len(places)])
        self.page.mouse.move(*places[14])
        self.page.mouse.up()
        self.hand.expect_status(f"{15 * SHAPE[0]} cells")
        said = jupyter.ask(self.page, "print(view.selection)")
        assert said.strip() == "Region.columns(5, 20)", said
        self.hand.root.locator(".hb-chip button").click()
        expect(self.hand.root.locator(".hb-chip")).to_have_count(0)

    def rerun(self, times: int) -> None:
        for _ in range(times):
            self.hand.button("Run").click()
            self.hand.expect_state("idle")

    def samples(self, times: int) -> None:
        """There and back, so that it ends at the sample where it began."""
        for turn in range(times + times % 2):
            self.hand.button("Previous sample" if turn % 2 else "Next sample").click()
            self.page.wait_for_timeout(20)
            self.hand.expect_state("idle")

    def targets(self, times: int) -> None:
        for turn in range(times + times % 2):
            target = self.hand.root.get_by_role("combobox", name="Target class")
            target.select_option("left" if turn % 2 else "right")
            self.page.wait_for_timeout(20)
            self.hand.expect_state("idle")

    def searches(self, times: int) -> None:
        for _ in range(times):
            said = jupyter.ask(self.page, "print(view.find_runs(controls=19).wait(60).shape)")
            assert said.startswith("("), said
        self.settle()

    def work(self, counts: Counts) -> None:
        """Do everything that a reader does with one view."""
        self.rerun(counts.reruns)
        self.samples(counts.samples)
        self.targets(counts.targets)
        self.searches(counts.searches)
        self.brush(counts.moves)

    def cells(self, times: int) -> None:
        """Run the cell again and again, so that each view takes the place of the one before."""
        for _ in range(times):
            self.display()

    def reload(self) -> None:
        """Load the page anew, and see that the view is the same and answers."""
        map = self.hand.pixels("occlusion")
        self.page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        self.page.reload()
        self.page.wait_for_function(jupyter.IDLE, timeout=60_000)
        self.hand = Hand(self.page)
        self.hand.expect_state("idle")
        assert self.hand.pixels("occlusion") == map
        self.page.evaluate(jupyter.LISTEN)
        self.brush(1)
        self.rerun(1)

    # ------------------------------------------------------------ what is left

    def kernel(self) -> dict[str, float]:
        """What the kernel holds; its thread may run on for a moment after the last map."""
        return json.loads(jupyter.ask(self.page, HELD))

    def held(self) -> dict[str, float]:
        """What the page and the kernel hold, once garbage is collected."""
        self.settle()
        self.page.mouse.move(0, 0)
        self.page.evaluate("() => document.activeElement?.blur()")
        time.sleep(0.5)  # menus and tips go by a timer
        for _ in range(3):
            self.browser.send("HeapProfiler.collectGarbage")
        counters = self.browser.send("Memory.getDOMCounters")
        heap = self.browser.send("Runtime.getHeapUsage")["usedSize"]
        return {
            "nodes": counters["nodes"],
            "listeners": counters["jsEventListeners"],
            "heap": heap / 2**20,
            "models": self.page.evaluate(MODELS),
            **self.kernel(),
        }


def grown(before: dict[str, float], after: dict[str, float]) -> dict[str, float]:
    return {name: round(after[name] - before[name], 1) for name in before}


def leaks(change: dict[str, float], views: int = 0) -> dict[str, Any]:
    """What grew beyond what it may; `views` were closed meanwhile."""
    may = {"nodes": SLACK + VIEW_NODES * views, "listeners": SLACK, "heap": math.inf, "MiB": MIB}
    return {name: grew for name, grew in change.items() if grew > may.get(name, 0)}


def left_over(found: dict[str, dict[str, float]], counts: Counts) -> dict[str, Any]:
    """What is left of either part."""
    parts = {"worked": leaks(found["worked"]), "again": leaks(found["again"], counts.cells)}
    return {name: left for name, left in parts.items() if left}


def soak(page: Page, counts: Counts) -> dict[str, dict[str, float]]:
    """Work, run the cell again, reload; return what grew in each part, and what a view holds."""
    run = Soak(page)
    run.tabs()
    for _ in range(2):
        run.work(SHORT)  # what is made once and kept, be it late, such as the maps' canvases
    before = run.held()
    run.work(counts)
    worked = grown(before, run.held())
    run.cells(2)
    before = run.held()
    run.cells(counts.cells)
    rerun = grown(before, run.held())
    run.reload()
    assert not jupyter.stray_messages(page)
    first, every = run.shown[1:]
    widgets = {"at first": first, "with every chart open": every}
    return {"worked": worked, "again": rerun, "widgets": widgets}


def main() -> None:
    counts = SHORT if "--short" in sys.argv else LONG
    with tempfile.TemporaryDirectory() as folder, sync_playwright() as playwright:
        home = Path(folder)
        jupyter.write_notebook(home / "notebooks" / "soak.ipynb", *CELLS)
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        page = browser.new_page(viewport={"width": 1500, "height": 1100})
        page.set_default_timeout(60_000)
        with jupyter.server(home) as address:
            jupyter.open_notebook(page, address, "soak.ipynb")
            start = time.monotonic()
            found = soak(page, counts)
            seconds = time.monotonic() - start
        browser.close()
    done = re.sub(r"[{}']", "", str(dataclasses.asdict(counts)))
    print(f"{done}, then a reload: {seconds:.0f} s")
    for name, change in found.items():
        print(f"{name}: {', '.join(f'{key} {value:+g}' for key, value in change.items())}")
    left = left_over(found, counts)
    if left:
        sys.exit(f"left over: {left}")


if __name__ == "__main__":
    main()
