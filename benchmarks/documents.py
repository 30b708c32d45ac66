"""How large a notebook becomes that shows a view, and how much crosses for one move of a brush."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import nbformat
from nbclient import NotebookClient

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from front_end import kernel  # noqa: E402

PANELS = 8
SHAPES = ((64, 256), (512, 2048))
SETUP = """
import numpy as np, heatbrush as hb

def model(batch):
    half = batch.shape[2] // 2
    return np.stack([batch[:, :, :half].mean((1, 2, 3)), batch[:, :, half:].mean((1, 2, 3))], 1)

random = np.random.default_rng(0)
x = random.normal(size={shape}).astype("float32")
explainer = hb.Explainer(model, classes=["left", "right"], baseline=0)
maps = {{f"map {{i}}": random.normal(size={shape}) for i in range({panels})}}
"""
SHOW = "view = hb.compare(explainer, x, maps)\nview"
LATER = "view.selection = hb.Region.columns(10, 40)\nview.wait()"
COLUMNS = {"bands": [{"op": "add", "rows": None, "columns": [10, 40]}]}


def sizes(shape: tuple[int, int]) -> tuple[int, int]:
    """Execute a notebook with a view of noise; its bytes without the widget state and with it."""
    cells = [
        nbformat.v4.new_code_cell(code)
        for code in (SETUP.format(shape=shape, panels=PANELS), SHOW, LATER)
    ]
    notebook = nbformat.v4.new_notebook(cells=cells)
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("kernel", "widget"))
    client = NotebookClient(notebook, timeout=600, kernel_name="python3")
    client.execute(env={**os.environ, "PYTHONPATH": paths})
    whole = len(json.dumps(notebook))
    notebook.metadata.pop("widgets", None)
    return len(json.dumps(notebook)), whole


def interaction(shape: tuple[int, int]) -> tuple[int, int]:
    """Move a brush once; bytes to the kernel, and bytes to the page."""
    with kernel(subshells=True) as front:
        front.cell(SETUP.format(shape=shape, panels=PANELS))
        widget = front.view("view = hb.compare(explainer, x, maps, charts=False)\nview")
        front.cell("view.wait()")
        before = len(widget.heard)
        front.ask(widget, "whatif", ask=1, viewer=0, selection=COLUMNS)
        front.until(lambda: bool(widget.of("answer")))
        asked = {"kind": "whatif", "ask": 1, "viewer": 0, "selection": COLUMNS}
        sent = widget.heard[before:]
        said = sum(len(json.dumps(each, default=str)) + each.get("bytes", 0) for each in sent)
        return len(json.dumps(asked)), said


def main() -> None:
    print(f"\n{PANELS} panels of noise, the worst that there is for a picture")
    for shape in SHAPES:
        bare, whole = sizes(shape)
        print(f"  {shape[0]} x {shape[1]}: a saved notebook takes {bare / 1e3:.0f} kB without the")
        print(f"    state of widgets, {whole / 1e6:.1f} MB with it")
        up, down = interaction(shape)
        print(f"    a move of the brush: {up} bytes to the kernel, {down} to the page")


if __name__ == "__main__":
    main()
