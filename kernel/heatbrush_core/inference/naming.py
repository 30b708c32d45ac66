"""The names along a matrix: whose they are, and which region is meant by them."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any, Self

from numpy.typing import ArrayLike, NDArray

from heatbrush_core.matrix import lines
from heatbrush_core.matrix.axes import AXES, Axis, kept, names_in
from heatbrush_core.matrix.bands import Band
from heatbrush_core.matrix.region import Region


class Named(ABC):
    """What has names for rows and columns, each None where it has none."""

    _rows: Any
    _columns: Any

    @abstractmethod
    def matrix(self, x: ArrayLike) -> NDArray[Any]:
        """(H, W, C) float array of one matrix."""

    def axes(self, shape: Sequence[int], x: Any = None) -> tuple[Axis, Axis]:
        """Name the rows and the columns of a matrix of shape (H, W, ...).

        Where the explainer has no names, those of x are taken, what the matrix was read from: of a
        DataFrame or an xarray DataArray.
        """
        rows, columns = names_in(x, shape)
        rows = rows if self._rows is None else self._rows
        columns = columns if self._columns is None else self._columns
        return Axis.make(rows, shape[0], "rows"), Axis.make(columns, shape[1], "columns")

    def named_by(self, x: Any, shape: Sequence[int]) -> Self:
        """Take the same explainer with the names that x brings along, where it has none itself.

        `shape` is the (H, W, ...) of one matrix. What is computed stays shared.
        """
        own = names_in(x, shape)
        rows, columns = (
            kept(theirs if mine is None else mine)
            for mine, theirs in zip((self._rows, self._columns), own, strict=True)
        )
        if rows is self._rows and columns is self._columns:
            return self
        twin = copy.copy(self)
        vars(twin).update(_rows=rows, _columns=columns)
        return twin

    def region(self, rows: Any = None, columns: Any = None, x: Any = None) -> Region:
        """Make a region of rows and columns as they are named.

        Parameters
        ----------
        rows, columns
            None for all; one row; a pair (first, last), either of which may be None for an end of
            the axis; or a list of rows and pairs. Along a named axis these are names, numbers or
            dates of the axis, both ends included; a date such as "2024-03" means all of it. Along
            an axis without names they are indices from 0, and pairs half-open.
        x
            A DataFrame or xarray DataArray that has the names, where the explainer has none.

        Returns
        -------
        Region
            The cells where these rows meet these columns.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for what an axis does not have.

        Examples
        --------
        >>> explainer.region(rows="acc x", columns=(0.1, 0.3))
        Region.rectangle(0, 1, 10, 31)
        """
        own = (None, None) if x is None else names_in(x, self.matrix(x).shape)
        named = zip(AXES, (rows, columns), (self._rows, self._columns), own, strict=True)
        found = []
        for which, given, names, of_x in named:
            names = of_x if names is None else names
            axis = None if names is None else Axis.of(names, which)
            found.append(lines.ranges(given, axis, which))
        return Region(tuple(Band("add", r, c) for r in found[0] for c in found[1]))
