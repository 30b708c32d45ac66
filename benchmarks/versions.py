"""Two checkouts of heatbrush, in turn in one run: each method against the bare gradient.

    python -m benchmarks.versions OTHER_CHECKOUT [ROUNDS]

Each checkout answers in a process of its own, so that both run on the same TensorFlow and share the
machine's good and bad minutes.
"""

from __future__ import annotations

import os
import statistics
import subprocess
import sys
from pathlib import Path

import numpy as np

from benchmarks.methods import CASES, bare_gradient, explain
from benchmarks.model import SHAPE, small_cnn
from benchmarks.turns import WARM_UP, timed

HERE = Path(__file__).parents[1]
NAMES = ("gradient", "input_x_gradient", "guided_backprop", "deconvnet", "lrp epsilon")
RUNS = 5  # in a round; their fastest counts


class Answering:
    """A checkout in a process of its own, which times what it is asked for."""

    def __init__(self, checkout: Path) -> None:
        paths = os.pathsep.join(str(checkout / part) for part in ("kernel", "widget"))
        self._process = subprocess.Popen(
            [sys.executable, "-m", "benchmarks.versions", "--answer"],
            cwd=HERE, env={**os.environ, "PYTHONPATH": paths}, text=True,
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
        )  # fmt: skip

    def ratio(self, name: str) -> float:
        """Time of `explain` divided by that of the bare gradient."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(name, file=self._process.stdin, flush=True)
        return float(self._process.stdout.readline())

    def close(self) -> None:
        """End the process."""
        self._process.communicate()


def answer() -> None:
    """Time the methods that are named on standard input, until it ends."""
    import heatbrush as hb

    model, random = small_cnn(), np.random.default_rng(0)
    x = random.normal(size=(1, *SHAPE)).astype("float32")
    explainer = hb.Explainer(model)
    target = explainer.predict(x[0]).predicted
    bare = bare_gradient(model, target)
    runs = {case.name: explain(explainer, x, case, target) for case in CASES if case.name in NAMES}
    for run in (*runs.values(), lambda: bare(x)):
        for _ in range(WARM_UP):
            run()
    for line in sys.stdin:
        pairs = [(timed(runs[line.strip()]), timed(lambda: bare(x))) for _ in range(RUNS)]
        ours, theirs = (min(times) for times in zip(*pairs, strict=True))
        print(ours / theirs, flush=True)


def main(other: Path, rounds: int) -> None:
    checkouts = [Answering(path) for path in (other, HERE)]
    found = {name: ([], []) for name in NAMES}
    for _ in range(rounds):
        for name in NAMES:
            for kept, checkout in zip(found[name], checkouts, strict=True):
                kept.append(checkout.ratio(name))
    for checkout in checkouts:
        checkout.close()
    print(f"times the bare gradient, {rounds} rounds: lower quartile, median, upper quartile")
    print(f"{'':<18}{'the other checkout':>22}{'this one':>22}")
    for name, both in found.items():
        shown = (" ".join(f"{q:.2f}" for q in statistics.quantiles(kept, n=4)) for kept in both)
        print(f"{name:<18}" + "".join(f"{each:>22}" for each in shown))


if __name__ == "__main__":
    if sys.argv[1] == "--answer":
        answer()
    else:
        main(Path(sys.argv[1]).resolve(), int(sys.argv[2]) if len(sys.argv) > 2 else 60)
