"""The explainer: a model, the names of its classes, rows and columns, and what "nothing" means."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import MethodLike, is_method, read_method
from heatbrush_core.describing import Describing
from heatbrush_core.evidence import evidence
from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.inference.batching import batches
from heatbrush_core.maps.search import Search
from heatbrush_core.matrix import plausibility
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.baselines import words
from heatbrush_core.matrix.given_regions import Regions
from heatbrush_core.matrix.region import Region
from heatbrush_core.methods import Method, Parameters, Result, find
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.registry.families import unit
from heatbrush_core.registry.parameters import counting
from heatbrush_core.registry.repeats import checked, repeated
from heatbrush_core.targets import Class, Margin, ScoreKind

if TYPE_CHECKING:
    import pandas as pd


class Asked(NamedTuple):
    """What one call of `explain` asks of each of its matrices.

    Attributes
    ----------
    method, settings
        The method, and its parameters read for these matrices.
    within, score
        As in `Explainer.explain`.
    axes
        The names of rows and columns.
    """

    method: Method
    settings: Parameters
    within: Region | None
    score: ScoreKind | None
    axes: tuple[Axis, Axis]


class Explainer(Describing):
    """Asks a model why it said what it said of a matrix.

    Parameters
    ----------
    model
        A Keras model, or any function of a batch (N, H, W, C) that returns scores (N, n).
    classes
        Names of the n classes; None: "class 0", "class 1" ...
    rows, columns
        Names along the axes: strings, numbers, dates, a pandas Index or an xarray coordinate; None:
        those of the DataFrame or DataArray that is asked about, else those of the background, else
        0, 1 ...
    background
        (N, H, W, C) typical matrices, for the baselines that are taken from them, "auto" among
        them, and to see what the outputs of a model are that neither its graph nor its loss tells.
    baseline
        What a cell becomes when it is hidden: a number, an array, a function of x, "mean",
        "median", "row_mean", "row_median", "column_mean", "column_median", "blur",
        "background_mean", "background_median", "background_row_median",
        "background_column_median" or "auto", the default: the median of its row and channel, of
        its column where the rows are time, over the background, or over x where there is none.
    output
        The name of one of several outputs.
    scores
        What the model returns: "logits" or "probabilities" of classes that exclude each other,
        "sigmoid_logits" or "sigmoid_probabilities" of independent ones, whose logit is
        log(p / (1 - p)), or plain "values". None finds it out: by the model's graph, then its loss,
        then what it returns. A linear head of several units has logits, one linear unit and a
        function have values. What was guessed or is unusual stands in `Explanation.notes`.
    batch_size
        The most matrices that the model is given at once; None: about 100 ms of work within a
        memory budget.
    time
        Which axis is time, "rows", "columns" or "none". Evidence compares a matrix with copies
        whose phases are drawn anew along it. None: the axis whose names are dates, else the one
        that one-dimensional convolutions and recurrent layers run along, else "columns", which is
        said in ``attrs["notes"]`` of what rests on it. The property `time` tells.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for a model that cannot be explained and names that do not fit it.

    Notes
    -----
    `lock` is held for each batch of model work and free between batches, so that several threads
    can use one explainer.
    """

    @with_bar
    def explain(
        self,
        x: ArrayLike,
        method: MethodLike,
        target: Any = None,
        within: Region | None = None,
        score: ScoreKind | None = None,
        *,
        repeats: int = 1,
        progress: Listening = None,
        cancel: threading.Event | None = None,
        **parameters: Any,
    ) -> Explanation:
        """Ask which cells of x made the model say it.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        method
            A name of `methods()`; a pair (name, {parameters}) or a dict {"name": name, parameter:
            value} brings parameters along.
        target
            None (the predicted class), an index, a name, `targets.Class` or `targets.Margin`.
        within
            Only these cells: a perturbing method touches no others, any other method computes the
            whole map and keeps these. Cells outside are NaN.
        score
            What of the target is explained: "logit" (the default), "probability" or
            "log_probability".
        repeats
            How often the method is run; the map is the mean of all runs, with standard errors. For
            models that give other scores each time, as dropout or noise is on at inference.
        progress
            Called with a `Progress` between batches, in this thread, while `lock` is free. None
            shows a bar after one second, in a notebook or a terminal and in the main thread only;
            False shows none.
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
        given, x = x, self.asked(x)
        chosen, settings = self._chosen(method, parameters, x)
        repeats = checked(repeats)
        aim, watch = self.aim(x, target), Watch(0, progress, cancel)
        task = self.task(x, [aim], score, within, watch)
        watch.stop_if_cancelled()
        (result,) = repeated(chosen, task, None, settings, repeats)
        seconds = time.perf_counter() - start
        asked = Asked(chosen, settings, within, score, self.axes(x.shape, given))
        return self._explanation(x, asked, aim, result, seconds)

    @with_bar
    def explain_batch(
        self,
        X: ArrayLike,
        method: MethodLike,
        targets: Any = None,
        within: Region | None = None,
        score: ScoreKind | None = None,
        *,
        repeats: int = 1,
        progress: Listening = None,
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
        method, within, score, repeats, progress, cancel, **parameters
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
        given, X = X, self.asked_each(X)
        chosen, settings = self._chosen(method, parameters, X[0])
        asked = Asked(chosen, settings, within, score, self.axes(X.shape[1:], given))
        repeats = checked(repeats)
        aims = self.aims(X, targets)
        found: list[Explanation] = []
        together, watch = chosen.together is not None, Watch(len(X), progress, cancel)
        inner = Watch(cancel=cancel) if together else watch.inside()
        each = (slice(i, i + 1) for i in range(len(X)))
        some = batches(len(X), self.batching(X[0], "gradient"), watch)
        for batch in some if together else each:
            start = time.perf_counter()
            task = self.task(X[batch.start], aims[batch], score, within, inner)
            watch.stop_if_cancelled()
            matrices = X[batch] if together else None
            results = repeated(chosen, task, matrices, settings, repeats)
            seconds = (time.perf_counter() - start) / len(results)
            for x, aim, result in zip(X[batch], aims[batch], results, strict=True):
                found.append(self._explanation(x, asked, aim, result, seconds))
            watch.advance(len(results))
        return found

    @with_bar
    def evidence(
        self,
        x: ArrayLike,
        regions: Regions,
        target: Any = None,
        chosen: Literal["before"] | Search | None = None,
        controls: int = evidence.CONTROLS,
        seed: int = 0,
        score: ScoreKind | None = None,
        *,
        progress: Listening = None,
        cancel: threading.Event | None = None,
    ) -> pd.DataFrame:
        """Tell of each region what the score loses without it and gains by it, against chance.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        regions
            What is judged, such as runs of an explanation: a list, one Region, or the table of
            `find_runs`.
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
        score
            Which score s of the target is measured: "probability", "logit" or "log_probability".
            None is that of the search; else the probability, or the model's own value where it has
            none. The search is repeated with the same score.
        progress, cancel
            As in `explain`; `progress` counts controls.

        Returns
        -------
        DataFrame
            A row per region, in the order given: "necessity", s(x) - s(x without it), and
            "sufficiency", s(only it) - s(the baseline); both for other baselines too;
            "elsewhere_mean" and "elsewhere_sd" of the necessity of the same shape at other places
            of x, also those that share cells with the region; "null", what p compares with
            ("placement", "repeat the choice" or "none"); "p", one-sided; "p_adjusted", for all rows
            together; "smallest_p".
            ``attrs["score"]`` says which score was measured, ``attrs["notes"]``, a tuple of
            sentences, what hidden cells become and what else is to be known.

        Raises
        ------
        ValueError, TypeError
            In one sentence, for regions that do not fit x, for an unknown `chosen`, and for a
            `score` that the model does not have.
        Cancelled
            When `cancel` was set.
        """
        watch = Watch(0, progress, cancel)
        return evidence.evidence(self, x, regions, target, chosen, controls, seed, score, watch)

    # -------------------------------------------------------------- how explanations are made

    def _chosen(
        self, method: MethodLike, parameters: dict[str, Any], x: NDArray[Any]
    ) -> tuple[Method, Parameters]:
        """Find a method that runs on this model, and read its parameters for a matrix like x."""
        if is_method(method):
            method, parameters = read_method(method, parameters)
        chosen = find(method)
        if reason := self.why_not(chosen.name):
            raise TypeError(reason)
        settings = chosen.settings(parameters, (x.shape[0], x.shape[1]))
        given = dict(settings)
        if "baseline" in given:
            word = self.word(x, given["baseline"])
            settings = settings.model_copy(update={"baseline": word})
        return chosen, settings

    def _explanation(
        self, x: NDArray[Any], asked: Asked, aim: Class | Margin, result: Result, seconds: float
    ) -> Explanation:
        method, settings = asked.method, asked.settings
        parameters, counts = dict(settings), counting(settings)
        hidden = (words(parameters["baseline"]),) if "baseline" in parameters else ()
        return Explanation(
            values=result.values,
            map=result.map,
            profile=method.profile,
            unit=unit(method, self.head.name_of(asked.score)),
            method=method.name,
            parameters=parameters,
            target=aim,
            score=result.score,
            score_at_baseline=result.score_at_baseline,
            residual=result.residual,
            standard_error=result.errors.map,
            row_errors=result.errors.rows,
            column_errors=result.errors.columns,
            notes=(
                *self._network.notes,
                *result.notes,
                *result.missed,
                *hidden,
                *self._odd(x, asked, result),
            ),
            conservation=result.conservation,
            counting=counts,
            seconds=seconds,
            within=asked.within,
            row_axis=asked.axes[0],
            column_axis=asked.axes[1],
            classes=self.classes,
        )

    def _odd(self, x: NDArray[Any], asked: Asked, result: Result) -> Iterator[str]:
        """Say what is odd about the matrix itself."""
        if self.background is not None:
            if self._usual is None:
                self._usual = plausibility.Usual.of(self.background)
            if said := self._usual.unlike(x):
                yield said
        # a gradient, or a signal, is no evidence that a cell carries
        if asked.method.family in ("attribution", "class activation"):
            map = result.values.sum(axis=-1) if result.map is None else result.map
            if asked.within is not None:
                map = np.where(asked.within.mask(map.shape), map, np.nan)
            yield from plausibility.padding(x, map, asked.axes)
