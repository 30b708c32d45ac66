"""What `compare` may be given, read: samples, the panels that methods name, and true classes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from heatbrush.border.asked import Spec
from heatbrush.session.samples import Samples
from heatbrush_core import Explainer
from heatbrush_core.matrix.region import check_region
from heatbrush_core.methods import find
from heatbrush_core.targets import resolve

DEFAULT = ("gradient", "occlusion")


class Given(NamedTuple):
    """What a view is made of.

    Attributes
    ----------
    panels
        What is computed first, by panel name.
    notes
        What the reader should know of how it was read.
    """

    samples: Samples
    panels: dict[str, Spec]
    notes: list[str]


def read(explainer: Any, X: ArrayLike, methods: Any, y: Any) -> Given:
    """Read what `compare` was given; an explainer may also be a model.

    Raises
    ------
    ValueError, TypeError
        In one sentence.
    """
    if not isinstance(explainer, Explainer):
        explainer = Explainer(explainer)
    matrices = explainer.matrices(X)
    named = panels(methods, explainer)
    for spec in named.values():
        check(spec, matrices.shape[1:3])
    labels = truth(y, len(matrices), explainer.classes)
    samples = Samples(explainer, matrices, labels)
    return Given(samples, named, _notes(explainer, X, len(matrices)))


def panels(methods: Any, explainer: Explainer) -> dict[str, Spec]:
    """Name the panels.

    Parameters
    ----------
    methods
        None (gradient and occlusion, where they run); names, or pairs (name, {parameters}); or a
        dict of panel names to either. Methods that occur again get a number: "occlusion 2".

    Raises
    ------
    TypeError
        If it is none of these.
    ValueError
        For an unknown method, or none at all.
    """
    if methods is None:
        methods = [name for name in DEFAULT if not explainer.why_not(name)]
    if isinstance(methods, Mapping):
        found = {str(name): _spec(entry) for name, entry in methods.items()}
    else:
        found = _named(map(_spec, [methods] if _single(methods) else _listed(methods)))
    if not found:
        raise ValueError('methods= holds no method; give at least one, such as ["occlusion"].')
    return found


def check(spec: Spec, shape: Sequence[int]) -> None:
    """Refuse an unknown method or parameter, an impossible value, and a region outside the matrix.

    Raises
    ------
    ValueError, TypeError
        In one sentence.
    """
    find(spec.method).validated(dict(spec.parameters), (shape[0], shape[1]))
    if spec.within is not None:
        check_region(spec.within, shape)


def truth(y: Any, count: int, classes: Sequence[str]) -> list[int] | None:
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


def _named(specs: Iterable[Spec]) -> dict[str, Spec]:
    found: dict[str, Spec] = {}
    for spec in specs:
        name, number = spec.method, 1
        while name in found:
            number += 1
            name = f"{spec.method} {number}"
        found[name] = spec
    return found


def _single(given: Any) -> bool:
    """Tell whether it is one entry, where a list of entries was expected."""
    pair = isinstance(given, tuple) and len(given) == 2
    return isinstance(given, str) or (pair and isinstance(given[1], Mapping))


def _listed(given: Any) -> list[Any]:
    if not isinstance(given, Iterable):
        raise TypeError(
            f"methods= takes a list of methods, but got {given!r}; "
            'give names or pairs, such as ["gradient", ("occlusion", {"patch": (3, None)})].'
        )
    return list(given)


def _spec(entry: Any) -> Spec:
    if isinstance(entry, str):
        return Spec(find(entry).name)
    if _single(entry):
        return Spec(find(entry[0]).name, dict(entry[1]))
    raise TypeError(
        f"methods= holds {entry!r}, but each entry is a name or a pair (name, parameters); "
        'write it as "occlusion" or ("occlusion", {"patch": (3, None)}).'
    )


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


def _notes(explainer: Explainer, X: ArrayLike, count: int) -> list[str]:
    """Say how three axes were read where the model does not tell."""
    shape = np.shape(X)
    if len(shape) == 3 and count == shape[0] and explainer.shape is None:
        return [f"Read as {count} matrices of {shape[1]} × {shape[2]}; add an axis for channels."]
    return []
