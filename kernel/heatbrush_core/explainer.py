"""The explainer: a model, the names of its classes, rows and columns, and what "nothing" means."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core import evidence
from heatbrush_core.described import Described
from heatbrush_core.explanation import Explanation
from heatbrush_core.heads import ScoreKind
from heatbrush_core.methods import Method, Parameters, Result, find
from heatbrush_core.progress import Listener, Watch
from heatbrush_core.region import Region, check_region
from heatbrush_core.search import Search
from heatbrush_core.targets import Class, Margin, resolve
from heatbrush_core.task import Task

if TYPE_CHECKING:
    import pandas as pd


class Explainer(Described):
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
        x = self.matrix(x)
        chosen, settings = self._chosen(method, parameters, x)
        aim = self.aim(x, target)
        task = self._task(x, [aim], score, within, progress, cancel)
        task.stop_if_cancelled()
        result = chosen.compute(task, settings)
        seconds = time.perf_counter() - start
        return self._explanation(x, chosen, settings, aim, result, within, seconds)

    def explain_batch(
        self,
        X: ArrayLike,
        method: str,
        targets: Any = None,
        within: Region | None = None,
        score: ScoreKind | None = None,
        *,
        progress: Listener | None = None,
        cancel: threading.Event | None = None,
        **parameters: Any,
    ) -> list[Explanation]:
        """Explain each of several matrices, as `explain` does, in batches that fit into memory.

        Parameters
        ----------
        X
            (N, H, W) or (N, H, W, C).
        targets
            One target for all, or a list of N; None explains each for its own predicted class.
        method, within, score, progress, cancel, **parameters
            As in `explain`; `progress` counts matrices.

        Returns
        -------
        list of Explanation
            In the order of X; `seconds` is each one's share of its batch.

        Raises
        ------
        ValueError, TypeError, Cancelled
            As in `explain`.
        """
        X = self.matrices(X)
        chosen, settings = self._chosen(method, parameters, X[0])
        aims = self._aims(X, targets)
        found: list[Explanation] = []
        whole = self._task(X[0], aims, score, within, progress, cancel)
        together, watch = chosen.together is not None, Watch(len(X), progress, cancel)
        listener = None if together else watch.inside().listener
        batches = whole.batches(len(X), "gradient")
        for batch in batches if together else (slice(i, i + 1) for i in range(len(X))):
            start = time.perf_counter()
            task = self._task(X[batch.start], aims[batch], score, within, listener, cancel)
            task.stop_if_cancelled()
            if together:
                results = chosen.each(task, X[batch], settings)
            else:
                results = [chosen.compute(task, settings)]
            seconds = (time.perf_counter() - start) / len(results)
            for x, aim, result in zip(X[batch], aims[batch], results, strict=True):
                made = self._explanation(x, chosen, settings, aim, result, within, seconds)
                found.append(made)
            watch.advance(len(results))
        return found

    def evidence(
        self,
        x: ArrayLike,
        regions: Sequence[Region],
        target: Any = None,
        chosen: Literal["before"] | Search | None = None,
        controls: int = evidence.CONTROLS,
        seed: int = 0,
        *,
        progress: Listener | None = None,
        cancel: threading.Event | None = None,
    ) -> pd.DataFrame:
        """Tell of each region what the score loses without it and gains by it, against chance.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        regions
            What is judged, such as runs of an explanation.
        target
            As in `explain`; None is the predicted class.
        chosen
            How the regions were chosen, on which depends what chance is. "before": without having
            seen any map or what-if of this x. A `Search`: by that search on this x. None: by the
            search that the regions remember, if they are runs of one explanation; else unknown, and
            there is no p.
        controls
            Other places, or other matrices, that a region is compared with, at the most.
        seed
            The same seed gives the same controls.
        progress, cancel
            As in `explain`; `progress` counts controls.

        Returns
        -------
        DataFrame
            A row per region, in the order given: "necessity", s(x) - s(x without it), and
            "sufficiency", s(only it) - s(the baseline), where s is the target's probability; both
            for other baselines too; "control_mean" and "control_sd" of the necessity of the same
            shape elsewhere in x; "null", what p compares with ("placement", "repeat the choice" or
            "none"); "p", one-sided; "p_adjusted", for all rows together; "smallest_p".

        Raises
        ------
        ValueError, TypeError
            In one sentence, for regions that do not fit x, and for an unknown `chosen`.
        Cancelled
            When `cancel` was set.
        """
        watch = Watch(0, progress, cancel)
        return evidence.evidence(self, x, regions, target, chosen, controls, seed, watch)

    # -------------------------------------------------------------- how explanations are made

    def _chosen(
        self, method: str, parameters: dict[str, Any], x: NDArray[Any]
    ) -> tuple[Method, Parameters]:
        """Find a method that runs on this model, and read its parameters for a matrix like x."""
        chosen = find(method)
        self._prepare(x)
        if reason := self.why_not(method):
            raise TypeError(reason)
        return chosen, chosen.settings(parameters, (x.shape[0], x.shape[1]))

    def aim(self, x: NDArray[Any], target: Any) -> Class | Margin:
        """Freeze the target; the model is asked only where it is to be the predicted class."""
        self._prepare(x)
        predicted = self._predict(x[None])[0].predicted if target is None else 0
        return resolve(target, self.classes, predicted)

    def others(self, aim: Class | Margin, watch: Watch | None = None) -> NDArray[Any] | None:
        """Take the background samples that the model takes for another class than the target."""
        if self.background is None:
            return None
        first, _ = aim.pair
        outputs = self.outputs(len(self.background), self.background.__getitem__, watch)
        return self.background[[each.predicted != first for each in self.read(outputs)]]

    def _aims(self, X: NDArray[Any], targets: Any) -> list[Class | Margin]:
        """Freeze the target of each matrix."""
        if not isinstance(targets, list | tuple | np.ndarray):
            targets = [targets] * len(X)
        if len(targets) != len(X):
            raise ValueError(
                f"targets holds {len(targets)}, but there are {len(X)} matrices; give one target "
                "for all, or one for each."
            )
        return [self.aim(x, target) for x, target in zip(X, targets, strict=True)]

    def _task(
        self,
        x: NDArray[Any],
        aims: Sequence[Class | Margin],
        score: ScoreKind | None,
        within: Region | None,
        listener: Listener | None,
        cancel: threading.Event | None,
    ) -> Task:
        if within is not None:
            check_region(within, x.shape)
        head = self._prepare(x)
        weights = np.stack([aim.weights(head.classes) for aim in aims])
        return Task(
            network=self._network,
            lock=self.lock,
            x=x,
            weights=weights[0] if len(aims) == 1 else weights,
            kind=head.checked(score),
            inside=None if within is None else within.mask(x.shape[:2]),
            fill=lambda spec, x: self.fill(x, spec),
            background=self.background,
            pace=lambda work: self._pace(x, work),
            listener=listener,
            cancel=cancel,
        )

    def _explanation(
        self,
        x: NDArray[Any],
        method: Method,
        settings: Parameters,
        aim: Class | Margin,
        result: Result,
        within: Region | None,
        seconds: float,
    ) -> Explanation:
        parameters = dict(settings)
        if parameters.get("baseline", 0) is None:
            parameters["baseline"] = self.baseline
        row_axis, column_axis = self.axes(x.shape)
        return Explanation(
            values=result.values,
            map=result.map,
            profile=method.profile,
            method=method.name,
            parameters=parameters,
            target=aim,
            score=result.score,
            score_at_baseline=result.score_at_baseline,
            residual=result.residual,
            standard_error=result.errors.map,
            row_errors=result.errors.rows,
            column_errors=result.errors.columns,
            notes=result.notes,
            conservation=result.conservation,
            seconds=seconds,
            within=within,
            row_axis=row_axis,
            column_axis=column_axis,
            classes=self.classes,
        )
