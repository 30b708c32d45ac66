"""Layer-wise relevance propagation: how each kind of node shares relevance among its inputs.

Linear nodes have a rule each, see `lrp_rules`. What else adds cells up shares by what each cell
adds; what moves or selects cells, and what no rule knows, passes its gradient.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import tensorflow as tf

from heatbrush_core.graph import layers
from heatbrush_core.graph.analysis.structure import first_linear, gates, nonnegative
from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.graph.linear import Linear, Tensor
from heatbrush_core.graph.normalizations import Normalization
from heatbrush_core.graph.recurrent import Recurrence
from heatbrush_core.walks.backward.composites import Choice
from heatbrush_core.walks.backward.gradient import Shares, gradient, vjp
from heatbrush_core.walks.backward.ledger import Ledger, Taken, dot
from heatbrush_core.walks.backward.lrp_recurrent import recurrent
from heatbrush_core.walks.backward.lrp_rules import (
    LINEAR_RULES,
    SPLITS,
    LinearNode,
    Share,
    stabilised,
)
from heatbrush_core.walks.backward.walk import Scene


@dataclass(eq=False)
class Propagation:
    """The rule of all nodes in one walk.

    Parameters
    ----------
    scene
        What the walk sees; the ledger of it is filled.
    plan
        The choice for each linear and each affine node.
    """

    scene: Scene
    plan: dict[Node, Choice]
    _makers: dict[Slot, Node] = field(init=False)
    _ones: dict[Slot, Tensor] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        graph = self.scene.graph
        self._makers = {slot: node for node in graph.nodes for slot in node.outputs}
        self._ledger = Ledger(self.scene.ledger)
        self._positive = nonnegative(graph)
        self._gates = gates(graph)
        self._epsilon = self.scene.arrays.get("epsilon")
        self._box = self._carried() if "low" in self.scene.arrays else {}

    def __call__(
        self,
        node: Node,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        relevances: Sequence[Tensor],
    ) -> Shares:
        """Share the relevance of a node's outputs among its inputs."""
        if node.kind == "activation":
            self._ledger.lossless(node)
            return relevances
        taken = self._ledger.arrived(node, relevances)
        # these rules look at no cell: the scale of one changes nothing
        if node.kind == "affine" and self.plan[node].rule in ("flat", "w_square"):
            self._ledger.lossless(node)
            return relevances
        shares = self._shares(node, inputs, outputs, relevances, taken)
        if len(node.inputs) == 1 and (node.kind == "max" or layers.moves(node.operation)):
            self._ledger.lossless(node)
        else:
            self._ledger.close(node, shares, taken)
        return shares

    def _shares(
        self,
        node: Node,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        relevances: Sequence[Tensor],
        taken: Taken,
    ) -> Shares:
        if node.kind == "linear":
            # else the convolutions of all rules run before any relevance is there, and all wait
            with tf.control_dependencies(list(relevances)):
                return [self._linear(node, inputs[0], outputs[0], relevances[0], taken)]
        if node.kind in ("affine", "mean", "sum"):
            return self._proportional(node, inputs, outputs[0], relevances[0], taken)
        if node.kind == "normalization":
            return self._normalization(node, inputs[0], outputs[0], relevances[0], taken)
        if isinstance(node.map, Recurrence):
            return recurrent(node.map, inputs, outputs[0], relevances[0], taken, self._epsilon)
        if node.kind == "product":
            return self._product(node, inputs, relevances[0])
        return gradient(node, inputs, outputs, relevances)

    # -------------------------------------------------------------- linear nodes

    def _linear(self, node: Node, x: Tensor, y: Tensor, relevance: Tensor, taken: Taken) -> Tensor:
        """Put together what the node's rule may ask for, and apply it."""
        choice, map, slot = self.plan[node], node.map, node.inputs[0]
        assert isinstance(map, Linear)
        map = map.whole() if choice.rule in SPLITS else map
        kernel, bias = map.kernel(), map.bias()
        kept = bias if choice.bias else None
        x_is_positive = slot in self._positive
        if self.scene.side is not None and node.outputs[0] is self.scene.graph.logits:
            # class 0's logit is -(Wx + b): feed -x and -y, so that the rules see a unit of
            # positive sign, which is W(-x) - b
            x, y, x_is_positive = x * self.scene.side, y * self.scene.side, False
            kept = None if kept is None else kept * self.scene.side
        linear = LinearNode(
            map=map,
            kernel=kernel,
            bias=kept,
            x=x,
            y=y,
            y_is_whole=bias is None or choice.bias,
            x_is_positive=x_is_positive,
            ones=lambda: self._one(slot),
            box=lambda: self._box[slot],
            inhibits=choice.inhibits,
            numbers={name: self.scene.arrays[key] for name, key in choice.numbers},
            share=Share(map, relevance, taken.arrived, taken),
        )
        return LINEAR_RULES[choice.rule](linear)

    def _one(self, slot: Slot) -> Tensor:
        """Take ones for the cells of a slot, and zeros where structure nodes padded it."""
        if slot not in self._ones:
            maker = self._makers.get(slot)
            if maker is None or maker.kind != "structure":
                self._ones[slot] = tf.ones_like(self.scene.tensors[slot])
            else:
                ones = maker.call(*(self._one(each) for each in maker.inputs))
                self._ones.update(zip(maker.outputs, ones, strict=True))
        return self._ones[slot]

    def _carried(self) -> dict[Slot, tuple[Tensor, Tensor]]:
        """Carry the lowest and highest cells to the inputs of the first linear nodes."""
        graph, arrays = self.scene.graph, self.scene.arrays
        box = {graph.input: (arrays["low"], arrays["high"])}
        for node in first_linear(graph)[1]:
            ends = [node.call(*(box[slot][end] for slot in node.inputs)) for end in (0, 1)]
            for slot, low, high in zip(node.outputs, *ends, strict=True):
                # a negative factor turns the two around
                box[slot] = tf.minimum(low, high), tf.maximum(low, high)
        return box

    # -------------------------------------------------------------- other nodes

    def _proportional(
        self, node: Node, inputs: Sequence[Tensor], y: Tensor, relevance: Tensor, taken: Taken
    ) -> Shares:
        """Share by what each cell adds to the result: the z-rule; a shift takes its part."""
        choice = self.plan.get(node)
        key = None if choice is None else dict(choice.numbers).get("epsilon")
        epsilon = None if key is None else self.scene.arrays[key]
        return _by_parts(node.call, inputs, y, relevance, taken, epsilon)

    def _normalization(
        self, node: Node, x: Tensor, y: Tensor, relevance: Tensor, taken: Taken
    ) -> Shares:
        """Take the spread for a constant; what is left is linear and gets the z-rule."""
        if node.map is None:  # nothing but the spread: each cell has one result
            return [relevance]
        assert isinstance(node.map, Normalization)
        held = node.map.frozen(x)
        return _by_parts(lambda u: (held(u),), [x], y, relevance, taken)

    def _product(self, node: Node, inputs: Sequence[Tensor], relevance: Tensor) -> Shares:
        """Give all to the signals, in equal parts, and nothing to a gate that lets them through."""
        signals = [slot not in self._gates for slot in node.inputs]
        signals = signals if any(signals) else [True] * len(signals)
        part = relevance / sum(signals)
        return [
            _in_shape_of(x, part) if signal else None
            for x, signal in zip(inputs, signals, strict=True)
        ]


def _by_parts(
    call: Callable[..., Sequence[Tensor]],
    inputs: Sequence[Tensor],
    y: Tensor,
    relevance: Tensor,
    taken: Taken,
    epsilon: Tensor | None = None,
) -> Shares:
    """Share the relevance of what `call` adds up, linearly but for a shift."""
    s = relevance / stabilised(y, epsilon)
    whole = dot(s, y)
    taken.stabiliser += taken.arrived - whole
    parts = vjp(call, inputs, [s])
    pairs = [(x, part) for x, part in zip(inputs, parts, strict=True) if part is not None]
    # what is left of the whole is the shift's
    taken.bias += whole - tf.add_n([dot(x, part) for x, part in pairs])
    return [None if part is None else x * part for x, part in zip(inputs, parts, strict=True)]


def _in_shape_of(x: Tensor, part: Tensor) -> Tensor:
    """Sum a part over the axes along which x was broadcast: the gradient of adding x to it."""
    return vjp(lambda u: (u + tf.zeros_like(part),), [x], [part])[0]
