"""What a page is sent of the maps that a model returns: of a sample, and of what is left of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush_core import Explainer, Region
from heatbrush_core.matrix.arrays import Floats32
from heatbrush_core.matrix.validity import Mask

MOST = 2**18
"""Cells of one map: 1 MiB, which is also what a page holds of all maps of a sample."""
KEPT = 8
"""Samples whose maps are kept."""
Part = Literal["whole", "without", "only"]


class OutputMaps:
    """The maps of the samples of a view, each asked for once."""

    def __init__(self) -> None:
        self._known: OrderedDict[int, list[protocol.OutputMap]] = OrderedDict()
        self._notes: dict[int, list[str]] = {}

    def known(self, sample: int) -> list[protocol.OutputMap]:
        """Return what was found of a sample; empty where that is nothing, or not asked yet."""
        return self._known.get(sample, [])

    def restore(self, found: Mapping[int, list[protocol.OutputMap]]) -> None:
        """Take what a model returned in an earlier view, without the model."""
        self._known.update(found)

    def notes(self, sample: int) -> list[str]:
        """Say of which outputs there is no panel."""
        return self._notes.get(sample, [])

    def find(self, sample: int, asker: Explainer, x: NDArray[Any], exists: Mask | None) -> None:
        """Ask for the maps of a sample; this uses the model."""
        if sample in self._known:
            self._known.move_to_end(sample)
            return
        asker, matrix = asker.about(x, exists)
        made, notes, room = list[protocol.OutputMap](), list[str](), MOST
        for output in asker.answers(matrix):
            cells, kind = asker.answered(matrix, output.number)
            h, w, channels = cells.shape
            if h * w > MOST:
                notes.append(
                    f"The output {output.name!r} has no panel: it has {h} x {w} cells, and a page "
                    f"is sent {MOST:,} at most; ask explainer.answer_map."
                )
                continue
            held = min(channels, room // (h * w))
            room -= held * h * w
            whole = np.moveaxis(cells[..., :held], -1, 0)
            made.append(
                {
                    "number": output.number,
                    "name": output.name,
                    "kind": "probabilities" if kind == "probabilities" else "values",
                    "shape": (h, w),
                    "channels": list(output.channels),
                    "whole": wire.array(finite(whole)),
                }
            )
        self._known[sample], self._notes[sample] = made, notes
        while len(self._known) > KEPT:
            self._known.popitem(last=False)


def finite(cells: NDArray[np.float64]) -> Floats32:
    """Return numbers as they travel: what is no finite number is NaN."""
    with np.errstate(over="ignore"):
        small = np.asarray(cells, np.float32)
    return np.where(np.isfinite(small), small, np.float32(np.nan))


def part_of(
    asker: Explainer,
    x: NDArray[Any],
    exists: Mask | None,
    request: protocol.Output,
) -> Floats32:
    """Return (h, w) of one channel of an output for what a page asks to be left of a matrix.

    Raises
    ------
    ValueError
        In one sentence, for an output or a channel that the model does not have.
    """
    asker, matrix = asker.whole().about(x, exists)
    region = Region.from_json(request.selection or wire.NOTHING)
    if request.part != "whole" and region:
        matrix = asker.parts(matrix, region)[0 if request.part == "without" else 1]
    elif request.part == "only":  # nothing is left
        matrix = asker.fill(matrix)
    cells, _ = asker.answered(matrix, request.output)
    h, w, channels = cells.shape
    if request.channel >= channels or h * w > MOST:
        raise ValueError(
            f"Channel {request.channel} of an output of {h} x {w} cells and {channels} channels "
            f"was asked for; a page is sent one of 0 to {channels - 1}, of {MOST:,} cells at most."
        )
    return finite(cells[..., request.channel])
