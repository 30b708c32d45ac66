"""All explanations of a view in one npz file.

NumPy reads it without pickle. For a panel "occlusion" it holds what `Explanation.save` writes:
"occlusion/values", "occlusion/map", "occlusion/heatbrush" (a JSON text: method, parameters, target,
axes and so on), and, where an axis has numbers, "occlusion/row_values" and
"occlusion/column_values". "matrix" is the (H, W, C) sample, and "heatbrush" a JSON text with
"format", "sample", "name" where the samples have names, and "panels", the panel names by their
prefixes; of a pinned panel of another sample a note says so. Characters of a panel's name
that do not belong in a file name are percent-encoded in the prefix.
"""

from __future__ import annotations

import io
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import numpy as np
from numpy.typing import NDArray

from heatbrush_core import Explanation
from heatbrush_core.explanation.archive import arrays

FORMAT = 1


def write(
    explanations: Mapping[str, Explanation], matrix: NDArray[Any], sample: int, name: str = ""
) -> bytes:
    """Return the file.

    Parameters
    ----------
    explanations
        By panel name.
    matrix
        (H, W, C), what they explain.
    sample
        Its index.
    name
        What it is called; empty where samples have no names.
    """
    prefixes = {prefix(name): name for name in explanations}
    said = {"format": FORMAT, "sample": sample, **({"name": name} if name else {})}
    about = json.dumps({**said, "panels": prefixes}, ensure_ascii=False)
    found: dict[str, Any] = {"heatbrush": np.array(about), "matrix": matrix}
    for start, name in prefixes.items():
        parts = arrays(explanations[name].fields())
        found.update({f"{start}/{key}": part for key, part in parts.items()})
    file = io.BytesIO()
    np.savez_compressed(file, **found)
    return file.getvalue()


def prefix(name: str) -> str:
    """Return a panel's name as the first part of a path inside the file."""
    encoded = quote(name, safe=" ,()")
    return encoded.replace(".", "%2E") if not encoded.strip(".") else encoded
