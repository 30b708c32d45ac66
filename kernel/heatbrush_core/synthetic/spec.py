"""What a synthetic data set is made from: classes, their evidence, distractors, noise, a seed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from typing import Annotated, Self

from pydantic import Field, model_validator

from heatbrush_core import files
from heatbrush_core.checks import Strict, listed, short
from heatbrush_core.synthetic.grounds import Ground
from heatbrush_core.synthetic.shapes import Kind

FORMAT = 1
"""Version of the files; it also rises where the same spec would make other data."""


SIZES = {"rows": "height", "columns": "width"}
"""What an instance's size along each axis is called."""

Index = Annotated[int, Field(ge=0)]
Size = Annotated[int, Field(ge=1)]
Cycles = Annotated[float, Field(gt=0, le=0.5)]
Length = Annotated[float, Field(ge=0)]
Share = Annotated[float, Field(ge=0, le=1)]


class Pattern(Strict):
    """A shape with the ranges that place, size, number and height of its instances are drawn from.

    Parameters
    ----------
    kind : {"bump", "chirp", "texture", "oscillation", "step"}
        The shape; see `heatbrush_core.synthetic.shapes.pattern`.
    height, width : (low, high)
        Rows and columns of an instance, both ends included.
    amplitude : (low, high)
        Largest absolute value of an instance, in the units of the matrix, drawn evenly. Below 0 a
        bump is a hollow; the range does not hold 0.
    count : (low, high)
        Instances in one matrix, both ends included. Default (1, 1). Where low is 0, some samples of
        the class hold none.
    rows, columns : (start, stop) or None
        Half-open range of indices that an instance stays inside. Default None, the whole axis.
    frequency : (low, high) or None
        For oscillation and chirp, in cycles per column, at most 0.5. Default None, as for the
        other kinds.

    Raises
    ------
    ValueError
        One sentence, if a range is empty, out of bounds or missing.
    """

    noun = "A pattern"

    kind: Kind = Field(description="a shape")
    height: tuple[Size, Size] = Field(
        description="a pair, the fewest and the most rows of an instance"
    )
    width: tuple[Size, Size] = Field(
        description="a pair, the fewest and the most columns of an instance"
    )
    amplitude: tuple[float, float] = Field(
        description="a pair, the lowest and the highest peak of an instance"
    )
    count: tuple[Index, Size] = Field(
        default=(1, 1), description="a pair, the fewest and the most instances in one matrix"
    )
    rows: tuple[Index, Size] | None = Field(
        default=None, description="a pair, the half-open range of rows that instances stay inside"
    )
    columns: tuple[Index, Size] | None = Field(
        default=None,
        description="a pair, the half-open range of columns that instances stay inside",
    )
    frequency: tuple[Cycles, Cycles] | None = Field(
        default=None, description="a pair, the lowest and the highest number of cycles per column"
    )

    @model_validator(mode="after")
    def _ranges(self) -> Self:
        for name in ("height", "width", "count", "amplitude", "frequency"):
            low, high = getattr(self, name) or (0, 0)
            if low > high:
                raise ValueError(
                    f"The {self.kind} has {name}={(low, high)}, but a range runs from its low to "
                    "its high end; swap the two."
                )
        for name in SIZES:
            start, stop = getattr(self, name) or (0, 1)
            if start >= stop:
                raise ValueError(
                    f"The {self.kind} has {name}={(start, stop)}, but a half-open range without "
                    f"{name} has room for nothing; give a stop above the start."
                )
        if self.amplitude[0] <= 0 <= self.amplitude[1]:
            raise ValueError(
                f"The {self.kind} has amplitude={self.amplitude}, but one of 0 leaves no trace; "
                "give a range that is all above or all below 0."
            )
        return self

    @model_validator(mode="after")
    def _waves(self) -> Self:
        if self.kind not in ("oscillation", "chirp"):
            if self.frequency is not None:
                raise ValueError(
                    f"The {self.kind} has frequency={self.frequency}, but only an oscillation or "
                    "a chirp has one; leave it out."
                )
            return self
        if self.frequency is None:
            raise ValueError(
                f"The {self.kind} has no frequency, but one is expected; give the lowest and the "
                "highest number of cycles per column, such as (0.1, 0.3)."
            )
        if self.width[0] < 2:
            raise ValueError(
                f"The {self.kind} has width={self.width}, but a wave along columns needs at "
                "least 2 of them; raise the low end."
            )
        if self.kind == "chirp" and self.frequency[0] == self.frequency[1]:
            raise ValueError(
                f"The chirp has frequency={self.frequency}, but it rises from the low to the high "
                "end; set them apart, or make it an oscillation."
            )
        return self


class Evidence(Pattern):
    """A pattern that makes a matrix one of its class; see `Pattern`."""


class Distractor(Pattern):
    """A pattern that carries nothing, but goes with some classes in training; see `Pattern`.

    Parameters
    ----------
    correlation : dict of str to float
        For each class, by its name, the probability that a training sample of it holds the pattern;
        a class that is not named has 0. In a test sample of any class the probability is the mean
        of these over all classes: as frequent, but it no longer tells the class.
    """

    noun = "A distractor"

    correlation: dict[str, Share] = Field(
        description="a probability for each class, by its name, such as {'a': 0.9}"
    )


class ClassSpec(Strict):
    """A class: its name, and what is planted in each of its matrices.

    Parameters
    ----------
    name : str
        Not empty, and no other class has it.
    evidence : list of Evidence
        Default none: a class that shows by the lack of the others' evidence.
    """

    noun = "A class"

    name: str = Field(min_length=1, description="a name that no other class has")
    evidence: tuple[Evidence, ...] = Field(
        default=(), description="a list of what is planted in each of its matrices"
    )


class Noise(Strict):
    """Normal noise that is added to every matrix; see `heatbrush_core.synthetic.shapes.noise`.

    Parameters
    ----------
    standard_deviation : float
        In the units of the matrix; 0 is none. Default 1.
    correlation_rows, correlation_columns : float
        Length in cells, from row to row and from column to column, of the Gaussian kernel that
        smooths the noise, no longer than the axis; 0 leaves it white. Default 0.
    """

    noun = "The noise"

    standard_deviation: Length = Field(
        default=1.0, description="its height in the units of the matrix"
    )
    correlation_rows: Length = Field(default=0.0, description="the length of its kernel in rows")
    correlation_columns: Length = Field(
        default=0.0, description="the length of its kernel in columns"
    )


class Spec(Strict):
    """A synthetic data set, as a few numbers that the same data come from again.

    Parameters
    ----------
    shape : (rows, columns)
        Of each matrix.
    classes : list of ClassSpec
        At least one; a label is an index into it.
    distractors : list of Distractor
        Default none.
    noise : Noise
        Default white, of standard deviation 1.
    ground : {"standard", "middle", "counts", "decibels", "rows", "strokes", "channels"}
        The kind of matrix that noise and patterns are made into, see
        `heatbrush_core.synthetic.grounds.lay`. On any but "standard", amplitudes and noise are in
        units of their own, which the ground turns into its own. Default "standard".
    seed : int
        At least 0. Default 0.

    Raises
    ------
    ValueError
        One sentence, if anything is missing, unknown, out of bounds or does not fit the shape.

    Examples
    --------
    >>> bump = Evidence(kind="bump", height=(3, 5), width=(8, 12), amplitude=(2, 3))
    >>> spec = Spec(
    ...     shape=(16, 64), classes=[ClassSpec(name="a", evidence=[bump]), ClassSpec(name="b")]
    ... )
    """

    noun = "A spec"

    shape: tuple[Size, Size] = Field(description="a pair, the number of rows and of columns")
    classes: tuple[ClassSpec, ...] = Field(description="a list of at least one class")
    distractors: tuple[Distractor, ...] = Field(
        default=(), description="a list of patterns that carry nothing"
    )
    noise: Noise = Field(default=Noise(), description="a Noise or a dict of its fields")
    ground: Ground = Field(default="standard", description="a kind of ground")
    seed: int = Field(default=0, ge=0, description="a whole number of 0 or more")

    def patterns(self) -> Iterator[tuple[str, Pattern]]:
        """All patterns, each with words that name it."""
        for one in self.classes:
            for evidence in one.evidence:
                yield f"The {evidence.kind} of class {short(one.name)}", evidence
        for distractor in self.distractors:
            yield f"The distracting {distractor.kind}", distractor

    @model_validator(mode="after")
    def _names(self) -> Self:
        names = [one.name for one in self.classes]
        if not names:
            raise ValueError(
                "A spec has no classes, but at least one is expected; give a list such as "
                '[ClassSpec(name="a", evidence=[...]), ClassSpec(name="b")].'
            )
        for name in names:
            if names.count(name) > 1:
                raise ValueError(
                    f"{names.count(name)} classes have the name {short(name)}, but each needs its "
                    "own; rename the others."
                )
        for distractor in self.distractors:
            for name in distractor.correlation:
                if name not in names:
                    raise ValueError(
                        f"The distracting {distractor.kind} goes with class {short(name)}, but the "
                        f"classes are {listed(names)}; name one of these."
                    )
        return self

    @model_validator(mode="after")
    def _fits(self) -> Self:
        for which, pattern in self.patterns():
            for (axis, size), cells in zip(SIZES.items(), self.shape, strict=True):
                _check_fit(which, pattern, axis, size, cells)
        for name, cells in zip(SIZES, self.shape, strict=True):
            length = getattr(self.noise, f"correlation_{name}")
            if length > cells:
                raise ValueError(
                    f"The noise has correlation_{name}={length:g}, but the matrix has only {cells} "
                    f"{name}; give a length in cells from 0 to {cells}."
                )
        return self

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write the spec as a JSON file, which `load` reads.

        The name gets the ending .json if it has another, or none. A file of that name is replaced
        once all is written.
        """
        text = json.dumps({"format": FORMAT, **self.model_dump(mode="json")}, indent=2)
        files.write(files.named(path, ".json"), f"{text}\n".encode())


def _check_fit(which: str, pattern: Pattern, axis: str, size: str, cells: int) -> None:
    start, stop = getattr(pattern, axis) or (0, cells)
    if stop > cells:
        raise ValueError(
            f"{which} has {axis}={(start, stop)}, but the matrix has {axis} 0 to {cells - 1}; give "
            f"a half-open range inside (0, {cells}), or None for all."
        )
    sizes = getattr(pattern, size)
    if sizes[1] > stop - start:
        raise ValueError(
            f"{which} has {size}={sizes}, but only {stop - start} {axis} are open to it; lower "
            f"{size}, or widen {axis} or the matrix."
        )
