"""What `compare(methods=...)` may be given, read as panels: their names, and what they compute."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from heatbrush.board import Spec
from heatbrush_core import Explainer
from heatbrush_core.matrix.region import check_region
from heatbrush_core.methods import find

DEFAULT = ("gradient", "occlusion")


def read(methods: Any, explainer: Explainer) -> dict[str, Spec]:
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
        panels = {str(name): _spec(entry) for name, entry in methods.items()}
    else:
        panels = _named(map(_spec, [methods] if _single(methods) else _listed(methods)))
    if not panels:
        raise ValueError('methods= holds no method; give at least one, such as ["occlusion"].')
    return panels


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


def _named(specs: Iterable[Spec]) -> dict[str, Spec]:
    panels: dict[str, Spec] = {}
    for spec in specs:
        name, number = spec.method, 1
        while name in panels:
            number += 1
            name = f"{spec.method} {number}"
        panels[name] = spec
    return panels


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
