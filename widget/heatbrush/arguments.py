"""What `compare` may be given, read: samples, the panels that methods name, and true classes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush.border import ready
from heatbrush.border.asked import Spec
from heatbrush.session.samples import Samples
from heatbrush.session.session import Session
from heatbrush_core import Explainer
from heatbrush_core.checks import short
from heatbrush_core.inference.feeding import assumed, existing
from heatbrush_core.matrix.given_regions import check_region
from heatbrush_core.methods import find
from heatbrush_core.network.no_model import NoModel
from heatbrush_core.targets import labels

DEFAULT = ("gradient", "occlusion")


class Given(NamedTuple):
    """What a view is made of.

    Attributes
    ----------
    explainer
        As it was given, or made of what was.
    panels
        What is computed first, by panel name.
    notes
        What the reader should know of how it was read.
    restore
        Gives the session what an earlier view had, before it starts.
    """

    explainer: Explainer
    samples: Samples
    panels: dict[str, Spec]
    notes: list[str]
    restore: Callable[[Session], None] = lambda _: None


def read(explainer: Any, X: ArrayLike, methods: Any, y: Any, valid: Any = None) -> Given:
    """Read what `compare` was given; an explainer may also be a model, or None for maps alone.

    What was read already, as from a file, stands in the place of the methods.

    Raises
    ------
    ValueError, TypeError
        In one sentence.
    """
    if isinstance(methods, Given):
        return methods
    if explainer is None:
        explainer = _without_model(X, methods)
    elif not isinstance(explainer, Explainer):
        explainer = Explainer(explainer)
    explainer.lock.home.check()
    askers, matrices = explainer.read_each(X, valid)
    explainer = explainer.named_by(X, matrices.shape[1:])
    named = panels(methods, explainer, matrices)
    for spec in named.values():
        if not spec.given:
            check(spec, matrices.shape[1:3])
    classes = truth(y, len(matrices), explainer.classes)
    samples = Samples(explainer, matrices, classes, existing(askers, matrices.shape[1:]))
    return Given(
        explainer, samples, named, [*_notes(explainer, X, len(matrices)), *assumed(askers)]
    )


def asked(explainer: Any) -> Literal["explainer", "model", "nothing"]:
    """Tell what was given to ask: an explainer, a model, or nothing, for maps alone."""
    if explainer is None:
        return "nothing"
    return "explainer" if isinstance(explainer, Explainer) else "model"


def single(X: ArrayLike, shape: Sequence[int]) -> bool:
    """Tell whether X was one matrix of so many rows and columns, not several."""
    given = np.shape(X)
    return len(given) < 4 and given[:2] == tuple(shape)


def panels(methods: Any, explainer: Explainer, matrices: NDArray[Any]) -> dict[str, Spec]:
    """Name the panels.

    Parameters
    ----------
    methods
        None (gradient and occlusion, where they run); names, pairs (name, {parameters}) or dicts
        {"name": name, parameter: value}; a `Method` of the user's own in the place of a name; and
        explanations. Or a dict of panel names to any of these, or to ready maps: arrays like a
        matrix, or one for each of several. What occurs again gets a number: "occlusion 2".
    explainer
        Whose methods are named.
    matrices
        (N, H, W, C), which ready maps must fit.

    Raises
    ------
    TypeError
        If it is none of these.
    ValueError
        For an unknown method, or none at all, and for maps of another number or size.
    """
    if methods is None:
        methods = [name for name in DEFAULT if not explainer.why_not(name)]
    found = {
        panel: _given(panel, each, explainer, matrices)
        if ready.is_ready(each)
        else Spec(find(each[0]).name, each[1])
        for panel, each in ready.named(methods).items()
    }
    if not found:
        raise ValueError('methods= holds no method; give at least one, such as ["occlusion"].')
    return found


def _given(panel: str, maps: Any, explainer: Explainer, matrices: NDArray[Any]) -> Spec:
    """Read ready maps; they are told apart from methods by the names that they bring along."""
    made = ready.explanations(panel, maps, matrices, explainer.axes(matrices.shape[1:]))
    return Spec(made[0].method, made[0].parameters, made[0].within, made)


def _without_model(X: ArrayLike, methods: Any) -> Explainer:
    """Look at ready maps alone, along the axes that they name."""
    maps = [each for each in ready.named(methods or ()).values() if ready.is_ready(each)]
    if not maps:
        raise ValueError(
            "There is no model, so that methods= must hold ready maps; give some, such as "
            'methods={"mine": map}, or an Explainer.'
        )
    size, shape = ready.size(maps[0]), np.shape(X)
    # one matrix with channels, not many matrices: its maps tell
    channels = len(shape) == 3 and size == shape[:2]
    axes = ready.axes(maps[0])
    return Explainer(NoModel((*size, None) if channels and size else None), None, *axes)


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


def standing(snapshot: Any) -> Literal["picture", "page"] | None:
    """Read what is to stand in for the view where it is not drawn.

    Raises
    ------
    ValueError
        For anything but True, False and "page".
    """
    if snapshot is True or snapshot is False:
        return "picture" if snapshot else None
    if isinstance(snapshot, str) and snapshot == "page":
        return "page"
    raise ValueError(
        f'snapshot is {short(snapshot)}, but True, False or "page" is expected; give one of these.'
    )


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
