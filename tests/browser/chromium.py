"""Chromium for the tests: the system's, else Playwright's own download, else Debian's package."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

# quiet and alone: no GPU, no look-ups of its own, the same colours everywhere
FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--force-color-profile=srgb",
]


def system_chromium() -> str | None:
    """Return the path of an installed Chromium or Chrome, else None."""
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    return next((path for name in names if (path := shutil.which(name))), None)


def playwright_chromium() -> str | None:
    """Return the path of Playwright's own Chromium where it has been downloaded, else None."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        path = playwright.chromium.executable_path
    return path if path and Path(path).exists() else None


def find() -> str | None:
    """Return a Chromium that is already on this machine, else None."""
    return os.environ.get("HEATBRUSH_CHROMIUM") or system_chromium() or playwright_chromium()


def install() -> str | None:
    """Get one: Playwright's download, else Debian's package."""
    subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if path := playwright_chromium():
        return path
    if shutil.which("apt-get"):
        sudo = [] if os.geteuid() == 0 else ["sudo"]
        subprocess.run([*sudo, "apt-get", "update", "-qq"], check=False)
        subprocess.run([*sudo, "apt-get", "install", "-y", "-qq", "chromium"], check=False)
    return system_chromium()


if __name__ == "__main__":
    path = find() or install()
    if path is None:
        sys.exit(
            "No Chromium was found, downloaded or installed; install one, "
            "or name its path in HEATBRUSH_CHROMIUM."
        )
    print("Chromium for the tests:", path)
