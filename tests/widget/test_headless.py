"""A notebook that is executed without a page (nbclient): what it saves is what was shown last."""

from __future__ import annotations

import base64
import copy
import os
from typing import Any

import nbformat
import numpy as np
import pytest
from front_end import ROOT, ThisPython
from full_panels import full
from jupyter_client.manager import AsyncKernelManager
from nbclient import NotebookClient

import heatbrush as hb

SETUP = """
import time
import numpy as np
import heatbrush as hb

pause = 0.0

def model(batch):
    time.sleep(pause)
    return np.stack([batch[:, :, :10].mean((1, 2, 3)), batch[:, :, 20:30].mean((1, 2, 3))], 1)

x = np.random.default_rng(0).normal(size=(2, 4, 40)).astype("float32")
x[0, :, :10] += 1
x[1, :, 20:30] += 1
explainer = hb.Explainer(model, classes=["left", "right"], batch_size=8, baseline=0, time="columns")
"""
CELLS = {
    "setup": SETUP + "pause = 0.01  # the maps come after the cell that asks for them",
    "compare": "view = hb.compare(explainer, x, ['occlusion'], valid=[30, 40], charts=False)\nview",
    "wait": "view.wait()",
    "run": "handle = view.run('occlusion', patch=(1, 5), stride=(1, 5))",
    "run.wait": "handle.wait()",
    "selection": "view.selection = hb.Region.columns(3, 9)",
    "sample": "view.sample = 1",
    "another cell": "time.sleep(0.5)",
    "sample.wait": "view.wait()",
    "find": "pause = 0.0; search = view.find_runs(controls=19, null='shifts')",
    "find.wait": "search.wait()",
}


@pytest.fixture(scope="module")
def executed() -> tuple[dict[str, dict[str, Any]], dict[str, Any]]:
    """The view's state after each cell, and what the notebook saves of it, as nbclient has them."""
    book = nbformat.v4.new_notebook()
    book.cells = [nbformat.v4.new_code_cell(code) for code in CELLS.values()]
    states: dict[str, dict[str, Any]] = {}

    def keep(cell_index: int, **_: Any) -> None:
        for comm, state in client.widget_state.items():
            if state["_model_name"] == "AnyModel":
                buffers = list(client.widget_buffers[comm].values())
                states[list(CELLS)[cell_index]] = with_buffers(copy.deepcopy(state), buffers)

    manager = AsyncKernelManager(kernel_spec_manager=ThisPython())
    client = NotebookClient(book, km=manager, timeout=60, on_cell_executed=keep)
    paths = os.pathsep.join(str(ROOT / name) for name in ("kernel", "widget"))
    client.execute(env={**os.environ, "PYTHONPATH": paths})
    saved = book.metadata.widgets["application/vnd.jupyter.widget-state+json"]["state"]
    (view,) = (one for one in saved.values() if one["model_name"] == "AnyModel")
    return states, with_buffers(view["state"], view["buffers"])


def with_buffers(state: dict[str, Any], buffers: list[dict[str, Any]]) -> dict[str, Any]:
    """Put buffers in their places, as every front end does that opens a saved notebook."""
    for buffer in buffers:
        place = state
        for part in buffer["path"][:-1]:
            place = place[part]  # a front end fails where this is None
        place[buffer["path"][-1]] = base64.b64decode(buffer["data"])
    return state


@pytest.fixture(scope="module")
def known() -> dict[str, Any]:
    scope: dict[str, Any] = {}
    exec(SETUP, scope)
    return scope


def test_each_wait_and_setter_leaves_its_cell_with_what_is_shown(executed, known) -> None:
    states, saved = executed
    explainer, x = known["explainer"], known["x"]
    fine = {"patch": (1, 5), "stride": (1, 5)}
    expected = {
        "wait": explainer.explain(x[0], "occlusion", valid=30),
        "run.wait": explainer.explain(x[0], "occlusion", valid=30, **fine),
        "sample.wait": explainer.explain(x[1], "occlusion", **fine),
    }
    for cell, explanation in {**expected, "find.wait": expected["sample.wait"]}.items():
        (panel,) = full(states[cell])
        found = np.frombuffer(panel["map"]["bytes"], "<f4").reshape(panel["map"]["shape"])
        np.testing.assert_allclose(found, explanation.map, rtol=1e-5, err_msg=cell)
        assert panel["parameters"]["patch"] == list(explanation.parameters["patch"])
    for cell, sample, absent in (("wait", 0, [4, 40]), ("sample.wait", 1, [0])):
        scores = explainer.predict(x[sample], valid=[30, 40][sample]).shown
        np.testing.assert_allclose(states[cell]["scores"]["all"], scores, rtol=1e-5)
        assert states[cell]["sample"]["index"] == sample
        assert states[cell]["sample"]["absent"]["shape"] == absent
        assert states[cell]["target"]["a"] == sample
    assert states["run.wait"]["selection"] == {"bands": []}
    assert states["selection"]["selection"] == hb.Region.columns(3, 9).to_json()
    assert saved == states["find.wait"]


def test_evidence_is_saved(executed) -> None:
    states, saved = executed
    assert states["find"]["evidence"]["search"] == 0
    evidence = saved["evidence"]
    assert evidence["search"] == 1 and not evidence["failed"] and evidence["about"]
    assert evidence["runs"][0]["region"]["bands"][0]["columns"]
