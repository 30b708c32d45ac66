"""Every method on planted evidence whose place is known: three architectures, three seeds.

Printed per method, means over samples, and in brackets the standard deviation over the networks
(architectures times seeds): mass in truth (share of the positive map inside the planted rectangle),
pointing (is the largest cell inside), and precision and recall of the lines that the runs of the
column profile hold. With --defaults: what other settings than the defaults make of three shapes and
two architectures.
"""

from __future__ import annotations

import platform
import sys
import time
from collections.abc import Callable
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks import planted
from benchmarks.find_runs import overlap
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
    ("lrp", {"rule": "epsilon"}),
    ("lrp", {"rule": "gamma"}),
    ("deep_taylor", {}),
    ("pattern_attribution", {}),
    ("deeplift", {}),
    ("deeplift", {"rule": "reveal_cancel"}),
    ("occlusion", {"patch": 8}),
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

SHAPES, OTHER_SEEDS = ("bump", "texture", "step"), (40, 41, 42)
BODIES = (planted.pooled, planted.flattened)
MEASURES = ("mass", "pointing", "precision", "recall")
Given = dict[str, Any]
EARLIER: Given = {"layer": "the last but one convolution"}
OTHERS: tuple[tuple[str, Given, Given], ...] = (
    ("lrp", {}, {"rule": "epsilon"}),
    ("lrp", {}, {"rule": "gamma"}),
    ("occlusion", {"patch": 8}, {"patch": 4}),
    ("occlusion", {"patch": 8}, {"patch": 2}),
    ("gradient", {}, {"absolute": True}),
    ("smoothgrad", {}, {"reduce": "square"}),
    ("deeplift", {}, {"rule": "reveal_cancel"}),
    ("grad_cam", {}, EARLIER),
)
PLAIN = ("occlusion", ("lrp", {"rule": "epsilon"}))
CONTROLS = 19


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


def searched(made: Planted, **settings: Any) -> np.ndarray:
    """(3,) listed, intersection over union of the first run, and how often it is at least 0.7."""
    import heatbrush_core as hb

    found = []
    for index in np.flatnonzero(made.samples.y == made.planted):
        x, columns = made.samples.X[index], np.flatnonzero(made.samples.truth[index].any(0))
        if len(found) < SAMPLES and made.explainer.predict(x).predicted == made.planted:
            table = hb.find_runs(made.explainer, x, controls=CONTROLS, **settings)
            span = (int(columns[0]), int(columns[-1]) + 1)
            iou = overlap((table["start"][0], table["stop"][0]), span) if len(table) else 0.0
            found.append((len(table) > 0, iou, iou >= 0.7))
    return np.mean(found, axis=0)


def defaults() -> None:
    """Print what each other setting gains over the default, by shape."""
    nets = {
        kind: [
            planted.trained(body, kind, seed, TRAINED, TESTED)
            for body in BODIES
            for seed in OTHER_SEEDS
        ]
        for kind in SHAPES
    }
    for kind, made in nets.items():
        print(f"{kind:<8} test accuracies", " ".join(f"{each.accuracy:.3f}" for each in made))
    heads = "".join(f"{name:>24}" for name in MEASURES)
    print(f"{'other setting less default':<34}{'shape':<9}{heads}", flush=True)
    for method, usual, other in OTHERS:
        text = ", ".join(f"{name}={value}" for name, value in other.items())
        gains(
            nets,
            f"{method} {text}"[:33],
            lambda made, m=method, u=usual: scored(made, m, u),
            lambda made, m=method, o=other: scored(made, m, earlier(made) if o is EARLIER else o),
        )
    print(f"{'':<43}{'listed':>24}{'overlap':>24}{'found':>24}")
    gains(nets, "find_runs lrp rule=epsilon", searched, lambda m: searched(m, methods=PLAIN))
    gains(nets, "find_runs without lrp", searched, lambda m: searched(m, methods=("occlusion",)))


def earlier(made: Planted) -> Given:
    """Name the last but one convolution of a network."""
    names = [each.name for each in made.explainer.model.layers if "Conv2D" in type(each).__name__]
    return {"layer": names[-2]}


def gains(
    nets: dict[str, list[Planted]],
    text: str,
    usual: Callable[[Planted], np.ndarray],
    other: Callable[[Planted], np.ndarray],
) -> None:
    """Print a row per shape: mean of the default, mean gain, and its deviation over networks."""
    for kind, made in nets.items():
        before = np.array([usual(each) for each in made])
        gain = np.array([other(each) for each in made]) - before
        cells = zip(before.mean(0), gain.mean(0), gain.std(0, ddof=1), strict=True)
        row = "".join(f"{b:9.2f} {g:+6.2f} ({s:.2f}) " for b, g, s in cells)
        print(f"{text:<34}{kind:<9}{row}", flush=True)


def main() -> None:
    start = time.perf_counter()
    names = ("tensorflow", "keras", "numpy")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{n} {version(n)}" for n in names))
    if "--defaults" in sys.argv:
        defaults()
        print(f"{SAMPLES} samples of each network; {time.perf_counter() - start:.0f} s")
        return
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
