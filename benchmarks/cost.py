"""What an operation, a multiplication and a number moved cost: the constants of the cost model.

Fits the times of whole matrices and of windows of several sizes and numbers, on several networks.
"""

from __future__ import annotations

import statistics
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

from benchmarks import networks
from benchmarks.turns import timed

NETWORKS: tuple[Callable[[], Any], ...] = (
    networks.three_block,
    networks.mobilenet_like,
    networks.mobilenet_v1,
    networks.strided_resnet,
    lambda: networks.cifar_resnet(3),
    lambda: networks.cifar_resnet(9),
)
WHOLE, WINDOWS, SIZES = (1, 4, 16), (1, 4, 16, 64, 200), (4, 16, 40)
LARGEST = 2**24
RUNS = 5


def median(run: Callable[[], object]) -> float:
    """Return the median seconds of a warm run."""
    timed(run), timed(run)
    return statistics.median(timed(run) for _ in range(RUNS))


def samples(model: Any) -> Iterator[tuple[Any, float]]:
    """Time whole matrices and windows; give what the model counts, and seconds."""
    import heatbrush_core as hb
    from heatbrush_core.matrix.perturbations import Boxes
    from heatbrush_core.walks.delta.footprint import Footprint

    random = np.random.default_rng(0)
    x = random.normal(size=model.input_shape[1:]).astype("float32")
    explainer = hb.Explainer(model)
    explainer.predict(x)
    network = explainer._network
    walk = network.compiled.incremental(x.shape)
    known = walk.forward(x)
    for count in WHOLE:
        X = np.repeat(x[None], count, axis=0)
        yield walk.locality.cost.times(count), median(lambda X=X: network.outputs(X))
    for count in WINDOWS:
        for size in SIZES:
            starts = (random.integers(0, n - size + 1, count) for n in x.shape[:2])
            boxes = Boxes(*starts, size, size)
            footprint = Footprint(walk.locality, boxes)
            if footprint.largest * count > LARGEST:
                continue
            cells = np.zeros((count, size, size, x.shape[2]), "float32")
            cost = footprint.per_batch.plus(footprint.per_window.times(count))
            seconds = median(lambda b=boxes, c=cells: walk.differences(known, b, c))
            yield cost, seconds


def main() -> None:
    from heatbrush_core.walks.delta import cost

    found = [sample for make in NETWORKS for sample in samples(make())]
    counts = np.array([list(each) for each, _ in found])
    seconds = np.array([each for _, each in found])
    # relative errors count, so that small times do
    fitted, *_ = np.linalg.lstsq(counts / seconds[:, None], np.ones(len(seconds)), rcond=None)
    names = ("an operation", "a product", "a number")
    used = (cost.PER_OPERATION, cost.PER_PRODUCT, cost.PER_NUMBER)
    for name, value, old in zip(names, fitted, used, strict=True):
        print(f"seconds for {name:<15}{value:9.2g}, in use {old:.2g}")
    told = np.array([each.seconds for each, _ in found]) / seconds
    low, middle, high = np.quantile(told, (0.1, 0.5, 0.9))
    print(f"told by measured: {low:.2f} to {high:.2f} for 80 % of {len(told)}, median {middle:.2f}")


if __name__ == "__main__":
    main()
