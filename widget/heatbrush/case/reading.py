"""The file of a view read: checked against itself before any of it is shown."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush.border.sample_names import SampleNames
from heatbrush.case import listed
from heatbrush.case.arrays import Arrays, KeptModel
from heatbrush.case.form import (
    ENDING,
    FORMAT,
    MANIFEST,
    FurtherForm,
    NamedScoresForm,
    PanelForm,
    RunScoresForm,
    ViewForm,
    WhatIfsForm,
    fitted,
    region_of,
)
from heatbrush_core import Axis, Explanation, Region, files
from heatbrush_core.checks import clipped
from heatbrush_core.explanation import archive
from heatbrush_core.explanation.form import Newer
from heatbrush_core.explanation.stored import Damaged, Foreign, Stored
from heatbrush_core.holding import MOST, check_held
from heatbrush_core.matrix.validity import Mask

Size = Callable[[NamedScoresForm | WhatIfsForm], int]
"""How many scores there are of what is asked about."""


@dataclass(frozen=True)
class Filed:
    """What a file holds: the manifest, and its arrays, checked one by one.

    Attributes
    ----------
    name
        Of the file, for sentences.
    said
        The manifest.
    models
        The one that was asked, or several; their names are in the manifest.
    named_scores, whatifs
        The arrays of what the manifest says under these names; those of what-ifs by axis.
    """

    name: str
    said: ViewForm
    matrices: NDArray[Any]
    valid: Mask | None
    axes: tuple[Axis, Axis]
    names: SampleNames | None
    held: Mapping[str | int, NDArray[Any]]
    models: tuple[KeptModel, ...]
    baselines: tuple[Any, ...]
    panels: tuple[tuple[PanelForm, tuple[Explanation, ...]], ...]
    hidden: tuple[NDArray[Any] | None, ...]
    selection: Region
    named: tuple[tuple[str, Region], ...]
    named_scores: tuple[NDArray[Any], ...]
    whatifs: tuple[Mapping[str, NDArray[Any]], ...]
    lines: listed.FiledLines | None
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
        self._arrays = Arrays(self._stored)

    def read(self) -> Filed:
        """Read all of it, and hold each part against the others."""
        said = self._said
        check_held(f"{self._name}", self._stored.size, "save fewer samples or panels")
        if said.question.sample >= len(said.samples) or max(said.samples) >= said.count:
            raise Damaged("it shows a sample that it does not hold")
        matrices = np.stack(list(self._matrices()))
        notes: list[str] = []
        asked = self._models()
        lines = self._lines(len(asked))
        if lines is not None:
            of_each = zip(asked, lines.said, strict=True)
            asked = tuple(each._replace(predictions=found) for each, found in of_each)
        count = sum(len(each.classes) for each in asked)

        def size(form: NamedScoresForm | WhatIfsForm) -> int:
            return count if lines is None else listed.size(lines, form.question.sample)

        panels = tuple(self._panels(notes))
        return Filed(
            self._name,
            said,
            matrices,
            self._valid() if said.valid else None,
            (self._arrays.axis(said.rows, "rows"), self._arrays.axis(said.columns, "columns")),
            self._names(),
            self._held(),
            asked,
            tuple(map(self._arrays.spec, said.baselines)),
            panels,
            tuple(self._hidden()),
            self.region(said.selection),
            tuple((each.name, self.region(each.selection)) for each in said.named),
            tuple(self._named_scores(size)),
            tuple(self._runs(each, size(each)) for each in said.whatifs),
            lines,
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
        return said

    @cached_property
    def _shape(self) -> tuple[int, int]:
        return len(self._said.rows.labels), len(self._said.columns.labels)

    def _matrices(self) -> Iterator[NDArray[Any]]:
        channels: int | None = None
        for place in range(len(self._said.samples)):
            found = self._arrays.read(f"samples/{place}/matrix", (*self._shape, channels), "fiu")
            channels = found.shape[2]
            if not channels or not (self._said.valid or np.isfinite(found).all()):
                raise Damaged(f"samples/{place}/matrix holds no finite numbers")
            yield found

    def _valid(self) -> Mask:
        places = range(len(self._said.samples))
        return np.stack([self._arrays.read(f"samples/{p}/valid", self._shape, "b") for p in places])

    def _held(self) -> dict[str | int, NDArray[Any]]:
        """Read what the inputs beside the matrix held for each sample."""
        found: dict[str | int, NDArray[Any]] = {}
        for number, (name, shape) in enumerate((each.name, each.shape) for each in self._said.held):
            if name in found:
                raise Damaged(f"it holds the input {name!r} twice")
            names = [f"samples/{p}/held/{number}" for p in range(len(self._said.samples))]
            rows = [self._arrays.read(each, (math.prod(shape),), "fiub") for each in names]
            found[name] = np.stack(rows).reshape((len(rows), *shape))
        return found

    def _names(self) -> SampleNames | None:
        form = self._said.ids
        if form is None:
            return None
        if len(form.labels) != len(self._said.samples) or len(set(form.labels)) < len(form.labels):
            raise Damaged("its samples are not each called by a name of its own")
        return SampleNames(self._arrays.axis(form, "ids"))

    def _models(self) -> tuple[KeptModel, ...]:
        said = self._said
        several = len(said.models) > 1
        if several != bool(said.models) or len(said.further) != max(0, len(said.models) - 1):
            raise Damaged("it tells of another number of models than it holds")
        if len(set(said.models)) < len(said.models):
            raise Damaged("several of its models have one name")
        if said.lines is None and any(
            sorted(each.classes) != sorted(said.classes) for each in said.further
        ):
            raise Damaged("its models have not the same classes")
        first = FurtherForm.model_construct(
            classes=said.classes, probabilities=said.probabilities, model=said.model
        )
        return tuple(
            self._arrays.model(form, said.scores, f"models/{at}/" if at else "")
            for at, form in enumerate((first, *said.further))
        )

    def _lines(self, models: int) -> listed.FiledLines | None:
        said = self._said
        if said.lines is None:
            return None
        text = self._stored.content(said.lines, MOST)
        return listed.read(text, self._arrays, len(said.samples), models)

    def _named_scores(self, size: Size) -> Iterator[NDArray[Any]]:
        for each in self._said.named_scores:
            self.region(each.selection)
            yield self._arrays.read(each.array, (2, size(each)), "f")

    def _runs(self, form: WhatIfsForm, size: int) -> dict[str, NDArray[Any]]:
        """Read the scores of runs of both axes; `size` is how many scores a sample has."""
        found = {}
        if any(each >= size for each in form.classes):
            raise Damaged("it holds scores of a class that there is not")
        for axis, length in zip(("rows", "columns"), self._shape, strict=True):
            runs: RunScoresForm | None = getattr(form, axis)
            if runs is None:
                continue
            edges = runs.edges
            if sorted(set(edges)) != edges or edges[-1] > length:
                raise Damaged(f"the scores of runs of {axis} do not begin and end in the matrix")
            count = len(edges) * (len(edges) - 1) // 2
            shape = (2 * len(form.classes), count, 3)
            found[axis] = self._arrays.read(runs.array, shape, "u")
        return found

    def _panels(self, notes: list[str]) -> Iterator[tuple[PanelForm, tuple[Explanation, ...]]]:
        names = set()
        for given in self._said.panels:
            name, kind = given.get("name"), given.get("kind")
            if kind not in ("method", "given", "difference"):
                notes.append(
                    f"The panel {clipped(str(name), 60)} is of a kind that this release does not "
                    "know, and is left out; update heatbrush."
                )
                continue
            panel = fitted(given, PanelForm, "a panel")
            if panel.name in names:
                raise Damaged("several of its panels have one name")
            names.add(panel.name)
            if panel.model not in ("", *self._said.models):
                raise Damaged("a panel is of a model that it does not hold")
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
                found = self._arrays.read(each.array, claim.shape, "f")
                channels = self._stored.claim("samples/0/matrix").shape[2]
                full = (*self._shape, channels)
                if found.ndim != 3 or any(
                    n not in (1, m) for n, m in zip(found.shape, full, strict=True)
                ):
                    raise Damaged(f"{each.array} does not fit its matrix")
            yield found

    def region(self, cells: Any) -> Region:
        """Read a region of the matrices."""
        return region_of(cells, self._shape)
