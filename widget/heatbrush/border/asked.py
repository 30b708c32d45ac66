"""What can be asked: a computation, and what it is about; as Python or the page gave it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal, NamedTuple

from heatbrush_core import Explanation, Method, Region
from heatbrush_core.methods import find
from heatbrush_core.targets import Target as Kernels

Which = Literal["rows", "columns"]
"""One of the two axes of a matrix."""

Target = Kernels | int | str | None
"""A class, or a target of `heatbrush.targets`; None is what the model says."""


@dataclass(frozen=True)
class Question:
    """What is asked of a method: a sample, a target, and what hidden cells become.

    The target is as given; None is the predicted class. `baseline` is a number of the view's
    `Baselines`.
    """

    sample: int
    target: Target
    baseline: int = 0

    def answered_by(self, other: Question, spec: Spec) -> bool:
        """Tell whether what was computed for another question answers this one."""
        asked = spec.about(self)
        alike = other if hides(spec) else replace(other, baseline=asked.baseline)
        return alike == asked


@dataclass(frozen=True)
class Spec:
    """What to compute: a method, its parameters as given, the cells; None is the whole matrix.

    `given` holds a map for each sample that was computed elsewhere, None where a sample has none:
    there is nothing to compute. `of` names the two panels that it is the difference of. `pinned` is
    what the panel is kept for, whatever the view shows; None where it follows the view. `model`
    names one of several; a view of one has no name for it. `kept` holds what was computed before,
    as in a view that was opened from a file, and the question of each: those are not computed
    again.
    """

    method: str
    parameters: Mapping[str, Any] = field(default_factory=dict)
    within: Region | None = None
    given: tuple[Explanation | None, ...] = ()
    of: tuple[str, str] | None = None
    pinned: Question | None = None
    model: str = ""
    kept: tuple[tuple[Question, Explanation], ...] = ()

    @property
    def computed(self) -> bool:
        """Whether a method of the model computes it."""
        return not self.given and self.of is None

    def known(self, question: Question) -> Explanation | None:
        """Return what was computed before that answers a question; None where nothing does."""
        return next((found for of, found in self.kept if question.answered_by(of, self)), None)

    def about(self, question: Question) -> Question:
        """Return what it is asked of, where the view asks a question."""
        return self.pinned or question


class Opened(NamedTuple):
    """The file that a view was opened from, and what it showed first.

    Attributes
    ----------
    given
        Whether an explainer was given beside the file.
    added
        The targets that had lines of their own.
    """

    file: str
    question: Question
    panels: Mapping[str, Spec]
    given: bool
    added: Sequence[Kernels] = ()


def hides(spec: Spec) -> bool:
    """Tell whether a computation hides cells by the baseline of the view, so that another counts.

    Those do whose method has a baseline that was not given; a method of the user's own may.
    """
    if not spec.computed:
        return False
    method = find(spec.method)
    fields = method.Parameters.model_fields
    if isinstance(method, Method):
        return True
    if "baseline" in fields:
        return spec.parameters.get("baseline") is None
    # a method of other methods runs them with their defaults
    return "over" in fields and hides(Spec(spec.parameters.get("over", fields["over"].default)))
