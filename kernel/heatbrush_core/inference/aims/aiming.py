"""Whom to ask about a target: for what is more than a class, a twin that reads the target alone.

The twin has the same model, names, baseline and lock; its network's outputs are what the target
reads, so that every method, what-if and measure asks it as it would ask of a class.
"""

from __future__ import annotations

import copy
import functools
from collections import OrderedDict
from collections.abc import Hashable, Sequence
from dataclasses import replace
from typing import Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import short
from heatbrush_core.inference.aims.finding import Finding
from heatbrush_core.inference.asking import GLIMPSE
from heatbrush_core.inference.inputs.holding import outputs_of_each
from heatbrush_core.matrix import reading
from heatbrush_core.network.network import Network
from heatbrush_core.outputs import Grid
from heatbrush_core.progress import Watch
from heatbrush_core.targets import (
    Cells,
    Function,
    Location,
    Look,
    Made,
    Output,
    ScoreKind,
    Scores,
    Source,
    Step,
    Target,
    Term,
    Thing,
    resolve,
)

TWINS = 16
"""Targets whose networks are kept, with all that was compiled for them."""
LIKE_CLASSES = (
    "The {} numbers of the output are read as logits of classes that exclude each other, and shown "
    "as probabilities; if they are steps, as those of a forecast, say scores='values'."
)


class Aiming(Finding):
    """A predictor that knows targets.

    Attributes
    ----------
    aimed
        The target that alone is read; None where the model is asked as it was opened.
    """

    aimed: Target | None = None
    _whole: Network | None = None

    def whole(self) -> Self:
        """Ask the model as it was opened, whatever target is read here."""
        return self if self._whole is None else self.over(self._whole, None)

    def copied(self, model: Any) -> Self:
        """Ask a copy of the model as it was opened, with the same names and background."""
        return super().copied(model) if self._whole is None else self.whole().copied(model)

    def aiming(
        self, x: ArrayLike, valid: Any = None, target: Any = None, given: Any = None
    ) -> tuple[Self, NDArray[Any]]:
        """Read the matrix of a question about a target, as `about` does, and say whom to ask."""
        asker, matrix = self.about(x, valid, given)
        return asker.toward(matrix, target), matrix

    def toward(self, x: NDArray[Any], target: Any) -> Self:
        """Say whom to ask about a target of (H, W, C) x; the target is frozen by that.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for a target that this model does not have.
        """
        if self.aimed is not None and (target is None or target == self.aimed):
            return self
        asker = self.whole()
        if asker.is_class(target):
            return asker
        frozen, note = asker.freeze(x, target)
        return asker.over(asker.reader(x, [frozen]), frozen, note)

    def toward_each(
        self, askers: Sequence[Self], X: NDArray[Any], targets: Any, watch: Watch | None = None
    ) -> tuple[list[Self], list[Target]]:
        """Say whom to ask about the target of each matrix, and freeze these.

        Those with the same target and the same cells are asked together.
        """
        given = one_each(targets, len(X))
        asker = askers[0].whole()
        if all(map(asker.is_class, given)):
            askers = [each.whole() for each in askers]
            return askers, asker.aims(X, given, watch, askers)
        known: dict[Hashable, Self] = {}
        found = []
        for each, x, target in zip(askers, X, given, strict=True):
            aimed = each.toward(x, target)
            found.append(known.setdefault((id(each), aimed.aimed, aimed.said), aimed))
        pairs = zip(found, X, given, strict=True)
        return found, [each.aim(x, target) for each, x, target in pairs]

    def aim(self, x: NDArray[Any], target: Any) -> Target:
        """Freeze the target; the model is asked only where it is to be the predicted class."""
        if self.aimed is not None:
            return self.aimed
        self._check_classes()
        predicted = self.predicted(x[None])[0].predicted if target is None else 0
        return resolve(target, self.classes, predicted)

    def fixed(self, x: NDArray[Any], target: Any) -> Target:
        """Freeze a target of any kind without opening what reads it."""
        return self.fixed_each(x, [target])[0]

    def fixed_each(self, x: NDArray[Any], several: Sequence[Any]) -> list[Target]:
        """Freeze targets of one matrix, of any kind, without opening what reads them."""
        others = [each for each in several if not self.is_class(each)]
        found = iter(self.freeze_each(x, others))
        return [self.aim(x, each) if self.is_class(each) else next(found)[0] for each in several]

    def aims(
        self,
        X: NDArray[Any],
        targets: Any,
        watch: Watch | None = None,
        askers: Sequence[Self] | None = None,
    ) -> list[Target]:
        """Freeze the class of each matrix; what is predicted is asked for in batches.

        `askers` are whom to ask about each, where that is not this one.
        """
        self._check_classes()
        given = one_each(targets, len(X))
        predicted = [0] * len(X)
        if any(target is None for target in given):
            outputs = outputs_of_each(askers or [self] * len(X), X.__getitem__, watch)
            predicted = [each.predicted for each in self.read(outputs)]
        pairs = zip(given, predicted, strict=True)
        return [resolve(target, self.classes, said) for target, said in pairs]

    # -------------------------------------------------------------- twins

    def is_class(self, target: Any) -> bool:
        """Tell whether a target is a class, as whatever is no other kind of target must be."""
        if self._network.answer is not None or _is_function(target):
            return False
        if target is None and self._strongest_is_meant:
            return False
        return target.of_classes if isinstance(target, Target) else True

    def _check_classes(self) -> None:
        """Refuse a question that is about classes alone where the model has none."""
        if self._network.answer is not None:
            raise ValueError(
                f"This asks what class the model says, but {self.named} returns a map, "
                f"{self._network.answer} for each matrix; ask about a target of it, by explain, "
                "evidence, find_runs or the curves."
            )

    @property
    def _strongest_is_meant(self) -> bool:
        """Whether no target is the strongest thing, as no output was chosen to be explained."""
        return self._decoder is not None and self._reading["output"] is None

    def freeze(self, x: NDArray[Any], given: Any) -> tuple[Target, str]:
        """Fix a target before anything is perturbed, and say in a sentence what was chosen."""
        return self.freeze_each(x, [given])[0]

    def freeze_each(self, x: NDArray[Any], several: Sequence[Any]) -> list[tuple[Target, str]]:
        """Fix many targets of one matrix; things are looked for once."""
        look = functools.cache(lambda: self.decoded(x))
        return [self._frozen(x, given, look) for given in several]

    def _frozen(self, x: NDArray[Any], given: Any, look: Look) -> tuple[Target, str]:
        given = Function(given) if _is_function(given) else given
        if given is None and self.decoder is not None:
            return self._thing(x, look)
        if given is None or (isinstance(given, Output) and given.of is None):
            which = None if given is None else given.output
            sources = self.outputs_and_layers(x)
            return self._strongest(x, sources.output(which), which)
        if not isinstance(given, Target) or given.of_classes:
            raise ValueError(
                f"The target {short(given)} names no cell, but {self.named} returns a map, "
                f"{self._network.answer} for each matrix; give targets.Location(row, column, "
                "channel), targets.Area(region), or None for the highest cell."
            )
        return given.frozen(self.classes, look), self._doubts_of_step(x, given)

    def _doubts_of_step(self, x: NDArray[Any], given: Target) -> str:
        """Say of a place in a vector that it is read as a class, where nobody said what it is."""
        if not isinstance(given, Step) or given.output is not None:
            return ""
        if self._reading["scores"] is not None or self._network.exclusive != "logits":
            return ""
        source = self.outputs_and_layers(x).output(None)
        return LIKE_CLASSES.format(*source.shape) if len(source.shape) == 1 else ""

    def _thing(self, x: NDArray[Any], look: Look) -> tuple[Target, str]:
        """Take the strongest thing; where nothing is found, the highest cell.

        The cells of a grid are numbers of several kinds: there it is the best of all boxes.
        """
        decoded = look()
        said, found = " ".join(self.chose(x)), decoded.found
        if not found.things and isinstance(decoded.decoder, Grid):
            every = decoded.decoder.model_copy(update={"threshold": -np.inf})
            decoded = replace(decoded, decoder=every)
            said = " ".join((said, *found.notes)).strip()
            found = decoded.found
        if not found.things and self._network.answer is None:
            return self.aim(x, self.predicted(x[None])[0].predicted), " ".join((*found.notes, said))
        if not found.things:
            target, note = self._strongest(x, self.outputs_and_layers(x).output(None), None)
            return target, " ".join(filter(None, (said, *found.notes, note)))
        target = Thing(0).frozen(self.classes, lambda: decoded)
        note = (
            f"No target was given, so that it is the strongest thing, "
            f"{target.label(self.classes)}, frozen before anything is perturbed."
        )
        return target, " ".join(filter(None, (said, note)))

    def _strongest(self, x: NDArray[Any], source: Source, output: Any) -> tuple[Target, str]:
        """Find what an output says of x: its highest cell, or its class."""
        every = np.arange(int(np.prod(source.shape)), dtype=np.intp)
        term = (
            Scores(source, np.ones(source.classes))
            if source.classes
            else Cells.reduced(source, every, "sum")
        )
        with self.lock:
            network = self._network.aimed(x, [term])
            assert network.head is not None
            z = network.outputs(x[None])
        kind: ScoreKind = "probability" if network.head.has_probabilities else "logit"
        found = np.asarray(network.head.numbers(z, kind))[0]
        if source.classes:
            return Output(output, int(np.argmax(found))), ""
        at = [int(i) for i in np.unravel_index(int(np.argmax(found)), source.shape)]
        target = _cell(source, at, output)
        note = (
            f"No target was given, so that it is the highest cell of {source.name}, "
            f"{target.label(self.classes)}, frozen before anything is perturbed."
        )
        return target, note

    def reader(self, x: NDArray[Any], targets: Sequence[Target]) -> Network:
        """Open the network that reads targets of matrices like x, or take it from before."""
        sources = self.outputs_and_layers(x)
        return self.opened(x, targets, [term for each in targets for term in each.terms(sources)])

    def opened(
        self, x: NDArray[Any], targets: Sequence[Target], terms: Sequence[Term], how: str = ""
    ) -> Network:
        """Open the network that reads terms of targets, once for these targets and this way."""
        compares = any(target.compares for target in targets)
        key = (
            how,
            tuple(targets),
            x.shape,
            id(self._network),
            self._network.version,
            (x.tobytes(), self._network.fingerprint(GLIMPSE), self.held_key) if compares else None,
        )
        found = self._twins.pop(key, None)
        if found is None:
            with self.lock:
                found = self._network.aimed(x, [_fed(term, x) for term in terms])
        self._twins[key] = found
        while len(self._twins) > TWINS:
            self._twins.popitem(last=False)
        return found

    def over(self, network: Network, target: Target | None, note: str = "") -> Self:
        """Take the same explainer over a network that reads a target."""
        twin = copy.copy(self)
        vars(twin).update(
            _network=network,
            _whole=None if target is None else self._network,
            aimed=target,
            _batchings={},
            checks=OrderedDict(),
            said=(*self.said, note) if note else self.said,
        )
        return twin


def _cell(source: Source, at: Sequence[int], output: Any) -> Target:
    """Make the target of one cell of an output."""
    rows, columns, channels = source.axes
    channel = 0 if channels is None else at[channels]
    if rows is not None and columns is not None:
        return Location(at[rows], at[columns], channel, output)
    if len(source.shape) > 2:
        raise ValueError(
            f"No target was given, but {source.name} has the shape {source.shape}, which is no map "
            "of rows, columns and channels; give a target, such as a function of the outputs."
        )
    return Step(at[0], at[1] if len(at) > 1 else 0, output)


def _fed(term: Term, x: NDArray[Any]) -> Term:
    """Read the matrix that x is compared with."""
    if not isinstance(term, Made) or term.like is None:
        return term
    like = reading.matrix(term.like)
    if like.shape != x.shape:
        raise ValueError(
            f"like has the shape {like.shape}, but x has {x.shape}; give a matrix of that shape."
        )
    return replace(term, like=like)


def one_each(targets: Any, count: int) -> list[Any]:
    """Read one target for all matrices, or one for each."""
    if hasattr(targets, "__array__"):  # of NumPy or pandas
        targets = np.asarray(targets).tolist()
    if not isinstance(targets, list | tuple):
        targets = [targets] * count
    if len(targets) != count:
        raise ValueError(
            f"targets holds {len(targets)}, but there are {count} matrices; give one target "
            "for all, or one for each."
        )
    return list(targets)


def _is_function(given: Any) -> bool:
    return callable(given) and not isinstance(given, type | Target)
