"""How a view is drawn, as Python reads and changes it: its options, and the groups of its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import deepcopy
from typing import Any

from heatbrush.border import options as drawing
from heatbrush.session.session import Session
from heatbrush_core.checks import hint, index, short
from heatbrush_core.matrix.axes import Axis

UNGROUPED = "other"
"""The group of rows that no group names."""


class Drawn:
    """What a reader chooses in the View menu, and on the legends."""

    _session: Session

    @property
    def options(self) -> dict[str, Any]:
        """How the maps are drawn: a copy of every option, by name.

        Setting it to a dict changes those that it names, in the page too:

        - ``limits``: "own", "shared", or "samples", which keeps the largest limit of each map over
          the samples that were shown; ``quantile``: of |value|, at which a limit lies.
        - ``by_hand``: ends of scales by panel, such as ``{"gradient": (-2, 2), "input": (0, 5)}``,
          "" for all maps under shared limits; they go before ``limits``.
        - ``colours``: of the maps, "blue-red", "purple-green", "blue-orange" or "pink-green".
        - ``input_scale``: "signed" centres the colours of an input at 0 where it has both signs,
          "centred" always, "plain" never; ``input_colours``: "grey", "viridis" or "cividis", of a
          scale that is not centred; ``rows_apart``: whether each row of the input has its own.
        - ``beneath``: whether the input lies in grey under every map, whose colours are as opaque
          as ``abs(value)``, ``opacity`` at the most.
        - ``per_row``: panels side by side, 1 to 12; ``aspect``: the height of a cell in widths of
          it, 1 for squares; None leaves both to the view. ``flipped``: the first row is at the
          bottom.
        - ``lines``: "over" draws the rows of the input as curves, and over each map; "along" draws
          the colours of the maps along the curves; "none" draws cells. For 16 rows at most.
        - ``order``: in which order the page shows the rows: "own", "name", "groups", or "profile",
          that of the panel ``order_by`` ("input" is the input's); ``descending``. Selections and
          all results keep the rows of the matrix. ``groups``: see `View.groups`.
        - ``output``: what the panel of the model's output shows, "whole", "without", "only",
          "difference" or "none"; ``output_of`` and ``output_channel``: which output among those
          that are maps, and which of its channels.
        - ``channel``, ``profiles``, ``evidence``, ``mode`` and ``input``: as in the page.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for an unknown option, or a value that it cannot have.
        """
        return deepcopy(dict(self._session.widget.options))

    @options.setter
    def options(self, given: Mapping[str, Any]) -> None:
        # traitlets knows their kind only
        widget: Any = self._session.widget
        shape = widget.sample.get("large", widget.sample["matrix"])["shape"]
        self._session.channel.draw(drawing.changed(widget.options, given, shape))

    @property
    def groups(self) -> list[str]:
        """A label for each row, by which the page can group them; an empty list where none are.

        Setting it takes such a list, a dict ``{label: [names or indices of rows]}``, whose other
        rows become the group "other", or None; it shows the rows by group, or in their own order
        again. Groups stand in the order in which their first rows come.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for rows that there are not, or that are in two groups.
        """
        widget: Any = self._session.widget
        groups: list[str] = widget.options["groups"]
        return groups.copy()

    @groups.setter
    def groups(self, groups: Sequence[str] | Mapping[str, Sequence[str | int]] | None) -> None:
        made = labels_of(groups, self._session.samples.axes[0])
        self.options = {"groups": made, "order": "groups" if made else "own"}


def labels_of(given: Any, axis: Axis) -> list[str]:
    """Return the label of each row's group, as `View.groups` takes them; empty for None."""
    if given is None:
        return []
    if isinstance(given, Mapping):
        return _of_groups(given, axis)
    if isinstance(given, str) or not hasattr(given, "__len__"):
        raise TypeError(
            f"The groups are {short(given)}, but a label for each row, or a dict of labels and "
            "their rows, is expected."
        )
    if len(given) != len(axis):
        raise ValueError(
            f"The groups are {len(given)} labels, but the matrix has {len(axis)} rows; give one "
            "for each."
        )
    return [str(label) for label in given]


def _of_groups(given: Mapping[Any, Any], axis: Axis) -> list[str]:
    found: dict[int, str] = {}
    for label, rows in given.items():
        if isinstance(rows, str) or not hasattr(rows, "__iter__"):
            raise TypeError(
                f"The rows of the group {short(label)} are {short(rows)}, but a list of names or "
                "indices is expected."
            )
        for row in rows:
            at = _row(row, label, axis)
            if at in found:
                raise ValueError(
                    f"Row {short(row)} is in the groups {short(found[at])} and {short(label)}; "
                    "leave it in one."
                )
            found[at] = str(label)
    return [found.get(row, UNGROUPED) for row in range(len(axis))]


def _row(given: Any, label: Any, axis: Axis) -> int:
    """Return the index of a row by its name, or by its index where that is a whole number."""
    at = index(given)
    if at is not None and -len(axis) <= at < len(axis):
        return at % len(axis)
    if isinstance(given, str) and axis.labels.count(given) == 1:
        return axis.labels.index(given)
    if isinstance(given, str) and given in axis.labels:
        raise ValueError(
            f"The group {short(label)} names the row {short(given)}, but several have that name; "
            "give their indices."
        )
    raise ValueError(
        f"The group {short(label)} names the row {short(given)}, but there are "
        f"{len(axis)}, such as {short(axis.labels[0])}; {hint(str(given), axis.labels)}"
    )
