"""An installed Firefox, driven over WebDriver BiDi: Playwright drives a build of its own only."""

from __future__ import annotations

import contextlib
import json
import os
import re
import shutil
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import websocket

LISTENS = re.compile(r"WebDriver BiDi listening on (ws://[\d.:]+)")
GUARD = 60.0
MISSING = (
    "No Firefox was found, so the offline page was tried in Chromium only; install one, or name "
    "its path in HEATBRUSH_FIREFOX."
)


def find() -> str | None:
    """Return a Firefox that is on this machine, else None."""
    names = ("firefox", "firefox-esr")
    found = (shutil.which(name) for name in names)
    return os.environ.get("HEATBRUSH_FIREFOX") or next(filter(None, found), None)


class Firefox:
    """One tab.

    Attributes
    ----------
    complaints
        Errors that the page wrote into the console, or did not catch.
    """

    def __init__(self, address: str) -> None:
        self._socket = websocket.create_connection(
            f"{address}/session", timeout=GUARD, suppress_origin=True
        )
        self._asked = 0
        self.complaints: list[str] = []
        self.ask("session.new", capabilities={})
        self.ask("session.subscribe", events=["log.entryAdded"])
        self._tab = self.ask("browsingContext.getTree")["contexts"][0]["context"]
        size = {"width": 1100, "height": 900}
        self.ask("browsingContext.setViewport", context=self._tab, viewport=size)

    def ask(self, method: str, **params: Any) -> Any:
        """Send a command, and return its result."""
        self._asked += 1
        self._socket.send(json.dumps({"id": self._asked, "method": method, "params": params}))
        while True:
            said = json.loads(self._socket.recv())
            if said.get("method") == "log.entryAdded" and said["params"]["level"] == "error":
                self.complaints.append(said["params"]["text"])
            if said.get("id") == self._asked:
                assert said["type"] == "success", said
                return said["result"]

    def open(self, url: str) -> None:
        self.ask("browsingContext.navigate", context=self._tab, url=url, wait="complete")

    def run(self, expression: str) -> Any:
        """Evaluate JavaScript, and return what JSON can hold of its value."""
        said = self.ask(
            "script.evaluate",
            expression=f"(async () => JSON.stringify(await ({expression})))()",
            target={"context": self._tab},
            awaitPromise=True,
        )
        assert said["type"] == "success", said
        return json.loads(said["result"].get("value", "null"))

    def until(self, expression: str) -> None:
        """Wait until an expression holds."""
        deadline = time.monotonic() + GUARD
        while not self.run(f"Boolean({expression})"):
            assert time.monotonic() < deadline, expression
            time.sleep(0.05)

    def drag(self, start: tuple[float, float], end: tuple[float, float]) -> None:
        """Press the mouse at a place of the window, and let go of it at another."""

        def move(place: tuple[float, float], duration: int = 0) -> dict[str, Any]:
            x, y = map(round, place)
            return {"type": "pointerMove", "x": x, "y": y, "duration": duration}

        steps = [move(start), {"type": "pointerDown", "button": 0}, move(end, 100)]
        mouse = {
            "type": "pointer",
            "id": "mouse",
            "actions": [*steps, {"type": "pointerUp", "button": 0}],
        }
        self.ask("input.performActions", context=self._tab, actions=[mouse])


@contextlib.contextmanager
def started(path: str, profile: Path) -> Iterator[Firefox]:
    """Start a Firefox with a fresh profile, and end it."""
    log = profile / "firefox.log"
    command = [path, "--headless", "--no-remote", "--profile", str(profile)]
    with log.open("w") as out:
        process = subprocess.Popen(
            [*command, "--remote-debugging-port=0"],
            env={**os.environ, "HOME": str(profile), "MOZ_CRASHREPORTER_DISABLE": "1"},
            stdout=out,
            stderr=out,
        )
        try:
            deadline = time.monotonic() + GUARD
            while (listens := LISTENS.search(log.read_text())) is None:
                assert process.poll() is None and time.monotonic() < deadline, log.read_text()
                time.sleep(0.05)
            yield Firefox(listens[1])
        finally:
            process.terminate()
            process.wait(timeout=30)
