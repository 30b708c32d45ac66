"""What was found: things with a place and a score, what each was read from, and their table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import numpy as np

from heatbrush_core.checks import short, whole
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.outputs.places import in_units
from heatbrush_core.outputs.terms import Term

if TYPE_CHECKING:
    import pandas as pd

COLUMNS = ("kind", "row", "column", "height", "width", "score", "class", "head")


@dataclass(frozen=True, eq=False)
class Thing:
    """One thing.

    Attributes
    ----------
    kind
        "landmark", "part", "box" or "step".
    row, column
        Its centre in index units: (0, 0) is the centre of the first cell. NaN along an axis on
        which it has no place.
    height, width
        In cells; NaN for landmarks.
    score
        What the decoder calls its score.
    label
        The name of its class, or the index where no names were given.
    head
        The output, or the head of several, that it came from.
    terms
        The numbers that it consists of, by name, each a function of the outputs.
    more
        What only this kind has: the angle of a landmark, the predictor of a box.
    probabilities
        (classes,) of a box, if something is there; else empty.
    """

    kind: str
    row: float
    column: float
    height: float
    width: float
    score: float
    label: str | int
    head: int
    terms: Mapping[str, Term]
    more: Mapping[str, float] = field(default_factory=dict)
    probabilities: Floats = field(default_factory=lambda: np.zeros(0))


@dataclass(frozen=True, eq=False)
class Found:
    """All things of one sample, best first.

    Attributes
    ----------
    things
        Best first.
    notes
        Sentences: what was not found, what did not count.
    more
        The columns that things of this kind have besides those of all, and the kind of their
        numbers.
    """

    things: tuple[Thing, ...]
    notes: tuple[str, ...] = ()
    more: Mapping[str, type] = field(default_factory=dict)

    def thing(self, k: int) -> Thing:
        """Take one thing, counted from 0, the best first.

        Raises
        ------
        TypeError, ValueError
            One sentence, if k is no whole number, or there are not so many.
        """
        if not self.things:
            said = " ".join(self.notes) or "Nothing was found."
            raise ValueError(
                f"Thing {short(k)} was asked for, but there is none: {said[:1].lower()}{said[1:-1]}"
                "; lower the threshold, or give another matrix."
            )
        last = len(self.things) - 1
        return self.things[whole("k", k, 0, last, f"{last + 1} things were found, from 0 on")]

    def table(self, rows: Axis, columns: Axis) -> pd.DataFrame:
        """Return a row per thing; see `Decoder.decode`."""
        import pandas as pd

        several = self.things
        values: dict[str, Any] = {"kind": [each.kind for each in several]}
        for name in ("row", "column", "height", "width", "score"):
            values[name] = np.array([getattr(each, name) for each in several], np.float64)
        labels = [each.label for each in several]
        values["class"] = np.array(labels, object if _named(labels) else np.intp)
        values["head"] = np.array([each.head for each in several], np.intp)
        for axis, place, size in ((rows, "row", "height"), (columns, "column", "width")):
            values[f"{place}_value"] = in_units(axis, values[place])
            values[f"{size}_value"] = _extent(axis, values[place], values[size])
        for name, kind in self.more.items():
            values[name] = np.array([each.more[name] for each in several], kind)
        table = pd.DataFrame(values)
        table.attrs["notes"] = list(self.notes)
        return table


def _named(labels: list[Any]) -> bool:
    return any(isinstance(label, str) for label in labels)


def _extent(axis: Axis, centres: Floats, sizes: Floats) -> Any:
    """Return sizes in the units of an axis; NaN where its lines have names only."""
    if axis.values is None and axis.dates is None:
        return np.full(len(sizes), np.nan)
    ends = [in_units(axis, centres + sign * sizes / 2) for sign in (-1, 1)]
    return np.abs(ends[1] - ends[0])


def nothing(threshold: float, score: float, row: float, column: float, what: str) -> str:
    """Say that nothing was found, and how near it came."""
    places = [
        f"{name} {at:.4g}" for name, at in (("row", row), ("column", column)) if not np.isnan(at)
    ]
    where = f" at {', '.join(places)}" if places else ""
    return f"No {what} was found above {threshold:g}; the highest is {score:.2g}{where}."
