"""A hypothesis strategy for small random models of all the layers in `steps`, in float64."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache, cached_property

import keras
import numpy as np
import tensorflow as tf
from architectures import build, traced
from hypothesis import assume
from hypothesis import strategies as st
from steps import BRIDGES, ENDS, HEADS, MAPS, SEQUENCES, VECTORS, Step

from heatbrush_core.graph.graph import Graph
from heatbrush_core.walks.forward import Tensors, forward

ALL: dict[str, Step] = {**MAPS, **BRIDGES, **SEQUENCES, **ENDS, **VECTORS, **HEADS}
SHAPES = ((5, 6, 1), (4, 7, 2), (6, 4), (1, 9, 1), (3, 1, 2))
LARGEST = 1e3


@contextmanager
def double() -> Iterator[None]:
    """Make layers in float64, so that no comparison depends on rounding.

    Keras draws the seeds of its weights from `random`, whose state is hypothesis' own.
    """
    floatx, policy, state = keras.config.floatx(), keras.config.dtype_policy(), random.getstate()
    keras.config.set_floatx("float64")
    # which follows floatx only until something asks for it
    keras.config.set_dtype_policy("float64")
    try:
        yield
    finally:
        keras.config.set_floatx(floatx)
        keras.config.set_dtype_policy(policy)
        random.setstate(state)


@dataclass(frozen=True)
class Architecture:
    """A model by the names of its steps.

    Attributes
    ----------
    shape
        Of its input, (H, W, C) or (H, W).
    steps
        Names in `steps`, from the input to the scores.
    seed
        Of the weights, and of `x`.
    """

    shape: tuple[int, ...]
    steps: tuple[str, ...]
    seed: int = 0

    @cached_property
    def model(self) -> keras.Model:
        """The model, with weights that hide no mistake."""

        def body(x):
            x = x[..., None] if len(self.shape) == 2 else x
            for name in self.steps:
                x = ALL[name](x)
            return x

        with double():
            return build(body, self.shape, self.seed)

    @cached_property
    def graph(self) -> Graph:
        """Its graph, in float64."""
        return traced(self.model, dtype="float64")

    @property
    def x(self) -> np.ndarray:
        """Two inputs."""
        return np.random.default_rng(self.seed).normal(size=(2, *self.shape))

    @cached_property
    def tensors(self) -> Tensors:
        """Every slot of the graph for `x`."""
        return forward(self.graph, tf.constant(self.x))

    @property
    def tame(self) -> bool:
        """Whether no cell inside is too large for a comparison to mean something."""
        cells = [each for each in self.tensors.values() if each.dtype.is_floating]
        return all(np.abs(each).max() < LARGEST for each in cells)


@cache
def alone(name: str) -> Architecture:
    """A model with one step between the input and a head, or with one head."""
    before = ("Conv2D relu",) if name in BRIDGES | ENDS else ()
    before = ("Reshape to a sequence",) if name in SEQUENCES else before
    before = ("Flatten",) if name in VECTORS | HEADS else before
    after = () if name in ENDS | VECTORS | HEADS else ("Flatten",)
    return Architecture((5, 6, 2), (*before, name, *after, *(() if name in HEADS else ("linear",))))


@st.composite
def architectures(draw: st.DrawFn, steps: Collection[str] = ALL, longest: int = 5) -> Architecture:
    """Draw a model of up to `longest` steps over maps, some over sequences and vectors, and a head.

    `steps` names those that may be drawn; one of `ENDS` and one of `HEADS` must be among them.
    """

    def some(group: Mapping[str, Step], least: int, most: int) -> list[str]:
        names = [name for name in group if name in steps]
        chosen = st.lists(st.sampled_from(names), min_size=least, max_size=most)
        return draw(chosen) if names else []

    names = some(MAPS, 1, longest)
    if bridge := some(BRIDGES, 0, 1):
        names += bridge + some(SEQUENCES, 0, 3)
    names += some(ENDS, 1, 1) + some(VECTORS, 0, 2) + some(HEADS, 1, 1)
    shape, seed = draw(st.sampled_from(SHAPES)), draw(st.integers(0, 99))
    architecture = Architecture(shape, tuple(names), seed)
    assume(architecture.tame)
    return architecture
