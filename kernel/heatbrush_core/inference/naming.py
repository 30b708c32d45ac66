"""The names along a matrix: whose they are, which region is meant by them, and which are time."""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, Self

from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import short
from heatbrush_core.matrix import lines
from heatbrush_core.matrix.axes import AXES, Axis, AxisName, are_times, kept, names_in
from heatbrush_core.matrix.bands import Band
from heatbrush_core.matrix.region import Region
from heatbrush_core.matrix.typed import typed_region

if TYPE_CHECKING:
    from heatbrush_core.graph.graph import Graph


class Named(ABC):
    """What has names for rows and columns, each None where it has none."""

    _rows: Any
    _columns: Any
    _typical_names: tuple[Any, Any]

    @property
    @abstractmethod
    def shape(self) -> Sequence[int | None] | None:
        """(H, W, C) of one matrix with None where any length will do; None where unknown."""

    @abstractmethod
    def matrix(self, x: ArrayLike) -> NDArray[Any]:
        """(H, W, C) float array of one matrix."""

    def axes(self, shape: Sequence[int], x: Any = None) -> tuple[Axis, Axis]:
        """Name the rows and the columns of a matrix of shape (H, W, ...).

        Where the explainer has no names, those of x are taken, what the matrix was read from: of a
        DataFrame or an xarray DataArray; else those of the background.
        """
        rows, columns = self._all_names(x, shape)
        return Axis.make(rows, shape[0], "rows"), Axis.make(columns, shape[1], "columns")

    def named_by(self, x: Any, shape: Sequence[int]) -> Self:
        """Take the same explainer with the names of x, else of the background, where it has none.

        `shape` is the (H, W, ...) of one matrix. What is computed stays shared.
        """
        return self.named_as(*map(kept, self._all_names(x, shape)))

    def named_as(self, rows: Any, columns: Any) -> Self:
        """Take the same explainer with these names; what is computed stays shared."""
        if rows is self._rows and columns is self._columns:
            return self
        twin = copy.copy(self)
        vars(twin).update(_rows=rows, _columns=columns)
        return twin

    def _all_names(self, x: Any, shape: Sequence[int]) -> tuple[Any, Any]:
        """Take the names of a matrix of shape (H, W, ...): own ones, those of x, the background's.

        A background of another size, as a model of any length allows, names nothing.
        """
        typical = (
            None if names is None or len(names) != length else names
            for names, length in zip(self._typical_names, shape[:2], strict=True)
        )
        own = (self._rows, self._columns)
        rows, columns = map(_first, zip(own, names_in(x, shape), typical, strict=True))
        return rows, columns

    def region(
        self, where: Any = None, /, columns: Any = None, x: Any = None, *, rows: Any = None
    ) -> Region:
        """Make a region of rows and columns as they are named, or in words as one types them.

        Parameters
        ----------
        where
            A text alone is the whole region in words, as the view's field takes it: rows, then
            after a comma columns, both ends included; several such parts between semicolons.
            Anything else, and a text beside `columns`, is the same as `rows`.
        rows, columns
            None for all; one row; a pair (first, last), either of which may be None for an end of
            the axis; or a list of rows and pairs. Along a named axis these are names, numbers or
            dates of the axis, both ends included; a date such as "2024-03" means all of it. Along
            an axis without names they are indices from 0, and pairs half-open.
        x
            A DataFrame or xarray DataArray that has the names, where the explainer has none; else
            those of the background are taken.

        Returns
        -------
        Region
            The cells where these rows meet these columns.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for what an axis does not have, and for words about an axis
            whose length is not known.

        Examples
        --------
        >>> explainer.region("acc x, 0.1 to 0.3; acc y")
        Region.rectangle(0, 1, 10, 31) | Region.rows(1, 2)
        >>> explainer.region(rows="acc x", columns=(0.1, 0.3))
        Region.rectangle(0, 1, 10, 31)
        """
        shape = None if x is None else self.matrix(x).shape
        if shape is None:
            own = zip((self._rows, self._columns), self._typical_names, strict=True)
            names_of = tuple(map(_first, own))
        else:
            names_of = self._all_names(x, shape)
        if where is not None and rows is not None:
            raise TypeError(
                f"region was given {short(where)} and rows={short(rows)}, but only one of the two "
                "is expected; leave one out."
            )
        if isinstance(where, str) and columns is None:
            lengths = shape or self.shape or (None, None)
            return typed_region(where, *map(_counted, AXES, names_of, lengths))
        rows = where if rows is None else rows
        found = []
        for which, given, names in zip(AXES, (rows, columns), names_of, strict=True):
            axis = None if names is None else Axis.of(names, which)
            found.append(lines.ranges(given, axis, which))
        return Region(tuple(Band("add", r, c) for r in found[0] for c in found[1]))


def _counted(which: AxisName, names: Any, length: int | None) -> Axis:
    """Return an axis that words can be about: they count its lines where it has no names."""
    if names is not None:
        return Axis.of(names, which)
    if length is None:
        raise ValueError(
            f"A region in words needs the number of {which}, but neither the model nor names tell "
            "it; give x=, the matrix that is meant."
        )
    return Axis.make(None, length, which)


def _first(names: Iterable[Any]) -> Any:
    """Take the first names that there are."""
    return next((each for each in names if each is not None), None)


def time_axis(rows: Any, columns: Any, graph: Graph | None) -> AxisName | None:
    """Take the axis that alone has dates as names, else the one that layers over time run along."""
    given = zip(AXES, (rows, columns), strict=True)
    dated = [axis for axis, names in given if are_times(names, axis)]
    if len(dated) == 1:
        return dated[0]
    if graph is None:
        return None
    from heatbrush_core.graph.analysis import time_axis as layers  # needs Keras

    return layers.time_axis(graph)
