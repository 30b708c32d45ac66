"""A model as scores: one face for Keras models, with or without a graph, and plain functions."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.perturbations import Boxes, Changes
from heatbrush_core.network.memory import by_parts
from heatbrush_core.network.scores.heads import Head, Objective
from heatbrush_core.walks.backward.pattern_fits import Estimator

if TYPE_CHECKING:
    from heatbrush_core.graph.graph import Graph
    from heatbrush_core.network.inputs.inputs import Inputs, Name
    from heatbrush_core.network.self_check import Examples
    from heatbrush_core.targets import Sources, Term
    from heatbrush_core.walks.activity import Extremes
    from heatbrush_core.walks.backward.pattern_fits import Fit, Key, Moments
    from heatbrush_core.walks.backward.walk import Walk
    from heatbrush_core.walks.delta.locality import Locality

Shape = tuple[int | None, ...]
Offer = Literal["scores", "gradient", "graph"]
Scores = Literal["logits", "probabilities", "values", "sigmoid_logits", "sigmoid_probabilities"]


@dataclass(frozen=True, eq=False)
class Relevance:
    """What a backward walk found for N matrices.

    Attributes
    ----------
    values
        (N, H, W, C) relevance of the input's cells.
    scores, start
        (N,) explained scores, and the relevance of the logits, summed.
    ledger
        Per audited node four times N sums: the relevance that arrives there, what is passed on, and
        what its bias and a stabiliser take.
    """

    values: NDArray[Any]
    scores: NDArray[np.float64]
    start: NDArray[np.float64]
    ledger: dict[str, NDArray[np.float64]]


@dataclass(frozen=True, eq=False)
class Activations:
    """What a layer gives for N matrices: (N, h, w, channels) cells, the slopes of the (N,) scores.

    A layer that has lost the matrix's rows, or its columns, has 1 in their place; one that has lost
    both keeps its own axes.
    """

    cells: NDArray[Any]
    slopes: NDArray[Any]
    scores: NDArray[np.float64]


class Route(NamedTuple):
    """How changes of a matrix are computed.

    Attributes
    ----------
    incremental
        Whether only what a change reaches is computed again.
    work
        The kind of work, of which each has batches of its own size.
    bytes
        Memory of one change; None for that of a matrix.
    seconds
        Estimated time of one change; None where nothing is known.
    """

    incremental: bool = False
    work: str = "scores"
    bytes: float | None = None
    seconds: float | None = None


class Costs(NamedTuple):
    """Estimated seconds of changes of a matrix: by the walk through differences, or as wholes."""

    walk: float
    whole: float


class Original:
    """One matrix; each change of it is asked of the model as a whole matrix.

    Parameters
    ----------
    network
        The model.
    x
        (H, W, C).

    Attributes
    ----------
    outputs
        (units,) the model's outputs for x.
    """

    def __init__(self, network: Network, x: NDArray[Any]) -> None:
        self.network, self.x = network, x
        self.outputs = self._first_outputs()

    def _first_outputs(self) -> NDArray[np.float64]:
        return self.network.outputs(self.x[None])[0]

    def route(self, boxes: Boxes) -> Route:
        """Choose how changes inside these boxes are computed, by what either way costs."""
        return Route()

    def differences(self, changes: Changes, which: slice, route: Route) -> NDArray[np.float64]:
        """(N', units) outputs for some of the changes, less those for x."""

        def asked(part: slice) -> NDArray[np.float64]:
            some = slice(which.start + part.start, which.start + part.stop)
            return self.network.outputs(changes.matrices(some))

        found = np.concatenate(by_parts(self.network, which.stop - which.start, asked))
        return moved(found, self.outputs)


def moved(found: NDArray[Any], before: NDArray[Any]) -> NDArray[np.float64]:
    """Take outputs less earlier ones; of a class that is masked with -inf both times, 0."""
    with np.errstate(invalid="ignore"):
        return np.where(found == before, 0.0, found - before)


class Network(ABC):
    """What methods may ask of a model. Matrices are channels last here, whatever the model wants.

    Attributes
    ----------
    name
        How messages call the model.
    shape
        (H, W, C) of one matrix, (H, W) for a model without a channel axis, with None where the
        model takes any length; None where nothing is known.
    head
        How the outputs are read; None until `prepare` has seen a matrix, or the model says it.
    offers
        What the model can give: "scores" always, "gradient", "graph".
    without_graph
        Why there is no graph, as the end of a sentence; empty where there is one.
    fits
        The patterns that were fitted last, by estimator; only where there is a graph.
    most
        How many matrices the model is given at once, at the most; None leaves it to who asks.
    held
        How many the memory held, where it did not hold more.
    notes
        Sentences about how the model was read, for whoever looks at one of its maps.
    answer
        (h, w, c) or other shape of what the model returns for the matrix that was asked about last;
        None where that is one vector of scores.
    maps
        Whether it is known to return maps.
    weights
        What each score weighs in the target that alone is read; None where classes are.
    opaque
        What the target is made of, in words, where that is more than a sum of scores; else empty.
    slopeless
        Why the target has no slope at the matrix, as the end of a sentence; else empty.
    inputs
        Which of several inputs the matrix is, and what the others hold; None where it is alone.
    incremental
        Whether changes may be computed through the cells that they reach; not where NaN is among
        the numbers, which differences would carry on.
    """

    name: str
    shape: Shape | None = None
    head: Head | None = None
    offers: frozenset[Offer] = frozenset({"scores"})
    without_graph: str = ""
    fits: dict[Estimator, Fit]
    most: int | None = None
    held: int | None = None
    notes: tuple[str, ...] = ()
    answer: tuple[int, ...] | None = None
    maps: bool = False
    weights: NDArray[np.float64] | None = None
    opaque: str = ""
    slopeless: str = ""
    inputs: Inputs | None = None
    incremental: bool = True

    def copied(self, model: Any) -> Network:
        """Open a copy of the model as the model was opened."""
        raise NotImplementedError(f"{self.name} has no copies")

    def sources(self, x: NDArray[Any]) -> Sources:
        """Tell what targets may read for matrices like (H, W, C) x, after `prepare`."""
        raise NotImplementedError(f"{self.name} has no outputs")

    def aimed(self, x: NDArray[Any], terms: Sequence[Term]) -> Network:
        """Open the same model with only what a target reads as its outputs."""
        raise NotImplementedError(f"{self.name} has no outputs")

    @property
    def returns(self) -> tuple[tuple[int, ...], ...] | None:
        """The shapes of all outputs for one matrix, channels last; None before a matrix tells."""
        return None

    @property
    def ended(self) -> tuple[int, ...]:
        """The numbers of the outputs that are known to end in a softmax or a sigmoid."""
        return ()

    @property
    def exclusive(self) -> Literal["values", "logits"] | None:
        """Whether the output is classes of which one is meant, and if so, whether as logits.

        None where it is not, or nothing tells.
        """
        return None

    @property
    def version(self) -> Hashable:
        """What is another once the model is read anew, as its layers have changed."""
        return None

    @property
    def traces(self) -> int:
        """How many functions were compiled so far; each is traced once."""
        return 0

    @abstractmethod
    def prepare(self, x: NDArray[Any], examples: Examples | None = None) -> None:
        """Learn from a first (H, W, C) matrix what the model does not tell; cheap later.

        `examples` are more matrices, which may tell more, and on which what was learnt is held
        against the model.
        """

    @abstractmethod
    def outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) matrices -> (N, units) outputs, to be read by `head`."""

    def original(self, x: NDArray[Any]) -> Original:
        """Open an (H, W, C) matrix of which many changes will be asked."""
        return Original(self, x)

    def costs(self, boxes: Boxes, shape: tuple[int, ...]) -> Costs | None:
        """Estimate what changes inside boxes of an (H, W, C) matrix cost; None without a walk."""
        return None

    def gradients(
        self, X: NDArray[Any], objective: Objective
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) matrices -> (N, H, W, C) gradients of the (N,) scores, and the scores."""
        raise NotImplementedError(f"{self.name} has no gradients")

    def relevance(self, X: NDArray[Any], objective: Objective, walk: Walk) -> Relevance:
        """Walk backward from the (N,) scores of (N, H, W, C) matrices."""
        raise NotImplementedError(f"{self.name} has no graph")

    def activations(self, X: NDArray[Any], objective: Objective, place: str) -> Activations:
        """Take what the layer `place` gives, channels last, and the slope of the scores there."""
        raise NotImplementedError(f"{self.name} has no graph")

    def moments(self, X: NDArray[Any], estimator: Estimator) -> dict[Key, Moments]:
        """Sum up over (N, H, W, C) what the patterns of each linear node are fitted from."""
        raise NotImplementedError(f"{self.name} has no graph")

    def extremes(self, X: NDArray[Any]) -> Extremes:
        """Take the lowest and the highest output of each node over (N, H, W, C) matrices."""
        raise NotImplementedError(f"{self.name} has no graph")

    def held_slopes(self, x: NDArray[Any], objective: Objective) -> dict[Name, NDArray[Any] | None]:
        """Take the slope of the score of (H, W, C) x along each held input; None of whole numbers.

        The score's slope is that of one matrix, and each is in the shape of the input.
        """
        return {}

    @property
    def layers(self) -> tuple[str, ...]:
        """The layers whose cells lie along rows or columns and have channels, as computed."""
        return ()

    def distances(self, trio: Sequence[NDArray[Any]], layers: Sequence[str]) -> NDArray[Any]:
        """Compare (N, H, W, C) matrices with two others each at layers: (layers, 4, N)."""
        raise NotImplementedError(f"{self.name} has no graph")

    def fingerprint(self, most: int | None = None) -> int:
        """Tell one state of the weights from another, however they were changed; 0 without any.

        `most` looks at no more than about twice as many numbers of each weight, evenly spaced:
        training changes nearly all.
        """
        return 0

    @property
    def graph(self) -> Graph | None:
        """The model's graph, where it shows one."""
        return None

    @property
    def folded(self) -> Graph:
        """The model's graph with batch normalisation folded."""
        raise NotImplementedError(f"{self.name} has no graph")

    def locality(self) -> Locality | None:
        """Tell how windows go through the folded graph; None where they do not, or sizes vary."""
        return None

    def places(self) -> list[str]:
        """List the layers whose cells lie along the matrix's rows or columns, one or both."""
        return []

    def bytes_per_matrix(self, x: NDArray[Any]) -> float:
        """Estimate how much memory one matrix of the size of x takes inside the model."""
        return 64.0 * x.nbytes
