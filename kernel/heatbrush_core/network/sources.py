"""What targets may read of a model, and how what they read becomes its outputs."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import clipped, hint, listed, short
from heatbrush_core.network.scores.cells import Beside, Heads, Part, of_cells
from heatbrush_core.network.scores.heads import Head
from heatbrush_core.targets import Cells, Followed, Made, Scores, Source, Term, Which, nearest_layer

Shape = tuple[int, ...]


@dataclass(frozen=True, eq=False)
class ModelSources:
    """The outputs and the layers of a model, for matrices of one size.

    Attributes
    ----------
    model
        How messages call the model.
    matrix
        The shape of a matrix, as the model takes it.
    outputs, names
        Its outputs, and their names; these are empty where it has none.
    chosen
        The number of the output that the explainer was opened with.
    layers
        What its layers give, by name.
    without_graph
        Why no layers are known, as the end of a sentence; empty where they are.
    """

    model: str
    matrix: Shape
    outputs: tuple[Source, ...]
    names: tuple[str, ...] = ()
    chosen: int = 0
    layers: Mapping[str, Source] | None = None
    without_graph: str = ""

    def output(self, which: Which) -> Source:
        """Find an output by its name or its number."""
        if which is None:
            return self.outputs[self.chosen]
        if isinstance(which, str):
            if which in self.names:
                return self.outputs[self.names.index(which)]
            there = f"the outputs {listed([*map(repr, self.names)])}" if self.names else "no names"
            raise ValueError(
                f"output is {short(which)}, but {self.model[:1].lower()}{self.model[1:]} has "
                f"{there}; {hint(which, self.names, 'give one of these, or a number.')}"
            )
        if not 0 <= which < len(self.outputs):
            raise ValueError(
                f"output is {which}, but {self.model[:1].lower()}{self.model[1:]} has "
                f"{len(self.outputs)} outputs, counted from 0; give one of these."
            )
        return self.outputs[which]

    def layer(self, name: str) -> Source:
        """Find a layer by its name."""
        if self.layers is None:
            raise ValueError(
                f"The layer {short(name)} is asked for, but layers are seen in a graph only, and "
                f"{self.without_graph}; take a target of the outputs, such as Location, or give a "
                "functional or sequential Keras model."
            )
        if name not in self.layers:
            whole = [each for each in self.layers if "/" not in each]
            raise ValueError(nearest_layer(name, whole))
        return self.layers[name]


def named(numbers: int, names: Sequence[str], number: int) -> str:
    """Name an output in a sentence."""
    if numbers == 1:
        return "the model's output"
    return f"the output {names[number]!r}" if names else f"output {number} of the model"


class Piece(NamedTuple):
    """One term, with the numbers of the cells that are read for it; of a number made of all, none.

    `references` is what its sources give for the matrix that it compares with.
    """

    term: Cells | Scores | Made
    cells: NDArray[np.intp]
    references: tuple[Any, ...] = ()


class Plan(NamedTuple):
    """What a target reads, how, and what each score of it weighs."""

    pieces: list[Piece]
    head: Heads
    weights: NDArray[np.float64]

    @property
    def opaque(self) -> str:
        """Say what the target is made of where that is more than a sum of scores."""
        made = (each.term.what for each in self.pieces if isinstance(each.term, Made))
        return next(made, "")


def plan(
    terms: Sequence[Term],
    head_of: Callable[[int | str], Head],
    reference: Callable[[Source, NDArray[Any]], Any],
) -> Plan:
    """Plan the reading of terms.

    Parameters
    ----------
    terms
        A target's.
    head_of
        How the cells of an output, or its classes where it is a vector, are read; by its key.
    reference
        (source, (H, W, C) matrix) -> (1, ...) what the source gives for another matrix.
    """
    pieces, parts, weights = list[Piece](), list[Part](), list[NDArray[np.float64]]()
    for term in terms:
        first = term.cells if isinstance(term, Followed) else term
        piece, part, weight = _planned(first, head_of, reference)
        pieces.append(piece)
        if isinstance(term, Followed):
            pieces.extend(Piece(whole(each), each.cells()) for each in term.sources)
            shapes = tuple(each.shape for each in term.sources)
            part = replace(part, beside=Beside(shapes, term.left, term.weight))
        parts.append(part)
        weights.append(weight)
    return Plan(pieces, Heads.of(parts), np.concatenate(weights))


def as_returned(term: Any) -> bool:
    """Tell whether numbers are read as the model returns them, though these be probabilities."""
    return isinstance(term, Cells) and term.reading in ("values", "sigmoid", "softmax")


def whole(source: Source) -> Cells:
    """Read all cells of a source, as the model returns them."""
    return replace(Cells.reduced(source, source.cells(), "sum"), reading="values")


def _planned(
    term: Cells | Scores | Made,
    head_of: Callable[[int | str], Head],
    reference: Callable[[Source, NDArray[Any]], Any],
) -> tuple[Piece, Part, NDArray[np.float64]]:
    """Plan the reading of one term: its cells, how they are read, and what each score weighs."""
    if isinstance(term, Made):
        like = term.like
        given = () if like is None else tuple(reference(each, like) for each in term.sources)
        part = Part(Head(term.reading, 1, of_cell=True), 1)
        return Piece(term, np.zeros(1, np.intp), given), part, np.array([term.weight])
    head = head_of(term.source.key)
    if isinstance(term, Scores):
        return Piece(term, np.arange(head.units, dtype=np.intp)), Part(head, 1), term.weights
    own = term.reading if as_returned(term) or head.reading == "values" else None
    reads = of_cells(
        own or head.reading,
        term.source.shape[-1],
        term.cells,
        term.weights,
        term.largest,
        term.rivals if own else None,
    )
    return Piece(term, reads.cells), replace(reads.part, constant=term.constant), reads.weights


def try_out(plan: Plan, matrix: Shape, zeros: Callable[[Shape], Any], xp: Any) -> None:
    """Compute numbers that are made of whole outputs once, of zeros: what is wrong is told now.

    Raises
    ------
    ValueError
        In one sentence, whatever a user's function raised.
    """
    for term, _, references in plan.pieces:
        if not isinstance(term, Made):
            continue
        values = [zeros((2, *each.shape)) for each in term.sources]
        values += [zeros((2, *matrix))] if term.with_input else []
        try:
            found = term.compute(xp, values, references)
        except Exception as error:
            raise ValueError(
                f"{term.what[:1].upper()}{term.what[1:]} raised {type(error).__name__} "
                f"({clipped(str(error))}) for outputs of the shape "
                f"{tuple((2, *each.shape) for each in term.sources)}, but one number per matrix is "
                "expected; write it with keras.ops for tensors (N, ...)."
            ) from error
        if len(getattr(found, "shape", ())) != 1:
            raise ValueError(
                f"{term.what[:1].upper()}{term.what[1:]} returns "
                f"{getattr(found, 'shape', short(found))} for two matrices, but one number per "
                "matrix, (N,), is expected; reduce all axes but the first."
            )


def computed(plan: Plan, values: Callable[[Source], Any], x: Any, xp: Any) -> Any:
    """(N, units) outputs of a plan, from whole outputs: for a model without a graph."""
    found = []
    for term, cells, references in plan.pieces:
        if isinstance(term, Made):
            given = [values(each) for each in term.sources]
            given += [x] if term.with_input else []
            found.append(xp.reshape(term.compute(xp, given, references), (-1, 1)))
        else:
            flat = xp.reshape(values(term.source), (-1, int(np.prod(term.source.shape))))
            found.append(xp.take(flat, cells, axis=1))
    return found[0] if len(found) == 1 else xp.concatenate(found, axis=-1)


def axes_of_array(rank: int) -> tuple[int | None, int | None, int | None]:
    """Tell rows, columns and channels of an array of which nothing else is known."""
    known = {3: (0, 1, 2), 2: (0, 1, None), 1: (None, None, 0)}
    return known.get(rank, (None, None, rank - 1))
