"""What `compare` may be given, read: samples, the panels that methods name, and true classes."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from heatbrush.border import ready, sample_names
from heatbrush.border.asked import Opened, Spec
from heatbrush.border.inputs import held
from heatbrush.selections.scored import Scored
from heatbrush.session.models import APART, found_among
from heatbrush.session.samples import Samples
from heatbrush.session.session import Session
from heatbrush_core import Explainer
from heatbrush_core.checks import clean, listed, short
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
    models
        Of several models, the explainer of each by name; empty for one.
    opened
        The file that a view was opened from.
    restore
        Gives the session, and the scores of its named selections, what an earlier view had, before
        it starts.
    """

    explainer: Explainer
    samples: Samples
    panels: dict[str, Spec]
    notes: list[str]
    models: Mapping[str, Explainer] = MappingProxyType({})
    opened: Opened | None = None
    restore: Callable[[Session, Scored], None] = lambda _session, _scored: None


def read(
    explainer: Any,
    X: ArrayLike,
    methods: Any,
    y: Any,
    valid: Any = None,
    ids: Any = None,
    given: Any = None,
) -> Given:
    """Read what `compare` was given; an explainer may also be a model, or None for maps alone.

    What was read already, as from a file, stands in the place of the methods.

    Raises
    ------
    ValueError, TypeError
        In one sentence.
    """
    if isinstance(methods, Given):
        return methods
    several = named_models(explainer) if isinstance(explainer, Mapping) else {}
    if several:
        explainer = next(iter(several.values()))
    elif explainer is None:
        explainer = _without_model(X, methods)
    else:
        explainer = _explainer(explainer)
    explainer.lock.home.check()
    askers, matrices = explainer.read_each(X, valid)
    explainer = explainer.named_by(X, matrices.shape[1:])
    models = {
        name: explainer if at == 0 else _beside(explainer, each, name, X, valid)
        for at, (name, each) in enumerate(several.items())
    }
    named = panels(methods, explainer, matrices)
    if len(models) > 1:
        named = _of_each(named, methods, models)
    for spec in named.values():
        if not spec.given:
            check(spec, matrices.shape[1:3])
    if y is not None:
        refuse_maps(explainer, "y holds classes", "leave it out")
    classes = truth(y, len(matrices), explainer.classes)
    exist = existing(askers, matrices.shape[1:])
    lone = single(X, matrices.shape[1:3])
    beside = held.read(explainer, given, len(matrices), lone)
    for each in list(models.values())[1:]:
        held.read(each, given if each.inputs is not None else None, len(matrices), lone)
    names, said = sample_names.read(ids, X, len(matrices))
    samples = Samples(explainer, matrices, classes, exist, models, names, beside)
    notes = [*_notes(explainer, X, len(matrices)), *assumed(askers), *said]
    if samples.models.names:
        first, *others = samples.models.names
        notes.append(
            f"Without a target, every model is asked about the class that {first} predicts. What "
            f"hidden cells become, the runs that are found, and the charts of interaction and "
            f"reliance are those of {first}, not of {listed(others)}."
        )
    return Given(explainer, samples, named, notes, models)


def _explainer(given: Any) -> Explainer:
    return given if isinstance(given, Explainer) else Explainer(given)


def named_models(given: Mapping[Any, Any]) -> dict[str, Explainer]:
    """Read several models, by name.

    Raises
    ------
    ValueError, TypeError
        If there is none, a name is no text or comes twice, or one is None.
    """
    if not given:
        raise ValueError("explainer is an empty dict; give one Explainer or model for each name.")
    found: dict[str, Explainer] = {}
    for name, each in given.items():
        if not isinstance(name, str) or not clean(name).strip() or each is None:
            raise TypeError(
                f"explainer has {short(name)}: {short(each)}, but a name and an Explainer or model "
                'are expected; give such as {"before": explainer, "after": other}.'
            )
        if clean(name) in found:
            raise ValueError(f"explainer names two models {short(clean(name))}; give each a name.")
        found[clean(name)] = _explainer(each)
    return found


def _beside(first: Explainer, each: Explainer, name: str, X: ArrayLike, valid: Any) -> Explainer:
    """Get one of several models ready for the matrices of the first.

    Raises
    ------
    ValueError
        If it takes other matrices, or has other classes or another kind of score.
    """
    try:
        _, matrices = each.read_each(X, valid)
    except (ValueError, TypeError) as error:
        raise ValueError(f"The model {name!r} cannot be asked about X: {error}") from error
    each = each.named_by(X, matrices.shape[1:])
    if first.classes and each.classes and not (first.returns_map or each.returns_map):
        found_among(first.classes, each.classes, "the first", name)
    return each


def _of_each(
    named: Mapping[str, Spec], methods: Any, models: Mapping[str, Explainer]
) -> dict[str, Spec]:
    """Ask every model for every panel, side by side; maps that were given are no model's."""
    found: dict[str, Spec] = {}
    for name, spec in named.items():
        if spec.given:
            found[name] = spec
            continue
        for model, explainer in models.items():
            # a default that does not run on one of them is left out there, as it is of one
            if methods is not None or not explainer.why_not(spec.method):
                found[f"{model}{APART}{name}"] = replace(spec, model=model)
    return found


def asked(explainer: Any) -> Literal["explainer", "model", "models", "nothing"]:
    """Tell what was given to ask: an explainer, a model, several, or nothing, for maps alone."""
    if explainer is None:
        return "nothing"
    if isinstance(explainer, Mapping):
        return "models"
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


def refuse_maps(explainer: Explainer, asks: str, remedy: str) -> None:
    """Refuse what asks for classes of a model that is known to return a map, which has none."""
    if explainer.returns_map:
        raise ValueError(
            f"{asks}, but {explainer.named} returns a map, which has no classes; {remedy}."
        )


def _notes(explainer: Explainer, X: ArrayLike, count: int) -> list[str]:
    """Say how three axes were read where the model does not tell."""
    shape = np.shape(X)
    if len(shape) == 3 and count == shape[0] and explainer.shape is None:
        return [f"Read as {count} matrices of {shape[1]} × {shape[2]}; add an axis for channels."]
    return []
