"""Every method on planted evidence whose place is known: three architectures, three seeds.

Printed per method, means over samples, and in brackets the standard deviation over the networks
(architectures times seeds): mass in truth (share of the positive map inside the planted rectangle),
pointing (is the largest cell inside), and precision and recall of the lines that the runs of the
column profile hold.
"""

from __future__ import annotations

import platform
import time
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks import planted
from benchmarks.planted import Planted

KIND, SEEDS, SAMPLES = "step", (30, 31, 32), 8
TRAINED, TESTED = 1000, 200
METHODS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("gradient", {"absolute": True}),
    ("smoothgrad", {"over": "gradient", "reduce": "square"}),
    ("deconvnet", {}),
    ("guided_backprop", {}),
    ("patternnet", {}),
    ("input_x_gradient", {}),
    ("integrated_gradients", {}),
    ("expected_gradients", {}),
    ("lrp", {}),
    ("lrp", {"composite": "epsilon_plus"}),
    ("lrp", {"rule": "gamma"}),
    ("deep_taylor", {}),
    ("pattern_attribution", {}),
    ("deeplift", {}),
    ("deeplift", {"rule": "reveal_cancel"}),
    ("occlusion", {}),
    ("occlusion", {"patch": (None, 4), "stride": (None, 1)}),
    ("rise", {}),
    ("shapley", {"players": "columns", "samples": 100}),
    ("lime", {"players": "columns"}),
    ("cam", {}),
    ("grad_cam", {}),
    ("grad_cam_plus_plus", {}),
    ("layer_cam", {}),
    ("score_cam", {}),
)


ARCHITECTURES = (planted.pooled, planted.flattened, planted.residual)


def scored(made: Planted, method: str, given: dict[str, Any]) -> np.ndarray:
    """(4,) means over correctly classified samples; NaN where the method cannot run."""
    from heatbrush_core import synthetic

    explainer, samples, planted, _ = made
    if explainer.why_not(method):
        return np.full(4, np.nan)
    found = []
    for index in np.flatnonzero(samples.y == planted):
        x, truth = samples.X[index], samples.truth[index]
        if len(found) < SAMPLES and explainer.predict(x).predicted == planted:
            explanation = explainer.explain(x, method, planted, **given)
            spans = [run.bands[0].columns or (0, None) for run in explanation.runs("columns", k=3)]
            runs = [(a, truth.shape[1] if b is None else b) for a, b in spans]
            lines = synthetic.run_scores(runs, truth, "columns")
            mass = synthetic.mass_in_truth(explanation.map, truth)
            point = synthetic.pointing(explanation.map, truth)
            found.append((mass, point, lines.precision, lines.recall))
    return np.nanmean(found, axis=0)


def main() -> None:
    start = time.perf_counter()
    names = ("tensorflow", "keras", "numpy")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{n} {version(n)}" for n in names))
    nets = []
    for body in ARCHITECTURES:
        for seed in SEEDS:
            made = planted.trained(body, KIND, seed, TRAINED, TESTED)
            nets.append(made)
            print(f"{body.__name__:<12}seed {seed}  test accuracy {made.accuracy:.3f}", flush=True)
    print(f"{'method':<38}{'mass':>13}{'pointing':>13}{'precision':>13}{'recall':>13}  networks")
    for method, given in METHODS:
        rows = np.array([scored(made, method, given) for made in nets])
        ran = int((~np.isnan(rows[:, 0])).sum())
        cells = [
            f"{mean:7.2f} ({spread:.2f})"
            for mean, spread in zip(np.nanmean(rows, 0), np.nanstd(rows, 0), strict=True)
        ]
        text = ", ".join(f"{name}={value}" for name, value in given.items())
        print(f"{f'{method} {text}'[:37]:<38}{''.join(cells)}{ran:6}", flush=True)
    print(f"{SAMPLES} samples of each of {len(nets)} networks; {time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
