"""What a view can become: an offline page, the numbers of its maps, the table of runs, its code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal

from heatbrush.border.options import chosen
from heatbrush.export import code, npz, page
from heatbrush.export.table import written
from heatbrush.session.session import Session

File = tuple[str, str, bytes]
"""Name, type and content."""


class Exports:
    """Makes the files of one view.

    Parameters
    ----------
    session
        What is shown.
    origin
        What the view was made of.
    """

    def __init__(self, session: Session, origin: code.Origin) -> None:
        self._session, self._origin = session, origin

    @property
    def makers(self) -> dict[str, Callable[[], File]]:
        """What makes each format that the page may ask for."""
        return {"html": self.html, "npz": self.npz, "csv": self.csv}

    def html(self, frames: Sequence[dict[str, Any]] = (), limit: float | None = page.LIMIT) -> File:
        """Make a page of the view, and of what `frames` holds of all samples; see `check_size`."""
        text = self.page(frames, limit)
        return "heatbrush.html", "text/html", text.encode("utf-8", "replace")

    def page(self, frames: Sequence[dict[str, Any]] = (), limit: float | None = page.LIMIT) -> str:
        """Return the same as text."""
        traits = self._session.channel.snapshot()
        if limit is not None:
            page.check_size(traits, frames, limit)
        title = f"heatbrush: {', '.join(panel['name'] for panel in traits['panels'])}"
        return page.render(traits, title, frames)

    def npz(self) -> File:
        """Make an archive of all explanations; see `heatbrush.export.npz`."""
        session = self._session
        with session.lock:
            sample = session.board.question.sample
            found = session.checks.explanations()
        content = npz.write(found, session.samples.matrix(sample), sample)
        return "heatbrush.npz", "application/octet-stream", content

    def csv(self) -> File:
        """Make a table of the runs that were found in what is shown."""
        with self._session.lock:
            table = self._session.searches.table(self._session.board.question)
        if table is None:
            raise ValueError("There are no runs to write yet; find runs first.")
        rows = table.drop(columns="region").assign(methods=table["methods"].map(" ".join))
        return "heatbrush-runs.csv", "text/csv", written(rows)

    def code(self, part: Literal["view", "panel", "selection"], panel: str | None = None) -> str:
        """Write the Python that makes the view, one panel or the selection again."""
        session = self._session
        with session.lock:
            board = session.board
            source = code.Source(
                self._origin,
                board.question,
                session.samples.baselines.spec(board.question.baseline),
                session.samples.explainer.classes,
                {name: each.spec for name, each in board.panels.items()},
                session.channel.selection,
                session.widget.height,
                chosen(session.widget.options),
            )
        if part == "panel":
            return code.panel(source, panel or "")
        return code.view(source) if part == "view" else code.selection(source)
