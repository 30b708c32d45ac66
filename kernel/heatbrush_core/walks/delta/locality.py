"""How each node of a graph is computed again where a window of the matrix changed.

The delta walk carries, of every tensor that has the matrix's rows or columns, only the stretch that
a window can reach. Which stretch that is, and what must be read to compute it, is said here, once
per graph and size of matrix; `footprint` turns it into numbers for given windows, `delta` computes.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Literal

from heatbrush_core.graph import layers
from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.grids import grids
from heatbrush_core.graph.linear import Linear, ReceptiveField
from heatbrush_core.walks.delta import elementwise as cellwise
from heatbrush_core.walks.delta import probing
from heatbrush_core.walks.delta.cost import Cost
from heatbrush_core.walks.delta.reach import Cropped, Rule, Same, Whole, Window
from heatbrush_core.walks.delta.spatial import LOST, Sheet
from heatbrush_core.walks.forward import Tensors

How = Literal[
    "cells",  # the node itself, on the stretch, or where that must be on the whole
    "kernel",  # a convolution without padding of its own
    "pool",  # a pooling without padding of its own
    "moved",  # cells and channels are copied
    "reduced",  # the mean, sum or largest of the whole map: what changed of it is added
    "vector",  # no rows and columns are left: the difference to what it was before is carried on
]
Rules = tuple[Rule, Rule]


@dataclass(frozen=True, eq=False)
class Step:
    """One node of the delta walk.

    Attributes
    ----------
    node
        What is computed.
    how
        In which way.
    rules
        How its output depends on its input, along rows and along columns.
    reads
        Per input, whether a stretch of it must be laid out anew before the node can be run.
    outputs
        What is made; all outputs of the node but where each is moved in its own way.
    channels
        Where "moved": the input channel of each output channel; None for the same.
    """

    node: Node
    how: How
    rules: Rules
    reads: tuple[bool, ...]
    outputs: tuple[Slot, ...]
    channels: tuple[int, ...] | None = None

    @property
    def is_whole(self) -> bool:
        """Whether no rule keeps a window small here."""
        return all(isinstance(rule, Whole) for rule in self.rules)

    def describe(self) -> str:
        """Say in a few words how the node is computed again."""
        if self.how in ("reduced", "vector"):
            return "difference"
        windows = [rule for rule in self.rules if isinstance(rule, Window)]
        if len(windows) == 2:
            steps = [str(window.stride) for window in windows]
            step = "" if steps == ["1", "1"] else f", step {' × '.join(steps)}"
            return f"window {' × '.join(str(window.size) for window in windows)}{step}"
        rows, columns = (rule.describe() for rule in self.rules)
        return rows if rows == columns else f"rows {rows}, columns {columns}"

    @property
    def averages_padding(self) -> bool:
        """Whether it averages windows that may hang over the edge, of which padding is no part."""
        if self.how != "pool" or self.node.kind != "mean":
            return False
        pooling = layers.pooling(self.node.operation, len(self.node.inputs[0].shape))
        return pooling is not None and pooling.padding == "same"


class Locality:
    """The steps of the delta walk over a graph, for one size of matrix.

    Parameters
    ----------
    graph
        The model, batch normalisation folded.
    tensors
        Every slot of it for one matrix, symbolic, as just traced.
    """

    def __init__(self, graph: Graph, tensors: Tensors) -> None:
        self.graph = graph
        known = grids(graph)
        self.sheets = {
            slot: Sheet(known.get(slot, LOST), (1, *map(int, tensor.shape[1:])))
            for slot, tensor in tensors.items()
        }
        # scores are no map, even where there is one for each row
        self.sheets[graph.logits] = replace(self.sheets[graph.logits], grid=LOST)
        # slots with one mark have one stretch, so nothing has to be laid out anew between them
        self._marks: dict[Slot, Slot | None] = {graph.input: graph.input}
        self.steps: list[Step] = []
        for node in graph.nodes:
            self.steps += self._steps(node, tensors)
        self.products = {node: _products(node) for node in graph.nodes}

    @property
    def cost(self) -> Cost:
        """What one matrix takes as a whole."""
        found = Cost()
        for node in self.graph.nodes:
            given = [self.sheets[slot] for slot in node.inputs]
            made = [self.sheets[slot] for slot in node.outputs]
            numbers = sum(sheet.volume for sheet in (*given, *made))
            turned = isinstance(node.map, Linear) and max(_spreads(node.map)) > 1
            cells = (given if turned else made)[0]
            products = self.products[node] * cells.volume / cells.shape[-1]
            found = found.plus(Cost(1, products, numbers))
        return found

    def _steps(self, node: Node, tensors: Tensors) -> list[Step]:
        given = [self.sheets[slot] for slot in node.inputs]
        made = [self.sheets[slot] for slot in node.outputs]
        if all(sheet.is_vector for sheet in given):
            return [self._step(node, "vector", (Whole(), Whole()))]
        if self._has_full_inputs(node):
            return [self._step(node, "cells", (Whole(), Whole()))]
        if made[0].is_vector and _reduces(node, given):
            return [self._step(node, "reduced", (Whole(), Whole()))]
        if all(sheet.is_vector for sheet in made):
            return [self._step(node, "cells", (Whole(), Whole()))]
        if (windows := _windows(node, given[0], made[0])) is not None:
            how: How = "kernel" if node.kind == "linear" else "pool"
            return [self._step(node, how, windows)]
        rules = _rules(node, given, made, tensors)
        if rules == (Whole(), Whole()) and node.kind == "structure":
            moved = [probing.moved(node, given, made, index) for index in range(len(made))]
            if all(moved):
                return [
                    self._step(node, "moved", each[:2], (slot,), each[2])
                    for each, slot in zip(moved, node.outputs, strict=True)
                    if each is not None
                ]
        return [self._step(node, "cells", rules)]

    def _has_full_inputs(self, node: Node) -> bool:
        maps = [slot for slot in node.inputs if not self.sheets[slot].is_vector]
        return all(self._marks[slot] is None for slot in maps)

    def _step(
        self,
        node: Node,
        how: How,
        rules: Rules,
        outputs: tuple[Slot, ...] | None = None,
        channels: tuple[int, ...] | None = None,
    ) -> Step:
        """Make a step, and mark what it makes."""
        outputs = node.outputs if outputs is None else outputs
        maps = [slot for slot in node.inputs if not self.sheets[slot].is_vector]
        marks = {self._marks[slot] for slot in maps}
        same = all(rule in (Same(), Window(1)) for rule in rules) and len(marks) == 1
        if how == "vector" or marks == {None}:
            same, mark = True, None
        elif same:
            mark = next(iter(marks))
        else:
            whole = all(isinstance(rule, Whole) for rule in rules)
            mark = None if whole else outputs[0]
        self._marks.update(dict.fromkeys(outputs, mark))
        same = same or how == "reduced"
        reads = tuple(slot in maps and not same for slot in node.inputs)
        return Step(node, how, rules, reads, outputs, channels)


def _products(node: Node) -> int:
    """Count the multiplications with weights for all channels of one cell."""
    if not isinstance(node.map, Linear):
        return 0
    kernel = node.map.kernel()
    parts = kernel if isinstance(kernel, list) else [kernel]
    return sum(math.prod(part.shape) for part in parts)


def _spreads(linear: Linear) -> tuple[int, ...]:
    return (1,) if linear.receptive_field is None else linear.receptive_field.input_dilation


def _reduces(node: Node, given: Sequence[Sheet]) -> bool:
    """Tell whether a node leaves the mean, sum or largest of a whole map, channel by channel."""
    found = layers.reduction(node.operation, len(given[0].shape))
    return found is not None and len(given) == 1 and found.axes == given[0].axes


def sight(node: Node, given: Sheet) -> ReceptiveField | None:
    """Take the windows of a convolution or a pooling; None for any other node."""
    if node.kind == "linear":
        return node.map.receptive_field if isinstance(node.map, Linear) else None
    pooling = layers.pooling(node.operation, len(given.shape))
    if pooling is None:
        return None

    def before(old: int, new: int, axis: int) -> int:
        missing = (new - 1) * pooling.strides[axis] + pooling.sizes[axis] - old
        return max(missing, 0) // 2 if pooling.padding == "same" else 0

    ones = (1,) * len(pooling.sizes)
    return ReceptiveField(pooling.sizes, pooling.strides, before, ones, lambda x, kernel: x)


def _windows(node: Node, given: Sheet, made: Sheet) -> Rules | None:
    """Take the rules of a convolution or a pooling over rows and columns, or over one of the two.

    Where the other one is the channels of a convolution, it is read whole.
    """
    found = sight(node, given)
    first = layers.is_channels_first(node.operation)
    spatial = tuple(range(2, len(given.shape)) if first else range(1, len(given.shape) - 1))
    mixed = set() if first or node.kind != "linear" else {len(given.shape) - 1}
    if found is None or given.axes - mixed != set(spatial) or made.axes != set(spatial):
        return None
    rules: list[Rule] = []
    for axis in given.grid:
        if axis is None:
            rules.append(Same())
        elif axis in mixed:
            rules.append(Whole())
        else:
            at = spatial.index(axis)
            before = found.before(given.shape[axis], made.shape[axis], at)
            rules.append(
                Window(found.sizes[at], found.strides[at], before, found.input_dilation[at])
            )
    return rules[0], rules[1]


def _rules(node: Node, given: Sequence[Sheet], made: Sequence[Sheet], tensors: Tensors) -> Rules:
    """Find how a node depends on its inputs, along rows and along columns; `Whole` if in doubt."""
    grid = made[0].grid
    if any(sheet.grid != grid for sheet in made):
        return Whole(), Whole()
    axes = [axis for axis in grid if axis is not None]
    verdicts: dict[int, cellwise.Verdict] = dict.fromkeys(axes, "whole")
    cropped: dict[int, Cropped] = {}
    if node.kind == "linear" and isinstance(node.map, Linear) and node.map.receptive_field is None:
        verdicts = {axis: "free" for axis in axes if axis != node.map.axis}
    elif layers.reduction(node.operation, len(given[0].shape)) is not None:
        verdicts = dict.fromkeys(axes, "free")
    elif node.kind == "mean" and layers.interpolates(node.operation):
        cropped = {
            axis: rule for axis in axes if (rule := probing.interpolated(node, made[0], axis))
        }
    else:
        before, after = ([tensors[s] for s in slots] for slots in (node.inputs, node.outputs))
        verdicts = cellwise.verdicts(before, after, axes)
    rules: list[Rule] = []
    for which, axis in enumerate(grid):
        aligned = axis is not None and all(sheet.grid[which] is not None for sheet in given)
        verdict = verdicts.get(axis, "whole") if axis is not None and aligned else "whole"
        if axis is None and all(sheet.grid[which] is None for sheet in given):
            rules.append(Same())
        elif aligned and axis in cropped:
            rules.append(cropped[axis])
        elif verdict == "placed":
            rules.append(Cropped.in_place(made[0].sizes[which]))
        else:
            rules.append(Same() if verdict == "free" else Whole())
    return rules[0], rules[1]
