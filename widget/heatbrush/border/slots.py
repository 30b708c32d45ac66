"""Which trait holds the arrays of which panel: each has its own, and leaves it as it goes."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable
from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush_core import Explanation

PREFIX = "arrays_"
Shown = tuple[protocol.PanelState, Explanation | None]
Make = Callable[[int, Explanation], protocol.PanelArrays]


class Slots:
    """The traits that hold arrays, as many as there were panels with a map at one time.

    A trait that was sent once cannot be taken back. So the next panel takes the first that is free.

    Parameters
    ----------
    make
        Makes the arrays of what a run found.
    empty
        The arrays of no panel.
    """

    def __init__(self, make: Make = wire.arrays, empty: protocol.PanelArrays = wire.EMPTY) -> None:
        self._make, self._empty = make, empty
        self._of: dict[str, str] = {}
        self._arrays: dict[str, protocol.PanelArrays] = {}

    def traits(self, panels: Iterable[Shown]) -> dict[str, Any]:
        """Return all traits of arrays, then `panels`, which names them.

        The arrays of a run that is shown already are the very objects that they were.

        Parameters
        ----------
        panels
            Each state in its order, and what was found; None where there is no map.
        """
        shown = list(panels)
        with_map = {state["name"] for state, found in shown if found is not None}
        self._of = {name: trait for name, trait in self._of.items() if name in with_map}
        self._arrays = {
            trait: arrays if trait in self._of.values() else self._empty
            for trait, arrays in self._arrays.items()
        }
        states = [self._placed(state, found) for state, found in shown]
        return {**self._arrays, "panels": states}

    def _placed(self, state: protocol.PanelState, found: Explanation | None) -> protocol.PanelState:
        """Put the arrays of a panel into its trait, and name it."""
        if found is None:
            return {**state, "arrays": ""}
        trait = self._of.setdefault(state["name"], self._free())
        if self._arrays.get(trait, self._empty)["run"] != state["run"]:
            self._arrays[trait] = self._make(state["run"], found)
        return {**state, "arrays": trait}

    def renew(self) -> None:
        """Make all arrays anew when they are asked for next."""
        self._arrays = dict.fromkeys(self._arrays, self._empty)

    def _free(self) -> str:
        taken = set(self._of.values())
        names = (f"{PREFIX}{number}" for number in itertools.count())
        return next(name for name in names if name not in taken)
