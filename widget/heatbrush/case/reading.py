"""The file of a view read: checked against itself before any of it is shown."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush.case.form import (
    ENDING,
    FORMAT,
    MANIFEST,
    MODEL,
    AxisForm,
    BaselineForm,
    PanelForm,
    ViewForm,
    fitted,
    region_of,
)
from heatbrush_core import Axis, Explanation, Prediction, Region, files
from heatbrush_core.checks import clipped
from heatbrush_core.explanation import archive
from heatbrush_core.explanation.form import Newer
from heatbrush_core.explanation.stored import Damaged, Foreign, Stored
from heatbrush_core.holding import MOST, check_held
from heatbrush_core.matrix.validity import Mask

KINDS = {
    "f": "numbers",
    "i": "whole numbers",
    "u": "whole numbers",
    "b": "true or false",
    "M": "dates",
}
"""What kinds of arrays are called."""


@dataclass(frozen=True)
class Filed:
    """What a file holds: the manifest, and its arrays, checked one by one.

    Attributes
    ----------
    name
        Of the file, for sentences.
    said
        The manifest.
    """

    name: str
    said: ViewForm
    matrices: NDArray[Any]
    valid: Mask | None
    axes: tuple[Axis, Axis]
    predictions: dict[int, Prediction]
    baselines: tuple[Any, ...]
    panels: tuple[tuple[PanelForm, tuple[Explanation, ...]], ...]
    hidden: tuple[NDArray[Any] | None, ...]
    selection: Region
    model: bytes | None
    given: dict[str, Any] | None
    notes: tuple[str, ...]

    @property
    def shape(self) -> tuple[int, int]:
        """Rows and columns of each matrix."""
        return int(self.matrices.shape[1]), int(self.matrices.shape[2])


def read(path: str | os.PathLike[str]) -> Filed:
    """Read a file.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        Where there is no such file.
    ValueError
        In one sentence, for another kind of file, one of a later release, and a damaged one.
    """
    place = files.found(path, ENDING, "a view")
    name = files.brief(place)
    with place.open("rb") as file, sentences(name):
        return Reader(file, name).read()


@contextmanager
def sentences(name: str) -> Iterator[None]:
    """Say of a file that it cannot be opened, whatever is found wrong with it."""
    try:
        yield
    except Foreign as error:
        why = f", as {error}" if str(error) else ""
        raise ValueError(
            f"{name} is no file of a view{why}, but one that view.save wrote is expected; "
            "give the path of one."
        ) from error
    except Newer as error:
        raise ValueError(
            f"{name} has format {error}, but this release reads formats up to {FORMAT}; "
            "update heatbrush."
        ) from error
    except Damaged as error:
        raise ValueError(
            f"{name} is a damaged file of a view ({clipped(str(error), 300)}), but a whole "
            "one is expected; save it anew, or take another copy."
        ) from error


class Reader:
    """One file that is being read."""

    def __init__(self, file: IO[bytes], name: str) -> None:
        self._name, self._stored = name, Stored(file)

    def read(self) -> Filed:
        """Read all of it, and hold each part against the others."""
        said = self._said
        check_held(f"{self._name}", self._stored.size, "save fewer samples or panels")
        if said.question.sample >= len(said.samples) or max(said.samples) >= said.count:
            raise Damaged("it shows a sample that it does not hold")
        matrices = np.stack(list(self._matrices()))
        notes: list[str] = []
        panels = tuple(self._panels(notes))
        return Filed(
            self._name,
            said,
            matrices,
            self._valid() if said.valid else None,
            (self._axis(said.rows, "rows"), self._axis(said.columns, "columns")),
            self._predictions(),
            tuple(map(self._spec, said.baselines)),
            panels,
            tuple(self._hidden()),
            self.region(said.selection),
            self._stored.content(MODEL, MOST) if MODEL in self._stored else None,
            self._given(),
            tuple(notes),
        )

    @cached_property
    def _said(self) -> ViewForm:
        if MANIFEST not in self._stored:
            several = "it holds explanations: hb.load reads them" * ("heatbrush" in self._stored)
            raise Foreign(several)
        text = self._stored.content(MANIFEST)
        try:
            found = json.loads(text)
        except (ValueError, RecursionError) as error:
            raise Damaged("what it says of itself is no JSON") from error
        version = found.get("format") if isinstance(found, dict) else None
        if not isinstance(version, int) or found.get("kind") != "view":
            raise Foreign("")
        if version > FORMAT:
            raise Newer(str(version)[:20])
        said = fitted(text, ViewForm)
        if len({len(said.samples), len(said.samples if said.truth is None else said.truth)}) > 1:
            raise Damaged("it has another number of true classes than of samples")
        if said.names is not None and len(set(said.names)) != len(said.samples):
            raise Damaged("it has another number of names than of samples")
        return said

    @cached_property
    def _shape(self) -> tuple[int, int]:
        return len(self._said.rows.labels), len(self._said.columns.labels)

    def _array(self, name: str, shape: tuple[int | None, ...], kinds: str) -> NDArray[Any]:
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

    def _matrices(self) -> Iterator[NDArray[Any]]:
        channels: int | None = None
        for place in range(len(self._said.samples)):
            found = self._array(f"samples/{place}/matrix", (*self._shape, channels), "fiu")
            channels = found.shape[2]
            if not channels or not (self._said.valid or np.isfinite(found).all()):
                raise Damaged(f"samples/{place}/matrix holds no finite numbers")
            yield found

    def _valid(self) -> Mask:
        places = range(len(self._said.samples))
        return np.stack([self._array(f"samples/{p}/valid", self._shape, "b") for p in places])

    def _axis(self, form: AxisForm, which: str) -> Axis:
        values, dates = (
            self._array(f"{which}_{kind}", (len(form.labels),), kinds)
            if f"{which}_{kind}" in self._stored
            else None
            for kind, kinds in (("values", "f"), ("dates", "M"))
        )
        if values is not None and not np.isfinite(values).all():
            raise Damaged(f"{which}_values are not all finite numbers")
        if dates is not None and np.isnat(dates).any():
            raise Damaged(f"{which}_dates are not all dates")
        return Axis(form.name, form.labels, values, dates)

    def _predictions(self) -> dict[int, Prediction]:
        said = self._said
        if not said.scores:
            return {}
        shape = (len(said.scores), len(said.classes))
        scores = self._array("scores", shape, "f").astype(np.float64)
        shares = self._array("probabilities", shape, "f") if said.probabilities else None
        return {
            place: Prediction(scores[at], None if shares is None else shares[at], said.classes)
            for at, place in enumerate(said.scores)
        }

    def _spec(self, form: BaselineForm | None) -> Any:
        """Read what hidden cells become; of a function what it made."""
        if form is None:
            return None
        if form.array is not None:
            claim = self._stored.claim(form.array)
            return self._array(form.array, claim.shape, "fiu")
        if not isinstance(form.value, str if form.kind == "word" else float):
            raise Damaged("a baseline is neither a word nor a number")
        return form.value

    def _panels(self, notes: list[str]) -> Iterator[tuple[PanelForm, tuple[Explanation, ...]]]:
        names = set()
        for given in self._said.panels:
            name, kind = given.get("name"), given.get("kind")
            if kind not in ("method", "given"):
                notes.append(
                    f"The panel {clipped(str(name), 60)} is of a kind that this release does not "
                    "know, and is left out; update heatbrush."
                )
                continue
            panel = fitted(given, PanelForm, "a panel")
            if panel.name in names:
                raise Damaged("several of its panels have one name")
            names.add(panel.name)
            self.region(panel.within or {"bands": []})
            yield panel, tuple(self._explanation(each.start) for each in panel.maps)

    def _explanation(self, start: str) -> Explanation:
        found = Explanation(**archive.part(self._stored, start))
        if found.map.shape != self._shape:
            raise Damaged(f"{start}map has the shape {found.map.shape}, and not {self._shape}")
        return found

    def _hidden(self) -> Iterator[NDArray[Any] | None]:
        for each in self._said.hidden:
            found = None
            if each.array is not None:
                claim = self._stored.claim(each.array)
                found = self._array(each.array, claim.shape, "f")
                channels = self._stored.claim("samples/0/matrix").shape[2]
                full = (*self._shape, channels)
                if found.ndim != 3 or any(
                    n not in (1, m) for n, m in zip(found.shape, full, strict=True)
                ):
                    raise Damaged(f"{each.array} does not fit its matrix")
            yield found

    def _given(self) -> dict[str, Any] | None:
        """Read what the explainer of a kept model is made with."""
        model = self._said.model
        if model is None or model.given is None:
            return None
        back, shape = model.background, (None, None, None, None)
        valid = self._spec(model.valid)
        return {
            **model.given,
            "baseline": self._spec(model.baseline),
            "fill": self._spec(model.fill),
            "valid": valid.astype(np.bool_) if isinstance(valid, np.ndarray) else valid,
            "background": None if back is None else self._array(back, shape, "f"),
        }

    def region(self, cells: Any) -> Region:
        """Read a region of the matrices."""
        return region_of(cells, self._shape)
