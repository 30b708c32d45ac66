"""DeepLIFT's RevealCancel rule: what pushes up and what pushes down, each with its own multiplier.

At the input of an activation, contributions may cancel; the rescale rule sees only what is left.
Here the positive and the negative ones are kept apart. With d+ + d- = x - x0 and d+ - d- = size,
the sum of the contributions' absolute values, two multipliers m+ and m- are carried as their mean,
which is the tensor's multiplier, and half their gap, which belongs to `size`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import tensorflow as tf

from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.graph.linear import Linear, Tensor
from heatbrush_core.walks.backward import gradient as rules
from heatbrush_core.walks.backward.deeplift import Rescale, Step, by_cell, secant, vanishes
from heatbrush_core.walks.backward.gradient import Shares

SUMS = ("linear", "sum")
"""Kinds whose outputs are sums of contributions, one for each input cell."""
CARRIERS = ("affine", "structure")
"""Kinds that scale or move each cell, with all the contributions that it is made of."""


@dataclass(eq=False)
class RevealCancel(Rescale):
    """The rule of all nodes in one walk; rescale wherever no sum is in front of an activation.

    Source: Shrikumar, Greenside & Kundaje (2017), arXiv:1704.02685, sections 3.5.1 and 3.5.3.
    """

    _makers: dict[Slot, Node] = field(init=False)
    _sizes: dict[Slot, Tensor | None] = field(init=False, default_factory=dict)
    _gaps: dict[Slot, Tensor] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        self._makers = {slot: node for node in self.scene.graph.nodes for slot in node.outputs}

    def __call__(
        self,
        node: Node,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        multipliers: Sequence[Tensor],
    ) -> Shares:
        """Make the multipliers of a node's inputs from those of its outputs."""
        if by_cell(node) and (size := self._size(node.inputs[0])) is not None:
            up, down = revealed(self.step(node, inputs, outputs), size, multipliers[0])
            self._widen(node.inputs[0], (up - down) / 2)
            return [(up + down) / 2]
        shares = super().__call__(node, inputs, outputs, multipliers)
        gap = self._gaps.get(node.outputs[0])
        return shares if gap is None else self._spread(node, shares, gap)

    def _size(self, slot: Slot) -> Tensor | None:
        """Sum the absolute contributions to each cell; None where it is no sum of any."""
        if slot not in self._sizes:
            node = self._makers.get(slot)
            if node is None or not _is_linear(node):
                self._sizes[slot] = None
            else:
                (self._sizes[slot],) = unsigned(node)(*(self._part(node, s) for s in node.inputs))
        return self._sizes[slot]

    def _part(self, node: Node, slot: Slot) -> Tensor:
        """Take what a node's input brings: all its contributions where it is carried, or itself."""
        size = self._size(slot) if node.kind in CARRIERS else None
        return tf.abs(self._change(slot)) if size is None else size

    def _change(self, slot: Slot) -> Tensor:
        return self.scene.tensors[slot] - self.scene.reference[slot]

    def _widen(self, slot: Slot, gap: Tensor) -> None:
        self._gaps[slot] = self._gaps[slot] + gap if slot in self._gaps else gap

    def _spread(self, node: Node, shares: Shares, gap: Tensor) -> Shares:
        """Give m+ to inputs that push up and m- to those that push down, or hand the gap on."""
        ones = [tf.ones_like(self.scene.tensors[slot]) for slot in node.inputs]
        wider, found = [], rules.slopes(unsigned(node), ones, [gap])
        for slot, share, more in zip(node.inputs, shares, found, strict=True):
            if node.kind in CARRIERS and self._size(slot) is not None:
                self._widen(slot, more)
                wider.append(share)
            else:
                wider.append(share + tf.sign(self._change(slot)) * more)
        return wider


def revealed(step: Step, size: Tensor, multiplier: Tensor) -> tuple[Tensor, Tensor]:
    """Multiply with d+y / d+x and d-y / d-x, each change of y the mean over the two orders.

    Where everything pushes one way, one ratio is 0 / 0, and both are the secant.
    """
    (x,), (y,), (x0,), (y0,) = step.x, step.y, step.x0, step.y0
    up, down = (x - x0 + size) / 2, (x - x0 - size) / 2
    (with_up,), (with_down,) = step.node.call(x0 + up), step.node.call(x0 + down)
    gain, loss = (with_up - y0 + y - with_down) / 2, (with_down - y0 + y - with_up) / 2
    one_way = tf.logical_or(vanishes(up, size), vanishes(down, size))
    (plain,) = secant(step, multiplier)
    return (
        tf.where(one_way, plain, multiplier * gain / up),
        tf.where(one_way, plain, multiplier * loss / down),
    )


def _is_linear(node: Node) -> bool:
    """Tell whether contributions are known behind a node."""
    return node.kind in (*SUMS, *CARRIERS) and len(node.outputs) == 1


def unsigned(node: Node) -> Callable[..., tuple[Tensor]]:
    """Make a linear or affine node's map of changes, with the absolute values of its weights."""
    if isinstance(node.map, Linear):
        map = node.map.whole()
        kernel = tf.abs(map.kernel())
        return lambda change: (map.apply(change, kernel),)

    def call(*changes: Tensor) -> tuple[Tensor]:
        none = [tf.zeros_like(change) for change in changes]
        (rest,) = node.call(*none)
        alone = (
            node.call(*none[:i], change, *none[i + 1 :])[0] for i, change in enumerate(changes)
        )
        return (tf.add_n([tf.abs(each - rest) for each in alone]),)

    return call
