"""Occlusion through the delta walk against the same network run whole, and other libraries.

All in one process, in turn; ours is the whole `explain` call. The bound is what the walk could save
of the multiplications: those of the network by those of the output cells that a window reaches.
"""

from __future__ import annotations

import importlib.util
import statistics
import sys
import time
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks import networks
from benchmarks.turns import timed

SHARE = 48  # windows of a large network that the naive way is timed on
TURN = 0.4  # seconds, about one run of the naive way on the smallest network
PAUSE = 0.2  # the threads of some libraries go on spinning for a while after their work
BATCHES = (16, 32, 64, 128)


class Case(NamedTuple):
    """One network, the windows, and what is aimed at: times naive, times xplique, rounds."""

    name: str
    network: Callable[[], Any]
    patch: tuple[int | None, int | None]
    stride: tuple[int | None, int | None]
    least: float | None
    xplique: float | None = None
    rounds: int = 9


CASES = (
    Case("three-block 64x256", networks.three_block, (8, 8), (4, 4), 18, 35, 15),
    Case("its columns", networks.three_block, (None, 4), (None, 1), 6, 0, 15),
    Case("its rows", networks.three_block, (1, None), (1, None), 2, 0, 15),
    Case("CIFAR ResNet, 3 blocks", lambda: networks.cifar_resnet(3), (16, 16), (8, 8), 12),
    Case("CIFAR ResNet, 9 blocks", lambda: networks.cifar_resnet(9), (16, 16), (8, 8), 5),
    Case("MobileNet-like 128", networks.mobilenet_like, (16, 16), (8, 8), 5.5),
    Case("MobileNet (Keras) 128", networks.mobilenet_v1, (16, 16), (8, 8), None),
    Case("ResNet, stride-4 stem", networks.strided_resnet, (16, 16), (8, 8), 1),
    Case("VGG16 224", networks.vgg16, (16, 16), (8, 8), 5, None, 3),
)


class Spent(NamedTuple):
    """Wall and CPU seconds."""

    wall: float
    cpu: float


def spent(run: Callable[[], object], scale: float = 1.0) -> Spent:
    """Time a turn, the mean of as many runs as fit in `TURN` seconds; scaled from a share of all.

    Other threads come to rest first.
    """
    time.sleep(PAUSE)
    wall, cpu, count = time.perf_counter(), time.process_time(), 0
    while not count or time.perf_counter() - wall < TURN:
        run()
        count += 1
    each = scale / count
    return Spent((time.perf_counter() - wall) * each, (time.process_time() - cpu) * each)


def windows(shape: tuple[int, ...], case: Case) -> np.ndarray:
    """(N, 4) edges of the windows that `explain` lays."""
    from heatbrush_core.methods.occlusion import Tiling

    tiling = Tiling(np.ones(shape[:2], bool), case.patch, case.stride)
    return tiling.edges(tiling.order(coarse_first=False))


def naive(model: Any, x: np.ndarray, edges: np.ndarray, batch: int) -> Callable[[], np.ndarray]:
    """Hide windows one after the other, whole batches through a compiled model."""
    import tensorflow as tf

    predict = tf.function(lambda X: model(X, training=False))

    def run() -> np.ndarray:
        found = [predict(tf.constant(x[None])).numpy()]
        for start in range(0, len(edges), batch):
            some = edges[start : start + batch]
            X = np.repeat(x[None], len(some), axis=0)
            for hidden, (top, bottom, left, right) in zip(X, some, strict=True):
                hidden[top:bottom, left:right] = 0
            found.append(predict(tf.constant(X)).numpy())
        z = np.concatenate(found)
        return z[:1] - z[1:]

    return run


def tuned(model: Any, x: np.ndarray, edges: np.ndarray) -> Callable[[], np.ndarray]:
    """Take the naive way with the batch size that is fastest here."""
    runs = {batch: naive(model, x, edges, batch) for batch in BATCHES if batch <= len(edges)}
    for run in runs.values():
        run()
    return runs[min(runs, key=lambda batch: spent(runs[batch]).wall)]


def bound(explainer: Any, x: np.ndarray, edges: np.ndarray) -> float:
    """Divide the network's multiplications by those of the cells that each window reaches."""
    from heatbrush_core.matrix.perturbations import Boxes
    from heatbrush_core.walks.delta.footprint import Footprint

    locality = explainer._network.compiled.incremental(x.shape).locality
    boxes = [Boxes.around(edge[None], x.shape) for edge in edges]
    each = [Footprint(locality, box).per_window.products for box in boxes]
    return locality.cost.products / statistics.mean(each)


def xplique(model: Any, x: np.ndarray, target: int, case: Case) -> Callable[[], np.ndarray] | None:
    """Make xplique's own occlusion, where it is installed."""
    if case.xplique is None or importlib.util.find_spec("xplique") is None:
        return None
    from xplique.attributions import Occlusion

    sizes = [n or whole for n, whole in zip(case.patch, x.shape, strict=False)]
    steps = [n or whole for n, whole in zip(case.stride, x.shape, strict=False)]
    theirs = Occlusion(model, patch_size=tuple(sizes), patch_stride=tuple(steps))
    aim = np.eye(model.output_shape[-1], dtype="float32")[[target]]
    return lambda: np.asarray(theirs.explain(x[None], aim))


def captum(model: Any, x: np.ndarray, target: int, case: Case) -> Callable[[], Any] | None:
    """Make captum's occlusion of the three-block network, where torch and captum are installed."""
    if case.name != CASES[0].name or importlib.util.find_spec("captum") is None:
        return None
    import torch
    from captum.attr import Occlusion

    parts: list[Any] = []
    for layer in model.layers:
        kind = type(layer).__name__
        if kind == "Conv2D":
            kernel, bias = (torch.from_numpy(w) for w in layer.get_weights())
            conv = torch.nn.Conv2d(kernel.shape[2], kernel.shape[3], 3, padding=1)
            conv.weight.data, conv.bias.data = kernel.permute(3, 2, 0, 1).contiguous(), bias
            parts += [conv, torch.nn.ReLU()]
        elif kind == "MaxPooling2D":
            parts.append(torch.nn.MaxPool2d(2))
        elif kind == "GlobalAveragePooling2D":
            parts += [torch.nn.AdaptiveAvgPool2d(1), torch.nn.Flatten()]
        elif kind == "Dense":
            kernel, bias = (torch.from_numpy(w) for w in layer.get_weights())
            dense = torch.nn.Linear(*kernel.shape)
            dense.weight.data, dense.bias.data = kernel.T.contiguous(), bias
            parts.append(dense)
    theirs = Occlusion(torch.nn.Sequential(*parts).eval())
    given = torch.from_numpy(x.transpose(2, 0, 1)[None].copy())
    options = {"strides": (1, *case.stride), "sliding_window_shapes": (1, *case.patch)}

    def run() -> Any:
        with torch.no_grad():
            return theirs.attribute(given, target=target, perturbations_per_eval=64, **options)

    return run


def measure(case: Case) -> None:
    """Print one row."""
    import heatbrush_core as hb

    model = case.network()
    x = np.random.default_rng(0).normal(size=model.input_shape[1:]).astype("float32")
    edges = windows(x.shape, case)
    settings = {"target": 0, "patch": case.patch, "stride": case.stride}
    first = timed(lambda: hb.Explainer(model, baseline=0).explain(x, "occlusion", **settings))
    explainer = hb.Explainer(model, baseline=0)
    some = edges if case.rounds > 3 else edges[:: len(edges) // SHARE]
    ways: dict[str, tuple[Callable[[], Any], float]] = {
        "naive": (tuned(model, x, some), len(edges) / len(some))
    }
    for name, make in (("xplique", xplique), ("captum", captum)):
        if (other := make(model, x, 0, case)) is not None:
            ways[name] = (other, 1.0)

    def ours() -> Any:
        return explainer.explain(x, "occlusion", **settings)

    drops = ways["naive"][0]()[:, 0]
    check(ours().map, edges[:: len(edges) // len(some)][: len(some)], drops)
    for run, _ in ways.values():
        run()
    rounds = []
    for _ in range(case.rounds):
        rounds.append({"ours": spent(ours), **{n: spent(*way) for n, way in ways.items()}})
    limit = bound(explainer, x, edges)
    ratios = {
        name: [statistics.median(r[name][i] / r["ours"][i] for r in rounds) for i in (0, 1)]
        for name in ways
    }
    mine = statistics.median(r["ours"].wall for r in rounds)
    text = f"{case.name:<24}{len(edges):5}{limit:7.1f}"
    for name in ("naive", "xplique", "captum"):
        text += f"{ratios[name][0]:8.1f}{ratios[name][1]:6.1f}" if name in ratios else " " * 14
    share = ratios["naive"][0] / limit
    aim = "" if case.least is None else f"at least {case.least:g}"
    print(f"{text}{share:7.0%}{1000 * mine:9.1f}{first:8.2f}   {aim}", flush=True)


def check(map: np.ndarray, edges: np.ndarray, drops: np.ndarray) -> None:
    """Hold ours against the naive drops where a window has cells of its own."""
    if len(edges) < 100:
        return
    total, count = np.zeros(map.shape), np.zeros(map.shape)
    for (top, bottom, left, right), drop in zip(edges, drops, strict=True):
        total[top:bottom, left:right] += drop
        count[top:bottom, left:right] += 1
    where = count > 0
    np.testing.assert_allclose(
        map[where], (total / np.maximum(count, 1))[where], atol=1e-3 * np.abs(drops).max() + 1e-6
    )


def main() -> None:
    print(
        f"{'occlusion, warm':<24}wind.  bound   naive  cpu xplique  cpu  captum  cpu  share  "
        "ours ms first s   aim (times naive)"
    )
    wanted = sys.argv[1:]
    for case in CASES:
        if not wanted or any(word in case.name for word in wanted):
            measure(case)


if __name__ == "__main__":
    main()
