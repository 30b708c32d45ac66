"""What is no matrix but holds one: sparse matrices, tensors of torch, data sets and generators."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


def refuse_foreign(given: Any, name: str, one: bool) -> None:
    """Refuse what NumPy does not read as numbers, with the expression that reads it.

    Parameters
    ----------
    given
        What stands for a matrix, or for several.
    name
        What the caller calls it, for the expression.
    one
        Whether one matrix is expected, not several.

    Raises
    ------
    TypeError
        In one sentence.
    """
    if isinstance(given, list | tuple) and len(given):
        expression = _of_one(given[0], "each")
        kind, expression = type(given[0]).__name__, expression and _stacked(expression, name)
        what = f"a {type(given).__name__} of {kind}"
    else:
        expression = _of_one(given, name) or _of_many(given, name, one)
        what = f"a {type(given).__name__}"
    if expression:
        expected = "a matrix of numbers" if one else "an array of matrices"
        raise TypeError(f"{name} is {what}, but {expected} is expected; give {expression}.")


def _of_one(given: Any, name: str) -> str:
    """Write how one object becomes an array; empty where it is none of these."""
    if type(given).__module__.partition(".")[0] == "torch" and hasattr(given, "detach"):
        return f"{name}.detach().cpu().numpy()"
    if hasattr(given, "toarray") and hasattr(given, "nnz"):
        return f"{name}.toarray()"
    return ""


def _stacked(expression: str, name: str) -> str:
    return f"np.stack([{expression} for each in {name}])"


def _of_many(given: Any, name: str, one: bool) -> str:
    """Write how what yields matrices becomes an array; empty where it yields none."""
    if hasattr(given, "element_spec") and hasattr(given, "as_numpy_iterator"):
        return _of_dataset(given.element_spec, name, one)
    if any(base.__name__ == "PyDataset" for base in type(given).__mro__):  # of Keras
        first = f"{name}[0][0]"
        return f"{first}[0]" if one else f"np.concatenate([each[0] for each in {name}])"
    if not isinstance(given, Iterator):
        return ""
    return f"next({name})" if one else f"np.stack(list({name}))"


def _of_dataset(spec: Any, name: str, one: bool) -> str:
    """Write how a tf.data.Dataset becomes an array: its elements may be batches, with labels."""
    part, first = "", spec
    if isinstance(spec, dict):
        part, first = f"[{next(iter(spec))!r}]", next(iter(spec.values()))
    elif isinstance(spec, tuple):
        part, first = "[0]", spec[0]
    lengths = list(first.shape)
    # a batch has one axis more than (rows, columns, channels), or a length that is not known
    batched = len(lengths) == 4 or (len(lengths) == 3 and lengths[0] is None)
    source = f"{name}.as_numpy_iterator()"
    if one:
        return f"next({source}){part}{'[0]' if batched else ''}"
    return f"np.{'concatenate' if batched else 'stack'}([each{part} for each in {source}])"
