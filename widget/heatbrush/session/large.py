"""Large matrices of a view: what its page holds of them, and what it asks for beyond that."""

from __future__ import annotations

import math
import threading
import weakref

from heatbrush import protocol
from heatbrush.blocks import large
from heatbrush.blocks.large import LargeMap
from heatbrush.blocks.strongest import strongest
from heatbrush.border import wire
from heatbrush.session.board import Board
from heatbrush.session.samples import Samples
from heatbrush_core import Explanation


class LargeMaps:
    """Makes what pages hold of the maps of a view, and answers what they ask of them.

    Parameters
    ----------
    samples, board
        Those of the session.
    """

    def __init__(self, samples: Samples, board: Board) -> None:
        self._samples, self._board = samples, board
        self._maps: weakref.WeakKeyDictionary[Explanation, dict[int | None, LargeMap]] = (
            weakref.WeakKeyDictionary()
        )
        self._lock = threading.Lock()
        self.channel: int | None = None

    @property
    def wanted(self) -> bool:
        """Whether the matrices are too large to be sent whole."""
        return self._samples.large

    def empty(self) -> protocol.PanelArrays:
        """Return the arrays of no panel."""
        return large.empty() if self.wanted else wire.EMPTY

    def arrays(self, run: int, found: Explanation) -> protocol.PanelArrays:
        """Return the arrays of what a run found, whole where a page can hold them."""
        if not self.wanted:
            return wire.arrays(run, found)
        return large.arrays(run, found, self._plane(found, self.channel))

    def _plane(self, found: Explanation, channel: int | None) -> LargeMap:
        key = channel if found.shape[2] > 1 else None
        with self._lock:
            planes = self._maps.setdefault(found, {})
            if key not in planes:
                planes[key] = large.of_map(found, key)
            return planes[key]

    # ------------------------------------------------------------ what a page asks for

    def tile(self, asked: protocol.Blocks) -> tuple[protocol.Tile, list[bytes]]:
        """Return the blocks that are asked for, or that there are none any more.

        Raises
        ------
        ValueError
            For blocks outside the matrix, or too many of them.
        """
        _check(asked, self._samples.shape)
        plane = self._asked(asked)
        reply: protocol.Tile = {
            "kind": "tile",
            "viewer": asked.viewer,
            "ask": asked.ask,
            "shape": [0],
            "scale": 1.0,
        }
        if plane is None:
            return reply, []
        steps, rows, columns = map(_pair, (asked.steps, asked.rows, asked.columns))
        made = plane.blocks(steps, rows, columns, asked.statistic)
        return {**reply, "shape": made["shape"], "scale": made["scale"]}, [made["bytes"]]

    def _asked(self, asked: protocol.Blocks) -> LargeMap | None:
        if asked.panel is None:
            known = 0 <= asked.run < len(self._samples)
            return self._samples.plane(asked.run, asked.channel) if known else None
        found = self._found(asked.panel)
        if found is None or found[0] != asked.run:
            return None
        return self._plane(found[1], asked.channel)

    def _found(self, name: str) -> tuple[int, Explanation] | None:
        panel = self._board.panels.get(name)
        if panel is None or panel.shown.explanation is None:
            return None
        return panel.shown.run, panel.shown.explanation

    def values(self, asked: protocol.Value) -> protocol.Values:
        """Return the exact values of a cell.

        Raises
        ------
        ValueError
            For a cell outside the matrix.
        """
        row, column = asked.row, asked.column
        rows, columns = self._samples.shape
        if not (0 <= row < rows and 0 <= column < columns):
            raise ValueError(
                f"Cell ({row}, {column}) was asked for, but the matrix is {rows} × {columns}; give "
                "a row and a column of it, counted from 0."
            )
        sample = self._board.question.sample
        exists = self._samples.exists(sample)
        panels: dict[str, protocol.CellValue] = {}
        for name in list(self._board.panels):
            found = self._found(name)
            if found is not None:
                panels[name] = _cell(*found, row, column, self.channel)
        cell = self._samples.matrix(sample)[row, column]
        return {
            "kind": "values",
            "viewer": asked.viewer,
            "ask": asked.ask,
            "row": row,
            "column": column,
            "sample": sample,
            "absent": exists is not None and not exists[row, column],
            "input": wire.number(cell.sum() if self.channel is None else cell[self.channel]),
            "panels": panels,
        }

    def strongest(self, asked: protocol.Strongest) -> protocol.StrongestCells:
        """Return which cells of a panel's map are strongest; of one that is shown."""
        found = self._found(asked.panel)
        reply: protocol.StrongestCells = {
            "kind": "cells",
            "viewer": asked.viewer,
            "selection": None,
            "note": "This map is not complete: wait for its run to end, or run it again.",
        }
        if found is None:
            return reply
        cells = self._plane(found[1], self.channel).pyramid.cells
        region, note = strongest(cells, asked.percent, asked.positive)
        return {**reply, "selection": wire.selection(region), "note": note}


def _cell(
    run: int, found: Explanation, row: int, column: int, channel: int | None
) -> protocol.CellValue:
    one = channel is not None and found.shape[2] > 1
    value = found.values[row, column, channel] if one else found.map[row, column]
    # errors are those of the sum
    errors = None if one else found.standard_error
    return {
        "run": run,
        "value": wire.number(value),
        "error": None if errors is None else wire.number(errors[row, column]),
    }


def _pair(given: list[int]) -> tuple[int, int]:
    return given[0], given[1]


def _check(asked: protocol.Blocks, shape: tuple[int, int]) -> None:
    """Refuse blocks that are none, or more than one answer holds."""
    count = 1
    for step, span, size in zip(asked.steps, (asked.rows, asked.columns), shape, strict=True):
        if step < 1 or step & (step - 1) or step > 2 * size:
            raise ValueError(
                f"Blocks of {step} lines were asked for; give a power of two up to the {size} "
                "lines of the matrix."
            )
        if not 0 <= span[0] < span[1] <= math.ceil(size / step):
            raise ValueError(
                f"Blocks {span[0]} to {span[1]} of {step} lines were asked for, but the matrix has "
                f"{size} lines; give the first block and the one after the last."
            )
        count *= span[1] - span[0]
    if count > large.SENT:
        raise ValueError(
            f"{count} blocks were asked for, but one answer holds {large.SENT}; ask for larger "
            "ones."
        )
