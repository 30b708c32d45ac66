"""Changes of a matrix computed both ways: through the delta walk and as whole matrices."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import tensorflow as tf

from heatbrush_core.graph.analysis.structure import fold
from heatbrush_core.graph.graph import Graph
from heatbrush_core.graph.linear import Linear
from heatbrush_core.matrix.perturbations import Boxes, Changes, hidden
from heatbrush_core.network.incremental import Incremental
from heatbrush_core.network.layout import Layout
from heatbrush_core.walks.delta.cached import needed
from heatbrush_core.walks.delta.footprint import Footprint
from heatbrush_core.walks.delta.index_tables import step_arrays
from heatbrush_core.walks.delta.walk import DeltaWalk
from heatbrush_core.walks.forward import Tensors, forward


@dataclass
class Both:
    """One graph and one (H, W, C) matrix.

    Attributes
    ----------
    walk
        The compiled delta walk.
    """

    graph: Graph
    x: np.ndarray
    dtype: str = "float64"

    def __post_init__(self) -> None:
        flat = len(self.graph.input.shape) == 3
        self.layout = Layout(flat, not flat and self.graph.channels_first)
        folded = fold(self.graph)
        self.walk = Incremental(folded, self.layout, self.dtype, self.x.shape)
        self.old = self.walk.forward(self.x)

    def incremental(self, changes: Changes, compiled: bool = True) -> np.ndarray:
        """(N, units) differences, through the delta walk."""
        which = slice(0, len(changes))
        if compiled:
            return self.walk.differences(self.old, changes.boxes, changes.cells(which))
        locality = self.walk.locality
        known = dict(zip(needed(locality), self.old, strict=True))
        arrays = tf.nest.map_structure(
            lambda each: tf.constant(each, None if each.dtype == np.int32 else self.dtype),
            step_arrays(Footprint(locality, changes.boxes)),
        )
        cells = tf.constant(changes.cells(which), self.dtype)
        return DeltaWalk(locality, known, arrays).run(cells).numpy()

    def tensors(self, X: np.ndarray) -> Tensors:
        """Every slot for whole matrices."""
        return forward(self.graph, self.layout.inward(tf.constant(X, self.dtype)))

    def whole(self, changes: Changes) -> tuple[np.ndarray, float]:
        """(N, units) differences from whole matrices, and S, what the last sum adds up at most."""
        X = np.concatenate([self.x[None], changes.matrices(slice(0, len(changes)))])
        tensors = self.tensors(X)
        z = tensors[self.graph.logits].numpy()
        return z[1:] - z[:1], self._summed(tensors)

    def _summed(self, tensors: Tensors) -> float:
        """Largest sum of |weight * activation| + |bias| in the last linear node."""
        node = next(n for n in reversed(self.graph.nodes) if isinstance(n.map, Linear))
        kernel, bias = node.map.kernel(), node.map.bias()
        sums = node.map.apply(tf.abs(tensors[node.inputs[0]]), tf.abs(kernel))
        return float(tf.reduce_max(sums if bias is None else sums + tf.abs(bias)))


def windows(shape: tuple[int, ...], random: Any, count: int = 6) -> list[Boxes]:
    """Boxes of several sizes at random places: cells, lines, blocks, everything."""
    h, w = shape[:2]
    sizes = {(1, 1), (min(2, h), min(3, w)), (1, w), (h, 1), (h, w)}
    return [
        Boxes(random.integers(0, h - a + 1, count), random.integers(0, w - b + 1, count), a, b)
        for a, b in sorted(sizes)
    ]


def random_changes(x: np.ndarray, boxes: Boxes, random: Any) -> Changes:
    """New values of any kind in every box."""
    cells = random.normal(size=(len(boxes), boxes.height, boxes.width, x.shape[2]))
    return Changes(x, boxes, lambda boxes, which: cells[which])


def tiled(x: np.ndarray, patch: tuple[int, int], stride: tuple[int, int], base: float) -> Changes:
    """Windows of an occlusion, the last ones clipped at the edge."""
    spans = [
        [(a, min(a + n, size)) for a in range(0, max(size - n, 0) + step, step) if a < size]
        for size, n, step in zip(x.shape, patch, stride, strict=False)
    ]
    edges = np.array([(*rows, *columns) for rows in spans[0] for columns in spans[1]])
    return hidden(x, np.full_like(x, base), edges, None)
