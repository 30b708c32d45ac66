"""What a picture with more instances is worth in training, against more pictures.

Detectors that differ only in what they were trained on: so many pictures with so many events in
each. All see the same number of updates, and are tested on the same pictures. Printed per number
of pictures and of events: the mean average precision over seeds, and its standard deviation; then
what half as many pictures with twice the events gain, where the number of events is the same.
With --plot FILE the figure is written.
"""

from __future__ import annotations

import sys
import time
from typing import Any

import numpy as np

from benchmarks import detectors

PICTURES, EVENTS, SEEDS = (64, 128, 256, 512), (1, 2, 4), (0, 1, 2, 3)
UPDATES, TESTED, APART = 500, 160, 100_000
TESTS = (1, 4)
"""Events in each test picture."""


def named(count: int) -> str:
    """Say how many events."""
    return f"{count} event{'s' * (count > 1)}"


def generator(count: int, seed: int) -> Any:
    """Make the generator of pictures with so many events each."""
    from heatbrush_core import synthetic

    return synthetic.generator("events", events=count, seed=seed, **detectors.RANGES)


def study(
    pictures: tuple[int, ...], events: tuple[int, ...], seeds: tuple[int, ...], updates: int
) -> np.ndarray:
    """Return the average precision, (tests, pictures, events, seeds)."""
    tests = [generator(count, 1000 + count).dataset(TESTED // count) for count in TESTS]
    found = np.zeros((len(tests), len(pictures), len(events), len(seeds)))
    for k, seed in enumerate(seeds):
        for j, count in enumerate(events):
            drawn = generator(count, seed)
            for i, number in enumerate(pictures):
                start = time.perf_counter()
                data = drawn.dataset(number, start=APART * (j + 1))
                made = detectors.trained(data, True, seed, updates)
                found[:, i, j, k] = [detectors.precision(made, test) for test in tests]
                print(
                    f"{number:4} pictures x {named(count)}, seed {seed}: "
                    + ", ".join(f"{each:.3f}" for each in found[:, i, j, k])
                    + f"; {time.perf_counter() - start:.0f} s",
                    flush=True,
                )
    return found


def exchanged(found: np.ndarray) -> np.ndarray:
    """Return what twice the events in half the pictures gain: (tests, pairs, seeds)."""
    gains = found[:, :-1, 1:] - found[:, 1:, :-1]
    return gains.reshape(len(found), -1, found.shape[-1])


def printed(found: np.ndarray) -> None:
    """Print a table per set of test pictures."""
    for count, some, gains in zip(TESTS, found, exchanged(found), strict=True):
        print(f"tested on pictures with {named(count)}: average precision (deviation over seeds)")
        print(f"{'pictures':>9}" + "".join(f"{named(count):>15}" for count in EVENTS))
        for number, row in zip(PICTURES, some, strict=True):
            cells = zip(row.mean(1), row.std(1, ddof=1), strict=True)
            print(f"{number:9}" + "".join(f"{mean:8.3f} ({s:.3f})" for mean, s in cells))
        each = gains.mean(0)
        print(
            f"twice the events in half the pictures: {each.mean():+.3f} (over seeds "
            f"{each.std(ddof=1):.3f}), better in {(gains > 0).sum()} of {gains.size} pairs"
        )


def drawn(found: np.ndarray, path: str) -> None:
    """Draw the precision over the number of events in all pictures."""
    import matplotlib.pyplot as plt

    figure, axes = plt.subplots(1, len(TESTS), figsize=(9, 3.4), sharey=True, layout="constrained")
    for ax, each, some in zip(axes, TESTS, found, strict=True):
        for count, row in zip(EVENTS, np.moveaxis(some, 1, 0), strict=True):
            total = np.array(PICTURES) * count
            spread = row.std(1, ddof=1)
            ax.errorbar(total, row.mean(1), spread, marker="o", capsize=2, label=f"{count}")
        ax.set_xscale("log", base=2)
        ax.set(
            title=f"tested on pictures with {named(each)}", xlabel="events in all training pictures"
        )
    axes[0].set_ylabel("average precision")
    axes[0].legend(title="events per picture")
    figure.savefig(path, dpi=120)


def longer() -> None:
    """Print what twice the updates make of the most pictures with one event."""
    found = study(PICTURES[-1:], EVENTS[:1], SEEDS, 2 * UPDATES)[:, 0, 0]
    for count, each in zip(TESTS, found, strict=True):
        print(
            f"{2 * UPDATES} updates, tested on {named(count)}: {each.mean():.3f} "
            f"({each.std(ddof=1):.3f})"
        )


def main() -> None:
    start = time.perf_counter()
    found: Any = study(PICTURES, EVENTS, SEEDS, UPDATES)
    printed(found)
    if "--plot" in sys.argv:
        drawn(found, sys.argv[sys.argv.index("--plot") + 1])
    longer()
    print(f"{time.perf_counter() - start:.0f} s")


if __name__ == "__main__":
    main()
