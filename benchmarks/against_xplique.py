"""Against xplique: the methods that both have, on one model, in turn. Runs where both import."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np

from benchmarks.model import SHAPE, small_cnn
from benchmarks.turns import in_turn

RUNS = 40
SPREAD = 0.5  # of the noise of SmoothGrad, which xplique takes as it is and we as a share
CLOSE = 1e-4  # of the map's maximum


class Pair(NamedTuple):
    """One method by both names; `same` where both must return the same map."""

    method: str
    parameters: dict[str, Any]
    theirs: str
    settings: dict[str, Any]
    same: bool = False


def pairs(spread: float) -> tuple[Pair, ...]:
    """List what is compared; `spread` is the range of the matrix's values."""
    noise, copies = {"sigma": SPREAD / spread, "samples": 50}, {"noise": SPREAD, "nb_samples": 50}
    # xplique takes the trapezoidal rule's points as its steps
    path, points = {"steps": 63, "rule": "trapezoid"}, {"steps": 64}
    window, step = {"patch": 8, "stride": 8}, {"patch_size": 8, "patch_stride": 8}
    masks = {"samples": 2000, "grid": 7, "keep": 0.5}
    theirs = {"nb_samples": 2000, "grid_size": 7, "preservation_probability": 0.5}
    rows = np.repeat(np.arange(SHAPE[0], dtype="int32")[:, None], SHAPE[1], axis=1)
    lines = {"nb_samples": 400, "map_to_interpret_space": lambda _: rows}
    return (
        Pair("gradient", {"absolute": True}, "Saliency", {}, same=True),
        Pair("input_x_gradient", {}, "GradientInput", {}, same=True),
        Pair("integrated_gradients", path, "IntegratedGradients", points, same=True),
        Pair("smoothgrad", noise, "SmoothGrad", copies),
        Pair("smoothgrad", {**noise, "reduce": "square"}, "SquareGrad", copies),
        Pair("smoothgrad", {**noise, "reduce": "variance"}, "VarGrad", copies),
        Pair("deconvnet", {}, "DeconvNet", {}, same=True),
        Pair("guided_backprop", {}, "GuidedBackprop", {}, same=True),
        Pair("grad_cam", {}, "GradCAM", {}),
        Pair("grad_cam_plus_plus", {}, "GradCAMPP", {}),
        Pair("occlusion", window, "Occlusion", step, same=True),
        Pair("rise", masks, "Rise", theirs),
        Pair("lime", {"players": "rows", "samples": 400}, "Lime", lines),
    )


def main() -> None:
    if importlib.util.find_spec("xplique") is None:
        print("xplique is not installed here, so nothing is compared; docs/figures.md says how.")
        return
    from xplique import attributions

    import heatbrush_core as hb

    # no softmax, as xplique explains whatever the model returns
    model = small_cnn(head="linear")
    x = np.random.default_rng(0).normal(size=SHAPE).astype("float32")
    explainer = hb.Explainer(model, baseline=0)
    target = explainer.predict(x).predicted
    aim = np.eye(len(explainer.classes), dtype="float32")[[target]]

    def ours(pair: Pair) -> Callable[[], np.ndarray]:
        return lambda: explainer.explain(x, pair.method, target=target, **pair.parameters).map

    def theirs(pair: Pair) -> Callable[[], np.ndarray]:
        attribution = getattr(attributions, pair.theirs)(model, **pair.settings)
        return lambda: np.asarray(attribution.explain(x[None], aim))[0, ..., 0]

    print(f"{'against xplique, warm':<45}times its time; ms, ours and its (medians)")
    for pair in pairs(float(np.ptp(x))):
        mine, other = ours(pair), theirs(pair)
        if pair.same:
            expected = other()
            np.testing.assert_allclose(mine(), expected, atol=CLOSE * np.abs(expected).max())
        times = in_turn(mine, other, RUNS)
        a, b = (1000 * seconds for seconds in times.medians)
        name = f"{pair.method} / {pair.theirs}"
        print(f"{name:<45}{times.ratio:5.2f}   {a:7.1f}  {b:7.1f}", flush=True)


if __name__ == "__main__":
    main()
