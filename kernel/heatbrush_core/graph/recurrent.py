"""Recurrent layers as equations: LSTM, GRU and the simple one, step by step.

A walk may say how sums, activations and gates pass what it carries; the numbers stay the layer's.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import tensorflow as tf
from keras import ops

from heatbrush_core.graph.layers import known
from heatbrush_core.graph.linear import Tensor

Function = Callable[[Tensor], Tensor]
States = tuple[Tensor, ...]


@dataclass(frozen=True)
class Parts:
    """How the parts of a step are computed; by default as the layer does.

    Attributes
    ----------
    summed
        A sum of weighted cells, states and biases, before it is bent.
    bent
        (function, sum) -> the function of it.
    gate
        What another number is multiplied by, between 0 and 1.
    """

    summed: Function = lambda z: z
    bent: Callable[[Function, Tensor], Tensor] = lambda function, z: function(z)
    gate: Function = lambda g: g


@dataclass(frozen=True, eq=False)
class Recurrence:
    """A recurrent layer: (x, and maybe a mask, and how to compute) -> its output."""

    layer: Any
    dtype: str

    def __call__(self, x: Tensor, mask: Tensor | None = None, parts: Parts | None = None) -> Tensor:
        """Run over the steps of (N, T, features) x; a step that is masked changes nothing."""
        layer, parts = self.layer, parts or Parts()
        steps = [ops.transpose(x, (1, 0, 2))]
        if mask is not None:
            steps.append(ops.transpose(mask)[..., None])
        if layer.go_backwards:
            steps = [ops.flip(each, axis=0) for each in steps]
        cell, count = CELLS[known(layer)]
        weights = self._weights()
        start = tuple(ops.zeros((ops.shape(x)[0], layer.units), self.dtype) for _ in range(count))

        def step(states: States, given: Sequence[Tensor]) -> States:
            new = cell(layer, weights, given[0], states, parts)
            if mask is None:
                return new
            return tuple(tf.where(given[1], n, old) for n, old in zip(new, states, strict=True))

        outputs = tf.scan(step, tuple(steps), start)[0]
        if mask is not None and layer.zero_output_for_mask:
            outputs = tf.where(steps[1], outputs, 0)
        return ops.transpose(outputs, (1, 0, 2)) if layer.return_sequences else outputs[-1]

    def _weights(self) -> list[Tensor]:
        """Read kernel, recurrent kernel and bias, with zeros for a bias that is not there."""
        cell = self.layer.cell
        kernel, recurrent = (ops.cast(w, self.dtype) for w in (cell.kernel, cell.recurrent_kernel))
        if cell.use_bias:
            return [kernel, recurrent, ops.cast(cell.bias, self.dtype)]
        twice = known(self.layer) == "GRU" and cell.reset_after
        shape = (2, kernel.shape[-1]) if twice else (kernel.shape[-1],)
        return [kernel, recurrent, ops.zeros(shape, self.dtype)]


def recurrence(layer: Any, inputs: int, dtype: str) -> Recurrence | None:
    """Take a layer that is called with a sequence, and maybe a mask, apart.

    None for any other layer, and where states come in or go out.
    """
    if known(layer) not in CELLS or layer.return_state or inputs > 2:
        return None
    return Recurrence(layer, dtype)


def _simple(layer: Any, weights: list[Tensor], x: Tensor, states: States, parts: Parts) -> States:
    kernel, recurrent, bias = weights
    z = parts.summed(ops.matmul(x, kernel) + ops.matmul(states[0], recurrent) + bias)
    return (parts.bent(layer.activation, z),)


def _lstm(layer: Any, weights: list[Tensor], x: Tensor, states: States, parts: Parts) -> States:
    kernel, recurrent, bias = weights
    h, c = states
    z = parts.summed(ops.matmul(x, kernel) + ops.matmul(h, recurrent) + bias)
    write, keep, new, read = ops.split(z, 4, axis=-1)
    write, keep, read = (parts.gate(layer.recurrent_activation(g)) for g in (write, keep, read))
    c = keep * c + write * parts.bent(layer.activation, new)
    return read * parts.bent(layer.activation, c), c


def _gru(layer: Any, weights: list[Tensor], x: Tensor, states: States, parts: Parts) -> States:
    kernel, recurrent, bias = weights
    (h,), units = states, layer.units
    after = layer.reset_after
    own, its = (bias[0], bias[1]) if after else (bias, 0.0)
    of_x = ops.split(ops.matmul(x, kernel) + own, 3, axis=-1)
    of_h = ops.matmul(h, recurrent if after else recurrent[:, : 2 * units]) + its
    keep, reset = (
        parts.gate(layer.recurrent_activation(of_x[i] + of_h[:, i * units : (i + 1) * units]))
        for i in range(2)
    )
    if after:
        signal = reset * of_h[:, 2 * units :]
    else:
        signal = ops.matmul(reset * h, recurrent[:, 2 * units :])
    new = parts.bent(layer.activation, parts.summed(of_x[2] + signal))
    return (keep * h + parts.gate(1 - keep) * new,)


CELLS: dict[str, tuple[Callable[..., States], int]] = {
    "SimpleRNN": (_simple, 1),
    "LSTM": (_lstm, 2),
    "GRU": (_gru, 1),
}
"""One step of a layer, and the number of its states."""
