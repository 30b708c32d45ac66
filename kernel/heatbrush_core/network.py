"""A model as scores: one face for Keras models, with or without a graph, and plain functions."""

from __future__ import annotations

import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.heads import Head, Reading, ScoreKind
from heatbrush_core.original import Original

if TYPE_CHECKING:
    from heatbrush_core.graph import Graph
    from heatbrush_core.locality import Locality
    from heatbrush_core.patterns import Fit, Key, Moments
    from heatbrush_core.walks import Walk

Shape = tuple[int | None, ...]
Offer = Literal["scores", "gradient", "graph"]
Scores = Literal["logits", "probabilities", "values"]
Estimator = Literal["relu", "linear"]
Arrays = Mapping[str, NDArray[Any] | float]
Matrices = Mapping[str, NDArray[Any]]
SCORES: tuple[Scores, ...] = ("logits", "probabilities", "values")

_KERAS_SAYS = "Exception encountered when calling"  # before what a layer said itself, in bold
_BOLD = re.compile(r"\x1b\[\d*m")


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
    """

    name: str
    shape: Shape | None = None
    head: Head | None = None
    offers: frozenset[Offer] = frozenset({"scores"})
    without_graph: str = ""
    fits: dict[Estimator, Fit]

    @abstractmethod
    def prepare(self, x: NDArray[Any]) -> None:
        """Learn from a first (H, W, C) matrix what the model does not tell; cheap later."""

    @abstractmethod
    def outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) matrices -> (N, units) outputs, to be read by `head`."""

    def original(self, x: NDArray[Any]) -> Original:
        """Open an (H, W, C) matrix of which many changes will be asked."""
        return Original(self, x)

    def gradients(
        self, X: NDArray[Any], weights: NDArray[np.float64], kind: ScoreKind
    ) -> tuple[NDArray[Any], NDArray[np.float64]]:
        """(N, H, W, C) matrices -> (N, H, W, C) gradients of the (N,) scores, and the scores.

        `weights` are (n,) for all matrices, or (N, n).
        """
        raise NotImplementedError(f"{self.name} has no gradients")

    def relevance(
        self,
        X: NDArray[Any],
        weights: NDArray[np.float64],
        kind: ScoreKind,
        walk: Walk,
        arrays: Arrays | None = None,
        inputs: Matrices | None = None,
    ) -> Relevance:
        """Walk backward from the (N,) scores of (N, H, W, C) matrices.

        `arrays` are the walk's numbers; `inputs` are (N, H, W, C) too, and of these "reference" is
        also walked forward.
        """
        raise NotImplementedError(f"{self.name} has no graph")

    def activations(
        self, X: NDArray[Any], weights: NDArray[np.float64], kind: ScoreKind, place: str
    ) -> Activations:
        """Take what the layer `place` gives, channels last, and the slope of the scores there."""
        raise NotImplementedError(f"{self.name} has no graph")

    def moments(self, X: NDArray[Any], estimator: Estimator) -> dict[Key, Moments]:
        """Sum up over (N, H, W, C) what the patterns of each linear node are fitted from."""
        raise NotImplementedError(f"{self.name} has no graph")

    def fingerprint(self) -> int:
        """Tell one state of the weights from another, however they were changed."""
        raise NotImplementedError(f"{self.name} has no graph")

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


class FunctionNetwork(Network):
    """Any callable (N, H, W, C) -> (N, n) scores."""

    def __init__(self, function: Callable[[NDArray[Any]], Any], scores: Scores | None) -> None:
        self.function = function
        self.name = f"The function {getattr(function, '__name__', type(function).__name__)}"
        self.without_graph = "a plain function shows only its scores"
        self._scores = scores

    def prepare(self, x: NDArray[Any]) -> None:
        """Call the function once to count its scores."""
        if self.head is None:
            units = self.outputs(x[None]).shape[1]
            self.head = Head(reading("", units, self._scores or "values"), units)

    def outputs(self, X: NDArray[Any]) -> NDArray[np.float64]:
        """(N, H, W, C) matrices -> (N, units) outputs."""
        try:
            scores = np.asarray(self.function(X.copy()))  # which it may write into
        except Exception as error:
            raise failure(self.name, X.shape, error) from error
        return score_vectors(self.name, scores, len(X))


def network(model: Any, output: str | None = None, scores: Scores | None = None) -> Network:
    """Open a Keras model or a callable.

    Raises
    ------
    TypeError
        For anything that is neither, and for Keras on a backend other than TensorFlow.
    ValueError
        For a model with several inputs, or several outputs and no `output`.
    """
    if scores is not None and scores not in SCORES:
        raise ValueError(
            f"scores is {scores!r}, but one of {', '.join(SCORES)} is expected; give one of these, "
            "or None."
        )
    keras = sys.modules.get("keras")
    if keras is not None and isinstance(model, keras.Model):
        if keras.backend.backend() != "tensorflow":
            raise TypeError(
                f"Keras runs on {keras.backend.backend()} here, but TensorFlow is expected; set "
                "KERAS_BACKEND=tensorflow before keras is first imported."
            )
        from heatbrush_core.keras_network import KerasNetwork

        return KerasNetwork(model, output, scores)
    if not callable(model):
        raise TypeError(
            f"The model is a {type(model).__name__}, but a Keras model is expected, or a function "
            "of a batch (N, H, W, C) that returns scores (N, n); give one of these."
        )
    if output is not None:
        raise ValueError(
            f"output is {output!r}, but a plain function has no named outputs; leave it out."
        )
    return FunctionNetwork(model, scores)


def reading(head: str, units: int, scores: Scores | None) -> Reading:
    """Choose how outputs are read: by the model's own head, by `scores`, by their number."""
    if head in ("softmax", "log_softmax"):
        return "softmax"
    if head == "sigmoid":
        return "sigmoid"
    scores = scores or ("values" if units == 1 else "logits")
    if scores == "logits":
        return "sigmoid" if units == 1 else "softmax"
    return scores


def score_vectors(name: str, scores: NDArray[Any], count: int) -> NDArray[np.float64]:
    """(N, n) float64 of what a model returned for N matrices, or the reason why it is not that."""
    if scores.ndim == 1:
        scores = scores[:, None]
    if scores.ndim != 2 or len(scores) != count or not scores.size:
        raise ValueError(
            f"{name} returns shape {scores.shape} for a batch of {count} matrices, but one score "
            f"vector per matrix, ({count}, n), is expected; add a layer such as "
            "GlobalAveragePooling2D or Flatten and Dense, or wrap the model in a function."
        )
    if scores.dtype.kind not in "fiub":
        raise TypeError(
            f"{name} returns dtype {scores.dtype}, but numbers are expected; return an array of "
            "scores (N, n)."
        )
    if np.isnan(scores).any():
        raise ValueError(
            f"{name} returns NaN for {int(np.isnan(scores).any(axis=1).sum())} of {count} "
            "matrices, but numbers are expected; check its weights, and the size of the cells and "
            "of the baseline that it gets."
        )
    return scores.astype(np.float64)


def failure(name: str, shape: tuple[int, ...], error: Exception) -> RuntimeError:
    """Say that the model itself raised while predicting."""
    lines = [_BOLD.sub("", line).strip() for line in str(error).splitlines()]
    lines = [line for line in lines if line and not line.startswith(_KERAS_SAYS)]
    why = f" ({lines[0]})" if lines else ""
    return RuntimeError(
        f"{name} raised {type(error).__name__} for a batch of shape {shape}{why}, but scores are "
        "expected; check that it predicts such a batch by itself."
    )
