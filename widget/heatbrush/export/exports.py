"""What a view can become: an offline page, the numbers of its maps, the table of runs, its code."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any, Literal

from heatbrush import protocol
from heatbrush.border.options import chosen
from heatbrush.export import code, npz, opened, page, what_ifs
from heatbrush.export.pictures import charts
from heatbrush.export.pictures.shown import pins, shown
from heatbrush.export.table import written
from heatbrush.selections.mapping import Selections
from heatbrush.selections.scored import Scored
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

    Attributes
    ----------
    scored
        The scores of its named selections, of any sample.
    results
        Returns what the charts of the view have computed, by the title of their tab.
    """

    def __init__(self, session: Session, origin: code.Origin, scored: Scored) -> None:
        self._session, self._origin, self.scored = session, origin, scored
        self.results: Callable[[], dict[str, list[Any]]] = dict

    @property
    def makers(self) -> dict[str, Callable[[], File]]:
        """What makes each format that the page may ask for."""
        return {"html": self.html, "npz": self.npz, "csv": self.csv}

    def html(
        self,
        frames: Sequence[dict[str, Any]] = (),
        limit: float | None = page.LIMIT,
        whatifs: protocol.WhatIfs | None = None,
        drawn: str | None = None,
    ) -> File:
        """Make a page of the view, and of what `frames` holds of all samples; see `check_size`."""
        text = self.page(frames, limit, whatifs, self.drawn() if drawn is None else drawn)
        return "heatbrush.html", "text/html", text.encode("utf-8", "replace")

    def drawn(self) -> str:
        """Draw what the charts of the view have computed, as a page shows it."""
        return charts.sections(shown(self._session), self.results())

    def page(
        self,
        frames: Sequence[dict[str, Any]] = (),
        limit: float | None = page.LIMIT,
        whatifs: protocol.WhatIfs | None = None,
        drawn: str = "",
    ) -> str:
        """Return the same as text; without `whatifs` it says how to get them."""
        now, samples = self._session.board.question, self._session.samples
        if whatifs is None:
            unsaved = what_ifs.none(what_ifs.UNSAVED)
            whatifs = samples.recalled(now) if samples.missing else unsaved
        traits = {**self._session.channel.snapshot(), "whatifs": whatifs}
        for sample, frame in enumerate(frames):
            frame["named_scores"] = self.scored.state(replace(now, sample=sample))
        if limit is not None:
            page.check_size(traits, frames, limit, drawn)
        parts = [traits["sample"].get("name"), ", ".join(each["name"] for each in traits["panels"])]
        title = f"heatbrush: {': '.join(filter(None, parts))}"
        return page.render(traits, title, frames, drawn)

    def npz(self) -> File:
        """Make an archive of all explanations; see `heatbrush.export.npz`."""
        session = self._session
        with session.lock:
            sample = session.board.question.sample
            found = session.checks.explanations()
            for name, said in pins(session).items():
                found[name] = found[name].noted([f"Pinned: it is of {said}."])
        content = npz.write(
            found, session.samples.matrix(sample), sample, session.samples.name(sample)
        )
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
                [
                    session.samples.baselines.spec(at)
                    for at in range(len(session.samples.baselines))
                ],
                # of a map they are channels, which no line is called by
                () if session.samples.lines.of_map else session.samples.explainer.classes,
                {name: each.spec for name, each in board.panels.items()},
                session.channel.selection,
                session.widget.height,
                session.samples.models.names,
                dict(Selections(session)),
                chosen(session.widget.options),
                session.samples.lines.given,
                session.samples.lines.later,
                session.samples.asked_for,
                session.samples.decoders,
            )
        if part == "selection":
            return code.selection(source)
        from_file = self._origin.opened is not None
        if part == "panel":
            alone = from_file and session.samples.missing
            return (opened.panel if alone else code.panel)(source, panel or "")
        return opened.view(source) if from_file else code.view(source)
