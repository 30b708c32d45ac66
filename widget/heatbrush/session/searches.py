"""Finding runs for the page: one search at a time on the worker, and a table per question."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal

from pydantic import Field

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question, Which
from heatbrush.jobs.handle import Handle
from heatbrush.jobs.pulse import Pulse
from heatbrush.jobs.worker import Worker
from heatbrush.pages.channel import Channel
from heatbrush.session.board import Board
from heatbrush.session.samples import Samples
from heatbrush_core import Cancelled, Progress, Run, find_runs
from heatbrush_core.evidence.finding import CONTROLS
from heatbrush_core.evidence.places import counted
from heatbrush_core.maps.search import NullChoice
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.registry.parameters import Parameters, check, fields
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import pandas as pd

SLOT = ("find",)
Measured = Literal["probability", "log probability", "logit", "value"]
MEASURED: dict[ScoreKind, Measured] = {
    "probability": "probability",
    "log_probability": "log probability",
    "logit": "logit",
}


class Settings(Parameters):
    """What the form of a search asks for."""

    maps: Literal["usual", "shown"] = Field(
        "usual",
        title="maps searched",
        description="usual: occlusion of whole lines, and lrp; shown: the methods of the panels, "
        "each run again on every matched matrix; maps that were given are left out",
    )
    k: int = Field(5, ge=1, title="runs per map", description="how many there are at the most")
    min_length: int = Field(1, ge=1, title="lines at least", description="the fewest of a run")
    max_length: int | None = Field(
        None,
        ge=1,
        title="lines at most",
        description="the most of a run",
        json_schema_extra={"none": "any"},
    )
    controls: int = Field(
        CONTROLS,
        ge=19,
        title="matched matrices",
        description="how many matrices without evidence the search is repeated on; p cannot be "
        "smaller than one by their number and one",
    )
    null: NullChoice = Field(
        "auto",
        title="made by",
        description="background: samples of other classes; phases: this sample's phases along time "
        "drawn anew; shifts: lines shifted in time, where what counts is how they are aligned; "
        "auto: the background where it is large enough, else phases for the axis that is time, "
        "else none",
    )
    score: ScoreKind | None = Field(
        None,
        title="measured by",
        description="the score that runs must move; auto: the probability, or the value of a model "
        "that has none; the logit still moves where a probability is too sure to",
    )
    seed: int = Field(0, ge=0, description="the same seed gives the same table")


Asked = tuple[Which, Settings]
"""What one search is: its axis, and how."""


class Searches:
    """The searches of one view, and what they found, by question.

    Parameters
    ----------
    channel
        Where they are shown.
    samples
        What is searched.
    board
        What is asked now, and by which methods.
    worker
        Does it.

    Attributes
    ----------
    score : ScoreKind or None
        What the last search that found its way measured, which the charts measure too; None is the
        default of each.
    """

    def __init__(self, channel: Channel, samples: Samples, board: Board, worker: Worker) -> None:
        self._channel, self._samples = channel, samples
        self._board, self._worker = board, worker
        self._numbers = itertools.count(1)
        self._found: dict[Question, protocol.EvidenceState] = {}
        self._tables: dict[Question, pd.DataFrame] = {}
        self._asked: dict[Question, Asked] = {}
        self._told: protocol.Searching | None = None
        self._telling: Asked | None = None
        self.score: ScoreKind | None = None

    @staticmethod
    def form() -> list[Any]:
        """Return the fields of the form."""
        return fields(Settings)

    def state(self, question: Question) -> protocol.EvidenceState:
        """Return what was found for a question, as the page draws it."""
        return self._found.get(question, wire.UNSEARCHED)

    def table(self, question: Question) -> pd.DataFrame | None:
        """Return the same as `find_runs` gave it; None where nothing was searched."""
        return self._tables.get(question)

    def questions(self) -> list[Question]:
        """Return what was searched."""
        return list(self._found)

    def asked(self, question: Question) -> Asked | None:
        """Return how the table of a question was searched."""
        return self._asked.get(question)

    def restore(
        self,
        question: Question,
        found: protocol.EvidenceState,
        table: pd.DataFrame | None,
        asked: Asked | None,
    ) -> None:
        """Take what was found in an earlier view."""
        self._found[question] = {**found, "search": next(self._numbers)}
        if table is not None:
            self._tables[question] = table
        if asked is not None:
            self._asked[question] = asked

    def find(self, axis: Which, given: Mapping[str, Any]) -> Handle:
        """Find the runs of the sample and target that are shown; a newer search replaces this."""
        settings = check(Settings, "find_runs", dict(given))
        assert isinstance(settings, Settings)
        number, asked = next(self._numbers), (axis, settings)
        with self._channel.lock:
            self._worker.require_open()
            self._tell(number, 0, 0, None)
            self._telling = asked
            return self._worker.submit(
                SLOT,
                lambda job: self._work(job, number, asked),
                dropped=lambda _job: self._withdrawn(number),
            )

    def wanted(self, question: Question) -> Asked | None:
        """Return what is searched now, else what the table of a question was searched by."""
        return self._asked.get(question) if self._told is None else self._telling

    def again(self, asked: Asked | None) -> None:
        """Search in the same way for what is shown now, unless that was searched."""
        if asked is not None and self._board.question not in self._found:
            self.find(asked[0], asked[1].model_dump())

    def stop(self, number: int | None = None) -> None:
        """Stop what is searched, or only a certain search."""
        with self._channel.lock:
            if self._told is not None and number in (None, self._told["search"]):
                self._worker.cancel(SLOT)

    def hello(self) -> None:
        """Tell a page that was just drawn what is searched."""
        if self._told is not None:
            self._channel.say(self._told)

    def _work(self, job: Handle, number: int, asked: Asked) -> pd.DataFrame:
        """Search, on the worker's thread; what goes wrong is said where the table would be."""
        axis, settings = asked
        with self._channel.lock:
            question = self._board.question
        given = settings.model_dump(exclude={"maps"})
        try:
            with self._channel.lock:
                methods = self._methods(settings)
            table = find_runs(
                self._samples.hiding(question),
                self._samples.matrix(question.sample),
                axis,
                target=self._samples.aim(question),
                valid=self._samples.exists(question.sample),
                progress=Pulse(self._worker, lambda *told: self._progress(number, *told)),
                cancel=job.cancelled,
                **given,
                **methods,
            )
        except Cancelled:
            raise
        except BaseException as error:
            self._settle(number, question, _nothing(number, axis, wire.sentence(error), True))
            raise
        found = _nothing(number, axis, about(table, self._samples.explainer.time))
        found["runs"] = self._runs(table, question.sample)
        found["notes"] = list(table.attrs["notes"])
        found["score"] = self._measured(table, question)
        self.score = settings.score
        self._settle(number, question, found, table)
        return table

    def _methods(self, settings: Settings) -> dict[str, Any]:
        """Return what makes the maps: nothing is what `find_runs` takes by itself."""
        if settings.maps == "usual":
            return {}
        specs = [
            panel.spec
            for panel in self._board.panels.values()
            if panel.spec.computed and panel.spec.model not in self._samples.models
        ]
        if not specs:
            raise ValueError(
                "The maps that are shown were given, and cannot be made of matched matrices; "
                "search the usual maps, or show a method."
            )
        return {"methods": [(spec.method, dict(spec.parameters)) for spec in specs]}

    def _runs(self, table: pd.DataFrame, sample: int) -> list[protocol.RunState]:
        shape, exists = self._samples.shape, self._samples.exists(sample)
        return [
            _run(row, counted(row["region"], shape, exists)) for row in table.to_dict("records")
        ]

    def _measured(self, table: pd.DataFrame, question: Question) -> Measured:
        """Name the score that was measured; a model without probabilities has no logit either."""
        if self._samples.scored_as(question, table.attrs["score"]) == "score":
            return "value"
        return MEASURED[table.attrs["score"]]

    def _progress(self, number: int, progress: Progress, seconds_left: float | None) -> None:
        with self._channel.lock:
            if self._told is not None and self._told["search"] == number:
                now = progress.done >= progress.total or self._channel.flow.tells()
                self._tell(number, progress.done, progress.total, seconds_left, now)

    def _tell(
        self, number: int, done: int, total: int, seconds_left: float | None, now: bool = True
    ) -> None:
        """Remember how far a search is, and say so now or with the next word."""
        self._told = {
            "kind": "searching",
            "search": number,
            "done": done,
            "total": total,
            "seconds_left": seconds_left,
        }
        if now:
            self._channel.say(self._told)

    def _settle(
        self,
        number: int,
        question: Question,
        found: protocol.EvidenceState,
        table: pd.DataFrame | None = None,
    ) -> None:
        """Keep what was found, and show it, unless the search was stopped meanwhile."""
        with self._channel.lock:
            if self._told is None or self._told["search"] != number:
                return
            self._told = None
            self._found[question] = found
            if self._telling is not None:
                self._asked[question] = self._telling
            if table is not None:
                self._tables[question] = table
            self._channel.write(evidence=self.state(self._board.question))

    def _withdrawn(self, number: int) -> None:
        with self._channel.lock:
            if self._told is not None and self._told["search"] == number:
                self._told = None
                if not self._worker.closed:
                    self._channel.say({"kind": "stopped", "search": number})


def about(table: pd.DataFrame, time: str) -> str:
    """Say what p was computed against, or why no run is listed."""
    if not len(table):
        return str(table.attrs["why"])
    count, source = table.attrs["controls"], table.attrs["null"]
    line, copies = "column" if time == "rows" else "row", f"{count} copies of this matrix in which"
    against = {
        "background": f"{count} background matrices of other classes",
        "phases": f"{copies} the phases of each {line} are drawn anew",
        "shifts": f"{copies} the {line}s are shifted at random",
    }
    if source not in against:
        return (
            "No p: nothing honest to compare with. Give the Explainer background= with at least 19 "
            "matrices of other classes."
        )
    return f"p: against the best run that the same search finds in {against[source]}."


def _nothing(number: int, axis: Which, about: str, failed: bool = False) -> protocol.EvidenceState:
    return {
        **wire.UNSEARCHED,
        "search": number,
        "axis": axis,
        "about": about,
        "failed": failed,
    }


def _run(row: Mapping[str, Any], cells: Mask) -> protocol.RunState:
    region: Run = row["region"]
    return {
        "region": region.to_json(),  # type: ignore[typeddict-item]
        "label": region.label,
        "methods": list(row["methods"]),
        "necessity": wire.number(row["necessity"]),
        "sufficiency": wire.number(row["sufficiency"]),
        "elsewhere": wire.number(row["elsewhere"]),
        "p": wire.number(row["p"]),
        "cells": int(cells.sum()),
    }
