"""The rules of layer-wise relevance propagation for a linear node, each a choice in one formula.

    R_i = x_i sum_j w_ij R_j / z_j        z_j = sum_i x_i w_ij + b_j

It is Bach et al. (2015), doi:10.1371/journal.pone.0130140, equation 56, in the form of Montavon et
al. (2019), doi:10.1007/978-3-030-28954-6_10, section 10.2. The rules differ in what they take for
x, w and b, and some add up several terms x w; table 10.1 of the latter lists them. v+ is what of v
is above 0, v- what is below.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import tensorflow as tf

from heatbrush_core.graph.linear import Linear, Tensor
from heatbrush_core.walks.backward.composites import RuleName
from heatbrush_core.walks.backward.gradient import vjp
from heatbrush_core.walks.backward.ledger import Taken, dot, summed

SPLITS: tuple[RuleName, ...] = ("z_plus", "w_square", "flat", "alpha_beta", "gamma", "z_bounded")
"""Rules that change the kernel, and so need all that joins an input to an output in one entry."""
TINY = 1e-7  # in the place of an exact 0 in a denominator

Term = tuple[Tensor, Tensor]
"""x and w."""


@dataclass(frozen=True, eq=False)
class LinearNode:
    """A linear node at which relevance has arrived, and all that a rule may ask of it.

    Attributes
    ----------
    map, kernel
        The map, with one kernel for the rules that change it.
    bias
        None where there is none or where the rule leaves it out.
    x, y
        Its input and its output.
    y_is_whole
        Whether y is the sum of all terms and of `bias`.
    x_is_positive
        Whether no cell of x can be below 0.
    ones, box
        Make ones for the cells that are no padding; the lowest and the highest x.
    inhibits
        Whether the second half of alpha-beta counts.
    numbers
        The rule's own, by name.
    share
        The formula for this node.
    """

    map: Linear
    kernel: Tensor
    bias: Tensor | None
    x: Tensor
    y: Tensor
    y_is_whole: bool
    x_is_positive: bool
    ones: Callable[[], Tensor]
    box: Callable[[], tuple[Tensor, Tensor]]
    inhibits: bool
    numbers: Mapping[str, Tensor]
    share: Share

    def split(self, above: Tensor, below: Tensor) -> list[Term]:
        """Make the terms x+ above and x- below, the first alone where x- is known to be 0."""
        if self.x_is_positive:
            return [(self.x, above)]
        return [(positive(self.x), above), (negative(self.x), below)]


@dataclass(frozen=True, eq=False)
class Share:
    """The formula: shares the relevance of a node among some terms, and notes what is taken of it.

    Attributes
    ----------
    map
        Of the node.
    relevance, arrived
        What is shared, and its (N,) sums.
    taken
        Where the parts of bias and stabiliser are noted.
    """

    map: Linear
    relevance: Tensor
    arrived: Tensor
    taken: Taken

    def scaled(self, factor: Tensor) -> Share:
        """Share so much of the relevance."""
        return replace(self, relevance=self.relevance * factor, arrived=self.arrived * factor)

    def part(self, relevance: Tensor) -> Share:
        """Share a part of the relevance."""
        return replace(self, relevance=relevance, arrived=summed(relevance))

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
        s = self.relevance / stabilised(z, epsilon)
        # with s z in the place of R: they differ by what the stabiliser takes
        self.taken.stabiliser += self.arrived - dot(s, z)
        if bias is not None:
            self.taken.bias += _of_bias(s, bias)
        found = [x * self._back(x, kernel, s) for x, kernel in terms]
        return found[0] if len(found) == 1 else tf.add_n(found)

    def _back(self, x: Tensor, kernel: Tensor, s: Tensor) -> Tensor:
        """Multiply s with the transposed kernel: the map is linear, so x does not matter."""
        return vjp(lambda u: (self.map.apply(u, kernel),), [x], [s])[0]


def _z(node: LinearNode) -> Tensor:
    """Share by x w. Bach et al. (2015), equation 56."""
    return node.share([(node.x, node.kernel)], node.bias, z=_known(node))


def _epsilon(node: LinearNode) -> Tensor:
    """Share by x w, with epsilon sign(z) below the line. Bach et al. (2015), equation 58."""
    terms, epsilon = [(node.x, node.kernel)], node.numbers["epsilon"]
    return node.share(terms, node.bias, epsilon=epsilon, z=_known(node))


def _known(node: LinearNode) -> Tensor | None:
    return node.y if node.y_is_whole else None


def _flat(node: LinearNode) -> Tensor:
    """Share alike among all inputs, x = w = 1."""
    return node.share([(node.ones(), tf.ones_like(node.kernel))], None)


def _w_square(node: LinearNode) -> Tensor:
    """Share by w^2, whatever x is. Montavon et al. (2017), doi:10.1016/j.patcog.2016.11.008."""
    squared = None if node.bias is None else node.bias * node.bias
    return node.share([(node.ones(), node.kernel * node.kernel)], squared)


def _z_bounded(node: LinearNode) -> Tensor:
    """Share by x w - low w+ - high w-, the z^B rule. Montavon et al. (2017)."""
    low, high = node.box()
    kernel = node.kernel
    return node.share([(node.x, kernel), (-low, positive(kernel)), (-high, negative(kernel))], None)


def _z_plus(node: LinearNode) -> Tensor:
    """Share by (x w)+, which is x+ w+ and x- w-. Montavon et al. (2017)."""
    terms = node.split(positive(node.kernel), negative(node.kernel))
    return node.share(terms, _positive_bias(node))


def _alpha_beta(node: LinearNode) -> Tensor:
    """Share alpha R by (x w)+ and -beta R by (x w)-. Bach et al. (2015), equation 60."""
    above, below = positive(node.kernel), negative(node.kernel)
    excited = node.share.scaled(node.numbers["alpha"])
    found = excited(node.split(above, below), _positive_bias(node))
    if not node.inhibits:
        return found
    inhibited = node.share.scaled(-node.numbers["beta"])
    return found + inhibited(node.split(below, above), _negative_bias(node))


def _gamma(node: LinearNode) -> Tensor:
    """Share by x w + gamma (x w)+ where y > 0, and by x w + gamma (x w)- where y < 0.

    Montavon et al. (2019), section 10.2, has the first for rectified units, whose y is never below
    0; the second treats negative outputs alike.
    """
    kernel, gamma, bias = node.kernel, node.numbers["gamma"], node.bias
    more, less = kernel + gamma * positive(kernel), kernel + gamma * negative(kernel)
    more_bias = None if bias is None else bias + gamma * positive(bias)
    less_bias = None if bias is None else bias + gamma * negative(bias)
    relevance = node.share.relevance
    zero = tf.zeros_like(relevance)
    above = node.share.part(tf.where(node.y > 0, relevance, zero))
    below = node.share.part(tf.where(node.y < 0, relevance, zero))
    found = above(node.split(more, less), more_bias)
    return found + below(node.split(less, more), less_bias)


LINEAR_RULES: dict[RuleName, Callable[[LinearNode], Tensor]] = {
    "z": _z,
    "epsilon": _epsilon,
    "z_plus": _z_plus,
    "w_square": _w_square,
    "flat": _flat,
    "alpha_beta": _alpha_beta,
    "gamma": _gamma,
    "z_bounded": _z_bounded,
}


def positive(value: Tensor) -> Tensor:
    """v+."""
    return tf.nn.relu(value)


def negative(value: Tensor) -> Tensor:
    """v-."""
    return -tf.nn.relu(-value)


def _positive_bias(node: LinearNode) -> Tensor | None:
    return None if node.bias is None else positive(node.bias)


def _negative_bias(node: LinearNode) -> Tensor | None:
    return None if node.bias is None else negative(node.bias)


def stabilised(z: Tensor, epsilon: Tensor | None = None) -> Tensor:
    """Move z away from 0: by epsilon to its own side, or, without one, exact zeros only."""
    if epsilon is None:
        return tf.where(z == 0, tf.cast(TINY, z.dtype), z)
    return z + tf.where(z >= 0, epsilon, -epsilon)


def _of_bias(s: Tensor, bias: Tensor) -> Tensor:
    """Sum what a bias takes, s b."""
    if len(bias.shape) == 1:  # along the last axis: sum over cells first
        cells = tf.matmul(tf.reshape(s, (-1, bias.shape[0])), bias[:, None])
        return tf.reduce_sum(tf.reshape(cells, (tf.shape(s)[0], -1)), 1)
    return summed(s * bias)
