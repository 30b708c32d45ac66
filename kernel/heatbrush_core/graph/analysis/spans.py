"""Which lines of the matrix a slot was made of, where a network cuts the matrix into parts.

With a branch per sensor each branch sees some rows only. Put side by side in their order, the
branches have the rows of the matrix again; added, or joined as channels, they have not, though
their cells may lie along an axis that once was the rows.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.graph import layers
from heatbrush_core.graph.graph import Node

Span = tuple[int, int]
"""Half-open lines of the matrix, along one of its axes."""


def cut(
    node: Node, index: int, axis: int, whole: Span, numbers: NDArray[np.float32]
) -> Span | None:
    """Find which lines are left in a result of a node that takes a part; None where unknown.

    Parameters
    ----------
    node, index
        The node, and which of its results is asked about.
    axis, whole
        Where the lines lie in its input, and which they are.
    numbers
        An input that holds at each cell its place along the axis.
    """
    lines, cells = whole[1] - whole[0], numbers.shape[axis]
    if lines != cells:  # pooled or cropped by a convolution: a cell is no line any more
        return None
    left = np.asarray(node.call(numbers)[index])
    return whole[0] + int(left.min()), whole[0] + int(left.max()) + 1


def joined(node: Node, at: Sequence[int | None], spans: Sequence[Span | None]) -> int | None:
    """Find the axis along which a node puts parts together, in order; None where it does not.

    Parameters
    ----------
    node
        The node.
    at
        The axis of the lines in each input; None where a part is a single line.
    spans
        The lines of each input.
    """
    known = [span for span in spans if span is not None]
    if len(known) < len(spans) or any(a[1] != b[0] for a, b in pairwise(known)):
        return None
    name, rank = layers.known(node.operation), len(node.outputs[0].shape)
    if name not in ("Concatenate", "Stack"):
        return None
    axis = int(node.operation.axis) % rank
    lines = [stop - start for start, stop in known]
    if name == "Stack":
        sizes: list[int | None] = [1] * len(lines)
    else:
        sizes = [slot.shape[axis] for slot in node.inputs]
    along = all(where in (axis, None) for where in at)
    return axis if along and sizes == lines else None


def apart(at: Sequence[int | None], spans: Sequence[Span | None]) -> bool:
    """Tell whether inputs that still have the lines have none of them in common."""
    known = [s for axis, s in zip(at, spans, strict=True) if axis is not None and s is not None]
    return len(known) > 1 and max(s[0] for s in known) >= min(s[1] for s in known)
