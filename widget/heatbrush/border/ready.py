"""Maps that were computed elsewhere, and are shown beside those of methods."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core import Explanation
from heatbrush_core.checks import clean, clipped, is_method, numbered, read_methods
from heatbrush_core.maps.ready import ready_map
from heatbrush_core.matrix.axes import Axis

Named = Mapping[str, Any]
"""By panel name: what `is_ready` knows, or a pair of a method's name and its parameters."""


def is_ready(given: Any) -> bool:
    """Tell whether something among methods is a map, or several: no name, pair or dict."""
    if isinstance(given, Explanation) or hasattr(given, "__array__"):
        return True
    if is_method(given) or not isinstance(given, list | tuple) or not given:
        return False
    return all(isinstance(part, list | tuple) or is_ready(part) for part in given)


def named(methods: Any) -> Named:
    """Read a list of methods and explanations, or a dict of panel names to these and to maps.

    Raises
    ------
    TypeError
        For what is none of these, and for a map without a name.
    """
    if isinstance(methods, Mapping):
        asked = read_methods({key: each for key, each in methods.items() if not is_ready(each)})
        return {clean(key): asked.get(str(key), each) for key, each in methods.items()}
    if hasattr(methods, "__array__"):
        raise TypeError(
            'methods= is an array, but maps need names; give a dict, such as methods={"mine": map}.'
        )
    if isinstance(methods, Explanation):
        methods = [methods]
    if isinstance(methods, str) or is_method(methods) or not hasattr(methods, "__iter__"):
        return read_methods(methods)
    several = list(methods)
    rest = iter(
        read_methods([each for each in several if not isinstance(each, Explanation)]).values()
    )
    found = [each if isinstance(each, Explanation) else next(rest) for each in several]
    # those that come again are told apart, across methods and maps
    names = numbered(each.method if isinstance(each, Explanation) else each[0] for each in found)
    return dict(zip(names, found, strict=True))


def size(given: Any) -> tuple[int, int] | None:
    """Tell rows and columns of the first of some maps, where they are of one size."""
    first = given if isinstance(given, Explanation) or hasattr(given, "__array__") else given[0]
    shape = first.map.shape if isinstance(first, Explanation) else np.shape(first)
    return (shape[0], shape[1]) if len(shape) == 2 else None


def axes(given: Any) -> tuple[Axis | None, Axis | None]:
    """Tell how the first of some maps names its lines; an array names none."""
    first = given[0] if isinstance(given, list | tuple) else given
    known = isinstance(first, Explanation)
    return (first.row_axis, first.column_axis) if known else (None, None)


def explanations(
    name: str, given: Any, matrices: NDArray[Any], axes: tuple[Axis, Axis]
) -> tuple[Explanation, ...]:
    """Make one explanation for each of (N, H, W, C) matrices.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for maps of another number or size.
    """
    each, (count, *shape) = _each(given, matrices.shape), matrices.shape
    if len(each) != count:
        raise ValueError(
            f"{clipped(name)} has {len(each)} map{'s' if len(each) > 1 else ''}, but there are "
            f"{count} {'matrices' if count > 1 else 'matrix'}; give one map for each, in their "
            "order."
        )
    return tuple(_explanation(name, one, shape, axes) for one in each)


def is_single(given: Any, shape: Sequence[int]) -> bool:
    """Tell whether one map was given, not one for each of (N, H, W, C) matrices."""
    if isinstance(given, list | tuple) and isinstance(given[0], Explanation):
        return False
    return isinstance(given, Explanation) or len(_each(given, shape)) == 1


def _each(given: Any, shape: Sequence[int]) -> list[Any]:
    """Part what was given into maps: of one matrix it may be the map itself."""
    if isinstance(given, Explanation):
        return [given]
    if isinstance(given, list | tuple) and all(isinstance(one, Explanation) for one in given):
        return list(given)
    array = np.asarray(given)
    alike = array.ndim == 3 and (len(array) == shape[0] or array.shape[1:] == tuple(shape[1:3]))
    several = array.ndim == 4 or (alike and array.shape != tuple(shape[1:]))
    return list(array) if several else [array]


def _explanation(name: str, one: Any, shape: list[int], axes: tuple[Axis, Axis]) -> Explanation:
    if not isinstance(one, Explanation):
        return Explanation.of(ready_map(one, f"The map {clipped(name)}", shape), name, *axes)
    if one.map.shape != tuple(shape[:2]) or one.shape[2] not in (1, shape[2]):
        raise ValueError(
            f"The map {clipped(name)} has shape {one.shape}, but the matrix is {tuple(shape)}; "
            "give a map of the matrix that is shown."
        )
    return one
