"""The arrays of a file that is being read, each held against what the manifest says of it."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush.case.form import AxisForm, BaselineForm, FurtherForm, ModelForm
from heatbrush_core import Axis, Prediction
from heatbrush_core.explanation.stored import Damaged, Stored
from heatbrush_core.holding import MOST

KINDS = {
    "f": "numbers",
    "i": "whole numbers",
    "u": "whole numbers",
    "b": "true or false",
    "M": "dates",
}
"""What kinds of arrays are called."""


class KeptModel(NamedTuple):
    """What a file holds of a model.

    Attributes
    ----------
    content
        What a .keras file holds, where the model was kept.
    given
        What its explainer is made with, beside names.
    predictions
        By place in the file, what it said.
    """

    classes: tuple[str, ...]
    form: ModelForm | None
    content: bytes | None
    given: dict[str, Any] | None
    predictions: dict[int, Prediction]


class Arrays:
    """Reads arrays once their heads fit; `stored` is the file."""

    def __init__(self, stored: Stored) -> None:
        self._stored = stored

    def read(self, name: str, shape: tuple[int | None, ...], kinds: str) -> NDArray[Any]:
        """Read an array once its head says what is expected; None is any length."""
        claim = self._stored.claim(name)
        fits = len(claim.shape) == len(shape) and all(
            want in (None, has) for want, has in zip(shape, claim.shape, strict=True)
        )
        if not fits or claim.dtype.kind not in kinds:
            expected = tuple("any" if each is None else each for each in shape)
            raise Damaged(
                f"{name} has the shape {claim.shape} and the type {claim.dtype}, and not "
                f"{expected} and {' or '.join(KINDS[kind] for kind in kinds)}"
            )
        return self._stored.array(name)

    def axis(self, form: AxisForm, which: str) -> Axis:
        """Read an axis with the numbers or dates behind its labels."""
        values, dates = (
            self.read(f"{which}_{kind}", (len(form.labels),), kinds)
            if f"{which}_{kind}" in self._stored
            else None
            for kind, kinds in (("values", "f"), ("dates", "M"))
        )
        if values is not None and not np.isfinite(values).all():
            raise Damaged(f"{which}_values are not all finite numbers")
        if dates is not None and np.isnat(dates).any():
            raise Damaged(f"{which}_dates are not all dates")
        return Axis(form.name, form.labels, values, dates)

    def spec(self, form: BaselineForm | None) -> Any:
        """Read what hidden cells become; of a function what it made."""
        if form is None:
            return None
        if form.array is not None:
            claim = self._stored.claim(form.array)
            return self.read(form.array, claim.shape, "fiu")
        if not isinstance(form.value, str if form.kind == "word" else float):
            raise Damaged("a baseline is neither a word nor a number")
        return form.value

    def model(self, form: FurtherForm, places: tuple[int, ...], start: str) -> KeptModel:
        """Read what is kept of a model; `places` are the samples of which it has scores."""
        model = form.model
        kept = model is not None and model.file in self._stored
        return KeptModel(
            form.classes,
            model,
            self._stored.content(model.file, MOST) if model is not None and kept else None,
            None if model is None else self._given(model),
            self._predictions(form, places, start),
        )

    def _predictions(
        self, form: FurtherForm, places: tuple[int, ...], start: str
    ) -> dict[int, Prediction]:
        if not places:
            return {}
        shape = (len(places), len(form.classes))
        scores = self.read(f"{start}scores", shape, "f").astype(np.float64)
        shares = self.read(f"{start}probabilities", shape, "f") if form.probabilities else None
        return {
            place: Prediction(scores[at], None if shares is None else shares[at], form.classes)
            for at, place in enumerate(places)
        }

    def _given(self, model: ModelForm) -> dict[str, Any] | None:
        """Read what the explainer of a kept model is made with."""
        if model.given is None:
            return None
        back, shape = model.background, (None, None, None, None)
        valid = self.spec(model.valid)
        return {
            **model.given,
            "baseline": self.spec(model.baseline),
            "fill": self.spec(model.fill),
            "valid": valid.astype(np.bool_) if isinstance(valid, np.ndarray) else valid,
            "background": None if back is None else self.read(back, shape, "f"),
        }
