"""Which samples a list holds, and in which order; NumPy only, so that 100,000 take a moment."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol

Places = NDArray[np.int64]


@dataclass(frozen=True)
class Known:
    """What is known of all samples.

    Attributes
    ----------
    names
        None where they have none.
    classes
        Their names; empty where they are not known yet.
    truth, predicted
        (N,) class indices, -1 where that is not known; no truth is None.
    by_name
        Makes the order by name, where there are names; it takes a moment.
    """

    count: int
    names: Sequence[str] | None
    classes: Sequence[str]
    truth: Places | None
    predicted: Places
    by_name: Callable[[], Places]


def listed(arranged: protocol.Arranged, known: Known, values: NDArray[Any] | None) -> Places:
    """Return the samples of a list in their order.

    Parameters
    ----------
    values
        (N,) what they are ordered by, where that is a number: those without one are left out.
        Scores go from the highest, all others from the lowest; of equal ones the first is first.
    """
    keep = _kept(arranged, known) & _found(arranged["text"], known)
    if arranged["order"] == "name":
        order = known.by_name()
    elif values is None:
        order = np.arange(known.count)
    else:
        keep = keep & np.isfinite(values)
        order = np.argsort(-values if arranged["order"] == "score" else values, kind="stable")
    found = order[keep[order]]
    return found[::-1] if arranged["reverse"] else found


def _kept(arranged: protocol.Arranged, known: Known) -> NDArray[np.bool_]:
    only, among = arranged["only"], arranged["among"]
    everything = np.ones(known.count, bool)
    if only == "predicted":
        return known.predicted == among
    if known.truth is None or only == "all":
        return everything
    if only == "true":
        return known.truth == among
    return (known.predicted >= 0) & (known.predicted != known.truth)


def _found(text: str, known: Known) -> NDArray[np.bool_]:
    """Tell which samples a text finds: by a part of their name or class, or how an index begins."""
    text = " ".join(text.split()).casefold()
    if not text:
        return np.ones(known.count, bool)
    found = _begins(text, known.count)
    if known.names is not None:
        found |= np.fromiter((text in name.casefold() for name in known.names), bool, known.count)
    classes = [at for at, name in enumerate(known.classes) if text in name.casefold()]
    for column in (known.truth, known.predicted):
        if column is not None and classes:
            found |= np.isin(column, classes)
    return found


def _begins(text: str, count: int) -> NDArray[np.bool_]:
    """Tell which indices begin with these digits."""
    found = np.zeros(count, bool)
    if not re.fullmatch(r"[0-9]{1,18}", text) or (text[0] == "0" and text != "0"):
        return found
    first, width = int(text), 1
    while first < count:
        found[first : first + width] = True
        first, width = (first * 10, width * 10) if first else (count, width)
    return found


def by_name(names: Sequence[str]) -> Places:
    """Order names as readers do: "p2" before "p10", upper and lower case alike."""
    keys = [list(map(_key, _parts(name))) for name in names]
    return np.array(sorted(range(len(names)), key=keys.__getitem__), np.int64)


def _key(part: str) -> tuple[bool, int, str]:
    """Compare numbers by their size, of any length, and all else as text."""
    if part[0] not in "0123456789":
        return True, 0, part
    digits = part.lstrip("0")
    return False, len(digits), digits


def _parts(name: str) -> list[str]:
    return [part for part in re.split(r"([0-9]+)", name.casefold()) if part]
