"""DeepLIFT's RevealCancel rule: what pushes up and what pushes down, each with its own multiplier.

At the input of an activation, contributions may cancel; the rescale rule sees only what is left.
Here the positive and the negative ones are kept apart. A sum changes by d = x - x0 = d+ + d-, and
its size = d+ - d- is the sum of the contributions' absolute values. The two multipliers m+ and m-
are carried as

    m = (m+ + m-) / 2        the tensor's multiplier, as in all other rules
    g = (m+ - m-) / 2        its gap, kept aside

since m+ d+ + m- d- = m d + g size is the contribution.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import tensorflow as tf

from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.graph.linear import Linear, Tensor
from heatbrush_core.walks.backward.deeplift import Difference, Rescale, by_cell, secant, vanishes
from heatbrush_core.walks.backward.gradient import Shares, vjp

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
            difference = self.difference(node, inputs, outputs)
            up, down = revealed(difference, size, multipliers[0])
            self._add_gap(node.inputs[0], (up - down) / 2)
            return [(up + down) / 2]
        shares = super().__call__(node, inputs, outputs, multipliers)
        gap = self._gaps.get(node.outputs[0])
        return shares if gap is None else self._with_gap(node, shares, gap)

    # -------------------------------------------------------------- how large contributions are

    def _size(self, slot: Slot) -> Tensor | None:
        """Sum the absolute contributions to each cell; None where it is no sum of any."""
        if slot not in self._sizes:
            self._sizes[slot] = self._summed(self._makers.get(slot))
        return self._sizes[slot]

    def _summed(self, maker: Node | None) -> Tensor | None:
        """Sum what the inputs of a linear node contribute to its output, without their signs."""
        if maker is None or not _is_linear(maker):
            return None
        (size,) = unsigned(maker)(*(self._contributed(maker, slot) for slot in maker.inputs))
        return size

    def _contributed(self, node: Node, slot: Slot) -> Tensor:
        """Take the size of what an input of a node contributes.

        A sum takes its change as one contribution. What only scales or moves cells hands on all
        the contributions that they are made of.
        """
        size = self._size(slot) if node.kind in CARRIERS else None
        return tf.abs(self._change(slot)) if size is None else size

    def _change(self, slot: Slot) -> Tensor:
        return self.scene.tensors[slot] - self.scene.reference[slot]

    # -------------------------------------------------------------- where the gap goes

    def _add_gap(self, slot: Slot, gap: Tensor) -> None:
        self._gaps[slot] = self._gaps[slot] + gap if slot in self._gaps else gap

    def _with_gap(self, node: Node, shares: Shares, gap: Tensor) -> Shares:
        """Hand the gap of a node's output back to its inputs, beside their multipliers.

        It is weighed by the absolute weights, as sizes are. An input that hands contributions on
        keeps it as a gap; one that is a contribution itself has a sign, and gets m+ = m + g where
        it pushes up, m- = m - g where it pushes down.
        """
        ones = [tf.ones_like(self.scene.tensors[slot]) for slot in node.inputs]
        gaps, found = vjp(unsigned(node), ones, [gap]), []
        for slot, share, more in zip(node.inputs, shares, gaps, strict=True):
            if node.kind in CARRIERS and self._size(slot) is not None:
                self._add_gap(slot, more)
                found.append(share)
            else:
                found.append(share + tf.sign(self._change(slot)) * more)
        return found


def revealed(at: Difference, size: Tensor, multiplier: Tensor) -> tuple[Tensor, Tensor]:
    """Multiply with d+y / d+x and d-y / d-x, each change of y the mean over the two orders.

    Where everything pushes one way, one ratio is 0 / 0, and both are the secant.
    """
    (x,), (y,), (x0,), (y0,) = at.x, at.y, at.x0, at.y0
    up, down = (x - x0 + size) / 2, (x - x0 - size) / 2  # d+ and d-
    (with_up,), (with_down,) = at.node.call(x0 + up), at.node.call(x0 + down)
    # d+ comes first, from y0, or last, up to y; d- likewise
    gain, loss = (with_up - y0 + y - with_down) / 2, (with_down - y0 + y - with_up) / 2
    one_way = tf.logical_or(vanishes(up, size), vanishes(down, size))
    (plain,) = secant(at, multiplier)
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
