"""Layer-wise relevance propagation: how each kind of node shares relevance among its inputs.

All rules for linear nodes are one formula (Bach et al. 2015, equation 56, in the form of Montavon
et al. 2019, section 10.2): terms z_i = sum_j x_ij w_ij and a bias b make a denominator z, and each
input gets x_i * sum_j w_ij R_j / z_j. The rules differ in what they take for x, w and b.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import tensorflow as tf

from heatbrush_core.graph import analysis as folding
from heatbrush_core.graph import layers
from heatbrush_core.graph.graph import Node, Slot
from heatbrush_core.graph.linear import Linear, Tensor
from heatbrush_core.graph.normalizations import Normalization
from heatbrush_core.walks.backward import gradient as rules
from heatbrush_core.walks.backward.composites import Choice, RuleName
from heatbrush_core.walks.backward.walk import Scene

SPLITS: tuple[RuleName, ...] = ("z_plus", "w_square", "flat", "alpha_beta", "gamma", "z_bounded")
"""Rules that change the kernel, and so need all that joins an input to an output in one entry."""
TINY = 1e-7  # in the place of an exact 0 in a denominator

Term = tuple[Tensor, Tensor]


@dataclass
class Taken:
    """What became of the relevance that arrived at one node: (N,) sums over its outputs."""

    arrived: Tensor
    bias: Tensor = 0.0
    stabiliser: Tensor = 0.0


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
    _made: dict[Slot, Node] = field(init=False)
    _ones: dict[Slot, Tensor] = field(init=False, default_factory=dict)
    _arriving: dict[Slot, Tensor] = field(init=False, default_factory=dict)

    def __post_init__(self) -> None:
        graph = self.scene.graph
        self._made = {slot: node for node in graph.nodes for slot in node.outputs}
        self._positive = folding.nonnegative(graph)
        self._gates = folding.gates(graph)
        self._box = self._carried() if "low" in self.scene.arrays else {}

    def __call__(
        self,
        node: Node,
        inputs: Sequence[Tensor],
        outputs: Sequence[Tensor],
        relevances: Sequence[Tensor],
    ) -> Sequence[Tensor | None]:
        """Share the relevance of a node's outputs among its inputs."""
        if node.kind == "activation":
            self._lossless(node)
            return relevances
        taken = Taken(self._arrived(node, relevances))
        if node.kind == "linear":
            # else the convolutions of all rules run before any relevance is there, and all wait
            with tf.control_dependencies(list(relevances)):
                share = self._linear(node, inputs[0], outputs[0], relevances[0], taken)
            shares: Sequence[Tensor | None] = [share]
        elif node.kind == "affine" and self.plan[node].rule in ("flat", "w_square"):
            self._lossless(node)
            return relevances
        elif node.kind in ("affine", "mean", "sum"):
            shares = self._proportional(node, inputs, outputs[0], relevances[0], taken)
        elif node.kind == "normalization":
            shares = self._normalization(node, inputs[0], outputs[0], relevances[0], taken)
        elif node.kind == "product":
            shares = self._product(node, inputs, relevances[0])
        else:
            shares = rules.gradient(node, inputs, outputs, relevances)
        if len(node.inputs) == 1 and (node.kind == "max" or layers.moves(node.operation)):
            self._lossless(node)
        else:
            self._audit(node, shares, taken)
        return shares

    # -------------------------------------------------------------- linear nodes

    def _linear(self, node: Node, x: Tensor, y: Tensor, relevance: Tensor, taken: Taken) -> Tensor:
        choice, map = self.plan[node], node.map
        assert isinstance(map, Linear)
        map = map.whole() if choice.rule in SPLITS else map
        kernel, bias = map.kernel(), map.bias()
        kept = bias if choice.bias else None
        share = _Share(map, relevance, taken, taken.arrived)
        number = {name: self.scene.arrays[key] for name, key in choice.numbers}
        slot, positive_input = node.inputs[0], node.inputs[0] in self._positive
        if self.scene.side is not None and node.outputs[0] is self.scene.graph.logits:
            # the unit -(Wx + b) is W(-x) - b
            x, y, positive_input = x * self.scene.side, y * self.scene.side, False
            kept = None if kept is None else kept * self.scene.side
        if choice.rule in ("z", "epsilon"):
            known = y if bias is None or choice.bias else None
            return share([(x, kernel)], kept, epsilon=number.get("epsilon"), z=known)
        if choice.rule in ("flat", "w_square"):
            flat = choice.rule == "flat"
            kernel = tf.ones_like(kernel) if flat else kernel * kernel
            squared = None if flat or kept is None else kept * kept
            return share([(self._one(slot), kernel)], squared)
        positive, negative = _positive(kernel), _negative(kernel)
        if choice.rule == "z_bounded":
            low, high = self._box[slot]
            return share([(x, kernel), (-low, positive), (-high, negative)], None)
        halves = _halves(x, positive_input)
        if choice.rule == "z_plus":
            return share(_pair(halves, positive, negative), _positive(kept))
        if choice.rule == "alpha_beta":
            excited = share.scaled(number["alpha"])
            found = excited(_pair(halves, positive, negative), _positive(kept))
            if not choice.inhibits:
                return found
            inhibited = share.scaled(-number["beta"])
            return found + inhibited(_pair(halves, negative, positive), _negative(kept))
        more = kernel + number["gamma"] * positive
        less = kernel + number["gamma"] * negative
        more_bias = None if kept is None else kept + number["gamma"] * _positive(kept)
        less_bias = None if kept is None else kept + number["gamma"] * _negative(kept)
        zero = tf.zeros_like(relevance)
        up, down = tf.where(y > 0, relevance, zero), tf.where(y < 0, relevance, zero)
        above, below = (_Share(map, part, taken, _sum(part)) for part in (up, down))
        found = above(_pair(halves, more, less), more_bias)
        return found + below(_pair(halves, less, more), less_bias)

    def _one(self, slot: Slot) -> Tensor:
        """Take ones for the cells of a slot, and zeros where structure nodes padded it."""
        if slot not in self._ones:
            maker = self._made.get(slot)
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
        for node in folding.first_linear(graph)[1]:
            ends = [node.call(*(box[slot][end] for slot in node.inputs)) for end in (0, 1)]
            for slot, low, high in zip(node.outputs, *ends, strict=True):
                # a negative factor turns the two around
                box[slot] = tf.minimum(low, high), tf.maximum(low, high)
        return box

    # -------------------------------------------------------------- other nodes

    def _proportional(
        self, node: Node, inputs: Sequence[Tensor], y: Tensor, relevance: Tensor, taken: Taken
    ) -> list[Tensor | None]:
        """Share by what each cell adds to the result: the z-rule; a shift takes its part."""
        choice = self.plan.get(node)
        key = None if choice is None else dict(choice.numbers).get("epsilon")
        epsilon = None if key is None else self.scene.arrays[key]
        return self._shared(node.call, inputs, y, relevance, taken, epsilon)

    def _normalization(
        self, node: Node, x: Tensor, y: Tensor, relevance: Tensor, taken: Taken
    ) -> list[Tensor | None]:
        """Take the spread for a constant; what is left is linear and gets the z-rule."""
        if node.map is None:  # nothing but the spread: each cell has one result
            return [relevance]
        assert isinstance(node.map, Normalization)
        held = node.map.frozen(x)
        return self._shared(lambda u: (held(u),), [x], y, relevance, taken)

    def _shared(
        self,
        call: Callable[..., Sequence[Tensor]],
        inputs: Sequence[Tensor],
        y: Tensor,
        relevance: Tensor,
        taken: Taken,
        epsilon: Tensor | None = None,
    ) -> list[Tensor | None]:
        """Share the relevance of what `call` adds up, linearly but for a shift."""
        s = relevance / _safe(y, epsilon)
        whole = _dot(s, y)
        taken.stabiliser += taken.arrived - whole
        parts = rules.slopes(call, inputs, [s])
        pairs = [(x, part) for x, part in zip(inputs, parts, strict=True) if part is not None]
        # what is left of the whole is the shift's
        taken.bias += whole - tf.add_n([_dot(x, part) for x, part in pairs])
        return [None if part is None else x * part for x, part in zip(inputs, parts, strict=True)]

    def _product(
        self, node: Node, inputs: Sequence[Tensor], relevance: Tensor
    ) -> list[Tensor | None]:
        """Give all to the signals, in equal parts, and nothing to a gate that lets them through."""
        signals = [slot not in self._gates for slot in node.inputs]
        signals = signals if any(signals) else [True] * len(signals)
        part = relevance / sum(signals)
        return [
            rules.slopes(lambda u: (u + tf.zeros_like(part),), [x], [part])[0] if signal else None
            for x, signal in zip(inputs, signals, strict=True)
        ]

    # -------------------------------------------------------------- the ledger

    def _arrived(self, node: Node, relevances: Sequence[Tensor]) -> Tensor:
        """Sum what arrives at a node, from what was noted when it was passed on."""
        sums = [
            self._arriving[slot] if slot in self._arriving else _sum(relevance)
            for slot, relevance in zip(node.outputs, relevances, strict=True)
        ]
        self._arriving.update(zip(node.outputs, sums, strict=True))
        return tf.add_n(sums)

    def _lossless(self, node: Node) -> None:
        """Note that all that arrives at a node is passed to its one input."""
        sums = [self._arriving[slot] for slot in node.outputs if slot in self._arriving]
        if sums:
            self._note(node.inputs[0], tf.add_n(sums))

    def _note(self, slot: Slot, sum: Tensor) -> None:
        known = self._arriving.get(slot)
        self._arriving[slot] = sum if known is None else known + sum

    def _audit(self, node: Node, shares: Sequence[Tensor | None], taken: Taken) -> None:
        """Write down what arrived at a node and what became of it."""
        passed = tf.zeros_like(taken.arrived)
        for slot, share in zip(node.inputs, shares, strict=True):
            if share is not None:
                sum = _sum(share)
                self._note(slot, sum)
                passed += sum
        none = tf.zeros_like(passed)
        sums = taken.arrived, passed, none + taken.bias, none + taken.stabiliser
        self.scene.ledger[node] = sums


@dataclass(frozen=True, eq=False)
class _Share:
    """Shares the relevance of a linear node among some terms, and notes what is taken of it."""

    map: Linear
    relevance: Tensor
    taken: Taken
    arrived: Tensor

    def scaled(self, factor: Tensor) -> _Share:
        return _Share(self.map, self.relevance * factor, self.taken, self.arrived * factor)

    def __call__(
        self,
        terms: Sequence[Term],
        bias: Tensor | None,
        epsilon: Tensor | None = None,
        z: Tensor | None = None,
    ) -> Tensor:
        """Share; `z` is the sum of all terms and the bias, where it is known already."""
        if z is None:
            z = tf.add_n([self.map.apply(x, kernel) for x, kernel in terms])
            z = z if bias is None else z + bias
        s = self.relevance / _safe(z, epsilon)
        self.taken.stabiliser += self.arrived - _dot(s, z)
        if bias is not None:
            self.taken.bias += self._of_bias(s, bias)
        found = [x * self._back(x, kernel, s) for x, kernel in terms]
        return found[0] if len(found) == 1 else tf.add_n(found)

    def _back(self, x: Tensor, kernel: Tensor, s: Tensor) -> Tensor:
        return rules.slopes(lambda u: (self.map.apply(u, kernel),), [x], [s])[0]

    def _of_bias(self, s: Tensor, bias: Tensor) -> Tensor:
        if len(bias.shape) == 1:  # along the last axis: sum over cells first
            cells = tf.matmul(tf.reshape(s, (-1, bias.shape[0])), bias[:, None])
            return tf.reduce_sum(tf.reshape(cells, (tf.shape(s)[0], -1)), 1)
        return _sum(s * bias)


def _halves(x: Tensor, positive: bool) -> tuple[Tensor, Tensor | None]:
    """Split x into what is above and below 0, the latter None where there is known to be none."""
    return (x, None) if positive else (_positive(x), _negative(x))


def _pair(halves: tuple[Tensor, Tensor | None], above: Tensor, below: Tensor) -> list[Term]:
    """Join each half of the input with its kernel."""
    first, second = halves
    return [(first, above)] if second is None else [(first, above), (second, below)]


def _positive(value: Tensor | None) -> Tensor:
    return None if value is None else tf.nn.relu(value)


def _negative(value: Tensor | None) -> Tensor:
    return None if value is None else -tf.nn.relu(-value)


def _safe(z: Tensor, epsilon: Tensor | None = None) -> Tensor:
    """Move z away from 0: by epsilon to its own side, or, without one, exact zeros only."""
    if epsilon is None:
        return tf.where(z == 0, tf.cast(TINY, z.dtype), z)
    return z + tf.where(z >= 0, epsilon, -epsilon)


def _sum(value: Tensor) -> Tensor:
    """(N, ...) -> (N,)."""
    return tf.reduce_sum(tf.reshape(value, (tf.shape(value)[0], -1)), 1)


def _dot(a: Tensor, b: Tensor) -> Tensor:
    """(N, ...), (N, ...) -> (N,)."""
    return _sum(a * b)
