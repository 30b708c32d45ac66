"""The cell that runs now, and who is told when it begins to run again."""

from __future__ import annotations

import weakref
from typing import Any, NamedTuple, Protocol

from IPython.core.getipython import get_ipython


class Execution(NamedTuple):
    """One execution of one cell: the ids of the cell, and of the request to run it."""

    cell: str
    request: str


class Told(Protocol):
    """Who wants to hear of executions."""

    def begins(self, execution: Execution) -> None:
        """Take an execution that is about to begin."""
        ...


_told: weakref.WeakSet[Any] = weakref.WeakSet()


def kernel() -> Any:
    """Return the kernel that this process is, or None."""
    return getattr(get_ipython(), "kernel", None)


def request() -> str:
    """Return the id of the request that is answered here; empty without a Jupyter kernel."""
    return str(_parent().get("header", {}).get("msg_id") or "")


def running() -> Execution | None:
    """Return the execution that asks now; None where no cell does, or its front end names none."""
    cell, asked = _parent().get("metadata", {}).get("cellId"), request()
    return Execution(cell, asked) if cell and asked else None


def tell(listener: Told) -> None:
    """Tell a listener of all executions that begin from now on, for as long as it lives."""
    shell = get_ipython()
    if shell is not None and _begins not in shell.events.callbacks["pre_execute"]:
        shell.events.register("pre_execute", _begins)
    _told.add(listener)


def _parent() -> dict[str, Any]:
    return getattr(kernel(), "get_parent", dict)() or {}


def _begins() -> None:
    execution = running()
    if execution is not None:
        for listener in list(_told):
            listener.begins(execution)
