"""What a call would hold in memory at once: refused in one sentence where that is too much."""

from __future__ import annotations

MOST = 2**31
"""Bytes."""


def check_held(what: str, size: float, remedy: str) -> None:
    """Refuse what cannot be done, before anything of it is made.

    Parameters
    ----------
    what
        The subject of the sentence, with what was given, such as "lime with samples=10000000".
    size
        Bytes that it needs at once.
    remedy
        What to give instead.

    Raises
    ------
    ValueError
        Where these are more than `MOST`.
    """
    if size > MOST:
        raise ValueError(
            f"{what} needs {size / 2**30:,.0f} GiB at once, but at most {MOST // 2**30} GiB are "
            f"expected; {remedy}."
        )
