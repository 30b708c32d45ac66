"""What a model says of one matrix."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class Prediction:
    """The model's scores of one matrix.

    Attributes
    ----------
    scores
        (n,) float64, what maps explain by default: logits where the model has them, else values. Of
        a model that returns a map, (h, w, c) or whatever its shape is.
    probabilities
        The same shape, float64, or None for a model whose scores are plain values.
    classes
        The n names; none of a map.
    rivals
        How many of the first of these exclude each other; None is all.
    plain
        The numbers of those that have no probability, where others have one: `probabilities` holds
        their plain values.
    """

    scores: NDArray[np.float64]
    probabilities: NDArray[np.float64] | None
    classes: tuple[str, ...]
    rivals: int | None = None
    plain: tuple[int, ...] = ()

    @property
    def predicted(self) -> int:
        """The class with the largest score; of a map, the number of the cell, row by row."""
        return int(np.argmax(self.scores[: self.rivals]))

    @property
    def label(self) -> str | None:
        """The name of the predicted class; None for a map, which has none."""
        return self.classes[self.predicted] if self.classes else None

    @property
    def kind(self) -> Literal["probabilities", "values"]:
        """What `shown` holds; plain values where any of it is."""
        plain = self.probabilities is None or self.plain
        return "values" if plain else "probabilities"

    @property
    def kinds(self) -> tuple[Literal["probabilities", "values"], ...]:
        """What each of `shown` is."""
        whole = self.probabilities is None
        n = len(self.shown)
        return tuple("values" if whole or i in self.plain else "probabilities" for i in range(n))

    @property
    def shown(self) -> NDArray[np.float64]:
        """(n,) probabilities where they exist, else scores."""
        return self.scores if self.probabilities is None else self.probabilities

    def __repr__(self) -> str:
        if not self.classes:
            low, high = float(self.shown.min()), float(self.shown.max())
            return f"Prediction({self.kind} of shape {self.shown.shape}: {low:.3g} to {high:.3g})"
        numbers = sorted(zip(self.shown, self.classes, strict=True), reverse=True)[:3]
        listed = ", ".join(f"{name} {number:.3g}" for number, name in numbers)
        return f"Prediction({self.label!r}; {self.kind}: {listed})"
