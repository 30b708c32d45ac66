"""What each unit picks up, learnt from typical matrices: PatternNet and PatternAttribution."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.inference.task import Task
from heatbrush_core.network.inputs.reading import held_key
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters
from heatbrush_core.walks.backward.pattern_fits import Estimator

if TYPE_CHECKING:
    from heatbrush_core.walks.backward.pattern_fits import Fit, Key, Moments


class PatternParameters(Parameters):
    """How the patterns are fitted."""

    estimator: Estimator = Field(
        "relu",
        description="which typical matrices a unit learns from: those where its output is positive "
        "(relu), or all (linear)",
    )

    def summary(self) -> str:
        """As in "linear patterns"."""
        return f"{self.estimator} patterns"


def patternnet(task: Task, X: NDArray[Any], settings: PatternParameters) -> list[Result]:
    """Carry the score back as what each unit takes for a signal: the gradient with patterns.

    In each linear layer the weights are replaced by the patterns of `walks.backward.patterns`,
    fitted on the background with batch normalisation folded, separable convolutions as one; an
    affine map of each cell is divided by its scale; everything else passes its gradient. On a
    linear model the map is pattern times logit, with pattern = cov(x, logit) / var(logit) for the
    estimator "linear".

    Source: Kindermans et al. (2018), arXiv:1705.05598, sections 4 and 5.
    """
    return _explained(task, X, settings, "signal")


def pattern_attribution(task: Task, X: NDArray[Any], settings: PatternParameters) -> list[Result]:
    """Carry the score back by what of each unit's output the signal adds: weight times pattern.

    As `patternnet`, but the weights w are replaced by w times pattern, and affine maps pass all on.
    On a linear model the map is weight times pattern times logit, which sums to the logit; a deep
    model loses what arrives at closed rectifiers and at padding, so that no sum is promised.

    Source: Kindermans et al. (2018), arXiv:1705.05598, sections 4 and 5.
    """
    return _explained(task, X, settings, "attribution")


def _explained(
    task: Task,
    X: NDArray[Any],
    settings: PatternParameters,
    use: Literal["signal", "attribution"],
) -> list[Result]:
    from heatbrush_core.walks.backward.patterns import rule  # these need TensorFlow
    from heatbrush_core.walks.backward.walk import Walk

    fit = _fit(task, settings)
    by_use = functools.partial(rule, use=use)
    walk = Walk(("patterns", use), by_use, "score", folded=True, numbers=fit.patterns)
    found = task.relevance(X, walk)
    notes = (*fit.notes, *_unknown(task))
    pairs = zip(found.values, found.scores, strict=True)
    return [Result(values, float(score), notes=notes) for values, score in pairs]


def _fit(task: Task, settings: PatternParameters) -> Fit:
    """Fit the patterns, or take those of an earlier run on the same matrices and weights."""
    from heatbrush_core.walks.backward.patterns import fit

    network, background = task.network, _background(task)
    with task.lock:
        weights = network.fingerprint(), held_key(network)
    known = network.fits.get(settings.estimator)
    if known is not None and known.background is background and known.weights == weights:
        return known
    sums: dict[Key, Moments] = {}
    for batch in task.batches(len(background), "moments"):
        more = task.moments(background[batch], settings.estimator)
        sums = {key: sums[key] + each if sums else each for key, each in more.items()}
        task.report(batch.stop, len(background))
    with task.lock:
        found = fit(network.folded, sums, settings.estimator, background, weights)
    network.fits[settings.estimator] = found
    return found


def _background(task: Task) -> NDArray[Any]:
    """Check that there are matrices enough, and such as the model takes."""
    background, shape = task.background, task.network.shape
    assert background is not None and shape is not None
    lengths = zip(background.shape[1:], (*shape, 1)[:3], strict=True)
    if any(expected not in (None, given) for given, expected in lengths):
        raise ValueError(
            f"The background holds matrices of shape {background.shape[1:]}, but the model expects "
            f"{shape}; give the explainer a background of such matrices."
        )
    if len(background) < 2:
        raise ValueError(
            "The background holds one matrix, but patterns are fitted on many; give the explainer "
            "background= with more, such as those that the model learnt from."
        )
    return background


def _unknown(task: Task) -> tuple[str, ...]:
    """Name the nodes that may hold weights of their own, for which there is no pattern."""
    kinds = ("opaque", "recurrent")
    names = [node.name for node in task.network.folded.nodes if node.kind in kinds]
    if not names:
        return ()
    verb = "has no pattern and passes its" if len(names) == 1 else "have no patterns and pass their"
    return (f"{', '.join(names)} {verb} gradient.",)


METHODS = (
    Method(
        name="patternnet",
        family="signal",
        question="What in the input, as it occurs in the data, did the units detect?",
        needs="graph",
        shares=True,
        Parameters=PatternParameters,
        together=patternnet,
        needs_background=True,
    ),
    Method(
        name="pattern_attribution",
        family="attribution",
        question="How much of the score does each cell's signal carry?",
        needs="graph",
        shares=True,
        Parameters=PatternParameters,
        together=pattern_attribution,
        needs_background=True,
    ),
)
