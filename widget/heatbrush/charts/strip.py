"""The strip above the charts: one widget that draws the tabs, and the controls of the open one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from threading import Lock
from typing import Any

import anywidget
import traitlets
from pydantic import ValidationError

from heatbrush import protocol
from heatbrush.border.panels import source
from heatbrush.border.wire import sentence
from heatbrush.charts.controls import Part, Row, drawn


class Strip(anywidget.AnyWidget):
    """Tabs by their titles; none is open at first. The browser writes no trait of it.

    Parameters
    ----------
    titles
        Of the tabs.
    opens
        Called when the reader opens a tab, with its place.
    """

    _esm = source("charts.js")
    _css = source("styles.css")

    protocol = traitlets.Int(protocol.PROTOCOL).tag(sync=True, echo_update=False)
    titles: Any = traitlets.List().tag(sync=True, echo_update=False)
    opened = traitlets.Int(None, allow_none=True).tag(sync=True, echo_update=False)
    rows: Any = traitlets.List().tag(sync=True, echo_update=False)

    def __init__(self, titles: Sequence[str], opens: Callable[[int], None]) -> None:
        self._opens = opens
        self._faces: dict[int, Sequence[Row]] = {}
        # what a tab shows is changed by the worker's thread as by handlers
        self._drawing = Lock()
        super().__init__(titles=list(titles), rows=[[] for _ in titles])
        self.on_msg(self._heard)

    def show(self, tab: int, rows: Sequence[Row]) -> None:
        """Have a tab show these rows from now on, as they change."""
        self._faces[tab] = rows
        for row in rows:
            for part in row.parts:
                part.watch(lambda: self._draw(tab))
        self._draw(tab)

    def leave(self) -> None:
        """Show no changes any longer, and hear nobody."""
        self.on_msg(self._heard, remove=True)
        self._faces.clear()

    def _draw(self, tab: int) -> None:
        with self._drawing:
            if (face := self._faces.get(tab)) is not None:
                rows = drawn(face)
                self.rows = [rows if at == tab else each for at, each in enumerate(self.rows)]

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Do what the page asks, or say why not."""
        try:
            self._take(protocol.CHART_REQUEST.validate_python(content))
        except (ValidationError, ValueError) as error:
            self.send({"kind": "refused", "sentence": sentence(error)})

    def _take(self, request: Any) -> None:
        match request:
            case protocol.OpenTab(tab=tab):
                if not 0 <= tab < len(self.titles):
                    raise ValueError(f"Tab {tab} was opened, but there are {len(self.titles)}.")
                self._opens(tab)
            case protocol.Choose(tab=tab, key=key, option=option):
                self._part(tab, key).choose(option)
            case protocol.Press(tab=tab, key=key):
                self._part(tab, key).press()
            case _:
                self.send({"kind": "alive"})

    def _part(self, tab: int, key: str) -> Part:
        for row in self._faces.get(tab, ()):
            for part in row.parts:
                if part.key == key and key:
                    return part
        raise ValueError(f"The tab has no {key} any more; load the page again.")
