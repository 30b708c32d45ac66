"""An input that is held: one value for all matrices of a batch, read whenever a walk runs."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import tensorflow as tf

from heatbrush_core.graph.linear import Tensor


class HeldInput:
    """An input that has the same value whatever the matrix: a constant of the graph.

    What is compiled reads the value at each run, so that another one compiles nothing anew.

    Parameters
    ----------
    name
        Of the input.
    shape
        Of one value, None where an axis is free.
    dtype
        As the model takes it.
    """

    def __init__(self, name: str, shape: Sequence[int | None], dtype: str) -> None:
        self.name = name
        self.variable = tf.Variable(
            tf.zeros([1, *(size or 1 for size in shape)], dtype),
            trainable=False,
            shape=tf.TensorShape([1, *shape]),
        )

    @property
    def is_floating(self) -> bool:
        """Whether it has a slope: whole numbers have none."""
        return bool(self.variable.dtype.is_floating)

    def put(self, value: Any) -> None:
        """Hold a (1, ...) value from now on."""
        self.variable.assign(np.asarray(value, self.variable.dtype.as_numpy_dtype))

    def like(self, X: Tensor) -> Tensor:
        """Repeat the value for each of a batch of matrices."""
        value = self.variable.read_value()
        return value if X.shape[0] == 1 else tf.repeat(value, tf.shape(X)[0], axis=0)

    def call(self, X: Tensor) -> tuple[Tensor]:
        """Do so as a node of the graph does."""
        return (self.like(X),)
