"""The panels of a view on their way into a file, and their maps: those that are there, or all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.border.asked import Question, Spec
from heatbrush.border.slots import Shown
from heatbrush.case.members import Members
from heatbrush.session.board import subtracted
from heatbrush.session.session import Session
from heatbrush_core import Explanation
from heatbrush_core.explanation.archive import arrays
from heatbrush_core.explanation.plain_data import plain

Asked = Callable[[Question], dict[str, Any]]


class Panels:
    """The panels of one moment.

    Parameters
    ----------
    session
        Whose panels they are.
    members
        Of the file.
    all_samples
        Whether maps that are not there are computed.

    Attributes
    ----------
    now
        What the view asks.
    specs
        By panel name, in their order.
    needed
        The samples that a map is there of, or that a panel is kept for, and the one that is shown.
    """

    def __init__(self, session: Session, members: Members, all_samples: bool) -> None:
        self._session, self._samples, self._members = session, session.samples, members
        self._all = all_samples
        with session.lock:
            panels = session.board.panels
            self.now = session.board.question
            self.specs = {name: each.spec for name, each in panels.items()}
            self._shown = {name: each.shown for name, each in panels.items()}
        self._maps = {name: self._found(name) for name in self.specs}
        self._saved: dict[str, list[dict[str, Any]]] = {name: [] for name in self.specs}
        of = {of.sample for maps in self._maps.values() for of, _ in maps}
        pinned = {each.pinned.sample for each in self.specs.values() if each.pinned is not None}
        self.needed = of | pinned | {self.now.sample}

    def _found(self, name: str) -> list[tuple[Question, Explanation]]:
        """List the maps that are there of a panel; of one for each sample only that of now."""
        spec, shown = self.specs[name], self._shown[name]
        if spec.given:
            whole, now = None not in spec.given, spec.about(self.now).sample
            maps = enumerate(spec.given)
            return [
                (replace(self.now, sample=at, target=None), given)
                for at, given in maps
                if given is not None and (not whole or at == now)
            ]
        with self._session.lock:
            results = [shown, *self._session.board.history.of(spec)] if spec.of is None else []
        found: list[tuple[Question, Explanation]] = list(spec.kept)
        for result in results:
            known = any(result.question.answered_by(of, spec) for of, _ in found)
            if result.explanation is not None and result.spec is spec and not known:
                found.append((result.question, self._session.checks.noted(result.explanation)))
        return found

    def write(self, question: Question, places: Mapping[int, int], asked: Asked) -> list[Shown]:
        """Write the maps of one sample; return what the page shows of each panel.

        Parameters
        ----------
        question
            What is asked of the sample.
        places
            Of the samples in the file.
        asked
            Returns a question as the manifest says it.
        """
        made: dict[str, Shown] = {}
        for place, (name, spec) in enumerate(self.specs.items()):
            if spec.of is None:
                made[name] = self._panel_of(name, spec, question, places)
                self._write_maps(place, name, question, asked)
        # once those are there that they are of
        for name, spec in self.specs.items():
            if spec.of is not None:
                found = [made[each][1] for each in spec.of if each in made]
                blank = self._samples.blank(name, spec, question.sample + 1)
                made[name] = subtracted(blank, spec.of, found)
        return [made[name] for name in self.specs]

    def _panel_of(
        self, name: str, spec: Spec, question: Question, places: Mapping[int, int]
    ) -> Shown:
        """Return what the page shows of a panel: of a pinned one always the same."""
        asked = spec.about(question)
        blank = self._samples.blank(name, spec, asked.sample + 1)
        if "pinned" in blank:
            pin = blank["pinned"]
            blank = {**blank, "pinned": {**pin, "sample": places[pin["sample"]]}}
        if spec.given:
            now = spec.given[asked.sample]
        else:
            maps = self._maps[name]
            now = next((found for of, found in maps if asked.answered_by(of, spec)), None)
        if now is None:
            return self._unfound(blank, name, spec, asked)
        state = wire.explained(blank, now)
        return (wire.as_given(state, now) if spec.given else state), now

    def _unfound(self, blank: protocol.PanelState, name: str, spec: Spec, asked: Question) -> Shown:
        """Compute a map that is not there, where all are wanted; else say why there is none."""
        failed = self._shown[name].state["failure"] if asked.sample == self.now.sample else None
        if not (spec.given or self._all) or spec.pinned is not None:
            return {**blank, "failure": failed}, None
        try:
            state, now = self._samples.explained(blank, spec, asked)
        except Exception as error:
            # the file is written also where a method cannot run on one of many samples
            asker = self._samples.answering(asked, spec.model)
            return {**blank, "failure": wire.failure(spec.method, error, asker)}, None
        self._maps[name].append((asked, now))
        return state, now

    def _write_maps(self, place: int, name: str, question: Question, asked: Asked) -> None:
        """Write every map of one panel and sample, for whatever target and baseline."""
        spec, sample = self.specs[name], question.sample
        maps = [(of, found) for of, found in self._maps[name] if of.sample == sample]
        if spec.given and not maps and (given := spec.given[sample]) is not None:
            maps = [(replace(question, target=None), given)]
        for number, (of, found) in enumerate(maps):
            start = f"panels/{place}/{sample}-{number}/"
            for key, part in arrays(found.fields()).items():
                self._members.array(f"{start}{key}", part)
            self._saved[name].append({"question": asked(of), "start": start})

    def said(self, asked: Asked) -> list[dict[str, Any]]:
        """Return what the manifest says of each panel, once all maps are written."""
        return [self._said(name, asked) for name in self.specs]

    def _said(self, name: str, asked: Asked) -> dict[str, Any]:
        spec = self.specs[name]
        kind = "difference" if spec.of is not None else "given" if spec.given else "method"
        return {
            "name": name,
            "kind": kind,
            "method": spec.method,
            "parameters": self._parameters(spec, self._maps[name]),
            "within": wire.selection(spec.within),
            "maps": self._saved[name],
            "pinned": None if spec.pinned is None else asked(spec.pinned),
            "model": spec.model,
            "of": spec.of,
        }

    def _parameters(
        self, spec: Spec, maps: Iterable[tuple[Question, Explanation]]
    ) -> dict[str, Any]:
        """Return parameters as plain data; of a function what it made of a matrix, as maps tell."""
        told = next((found.parameters for _, found in maps), {})
        return {
            name: told.get(name, plain(value)) if callable(value) else plain(value)
            for name, value in spec.parameters.items()
        }
