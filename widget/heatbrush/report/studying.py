"""What a page about a model tells: asked of the model, with progress and cancel."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush.arguments import refuse_maps
from heatbrush.report.measures import Counts
from heatbrush_core import Explainer, Prediction, class_profile, targets
from heatbrush_core.checks import count
from heatbrush_core.inference.feeding import existing
from heatbrush_core.matrix.axes import AXES, AxisName
from heatbrush_core.matrix.validity import Mask
from heatbrush_core.progress import Watch

if TYPE_CHECKING:
    import pandas as pd
    import xarray


@dataclass(frozen=True)
class Example:
    """A sample that the page shows, and why."""

    sample: int
    why: str


@dataclass(frozen=True)
class Study:
    """What was found of a model.

    Attributes
    ----------
    matrices, exists
        (N, H, W, C) as the model is fed them, and (N, H, W) which cells they have; None is all.
    truth
        The true class of each; None where nobody told.
    counts
        What is true against what the model says; None without `truth`, or of a single output.
    looked
        The samples that the profiles are of.
    profiles
        By axis, as `class_profile` gives them; none where nothing could be explained.
    problems
        What could not be found out, and why.
    """

    explainer: Explainer
    matrices: NDArray[Any]
    exists: Mask | None
    truth: list[int] | None
    predictions: list[Prediction]
    counts: Counts | None
    looked: NDArray[np.intp]
    profiles: dict[AxisName, xarray.Dataset]
    examples: list[Example]
    baselines: pd.DataFrame | None
    nodes: pd.DataFrame | None
    problems: list[str]

    @property
    def said(self) -> list[int]:
        """What the model says of each sample."""
        return [each.predicted for each in self.predictions]


@dataclass(frozen=True)
class Wanted:
    """How much is to be found out: the method of the profiles, their samples, the examples."""

    method: Any
    most: int
    examples: int

    def __post_init__(self) -> None:
        count("most", self.most)
        count("examples", self.examples)


def study(
    explainer: Explainer, X: ArrayLike, y: Any, valid: Any, wanted: Wanted, watch: Watch
) -> Study:
    """Ask a model about many samples; `watch` counts samples, once for each thing that is done.

    Raises
    ------
    ValueError, TypeError
        In one sentence, for samples and classes that do not fit.
    Cancelled
        When it was stopped.
    """
    askers, matrices = explainer.about_each(X, valid)
    refuse_maps(explainer, "A page about a model tells of its classes", "show it by hb.compare")
    explainer = explainer.named_by(X, matrices.shape[1:])
    exists = existing(askers, matrices.shape[1:])
    number = len(matrices)
    looked = np.unique(np.linspace(0, number - 1, min(wanted.most, number)).astype(np.intp))
    watch.total = number + len(AXES) * len(looked)
    outputs = askers[0].outputs(number, matrices.__getitem__, watch)
    predictions = askers[0].read(outputs)
    classes = explainer.classes
    truth = None if y is None else targets.labels(y, number, classes)
    said = [each.predicted for each in predictions]
    counts = None
    if truth is not None and len(classes) > 1:
        counts = Counts.of(truth, said, len(classes))
    profiles, problems = _profiles(
        explainer, matrices[looked], None if exists is None else exists[looked],
        [(truth or said)[each] for each in looked], wanted.method, watch,
    )  # fmt: skip
    examples = chosen(profiles, looked, truth, predictions, wanted.examples)
    first = examples[0].sample
    mask = None if exists is None else exists[first]
    # these matrices are filled already: which cells they have is said with each
    asker = explainer if exists is None else explainer.having(None)
    baselines = _or_why(problems, "Baselines", lambda: asker.baselines(matrices[first], valid=mask))
    nodes = _or_why(problems, "Layers", explainer.report)
    found = (counts, looked, profiles, examples, baselines, nodes, problems)
    return Study(asker, matrices, exists, truth, predictions, *found)


def _profiles(
    explainer: Explainer,
    matrices: NDArray[Any],
    exists: Mask | None,
    labels: Sequence[int],
    method: Any,
    watch: Watch,
) -> tuple[dict[AxisName, xarray.Dataset], list[str]]:
    """Average the maps of each class along both axes, or say why a method cannot."""
    found: dict[AxisName, xarray.Dataset] = {}
    problems: list[str] = []
    asker = explainer if exists is None else explainer.having(None)
    for axis in AXES:
        ask: dict[str, Any] = {"progress": watch.counted(watch.done), "cancel": watch.cancel}
        try:
            found[axis] = class_profile(asker, matrices, labels, method, axis, valid=exists, **ask)
        except (TypeError, ValueError, RuntimeError) as error:
            problems.append(f"Profiles of {axis} are missing: {error}")
        watch.advance(len(matrices))
    return found, problems


def _or_why(problems: list[str], what: str, ask: Any) -> Any:
    """Return what is asked, or None, and keep the sentence that refused it."""
    try:
        return ask()
    except (TypeError, ValueError, RuntimeError) as error:
        problems.append(f"{what} are not listed: {error}")
        return None


def chosen(
    profiles: dict[AxisName, xarray.Dataset],
    looked: NDArray[np.intp],
    truth: Sequence[int] | None,
    predictions: Sequence[Prediction],
    most: int,
) -> list[Example]:
    """Choose samples to show: the surest mistakes, a prototype of each class, the least sure."""
    found: dict[int, str] = {}
    sure = np.array([_lead(each) for each in predictions])
    wrong = [] if truth is None else [
        n for n, each in enumerate(predictions) if each.predicted != truth[n]
    ]  # fmt: skip
    for sample in sorted(wrong, key=lambda n: -sure[n])[: max(1, most // 4)]:
        found[sample] = "a mistake that the model is sure of"
    left = most - len(found) - 1
    for profile in list(profiles.values())[-1:]:
        order = np.argsort(-profile["count"].values, kind="stable")[: max(0, left)]
        for place in order:
            name = str(profile["class"].values[place])
            sample = int(looked[int(profile["prototype"].values[place])])
            found.setdefault(sample, f"its profile is most like the mean of {name}")
    least = int(sure.argmin())
    found.setdefault(least, "the model is least sure of it")
    if not profiles:
        for sample in range(min(most, len(predictions))):
            found.setdefault(sample, "one of the first")
    return [Example(sample, why) for sample, why in list(found.items())[:most]]


def _lead(prediction: Prediction) -> float:
    """Tell how far the largest score lies above the next."""
    scores = np.sort(np.nan_to_num(prediction.shown, neginf=-1e30))
    return float(scores[-1] - scores[-2]) if len(scores) > 1 else float(abs(scores[0]))
