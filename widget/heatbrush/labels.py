"""The true classes of samples, as `compare(y=...)` takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from heatbrush_core.targets import resolve


def read(y: Any, count: int, classes: Sequence[str]) -> list[int] | None:
    """Return a class index per sample.

    Parameters
    ----------
    y
        None; or class indices or class names, one per sample.
    count
        The number of samples.
    classes
        The names of the classes; empty where they are not known yet.

    Raises
    ------
    ValueError
        If there is another number of labels than of samples, or a label that is no class.
    TypeError
        If the labels are neither whole numbers nor names.
    """
    if y is None:
        return None
    labels = np.atleast_1d(np.asarray(y))
    if labels.shape != (count,):
        hint = "such as y.argmax(axis=1)" if labels.ndim == 2 else "in the order of the samples"
        raise ValueError(
            f"y has shape {labels.shape}, but there are {count} samples; "
            f"give one class index or name per sample, {hint}."
        )
    found = [label if isinstance(label, str) else _whole(label) for label in labels.tolist()]
    if not classes and any(isinstance(label, str) for label in found):
        raise ValueError(
            "y holds class names, but the names of the model's classes are not known; "
            "give classes= to the Explainer, or class indices as y."
        )
    return [_index(label, classes) if classes else int(label) for label in found]


def _whole(label: Any) -> int:
    number = isinstance(label, int | float) and not isinstance(label, bool)
    if number and label >= 0 and float(label).is_integer():
        return int(label)
    raise TypeError(
        f"y holds {label!r}, but a label is the index of a class, counted from 0, or its name; "
        "give one of these per sample."
    )


def _index(label: int | str, classes: Sequence[str]) -> int:
    try:
        a, _ = resolve(label, classes, 0).pair
    except ValueError as error:
        raise ValueError(f"y holds a label that is no class: {error}") from error
    return a
