"""What the samples of a view are called: the names that were given, or that X has itself."""

from __future__ import annotations

import datetime
from collections.abc import Iterable
from typing import Any

import numpy as np

from heatbrush_core import Axis
from heatbrush_core.checks import hint, short
from heatbrush_core.matrix.axes import date


class SampleNames:
    """A name for each sample, no two alike.

    Parameters
    ----------
    axis
        Holds the labels, and the numbers or dates behind them.

    Attributes
    ----------
    labels : tuple of str
        In the order of the samples.
    dates
        Behind them, where they are dates; else None.
    """

    def __init__(self, axis: Axis) -> None:
        self.labels = axis.labels
        self.dates = axis.dates
        self._places = {label: place for place, label in enumerate(axis.labels)}

    def place(self, given: Any) -> int | None:
        """Return the index of a sample by its name, a text or a date; None for neither.

        Raises
        ------
        ValueError
            If no sample has that name; the sentence names the nearest.
        """
        if not isinstance(given, str | np.datetime64 | datetime.date):
            return None
        found = self._places.get(given) if isinstance(given, str) else self._of_date(given)
        if found is None:
            near = hint(given, self.labels, "give one of the names in ids=, or an index.")
            raise ValueError(f"No sample is called {short(given)}; {near}")
        return found

    def _of_date(self, given: datetime.date | np.datetime64) -> int | None:
        if self.dates is None:
            return None
        found = np.flatnonzero(self.dates == date(given))
        return int(found[0]) if len(found) else None


def read(ids: Any, X: Any, count: int) -> tuple[SampleNames | None, list[str]]:
    """Read the names of the samples, and what the reader should know of them.

    Parameters
    ----------
    ids
        As `compare` takes it; None takes what X has: the coordinate of an xarray DataArray along
        the samples.
    X
        As it was given.
    count
        The number of samples.

    Raises
    ------
    ValueError, TypeError
        In one sentence, where `ids` is no list of as many different names.
    """
    given = _own(X, count) if ids is None else ids
    if given is None:
        return None, []
    entries = _entries(given)
    if len(entries) != count:
        raise ValueError(
            f"ids= holds {len(entries)} names, but X holds {count} "
            f"{'sample' if count == 1 else 'samples'}; give one name per sample, in their order."
        )
    axis = Axis.make(entries, count, "rows")
    again = _repeated(axis.labels)
    if not again:
        return SampleNames(axis), []
    if ids is None:
        return None, [f"The names of the samples in X are left out: {again}."]
    raise ValueError(f"ids= must name each sample differently, but {again}; give other names.")


def _entries(given: Any) -> list[Any]:
    """List the names; what is no ordered collection of them is refused."""
    if isinstance(given, str | bytes | set | frozenset | dict) or not isinstance(given, Iterable):
        raise TypeError(
            f"ids= takes a list of names, one per sample, but got {short(given)}; give texts, "
            "whole numbers, dates or a pandas Index in the order of X."
        )
    if not isinstance(given, np.ndarray) and not hasattr(given, "dims"):
        return list(given)
    array = np.asarray(given)  # an xarray object would give its cells as arrays
    if array.ndim != 1:
        raise ValueError(
            f"ids= is an array of shape {array.shape}, but one name per sample is expected, an "
            "array with one axis; give it that, such as ids.ravel()."
        )
    return list(array)


def _own(X: Any, count: int) -> Any:
    """Take the names that X itself has along its samples."""
    dims = tuple(getattr(X, "dims", ()))
    if not hasattr(X, "coords") or len(dims) not in (3, 4) or X.shape[0] != count:
        return None
    names = X.coords[dims[0]] if dims[0] in X.coords else None
    # one name per sample; what only counts says nothing that the index does not
    if names is None or names.ndim != 1 or list(names.values) == list(range(count)):
        return None
    return names


def _repeated(labels: tuple[str, ...]) -> str:
    """Say which name occurs twice, and where; empty where none does."""
    first: dict[str, int] = {}
    for place, label in enumerate(labels):
        if label in first:
            return f"{short(label)} occurs at {first[label]} and at {place}"
        first[label] = place
    return ""
