"""Who may import whom, and what `import heatbrush` leaves alone."""

from __future__ import annotations

import ast
import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KERNEL = sorted((ROOT / "kernel").rglob("*.py"))
WIDGET = sorted((ROOT / "widget").rglob("*.py"))
HEAVY = ("tensorflow", "keras", "pandas", "xarray", "matplotlib", "bqplot", "sklearn", "jupyterlab")


def modules(path: Path) -> set[str]:
    """All modules that a module imports, wherever in it, and what it imports from them."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def imported(path: Path) -> set[str]:
    """Top-level names of all that a module imports, wherever in it."""
    return {name.split(".")[0] for name in modules(path)}


@pytest.mark.parametrize("path", KERNEL, ids=lambda path: path.name)
def test_the_kernel_side_knows_nothing_of_widgets(path: Path) -> None:
    assert not imported(path) & {"heatbrush", "ipywidgets", "anywidget", "bqplot", "traitlets"}


@pytest.mark.parametrize("path", WIDGET, ids=lambda path: path.name)
def test_the_widget_side_knows_nothing_of_keras(path: Path) -> None:
    assert not imported(path) & {"keras", "tensorflow"}


GRAPH = ROOT / "kernel" / "heatbrush_core" / "graph"
PRIVATE_TO_KERAS = {"_nodes", "_inbound_nodes", "_keras_history", "_keras_mask", "_tracker"}
"""Attributes of Keras that are tempting, besides those that the graph uses."""


def private_attributes(path: Path) -> set[str]:
    """Names with one underscore that a module asks of anything but itself, or by a string."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Attribute):
            own = isinstance(node.value, ast.Name) and node.value.id in ("self", "cls")
            names |= set() if own else {node.attr}
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names.add(node.value)
    return {name for name in names if re.fullmatch("_[a-z]{2}[a-z_]*", name)}


def keras_internals() -> set[str]:
    """What the graph package uses of Keras, and what it might."""
    used = set().union(*(private_attributes(path) for path in GRAPH.rglob("*.py")))
    return used | PRIVATE_TO_KERAS


def test_the_graph_uses_internals_of_keras() -> None:
    used = keras_internals() - PRIVATE_TO_KERAS
    assert {"_functional", "_flatten_layers", "_outputs_struct", "_nodes_by_depth"} <= used


@pytest.mark.parametrize("path", [*KERNEL, *WIDGET], ids=lambda path: path.name)
def test_only_the_graph_touches_keras_internals(path: Path) -> None:
    if not path.is_relative_to(GRAPH):
        assert "keras.src" not in path.read_text()
        assert not private_attributes(path) & keras_internals()


@pytest.mark.parametrize("path", sorted(GRAPH.rglob("*.py")), ids=lambda path: path.name)
def test_the_graph_imports_nothing_of_ours(path: Path) -> None:
    ours = {name for name in modules(path) if name.startswith("heatbrush")}
    assert all(name.startswith("heatbrush_core.graph") for name in ours)


@pytest.mark.parametrize("walk, other", [("backward", "delta"), ("delta", "backward")])
def test_the_walks_know_nothing_of_each_other(walk: str, other: str) -> None:
    walks = ROOT / "kernel" / "heatbrush_core" / "walks"
    for path in (walks / walk).glob("*.py"):
        assert not any(f"walks.{other}" in name for name in modules(path))


def alone(code: str) -> subprocess.CompletedProcess[str]:
    """Run code in an interpreter of its own, which has this checkout's packages."""
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("kernel", "widget"))
    environment = {**os.environ, "PYTHONPATH": paths}
    command = [sys.executable, "-c", code]
    return subprocess.run(command, env=environment, capture_output=True, text=True)


@pytest.mark.parametrize("package", ["heatbrush", "heatbrush_core"])
def test_import_is_light(package: str) -> None:
    code = f"import {package}, sys, json; print(json.dumps(sorted(sys.modules)))"
    said = alone(code)
    assert not said.returncode, said.stderr
    assert not set(HEAVY) & set(json.loads(said.stdout))


WITHOUT = """
import io, pickle, sys

class Blocked:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in ("tensorflow", "keras"):
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

sys.meta_path.insert(0, Blocked())
import numpy as np
import heatbrush as hb
from heatbrush_core.inference.travel import unpacked

x = np.arange(12.0).reshape(3, 4)
file = io.BytesIO()
hb.Explanation.of(x, "mine").save(file)
file.seek(0)
view = hb.compare(None, x, methods={"mine": hb.load(file), "theirs": x}, charts=False)
view.wait(30)
assert sorted(view.explanations) == ["mine", "theirs"] and view.selection is not None
explainer = hb.Explainer(lambda X: X.sum((1, 2)), baseline=0)
assert (explainer.explain(x, "occlusion").map == x).all() and len(explainer.methods())
for ask in (
    lambda: view.run("gradient").wait(30),
    lambda: explainer.explain(x, "gradient"),
    lambda: unpacked(hb.Explainer, b"PK", {}),
):
    try:
        ask()
    except (ImportError, TypeError) as error:
        print(error)
view.close()
"""


def test_without_tensorflow_maps_are_shown_and_what_needs_it_says_so() -> None:
    said = alone(WITHOUT)
    assert not said.returncode, said.stderr
    no_model, no_gradients, no_keras = said.stdout.splitlines()
    assert no_model == "There is no model to ask; give an Explainer or a model beside the maps."
    assert "a plain function shows only its scores" in no_gradients
    assert no_keras.startswith(
        "The explainer holds a Keras model, but Keras cannot be imported here"
    )
    assert no_keras.endswith("install tensorflow or tensorflow-cpu, and keras.")


def test_the_bundle_asks_no_other_host() -> None:
    bundle = ROOT / "widget" / "heatbrush" / "static"
    text = (bundle / "widget.js").read_text() + (bundle / "styles.css").read_text()
    hosts = {word for word in ("https://", "//cdn", "unpkg", "@import") if word in text}
    assert not hosts


def test_tensorflow_logs_nothing_in_red_once_it_is_imported() -> None:
    """What it says while it is imported cannot be helped; a level that the user has set stays."""
    script = """
import os, sys
import heatbrush as hb
import keras, numpy as np
print("imported", file=sys.stderr, flush=True)
layers = [keras.layers.Conv2D(2, 3), keras.layers.Flatten(), keras.layers.Dense(2)]
model = keras.Sequential([keras.Input((6, 6, 1)), *layers])
hb.Explainer(model, baseline=0).explain(np.ones((6, 6)), "occlusion")
print(os.environ["TF_CPP_MIN_LOG_LEVEL"])
"""
    environment = {k: v for k, v in os.environ.items() if k != "TF_CPP_MIN_LOG_LEVEL"}
    for level, expected in ((None, "3"), ("1", "1")):
        if level is not None:
            environment["TF_CPP_MIN_LOG_LEVEL"] = level
            script = "import os, heatbrush; print(os.environ['TF_CPP_MIN_LOG_LEVEL'])"
        done = subprocess.run(
            [sys.executable, "-c", script],
            env={**environment, "PYTHONPATH": f"{ROOT / 'kernel'}{os.pathsep}{ROOT / 'widget'}"},
            capture_output=True,
            text=True,
            check=True,
        )
        assert done.stdout.strip() == expected
        if level is None:
            assert done.stderr.partition("imported\n")[2] == ""
