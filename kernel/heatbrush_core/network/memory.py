"""A batch that the memory does not hold is halved until it does; the size that works is kept."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Protocol, TypeVar

T = TypeVar("T")

_NAMES = ("ResourceExhaustedError", "OutOfMemoryError")
_WORDS = re.compile(
    r"resource.?exhausted|out of memory|\boom when|failed to allocate|bad_alloc", re.I
)


class Asked(Protocol):
    """What is asked about many things at once.

    Attributes
    ----------
    name
        How messages call it, at the beginning of a sentence.
    most
        How many it is given at once, at the most; None leaves it to who asks.
    held
        How many the memory held, where it did not hold more; None where it held all so far.
    """

    name: str
    most: int | None
    held: int | None


def size(asked: Asked, count: int) -> int:
    """Say how many of `count` are given at once, at least 1."""
    limits = (each for each in (asked.most, asked.held) if each is not None)
    return max(1, min([count, *limits]))


def by_parts(asked: Asked, count: int, ask: Callable[[slice], T]) -> list[T]:
    """Ask about `count` things part by part; a part that the memory does not hold is halved.

    Raises
    ------
    MemoryError
        In one sentence, where it does not hold a single one.
    """
    found: list[T] = []
    start = 0
    while start < count or not found:
        part = slice(start, min(start + size(asked, count), count))
        try:
            found.append(ask(part))
        except Exception as error:
            if not ran_out(error):
                raise
            _halve(asked, part.stop - start, error)
        else:
            start = part.stop
    return found


def ran_out(error: BaseException | None) -> bool:
    """Tell whether an error, or one that led to it, says that there was no memory left."""
    while error is not None:
        if isinstance(error, MemoryError) or type(error).__name__ in _NAMES:
            return True
        if isinstance(error, RuntimeError | OSError) or type(error).__module__.startswith("tensor"):
            if _WORDS.search(str(error)):
                return True
        error = error.__cause__ or error.__context__
    return False


def _halve(asked: Asked, count: int, error: Exception) -> None:
    """Keep half of what the memory did not hold."""
    if count <= 1:
        raise MemoryError(
            f"{asked.name} needs more memory than there is, though it is given one matrix at once; "
            "give a smaller matrix or model, or free memory."
        ) from error
    asked.held = count // 2


def note(asked: Asked) -> tuple[str, ...]:
    """Say that batches are smaller than they should be, where they are."""
    if asked.held is None:
        return ()
    many = "one matrix" if asked.held == 1 else f"{asked.held} matrices"
    return (f"{asked.name} is given {many} at once, as the memory did not hold more.",)
