"""The machine and the versions that a figure was measured with."""

from __future__ import annotations

import os
import platform
from importlib.metadata import version
from pathlib import Path


def processor() -> str:
    """Return the processor's name, as far as the system tells it."""
    info = Path("/proc/cpuinfo")
    if info.exists():
        for line in info.read_text().splitlines():
            if line.startswith("model name"):
                return line.split(":", 1)[1].strip()
    return platform.processor() or platform.machine()


def installed(*names: str) -> str:
    """Return the versions of distributions, the missing ones left out."""
    found = []
    for name in names:
        try:
            found.append(f"{name} {version(name)}")
        except ModuleNotFoundError:
            continue
    return ", ".join(found)


def main() -> None:
    load = os.getloadavg()[0] if hasattr(os, "getloadavg") else float("nan")
    print(f"machine   {processor()}, {os.cpu_count()} cores, load {load:.1f}")
    names = (
        "tensorflow",
        "tensorflow-cpu",
        "keras",
        "numpy",
        "anywidget",
        "jupyterlab",
        "ipykernel",
    )
    print(f"versions  Python {platform.python_version()}, {installed(*names)}", flush=True)


if __name__ == "__main__":
    main()
