"""What was given for the held inputs, read: a value of each, of the shape that the model takes."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.checks import hint, listed, short
from heatbrush_core.network.inputs.inputs import Inputs, Name, Spec, Values

if TYPE_CHECKING:
    from heatbrush_core.network.network import Network


def one(given: Any, inputs: Inputs | None, subject: str, nan: bool = False) -> dict[Name, Any]:
    """Read one value of some held inputs, without an axis of samples.

    Parameters
    ----------
    given
        By name; also a pandas Series.
    inputs
        What the model takes; None where it takes a matrix alone.
    subject
        How messages call the model, inside a sentence.
    nan
        Whether the model is fed NaN where there is no number.

    Returns
    -------
    dict
        (1, ...) values by name.

    Raises
    ------
    TypeError, ValueError
        In one sentence: what was given, what was expected and what to do.
    """
    named = _named(given, inputs, subject)
    return {name: _one(name, each, _spec(inputs, name), nan) for name, each in named.items()}


def each(
    given: Any, count: int, inputs: Inputs | None, subject: str, nan: bool = False
) -> list[dict[Name, Any]]:
    """Read N values of some held inputs, with an axis of samples; give them sample by sample."""
    found: list[dict[Name, Any]] = [{} for _ in range(count)]
    for name, value in _named(given, inputs, subject).items():
        array, spec = _numbers(name, value), _spec(inputs, name)
        if not array.ndim or len(array) != count:
            what = f"{len(array)} values" if array.ndim else "one number"
            raise ValueError(
                f"given[{name!r}] holds {what}, but there are {count} matrices; give one value for "
                "each, or hold one for all with Explainer(given=)."
            )
        for sample, row in zip(found, array, strict=True):
            sample[name] = _one(name, row, spec, nan)
    return found


def complete(values: Values, inputs: Inputs, subject: str) -> None:
    """Refuse a question while a held input has no value.

    Raises
    ------
    ValueError
        In one sentence that names them, with the shapes that are expected.
    """
    specs = inputs.specs or {}
    missing = [name for name in specs if name not in values]
    if not missing and values:
        return
    lack = listed([f"{name!r} {specs[name].shape}" for name in missing])
    raise ValueError(
        f"given holds no {lack}, but {subject} takes that beside {inputs.matrix!r}; give "
        f"given={{{missing[0]!r}: ...}}."
        if missing
        else f"input is {inputs.matrix!r}, but nothing was given for what {subject} takes beside "
        "it; give given={name: value} with the other inputs, or leave input= out."
    )


def digest(values: Values) -> bytes:
    """Know values again without keeping them."""
    made = hashlib.blake2b(digest_size=16)
    for name in sorted(values, key=str):
        array = np.ascontiguousarray(values[name])
        made.update(f"{name!r}{array.dtype}{array.shape}".encode())
        made.update(array.tobytes())
    return made.digest()


def held_key(network: Network) -> bytes:
    """Know again what a network holds just now."""
    return b"" if network.inputs is None else digest(network.inputs.values)


def _named(given: Any, inputs: Inputs | None, subject: str) -> dict[Name, Any]:
    """Read the names."""
    if not hasattr(given, "keys"):
        raise TypeError(
            f"given is {short(given)}, but a dict of the held inputs by name is expected; give one "
            "such as {'age': 63}."
        )
    named = dict(given)
    if inputs is None:
        if named:
            raise ValueError(
                f"given names {listed([*map(repr, named)])}, but {subject} takes a matrix alone; "
                "leave given= out, or say by input= which of its inputs is the matrix."
            )
        return {}
    for name in named:
        if name == inputs.matrix:
            raise ValueError(
                f"given names {name!r}, but that is the matrix that is asked about; give it as x, "
                "and only the other inputs as given."
            )
        if inputs.specs is not None and name not in inputs.specs:
            known = [*map(str, inputs.specs)]
            raise ValueError(
                f"given names {name!r}, but {subject} takes {listed([*map(repr, known)])} beside "
                f"{inputs.matrix!r}; {hint(name, known)}"
            )
        if isinstance(name, int) != isinstance(inputs.matrix, int):
            raise ValueError(
                f"given names {name!r}, but input is {inputs.matrix!r}; name all inputs, or count "
                "all of them from 0, as the model takes a dict or a list."
            )
    return named


def _spec(inputs: Inputs | None, name: Name) -> Spec | None:
    if inputs is None:
        return None
    if inputs.specs is not None:
        return inputs.specs[name]
    before = inputs.values.get(name)  # of a model that does not show its inputs
    return None if before is None else Spec(before.shape[1:], before.dtype.kind in "iu")


def _one(name: Name, value: Any, spec: Spec | None, nan: bool) -> NDArray[Any]:
    """Read one value as (1, ...)."""
    array = _numbers(name, value)
    if array.dtype.kind == "f" and not (nan or np.isfinite(array).all()):
        count = int((~np.isfinite(array)).sum())
        many = "1 number that is" if count == 1 else f"{count} numbers that are"
        raise ValueError(
            f"given[{name!r}] holds {many} NaN or infinite, but finite ones are expected; give "
            "what stands for no value in your training data."
        )
    if spec is None:
        return array[None]
    if spec.is_whole and array.dtype.kind == "f" and (array != np.round(array)).any():
        raise ValueError(
            f"given[{name!r}] holds {short(float(array.ravel()[0]))}, but the model takes whole "
            "numbers there; give the number of the category."
        )
    for shape in (array.shape, array.shape[1:] if array.shape[:1] == (1,) else None):
        if shape is not None and _fits(shape, spec.shape):
            return array.reshape((1, *shape))
    if array.size == 1 and all(n in (1, None) for n in spec.shape):
        return array.reshape((1, *(1 for _ in spec.shape)))
    raise ValueError(
        f"given[{name!r}] has the shape {array.shape}, but the model takes {spec.shape} for each "
        "matrix; give a value of that shape."
    )


def _fits(shape: tuple[int, ...], expected: tuple[int | None, ...]) -> bool:
    same = len(shape) == len(expected)
    return same and all(b in (None, a) for a, b in zip(shape, expected, strict=True))


def _numbers(name: Name, value: Any) -> NDArray[Any]:
    try:
        array = np.asarray(value)
    except Exception as error:  # whatever the object's own conversion raises
        raise TypeError(
            f"given[{name!r}] is a {type(value).__name__} that NumPy cannot read, but numbers are "
            "expected; give a number or an array."
        ) from error
    if array.dtype.kind not in "fiub" or not array.size:
        raise TypeError(
            f"given[{name!r}] is {short(value)}, but numbers are expected; give a number or an "
            "array of numbers."
        )
    return array
