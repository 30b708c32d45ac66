"""The oldest versions that are tested are the oldest that are allowed."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]


def versions(lines: list[str], sign: str) -> dict[str, str]:
    """Split "name>=version" at its sign."""
    return dict(re.fullmatch(rf"([\w-]+){sign}([\d.]+)", line).groups() for line in lines)


def test_the_pinned_versions_are_the_lower_bounds() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    lines = (ROOT / "tests" / "oldest.txt").read_text().splitlines()
    pinned = versions([line for line in lines if not line.startswith("#")], "==")
    assert pinned == versions(project["dependencies"], ">=")


def test_the_oldest_python_runs_them() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    oldest = project["requires-python"].removeprefix(">=")
    assert f"OLDEST_PYTHON ?= python{oldest}\n" in (ROOT / "Makefile").read_text()
