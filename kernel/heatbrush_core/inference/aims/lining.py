"""Several targets of one matrix as the classes of a twin: a line of a table of scores each."""

from __future__ import annotations

import copy
import itertools
from collections.abc import Sequence
from typing import Any, Self

from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import numbered, short
from heatbrush_core.inference.aims.aiming import Aiming, one_each
from heatbrush_core.network.network import Network
from heatbrush_core.network.scores.cells import Heads
from heatbrush_core.network.scores.lines import Lines, Picked
from heatbrush_core.progress import Watch
from heatbrush_core.targets import Class, Margin, Scores, Target, Term, resolve


class Lining(Aiming):
    """What may be asked about several targets at once.

    Attributes
    ----------
    lined
        The targets that stand in the place of classes; none where the model is asked as it was
        opened.
    lined_notes
        What was chosen where no target was given, in sentences.
    """

    lined: tuple[Target, ...] = ()
    lined_notes: tuple[str, ...] = ()
    _lined_for: NDArray[Any] | None = None
    _own_names: tuple[str, ...] | None = None

    def lines(
        self, x: ArrayLike, targets: Sequence[Any], valid: Any = None, given: Any = None
    ) -> Self:
        """Take several targets of a matrix for classes: the same explainer, but for what it says.

        One pass of the model gives the scores of all, so that `predict`, `whatif` and
        `whatif_each` tell of each target what is left of it. A map, evidence or a curve of "class"
        k is that of target k.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        targets
            A list of targets, each as in `explain`, frozen by this for x; the lines of an explainer
            that was made by this are meant by their numbers and names.
        valid, given
            Which cells of x exist, and what the other inputs hold, as in `explain`.

        Returns
        -------
        Explainer
            Its `classes` are the labels of the targets, told apart by numbers where they are the
            same, and `lined` are the targets. A probability stands beside a plain value where
            targets are of both kinds. Where the first targets are classes of the model, one of
            these is predicted; else the first target is. It is for matrices of the size of x.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for no list or an empty one, and for a target that the model does not
            have.
        """
        asker, matrix = self.about(x, valid, given)
        found = asker.frozen_lines(matrix, targets)
        if not found:
            raise ValueError(
                "lines was given no target, but takes at least one; give a list such as "
                "[targets.Location(row, column)]."
            )
        twin = asker.whole().over_lines(matrix, [target for target, _ in found])
        twin.lined_notes = tuple(dict.fromkeys(note for _, note in found if note))
        return twin

    def frozen_lines(self, x: NDArray[Any], targets: Sequence[Any]) -> list[tuple[Target, str]]:
        """Freeze a list of targets of (H, W, C) x, and say what was chosen for none."""
        if not isinstance(targets, list | tuple):
            raise TypeError(
                f"A list of targets is expected, but got {short(targets)}; give one, or ask score "
                "for a single target."
            )
        whole, own = self.whole(), [self.line(x, each) for each in targets]
        more = iter(whole.freeze_each(x, [each for each in own if not whole.is_class(each)]))
        return [(whole.aim(x, each), "") if whole.is_class(each) else next(more) for each in own]

    def over_lines(self, x: NDArray[Any], frozen: Sequence[Target]) -> Self:
        """Take the same explainer over a network that reads frozen targets side by side."""
        names = numbered(each.label(self.classes) for each in frozen)
        twin = self.over(self.side_by_side(x, frozen), None)
        vars(twin).update(
            _whole=self._network,
            lined=tuple(frozen),
            _lined_for=x,
            _own_names=self._names,
            _names=tuple(names),
        )
        return twin

    def side_by_side(self, x: NDArray[Any], targets: Sequence[Target]) -> Network:
        """Open the network whose scores are those of frozen targets, in one pass.

        A vector of scores is read once for all of its classes.
        """
        sources = self.outputs_and_layers(x)
        of_each = [target.terms(sources) for target in targets]
        terms, places = _once(of_each)
        network = copy.copy(self.opened(x, targets, terms, "side by side"))
        heads, weights = network.head, network.weights
        assert isinstance(heads, Heads) and weights is not None
        given, start = [], 0
        for part in heads.parts:
            given.append(weights[start : start + part.classes])
            start += part.classes
        picked = [
            tuple(
                Picked.of(at, term.weights if isinstance(term, Scores) else given[at])
                for term, at in zip(own, places_of, strict=True)
            )
            for own, places_of in zip(of_each, places, strict=True)
        ]
        network.head = Lines.side_by_side(heads.parts, picked, _rivals(targets))
        network.weights, network.maps = None, False
        network.opaque = network.slopeless = ""  # what holds for one of them is told by its own
        return network

    # -------------------------------------------------------------- as classes

    def whole(self) -> Self:
        """Ask the model as it was opened, whatever targets are read here."""
        whole = super().whole()
        if not self.lined:
            return whole
        vars(whole).update(lined=(), lined_notes=(), _lined_for=None, _names=self._own_names)
        return whole

    def line(self, x: NDArray[Any], target: Any) -> Any:
        """Say which target a line is; what is no line stays as it is."""
        if not self.lined:
            return target
        if target is None:
            # of the classes of the model it is the predicted one
            return None if _rivals(self.lined) > 1 else self.lined[0]
        if not self.is_class(target):
            return target
        a, b = resolve(target, self.classes, 0).pair
        assert a is not None
        return self.lined[a] if b is None else Margin(*(_part(self.lined[i]) for i in (a, b)))

    def toward(self, x: NDArray[Any], target: Any) -> Self:
        """Say whom to ask about a target of (H, W, C) x, or about a line."""
        if not self.lined:
            return super().toward(x, target)
        whole, own = self.whole(), self.line(x, target)
        if own is None or not whole.is_class(own):
            return whole.toward(x, own)
        assert self._whole is not None
        # a class of the model may have another number among the lines
        return whole.over(self._whole, whole.fixed(x, own))

    def toward_each(
        self, askers: Sequence[Self], X: NDArray[Any], targets: Any, watch: Watch | None = None
    ) -> tuple[list[Self], list[Target]]:
        """Say whom to ask about the target, or the line, of each matrix, and freeze these."""
        if not self.lined:
            return super().toward_each(askers, X, targets, watch)
        given = [self.line(x, each) for x, each in zip(X, one_each(targets, len(X)), strict=True)]
        known = {id(each): each.whole() for each in askers}  # the same stay the same
        return self.whole().toward_each([known[id(each)] for each in askers], X, given, watch)

    def __reduce__(self) -> tuple[Any, ...]:
        """Say how it is made anew in another process: the same targets, side by side."""
        if not self.lined:
            return super().__reduce__()
        return _again, (self.whole(), self._lined_for, self.lined)


def _again(whole: Lining, x: NDArray[Any], targets: Sequence[Target]) -> Lining:
    asker, matrix = whole.about(x)
    return asker.over_lines(matrix, targets)


def _once(of_each: Sequence[Sequence[Term]]) -> tuple[list[Term], list[list[int]]]:
    """List the terms of targets, each vector of scores once, and where those of each target are."""
    terms: list[Term] = []
    vectors: dict[Any, int] = {}

    def place(term: Term) -> int:
        if isinstance(term, Scores):
            at = vectors.setdefault(term.source.key, len(terms))
            if at < len(terms):
                return at
        terms.append(term)
        return len(terms) - 1

    return terms, [[place(term) for term in own] for own in of_each]


def _rivals(targets: Sequence[Target]) -> int:
    """Count the classes of the model that come first."""
    return max(1, sum(1 for _ in itertools.takewhile(_is_class, targets)))


def _is_class(target: Target) -> bool:
    return isinstance(target, Class)


def _part(target: Target) -> Any:
    return target.index if isinstance(target, Class) else target
