"""The explainer: a model, the names of its classes, rows and columns, and what "nothing" means."""

from __future__ import annotations

import threading
import time
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import ArrayLike, NDArray

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import MethodLike, is_method, read_method
from heatbrush_core.describing import Describing
from heatbrush_core.evidence import evidence, premises
from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.inference.batching import batches
from heatbrush_core.instances.crosstalk import Crossing
from heatbrush_core.maps.search import Search
from heatbrush_core.matrix.given_regions import Regions, read_region
from heatbrush_core.matrix.region import Region
from heatbrush_core.methods import Method, Parameters, find
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.registry.answers import Asked, explanation
from heatbrush_core.registry.repeats import checked, repeated
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import pandas as pd


class Explainer(Crossing, Describing):
    """Asks a model why it said what it said of a matrix.

    Parameters
    ----------
    model
        A Keras model, or any function of a batch (N, H, W, C) that returns scores (N, n), or a map
        (N, h, w, c) or another shape, of which `heatbrush.targets` name the cells.
    classes
        Names of the n classes; None: "class 0", "class 1" ... Of a map, names of its channels.
    rows, columns
        Names along the axes: strings, numbers, dates, a pandas Index or an xarray coordinate; None:
        those of the DataFrame or DataArray that is asked about, else those of the background, else
        0, 1 ...
    background
        (N, H, W, C) typical matrices, or a dict of these and of N values of each held input, by
        name; for the baselines that are taken from them, "auto" among
        them, and to see what the outputs of a model are that neither its graph nor its loss tells.
    baseline
        What a cell becomes when it is hidden: a number, an array, a function of x, "mean",
        "median", "row_mean", "row_median", "column_mean", "column_median", "blur",
        "background_mean", "background_median", "background_row_median",
        "background_column_median" or "auto", the default: the median of its row and channel, of
        its column where the rows are time, over the background, or over x where there is none.
    output
        The name of one of several outputs; None takes the first where one of them is a map, which
        is said in the notes of what rests on it. A target may name another.
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
    valid
        Which cells of a matrix exist; padding and gaps do not. "finite": those that hold finite
        numbers in all channels, so that NaN may stand for no value. A boolean (H, W) mask, or a
        function of (H, W, C) x that returns one. None: all. Cells that do not exist are never
        hidden, never counted, and NaN in every map. It holds for the background, too.
    fill
        What the model is fed where a cell does not exist, given as `baseline` is. None: what x
        holds there, or the baseline in the place of NaN. ``fill=float("nan")`` hands NaN on to a
        model that reads it as no value; `baseline` may then be NaN as well.
    input
        Of a model with several inputs, the name of the one that is the matrix, or its place in the
        list that the model takes; None: the only one with rows and columns, which is said in the
        notes. A function and a subclassed model are then called with a dict, or a list, of all.
    given
        What the other inputs hold, by name: one value for each, without an axis of samples. They
        are constants for every method, and nothing hides them; a question may bring others along.
        `given_scores` tells what they are worth.
    outputs
        A decoder of `heatbrush.outputs`, which reads things out of the model's outputs: landmarks,
        parts, boxes or steps, see `things`. Without a target the strongest is explained, unless
        `output` names one. None: a softmax over classes for each row, or each column, is read as
        a `Sequence`, and nothing else as things.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for a model that cannot be explained and names that do not fit it.

    Notes
    -----
    `lock` is held for each batch of model work and free between batches, so that several threads
    can use one explainer. That of a Keras model can be pickled and deep-copied, with the model; in
    a fork of its process, where TensorFlow does not go on, every call is refused.
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
        valid: Any = None,
        given: Any = None,
        repeats: int = 1,
        progress: Listening = None,
        cancel: threading.Event | None = None,
        **parameters: Any,
    ) -> Explanation:
        """Ask which cells of x made the model say it.

        The notes say what hidden cells become, and whether everything hidden has the class as well.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        method
            A name of `methods()`; a pair (name, {parameters}) or a dict {"name": name, parameter:
            value} brings parameters along.
        target
            None (the predicted class; with a decoder the strongest thing; else of a map its highest
            cell), an index, a name, or any of `heatbrush.targets`: a class, a thing, a cell or an
            area of a map, a step, a unit of a layer, a margin or a sum of these, a likeness, or a
            function of the outputs.
        within
            Only these cells: a perturbing method touches no others, any other method computes the
            whole map and keeps these. Cells outside are NaN.
        score
            What of the target is explained: "logit" (the default), "probability" or
            "log_probability".
        valid
            Which cells of x exist, in the place of what the explainer says: as there, or one
            length along the axis that is time.
        given
            What the inputs beside the matrix hold for x, by name, in the place of what the
            explainer says. No method hides or changes any of it.
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
        asker, matrix = self.aiming(x, valid, target, given)
        chosen, settings = asker.chosen(method, parameters, matrix)
        within = None if within is None else read_region(within, matrix.shape)
        repeats = checked(repeats)
        aim, watch = asker.aim(matrix, target), Watch(0, progress, cancel)
        task = asker.task(matrix, [aim], score, within, watch)
        watch.stop_if_cancelled()
        (result,) = repeated(chosen, task, None, settings, repeats)
        seconds = time.perf_counter() - start
        asked = Asked(chosen, settings, within, score, self.axes(matrix.shape, x))
        watching = Watch(cancel=cancel)
        (doubts,) = premises.of_settings([asker], matrix[None], [aim], settings, watching)
        return explanation(asker, matrix, asked, aim, result, seconds, doubts)

    @with_bar
    def explain_batch(
        self,
        X: ArrayLike,
        method: MethodLike,
        targets: Any = None,
        within: Region | None = None,
        score: ScoreKind | None = None,
        *,
        valid: Any = None,
        given: Any = None,
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
        valid
            Which cells exist: as in `explain`, for all; (N, H, W) masks; or N lengths along the
            axis that is time.
        given
            What the inputs beside the matrix hold, by name: as in `explain`, but with an axis of N
            samples.
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
        askers, matrices = self.about_each(X, valid, given)
        watch = Watch(len(matrices), progress, cancel)
        askers, aims = self.toward_each(askers, matrices, targets, watch.inside())
        chosen, settings = askers[0].chosen(method, parameters, matrices[0])
        for each in {asker.aimed: asker for asker in askers}.values():
            if reason := each.why_not(chosen.name):
                raise TypeError(reason)
        within = None if within is None else read_region(within, matrices.shape[1:])
        asked = Asked(chosen, settings, within, score, self.axes(matrices.shape[1:], X))
        repeats = checked(repeats)
        # what is hidden together must have the same cells
        together = chosen.together is not None and all(each is askers[0] for each in askers)
        found: list[Explanation] = []
        inner = Watch(cancel=cancel) if together else watch.inside()
        alone = (slice(i, i + 1) for i in range(len(matrices)))
        some = batches(len(matrices), self.batching(matrices[0], "gradient"), watch)
        for batch in some if together else alone:
            start, asker = time.perf_counter(), askers[batch.start]
            task = asker.task(matrices[batch.start], aims[batch], score, within, inner)
            watch.stop_if_cancelled()
            results = repeated(
                chosen, task, matrices[batch] if together else None, settings, repeats
            )
            seconds = (time.perf_counter() - start) / len(results)
            doubts = premises.of_settings(
                askers[batch], matrices[batch], aims[batch], settings, inner
            )
            found_of_each = zip(matrices[batch], aims[batch], results, doubts, strict=True)
            for x, aim, result, doubt in found_of_each:
                found.append(explanation(asker, x, asked, aim, result, seconds, doubt))
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
        valid: Any = None,
        given: Any = None,
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
        valid
            Which cells of x exist, as in `explain`; a region counts with its cells that do. None
            are those that existed where the regions were found, else what the explainer says.
        given
            What the other inputs hold, as in `explain`.
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
        return evidence.evidence(
            self.holding(given), x, regions, target, chosen, controls, seed, score, valid, watch
        )

    # -------------------------------------------------------------- how explanations are made

    def chosen(
        self, method: MethodLike, parameters: dict[str, Any], x: NDArray[Any]
    ) -> tuple[Method, Parameters]:
        """Find a method that runs on this model, and read its parameters for a matrix like x."""
        if is_method(method):
            method, parameters = read_method(method, parameters)
        chosen = find(method)
        if reason := self.why_not(chosen.name):
            raise TypeError(reason)
        settings = chosen.settings(parameters, (x.shape[0], x.shape[1]))
        said = dict(settings)
        if "baseline" in said:
            word = self.word(x, said["baseline"])
            settings = settings.model_copy(update={"baseline": word})
        return chosen, settings
