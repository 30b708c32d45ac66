"""DeepLIFT: the difference from a baseline, handed back from the score through every layer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.inference.task import Task
from heatbrush_core.registry.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters

if TYPE_CHECKING:
    from heatbrush_core.walks.backward.walk import Walk

Rule = Literal["rescale", "reveal_cancel"]


class DeepLiftParameters(Parameters):
    """What the input is compared with, and how an activation's change is shared."""

    baseline: Baseline = Field(None, title="baseline", description=f"the reference: {WORDS}")
    rule: Rule = Field(
        "rescale",
        description="rescale shares what is left where contributions cancel; reveal_cancel shares "
        "what pushes up and what pushes down apart",
    )

    def summary(self) -> str:
        """As in "reveal cancel · baseline 0"."""
        parts = [self.rule.replace("_", " ")] if self.rule != "rescale" else []
        parts += [baseline_text(self.baseline)] if self.baseline is not None else []
        return " · ".join(parts)


def deeplift(task: Task, X: NDArray[Any], settings: DeepLiftParameters) -> list[Result]:
    """Multiply each cell's difference from the baseline with its multiplier.

    The sum over all cells is the difference of the two scores, and `residual` what rounding adds.
    On a linear model the map is w * (x - baseline), with either rule.

    Source: Shrikumar, Greenside & Kundaje (2017), arXiv:1704.02685.
    """
    bases = task.baselines(X, settings.baseline)
    found = task.relevance(X, _walk(settings.rule, bases))
    values, at_baseline = found.values * (X - bases), task.scores(bases)
    return [
        Result(
            value,
            float(score),
            score_at_baseline=float(start),
            promised=float(score - start),
        )
        for value, score, start in zip(values, found.scores, at_baseline, strict=True)
    ]


def _walk(rule: Rule, bases: NDArray[Any]) -> Walk:
    """Make the walk, which needs Keras; it is compiled once per rule."""
    from heatbrush_core.walks.backward.deeplift import Rescale
    from heatbrush_core.walks.backward.reveal_cancel import RevealCancel
    from heatbrush_core.walks.backward.walk import Walk

    kinds = {"rescale": Rescale, "reveal_cancel": RevealCancel}
    inputs = {"reference": bases}
    return Walk(("deeplift", rule), kinds[rule], "mean slope", folded=True, inputs=inputs)


METHODS = (
    Method(
        name="deeplift",
        family="attribution",
        question="What did each change from the baseline do, layer by layer?",
        needs="graph",
        shares=True,
        Parameters=DeepLiftParameters,
        together=deeplift,
    ),
)
