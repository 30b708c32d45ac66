"""Which tensors still have the matrix's rows and columns, and along which of their axes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from typing import NamedTuple

import numpy as np
from keras import ops
from numpy.typing import NDArray

from heatbrush_core.graph import layers
from heatbrush_core.graph.analysis.once import once
from heatbrush_core.graph.analysis.spans import Span, apart, cut, joined
from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.linear import Linear, Tensor
from heatbrush_core.graph.picks import Pick

STAND_IN = 3  # cells along an axis of any size, while a node is tried
CELL_BY_CELL = ("affine", "normalization", "activation", "sum", "product", "maximum")


class GridAxes(NamedTuple):
    """The axes of (N, ...) cells along the matrix's rows and columns; None where one is lost.

    A convolution over time in a (time, sensors) model, say, keeps the rows and mixes the columns.
    """

    rows: int | None
    columns: int | None

    def arranged(self, cells: Tensor) -> Tensor:
        """Turn (N, ...) cells into (N, h, w, channels), with 1 for an axis that is lost."""
        kept = [axis for axis in self if axis is not None]
        others = [axis for axis in range(1, len(cells.shape)) if axis not in kept]
        sizes = ops.shape(cells)
        h, w = (1 if axis is None else sizes[axis] for axis in self)
        return ops.reshape(ops.transpose(cells, (0, *kept, *others)), (sizes[0], h, w, -1))

    def restored(self, cells: Tensor, shape: Sequence[int | None]) -> Tensor:
        """Turn (N, h, w, channels) back into cells like those of `shape`, but of any h and w."""
        kept = [axis for axis in self if axis is not None]
        others = [axis for axis in range(1, len(shape)) if axis not in kept]
        sizes = ops.shape(cells)
        lines = [n for n, axis in zip(sizes[1:3], self, strict=True) if axis is not None]
        cells = ops.reshape(cells, (sizes[0], *lines, *(shape[axis] for axis in others)))
        order = (0, *kept, *others)
        return ops.transpose(cells, [order.index(axis) for axis in range(len(shape))])


@once
def grids(graph: Graph) -> dict[Slot, GridAxes]:
    """Tell where rows and columns are in each slot that still has them."""
    return trace(graph)


def trace(graph: Graph) -> dict[Slot, GridAxes]:
    """Follow rows and columns from the input into the graph, each as far as it goes."""
    first = len(graph.input.shape) == 4 and graph.channels_first
    found = {graph.input: GridAxes(2, 3) if first else GridAxes(1, 2)}
    sizes = [graph.input.shape[axis or 0] for axis in found[graph.input]]
    lines: dict[Slot, list[Span | None]] = {
        graph.input: [None if size is None else (0, size) for size in sizes]
    }
    for node in graph.nodes:
        given = [found.get(slot, GridAxes(None, None)) for slot in node.inputs]
        parts = [lines.get(slot, [None, None]) for slot in node.inputs]
        for index, slot in enumerate(node.outputs):
            pairs = zip(zip(*given, strict=True), zip(*parts, strict=True), strict=True)
            axes = []
            for at, spans in pairs:
                axes.append(_axis(node, index, at, spans))
                lines.setdefault(slot, []).append(_span(node, index, at, spans))
            if axes != [None, None]:
                found[slot] = GridAxes(*axes)
    return found


def _axis(
    node: Node, index: int, at: Sequence[int | None], spans: Sequence[Span | None]
) -> int | None:
    """Find the axis of the rows, or columns, in a result; None where they are lost."""
    if len(spans) > 1 and (axis := joined(node, at, spans)) is not None:
        return axis
    return None if apart(at, spans) else _followed(node, index, at)


def _span(
    node: Node, index: int, at: Sequence[int | None], spans: Sequence[Span | None]
) -> Span | None:
    """Find the lines of the matrix that a result was made of; None where unknown."""
    known = [span for span in spans if span is not None]
    if not known or len(known) < len(spans):
        return None
    if len(spans) > 1:
        return min(a for a, _ in known), max(b for _, b in known)
    if at[0] is None or layers.known(node.operation) not in layers.TAKES_PARTS:
        return known[0]
    return cut(node, index, at[0], known[0], _numbered(node.inputs[0], at[0]))


def places(graph: Graph) -> dict[str, GridAxes]:
    """List the layers that give a map of several cells, with channels or without."""
    return {name: grids(graph)[slot] for slot, name in _names(graph).items()}


def last_convolution(graph: Graph) -> str | None:
    """Find the place that shows what the last convolution found; None where there is none.

    That is the convolution, or what alone follows it cell by cell, one after the other: its
    normalisation and activation, fused or not, the residual sum and the concatenation it goes into.
    Where a target picks cells out of a layer, that layer shows the target itself, and one before it
    is taken if there is one.
    """
    picked = {slot for node in graph.nodes if isinstance(node.map, Pick) for slot in node.inputs}
    return _last_convolution(graph, picked) or _last_convolution(graph, set())


def _last_convolution(graph: Graph, but: Collection[Slot]) -> str | None:
    """Find it among all slots but some."""
    names = {slot: name for slot, name in _names(graph).items() if slot not in but}
    uses = Counter(slot for node in graph.nodes for slot in node.inputs)
    last: Slot | None = None
    for node in graph.nodes:
        slot = node.outputs[0]
        if slot in names and (layers.is_convolution(node.operation) or _goes_on(node, last, uses)):
            last = slot
    return None if last is None else names[last]


@once
def averaged(graph: Graph) -> str | None:
    """Find the place of which the logits see only its mean, through one dense layer at most."""
    makers = {slot: node for node in graph.nodes for slot in node.outputs}
    slot, dense, names = graph.logits, 0, _names(graph)
    while slot in makers and len(makers[slot].inputs) == 1:
        node = makers[slot]
        (slot,) = node.inputs
        if node.kind == "mean":
            return names[slot] if slot in names and _averages(node, grids(graph)[slot]) else None
        dense += node.kind == "linear"
        if dense > 1 or node.kind not in ("linear", "structure"):
            return None
    return None


def _names(graph: Graph) -> dict[Slot, str]:
    """Name the slots that are a map, with one axis at most for channels.

    It has several cells, unless the matrix is a single one.
    """
    single = _cells(graph.input, grids(graph)[graph.input]) == {1}
    found = {}
    for name, slot in graph.places.items():
        if (grid := grids(graph).get(slot)) is None:
            continue
        others = [size for axis, size in enumerate(slot.shape) if axis and axis not in grid]
        if sum(size != 1 for size in others) <= 1 and (single or _cells(slot, grid) != {1}):
            found[slot] = name
    return found


def _cells(slot: Slot, grid: GridAxes) -> set[int | None]:
    """Take the numbers of cells along rows and columns."""
    return {slot.shape[axis] for axis in grid if axis is not None}


def _goes_on(node: Node, last: Slot | None, uses: Counter[Slot]) -> bool:
    """Tell whether a node alone goes on with a slot, cell by cell."""
    alone = last in node.inputs and last is not None and uses[last] == 1
    return alone and (node.kind in CELL_BY_CELL or layers.known(node.operation) == "Concatenate")


def _followed(node: Node, index: int, at: Sequence[int | None]) -> int | None:
    """Follow the rows, or the columns, through a node.

    Parameters
    ----------
    node, index
        The node, and which of its results is asked about.
    at
        The axis of the rows, or columns, in each input; None where it has none.

    Returns
    -------
    int or None
        Their axis in the result; None where they are lost.
    """
    tracked = [
        (axis, slot.shape) for axis, slot in zip(at, node.inputs, strict=True) if axis is not None
    ]
    mixed = layers.known(node.operation) in layers.MIXES_CELLS or isinstance(node.map, Pick)
    if not tracked or mixed or node.kind == "constant":
        return None
    if _rearranges(node, index, [len(shape) for _, shape in tracked]):
        return _probed(node, index, at)
    axis = tracked[0][0]
    if any(another != axis for another, _ in tracked) or axis == _channels(node):
        return None
    return axis if _keeps_length(node, index, axis, {shape[axis] for _, shape in tracked}) else None


def _rearranges(node: Node, index: int, ranks: Sequence[int]) -> bool:
    """Tell whether rows may come out along another axis, or, as of a slice, be others."""
    name = layers.known(node.operation)
    other = any(rank != len(node.outputs[index].shape) for rank in ranks)
    if name == "TimeDistributed" and node.kind == "structure":
        return True
    # a slice of a free size can not be tried, and is taken to keep the axis
    return other or name in layers.MOVES_AXES or (name == "GetItem" and not _is_free(node))


def _keeps_length(node: Node, index: int, axis: int, lengths: set[int | None]) -> bool:
    """Tell whether an axis is as long after a node as it may be if its cells stay in order.

    A node of one input may make it shorter or longer, as a pooling and a padding do, but not one
    cell. Of several inputs, one must be as long as the result: else they were joined along it.
    """
    made = node.outputs[index].shape[axis]
    shrunk = made == 1 and lengths != {1}
    joined = len(node.inputs) > 1 and made not in lengths
    return not shrunk and not joined


def _probed(node: Node, index: int, at: Sequence[int | None]) -> int | None:
    """Send coordinates through a node that moves or drops axes, and see along which they grow.

    What a reshaping does to rows follows from no name. Each input cell holds the number of its row;
    the rows go on along the one axis of the result along which these numbers change, and only if
    they grow from each cell to the next: then no row is split, mixed with another or turned round.
    """
    if node.kind not in ("structure", "mean", "max"):
        return None
    # with a stand-in for a free size the answer holds for that size only, but for these
    if _is_free(node) and layers.known(node.operation) not in layers.OF_ANY_SIZE:
        return None
    numbered = [_numbered(slot, axis) for axis, slot in zip(at, node.inputs, strict=True)]
    found = np.asarray(node.call(*numbered)[index])
    along = [axis for axis in range(1, found.ndim) if np.ptp(found, axis).any()]
    grows = len(along) == 1 and (np.diff(found, axis=along[0]) > 0).all()
    return along[0] if grows else None


def _numbered(slot: Slot, axis: int | None) -> NDArray[np.float32]:
    """Make cells for a slot that hold their place along an axis; zeros where there is none."""
    cells = np.zeros(_sizes(slot), np.float32)
    if axis is not None:
        np.moveaxis(cells, axis, -1)[...] = np.arange(cells.shape[axis])
    return cells


def _is_free(node: Node) -> bool:
    return any(None in slot.shape[1:] for slot in node.inputs)


def _sizes(slot: Slot) -> tuple[int, ...]:
    return (1, *(STAND_IN if size is None else size for size in slot.shape[1:]))


def _channels(node: Node) -> int | None:
    """Find the axis whose cells a node's weights mix: its channels."""
    if isinstance(node.map, Linear):
        return node.map.axis
    own = node.kind in ("opaque", "recurrent") and getattr(node.operation, "weights", None)
    if not own and not layers.is_convolution(node.operation):
        return None
    first = getattr(node.operation, "data_format", "") == "channels_first"
    return 1 if first else len(node.outputs[0].shape) - 1


def _averages(node: Node, grid: GridAxes) -> bool:
    """Tell whether a node takes the plain mean over a whole grid, by trying it."""
    if None in node.outputs[0].shape[1:]:
        return False
    cells = np.random.default_rng(0).normal(size=_sizes(node.inputs[0])).astype("float32")
    found = np.ravel(node.call(cells)[0])
    means = np.mean(grid.arranged(cells), axis=(1, 2)).ravel()
    return len(found) == len(means) and np.allclose(found, means, atol=1e-5)
