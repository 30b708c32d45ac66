"""Targets that are one number made of whole outputs or layers: errors, likenesses, functions."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from heatbrush_core.checks import clipped, short
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets.cells import check_region, in_region, in_words
from heatbrush_core.targets.target import Made, Source, Sources, Target, Term, Which, check_output


@dataclass(frozen=True)
class Reconstruction(Target):
    """The error of an autoencoder: the mean squared difference of its output and its input.

    It grows with the error: what raises it is what the model could not make again. A perturbed
    matrix is compared with what the model makes of it, not with the first one.

    Parameters
    ----------
    region : Region, optional
        The cells whose errors count, all channels of them; None are all.
    output : str or int, optional
        One of several outputs; None is the one that the explainer was opened with.
    """

    region: Region | None = None
    output: Which = None

    def __post_init__(self) -> None:
        if self.region is not None:
            check_region(self.region, "Reconstruction")
        check_output(self.output)

    def label(self, classes: Sequence[str]) -> str:
        """As in "squared error in rows 3 to 7"."""
        return "squared error" + ("" if self.region is None else f" in {in_words(self.region)}")

    def terms(self, model: Sources) -> list[Term]:
        """Compare an output with the matrix."""
        source, given = model.output(self.output), model.matrix
        if [n for n in given if n != 1] != [n for n in source.shape if n != 1]:
            raise ValueError(
                f"Reconstruction compares {source.name}, of shape {source.shape}, with the matrix, "
                f"{given}, but the same shape is expected; take another target, or an autoencoder."
            )
        cells = None if self.region is None else in_region(self.region, source)

        def compute(xp: Any, values: Sequence[Any], _: Sequence[Any]) -> Any:
            made, x = (xp.reshape(each, (-1, *_flat(source))) for each in values)
            squared = xp.square(made - x)
            return xp.mean(squared if cells is None else xp.take(squared, cells, axis=1), axis=-1)

        return [Made((source,), compute, "Reconstruction", with_input=True)]


class Likeness(Target):
    """How alike a layer is for x and for another matrix: minus a mean squared difference."""

    layer: str
    like: Any

    def __post_init__(self) -> None:
        if not isinstance(self.layer, str):
            raise TypeError(
                f"{type(self).__name__} takes the name of a layer, but got {short(self.layer)}; "
                "give one that report() lists."
            )
        like = np.array(self.like)
        if like.ndim not in (2, 3) or like.dtype.kind not in "fiub":
            raise ValueError(
                f"like has the shape {like.shape} and the dtype {like.dtype}, but a matrix of "
                "numbers is expected, (rows, columns) or (rows, columns, channels); give one."
            )
        if not np.isfinite(like.astype(float)).all():
            raise ValueError("like holds NaN or infinity, but finite numbers are expected.")
        like.setflags(write=False)
        object.__setattr__(self, "like", like)

    @property
    def compares(self) -> bool:
        """It does."""
        return True

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Likeness) or type(self) is not type(other):
            return False
        return self.layer == other.layer and np.array_equal(self.like, other.like)

    def __hash__(self) -> int:
        return hash((type(self).__name__, self.layer, self.like.tobytes()))

    def terms(self, model: Sources) -> list[Term]:
        """Compare a layer's cells with those of the other matrix."""
        source = model.layer(self.layer)
        if len(source.shape) < 2 and isinstance(self, Gram):
            raise ValueError(
                f"Gram needs a layer of cells with channels, but {source.name} has the shape "
                f"{source.shape}; take a convolution, or Content."
            )

        def compute(xp: Any, values: Sequence[Any], references: Sequence[Any]) -> Any:
            return -self.difference(xp, values[0], references[0], source)

        return [Made((source,), compute, type(self).__name__, like=self.like)]

    @classmethod
    def difference(cls, xp: Any, cells: Any, others: Any, source: Source) -> Any:
        """Take the (N,) mean squared differences of (N, ...) cells from others of that layer."""
        made, wanted = (cls.compared(xp, each, source) for each in (cells, others))
        return xp.mean(xp.reshape(xp.square(made - wanted), (-1, made.shape[1])), axis=-1)

    @staticmethod
    @abstractmethod
    def compared(xp: Any, cells: Any, source: Source) -> Any:
        """Turn (N, ...) cells into the (N, n) numbers that are compared."""


@dataclass(frozen=True, eq=False)
class Gram(Likeness):
    """How alike the texture is: minus the mean squared difference of two Gram matrices.

    G = F'F / (H W) of the (H W, channels) cells F of a layer: which channels are active together,
    wherever that is. Source: Gatys et al. (2016), "Image style transfer using convolutional neural
    networks", CVPR, equation 3.

    Parameters
    ----------
    layer : str
        A layer by its name, as `report` lists them.
    like : array-like
        Another matrix, whose texture x is compared with. For x itself the score is 0 and has no
        slope.
    """

    layer: str
    like: Any

    def label(self, classes: Sequence[str]) -> str:
        """As in "texture of conv_2"."""
        return f"texture of {self.layer}"

    @staticmethod
    def compared(xp: Any, cells: Any, source: Source) -> Any:
        """Take the (channels, channels) Gram matrix."""
        axis = source.axes[2]
        last = len(source.shape) - 1
        cells = cells if axis in (None, last) else xp.moveaxis(cells, 1 + axis, -1)
        channels = source.shape[last if axis is None else axis]
        many = int(np.prod(source.shape)) // channels
        flat = xp.reshape(cells, (-1, many, channels))
        gram = xp.matmul(xp.transpose(flat, (0, 2, 1)), flat) / many
        return xp.reshape(gram, (-1, channels * channels))


@dataclass(frozen=True, eq=False)
class Content(Likeness):
    """How alike the content is: minus the mean squared difference of a layer's cells.

    Source: Gatys et al. (2016), as of `Gram`, equation 1, here a mean.

    Parameters
    ----------
    layer : str
        A layer by its name, as `report` lists them.
    like : array-like
        Another matrix, which x is compared with. For x itself the score is 0 and has no slope.
    """

    layer: str
    like: Any

    def label(self, classes: Sequence[str]) -> str:
        """As in "content of conv_2"."""
        return f"content of {self.layer}"

    @staticmethod
    def compared(xp: Any, cells: Any, source: Source) -> Any:
        """Take the cells as they are."""
        return xp.reshape(cells, (-1, *_flat(source)))


@dataclass(frozen=True)
class Function(Target):
    """A function of the model's outputs; a plain function as target is made one.

    Parameters
    ----------
    function : callable
        Of the outputs (N, ...), the single one or a list of all, as tensors; it returns (N,)
        numbers. Written with `keras.ops` it has gradients. A plain function as model gives NumPy
        arrays.
    """

    function: Callable[..., Any] | None
    name: str = ""

    def __post_init__(self) -> None:
        if not callable(self.function) and not self.name:
            raise TypeError(f"Function takes a function, but got {short(self.function)}.")
        named = getattr(self.function, "__name__", type(self.function).__name__)
        object.__setattr__(self, "name", self.name or clipped(str(named)))

    def label(self, classes: Sequence[str]) -> str:
        """Its name."""
        return self.name

    def terms(self, model: Sources) -> list[Term]:
        """Hand it all outputs."""
        function = self.function
        if function is None:
            raise ValueError(
                f"The target is the function {self.name}, which a file does not keep; give it "
                "again as target."
            )
        outputs = model.outputs

        def compute(_: Any, values: Sequence[Any], __: Sequence[Any]) -> Any:
            found = function(values[0] if len(values) == 1 else list(values))
            column = len(getattr(found, "shape", ())) == 2 and found.shape[1] == 1
            return found[:, 0] if column else found

        return [Made(outputs, compute, f"the function {self.name}")]


def _flat(source: Source) -> tuple[int]:
    return (int(np.prod(source.shape)),)
