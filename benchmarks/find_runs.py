"""Are planted runs found, and are the p values right? With --choose: which penalty is best.

Networks over 16 x 64 are trained on `synthetic.columns`. A sample counts as found where the first
run has an intersection over union of at least 0.7 with the truth; beside it what the best window of
the true length by exhaustive hiding reaches. Only samples count that are classified correctly and
in which hiding the truth changes the answer.
"""

from __future__ import annotations

import platform
import sys
import time
from importlib.metadata import version
from typing import Any

import numpy as np

from benchmarks import planted
from benchmarks.planted import Planted
from heatbrush_core.evidence import searching

SHAPES, SEEDS = ("step", "oscillation", "bump"), range(10, 15)
CHOICE = (("step", "texture", "oscillation", "bump", "chirp"), (0, 1))
TRAINED, TESTED, SAMPLES, CONTROLS = 1200, 400, 25, 39
UNIFORM = 300  # samples, with as many matched matrices as the test samples allow
CRITICAL = 1.63  # of Kolmogorov and Smirnov's distance times the root of the samples, at 0.01


def trained(kind: str, seed: int, tested: int = TESTED) -> Planted:
    """Train three convolutions on one shape and seed."""
    return planted.trained(planted.pooled, kind, seed, TRAINED, tested)


def cases(made: Planted) -> list[tuple[np.ndarray, tuple[int, int]]]:
    """Take the samples that count, with their true columns."""
    from heatbrush_core import Region

    explainer, found = made.explainer, []
    for index in np.flatnonzero(made.samples.y == made.planted):
        x, columns = made.samples.X[index], np.flatnonzero(made.samples.truth[index].any(0))
        span = (int(columns[0]), int(columns[-1]) + 1)
        without = explainer.predict(x, without=Region.columns(*span)).predicted
        if explainer.predict(x).predicted == made.planted != without:
            found.append((x, span))
    return found[:SAMPLES]


def overlap(a: tuple[int, int], b: tuple[int, int]) -> float:
    """Intersection over union."""
    both = max(0, min(a[1], b[1]) - max(a[0], b[0]))
    return both / (max(a[1], b[1]) - min(a[0], b[0]))


def exhaustive(explainer: Any, x: np.ndarray, span: tuple[int, int]) -> tuple[int, int]:
    """Hide every window of the true length; take the one that matters most."""
    from heatbrush_core import Region
    from heatbrush_core.evidence.necessity import Probe

    length, matrix = span[1] - span[0], explainer.matrix(x)
    windows = [(a, a + length) for a in range(matrix.shape[1] - length + 1)]
    probe = Probe(explainer, matrix, explainer.fill(matrix), explainer.aim(matrix, None))
    return windows[int(probe.necessity([Region.columns(*each) for each in windows]).argmax())]


def localised() -> None:
    """Print a row per shape and seed."""
    import heatbrush_core as hb

    print(
        "planted runs of columns  seed accuracy samples listed  found  median  exhaustive  others"
    )
    everything = []
    for kind in SHAPES:
        for seed in SEEDS:
            made = trained(kind, seed)
            ious, best, listed = [], [], 0
            for x, span in cases(made):
                table = hb.find_runs(made.explainer, x, controls=CONTROLS)
                listed += len(table) > 0
                first = (table["start"][0], table["stop"][0]) if len(table) else None
                ious.append(overlap(first, span) if first else 0.0)
                best.append(overlap(exhaustive(made.explainer, x, span), span))
            everything += ious
            good, bar = np.mean(np.array(ious) >= 0.7), np.mean(np.array(best) >= 0.7)
            print(
                f"{kind:<24}{seed:5}{made.accuracy:9.3f}{len(ious):8}{listed:7}{good:7.0%}"
                f"{np.median(ious):8.2f}{bar:12.0%}{others(made):>8}",
                flush=True,
            )
    share = np.mean(np.array(everything) >= 0.7)
    print(f"all {len(everything)} samples: found {share:.1%} (aim: 90 %)")


def others(made: Planted) -> str:
    """Count the samples without evidence for which the table is empty."""
    import heatbrush_core as hb

    nothing = made.samples.X[made.samples.y != made.planted][:10]
    tables = [hb.find_runs(made.explainer, x, controls=CONTROLS) for x in nothing]
    return f"{sum(len(table) == 0 for table in tables)}/{len(tables)}"


def distance(ps: list[float]) -> float:
    """Kolmogorov and Smirnov's distance of p values from the uniform distribution."""
    values, ranks = np.sort(ps), np.arange(1, len(ps) + 1) / len(ps)
    return float(max((ranks - values).max(), (values - ranks + 1 / len(ps)).max()))


def uniform() -> None:
    """Print how far p without evidence is from uniform: a random region's, and a search's best."""
    from heatbrush_core import Region
    from heatbrush_core.evidence.p_values import p_value
    from heatbrush_core.maps.search import Search

    made, random = trained("step", 20, 12_000), np.random.default_rng(0)
    explainer = made.explainer
    nothing = made.samples.X[made.samples.y != made.planted]
    placed = []
    for x in nothing[:UNIFORM]:
        start = int(random.integers(0, 55))
        table = explainer.evidence(
            x, [Region.columns(start, start + 10)], made.planted, chosen="before"
        )
        placed.append(table["p"].item())
    search, aim = Search.of("columns", ["occlusion"]), explainer.aim(nothing[0], made.planted)
    best = [searching.best(search, explainer, explainer.matrix(x), aim)[1] for x in nothing]
    observed, rest = best[:UNIFORM], random.permutation(best[UNIFORM:])
    count = len(rest) // UNIFORM
    groups = rest[: count * UNIFORM].reshape(UNIFORM, count)
    repeated = [p_value(a, b) for a, b in zip(observed, groups, strict=True)]
    limit = CRITICAL / np.sqrt(UNIFORM)
    for name, ps in (("random region, placement", placed), ("best run, repeated", repeated)):
        print(f"{name:<28}distance {distance(ps):.3f}, rejected at 0.01 above {limit:.3f}")
    print(f"{UNIFORM} samples; the repeated choice has {count} matrices for each, none used twice")


def main() -> None:
    start = time.perf_counter()
    names = ("tensorflow", "keras", "numpy")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{n} {version(n)}" for n in names))
    if "--choose" in sys.argv:
        choose()
    else:
        localised()
        uniform()
    print(f"{time.perf_counter() - start:.0f} s")


def choose() -> None:
    """Print how often each penalty finds the run, over all shapes and seeds of the choice."""
    from heatbrush_core.maps.runs import runs

    parts, spreads = (0.1, 0.2, 0.25, 0.33), (1.0, 2.0, 3.0, 4.0)
    found: dict[tuple[float, float], list[float]] = {}
    for kind in CHOICE[0]:
        for seed in CHOICE[1]:
            made = trained(kind, seed)
            for x, span in cases(made):
                window = {"patch": (None, 4), "stride": (None, 1)}
                map = made.explainer.explain(x, "occlusion", made.planted, **window)
                profile = map.columns.astype(float)
                middle = np.median(profile)
                spread = 1.4826 * np.median(np.abs(profile - middle))
                for part in parts:
                    for factor in spreads:
                        cost = middle + max(factor * spread, part * (profile.max() - middle))
                        first = runs(profile, "columns", 1, penalty=float(cost))
                        iou = overlap(first[0].bands[0].columns, span) if first else 0.0
                        found.setdefault((part, factor), []).append(iou)
    for (part, factor), ious in found.items():
        share = np.mean(np.array(ious) >= 0.7)
        print(f"part {part:<5} spreads {factor:<4} found {share:.1%} of {len(ious)}")


if __name__ == "__main__":
    main()
