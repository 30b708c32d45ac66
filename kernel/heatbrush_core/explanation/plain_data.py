"""Parameters as plain data, which can be saved, shown and compared."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np

from heatbrush_core.matrix.region import Region


def plain(value: Any) -> Any:
    """Turn a parameter into plain data: numbers, text, lists and dicts of these."""
    if isinstance(value, Mapping):
        return {str(name): plain(each) for name, each in value.items()}
    if isinstance(value, Region):
        return value.to_json()
    if hasattr(value, "__array__"):  # of NumPy, pandas, xarray or a tensor
        return np.asarray(value).tolist()
    if isinstance(value, list | tuple | set | frozenset):
        return [plain(each) for each in value]
    if value is None or isinstance(value, bool | int | float | str):
        return value
    return getattr(value, "__name__", None) or str(value)
