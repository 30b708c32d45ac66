"""From `hb.compare` to the first heat map on a fresh kernel, beyond importing TensorFlow."""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

RUNS = 3
CODE = """
import sys, time
import numpy as np
start = time.perf_counter()
import tensorflow, keras
imported = time.perf_counter() - start
import heatbrush as hb
model = keras.models.load_model(sys.argv[1])
x = np.random.default_rng(0).normal(size=(64, 256)).astype("float32")
start = time.perf_counter()
view = hb.compare(model, x, methods=["gradient", "occlusion"])
returned = time.perf_counter() - start
while not view.explanations:
    time.sleep(0.005)
print(imported, returned, time.perf_counter() - start)
"""


def main() -> None:
    from benchmarks.model import small_cnn

    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.keras"
        small_cnn().save(path)
        runs = []
        for _ in range(RUNS):
            said = subprocess.run(
                [sys.executable, "-c", CODE, str(path)], capture_output=True, text=True, check=True
            )
            runs.append([float(word) for word in said.stdout.split()])
    imported, returned, first = (statistics.median(column) for column in zip(*runs, strict=True))
    print(
        f"first heat map             {first:.2f} s after hb.compare, "
        f"which returned after {returned:.2f} s; "
        f"importing tensorflow took {imported:.1f} s (medians of {RUNS}; aim: at most 3 s)"
    )


if __name__ == "__main__":
    main()
