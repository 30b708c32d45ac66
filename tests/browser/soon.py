"""What a page shows, or a view has sent, soon: read again until it is as wanted."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page


def soon(page: Page, read: Callable[[], Any], wanted: Any, timeout: float = 30_000) -> None:
    """Assert that `read` returns what equals `wanted` within so many milliseconds.

    What a hand does to a page is drawn and sent in later frames: one read right after it is a race.
    """
    end = time.monotonic() + timeout / 1000
    while (found := read()) != wanted and time.monotonic() < end:
        page.wait_for_timeout(20)
    assert found == wanted
