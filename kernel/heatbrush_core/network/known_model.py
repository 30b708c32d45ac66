"""What is read off a Keras model before it runs: its graph, its head, its layout of matrices."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

from keras import ops, tree

from heatbrush_core.checks import among, listed, short
from heatbrush_core.graph.analysis.endings import Ending, ending
from heatbrush_core.graph.graph import Graph
from heatbrush_core.graph.linear import Tensor
from heatbrush_core.graph.model import fixed, output_names, precision, unbuilt
from heatbrush_core.graph.traced import Traced
from heatbrush_core.graph.tracing import functional_behind, opened
from heatbrush_core.network.inputs.keras_inputs import KerasInputs
from heatbrush_core.network.layout import Layout
from heatbrush_core.network.network import Offer, Scores, Shape
from heatbrush_core.network.scores.heads import Head
from heatbrush_core.network.scores.losses import Loss, loss
from heatbrush_core.network.scores.reading import Read, of_map, read, split

OWN_CODE = "runs code of its own, so that its graph cannot be seen"
ALL: frozenset[Offer] = frozenset({"scores", "gradient", "graph"})


@dataclass(frozen=True, eq=False)
class KnownModel:
    """A Keras model as it was read once; it is read again when its layers change.

    Attributes
    ----------
    dtype
        The precision of its walks.
    fixed
        What compiled functions take from its layers once and for all.
    offers, shape, graph, without_graph
        As in `Network`.
    units
        The number of outputs; None where only a run tells it, and of a map.
    traced, names
        All nodes of the model, and the names of its outputs; only where it shows its graph.
    note
        What was chosen of the model by itself, as a sentence.
    ending, loss
        What the outputs are made of, and what the model's loss takes them for, where these tell.
    read
        How the outputs are read; None where they must be looked at.
    layout
        How it wants its matrices.
    position
        Which of its outputs is explained; None where only a run tells what it returns.
    """

    dtype: str
    fixed: list[Any]
    offers: frozenset[Offer] = ALL
    shape: Shape | None = None
    graph: Graph | None = None
    without_graph: str = ""
    layout: Layout = field(default_factory=Layout)
    position: int | None = None
    units: int | None = None
    traced: Traced | None = None
    names: tuple[str, ...] = ()
    note: str = ""
    ending: Ending | None = None
    loss: Loss | None = None
    read: Read | None = None

    @property
    def is_map(self) -> bool:
        """Whether the graph ends in more than a vector of scores."""
        return self.graph is not None and len(self.graph.logits.shape) > 2

    @property
    def head(self) -> Head | None:
        """How the outputs are read; None where not even the number of classes is known."""
        if self.is_map or self.units is None or (self.read is None and self.units == 1):
            return None
        # however several units will be read, they are as many classes
        return Head("values" if self.read is None else self.read.reading, self.units)

    def given_up(self, name: str, reason: str) -> KnownModel:
        """Go on without a graph; how outputs are read is then learnt from what they are."""
        offers: frozenset[Offer] = frozenset({"scores", "gradient"})
        why = f"{name[:1].lower()}{name[1:]} {reason}"
        return replace(
            self,
            graph=None,
            units=None,
            ending=None,
            read=None,
            offers=offers,
            without_graph=why,
        )

    def output(self, result: Any, name: str, wanted: str | None) -> Tensor:
        """Take the chosen one of a model's outputs, in the walks' precision.

        A model without a graph names its outputs by a dict, if at all.

        Raises
        ------
        ValueError
            If `wanted`, the user's choice, does not say which.
        """
        named, flat = result if isinstance(result, dict) else {}, tree.flatten(result)
        if self.position is not None:
            return ops.cast(flat[self.position], self.dtype)
        if wanted in named:
            return ops.cast(named[wanted], self.dtype)
        if wanted is None and len(flat) == 1:
            return ops.cast(flat[0], self.dtype)
        found, remedy = f"{len(flat)} outputs without names", "wrap it in a function of one output"
        if named:
            found, remedy = listed([*map(repr, named)]), f"choose one, output={next(iter(named))!r}"
        elif len(flat) == 1:
            found, remedy = "one output without a name", "leave output= out"
        raise ValueError(
            f"output is {short(wanted)}, but {name[0].lower()}{name[1:]} returns {found}; {remedy}."
        )


def known(
    model: Any,
    name: str,
    output: str | None,
    scores: Scores | None,
    inputs: KerasInputs | None = None,
) -> KnownModel:
    """Read a model, and trace its graph where it shows one; `inputs` says which of several is what.

    Raises
    ------
    ValueError
        For several outputs without a choice, and what is no matrix or no score vector.
    """
    found = KnownModel(precision(model), fixed(model), loss=loss(model, output, None))
    functional = functional_behind(model)
    if functional is None:
        return found if unbuilt(model) else found.given_up(name, OWN_CODE)
    position, note = _position(functional, name, output)
    held = (None,) if inputs is None else inputs.in_order()
    shape = _matrix_shape(functional.inputs[list(held).index(None)], name)
    every = opened(functional, found.dtype, held)
    graph = every.output(position)
    units = _units(graph, name)
    graph = split(graph, units or 0, scores)
    end = ending(graph, found.dtype) if graph.head is None else None
    layout = Layout(len(shape) == 2, len(shape) == 3 and graph.channels_first)
    names = tuple(output_names(functional))
    compiled = loss(model, names[position], position)
    is_map = len(graph.logits.shape) > 2
    return replace(
        found,
        shape=(*shape[1:], shape[0]) if layout.channels_first else shape,
        graph=graph,
        layout=layout,
        position=position,
        units=None if is_map else units,
        traced=every,
        names=names,
        note=note,
        ending=end,
        loss=compiled,
        read=(of_map if is_map else read)(graph, end, compiled, scores, units or 0),
    )


def _position(functional: Any, name: str, output: str | None) -> tuple[int, str]:
    """Find the output that was asked for, and say which was taken where none was.

    Of several vectors of scores one must be chosen: each may be the classes that are meant.
    """
    names = output_names(functional)
    if output is None and len(names) == 1:
        return 0, ""
    if output is None and any(len(each.shape) > 2 for each in functional.outputs):
        return 0, (
            f"The model has the outputs {listed([*map(repr, names)])}; a target that names none is "
            "of the first, so give output= to the Explainer or to the target for another."
        )
    if output is None or not among(output, names):
        raise ValueError(
            f"output is {short(output)}, but {name[0].lower()}{name[1:]} has "
            f"{listed([*map(repr, names)])}; choose one, such as output={names[0]!r}."
        )
    return names.index(output), ""


def _matrix_shape(given: Any, name: str) -> tuple[int | None, ...]:
    shape = tuple(given.shape[1:])
    if len(shape) not in (2, 3):
        raise ValueError(
            f"{name} takes inputs of shape {shape}, but a matrix is expected, (rows, "
            "columns) or (rows, columns, channels); put a Reshape layer in front of it."
        )
    return shape


def _units(graph: Graph, name: str) -> int | None:
    """Count the scores, or the channels of a map, which may be open."""
    shape = graph.logits.shape
    if len(shape) > 2:
        return shape[-1]
    if len(shape) != 2 or shape[1] is None:
        raise ValueError(
            f"{name} returns {shape[1:]} per matrix, but one score vector, (n,), is "
            "expected; add a layer such as GlobalAveragePooling2D or Flatten and Dense."
        )
    return shape[1]
