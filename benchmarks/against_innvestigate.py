"""Against iNNvestigate's LRP: each library over a bare gradient of its own TensorFlow.

iNNvestigate stops at TensorFlow 2.14, so it runs under a Python of its own, which the environment
variable HEATBRUSH_INNVESTIGATE_PYTHON names; `benchmarks.innvestigate_lrp` is what runs there.
"""

from __future__ import annotations

import functools
import json
import os
import subprocess
import tempfile
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.methods import bare_gradient
from benchmarks.model import SHAPE, small_cnn
from benchmarks.turns import in_turn

ROOT = Path(__file__).parents[1]
PYTHON = "HEATBRUSH_INNVESTIGATE_PYTHON"
RUNS = 100
CLOSE = 1e-3  # of the map's maximum: two TensorFlows in float32
# by iNNvestigate's name; its alpha-beta rule, and its preset's, put the whole bias into both
# denominators, where this network's biases of 0 hide it
PAIRS: dict[str, tuple[str, dict[str, Any]]] = {
    "gradient": ("gradient", {}),
    "lrp.epsilon": ("lrp", {"rule": "epsilon", "epsilon": 1e-7}),
    "lrp.z_plus": ("lrp", {"rule": "z_plus"}),
    "lrp.alpha_2_beta_1": ("lrp", {"rule": "alpha_beta", "alpha": 2.0, "beta": 1.0}),
    "lrp.sequential_preset_a": ("lrp", {"composite": "epsilon_plus", "epsilon": 0.1}),
    "deep_taylor": ("deep_taylor", {}),
}
OTHERWISE = ("deep_taylor",)  # passes averages by their gradient, we in proportion


def theirs(python: str, model: Any, x: np.ndarray, target: int) -> dict[str, Any]:
    """Run iNNvestigate: for each of its names the ratio, ms of both, and the map."""
    with tempfile.TemporaryDirectory() as folder:
        given, found = Path(folder) / "given.npz", Path(folder) / "found.npz"
        weights = {f"weight{n}": w for n, w in enumerate(model.get_weights())}
        np.savez(given, x=x, target=target, **weights)
        command = [python, "-m", "benchmarks.innvestigate_lrp", str(given), str(found), *PAIRS]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if said.returncode:
            raise RuntimeError(f"{python} could not run iNNvestigate: {said.stderr[-2000:]}")
        times = json.loads(said.stdout.splitlines()[-1])
        with np.load(found) as maps:
            return {name: (*times[name], maps[name]) for name in PAIRS}


def main() -> None:
    python = os.environ.get(PYTHON, "")
    if not python:
        print(f"{PYTHON} names no Python with iNNvestigate; docs/figures.md says how to make one.")
        return
    import heatbrush_core as hb

    model = small_cnn(head="linear")
    x = np.random.default_rng(0).normal(size=SHAPE).astype("float32")
    explainer = hb.Explainer(model, baseline=0)
    target = explainer.predict(x).predicted
    bare = bare_gradient(model, target)
    print(
        f"{'against iNNvestigate, warm':<27}times a bare gradient of the same TensorFlow: "
        "ours, its; ms (medians)"
    )
    for name, (ratio, ms, expected) in theirs(python, model, x, target).items():
        method, parameters = PAIRS[name]
        run = functools.partial(explainer.explain, x, method, target=target, **parameters)
        if name not in OTHERWISE:
            np.testing.assert_allclose(run().values, expected, atol=CLOSE * np.abs(expected).max())
        times = in_turn(run, lambda: bare(x[None]), RUNS)
        warm = 1000 * times.medians[0]
        print(f"{name:<27}{times.ratio:5.2f} {ratio:5.2f}   {warm:5.1f} {ms:5.1f}", flush=True)


if __name__ == "__main__":
    main()
