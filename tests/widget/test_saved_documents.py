"""A notebook that is executed without a page: its cells apart, saved with and without its state."""

from __future__ import annotations

import html
import os
import re

import nbformat
import pytest
from browser.notebooks import COMPARE, MODEL
from front_end import ROOT
from nbclient import NotebookClient
from nbconvert import HTMLExporter

LATER = """
view.wait()
view.selection = hb.Region.columns(0, 10)
"""
LAST = """
view.run("occlusion", panel="coarse", patch=(8, 8), stride=(8, 8)).wait()
view.run("occlusion", panel="fine", patch=(2, 2), stride=(2, 2)).wait()
"""


@pytest.fixture(scope="module")
def executed() -> nbformat.NotebookNode:
    """The view in one cell, and what is done with it in another."""
    cells = [nbformat.v4.new_code_cell(cell) for cell in (MODEL, COMPARE, LATER, LAST)]
    notebook = nbformat.v4.new_notebook(cells=cells)
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("kernel", "widget"))
    client = NotebookClient(notebook, timeout=120, kernel_name="python3")
    client.execute(env={**os.environ, "PYTHONPATH": paths})
    return notebook


def test_the_picture_is_that_of_the_last_cell(executed: nbformat.NotebookNode) -> None:
    view, picture, *others = executed.cells[1].outputs
    assert "application/vnd.jupyter.widget-view+json" in view["data"]
    assert view["data"]["text/plain"].startswith("Maps over 8 × 40 cells, to be brushed")
    assert {"image/png", "text/html", "text/plain"} <= set(picture["data"])
    for name in ("coarse", "fine"):
        assert re.search(f"^{name}  ", picture["data"]["text/plain"], re.M)
    assert "selected: 0.00–2.25" in picture["data"]["text/plain"]
    assert re.search(r"^left +0\.881 +0\.119 +0\.982$", picture["data"]["text/plain"], re.M)
    assert [other["data"]["text/plain"] for other in others] == [
        "Charts of these maps, in a notebook that runs."
    ]


def test_a_page_without_the_state_shows_the_picture(executed: nbformat.NotebookNode) -> None:
    bare = nbformat.from_dict(executed)
    bare.metadata.pop("widgets", None)
    page = HTMLExporter().from_notebook_node(bare)[0]
    assert executed.cells[1].outputs[1]["data"]["image/png"] in page
    said = html.unescape(re.sub(r"<[^>]+>", " ", page))
    assert "to be brushed in a notebook that runs" in said
    assert "object at 0x" not in said and "model not found" not in said
