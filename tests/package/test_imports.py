"""Who may import whom, and what `import heatbrush` leaves alone."""

from __future__ import annotations

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KERNEL = sorted((ROOT / "kernel").rglob("*.py"))
WIDGET = sorted((ROOT / "widget").rglob("*.py"))
HEAVY = ("tensorflow", "keras", "pandas", "xarray", "matplotlib", "bqplot", "sklearn", "jupyterlab")


def imported(path: Path) -> set[str]:
    """Top-level names of all that a module imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name.split(".")[0] for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names.add(node.module.split(".")[0])
    return names


@pytest.mark.parametrize("path", KERNEL, ids=lambda path: path.name)
def test_the_kernel_side_knows_nothing_of_widgets(path: Path) -> None:
    assert not imported(path) & {"heatbrush", "ipywidgets", "anywidget", "bqplot", "traitlets"}


@pytest.mark.parametrize("path", WIDGET, ids=lambda path: path.name)
def test_the_widget_side_knows_nothing_of_keras(path: Path) -> None:
    assert not imported(path) & {"keras", "tensorflow"}


def test_only_the_graph_touches_keras_internals() -> None:
    inside = [path.name for path in KERNEL if "keras.src" in path.read_text()]
    assert inside == ["graph.py"]


@pytest.mark.parametrize("package", ["heatbrush", "heatbrush_core"])
def test_import_is_light(package: str) -> None:
    code = f"import {package}, sys, json; print(json.dumps(sorted(sys.modules)))"
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("kernel", "widget"))
    said = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "PYTHONPATH": paths},
        capture_output=True,
        text=True,
        check=True,
    )
    assert not set(HEAVY) & set(json.loads(said.stdout))


def test_the_bundle_asks_no_other_host() -> None:
    bundle = ROOT / "widget" / "heatbrush" / "static"
    text = (bundle / "widget.js").read_text() + (bundle / "styles.css").read_text()
    hosts = {word for word in ("https://", "//cdn", "unpkg", "@import") if word in text}
    assert not hosts
