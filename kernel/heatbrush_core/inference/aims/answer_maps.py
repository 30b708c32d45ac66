"""The maps that a model answers with, as a view shows them: of a matrix, or of what is left."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush_core.checks import numbered
from heatbrush_core.inference.aims.lining import Lining
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets import Cells, Source, Which

if TYPE_CHECKING:
    import xarray


class Returned(NamedTuple):
    """One output that is a map: its number, its name, and the names of its channels."""

    number: int
    name: str
    channels: tuple[str, ...]


class AnswerMaps(Lining):
    """What tells a model's answer cell by cell."""

    def answer_map(
        self,
        x: ArrayLike,
        output: Which = None,
        without: Region | None = None,
        only: Region | None = None,
        valid: Any = None,
        given: Any = None,
    ) -> xarray.DataArray:
        """Ask for the map that the model returns for a matrix, or for what is left of it.

        Parameters
        ----------
        x
            (H, W), (H, W, C) or (1, H, W, C).
        output
            The name or the number of one of several outputs; None is the one that the explainer was
            opened with.
        without, only, valid, given
            As in `predict`.

        Returns
        -------
        xarray.DataArray
            (rows, columns, channel): probabilities, where the output is known to be a sigmoid or a
            softmax for each cell, else the model's values; ``attrs["kind"]`` says which. The
            coordinates of rows and columns are the centres of its cells in the index units of the
            matrix: cell i of a map that is coarser by a stride s lies at (i + 0.5) * s - 0.5. An
            axis along which the output has no cells has length 1.

        Raises
        ------
        TypeError, ValueError
            In one sentence, for an output that the model does not have, or that has neither rows
            nor columns.
        """
        import xarray

        asker, matrix = self.whole().about(x, valid, given)
        found, kind = asker.answered(asker.left(matrix, without, only), output)
        sizes = zip(found.shape, matrix.shape[:2], strict=False)
        rows, columns = ((np.arange(n) + 0.5) * (of / n) - 0.5 for n, of in sizes)
        number = int(asker.source_of(matrix, output).key)
        names = next(each.channels for each in asker.answers(matrix) if each.number == number)
        return xarray.DataArray(
            found,
            dims=("rows", "columns", "channel"),
            coords={"rows": rows, "columns": columns, "channel": list(names)},
            attrs={"kind": kind},
        )

    def left(self, x: NDArray[Any], without: Region | None, only: Region | None) -> NDArray[Any]:
        """Take what is left of a matrix without a region, or with only one."""
        if without is not None and only is not None:
            raise ValueError(
                "without= and only= are both given, but one region is expected; ask twice."
            )
        if without is not None:
            return self.parts(x, without)[0]
        return x if only is None else self.parts(x, only)[1]

    # ------------------------------------------------------------ what a view asks

    def answers(self, x: NDArray[Any]) -> list[Returned]:
        """List the outputs that are maps of matrices like (H, W, C) x."""
        if all(len(shape) == 1 for shape in self._network.returns or [(1, 1)]):
            return []
        asker = self.whole()
        sources: Any = asker.outputs_and_layers(x)
        found = []
        for number, source in enumerate(sources.outputs):
            if not is_map(source):
                continue
            count, known = source.length(2), asker.classes
            mine = number == sources.chosen and len(known) == count
            names = known if mine else [f"channel {k}" for k in range(count)]
            name = sources.names[number] if number < len(sources.names) else f"output {number}"
            found.append(Returned(number, name, tuple(numbered(names))))
        return found

    def answered(self, x: NDArray[Any], output: Which = None) -> tuple[NDArray[np.float64], str]:
        """(h, w, c) map that the model returns for x as it is fed it, and what its numbers are."""
        asker = self.whole()
        source = asker.source_of(x, output)
        every = np.arange(int(np.prod(source.shape)), dtype=np.intp)
        term = Cells.reduced(source, every, "sum")
        network = asker.opened(x, [], [term], f"map of output {source.key}")
        with asker.lock:
            z = network.outputs(x[None])
        assert network.head is not None
        likely = network.head.has_probabilities
        cells = network.head.numbers(z, "probability" if likely else "logit")
        return arranged(np.asarray(cells), source), "probabilities" if likely else "values"

    def source_of(self, x: NDArray[Any], output: Which) -> Source:
        """Find an output that is a map of matrices like x.

        Raises
        ------
        ValueError
            In one sentence.
        """
        source = self.outputs_and_layers(x).output(output)
        if not is_map(source):
            raise ValueError(
                f"A map is asked for, but {source.name} has the shape {source.shape} for each "
                "matrix, without its rows or columns; name another output, or ask predict."
            )
        return source


def is_map(source: Source) -> bool:
    """Tell whether an output has the matrix' rows or columns, and but channels beside them."""
    return not source.classes and source.axes[:2] != (None, None) and _others(source) == []


def arranged(cells: NDArray[np.float64], source: Source) -> NDArray[np.float64]:
    """Turn the cells of an output into (rows, columns, channels), 1 along an axis that it lacks."""
    known = [axis for axis in source.axes if axis is not None]
    turned = cells.reshape(source.shape).transpose(known)
    return turned.reshape([source.length(which) for which in range(3)])


def _others(source: Source) -> Sequence[int]:
    """List the axes that are neither rows nor columns nor channels."""
    return [axis for axis in range(len(source.shape)) if axis not in source.axes]
