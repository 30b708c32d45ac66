"""What evidence costs: regions against their controls, and Shapley values to a standard error.

On the three-block network over 64 x 256. *Passes* are whole forward passes, or as many
multiplications with weights as these take. Two opponents: every matrix asked as a whole, all of
them, and Shapley values from independent orders instead of pairs of an order and its reverse. The
orders that a standard error takes follow from its size at 256 orders, one as well as the other.
"""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import numpy as np

from benchmarks import machine, planted
from benchmarks.networks import three_block
from benchmarks.turns import timed

REGIONS, CONTROLS, BATCH, ROUNDS = 10, 999, 32, 3
SECONDS = 3.0  # aimed at
BASELINES = 3  # the explainer's own and two others
SHARE = 0.01  # standard error by the difference of the two scores
MANY, LEAST = 256, 8  # orders that variances are told from, and that an error can be told from
MATRICES = 3
SEED = 50


class Count:
    """Passes that were spent: whole ones, and the share of one that each window took."""

    def __init__(self) -> None:
        self.whole, self.windows, self.shares = 0, 0, 0.0

    @property
    def passes(self) -> float:
        """Both together."""
        return self.whole + self.shares


@contextmanager
def counted(explainer: Any) -> Iterator[Count]:
    """Count what the network is asked meanwhile."""
    from heatbrush_core.network.incremental import Incremental
    from heatbrush_core.walks.delta.footprint import Footprint

    count, network = Count(), explainer._network
    outputs, forward, differences = network.outputs, Incremental.forward, Incremental.differences

    def whole(X: np.ndarray) -> np.ndarray:
        count.whole += len(X)
        return outputs(X)

    def original(walk: Any, x: np.ndarray) -> Any:
        count.whole += 1
        return forward(walk, x)

    def windows(walk: Any, known: Any, boxes: Any, cells: np.ndarray) -> np.ndarray:
        each = Footprint(walk.locality, boxes).per_window.products / walk.locality.cost.products
        count.windows += len(boxes)
        count.shares += len(boxes) * each
        return differences(walk, known, boxes, cells)

    with (
        mock.patch.object(network, "outputs", whole),
        mock.patch.object(Incremental, "forward", original),
        mock.patch.object(Incremental, "differences", windows),
    ):
        yield count


def regions(kind: str, random: np.random.Generator) -> list[Any]:
    """Draw regions: 8 x 16 cells, of which there are many places, or 8 columns."""
    from heatbrush_core import Region

    rows, columns = random.integers(0, 56, REGIONS), random.integers(0, 240, REGIONS)
    if kind == "8 columns":
        return [Region.columns(int(c), int(c) + 8) for c in columns]
    pairs = zip(rows.tolist(), columns.tolist(), strict=True)
    return [Region.rectangle(r, r + 8, c, c + 16) for r, c in pairs]


def naive(model: Any, x: np.ndarray, given: list[Any]) -> Callable[[], int]:
    """Ask about every matrix as a whole, in batches, through a compiled model; give how many."""
    import tensorflow as tf

    from heatbrush_core.evidence.evidence import OTHERS
    from heatbrush_core.evidence.places import placements
    from heatbrush_core.explainer import Explainer

    random, predict = np.random.default_rng(0), tf.function(lambda X: model(X, training=False))
    bases = [Explainer(model).fill(x, each) for each in (0.0, *OTHERS)]
    places = [p for each in given for p in placements(each, x.shape, CONTROLS, random)]
    asked = [(x, bases[0], each) for each in places]
    for base in bases:
        asked += [pair for each in given for pair in ((x, base, each), (base, x, each))]

    def run() -> int:
        for start in range(0, len(asked), BATCH):
            X = [
                np.where(region.mask(x.shape)[..., None], other, whole)
                for whole, other, region in asked[start : start + BATCH]
            ]
            predict(tf.constant(np.stack([*X, *[x] * (BATCH - len(X))]))).numpy()
        return len(asked)

    return run


def evidence() -> None:
    """Print a row per kind of region."""
    import heatbrush_core as hb

    print(
        f"{'evidence':<12}{'matrices':>9}{'passes':>9}{'saved':>8}{'ours s':>8}{'first s':>9}"
        f"{'naive s':>9}{'naive / ours':>14}   aim: {SECONDS:g} s"
    )
    model, random = three_block(), np.random.default_rng(0)
    x = random.normal(size=model.input_shape[1:]).astype("float32")
    for kind in ("8 x 16", "8 columns"):
        given, explainer = regions(kind, random), hb.Explainer(model, baseline=0)

        def ours(explainer: Any = explainer, given: list[Any] = given) -> Any:
            return explainer.evidence(x, given, 0, chosen="before", controls=CONTROLS)

        first = timed(ours)
        with counted(explainer) as count:
            ours()
        other = naive(model, x, given)
        matrices = other()
        pairs = [(timed(ours), timed(other)) for _ in range(ROUNDS)]
        mine, theirs = np.median(pairs, axis=0)
        ratio = np.median([b / a for a, b in pairs])
        print(
            f"{kind:<12}{matrices:9}{count.passes:9.0f}{1 - count.passes / matrices:8.0%}"
            f"{mine:8.2f}{first:9.2f}{theirs:9.1f}{ratio:14.1f}",
            flush=True,
        )


def independent(players: int, pairs: int, seed: int) -> np.ndarray:
    """Draw orders as `shapley` does, but none with its reverse."""
    ranks = np.tile(np.arange(players, dtype=np.int32), (2 * pairs, 1))
    return np.random.default_rng(seed).permuted(ranks, axis=1)


def precise(explainer: Any, x: np.ndarray, orders: int) -> tuple[float, float]:
    """Largest standard error of a row by the difference of the scores, and seconds."""
    start = time.perf_counter()
    found = explainer.explain(x, "shapley", players="rows", samples=orders)
    seconds = time.perf_counter() - start
    assert found.standard_error is not None and found.score_at_baseline is not None
    errors = x.shape[1] * found.standard_error[:, 0]  # a row's value is spread over its cells
    return float(errors.max() / abs(found.score - found.score_at_baseline)), seconds


def shapley() -> None:
    """Print a row per matrix: what is needed with reverses and without."""
    import heatbrush_core as hb

    print(
        f"\n{'shapley, 64 rows':<16}{'error':>9}{'orders':>8}{'asked':>7}{'independent':>13}"
        f"{'orders':>8}{'asked':>7}{'saved':>7}{'taken':>7}{'error':>8}{'s':>6}"
    )
    model = three_block()
    size = model.input_shape[1:3]
    made = planted.trained(planted.three_block, "step", SEED, 400, 100, size, baseline=0)
    of_class = made.samples.X[made.samples.y == made.planted][:MATRICES]
    noise = np.random.default_rng(0).normal(size=(*size, 1)).astype("float32")
    cases = [("random weights", hb.Explainer(model, baseline=0), noise)]
    cases += [(f"trained, {i}", made.explainer, x) for i, x in enumerate(of_class)]
    for name, explainer, given in cases:
        x = explainer.matrix(given)
        error, _ = precise(explainer, x, MANY)
        with mock.patch("heatbrush_core.methods.shapley.drawn", independent):
            apart, _ = precise(explainer, x, MANY)
        orders, alone = (max(2, MANY * (each / SHARE) ** 2) for each in (error, apart))
        taken = max(LEAST, 2 * math.ceil(orders / 2))
        reached, seconds = precise(explainer, x, taken)
        each = len(x) - 1
        print(
            f"{name:<16}{error:9.3%}{orders:8.1f}{orders * each:7.0f}{apart:13.3%}"
            f"{alone:8.1f}{alone * each:7.0f}{1 - (error / apart) ** 2:7.0%}{taken:7}"
            f"{reached:8.2%}{seconds:6.2f}",
            flush=True,
        )


def main() -> None:
    machine.main()
    evidence()
    shapley()


if __name__ == "__main__":
    main()
