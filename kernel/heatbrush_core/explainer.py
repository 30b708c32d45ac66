"""The explainer: a model, the names of its classes, rows and columns, and what "nothing" means."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core import baselines, matrix, targets
from heatbrush_core.axes import Axis, check_counts, kept
from heatbrush_core.explanation import Explanation
from heatbrush_core.heads import Head, ScoreKind
from heatbrush_core.methods import REGISTRY, Method, Result, find
from heatbrush_core.network import Scores, Shape, network
from heatbrush_core.pace import Pace, checked
from heatbrush_core.prediction import Prediction
from heatbrush_core.progress import Listener
from heatbrush_core.region import Region, check_region
from heatbrush_core.targets import Class, Margin
from heatbrush_core.task import Task

if TYPE_CHECKING:
    import pandas as pd


class Explainer:
    """Asks a model why it said what it said of a matrix.

    Parameters
    ----------
    model
        A Keras model, or any function of a batch (N, H, W, C) that returns scores (N, n).
    classes
        Names of the n classes; None: "class 0", "class 1" ...
    rows, columns
        Names along the axes: strings, numbers, dates or a pandas Index; None: 0, 1 ...
    background
        (N, H, W, C) typical matrices, for the background baselines.
    baseline
        What a cell becomes when it is hidden: a number, an array, a function of x, "mean",
        "median", "row_mean", "column_mean", "blur", "background_mean" or "background_median".
    output
        The name of one of several outputs.
    scores
        What a head without softmax or sigmoid, or a function, returns: "logits" (the default for a
        linear head of several units), "probabilities", or "values" (the default for one linear
        unit, and for functions).
    batch_size
        Matrices computed at once; None: about 100 ms of work within a memory budget.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for a model that cannot be explained and names that do not fit it.

    Notes
    -----
    `lock` is held for each batch of model work and free between batches, so that several threads
    can use one explainer.
    """

    def __init__(
        self,
        model: Any,
        classes: Sequence[str] | None = None,
        rows: Any = None,
        columns: Any = None,
        background: ArrayLike | None = None,
        baseline: Any = 0.0,
        output: str | None = None,
        scores: Scores | None = None,
        batch_size: int | None = None,
    ) -> None:
        baselines.check_word(baseline)
        self.model = model
        self.lock = threading.RLock()
        self.baseline = baseline
        self._network = network(model, output, scores)
        self._rows, self._columns = kept(rows), kept(columns)
        self._names = None if classes is None else targets.names(classes)
        self._batch_size = checked(batch_size)
        self._paces: dict[tuple[Any, ...], Pace] = {}
        self.background = None if background is None else self.matrices(background)
        if self._network.head is not None:
            targets.check_names(self._names, self._network.head.classes)
        check_counts(self._rows, self._columns, self.shape)

    @property
    def classes(self) -> tuple[str, ...]:
        """The names of the classes; empty before the first matrix where the model tells none."""
        head = self._network.head
        if self._names is not None or head is None:
            return self._names or ()
        return tuple(f"class {index}" for index in range(head.classes))

    @property
    def shape(self) -> Shape | None:
        """(H, W, C) of one matrix with None where any length will do; None where unknown."""
        shape = self._network.shape
        return (*shape, 1) if shape is not None and len(shape) == 2 else shape

    def matrix(self, x: ArrayLike) -> NDArray[Any]:
        """(H, W, C) float array of one matrix, checked against the model's shape."""
        return matrix.matrix(x, self._network.shape)

    def matrices(self, X: ArrayLike) -> NDArray[Any]:
        """(N, H, W, C) float array of many matrices, checked against the model's shape."""
        return matrix.matrices(X, self._network.shape)

    def axes(self, shape: Sequence[int]) -> tuple[Axis, Axis]:
        """Name the rows and the columns of a matrix of shape (H, W, ...)."""
        rows = Axis.make(self._rows, shape[0], "rows")
        return rows, Axis.make(self._columns, shape[1], "columns")

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
        matrix = self.matrix(x)
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
        """Ask what the model says without a region and with only it, in one batch.

        Returns
        -------
        (Prediction, Prediction)
            The same as ``predict(x, without=region)`` and ``predict(x, only=region)``.
        """
        without, only = self._predict(self._parts(self.matrix(x), region))
        return without, only

    def explain(
        self,
        x: ArrayLike,
        method: str,
        target: Any = None,
        within: Region | None = None,
        score: ScoreKind | None = None,
        *,
        progress: Listener | None = None,
        cancel: threading.Event | None = None,
        **parameters: Any,
    ) -> Explanation:
        """Ask which cells of x made the model say it.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        method
            A name of `methods()`.
        target
            None (the predicted class), an index, a name, `targets.Class` or `targets.Margin`.
        within
            Only these cells: a perturbing method touches no others, any other method computes the
            whole map and keeps these. Cells outside are NaN.
        score
            What of the target is explained: "logit" (the default), "probability" or
            "log_probability".
        progress
            Called between batches, in this thread, while `lock` is free.
        cancel
            Checked between batches; once set, `Cancelled` is raised.
        **parameters
            The method's own, see `methods()`.

        Raises
        ------
        ValueError, TypeError
            In one sentence: what was given, what was expected and what to do.
        Cancelled
            When `cancel` was set.
        """
        start = time.perf_counter()
        chosen = find(method)
        x = self.matrix(x)
        head = self._prepare(x)
        if reason := self.why_not(method):
            raise TypeError(reason)
        settings = chosen.settings(parameters, (x.shape[0], x.shape[1]))
        aim = self._aim(x, target)
        kind = head.checked(score)
        task = self._task(x, aim.weights(head.classes), kind, within, progress, cancel)
        task.stop_if_cancelled()
        result = chosen.compute(task, settings)
        return self._explanation(task, chosen, dict(settings), aim, result, within, start)

    def why_not(self, method: str) -> str:
        """Say in one sentence why a method cannot run on this model; empty where it can."""
        chosen, offers = find(method), self._network.offers
        if chosen.needs in offers:
            return ""
        works = ", ".join(name for name, other in REGISTRY.items() if other.needs in offers)
        needs = "the model's graph" if chosen.needs == "graph" else "gradients"
        return (
            f"{method} needs {needs}, but {self._network.without_graph}; use what works here "
            f"({works}), or give a functional or sequential Keras model."
        )

    def methods(self) -> pd.DataFrame:
        """List all methods: what they answer, what they take, whether they run here."""
        import pandas as pd

        rows = [
            {
                "method": name,
                "family": each.family,
                "question": each.question,
                "parameters": ", ".join(each.Parameters.model_fields),
                "runs here": self.why_not(name) or "yes",
            }
            for name, each in REGISTRY.items()
        ]
        return pd.DataFrame(rows).set_index("method")

    def report(self) -> pd.DataFrame:
        """List the nodes of the model's graph, and how the backward walks treat them.

        Raises
        ------
        TypeError
            For a model without a graph.
        """
        import pandas as pd

        nodes = self._network.report()
        if nodes is None:
            raise TypeError(
                f"A report needs the model's graph, but {self._network.without_graph}; give a "
                "functional or sequential Keras model."
            )
        return pd.DataFrame(nodes).set_index("node")

    # -------------------------------------------------------------- how one explanation is made

    def _prepare(self, x: NDArray[Any]) -> Head:
        """Get the model's head, learnt from x where the model did not tell."""
        with self.lock:
            self._network.prepare(x)
        head = self._network.head
        assert head is not None
        targets.check_names(self._names, head.classes)
        return head

    def _parts(self, x: NDArray[Any], region: Region) -> NDArray[Any]:
        """(2, H, W, C): x with the region at the baseline, and with all but the region."""
        check_region(region, x.shape)
        inside, fill = region.mask(x.shape[:2])[..., None], self._fill(x, None)
        return np.stack([np.where(inside, fill, x), np.where(inside, x, fill)])

    def _predict(self, X: NDArray[Any]) -> list[Prediction]:
        head = self._prepare(X[0])
        with self.lock:
            z = self._network.outputs(X)
        shares = head.probabilities(z) if head.has_probabilities else [None] * len(X)
        pairs = zip(head.logits(z), shares, strict=True)
        return [Prediction(scores, share, self.classes) for scores, share in pairs]

    def _aim(self, x: NDArray[Any], target: Any) -> Class | Margin:
        """Freeze the target; the model is asked only where it is to be the predicted class."""
        predicted = self._predict(x[None])[0].predicted if target is None else 0
        return targets.resolve(target, self.classes, predicted)

    def _fill(self, x: NDArray[Any], spec: Any) -> NDArray[Any]:
        spec = self.baseline if spec is None else spec
        return baselines.baseline(spec, x, self.background)

    def _pace(self, x: NDArray[Any], work: str) -> Pace:
        """Keep one pace per kind of work and size of matrix, from run to run."""
        key = (work, x.shape)
        if key not in self._paces:
            self._paces[key] = Pace(self._network.bytes_per_matrix(x), self._batch_size)
        return self._paces[key]

    def _task(
        self,
        x: NDArray[Any],
        weights: NDArray[np.float64],
        kind: ScoreKind,
        within: Region | None,
        listener: Listener | None,
        cancel: threading.Event | None,
    ) -> Task:
        if within is not None:
            check_region(within, x.shape)
        return Task(
            network=self._network,
            lock=self.lock,
            x=x,
            weights=weights,
            kind=kind,
            inside=None if within is None else within.mask(x.shape[:2]),
            fill=lambda spec: self._fill(x, spec),
            pace=lambda work: self._pace(x, work),
            listener=listener,
            cancel=cancel,
        )

    def _explanation(
        self,
        task: Task,
        method: Method,
        settings: dict[str, Any],
        aim: Class | Margin,
        result: Result,
        within: Region | None,
        start: float,
    ) -> Explanation:
        if settings.get("baseline", 0) is None:
            settings["baseline"] = self.baseline
        row_axis, column_axis = self.axes(task.x.shape)
        return Explanation(
            values=result.values,
            map=result.map,
            profile=method.profile,
            method=method.name,
            parameters=settings,
            target=aim,
            score=result.score,
            score_at_baseline=result.score_at_baseline,
            residual=result.residual,
            seconds=time.perf_counter() - start,
            within=within,
            row_axis=row_axis,
            column_axis=column_axis,
            classes=self.classes,
        )
