"""How many matrices to compute at once: about 100 ms of work, within a memory budget."""

from __future__ import annotations

SECONDS = 0.1
BYTES = 256 * 2**20
FIRST, GROWTH = 4, 8


def checked(batch_size: int | None) -> int | None:
    """Refuse a batch size that is no whole number from 1 on; None leaves the choice to `Pace`."""
    if batch_size is None:
        return None
    if not hasattr(batch_size, "__index__") or isinstance(batch_size, bool):
        raise TypeError(
            f"batch_size is {batch_size!r}, but a whole number is expected; give one, or None."
        )
    if batch_size < 1:
        raise ValueError(
            f"batch_size is {batch_size}, but at least 1 is expected; give more, or None."
        )
    return int(batch_size)


class Pace:
    """Chooses batch sizes from what earlier batches cost.

    Sizes are powers of two, so that few shapes occur; the fastest batch seen so far counts, since
    the first one also pays for compiling. `fixed` overrides everything.

    Parameters
    ----------
    bytes_per_matrix
        Memory of one.
    fixed
        A size that is always taken; None for none.
    seconds
        A first guess at the time of one; None starts with a few.
    """

    def __init__(
        self, bytes_per_matrix: float, fixed: int | None = None, seconds: float | None = None
    ) -> None:
        self._fixed = fixed
        self._most = _power_of_two(BYTES / max(bytes_per_matrix, 1.0))
        first = FIRST if seconds is None else _power_of_two(SECONDS / 2 / max(seconds, 1e-9))
        self._size = min(first, self._most)
        self._seconds = float("inf")

    @property
    def size(self) -> int:
        """Matrices in the next batch."""
        return self._fixed or self._size

    def note(self, count: int, seconds: float) -> None:
        """Learn that `count` matrices took `seconds`."""
        self._seconds = min(self._seconds, seconds / count)
        wanted = _power_of_two(SECONDS / max(self._seconds, 1e-9))
        self._size = max(1, min(wanted, self._most, GROWTH * self._size))


def _power_of_two(number: float) -> int:
    """Round down to a power of two, at least 1."""
    return 1 << max(0, int(number).bit_length() - 1)
