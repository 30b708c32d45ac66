"""The list of a view's samples: how the reader wants it, and what a page is sent of it."""

from __future__ import annotations

from dataclasses import replace
from functools import cached_property
from typing import Any

import numpy as np

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.catalogue.order import Known, Places, by_name, listed
from heatbrush.catalogue.survey import Survey
from heatbrush.catalogue.thumbnails import Thumbnails
from heatbrush.jobs.handle import Handle
from heatbrush.session.session import Session

BY_CLASS = ("true", "predicted")
ALIKE = ("alike scores", "alike matrices")


class Catalogue:
    """The list of samples of one view, by index as long as nobody wants another.

    Parameters
    ----------
    session
        What is listed.

    Attributes
    ----------
    survey : Survey
        What is known of all samples.
    """

    def __init__(self, session: Session) -> None:
        self._session, self._samples = session, session.samples
        self.survey = Survey(session, self._told)
        self._thumbnails = Thumbnails(session.samples)
        self._arranged: protocol.Arranged = wire.BY_INDEX
        self._number = 0
        # None is all samples by index: `_places` then need not be kept
        self._order: Places | None = None
        self._places: Places | None = None
        self._values: Any = None
        session.ahead.neighbours = self.neighbours
        session.widget.listing = self.state()
        session.widget.observe(self._followed, "sample")

    # ------------------------------------------------------------ asking, from any thread

    def arrange(self, wanted: protocol.Arranged) -> None:
        """List other samples, or in another order, and look at all of them if that needs it.

        Raises
        ------
        ValueError
            In one sentence, for what these samples cannot be ordered by, or parted.
        """
        self._check(wanted)
        with self._session.lock:
            self._session.worker.require_open()
            self._arranged = wanted
        self._relist()
        self.survey.want(wanted)

    def look(self, wanted: bool) -> None:
        """Look at all samples, as the list needs it, or stop that."""
        if wanted:
            self.survey.want(self._arranged)
        else:
            self.survey.stop()

    def window(self, viewer: int, start: int, count: int) -> None:
        """Send a part of the list."""
        self._session.worker.submit(
            ("window", str(viewer)), lambda _job: self._send(viewer, start, count), urgent=True
        )

    def step(self, by: int) -> None:
        """Show the sample that stands so many places on; the ends of the list stay its ends."""
        with self._session.lock:
            question = self._session.board.question
            there = self._from(question.sample, by)
        if there is not None:
            self._session.show(replace(question, sample=there))

    def neighbours(self, sample: int) -> list[int]:
        """Return the next sample in the list and the previous one, as far as there are."""
        with self._session.lock:
            near = (self._from(sample, by) for by in (1, -1))
            return [each for each in near if each not in (None, sample)]

    # ------------------------------------------------------------ what is shown

    def state(self) -> protocol.Listing:
        """Return the list as the page knows it, without its samples."""
        with self._session.lock:
            arranged = self._arranged
            place = self._place(self._session.board.question.sample)
            done, total = self.survey.progress(arranged)
            return {
                "number": self._number,
                "arranged": arranged,
                "count": len(self._samples) if self._order is None else len(self._order),
                "at": None if place < 0 else place,
                "measure": self._measure(),
                "about": self._about(),
                "done": done,
                "total": total,
                "running": self.survey.running,
            }

    def _measure(self) -> str:
        kind, order = self.survey.kind, self._arranged["order"]
        named = {"unsure": "margin", "alike scores": "distance", "alike matrices": "distance"}
        return named.get(order, kind if self.survey.scores.known.any() else "")

    def _about(self) -> str:
        arranged, survey = self._arranged, self.survey
        said = [_said(arranged, survey.kind, self._class, self._called)]
        if arranged["order"] == "alike matrices":
            said.append(survey.reduction())
        if survey.lacks(arranged):
            said.append("What is not looked at yet is left out.")
        return " ".join(filter(None, said))

    def _class(self, index: int | None) -> str:
        classes = self._samples.explainer.classes
        return classes[index] if index is not None and index < len(classes) else str(index)

    def _called(self, sample: int | None) -> str:
        return self._samples.called(sample or 0)

    # ------------------------------------------------------------ how it is made

    def _check(self, wanted: protocol.Arranged) -> None:
        samples, order, only = self._samples, wanted["order"], wanted["only"]
        if samples.truth is None and only in ("misclassified", "true"):
            raise ValueError("No true classes were given; give hb.compare(y=...) to list by them.")
        if samples.missing and (
            order in ("unsure", "score", "alike scores") or only == "predicted"
        ):
            raise ValueError(f"{samples.missing} Samples can be listed by index, name and matrix.")
        if order in ("unsure", "score", "alike scores") or only == "predicted":
            samples.lines.refuse_map(
                "Samples are to be listed by classes", "list them by index, name or matrix"
            )
        if only in BY_CLASS:
            _within(wanted["among"], self.survey.classes, "class")
        if order == "score":
            _within(wanted["of"], self.survey.classes, "class")
        self.survey.check(order)
        if order in ALIKE:
            _within(wanted["of"], len(samples), "sample")
        if order == "name" and samples.names is None:
            raise ValueError("The samples have no names; give hb.compare(ids=...) to list by them.")

    def _relist(self) -> Handle:
        """Make the list anew, soon, and show it."""
        return self._session.worker.submit(("list",), lambda _job: self._make(), urgent=True)

    def _told(self, over: bool) -> None:
        """Show what more is known; distances, which take a moment, when all are."""
        if over or self._arranged["order"] not in ALIKE:
            self._make()
        else:
            self._write()

    def _make(self) -> None:
        with self._session.lock:
            arranged = self._arranged
        values = self.survey.values(arranged)
        plain = {**arranged, "among": None, "of": None} == wire.BY_INDEX
        order = places = None
        if not plain:
            order = listed(arranged, self._known(), values)
            places = np.full(len(self._samples), -1)
            places[order] = np.arange(len(order))
        with self._session.lock:
            if arranged is not self._arranged:
                return  # another list is due
            self._values = values if values is not None else self.survey.scores.best
            self._order, self._places = order, places
            self._number += 1
            self._write()
            self._session.ahead.look()

    def _known(self) -> Known:
        samples = self._samples
        return Known(
            len(samples),
            None if samples.names is None else samples.names.labels,
            samples.explainer.classes,
            None if samples.truth is None else np.asarray(samples.truth),
            self.survey.scores.predicted,
            lambda: self._by_name,
        )

    @cached_property
    def _by_name(self) -> Places:
        return by_name([] if self._samples.names is None else self._samples.names.labels)

    def _place(self, sample: int) -> int:
        return sample if self._places is None else int(self._places[sample])

    def _from(self, sample: int, by: int) -> int | None:
        """Return the sample so many places on; from outside of the list, its first or its last."""
        count = len(self._samples) if self._order is None else len(self._order)
        if not count:
            return None
        place = self._place(sample)
        there = place + by if place >= 0 else 0 if by > 0 else count - 1
        there = min(max(there, 0), count - 1)
        return there if self._order is None else int(self._order[there])

    def _followed(self, _change: Any) -> None:
        """Say where the sample that is shown now stands; not in here, where traits are written."""
        if not self._session.worker.closed:
            self._session.worker.submit(("listing",), lambda _job: self._write(), urgent=True)

    def _write(self) -> None:
        with self._session.lock:
            self._session.channel.write(listing=self.state())

    def _send(self, viewer: int, start: int, count: int) -> None:
        with self._session.lock:
            number, order, values = self._number, self._order, self._values
        total = len(self._samples) if order is None else len(order)
        places = range(start, min(start + count, total))
        which = [place if order is None else int(order[place]) for place in places]
        pictures = b"".join(map(self._thumbnails.of, which))
        message: protocol.Listed = {
            "kind": "listed",
            "viewer": viewer,
            "number": number,
            "start": start,
            "samples": [self._entry(sample, values) for sample in which],
            "shape": self._thumbnails.shape,
        }
        self._session.channel.say(message, [pictures])

    def _entry(self, sample: int, values: Any) -> protocol.ListedSample:
        samples, predicted = self._samples, int(self.survey.scores.predicted[sample])
        return {
            "index": sample,
            "name": samples.name(sample),
            "truth": None if samples.truth is None else int(samples.truth[sample]),
            "predicted": predicted if predicted >= 0 else None,
            "value": None if values is None else wire.number(values[sample]),
        }


def _within(given: int | None, count: int, what: str) -> None:
    if not count:
        raise ValueError("The model has not answered yet, and its classes are not known; wait.")
    if given is None or not 0 <= given < count:
        raise ValueError(
            f"The list asks for {what} {given}, but there are {count}; give 0 to {count - 1}."
        )


def _said(arranged: protocol.Arranged, kind: str, of_class: Any, called: Any) -> str:
    """Say what the samples are ordered by, where that is not plain."""
    order, of = arranged["order"], arranged["of"]
    if order == "unsure":
        return f"The margin is the largest {kind} minus the second largest."
    if order == "score":
        return f"Ordered by the {kind} of {of_class(of)}."
    if order == "alike scores":
        return f"Euclidean distance from {called(of)}, between the {_many(kind)} of all classes."
    if order == "alike matrices":
        return f"Euclidean distance from {called(of)}, between the matrices."
    return ""


def _many(kind: str) -> str:
    return "probabilities" if kind == "probability" else "scores"
