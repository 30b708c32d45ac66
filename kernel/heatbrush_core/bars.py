"""A bar for what takes long, by itself: in notebook and terminal, and in the main thread only."""

from __future__ import annotations

import functools
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, ParamSpec, Protocol, TypeVar, cast

from heatbrush_core.progress import Onlooker, Progress, Watch

PATIENCE = 1.0
"""Seconds before a bar appears: what is quick needs none."""
INTERVAL = 0.1
"""Seconds between two of its steps, at least."""

P = ParamSpec("P")
R = TypeVar("R")


class Drawn(Protocol):
    """A bar where it is seen."""

    def show(self, progress: Progress, seconds: float) -> None:
        """Show how far a call is after some seconds."""

    def close(self) -> None:
        """Take the bar away."""


Make = Callable[[str], Drawn]
"""Draws a bar with a name beside it."""

NOTEBOOK: list[Make] = []
"""What draws bars in notebooks, put here by a package that has widgets; the last one counts."""

_depth: ContextVar[int] = ContextVar("depth", default=0)
"""How many public calls are under way, each inside the one before: only the first shows a bar."""


_lent: ContextVar[Watch | None] = ContextVar("lent", default=None)
"""Who watches the computation that a user's function is a part of."""


@contextmanager
def lent(watch: Watch) -> Iterator[None]:
    """Let the calls of a user's function be seen and stopped by whoever watches the function.

    The function itself knows nothing of that; a view's worker would serve nobody meanwhile.
    """
    token = _lent.set(Watch(1, watch.listener, watch.cancel).inside())
    try:
        yield
    finally:
        _lent.reset(token)


class TerminalBar:
    """A line of text on the error stream, drawn by tqdm."""

    def __init__(self, name: str) -> None:
        from tqdm import tqdm

        # the delay keeps it from drawing before anything is known
        self._bar = tqdm(desc=name, leave=False, file=sys.stderr, delay=1e-9)

    def show(self, progress: Progress, seconds: float) -> None:
        """Show how far a call is."""
        self._bar.start_t = time.time() - seconds
        self._bar.total, self._bar.n = progress.total, progress.done
        self._bar.refresh()

    def close(self) -> None:
        """Take the line away."""
        self._bar.close()


class Bar:
    """Listens to a call, and draws a bar once it has taken long.

    Parameters
    ----------
    name
        Of the call.
    make
        Draws it.
    """

    def __init__(self, name: str, make: Make) -> None:
        self._name, self._make = name, make
        self._start = self._shown = time.monotonic()
        self._drawn: Drawn | None = None

    def __call__(self, progress: Progress) -> None:
        """Take a word of progress."""
        now = time.monotonic()
        ends = progress.done >= progress.total
        if now - self._start < PATIENCE or (now - self._shown < INTERVAL and not ends):
            return
        if self._drawn is None:
            self._drawn = self._make(self._name)
        self._shown = now
        self._drawn.show(progress, now - self._start)

    def close(self) -> None:
        """Take the bar away, if there is one."""
        if self._drawn is not None:
            self._drawn.close()


def with_bar(call: Callable[P, R]) -> Callable[P, R]:
    """Let a public call show a bar by itself where it is given no `progress`.

    What is called inside it, and calls in other threads, such as a view's worker, show none.
    """

    @functools.wraps(call)
    def shown(*args: P.args, **asked: P.kwargs) -> R:
        make = None if asked.get("progress") is not None else _maker()
        if make is None:
            with within_a_call():
                return call(*args, **cast("Any", _watched(asked)))
        bar = Bar(call.__name__, make)
        # the batches stay as they are without a bar
        listening = cast("Any", {**asked, "progress": Onlooker(bar)})
        try:
            with within_a_call():
                return call(*args, **listening)
        finally:
            bar.close()

    return shown


def _watched(asked: Mapping[str, Any]) -> dict[str, Any]:
    """Add whoever watches the user's function that calls, unless the function says otherwise."""
    watch = _lent.get()
    if watch is None:
        return dict(asked)
    outer = {"progress": watch.listener, "cancel": watch.cancel}
    return {**asked, **{name: each for name, each in outer.items() if asked.get(name) is None}}


@contextmanager
def within_a_call() -> Iterator[None]:
    """Let what is called in here count as a part of something else that was asked for."""
    token = _depth.set(_depth.get() + 1)
    try:
        yield
    finally:
        _depth.reset(token)


def is_part() -> bool:
    """Tell whether the public call that is under way is a part of another that was asked for."""
    return _depth.get() > 1


def _maker() -> Make | None:
    """Choose what draws a bar here; None where nobody would see one."""
    if _depth.get() or threading.current_thread() is not threading.main_thread():
        return None
    ipython = sys.modules.get("IPython")
    shell = None if ipython is None else ipython.get_ipython()
    if getattr(shell, "kernel", None) is not None:
        return NOTEBOOK[-1] if NOTEBOOK else TerminalBar
    return TerminalBar if _in_terminal() else None


def _in_terminal() -> bool:
    """Tell whether somebody looks at the error stream; a program without windows has none."""
    return sys.stderr is not None and sys.stderr.isatty()
