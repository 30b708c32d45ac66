"""Regions that are much alike, as the places of a moved brush: each asked as a change of another.

A region of half the matrix changes half the matrix, but beside the same region with one column more
it changes one column. So a run of regions is asked as changes of the one in its middle, where that
costs less than to ask each as a change of the matrix itself.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.inference.feeding import Feeding
from heatbrush_core.matrix.perturbations import Boxes, differing
from heatbrush_core.matrix.region import Region
from heatbrush_core.progress import Watch

RUN = 32
"""Regions that are asked as changes of one: more have larger boxes, fewer repeat the fixed part."""

PORTION = 2**22
"""Outputs that are held until they are read, 32 MiB: a part of a mask may have 10,000 cells."""

OPENED = 2.0
"""Passes of one matrix that it takes to open another one, of which all that is inside is kept."""


def portions(count: int, units: int) -> Iterator[slice]:
    """Cut `count` regions, each with so many outputs, into parts whose outputs fit into memory."""
    size = max(RUN, PORTION // units)
    return (slice(start, start + size) for start in range(0, count, size))


def without_and_only(
    asker: Feeding, x: NDArray[np.floating], regions: Sequence[Region]
) -> NDArray[np.float64]:
    """Take the outputs for a matrix without each of N regions, and with only each of them.

    Parameters
    ----------
    asker
        Whom to ask about x, as `about` says.
    x
        (H, W, C), as `about` gives it.
    regions
        Regions that fit it, in an order in which neighbours are alike.

    Returns
    -------
    (2, N, units)
        Outputs as the model's head reads them.
    """
    base = asker.fill(x)
    found = np.empty((2, len(regions), asker.head.units))
    alone: list[int] = []
    for start in range(0, len(regions), RUN):
        run = regions[start : start + RUN]
        if not _pays(asker, x, run):
            alone += range(start, start + len(run))
            continue
        for kind, (seen, hidden) in enumerate(((x, base), (base, x))):
            found[kind, start : start + len(run)] = _as_changes(asker, seen, hidden, run)
    if alone:
        chosen = [regions[index] for index in alone]
        for kind, (seen, hidden) in enumerate(((x, base), (base, x))):
            found[kind, alone] = asker.exchanged(seen, hidden, chosen)[1]
    return found


def _pays(asker: Feeding, x: NDArray[np.floating], run: Sequence[Region]) -> bool:
    """Tell whether a run costs less as changes of its middle than as changes of the matrix."""
    if len(run) < 2:
        return False
    near = asker.costs(differing(x, x, run[len(run) // 2], run).boxes, x.shape)
    if near is None:
        return False
    edges = np.array([region.bounds(x.shape) for region in run])
    far = asker.costs(Boxes.around(edges, x.shape), x.shape)
    assert far is not None
    opened = OPENED * near.whole / len(run)
    return opened + near.walk < min(far)


def _as_changes(
    asker: Feeding,
    seen: NDArray[np.floating],
    hidden: NDArray[np.floating],
    run: Sequence[Region],
) -> NDArray[np.float64]:
    """(N, units) outputs for `seen` with each region taken from `hidden`."""
    changes = differing(seen, hidden, run[len(run) // 2], run)
    outputs, moved = asker.changed(changes, Watch())
    return outputs + moved
