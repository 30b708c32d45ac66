"""A square matrix between named things, drawn and brushed as a map is, with no model behind it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import ipywidgets
import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.panels import Panels
from heatbrush.border.slots import PREFIX
from heatbrush_core import Region


class MatrixPanel(Panels):
    """One map of n x n numbers on a scale around 0, and its brush.

    Parameters
    ----------
    name
        Of the map.
    quantile
        Of the magnitudes, at which the colours end.
    """

    def __init__(self, name: str, quantile: float = 1.0) -> None:
        self._name, self._trait = name, f"{PREFIX}0"
        super().__init__(
            bare=True,
            axes=_axes([], ""),
            tables=wire.tables(),
            sample=_sample(1),
            target={"a": 0, "b": None, "given": False},
            options={**wire.OPTIONS, "profiles": False, "quantile": quantile},
        )
        self.on_msg(self._heard)

    def show(self, values: ArrayLike, names: Sequence[str], about: str, axis: str = "") -> None:
        """Show (n, n) numbers between n names; a brush over other things is taken away.

        Parameters
        ----------
        values
            NaN is drawn as not computed.
        names
            Of the rows and of the columns.
        about
            Stands beside the name of the map.
        axis
            What the names name.
        """
        numbers = np.asarray(values, np.float32)
        run = self.panels[0]["run"] + 1 if self.panels else 1
        panel = wire.unshown(
            {
                "name": self._name,
                "method": self._name,
                "parameters": {},
                "summary": about,
                "run": run,
                "within": None,
                "profile": "sum",
            }
        )
        panel["arrays"] = self._trait
        arrays = {**wire.EMPTY, "run": run, "map": wire.array(numbers)}
        changed = self.axes["rows"]["labels"] != list(names)
        self.publish(
            axes=_axes(names, axis),
            sample=_sample(len(names)),
            **{self._trait: arrays},
            panels=[panel],
        )
        if changed:
            self.brush(Region())

    @property
    def brushed(self) -> Region:
        """The cells under the brush."""
        return Region.from_json(self.selection)

    @property
    def touched(self) -> NDArray[np.bool_]:
        """Which of the n things are under the brush, as rows or as columns."""
        mask = self.brushed.mask(self.shape)
        return np.asarray(mask.any(axis=0) | mask.any(axis=1))

    def brush(self, region: Region) -> None:
        """Move the brush."""
        self.set_trait("selection", wire.selection(region))

    def _heard(self, _widget: Any, content: Any, _buffers: Any) -> None:
        """Answer a page that asks whether anybody is there; there is nothing else to ask for."""
        if isinstance(content, dict) and content.get("kind") == "hello":
            self.send({"kind": "alive"})


def alone(matrix: MatrixPanel) -> ipywidgets.VBox:
    """Return a box that holds a matrix and nothing else."""
    return ipywidgets.VBox([matrix], layout={"width": "100%", "margin": "0"})


def _axes(names: Sequence[str], name: str) -> protocol.Axes:
    axis: protocol.AxisState = {"name": name, "labels": list(names), "values": None}
    return {"rows": axis, "columns": {**axis, "name": ""}}


def _sample(count: int) -> protocol.Sample:
    """Return the place of a matrix that is not shown: its size is that of the map."""
    matrix = wire.array(np.zeros((count, count, 1)))
    return {
        "index": 0,
        "count": 1,
        "others": False,
        "truth": None,
        "matrix": matrix,
        "absent": wire.ABSENT,
    }
