"""What `compare` may be given, read: samples, the panels that methods name, and true classes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from heatbrush.border.asked import Spec
from heatbrush.session.samples import Samples
from heatbrush_core import Explainer
from heatbrush_core.checks import read_methods
from heatbrush_core.matrix.region import check_region
from heatbrush_core.methods import find
from heatbrush_core.targets import labels

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
    explainer = explainer.named_by(X, matrices.shape[1:])
    named = panels(methods, explainer)
    for spec in named.values():
        check(spec, matrices.shape[1:3])
    samples = Samples(explainer, matrices, truth(y, len(matrices), explainer.classes))
    return Given(samples, named, _notes(explainer, X, len(matrices)))


def panels(methods: Any, explainer: Explainer) -> dict[str, Spec]:
    """Name the panels.

    Parameters
    ----------
    methods
        None (gradient and occlusion, where they run); names, pairs (name, {parameters}) or dicts
        {"name": name, parameter: value}; or a dict of panel names to any of these. Methods that
        occur again get a number: "occlusion 2".

    Raises
    ------
    TypeError
        If it is none of these.
    ValueError
        For an unknown method, or none at all.
    """
    if methods is None:
        methods = [name for name in DEFAULT if not explainer.why_not(name)]
    read = read_methods(methods).items()
    found = {panel: Spec(find(name).name, given) for panel, (name, given) in read}
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
    return labels(y, count, classes)


def _notes(explainer: Explainer, X: ArrayLike, count: int) -> list[str]:
    """Say how three axes were read where the model does not tell."""
    shape = np.shape(X)
    if len(shape) == 3 and count == shape[0] and explainer.shape is None:
        return [f"Read as {count} matrices of {shape[1]} × {shape[2]}; add an axis for channels."]
    return []
