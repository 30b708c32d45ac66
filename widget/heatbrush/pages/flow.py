"""How fast a map that is still filling is sent: as fast as pages take it, one after the other."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

UNREPORTED = (128, 512)
"""Rows and columns of a partial map, until a page has said how large it draws one."""
BYTES_PER_SECOND = 2e6
"""Of partial maps, all views of this kernel together."""
PATIENCE = 2.0
"""Seconds for which a page that answers waits for one that has not."""
ABSENT = 10.0
"""Seconds without an answer after which a page is no longer waited for while another answers."""

SELDOM = 1.0
"""Seconds after which a page is late, and between two words of progress while it is."""


@dataclass
class Page:
    """A view on a page, and how far it has come.

    Attributes
    ----------
    seen
        The number of the last partial map that it has.
    owes
        Since when it has been sent a newer one, in seconds; None while it has the newest.
    pixels
        Rows and columns in which it draws a map; None until it has said so.
    """

    seen: int
    owes: float | None = None
    pixels: tuple[int, int] | None = None


class Rate:
    """So many bytes a second, on the average of each message and the pause after it."""

    def __init__(self, bytes_per_second: float = BYTES_PER_SECOND) -> None:
        self.bytes_per_second = bytes_per_second
        self._free = float("-inf")

    def allows(self, now: float) -> bool:
        """Whether what was sent before is paid for."""
        return now >= self._free

    def spend(self, bytes: int, now: float) -> None:
        """Count what was sent."""
        self._free = now + bytes / self.bytes_per_second


ALL_VIEWS = Rate()


class Flow:
    """Says when another partial map may be sent, and how large.

    Nobody gets one before the pages have the last: a map that was passed over meanwhile is of no
    use, since a newer one follows. A page that does not answer holds the others up for `PATIENCE`
    each time, and after `ABSENT` not at all. Where no page answers, the wait doubles each time, and
    where there is no page nothing is sent. The caller holds the lock.

    Parameters
    ----------
    clock
        Seconds.
    rate
        What is shared with other views.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic, rate: Rate = ALL_VIEWS) -> None:
        self._clock, self._rate = clock, rate
        self._pages: dict[int, Page] = {}
        self._number = 0
        self._sent = self._told = float("-inf")
        self._patience = PATIENCE

    def hello(self, viewer: int) -> None:
        """Count a view on a page that was just drawn; forget those that never answered."""
        now = self._clock()
        self._pages = {
            name: page for name, page in self._pages.items() if not self._absent(page, now)
        }
        self._pages.setdefault(viewer, Page(self._number))

    def seen(self, viewer: int, number: int, pixels: tuple[int, int] | None) -> None:
        """Take the answer of a page; one to an older map than the newest still owes that."""
        page = self._pages.setdefault(viewer, Page(0))
        page.seen, page.pixels = max(page.seen, min(number, self._number)), pixels
        # it answers: it is waited for anew, if it is behind at all
        page.owes = None if page.seen == self._number else self._clock()
        self._patience = PATIENCE

    @property
    def most(self) -> tuple[int, int]:
        """Rows and columns of a partial map that some page can tell apart."""
        told = [page.pixels for page in self._pages.values() if page.pixels is not None]
        if not told:
            return UNREPORTED
        return max(rows for rows, _ in told), max(columns for _, columns in told)

    def tells(self) -> bool:
        """Whether progress may be told now: seldom while a page is late to answer."""
        now = self._clock()
        late = any(
            page.owes is not None and now - page.owes >= SELDOM for page in self._pages.values()
        )
        if late and now - self._told < SELDOM:
            return False
        self._told = now
        return True

    def ready(self) -> bool:
        """Whether a partial map may be sent now."""
        now = self._clock()
        return bool(self._pages) and self._rate.allows(now) and now - self._sent >= self._wait(now)

    def send(self, bytes: int) -> int:
        """Count a partial map that is sent now, and return its number."""
        now = self._clock()
        self._number += 1
        if all(page.owes is not None for page in self._pages.values()):
            self._patience *= 2
        for page in self._pages.values():
            page.owes = now if page.owes is None else page.owes
        self._sent = now
        self._rate.spend(bytes, now)
        return self._number

    def _wait(self, now: float) -> float:
        """Return how long after the last map the next may follow."""
        owing = [page for page in self._pages.values() if page.owes is not None]
        if len(owing) == len(self._pages):
            return self._patience
        return 0.0 if all(self._absent(page, now) for page in owing) else PATIENCE

    @staticmethod
    def _absent(page: Page, now: float) -> bool:
        return page.owes is not None and now - page.owes >= ABSENT
