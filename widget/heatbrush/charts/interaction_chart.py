"""The tab Interaction: what lines lose together beyond each alone; a brush selects them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush.border.asked import Question, Which
from heatbrush.border.writing import number
from heatbrush.charts.controls import Choice, Row
from heatbrush.charts.drawing.intervals import lines
from heatbrush.charts.drawing.matrix_panel import MatrixPanel, alone
from heatbrush.charts.tab import Tab, Work
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session
from heatbrush_core import Axis, interaction
from heatbrush_core.progress import Listener
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import xarray

MOST = 64
"""Parts of an axis, at the most: more are too small to be seen and brushed."""
HINT = (
    "What the {} loses beyond each alone; on the diagonal, alone. Above 0 either is enough, "
    "below 0 both are needed. Brush a pair to select it."
)

Asked = tuple[Question, Which, int, ScoreKind | None]
Floats = NDArray[np.float64]


class InteractionChart(Tab):
    """Every two rows, or columns, or stretches of them, hidden together.

    Parameters
    ----------
    session
        Whose model is asked, and whose selection a brush over the matrix makes.

    Attributes
    ----------
    axis, size : Choice
        Whose lines, and how many make one part.
    matrix : MatrixPanel
    work : Work
    """

    title = "Interaction"

    def __init__(self, session: Session) -> None:
        self._session = session
        self._found: dict[Asked, xarray.DataArray] = {}
        self._shown: Asked | None = None
        self.axis = Choice("pairs of", ("rows", "columns"), self._turned)
        self.size = Choice("lines at once", self._sizes("rows"), self.refresh)
        self.work = Work(session, "interaction")
        self.matrix = MatrixPanel("interaction", quantile=0.98)
        self.matrix.observe(self._brushed, "selection")
        self.controls = [Row("", [self.axis, self.size]), Row("", [self.work])]
        self.box = alone(self.matrix)

    def open(self) -> None:
        """Show the pairs of the sample and target that are asked about."""
        self.refresh()

    def refresh(self) -> None:
        """Show the pairs of the sample and target that are asked about, unless they stand there."""
        with self._session.lock:
            session = self._session
            line, size = self.axis.value, self.size.value
            asked: Asked = (session.board.question, line, size, session.searches.score)
        if asked == self._shown and not self.work.busy:
            return
        if asked in self._found:
            return self._show(asked)
        self.work.start(
            lambda job, listen: self._compute(asked, job, listen), "Hiding every two together."
        )

    def results(self) -> Iterable[Any]:
        """Return the interactions that were computed of the sample and target that are shown."""
        question = self._session.board.question
        return [found for (of, *_), found in self._found.items() if of == question]

    def close(self) -> None:
        """Ask for nothing any longer."""
        self.work.cancel()
        self.matrix.unobserve(self._brushed, "selection")

    def _sizes(self, which: Which) -> list[int]:
        """Return how many lines may make a part: from the smallest that leaves `MOST` parts."""
        count = len(self._axis(which))
        least = -(-count // MOST)
        return [least * 2**power for power in range(6) if least * 2**power <= max(1, count // 2)]

    def _turned(self) -> None:
        self.size.offer(self._sizes(self.axis.value))
        self.refresh()

    def _compute(self, asked: Asked, job: Handle, listen: Listener) -> str:
        question, which, size, score = asked
        session = self._session
        found = interaction(
            session.samples.hiding(question),
            session.samples.matrix(question.sample),
            which,
            size,
            session.samples.aim(question),
            score,
            valid=session.samples.exists(question.sample),
            progress=listen,
            cancel=job.cancelled,
        )
        self._found[asked] = found
        self._show(asked)
        return self._hint()

    def _show(self, asked: Asked) -> None:
        which = asked[1]
        self._shown = asked
        values = self._found[asked].to_numpy()
        self.matrix.show(values, self._names(), "beyond each alone", self._axis(which).name)
        self.work.say(self._hint())

    def _hint(self) -> str:
        return HINT.format(self._scored())

    def _scored(self) -> str:
        """Name the score that was measured: that of the last search, else the default."""
        assert self._shown is not None
        samples, (question, *_, score) = self._session.samples, self._shown
        return samples.scored_as(question, score)

    def _names(self) -> list[str]:
        """Return the names of the parts that are shown: a line, or the first and the last."""
        assert self._shown is not None
        _, which, size, _ = self._shown
        labels = self._axis(which).labels
        parts = [labels[start : start + size] for start in range(0, len(labels), size)]
        return [part[0] if len(part) == 1 else f"{part[0]}–{part[-1]}" for part in parts]

    def _axis(self, which: Which) -> Axis:
        return self._session.samples.axis(which)

    def _brushed(self, _change: Any) -> None:
        """Select the lines under the brush, and say what two of them lose."""
        if self._shown is None or not self.matrix.brushed:
            return
        _, which, size, _ = self._shown
        values = self._found[self._shown].to_numpy()
        parts, axis = self.matrix.touched, self._axis(which)
        self._session.channel.select(lines(which, np.repeat(parts, size)[: len(axis)]))
        prefix = f"{axis.name} " if axis.numbered else ""
        names = [prefix + name for name in self._names()]
        self.work.say(sentence(values, np.flatnonzero(parts), names, self._scored()))


def sentence(values: Floats, parts: NDArray[np.intp], names: list[str], scored: str) -> str:
    """Say what one part loses, or two do; of more, which they are."""
    if len(parts) == 1:
        i = int(parts[0])
        return f"Without {names[i]} the {scored} loses {number(float(values[i, i]))}."
    if len(parts) > 2:
        return f"Selected: {', '.join(names[i] for i in parts)}."
    i, j = (int(part) for part in parts)
    alone, beyond = (float(values[i, i]), float(values[j, j])), float(values[i, j])
    return (
        f"Without {names[i]} and {names[j]} the {scored} loses {number(sum(alone) + beyond)}: "
        f"{number(alone[0])} and {number(alone[1])} alone, {number(beyond)} beyond."
    )
