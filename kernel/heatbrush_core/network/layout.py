"""How a model wants its matrices, which are (N, H, W, C) everywhere else."""

from __future__ import annotations

from dataclasses import dataclass

import tensorflow as tf

from heatbrush_core.graph.linear import Tensor


@dataclass(frozen=True)
class Layout:
    """The order of a model's axes.

    Attributes
    ----------
    flat
        Whether it has no axis of channels.
    channels_first
        Whether the channels come before rows and columns.
    """

    flat: bool = False
    channels_first: bool = False

    def inward(self, X: Tensor) -> Tensor:
        """Turn (N, H, W, C) into the model's own layout."""
        if self.flat:
            return X[..., 0]
        return tf.transpose(X, (0, 3, 1, 2)) if self.channels_first else X

    def outward(self, X: Tensor) -> Tensor:
        """Turn the model's own layout into (N, H, W, C)."""
        if self.flat:
            return X[..., None]
        return tf.transpose(X, (0, 2, 3, 1)) if self.channels_first else X
