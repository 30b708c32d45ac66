"""Peak memory of one map of a 1024 x 1024 matrix through 13 convolutions, beyond the imports.

Reads /proc, so it runs on Linux only. Each method has a process of its own.
"""

from __future__ import annotations

import json
import re
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
MOST = 4.0
CASES: tuple[tuple[str, dict[str, Any], float | None], ...] = (
    ("gradient", {}, MOST),
    ("lrp", {"rule": "epsilon"}, MOST),
    ("occlusion", {"patch": (512, 512)}, MOST),
    ("guided_backprop", {}, None),
    ("deconvnet", {}, None),
    ("lrp", {"rule": "w_square"}, None),
    ("lrp", {"composite": "epsilon_plus"}, None),
    ("lrp", {"rule": "alpha_beta"}, None),
    ("lrp", {"rule": "gamma"}, None),
    ("deep_taylor", {}, None),
    ("deeplift", {"rule": "rescale"}, None),
    ("deeplift", {"rule": "reveal_cancel"}, None),
    ("pattern_attribution", {}, None),
    ("grad_cam", {}, None),
    ("integrated_gradients", {"steps": 4}, None),
    ("smoothgrad", {"samples": 4}, None),
    ("rise", {"samples": 4}, None),
)


def resident(peak: bool) -> float:
    """Return GiB of this process in memory, now or at its peak."""
    status = Path("/proc/self/status").read_text()
    found = re.search(rf"{'VmHWM' if peak else 'VmRSS'}:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 2**20


def measure(method: str, parameters: dict[str, Any]) -> None:
    """Print GiB at the peak beyond the imports, and seconds, of one map."""
    import numpy as np
    import tensorflow  # noqa: F401

    import heatbrush_core as hb
    from benchmarks.model import LARGE, large_cnn

    before = resident(peak=False)
    X = np.random.default_rng(0).normal(size=(2, *LARGE)).astype("float32")
    explainer = hb.Explainer(large_cnn(), background=X)
    start = time.perf_counter()
    explainer.explain(X[0], method, **parameters)
    print(resident(peak=True) - before, time.perf_counter() - start)


def main() -> None:
    for method, parameters, most in CASES:
        given = [method, json.dumps(parameters)]
        command = [sys.executable, "-m", "benchmarks.memory", *given]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        peak, seconds = (float(word) for word in said.stdout.split())
        text = ", ".join(f"{name}={value!r}" for name, value in parameters.items())
        aim = "" if most is None else f" (aim: at most {most:g})"
        print(f"{f'{method}({text})':<45}{peak:5.2f} GiB{aim}, {seconds:.0f} s", flush=True)


if __name__ == "__main__":
    if len(sys.argv) == 3:
        measure(sys.argv[1], json.loads(sys.argv[2]))
    else:
        main()
