"""One smoke test each: Notebook 7, Voila, and marimo and Panel, where no bqplot is shown."""

from __future__ import annotations

import contextlib
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import anywidget
from playwright.sync_api import Page, expect

from browser import jupyter
from browser.conftest import Watch
from browser.hand import Hand
from browser.notebooks import COMPARE, MODEL, SHAPE

# Notebook 7 raises it at start-up with any notebook, also an empty one without widgets
NOTEBOOK_7_ITSELF = ("reading 'schema'",)

MARIMO = """
import marimo

app = marimo.App()


@app.cell
def _():
{model}
    view = hb.compare(explainer, x, methods=[("occlusion", {{"patch": (4, 4)}})])
    view
    return (view,)


@app.cell
def _(view):
    import marimo as mo

    mo.hstack(["beside", view.widget])
    return


if __name__ == "__main__":
    app.run()
"""


PANEL = """
import panel as pn

pn.extension("ipywidgets")
{model}
view = hb.compare(explainer, x, methods=[("occlusion", {{"patch": (4, 4)}})])
pn.Column(pn.panel(view.widget), pn.Row("beside", view.widget)).servable()
"""

# Voila: an icon that there is not, and extensions of JupyterLab that are newer than its own
VOILA_ITSELF = ("403", "Shared module", "shared module", "was not found")
ANYWIDGET = re.compile(r"^https://unpkg\.com/anywidget@")
ELSEWHERE = re.compile(r"^https://")


@contextlib.contextmanager
def served(home: Path, alive: str, module: str, *arguments: str) -> Iterator[str]:
    """Run a server of one page; yields its address once it answers."""
    port, log = jupyter.free_port(), home / f"{module}.log"
    command = [sys.executable, "-m", module, *arguments, f"--port={port}"]
    with log.open("w") as out:
        process = subprocess.Popen(
            command, env=jupyter.environment(home), stdout=out, stderr=out, cwd=home
        )
        try:
            address = f"http://127.0.0.1:{port}"
            jupyter.wait_for(address + alive, process, log)
            yield address
        finally:
            process.terminate()
            process.wait(timeout=30)


def keep_inside(page: Page) -> None:
    """Let a front end that fetches its fonts from elsewhere have empty files."""
    page.route(ELSEWHERE, lambda route: route.fulfill(body=""))


def check_the_place(page: Page, least: float) -> None:
    """The view alone and the one in a row have a width of their own, and the page's light tone."""
    for index in (0, 1):
        hand = Hand(page, index)
        expect(hand.canvas("occlusion")).to_be_visible()
        expect(hand.root).to_have_attribute("data-tone", "light")
        assert hand.root.bounding_box()["width"] >= least


def check_the_loop(hand: Hand) -> None:
    """Brush, read the scores, rerun on the selection."""
    hand.expect_state("idle")
    expect(hand.canvas("occlusion")).to_be_visible()
    hand.button("Columns").click()
    hand.drag("input", (3, 0), (3, 9), SHAPE)
    hand.expect_status("80 cells")
    expect(hand.root.get_by_role("row", name=re.compile("^left"))).to_contain_text(".12")
    hand.goes("replace")
    hand.button("Run").click()
    expect(hand.panel("occlusion")).to_contain_text("within the selection")
    hand.expect_state("idle")


def test_notebook_7(page: Page, tmp_path: Path, watch: Watch) -> None:
    cell = "view.selection = hb.Region.columns(0, 10)\nview.wait()"
    jupyter.write_notebook(tmp_path / "notebooks" / "smoke.ipynb", MODEL, COMPARE, cell)
    with jupyter.server(tmp_path, app="notebook") as address:
        jupyter.open_notebook(page, address, "smoke.ipynb", app="notebook")
        jupyter.run_cell(page, 0)
        jupyter.run_cell(page, 1)
        hand = Hand(page)
        check_the_loop(hand)
        page.get_by_role("tab", name="Profiles", exact=True).click()
        expect(page.locator(".bqplot").first).to_be_visible()
        assert not jupyter.stray_messages(page)
        jupyter.check_snapshot_is_hidden(page, hand)
        jupyter.run_cell(page, 2)
        jupyter.check_snapshot_is_hidden(page, hand)
        page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
        page.evaluate(jupyter.SHUT_DOWN)
        hand.expect_state("disconnected", timeout=5000)
        watch.assert_clean(ignore=NOTEBOOK_7_ITSELF)
        jupyter.open_notebook(page, address, "smoke.ipynb", app="notebook")
        jupyter.check_snapshot_is_seen(page)


def test_marimo(page: Page, tmp_path: Path, watch: Watch) -> None:
    notebook = tmp_path / "smoke.py"
    body = "\n".join("    " + line for line in MODEL.splitlines())
    notebook.write_text(MARIMO.format(model=body))
    command = ("marimo", "run", str(notebook), "--headless", "--no-token", "--host=127.0.0.1")
    with served(tmp_path, "/health", *command) as address:
        page.goto(address)
        check_the_loop(Hand(page))
        assert page.locator(".bqplot").count() == 0
        check_the_place(page, least=360)
    watch.assert_clean()


def test_voila(page: Page, tmp_path: Path, watch: Watch) -> None:
    beside = "import ipywidgets\nipywidgets.HBox([ipywidgets.Label('beside'), view.widget])"
    notebook = tmp_path / "smoke.ipynb"
    jupyter.write_notebook(notebook, MODEL, COMPARE, beside)
    keep_inside(page)
    command = ("voila", str(notebook), "--no-browser", "--Voila.ip=127.0.0.1")
    with served(tmp_path, "/voila/templates/base/static/voila.js", *command) as address:
        page.goto(address)
        check_the_loop(Hand(page))
        check_the_place(page, least=1000)
        expect(page.locator(".heatbrush-snapshot").first).to_be_hidden()
        page.get_by_role("tab", name="Profiles", exact=True).click()
        expect(page.locator(".bqplot").first).to_be_visible()
    watch.outside.clear()
    watch.assert_clean(ignore=VOILA_ITSELF)


def test_panel(page: Page, tmp_path: Path, watch: Watch) -> None:
    """It fetches anywidget from the network: here it gets the one that is installed."""
    module = Path(anywidget.__file__).parent / "nbextension" / "index.js"
    body = module.read_text("utf-8")
    headers = {"Access-Control-Allow-Origin": "*", "Content-Type": "text/javascript"}
    keep_inside(page)
    page.route(ANYWIDGET, lambda route: route.fulfill(body=body, headers=headers))
    app = tmp_path / "smoke.py"
    app.write_text(PANEL.format(model=MODEL))
    command = ("panel", "serve", str(app), "--address", "127.0.0.1")
    with served(tmp_path, "/liveness", *command, "--liveness") as address:
        page.goto(f"{address}/smoke")
        check_the_loop(Hand(page))
        check_the_place(page, least=900)
    watch.outside.clear()
    watch.assert_clean()
