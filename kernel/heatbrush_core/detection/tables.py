"""Tables of boxes of several samples, found and true, read into arrays with a common class list."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from heatbrush_core.checks import hint, listed, short
from heatbrush_core.detection.boxes import FIELDS, read
from heatbrush_core.matrix.arrays import Floats, Indices

if TYPE_CHECKING:
    import pandas as pd


TRUE = (*FIELDS, "class")
"""The columns of a table of true boxes."""


@dataclass(frozen=True, eq=False)
class Boxes:
    """Boxes of several samples.

    Attributes
    ----------
    sample
        (n,) the index of the sample of each; it never falls.
    places
        (n, 4) row and column of the centre, height, width.
    label
        (n,) index of its class.
    score
        (n,) from 0 to 1; NaN for true ones.
    group
        (n,) what they are told apart by, such as the head; all 0 where nothing was asked for.
    """

    sample: Indices
    places: Floats
    label: Indices
    score: Floats
    group: Any

    def only(self, which: Any) -> Boxes:
        """Take some of the boxes, by a mask or by indices."""
        parts = (self.sample, self.places, self.label, self.score, self.group)
        return Boxes(*(part[which] for part in parts))


def of_sample(boxes: Boxes, sample: int) -> slice:
    """Return where the boxes of one sample stand: they follow each other, sample by sample."""
    first, stop = np.searchsorted(boxes.sample, [sample, sample + 1])
    return slice(int(first), int(stop))


@dataclass(frozen=True, eq=False)
class Both:
    """Found and true boxes of the same samples, and the classes that `label` counts in."""

    found: Boxes
    truth: Boxes
    classes: tuple[Any, ...]
    samples: int


def read_both(found: Any, truth: Any, group: str | None = None) -> Both:
    """Read what was found and what is true.

    Parameters
    ----------
    found : DataFrame or list of DataFrame
        One table per sample, with the columns row, column, height, width, class and score, as a
        decoder's `decode` gives.
    truth : DataFrame or list of DataFrame
        As many tables, with the same columns but the score.
    group : str or None
        A further column of found that is read into `Boxes.group`.

    Raises
    ------
    TypeError, ValueError
        In one sentence: what is no table, a column that is missing, other numbers of tables.
    """
    extra = ["score"] if group is None else ["score", group]
    several = tables(found, "found", [*TRUE, *extra]), tables(truth, "truth", TRUE)
    if len(several[0]) != len(several[1]):
        raise ValueError(
            f"found holds {len(several[0])} tables and truth {len(several[1])}, but one of each is "
            "expected per sample; give as many, empty ones where there is nothing."
        )
    named = {each for some in several for table in some for each in _classes(table)}
    classes = tuple(sorted(named, key=lambda each: (isinstance(each, str), each)))
    codes = {name: code for code, name in enumerate(classes)}
    both = [
        _joined(some, codes, name, group if name == "found" else None)
        for name, some in zip(("found", "truth"), several, strict=True)
    ]
    return Both(both[0], both[1], classes, len(several[0]))


def tables(given: Any, name: str, columns: Sequence[str]) -> list[pd.DataFrame]:
    """Read a list of tables, or one, that have some columns, each with a class in every row.

    Raises
    ------
    TypeError, ValueError
        In one sentence.
    """
    if not hasattr(given, "columns") and (
        isinstance(given, str | bytes) or not isinstance(given, Iterable)
    ):
        raise TypeError(
            f"{name} is {short(given)}, but a list of tables, one per sample, is expected; give "
            f"DataFrames with the columns {', '.join(columns)}."
        )
    several = [given] if hasattr(given, "columns") else list(given)
    for number, table in enumerate(several):
        _check(table, f"{name}[{number}]", columns)
    return several


def _check(table: Any, name: str, wanted: Sequence[str]) -> None:
    if not hasattr(table, "columns"):
        raise TypeError(
            f"{name} is {short(table)}, but a DataFrame with the columns {', '.join(wanted)} is "
            "expected; give one per sample."
        )
    there = [str(column) for column in table.columns]
    for column in wanted:
        if column not in there:
            remedy = hint(column, there, "add it.")
            raise ValueError(
                f"{name} has the columns {listed(there)}, but {column} is expected too; {remedy}"
            )
    if table["class"].isna().any():
        raise ValueError(
            f"{name} has a row without a class, but boxes are compared class by class; give one, "
            "such as 0 for all where there is one kind only."
        )


def _classes(table: pd.DataFrame) -> list[Any]:
    return [each.item() if isinstance(each, np.generic) else each for each in table["class"]]


def _joined(tables: list[Any], codes: dict[Any, int], name: str, group: str | None) -> Boxes:
    sizes = [len(table) for table in tables]
    places = [
        read(table[list(FIELDS)].to_numpy(), f"{name}[{number}]")
        for number, table in enumerate(tables)
    ]
    label = [codes[each] for table in tables for each in _classes(table)]
    scores = [
        table["score"].to_numpy(np.float64) if name == "found" else np.full(len(table), np.nan)
        for table in tables
    ]
    groups = [
        np.zeros(len(table), np.intp) if group is None else table[group].to_numpy()
        for table in tables
    ]
    if any(np.isnan(each).any() for each in scores) and name == "found":
        raise ValueError(
            "found holds a score that is NaN, but boxes are ranked by it; leave such boxes out."
        )
    return Boxes(
        np.repeat(np.arange(len(tables)), sizes),
        np.concatenate([np.zeros((0, 4)), *places]),
        np.array(label, np.intp),
        np.concatenate([np.zeros(0), *scores]),
        np.concatenate(groups) if any(sizes) else np.zeros(0, np.intp),
    )
