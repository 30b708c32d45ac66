"""How many matrices to compute at once: about 100 ms of work, within a memory budget."""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any

from heatbrush_core.checks import index, short
from heatbrush_core.progress import Watch

SECONDS = 0.1
"""What the matrices of one batch are to take together, so that cancel is answered soon."""
ALONE = 1.0
"""The same where nobody watches and nothing can be cancelled: an interrupt is still answered."""
BYTES = 256 * 2**20
FIRST, GROWTH = 4, 8
"""Matrices in a first batch of which nothing is known, and how much larger the next may be."""


def checked(batch_size: int | None) -> int | None:
    """Refuse a batch size that is no whole number from 1 on; None leaves it to `Batching`."""
    if batch_size is None:
        return None
    number = index(batch_size)
    if number is None:
        raise TypeError(
            f"batch_size is {short(batch_size)}, but a whole number is expected; give one, or None."
        )
    if number < 1:
        raise ValueError(f"batch_size is {number}, but at least 1 is expected; give more, or None.")
    return number


class Batching:
    """Chooses batch sizes from what earlier batches cost.

    A batch of n matrices takes fixed + n * marginal seconds; n is chosen so that n * marginal is
    about `SECONDS`, so a batch with a large fixed part (large weights to read) is longer, at most
    twice that. Sizes are powers of two, so that few shapes occur; of each size the fastest batch
    counts, and the very first, which also pays for compiling, only for its own mean.

    Parameters
    ----------
    bytes_per_matrix
        Memory of one.
    fixed
        A size that is always taken; None for none.
    seconds
        A first guess at the time of one; None starts with a few.

    Attributes
    ----------
    most
        The size that memory allows, where nobody waits for a batch to end.
    """

    def __init__(
        self, bytes_per_matrix: float, fixed: int | None = None, seconds: float | None = None
    ) -> None:
        self._fixed, self._guess = fixed, seconds
        self.most = fixed or _power_of_two(BYTES / max(bytes_per_matrix, 1.0))
        first = FIRST if seconds is None else _power_of_two(SECONDS / 2 / max(seconds, 1e-9))
        self._size = min(first, self.most)
        self._fastest: dict[int, float] = {}
        self._started = False

    @property
    def size(self) -> int:
        """Matrices in the next batch."""
        return self._fixed or self._size

    @property
    def largest(self) -> int:
        """Matrices in the next batch where nobody waits for it: as many as `most` and `ALONE`."""
        known = self._marginal(0) if self._fastest else self._guess
        return (
            self.most if self._fixed or not known else min(self.most, _power_of_two(ALONE / known))
        )

    def first(self, count: int) -> int:
        """Matrices in the first batch of `count` that are watched, so that something shows soon."""
        return self._fixed or max(1, min(self._size, count) // 4)

    def note(self, count: int, seconds: float) -> None:
        """Learn that `count` matrices took `seconds`."""
        if self._started:
            self._fastest[count] = min(seconds, self._fastest.get(count, seconds))
        self._started = True
        wanted = _power_of_two(SECONDS / max(self._marginal(seconds / count), 1e-9))
        self._size = max(1, min(wanted, self.most, GROWTH * self._size))

    def _marginal(self, mean: float) -> float:
        """Estimate the seconds of one more matrix; `mean` is that of the batch just seen."""
        if not self._fastest:
            return mean
        small, large = min(self._fastest), max(self._fastest)
        means = [seconds / count for count, seconds in self._fastest.items()]
        if small == large:
            return means[0]
        slope = (self._fastest[large] - self._fastest[small]) / (large - small)
        return max(slope, min(means) / 2)


class Timed:
    """Holds the model's lock for one batch, and notes what the batch cost."""

    def __init__(self, lock: Any, batching: Batching, count: int) -> None:
        self._lock, self._batching, self._count = lock, batching, count

    def __enter__(self) -> None:
        self._lock.acquire()
        self._start = time.perf_counter()

    def __exit__(self, *error: object) -> None:
        seconds = time.perf_counter() - self._start
        self._lock.release()
        self._batching.note(self._count, seconds)


def batches(
    count: int, batching: Batching, watch: Watch, *, free: bool = False, soon: bool = False
) -> Iterator[slice]:
    """Cut `count` matrices into batches; stop on cancel.

    Parameters
    ----------
    free
        Whether a batch may be as large as memory and `ALONE` allow, which is fastest, where nobody
        could see or stop it.
    soon
        Whether the first batch is a small one, so that a watcher sees something soon.
    """
    start = 0
    while start < count:
        watch.stop_if_cancelled()
        size = batching.largest if free and watch.alone else batching.size
        if soon and start == 0 and watch.waited_for:
            size = batching.first(count)
        stop = min(count, start + size)
        yield slice(start, stop)
        start = stop


def _power_of_two(number: float) -> int:
    """Round down to a power of two, at least 1."""
    return 1 << max(0, int(number).bit_length() - 1)
