"""Whether the check of a baseline speaks where hiding goes wrong, and is silent where it goes well.

The networks and kinds of data are those of `benchmarks.baselines`, and one more, in which the level
of a whole row is the evidence. For each baseline it counts in how many matrices the place of the
planted length that has the largest effect is the planted one, and of how many the check says that
everything hidden has the class still or that the filling is outside the known range; and it prints
the mean of what hiding 8 random places moves, as `explainer.baselines(x)` does. With --choose it
runs on the seeds on which it was decided that this last number says nothing.
"""

from __future__ import annotations

import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from benchmarks import baselines
from benchmarks.find_runs import overlap

CHOICE, SHOWN = (0, 1, 2), (20, 21, 22)
WORDS = ("auto", 0, "mean", "median", "row_mean", "background_mean")
TRAINED, SAMPLES = 1000, 14


class Line(NamedTuple):
    """What one baseline does to one matrix."""

    hit: float
    says: bool
    outside: bool
    moved: float


def level(seed: int, _: Any) -> tuple[baselines.Data, baselines.Data]:
    """Draw noise in which class 0 has one row, the same in all matrices, at a higher level."""
    random = np.random.default_rng(seed)
    parts = []
    for count in (baselines.TRAINED, baselines.TESTED):
        X, y = random.normal(size=(count, 16, 64, 1)).astype("float32"), np.arange(count) % 2
        X[y == 0, seed % 16] += 1.5
        truth = np.zeros(X.shape[:3], bool)
        truth[y == 0, seed % 16] = True
        parts.append(baselines.Data(X, y, truth))
    return parts[0], parts[1]


def lines(asked: baselines.Asked, background: np.ndarray | None, word: Any) -> Iterator[Line]:
    """Try one baseline on each sample of a network."""
    import heatbrush_core as hb
    from heatbrush_core.evidence.hiding import FAR, hidings
    from heatbrush_core.evidence.necessity import Probe

    explainer = hb.Explainer(asked.model, background=background, baseline=word)
    for x, span in asked.cases:
        matrix = explainer.asked(x)
        aim, length = explainer.aim(matrix, 0), span[1] - span[0]
        (found,) = hidings(explainer, matrix, aim, [None])
        starts = range(matrix.shape[1] - length + 1)
        probe = Probe(explainer, matrix, explainer.fill(matrix), aim)
        effect = probe.measured([hb.Region.columns(a, a + length) for a in starts])[2]
        best = int(effect.argmax())
        hit = overlap((best, best + length), span) >= baselines.FOUND if len(starts) > 1 else np.nan
        yield Line(float(hit), found.has_class, found.outside > FAR, found.moved)


def main() -> None:
    start = time.perf_counter()
    baselines.TRAINED, baselines.SAMPLES = TRAINED, SAMPLES
    baselines.KINDS["level"] = level
    print(f"{'ground':<10}{'background':<11}{'baseline':<17}{'of':>4}", end="")
    print("".join(f"{each:>9}" for each in ("found", "has it", "outside", "moved")))
    for kind in baselines.KINDS:
        found = defaultdict(list)
        for seed in CHOICE if "--choose" in sys.argv else SHOWN:
            asked = baselines.trained(kind, seed)
            for background in (asked.background, None):
                typical = "without" if background is None else "with"
                for word in WORDS:
                    if background is not None or not str(word).startswith("background"):
                        found[typical, word] += lines(asked, background, word)
        for (typical, word), some in found.items():
            hit, says, outside, moved = np.mean(some, axis=0)
            print(f"{kind:<10}{typical:<11}{word!s:<17}{len(some):>4}", end="")
            where = "" if np.isnan(hit) else f"{hit:.0%}"  # the level of a row has no place
            print(f"{where:>9}{says:>9.0%}{outside:>9.0%}{moved:>9.3f}", flush=True)
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
