"""Peak memory of the delta walk beyond what it starts from, by the largest tensor of a batch.

Reads /proc, so it runs on Linux only; each network has a process of its own, which first runs one
small batch, so that what is compiled and loaded once does not count.
"""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks import networks
from benchmarks.memory import ROOT, resident

MIB = 2**20
CASES = ("three_block", "cifar_resnet", "mobilenet_like", "vgg16")


def reset() -> None:
    """Start the kernel's own peak anew."""
    Path("/proc/self/clear_refs").write_text("5")


def measure(name: str) -> None:
    """Print MiB of the largest tensor of a batch, and of the peak beyond the start."""
    import heatbrush_core as hb
    from heatbrush_core.matrix.perturbations import Changes, hidden
    from heatbrush_core.methods.occlusion import Tiling
    from heatbrush_core.walks.delta.footprint import Footprint

    make = getattr(networks, name)
    model = make(9) if name == "cifar_resnet" else make()
    x = np.random.default_rng(0).normal(size=model.input_shape[1:]).astype("float32")
    explainer = hb.Explainer(model, baseline=0)
    explainer.predict(x)
    original = explainer._network.original(x)
    tiling = Tiling(np.ones(x.shape[:2], bool), (16, 16), (8, 8))
    changes = hidden(x, np.zeros_like(x), tiling.edges(tiling.order(coarse_first=False)), None)
    route = original.route(changes.boxes)
    size = min(len(changes), explainer.batching(x, route).most)
    small = Changes(x, changes.boxes[:2], changes.fill)
    original.differences(small, slice(0, 2), route)
    locality = explainer._network.locality()
    largest = Footprint(locality, changes.boxes[:size]).largest * size * 4
    reset()
    before = resident(peak=False)
    original.differences(changes, slice(0, size), route)
    print(size, largest / MIB, (resident(peak=True) - before) * 1024)


def main() -> None:
    print("peak memory of one batch of windows 16 x 16 by 8 (aim: at most 4 largest + 40 MiB)")
    for name in CASES:
        command = [sys.executable, "-m", "benchmarks.occlusion_memory", name]
        said = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
        size, largest, peak = (float(word) for word in said.stdout.split())
        print(
            f"{name:<16}{size:5.0f} windows, largest tensor {largest:5.1f} MiB, peak {peak:6.1f} "
            f"MiB, {(peak - 40) / largest:.2f} largest + 40",
            flush=True,
        )


if __name__ == "__main__":
    if len(sys.argv) == 2:
        measure(sys.argv[1])
    else:
        main()
