"""The explainer: a model, the names of its classes, rows and columns, and what "nothing" means."""

from __future__ import annotations

import threading
import time
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import ArrayLike, NDArray

from heatbrush_core.evidence import evidence
from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.inference.batching import batches
from heatbrush_core.inference.explaining import Explaining
from heatbrush_core.maps.search import Search
from heatbrush_core.matrix.region import Region
from heatbrush_core.methods import REGISTRY, Method, Parameters, Result, find
from heatbrush_core.methods.occlusion import PATCH
from heatbrush_core.methods.relevance import LRPParameters
from heatbrush_core.network.heads import ScoreKind
from heatbrush_core.progress import Listener, Watch
from heatbrush_core.registry.registry import why_not
from heatbrush_core.registry.repeats import checked, repeated
from heatbrush_core.targets import Class, Margin

if TYPE_CHECKING:
    import pandas as pd


class Explainer(Explaining):
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
        The most matrices that the model is given at once; None: about 100 ms of work within a
        memory budget.

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
        repeats: int = 1,
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
        repeats
            How often the method is run; the map is the mean of all runs, with standard errors. For
            models that give other scores each time, as dropout or noise is on at inference.
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
        x = self.asked(x)
        chosen, settings = self._chosen(method, parameters, x)
        repeats = checked(repeats)
        aim, watch = self.aim(x, target), Watch(0, progress, cancel)
        task = self.task(x, [aim], score, within, watch)
        watch.stop_if_cancelled()
        (result,) = repeated(chosen, task, None, settings, repeats)
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
        repeats: int = 1,
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
        X = self.asked_each(X)
        chosen, settings = self._chosen(method, parameters, X[0])
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

    # -------------------------------------------------------------- what it can do here

    def why_not(self, method: str) -> str:
        """Say in one sentence why a method cannot run on this model; empty where it can."""
        return why_not(find(method), self._network, self.background is not None)

    def fields(self, method: str) -> list[dict[str, Any]]:
        """List the form fields of a method's parameters, with the choices that this model has."""
        fields = find(method).fields()
        for field in fields:
            if field["name"] == "layer":
                field.update(kind="choice", choices=self._network.places())
        return fields

    def methods(self) -> pd.DataFrame:
        """List all methods: what they answer, what they take, whether they run here."""
        import pandas as pd

        from heatbrush_core.tables import Methods

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
        return Methods(pd.DataFrame(rows).set_index("method"))

    def report(self, **lrp: Any) -> pd.DataFrame:
        """List the nodes of the model's graph, and how the methods treat them.

        Parameters
        ----------
        **lrp
            Parameters of the method lrp, such as ``composite="epsilon_plus"``, for its column.

        Returns
        -------
        DataFrame
            One row per node, from the input to the score. "kind" is what a node is to the methods;
            the first linear ones are marked. A node that no rule knows takes the gradient, and its
            row says so. "occlusion" tells how the node is computed again where a window is hidden,
            and what a window of 8 x 8 in the middle of the matrix reaches: from "all" on, the walk
            saves nothing.

        Raises
        ------
        TypeError
            For a model without a graph.
        """
        graph = self._network.graph
        if graph is None:
            raise TypeError(
                f"A report needs the model's graph, but {self._network.without_graph}; give a "
                "functional or sequential Keras model."
            )
        import pandas as pd

        from heatbrush_core import tables
        from heatbrush_core.walks import report  # the first needs Keras

        chosen = find("lrp").settings(lrp, (1, 1))
        assert isinstance(chosen, LRPParameters)
        locality = self._network.locality()
        rows = report.rows(graph, self._network.folded, chosen.assignment(), locality, PATCH)
        return tables.Table(pd.DataFrame(rows).set_index("node"))

    # -------------------------------------------------------------- how explanations are made

    def _chosen(
        self, method: str, parameters: dict[str, Any], x: NDArray[Any]
    ) -> tuple[Method, Parameters]:
        """Find a method that runs on this model, and read its parameters for a matrix like x."""
        chosen = find(method)
        if reason := self.why_not(method):
            raise TypeError(reason)
        return chosen, chosen.settings(parameters, (x.shape[0], x.shape[1]))

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
            notes=(*self._network.notes, *result.notes),
            conservation=result.conservation,
            seconds=seconds,
            within=within,
            row_axis=row_axis,
            column_axis=column_axis,
            classes=self.classes,
        )
