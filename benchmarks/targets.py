"""Occlusion of one cell of a map through the delta walk, against the same network run whole.

Both in one process, in turn, the whole `explain` call: few cells of a map's layers are needed for
one cell of it, and most windows do not reach it at all.
"""

from __future__ import annotations

import numpy as np

from benchmarks import networks
from benchmarks.turns import in_turn
from heatbrush_core import Explainer, Region
from heatbrush_core.outputs import Heatmap
from heatbrush_core.targets import Area, Location, Target, Thing

AIM, TOGETHER = 20, 1.3
PATCH, STRIDE, RUNS = (8, 8), (4, 4), 15


def measured(target: Target, runs: int = RUNS) -> tuple[float, float, float, float]:
    """Seconds of occlusion through the walk and whole, their ratio, and how far the maps differ.

    The last is a share of the largest effect.
    """
    model = networks.heat_map()
    walking, whole = Explainer(model, baseline=0.0), Explainer(model, baseline=0.0)
    whole._network.incremental = False
    x = np.random.default_rng(0).normal(size=(64, 256)).astype("float32")

    def explained(explainer: Explainer) -> np.ndarray:
        found = explainer.explain(x, "occlusion", target, patch=PATCH, stride=STRIDE)
        return found.map

    ours, theirs = explained(walking), explained(whole)
    apart = float(np.abs(ours - theirs).max() / np.abs(theirs).max())
    times = in_turn(lambda: explained(walking), lambda: explained(whole), runs)
    return *times.medians, 1 / times.ratio, apart


def together(count: int = 10, runs: int = 200) -> tuple[float, float, float]:
    """Seconds of a what-if for so many cells, and for one of them, and their ratio."""
    explainer = Explainer(networks.heat_map(), baseline=0.0)
    x = np.random.default_rng(0).normal(size=(64, 256)).astype("float32")
    cells = [Location(row, 9 * row) for row in range(count)]
    hidden = Region.rectangle(8, 24, 60, 90)

    def asked(targets: list[Target]) -> np.ndarray:
        return explainer.scores(x, targets, without=hidden)

    times = in_turn(lambda: asked(cells), lambda: asked(cells[:1]), runs)
    return *times.medians, times.ratio


def things(frozen: bool, count: int = 10, runs: int = 200) -> tuple[float, float, float]:
    """Seconds of a what-if for so many things, and for one of them, and their ratio.

    Things that are not frozen are found anew by each question.
    """
    model = networks.heat_map()
    x = np.random.default_rng(0).normal(size=(64, 256)).astype("float32")
    every = Explainer(model, outputs=Heatmap(threshold=-10.0)).things(x)["score"]
    # as many things as there may be landmarks
    decoder = Heatmap(threshold=float(every[count]))
    explainer = Explainer(model, baseline=0.0, outputs=decoder)
    several: list[Target] = [Thing(k) for k in range(count)]
    if frozen:
        several = list(explainer.lines(x, several).lined)
    hidden = Region.rectangle(8, 24, 60, 90)

    def asked(targets: list[Target]) -> np.ndarray:
        return explainer.scores(x, targets, without=hidden)

    times = in_turn(lambda: asked(several), lambda: asked(several[:1]), runs)
    return *times.medians, times.ratio


def main() -> None:
    """Print a table."""
    print(f"Occlusion {PATCH} step {STRIDE} of a fully convolutional net, 64 x 256:")
    cases = {
        "one cell in the middle": Location(16, 64),
        "one cell at the edge": Location(0, 0),
        "mean of 8 x 8 cells": Area(Region.rectangle(12, 20, 60, 68)),
        "mean of the whole map": Area(Region.rectangle(0, 32, 0, 128)),
    }
    for name, target in cases.items():
        ours, theirs, ratio, apart = measured(target)
        print(
            f"{name}: {1e3 * ours:.1f} ms, whole {1e3 * theirs:.0f} ms, {ratio:.1f} times "
            f"(aim {AIM}); maps differ by {apart:.0e} of the largest effect"
        )
    ours, theirs, ratio = together()
    print(
        f"a what-if for 10 cells: {1e3 * ours:.2f} ms, for one {1e3 * theirs:.2f} ms, "
        f"{ratio:.2f} times (aim: at most {TOGETHER})"
    )

    for frozen in (True, False):
        ours, theirs, ratio = things(frozen)
        print(
            f"a what-if for 10 {'frozen things' if frozen else 'things that are found first'}: "
            f"{1e3 * ours:.2f} ms, for one {1e3 * theirs:.2f} ms, {ratio:.2f} times "
            f"(aim: at most {TOGETHER})"
        )


if __name__ == "__main__":
    main()
