"""Whether a step works cell by cell along an axis, read from the TensorFlow operations it makes.

What Keras calls a layer or an operation may be anything: a user's own activation, a product with a
constant that belongs to places. The operations that TensorFlow traced for it tell without doubt.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from typing import Literal

import tensorflow as tf

from heatbrush_core.graph.linear import Tensor

Dependence = Literal["free", "placed", "whole"]
"""How results depend on cells along an axis. Free: cell by cell, alike in all places. Placed: cell
by cell, by numbers that belong to places. Whole: unknown, so each may depend on every other."""

ELEMENTWISE = frozenset(
    "Abs Neg Sign Square Sqrt Rsqrt Reciprocal Inv Exp Expm1 Log Log1p Sin Cos Tan Asin Acos Atan "
    "Sinh Cosh Tanh Asinh Acosh Atanh Erf Erfc Erfinv Lgamma Digamma Sigmoid Softplus Softsign "
    "Relu Relu6 LeakyRelu Elu Selu Floor Ceil Round Rint IsNan IsInf IsFinite LogicalNot Cast "
    "Identity IdentityN StopGradient PreventGradient Snapshot OnesLike ZerosLike "
    "Add AddV2 AddN Sub Mul MulNoNan Div RealDiv DivNoNan FloorDiv FloorMod TruncateDiv Pow "
    "Maximum Minimum SquaredDifference Less LessEqual Greater GreaterEqual Equal NotEqual "
    "LogicalAnd LogicalOr Atan2 Xlogy Xdivy Select SelectV2 ClipByValue BiasAdd".split()
)
ON_THE_LAST_AXIS = ("Softmax", "LogSoftmax")
REDUCTIONS = ("Mean", "Sum", "Prod", "Max", "Min", "All", "Any", "EuclideanNorm")


def dependences(
    inputs: Sequence[Tensor], results: Sequence[Tensor], axes: Collection[int]
) -> dict[int, Dependence]:
    """Tell axis by axis how `results` depend on `inputs`, symbolic tensors of one traced graph.

    An input that has one cell along an axis, where a result has more, still counts as free.
    """
    search = _Search(inputs, len(results[0].shape), axes)
    if any(len(each.shape) != search.rank for each in (*inputs, *results)):
        return dict.fromkeys(axes, "whole")
    for result in results:
        search.visit(result)
    return search.found


class _Search:
    """Follows results back to the inputs, from "free" on, and lowers an axis where it must."""

    def __init__(self, inputs: Sequence[Tensor], rank: int, axes: Collection[int]) -> None:
        self.found: dict[int, Dependence] = dict.fromkeys(axes, "free")
        self.rank = rank
        # whether a tensor depends on the inputs
        self._depends = {each.ref(): True for each in inputs}

    def visit(self, tensor: Tensor) -> bool:
        """Look at all that made a tensor; tell whether it depends on the inputs."""
        if tensor.ref() not in self._depends:
            operation = tensor.op
            depends = [self.visit(each) for each in operation.inputs]
            self._depends[tensor.ref()] = any(depends)
            if any(depends):
                self._look_at(operation, depends)
        return self._depends[tensor.ref()]

    def _look_at(self, operation: tf.Operation, depends: Sequence[bool]) -> None:
        kind, given = operation.type, list(operation.inputs)
        if kind in ELEMENTWISE:
            self._check_constants(given, depends)
        elif kind in ON_THE_LAST_AXIS:
            self._lower("whole", [self.rank - 1])
        elif kind in REDUCTIONS and operation.get_attr("keep_dims") and depends == [True, False]:
            self._lower("whole", self._axes(given[1]))
        elif kind == "ConcatV2" and not depends[-1]:
            self._check_constants(given[:-1], depends[:-1])
            self._lower("whole", self._axes(given[-1]))
        else:  # an operation that is in no list, whatever it does
            self._lower("whole", self.found)

    def _check_constants(self, given: Sequence[Tensor], depends: Sequence[bool]) -> None:
        """Lower the axes along which a constant has more than one number."""
        for tensor, dependent in zip(given, depends, strict=True):
            shape = tensor.shape
            if shape.rank is None or (dependent and shape.rank != self.rank):
                self._lower("whole", self.found)
            elif not dependent:
                sizes = [1] * (self.rank - shape.rank) + shape.as_list()
                self._lower("placed", [axis for axis, size in enumerate(sizes) if size != 1])

    def _axes(self, tensor: Tensor) -> Sequence[int]:
        """Read which axes an operation works along; all of them where that is no constant."""
        axes = tf.get_static_value(tensor)
        if axes is None:
            return list(self.found)
        return [int(axis) % self.rank for axis in axes.reshape(-1)]

    def _lower(self, to: Dependence, axes: Collection[int]) -> None:
        for axis in self.found.keys() & set(axes):
            if to == "whole" or self.found[axis] == "free":
                self.found[axis] = to
