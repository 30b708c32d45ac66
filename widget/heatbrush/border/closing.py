"""Closing a widget with all that it is made of: by itself it leaves its layout and marks open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ipywidgets import Widget


def close_whole(widget: Widget) -> None:
    """Close a widget, the widgets that its synced traits hold, those that theirs hold, and so on.

    Give it nothing that shares a part with a widget that stays open.
    """
    found = {id(widget): widget}
    waiting = [widget]
    while waiting:
        for part in _parts(waiting.pop()):
            if id(part) not in found:
                found[id(part)] = part
                waiting.append(part)
    for each in found.values():
        each.close()


def _parts(widget: Widget) -> Iterator[Widget]:
    # not by getattr: that would make the default of a trait that nobody has read
    values = widget._trait_values  # noqa: SLF001
    for name in widget.keys:
        yield from _widgets(values.get(name))


def _widgets(value: Any) -> Iterator[Widget]:
    if isinstance(value, Widget):
        yield value
    elif isinstance(value, dict):
        for each in value.values():
            yield from _widgets(each)
    elif isinstance(value, list | tuple):
        for each in value:
            yield from _widgets(each)
