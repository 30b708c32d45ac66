"""The wheel: what is in it, and that it works where nothing of the checkout is in sight."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel that is made from the source distribution, as an index would get it."""
    out = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--no-isolation", "--outdir", str(out), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    return next(out.glob("*.whl"))


def version() -> str:
    return json.loads((ROOT / "js" / "package.json").read_text())["version"]


def test_bundle_and_type_markers_are_inside(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        sizes = {info.filename: info.file_size for info in archive.infolist()}
        notices = archive.read("heatbrush/static/NOTICES.txt").decode()
        bundle = archive.read("heatbrush/static/widget.js").decode()
    assert "d3-array" in notices and "Permission to use, copy, modify" in notices
    assert notices.strip() in bundle
    for name in ("widget.js", "charts.js", "styles.css"):
        assert sizes[f"heatbrush/static/{name}"] > 1000
    assert {"heatbrush/py.typed", "heatbrush_core/py.typed"} <= set(sizes)
    assert not [name for name in sizes if name.startswith(("tests", "js", "kernel", "widget"))]


def test_one_version_number(wheel: Path) -> None:
    assert wheel.name.startswith(f"heatbrush-{version()}-")


def test_installed_elsewhere_it_explains_and_finds_its_bundle(wheel: Path, tmp_path: Path) -> None:
    site = tmp_path / "site"
    install = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--target"]
    subprocess.run([*install, str(site), str(wheel)], check=True)
    code = """
import heatbrush as hb, numpy as np, pathlib
assert pathlib.Path(hb.__file__).is_relative_to(pathlib.Path.cwd() / "site"), hb.__file__
explainer = hb.Explainer(lambda batch: batch.sum(axis=(2, 3)), baseline=0)
explanation = explainer.explain(np.ones((2, 3)), "occlusion", patch=(1, 1))
print(hb.__version__, float(explanation.map.sum()))
hb.compare(explainer, np.ones((2, 3)), methods=["occlusion"]).close()
"""
    environment = {**os.environ, "PYTHONPATH": str(site)}
    run = [sys.executable, "-c", code]
    said = subprocess.run(
        run, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
    )
    assert said.stdout.split() == [version(), "3.0"]


@pytest.mark.slow
def test_builds_where_there_is_no_node(tmp_path: Path) -> None:
    """A checkout without bundle, on a PATH without Node: the build brings its own from PyPI."""
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True,
    ).stdout.splitlines()  # fmt: skip
    checkout = tmp_path / "checkout"
    for name in listed:
        if not name.startswith(("tests/", "benchmarks/", "docs/")) and (ROOT / name).is_file():
            (checkout / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(ROOT / name, checkout / name)
    programs = tmp_path / "programs"
    programs.mkdir()
    for name in ("sh", "env", "uname"):
        (programs / name).symlink_to(shutil.which(name))
    command = [sys.executable, "-m", "pip", "wheel", "--no-deps", "--quiet", "-w", str(tmp_path)]
    environment = {**os.environ, "PATH": str(programs)}
    subprocess.run([*command, str(checkout)], env=environment, check=True, capture_output=True)
    with zipfile.ZipFile(next(tmp_path.glob("*.whl"))) as archive:
        assert archive.getinfo("heatbrush/static/widget.js").file_size > 1000
