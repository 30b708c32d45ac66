"""Where relevance went: what arrived at each node, what it passed on, and what took the rest."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import tensorflow as tf

from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.graph.linear import Tensor


@dataclass
class Taken:
    """What became of the relevance that arrived at one node: (N,) sums over its outputs."""

    arrived: Tensor
    bias: Tensor = 0.0
    stabiliser: Tensor = 0.0


@dataclass(eq=False)
class Ledger:
    """The account of one backward walk.

    Attributes
    ----------
    sums
        Per node, as `walk.Scene.ledger` has it: filled here.
    """

    sums: dict[Node, tuple[Tensor, Tensor, Tensor, Tensor]]
    # what was passed to a slot, so that no relevance is summed up twice
    _arriving: dict[Slot, Tensor] = field(default_factory=dict)

    def arrived(self, node: Node, relevances: Sequence[Tensor]) -> Taken:
        """Open the account of a node with what arrives there."""
        sums = [
            self._arriving[slot] if slot in self._arriving else summed(relevance)
            for slot, relevance in zip(node.outputs, relevances, strict=True)
        ]
        self._arriving.update(zip(node.outputs, sums, strict=True))
        return Taken(tf.add_n(sums))

    def lossless(self, node: Node) -> None:
        """Note that all that arrives at a node is passed to its one input."""
        sums = [self._arriving[slot] for slot in node.outputs if slot in self._arriving]
        if sums:
            self._pass(node.inputs[0], tf.add_n(sums))

    def close(self, node: Node, shares: Sequence[Tensor | None], taken: Taken) -> None:
        """Write down what arrived at a node and what became of it."""
        passed = tf.zeros_like(taken.arrived)
        for slot, share in zip(node.inputs, shares, strict=True):
            if share is not None:
                sum = summed(share)
                self._pass(slot, sum)
                passed += sum
        none = tf.zeros_like(passed)
        self.sums[node] = taken.arrived, passed, none + taken.bias, none + taken.stabiliser

    def _pass(self, slot: Slot, sum: Tensor) -> None:
        known = self._arriving.get(slot)
        self._arriving[slot] = sum if known is None else known + sum


def summed(value: Tensor) -> Tensor:
    """(N, ...) -> (N,)."""
    return tf.reduce_sum(tf.reshape(value, (tf.shape(value)[0], -1)), 1)


def dot(a: Tensor, b: Tensor) -> Tensor:
    """(N, ...), (N, ...) -> (N,)."""
    return summed(a * b)
