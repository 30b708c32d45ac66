"""The widget in the page: the traits of `protocol.Traits`, and the JavaScript that draws them."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anywidget
import comm
import traitlets
from ipywidgets import Widget
from ipywidgets.widgets.widget import JUPYTER_WIDGETS_ECHO

from heatbrush import protocol
from heatbrush.border import height, named, options
from heatbrush.border.slots import PREFIX
from heatbrush.border.wire import (
    EMPTY,
    NO_WHATIFS,
    NOTHING,
    OPTIONS,
    UNANSWERED,
    UNHIDDEN,
    UNKNOWN,
    UNLISTED,
    UNSEARCHED,
    sentence,
)
from heatbrush.protocol import PanelArrays
from heatbrush_core import Region

KNOWN_HOSTS = ("comm", "ipykernel")
"""Packages whose front ends ask a widget for its id; others may look for its comm at once."""
STATIC = Path(__file__).parents[1] / "static"


def bundled(name: str) -> Path:
    """Return a file of the bundle, which a checkout has only after a build."""
    path = STATIC / name
    if not path.exists():
        raise FileNotFoundError(
            f"heatbrush has no {path}, the JavaScript it draws with; run `make bundle` in the "
            "checkout, or install the package with pip."
        )
    return path


def source(name: str) -> str | Path:
    """Return what anywidget is given of the bundle: its text, or a path to be watched.

    What watches a path keeps every widget that was ever made, so that is for `make watch` alone.
    """
    path = bundled(name)
    return path if os.environ.get("ANYWIDGET_HMR") == "1" else path.read_text("utf-8")


class Panels(anywidget.AnyWidget):
    """All panels of one view, with their head, toolbar and status line.

    The browser writes `named`, `selection`, `pointed`, `options` and `height`; one thread of the
    kernel writes all else. The kernel's registries of widgets hold whatever they know for ever:
    they hear of this one when somebody first asks for its place in a page.

    Attributes
    ----------
    displayed : callable
        Called whenever it is about to be displayed.
    """

    _esm = source("widget.js")
    _css = source("styles.css")

    protocol = traitlets.Int(protocol.PROTOCOL).tag(sync=True, echo_update=False)
    live = traitlets.Bool(True).tag(sync=True, echo_update=False)
    bare = traitlets.Bool(False).tag(sync=True, echo_update=False)
    axes = traitlets.Dict().tag(sync=True, echo_update=False)
    classes: Any = traitlets.List().tag(sync=True, echo_update=False)
    families: Any = traitlets.List().tag(sync=True, echo_update=False)
    methods: Any = traitlets.List().tag(sync=True, echo_update=False)
    tables = traitlets.Dict().tag(sync=True, echo_update=False)
    sample = traitlets.Dict().tag(sync=True, echo_update=False)
    hidden = traitlets.Dict(dict(UNHIDDEN)).tag(sync=True, echo_update=False)
    scores = traitlets.Dict(dict(UNKNOWN)).tag(sync=True, echo_update=False)
    target = traitlets.Dict().tag(sync=True, echo_update=False)
    panels: Any = traitlets.List().tag(sync=True, echo_update=False)
    notes: Any = traitlets.List().tag(sync=True, echo_update=False)
    finder: Any = traitlets.List().tag(sync=True, echo_update=False)
    evidence = traitlets.Dict(dict(UNSEARCHED)).tag(sync=True, echo_update=False)
    answered = traitlets.Dict(dict(UNANSWERED)).tag(sync=True, echo_update=False)
    whatifs = traitlets.Dict(dict(NO_WHATIFS)).tag(sync=True, echo_update=False)
    named_scores: Any = traitlets.List().tag(sync=True, echo_update=False)
    listing: Any = traitlets.Dict(dict(UNLISTED)).tag(sync=True, echo_update=False)
    snapshot = traitlets.Unicode().tag(sync=True, echo_update=False)
    named: Any = traitlets.List().tag(sync=True)
    selection = traitlets.Dict(dict(NOTHING)).tag(sync=True)
    pointed = traitlets.Dict(dict(NOTHING)).tag(sync=True)
    options = traitlets.Dict(dict(OPTIONS)).tag(sync=True)
    height = traitlets.Int(None, allow_none=True).tag(sync=True)

    def __init__(self, **traits: Any) -> None:
        self._gathered: frozenset[str] = frozenset()
        self._unasked = comm.create_comm.__module__.split(".")[0] in KNOWN_HOSTS
        self.displayed: Callable[[], None] = lambda: None
        super().__init__(**traits)
        self._own_layout = self.layout

    @traitlets.default("snapshot")
    def _name_snapshot(self) -> str:
        return uuid.uuid4().hex[:12]

    def __repr__(self) -> str:
        """Say what stands here where a page cannot draw it; front ends show this as plain text."""
        rows, columns = self.shape if self.axes else (0, 0)
        return f"Maps over {rows} × {columns} cells, to be brushed in a notebook that runs."

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of the matrix."""
        return len(self.axes["rows"]["labels"]), len(self.axes["columns"]["labels"])

    @property
    def arrays(self) -> dict[str, PanelArrays]:
        """The traits that hold the arrays of panels."""
        return {name: getattr(self, name) for name in self.keys if name.startswith(PREFIX)}

    # ------------------------------------------------------------ its place in pages

    def open(self) -> None:
        """Let the front end know this widget, if anybody has asked for its place in a page."""
        if self._unasked or self.comm is not None:
            return
        before = self._values()
        self.layout.open()
        super().open()
        # what another thread wrote since the state was taken found nobody to send it to
        late = [name for name, value in self._values().items() if before.get(name) is not value]
        if late:
            self.send_state(late)

    def get_state(self, key: Any = None, drop_defaults: bool = False) -> dict[str, Any]:
        """Return what a page is told, taken anew where another thread wrote meanwhile.

        Else panels could name a trait of arrays that was added after the names were read.
        """
        for _ in range(5):
            before = self._values()
            state: dict[str, Any] = super().get_state(key, drop_defaults)
            after = self._values()
            if all(before.get(name) is value for name, value in after.items()):
                break
        return state

    def _values(self) -> dict[str, Any]:
        return {name: getattr(self, name) for name in self.keys}

    def appear(self) -> None:
        """Open it, for the first time or after it was closed."""
        self._unasked = False
        self.open()

    @property
    def model_id(self) -> str:
        """What pages know it by; who asks is about to put it into one."""
        if self._unasked:
            self.appear()
        return str(self._model_id if self.comm is None else self.comm.comm_id)

    def get_view_spec(self) -> dict[str, Any]:
        """Return what a page needs to draw it."""
        return {**super().get_view_spec(), "model_id": self.model_id}

    def _repr_mimebundle_(self, **kwargs: Any) -> Any:
        self.displayed()
        self.appear()
        return super()._repr_mimebundle_(**kwargs)

    def close(self) -> None:
        """Take it off all pages; displaying it opens it anew."""
        super().close()
        self.__dict__.pop("_repr_mimebundle_", None)
        if "_own_layout" in self.__dict__:
            self._own_layout.close()

    # ------------------------------------------------------------ its traits

    def publish(self, **traits: Any) -> list[str]:
        """Set several traits, send those that changed in one message, and return their names.

        A trait of arrays that there is not yet is added.
        """
        new = [name for name in traits if name.startswith(PREFIX) and not self.has_trait(name)]
        if new:
            self.add_traits(**{name: _arrays() for name in new})
        changed = [name for name, value in traits.items() if getattr(self, name) != value]
        self._gathered = frozenset(traits)
        try:
            for name, value in traits.items():
                self.set_trait(name, value)
        finally:
            self._gathered = frozenset()
        # one message: a page that had the new sample before its maps would draw them together
        if changed and self.comm is not None:
            # in the order given: some front ends tell their page of one trait after the other
            self.send_state(changed)
        return changed

    def notify_change(self, change: Any) -> None:
        """Tell the browser, unless `publish` is about to, and the observers."""
        if change["name"] in self._gathered:
            super(Widget, self).notify_change(change)
        else:
            super().notify_change(change)

    def set_state(self, sync_data: dict[str, Any]) -> None:
        """Take what the browser may write, trait by trait.

        The inherited method holds back the notifications of *all* traits meanwhile, and can lose
        one that the worker's thread is about to give.
        """
        for name, check in CHECKS.items():
            if name not in sync_data:
                continue
            try:
                value = check(self, sync_data[name])
            except ValueError as error:
                self.send({"kind": "refused", "sentence": sentence(error)})
                self.send_state(name)
                continue
            # other pages follow the echo; the one that wrote it knows it already
            if JUPYTER_WIDGETS_ECHO:
                echo = {"method": "echo_update", "state": {name: value}, "buffer_paths": []}
                self._send(echo)
            with self._lock_property(**{name: value}):
                self.set_trait(name, value)


def _arrays() -> Any:
    return traitlets.Dict(dict(EMPTY)).tag(sync=True, echo_update=False)


def _selection(panels: Panels, given: Any) -> Any:
    """Check a selection that came from the browser against the matrix."""
    region = Region.from_json(given)
    if region:
        region.check(panels.shape)
    return given


CHECKS: dict[str, Callable[[Panels, Any], Any]] = {
    "named": lambda panels, given: named.read(given, panels.shape),
    "selection": _selection,
    "pointed": _selection,
    "options": lambda panels, given: options.read(
        given, panels.sample.get("large", panels.sample["matrix"])["shape"][2]
    ),
    "height": lambda _, given: height.read(given),
}
