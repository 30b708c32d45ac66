"""What a view shows at one moment, taken under its lock, for what draws and writes it later."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.session.session import Session
from heatbrush_core import Axis, Explanation, Region

WIDE, TALL = 2.2, 0.6
"""Columns per row above which maps stand beneath each other, and below which four stand abreast."""


class Shown(NamedTuple):
    """One moment of a view.

    Attributes
    ----------
    matrix
        (H, W, C), the sample.
    exists
        (H, W), which of its cells exist; None where all do.
    explanations
        By panel name, those that are computed.
    failures
        By panel name, what went wrong.
    pins
        By panel name, what a pinned one was computed for, where that is not what is shown.
    others
        Pinned panels of another sample, whose input is not the one that is shown.
    """

    matrix: NDArray[Any]
    exists: NDArray[np.bool_] | None
    axes: tuple[Axis, Axis]
    sample: protocol.Sample
    scores: protocol.Scores
    target: protocol.Target
    classes: list[str]
    options: protocol.Options
    selection: Region
    answered: protocol.Answered
    explanations: Mapping[str, Explanation]
    failures: Mapping[str, str]
    pins: Mapping[str, str]
    others: frozenset[str]

    def named(self, name: str) -> str:
        """Name a panel, and say what it was computed for where that is not what is shown."""
        alone = self.options["beneath"] and name in self.others
        pin = f"{self.pins[name]}, not over its input" if alone else self.pins.get(name)
        return f"{name} ({pin})" if pin else name

    def over_input(self, name: str) -> bool:
        """Tell whether a map is drawn over the input."""
        return self.options["beneath"] and name not in self.others

    @property
    def cells(self) -> NDArray[Any]:
        """(H, W) the sample as it is drawn: one channel, or the sum of all."""
        channel = self.options["channel"]
        return self.matrix.sum(-1) if channel is None else self.matrix[..., channel]

    def abreast(self, count: int) -> int:
        """How many of so many maps stand in one row."""
        shape = self.matrix.shape[1] / self.matrix.shape[0]
        if self.options["per_row"] is not None:
            return min(count, self.options["per_row"])
        return min(count, 1 if shape > WIDE else 4 if shape < TALL else 3)

    @property
    def answers(self) -> bool:
        """Whether the last what-if is about this sample and selection."""
        same = self.answered["selection"] == self.selection.to_json()
        return bool(self.selection) and same and self.answered["sample"] == self.sample["index"]


def shown(session: Session) -> Shown:
    """Take what a session shows now."""
    with session.lock:
        board = session.board
        # traitlets knows their kind only
        widget: Any = session.widget
        return Shown(
            matrix=session.samples.matrix(board.question.sample),
            exists=session.samples.exists(board.question.sample),
            axes=session.samples.axes,
            sample=widget.sample,
            scores=widget.scores,
            target=widget.target,
            classes=list(widget.classes),
            options=widget.options,
            selection=session.channel.selection,
            answered=widget.answered,
            explanations=board.explanations(),
            failures={
                panel["name"]: panel["failure"]["title"]
                for panel in widget.panels
                if panel["failure"] is not None
            },
            pins=pins(session),
            others=frozenset(
                name
                for name, panel in board.panels.items()
                if panel.spec.about(board.question).sample != board.question.sample
            ),
        )


def pins(session: Session) -> dict[str, str]:
    """Return what pinned panels with a map were computed for, where that is not what is shown."""
    board = session.board
    said = {
        name: session.samples.apart(board.panels[name].spec, board.question)
        for name in board.explanations()
    }
    return {name: each for name, each in said.items() if each}
