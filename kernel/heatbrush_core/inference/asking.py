"""A model asked batch by batch: its outputs for many matrices, and what they say of a target."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.inference.batching import Batching, Timed, batches
from heatbrush_core.inference.naming import Named
from heatbrush_core.inference.prediction import Prediction
from heatbrush_core.matrix.perturbations import Boxes, Changes, alike, replaced
from heatbrush_core.matrix.region import Region
from heatbrush_core.network import memory
from heatbrush_core.network.network import Costs, Network, Original, Route
from heatbrush_core.network.scores.cells import Heads
from heatbrush_core.network.scores.heads import Head, Objective
from heatbrush_core.network.scores.lines import Lines
from heatbrush_core.progress import Watch
from heatbrush_core.targets import ScoreKind, Target

BLOCK = 2048
"""Regions that are laid out at once where somebody watches: some 50 ms of work."""

GLIMPSE = 4096
"""Numbers of each weight that tell one state of the model from another."""


class Asking(Named):
    """What has a model that is got ready, and a lock that is held for each batch."""

    _network: Network
    _batchings: dict[tuple[Any, ...], Batching]
    lock: Any
    _names: tuple[str, ...] | None

    def state(self) -> Hashable:
        """Tell one state of the model from another; of a function nothing is seen."""
        with self.lock:
            return self._network.head, self._network.graph, self._network.fingerprint(GLIMPSE)

    def fingerprint(self) -> int | None:
        """Tell the weights of the model from others, here and elsewhere; None of a function."""
        with self.lock:
            return self._network.fingerprint() if "gradient" in self._network.offers else None

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; empty before the first matrix where the model tells none.

        Of a map, those of its channels that were given.
        """
        head = self._network.head
        if self._names is not None or head is None or isinstance(head, Heads):
            return self._names or ()
        return tuple(f"class {index}" for index in range(head.classes))

    def exchanged(
        self,
        x: NDArray[Any],
        other: NDArray[Any],
        regions: Sequence[Region],
        watch: Watch | None = None,
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """Take the outputs for a matrix, and for it with each region's cells taken from another.

        Parameters
        ----------
        x, other
            (H, W, C), as `matrix` gives them.
        regions
            N regions that fit them.
        watch
            Whom each region advances, between batches; None computes in batches as large as memory
            allows.

        Returns
        -------
        (units,), (N, units)
            Outputs as the model's head reads them.
        """
        with self.lock:
            original = self._network.original(x)
        z, watch = np.empty((len(regions), self.head.units)), watch or Watch()
        size = max(1, len(regions)) if watch.alone else BLOCK
        for start in range(0, len(regions), size):
            watch.stop_if_cancelled()
            block = regions[start : start + size]
            for group in alike(block, x.shape):
                changes = replaced(x, other, [block[index] for index in group])
                z[start + group] = original.outputs + self._differences(original, changes, watch)
        return original.outputs, z

    def changed(
        self, changes: Changes, watch: Watch
    ) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        """(units,) outputs for the matrix that is changed, and (N, units) how far each moves."""
        with self.lock:
            original = self._network.original(changes.x)
        return original.outputs, self._differences(original, changes, watch)

    def costs(self, boxes: Boxes, shape: tuple[int, ...]) -> Costs | None:
        """Estimate what changes of a matrix cost; None where they are always whole matrices."""
        with self.lock:
            return self._network.costs(boxes, shape)

    def outputs(
        self,
        count: int,
        make: Callable[[slice], NDArray[Any]],
        watch: Watch | None = None,
    ) -> NDArray[np.float64]:
        """Take the outputs for matrices that are made batch by batch.

        Parameters
        ----------
        count
            Matrices, N.
        make
            Makes some of them, (N', H, W, C).
        watch
            Whom each matrix advances, between batches.

        Returns
        -------
        (N, units)
            Outputs as the model's head reads them.
        """
        watch, found = watch or Watch(), np.empty((count, self.head.units))
        batching = self.batching(make(slice(0, 1))[0], "scores")
        for which in batches(count, batching, watch):
            X = make(which)
            with Timed(self.lock, batching, len(X)):
                found[which] = self._network.outputs(X)
            watch.advance(len(X))
        return found

    def distances(
        self, trio: Sequence[NDArray[Any]], layers: Sequence[str], watch: Watch
    ) -> NDArray[np.float64]:
        """Compare matrices with two others each at some layers, batch by batch.

        Parameters
        ----------
        trio
            Three times (N, H, W, C), as `matrices` gives them.
        layers
            Some of `layers`, or others that the model's graph has.
        watch
            Whom each of the N advances, between batches.

        Returns
        -------
        (layers, 4, N)
            By Gram matrices from the first to the second and to the third, then by all cells.
        """
        size = len(trio) * self._network.bytes_per_matrix(trio[0][0])
        batching, found = self.batching(trio[0][0], Route(work="distances", bytes=size)), []
        for which in batches(len(trio[0]), batching, watch):
            count = which.stop - which.start
            with Timed(self.lock, batching, count):
                found.append(self._network.distances([X[which] for X in trio], layers))
            watch.advance(count)
        return np.concatenate(found, axis=-1)

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers that have rows or columns, and channels, in the order of computation.

        `targets.Gram`, `Content` and `Channel` take each of them; empty where the model shows no
        graph, or is not built before the first matrix.
        """
        return self._network.layers

    @property
    def head(self) -> Head:
        """How the model's outputs are read; known once a question was asked."""
        head = self._network.head
        assert head is not None
        return head

    @property
    def read_as(self) -> tuple[str, ...]:
        """Sentences about how the model was read and asked, for who looks at one of its maps."""
        return (*self._network.notes, *memory.note(self._network))

    @property
    def returns_map(self) -> bool:
        """Whether the model returns more than a vector of scores, as far as is known."""
        return self._network.maps or self._network.answer is not None

    @property
    def has_probabilities(self) -> bool:
        """Whether the model's scores can be read as probabilities."""
        head = self._network.head
        return head is not None and head.has_probabilities

    def score_kind(self, score: ScoreKind | None) -> ScoreKind:
        """Check which score is measured; None is the probability, or the value where there is none.

        Raises
        ------
        ValueError
            For no kind of score, and for probabilities that the model does not have.
        """
        if score is None:
            return "probability" if self.has_probabilities else "logit"
        return self.head.checked(score)

    def scored_as(self, score: ScoreKind | None = None) -> str:
        """Name what `scored` gives: "probability", "logit" or, of plain values, "score"."""
        kind = self.score_kind(score)
        return kind.replace("_", " ") if self.has_probabilities else "score"

    def scored(
        self,
        outputs: NDArray[np.float64],
        aim: Target,
        score: ScoreKind | None = None,
    ) -> NDArray[np.float64]:
        """(N, units) outputs -> (N,) scores of a target, of the kind that `score_kind` checks."""
        return Objective(self.head, self.weights(aim), self.score_kind(score)).score(outputs)

    def weights(self, aim: Target) -> NDArray[np.float64]:
        """(n,) what each score weighs in a target."""
        known = self._network.weights
        return aim.weights(self.head.classes) if known is None else known

    def read(self, z: NDArray[np.float64]) -> list[Prediction]:
        """Read (N, units) outputs; a map in its own shape, (h, w, c)."""
        head, answer = self.head, self._network.answer
        shares = head.probabilities(z) if head.has_probabilities else [None] * len(z)
        pairs = zip(head.logits(z), shares, strict=True)
        if not isinstance(head, Heads):
            more = (head.rivals, head.plain) if isinstance(head, Lines) else ()
            return [Prediction(scores, share, self.classes, *more) for scores, share in pairs]
        shape = answer or (-1,)
        return [
            Prediction(scores.reshape(shape), None if share is None else share.reshape(shape), ())
            for scores, share in pairs
        ]

    def batching(self, x: NDArray[Any], work: str | Route) -> Batching:
        """Keep one choice of batch sizes per kind of work and size of matrix, from run to run."""
        route = Route(work=work) if isinstance(work, str) else work
        key = (route.work, x.shape)
        if key not in self._batchings:
            size = self._network.bytes_per_matrix(x) if route.bytes is None else route.bytes
            self._batchings[key] = Batching(size, self._network.most, route.seconds)
        return self._batchings[key]

    def _differences(
        self, original: Original, changes: Changes, watch: Watch
    ) -> NDArray[np.float64]:
        """(N, units) outputs for changes of a matrix less those for itself, batch by batch."""
        with self.lock:
            route = original.route(changes.boxes)
        batching, found = self.batching(original.x, route), []
        for which in batches(len(changes), batching, watch, free=route.incremental):
            count = which.stop - which.start
            with Timed(self.lock, batching, count):
                found.append(original.differences(changes, which, route))
            watch.advance(count)
        return np.concatenate(found)
