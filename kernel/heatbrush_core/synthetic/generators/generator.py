"""What a generator is: ranges and a seed, from which each sample is drawn, and a file of them."""

from __future__ import annotations

import json
import os
import zlib
from abc import abstractmethod
from collections.abc import Callable, Collection, Mapping
from typing import Annotated, Any, ClassVar, Self

import numpy as np
from numpy.typing import ArrayLike
from pydantic import ConfigDict, Field, model_validator

from heatbrush_core import files
from heatbrush_core.checks import Strict, hint, index, listed, short, whole
from heatbrush_core.holding import check_held
from heatbrush_core.synthetic.generators.dataset import Dataset
from heatbrush_core.synthetic.generators.ranges import Limits, Number, at, limits
from heatbrush_core.synthetic.generators.scene import Canvas, Scene

FORMAT = 1
"""Version of the files of generators."""
MOST = 2**63 - 1
"""The largest seed."""

Chance = Callable[[str], np.random.Generator]
"""Gets the source of chance of a part, by its name: no part changes what another one draws."""
KINDS: dict[str, type[Generator]] = {}
"""Every class of generators that was defined, by its name."""


class Generator(Strict):
    """The base of named generators: a class with ranges, and a seed.

    A subclass declares its ranges with `parameter` and `share`, and draws a sample in `paint`. It
    is found by its name in files, once the module that defines it was imported.

    Attributes
    ----------
    name : str
        The class's name in files; where none is given, that of the class in small letters.
    version : int
        It rises where the same ranges and seed would make other matrices.
    """

    # a range of whole numbers as a default is one of fractions all the same
    model_config = ConfigDict(validate_default=True)
    noun: ClassVar[str] = "A generator"
    name: ClassVar[str] = ""
    version: ClassVar[int] = 1

    shape: tuple[Annotated[int, Field(ge=1)], Annotated[int, Field(ge=1)]] = Field(
        description="a pair, the number of rows and of columns"
    )
    seed: int = Field(default=0, ge=0, le=MOST, description="a whole number of 0 or more")

    @classmethod
    def __pydantic_init_subclass__(cls, **given: Any) -> None:
        super().__pydantic_init_subclass__(**given)
        if "name" not in cls.__dict__:
            cls.name = cls.__name__.lower()
        if cls.__dict__.get("noun") is None:
            cls.noun = f"Generator {cls.name!r}"
        KINDS[cls.name] = cls

    # -------------------------------------------------------------- ranges

    @classmethod
    def limits(cls) -> dict[str, Limits]:
        """Get what each range may hold, in the order in which they are drawn."""
        found = {name: limits(field) for name, field in cls.model_fields.items()}
        return {name: each for name, each in found.items() if each is not None}

    @property
    def parameters(self) -> tuple[str, ...]:
        """The names of the ranges."""
        return tuple(self.limits())

    @model_validator(mode="after")
    def _ranges(self) -> Self:
        for name, each in self.limits().items():
            low, high = given = getattr(self, name)
            if low > high:
                raise ValueError(
                    f"{self.noun} has {name}={given}, but a range runs from its low to its high "
                    "end; swap the two."
                )
            if low < each.least or high > each.most:
                meaning = type(self).model_fields[name].description
                raise ValueError(
                    f"{self.noun} has {name}={given}, but it reaches outside of what is possible; "
                    f"give {meaning}."
                )
        return self

    def room(self, name: str, values: Mapping[str, Number]) -> tuple[Number, Number]:
        """Tell what a constrained parameter may be, after those before it, in its own unit."""
        raise NotImplementedError(f"{type(self).__name__}.room does not know {name!r}")

    def open(self, name: str, values: Mapping[str, Number]) -> tuple[Number, Number]:
        """Get the ends of a parameter, in its own unit, where those before it are as given."""
        low, high = getattr(self, name)
        if not self.limits()[name].is_share:
            return low, high
        ends = self.room(name, values)
        return at(*ends, low), at(*ends, high)

    def values(self, fractions: ArrayLike, **held: Any) -> dict[str, Number]:
        """Get the values of all parameters at fractions of what is open to each.

        Parameters
        ----------
        fractions : (parameters,)
            0 to 1, in the order of `parameters`.
        **held
            Values that take the place of what the fractions say.

        Raises
        ------
        ValueError
            One sentence, for an unknown name, and for a value that is not open.
        """
        given = self._fractions(fractions)
        for name in held:
            if name not in self.parameters:
                raise ValueError(
                    f"{self.noun} has no parameter {short(name)} among "
                    f"{', '.join(self.parameters)}; {hint(name, self.parameters)}"
                )
        found: dict[str, Number] = {}
        for name, fraction in zip(self.parameters, given, strict=True):
            low, high = self.open(name, found)
            found[name] = at(low, high, float(fraction))
            if name in held:
                found[name] = self._held(name, held[name], low, high)
        return found

    def _fractions(self, fractions: ArrayLike) -> np.ndarray:
        given = np.asarray(fractions, np.float64)
        if given.shape != (len(self.parameters),) or not ((given >= 0) & (given <= 1)).all():
            raise ValueError(
                f"fractions is {short(fractions)}, but {len(self.parameters)} numbers from 0 to 1 "
                f"are expected; give one for each of {', '.join(self.parameters)}."
            )
        return given

    def _held(self, name: str, value: Any, low: Number, high: Number) -> Number:
        is_whole = isinstance(low, int)
        number = index(value) if is_whole else value
        if not isinstance(number, int | float | np.number) or not low <= number <= high:
            kind = "a whole number" if is_whole else "a number"
            raise ValueError(
                f"{self.noun} was asked for {name}={short(value)}, but {kind} from {low:g} to "
                f"{high:g} is open to it here; give one, or widen its range."
            )
        return int(number) if is_whole else float(number)

    # -------------------------------------------------------------- drawing

    @abstractmethod
    def paint(self, values: Mapping[str, Number], chance: Chance, canvas: Canvas) -> None:
        """Draw a sample: its numbers into `canvas.values`, its parts by `canvas.draw`."""

    def sample(
        self,
        seed: int = 0,
        *,
        fractions: ArrayLike | None = None,
        without: str | Collection[str] = (),
        **held: Any,
    ) -> Scene:
        """Draw one matrix; the same ranges and seeds give the same bytes.

        Parameters
        ----------
        seed : int
            Which sample. Default 0.
        fractions : (parameters,)
            Where in its open range each parameter lies, 0 to 1; None draws them evenly.
        without : str or collection of str
            Parts that are left out; everything else stays as it is with them.
        **held
            Values of parameters, in the place of drawn ones: ``size=40``.

        Returns
        -------
        Scene

        Raises
        ------
        TypeError, ValueError
            One sentence, for an impossible seed, parameter, value or part.
        """
        seed = whole("seed", seed, 0, MOST)
        # chance of a part hangs on its name alone: more seeds move no stem
        drawn = self._chance(seed, "parameters").random(len(self.parameters))
        values = self.values(drawn if fractions is None else fractions, **held)
        canvas = Canvas(self.shape, {without} if isinstance(without, str) else set(without))
        self.paint(values, lambda part: self._chance(seed, part), canvas)
        return canvas.scene(values, seed)

    def _chance(self, seed: int, part: str) -> np.random.Generator:
        key = (seed, zlib.crc32(part.encode()))
        return np.random.default_rng(np.random.SeedSequence(self.seed, spawn_key=key))

    def dataset(self, count: int, /, start: int = 0, **held: Any) -> Dataset:
        """Draw several: those of the seeds from `start` on, whatever else is drawn.

        Parameters
        ----------
        count : int
            1 or more.
        start : int
            The first seed; one beyond those of the training samples makes test samples. Default 0.
        **held
            As in `sample`, for all of them.
        """
        count, start = whole("count", count, 1), whole("start", start, 0, MOST - 1)
        # numbers, masks, and what a scene holds besides
        needed = count * (6.0 * self.shape[0] * self.shape[1] + 4000)
        check_held(f"count={count} of {self.shape}", needed, "draw fewer, or smaller ones")
        scenes = [self.sample(seed, **held) for seed in range(start, start + count)]
        return Dataset(tuple(scenes), self.document())

    def export(self, path: files.Name, seed: int = 0, **held: Any) -> os.PathLike[str]:
        """Write a sample as a solid that other programs open; see `Solid.export`."""
        solids = sorted(name for name, kind in KINDS.items() if kind.export != Generator.export)
        raise TypeError(
            f"{self.noun} draws no solid of revolution, but a .glb file holds one; export one of "
            f"{listed(solids)}."
        )

    # -------------------------------------------------------------- files

    def document(self) -> dict[str, Any]:
        """Get what a file of it holds: the format, its name and version, its ranges and seed."""
        about = {"format": FORMAT, "generator": self.name, "version": self.version}
        return {**about, **self.model_dump(mode="json")}

    def save(self, path: files.Name) -> None:
        """Write it as a JSON file, which `load_generator` reads.

        The name gets the ending .json if it has another, or none. A file of that name is replaced
        once all is written.
        """
        text = json.dumps(self.document(), indent=2)
        files.write(files.named(path, ".json"), f"{text}\n".encode())
