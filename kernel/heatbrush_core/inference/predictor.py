"""A model with the names of its classes, rows and columns, asked what it says of matrices."""

from __future__ import annotations

import copy
import threading
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core import targets
from heatbrush_core.inference.asking import Asking
from heatbrush_core.inference.batching import Batching, checked
from heatbrush_core.inference.prediction import Prediction
from heatbrush_core.inference.time_axis import told
from heatbrush_core.matrix import baselines
from heatbrush_core.matrix import reading as matrix
from heatbrush_core.matrix.axes import (
    AxisName,
    TimeAxis,
    check_counts,
    check_time,
    kept,
    names_in,
)
from heatbrush_core.matrix.given_regions import Regions, check_region, read_regions
from heatbrush_core.matrix.plausibility import Usual
from heatbrush_core.matrix.region import Region
from heatbrush_core.network.network import Scores, Shape
from heatbrush_core.network.opening import network
from heatbrush_core.network.self_check import Examples

if TYPE_CHECKING:
    from heatbrush_core.graph.graph import Graph


class Predictor(Asking):
    """What `Explainer` knows of a model before it explains anything; its parameters are there."""

    def __init__(
        self,
        model: Any,
        classes: Sequence[str] | None = None,
        rows: Any = None,
        columns: Any = None,
        background: ArrayLike | None = None,
        baseline: Any = "auto",
        output: str | None = None,
        scores: Scores | None = None,
        batch_size: int | None = None,
        time: TimeAxis | None = None,
    ) -> None:
        baselines.check_word(baseline)
        check_time(time)
        self.model = model
        self.lock = threading.RLock()
        self._network = network(model, output, scores)
        self._rows, self._columns = kept(rows), kept(columns)
        self._time = time
        self._names = None if classes is None else targets.names(classes)
        self._network.most = checked(batch_size)
        self._batchings: dict[tuple[Any, ...], Batching] = {}
        self.background = self._read_background(background)
        if self.background is not None:
            of = names_in(background, self.background.shape[1:])
            self._typical_names = kept(of[0]), kept(of[1])
        self._baseline = baseline
        if self._network.head is not None:
            targets.check_names(self._names, self._network.head.classes)
        check_counts(self._rows, self._columns, self.shape)

    def copied(self, model: Any) -> Self:
        """Ask a copy of the model in its place, with the same names, baseline and background."""
        twin = copy.copy(self)
        network = self._network.copied(model)
        vars(twin).update(model=model, lock=threading.RLock(), _batchings={}, _network=network)
        return twin

    @property
    def graph(self) -> Graph | None:
        """The model's graph, where it shows one."""
        return self._network.graph

    @property
    def named(self) -> str:
        """The model inside a sentence, as in "the function f"."""
        name = self._network.name
        return name[:1].lower() + name[1:]

    @property
    def background(self) -> NDArray[Any] | None:
        """Typical matrices, (N, H, W, C); None where there are none."""
        return self._background

    @background.setter
    def background(self, given: NDArray[Any] | None) -> None:
        self._background = given
        # whatever was made of another background is void
        self._usual: Usual | None = None
        self._typical_names = None, None
        self._typical: dict[str, NDArray[Any]] = {}
        self._filled: tuple[str, NDArray[Any], NDArray[Any]] = ("", np.empty(0), np.empty(0))

    @property
    def baseline(self) -> Any:
        """What hidden cells become; the word that was chosen, where it was left to "auto"."""
        given = self._baseline
        return self._auto() if baselines.is_auto(given) else given

    @property
    def shape(self) -> Shape | None:
        """(H, W, C) of one matrix with None where any length will do; None where unknown."""
        shape = self._network.shape
        return (*shape, 1) if shape is not None and len(shape) == 2 else shape

    @property
    def time(self) -> TimeAxis:
        """The axis that is time: as it was given, else as names or layers tell, else columns."""
        return self._time or self._told() or "columns"

    @property
    def time_is_assumed(self) -> bool:
        """Whether columns are taken to be time only because nothing tells."""
        return self._time is None and self._told() is None

    def _told(self) -> AxisName | None:
        """Tell which axis is time, by names and layers."""
        own, typical = (self._rows, self._columns), self._typical_names
        rows, columns = (b if a is None else a for a, b in zip(own, typical, strict=True))
        return told(rows, columns, self.graph)

    def matrix(self, x: ArrayLike) -> NDArray[Any]:
        """(H, W, C) float array of one matrix, checked against the model's shape."""
        return matrix.matrix(x, self._network.shape)

    def asked(self, x: ArrayLike) -> NDArray[Any]:
        """Read the matrix of a question as `matrix` does, and get the model ready to answer.

        Every question begins with it, once: what else it calls takes the model as it is then.
        """
        matrix = self.matrix(x)
        self._prepare(matrix)
        return matrix

    def asked_each(self, X: ArrayLike) -> NDArray[Any]:
        """Read the matrices of a question as `matrices` does, and get the model ready."""
        matrices = self.matrices(X)
        self._prepare(matrices[0])
        return matrices

    def matrices(self, X: ArrayLike) -> NDArray[Any]:
        """(N, H, W, C) float array of many matrices, checked against the model's shape."""
        return matrix.matrices(X, self._network.shape)

    def predict(
        self, x: ArrayLike, without: Region | None = None, only: Region | None = None
    ) -> Prediction:
        """Ask what the model says of a matrix, or of what is left of it.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        without
            These cells become the baseline.
        only
            All other cells become the baseline.
        """
        matrix = self.asked(x)
        if without is not None and only is not None:
            raise ValueError(
                "predict has both without= and only=, but one region is expected; ask twice."
            )
        if without is not None:
            matrix = self._parts(matrix, without)[0]
        if only is not None:
            matrix = self._parts(matrix, only)[1]
        return self._predict(matrix[None])[0]

    def whatif(self, x: ArrayLike, region: Region) -> tuple[Prediction, Prediction]:
        """Ask what the model says without a region and with only it, in one batch if allowed.

        Returns
        -------
        (Prediction, Prediction)
            The same as ``predict(x, without=region)`` and ``predict(x, only=region)``.
        """
        without, only = self._predict(self._parts(self.asked(x), region))
        return without, only

    def predict_each(
        self,
        x: ArrayLike,
        without: Regions | None = None,
        only: Regions | None = None,
    ) -> list[Prediction]:
        """Ask what the model says without each of many regions, or with only each of them.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        without, only
            The regions, for one of the two questions: a list, one Region, or the table of
            `find_runs`.

        Returns
        -------
        list of Prediction
            In the order of the regions, each the same as ``predict`` gives for it. Where regions
            are small, only what they reach in each layer is computed again.

        Raises
        ------
        ValueError
            For both questions or none, and for a region that does not fit the matrix.
        """
        given = without if only is None else only
        if given is None or (without is not None and only is not None):
            raise ValueError(
                "predict_each takes regions as without= or as only=, but got "
                f"{'neither' if given is None else 'both'}; give one of the two."
            )
        matrix = self.asked(x)
        regions = read_regions(given, matrix.shape)
        hidden = self.fill(matrix)
        if only is not None:
            matrix, hidden = hidden, matrix
        return self.read(self.exchanged(matrix, hidden, regions)[1])

    # -------------------------------------------------------------- what the public calls share

    def _prepare(self, x: NDArray[Any]) -> None:
        """Get the model ready; its head is learnt from x where the model does not tell."""
        with self.lock:
            self._network.prepare(x, Examples(self.background, lambda: self._half(x)))
        targets.check_names(self._names, self.head.classes)

    def _read_background(self, background: ArrayLike | None) -> NDArray[Any] | None:
        """Read the background, whose name stands in what is refused."""
        if background is None:
            return None
        return matrix.matrices(background, self._network.shape, "background")

    def _half(self, x: NDArray[Any]) -> NDArray[Any]:
        """Hide the lower half of x, as a question may."""
        return np.where(np.arange(len(x))[:, None, None] < len(x) / 2, x, self.fill(x))

    def _parts(self, x: NDArray[Any], region: Region) -> NDArray[Any]:
        """(2, H, W, C): x with the region at the baseline, and with all but the region."""
        check_region(region, x.shape)
        inside, fill = region.mask(x.shape[:2])[..., None], self.fill(x)
        return np.stack([np.where(inside, fill, x), np.where(inside, x, fill)])

    def _predict(self, X: NDArray[Any]) -> list[Prediction]:
        with self.lock:
            z = self._network.outputs(X)
        return self.read(z)

    def fill(self, x: NDArray[Any], spec: Any = None) -> NDArray[Any]:
        """Make the (H, W, C) baseline of a matrix; None is the explainer's own."""
        word, (last, of, made) = self.word(x, spec), self._filled
        # a brush asks about one matrix again and again, and a median takes longer than a what-if
        if isinstance(word, str) and word == last and of.dtype == x.dtype and np.array_equal(of, x):
            return made
        found = baselines.baseline(word, x, self.background, self._typical)
        if isinstance(word, str):
            self._filled = word, x.copy(), found
        return found

    def word(self, x: NDArray[Any], spec: Any = None) -> Any:
        """Tell what a baseline is for (H, W, C) x: "auto" becomes a word, None the own one."""
        spec = self._baseline if spec is None else spec
        return self._auto(x.shape) if baselines.is_auto(spec) else spec

    def _auto(self, shape: Sequence[int] | None = None) -> str:
        along: AxisName = "rows" if self.time == "rows" else "columns"
        return baselines.chosen(self.background, shape, along)

    def settled(self, x: NDArray[Any]) -> Self:
        """Fix the baseline for (H, W, C) x, so that all that is compared with x has the same."""
        word = self.word(x)
        if word is self.baseline:
            return self
        twin = copy.copy(self)  # the background has other rows, and its matrices would keep theirs
        vars(twin)["_baseline"] = word
        return twin
