"""The results that runs had, by their number, as far as memory allows."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from heatbrush import protocol
from heatbrush.border.asked import Question, Spec
from heatbrush_core import Explanation

KEPT_BYTES = 256 * 2**20
KEPT_RESULTS = 200


@dataclass(frozen=True)
class Result:
    """What a run found: a panel's state, and the explanation unless it failed or was let go.

    The page's arrays are made of the explanation each time that they are shown.
    """

    run: int
    spec: Spec
    question: Question
    state: protocol.PanelState
    explanation: Explanation | None = None

    @property
    def bytes(self) -> int:
        """About how much memory it holds: the arrays of the explanation."""
        return 0 if self.explanation is None else held(self.explanation)


def held(found: Explanation) -> int:
    """About how much memory the arrays of an explanation take."""
    arrays = (found.values, found.map, found.standard_error)
    return sum(each.nbytes for each in arrays if each is not None)


class History:
    """Results by run number. The newest 200, up to 256 MB, are kept; of all, what was asked."""

    def __init__(self, results: int = KEPT_RESULTS, bytes: int = KEPT_BYTES) -> None:
        self.most, self.budget = results, bytes
        self._results: OrderedDict[int, Result] = OrderedDict()
        self._specs: dict[int, Spec] = {}

    def keep(self, result: Result) -> None:
        """Remember a result, and let the oldest go where there are too many."""
        self._specs[result.run] = result.spec
        self._results[result.run] = result
        while len(self._results) > 1 and (
            len(self._results) > self.most
            or sum(each.bytes for each in self._results.values()) > self.budget
        ):
            self._results.popitem(last=False)

    def forget(self) -> None:
        """Let all results go: a page that is drawn anew has nothing to undo."""
        self._results.clear()

    def result(self, run: int) -> Result | None:
        """Return the result of a run, None where it is gone or there was none."""
        return self._results.get(run)

    def answer(self, question: Question, spec: Spec) -> Explanation | None:
        """Return what was found last for this very spec and a question; None where it is gone."""
        for result in reversed(self._results.values()):
            if result.spec is spec and question.answered_by(result.question, spec):
                return result.explanation
        return None

    def of(self, spec: Spec) -> list[Result]:
        """Return the results that one request had, the newest first: of several questions."""
        return [each for each in reversed(self._results.values()) if each.spec is spec]

    def spec(self, run: int) -> Spec | None:
        """Return what a run computed, also where its result is gone."""
        return self._specs.get(run)
