"""One smoke test each: Notebook 7, and marimo, where the panels work without bqplot."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

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


def check_the_loop(hand: Hand) -> None:
    """Brush, read the scores, rerun on the selection."""
    hand.expect_state("idle")
    expect(hand.canvas("occlusion")).to_be_visible()
    hand.button("Columns").click()
    hand.drag("input", (3, 0), (3, 9), SHAPE)
    hand.expect_status("80 cells")
    expect(hand.root.get_by_role("row", name=re.compile("^left"))).to_contain_text(".12")
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
    port = jupyter.free_port()
    command = [sys.executable, "-m", "marimo", "run", str(notebook), "--headless", "--no-token"]
    log = tmp_path / "marimo.log"
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--host=127.0.0.1", f"--port={port}"],
            env=jupyter.environment(tmp_path),
            stdout=out,
            stderr=out,
            cwd=tmp_path,
        )
        try:
            address = f"http://127.0.0.1:{port}"
            jupyter.wait_for(address + "/health", process, log)
            page.goto(address)
            check_the_loop(Hand(page))
            assert page.locator(".bqplot").count() == 0
            expect(Hand(page).root).to_have_attribute("data-tone", "light")
            beside = Hand(page, 1)
            expect(beside.canvas("occlusion")).to_be_visible()
            assert beside.root.bounding_box()["width"] >= 360
        finally:
            process.terminate()
            process.wait(timeout=30)
    watch.assert_clean()
