"""Matrices to try a model with where only its outputs can tell what they are."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

COUNT = 16
"""How many, at least, beside the matrix that is asked about and the background."""


def trials(x: NDArray[Any], background: NDArray[Any] | None) -> NDArray[Any]:
    """Take a matrix, some of the background, and changed ones; always the same for the same x.

    A model that only happens to return numbers between 0 and 1 leaves that range where the matrix
    grows. Whole numbers may be codes, which nothing but a model that knows them can take: they are
    shuffled only.

    Parameters
    ----------
    x
        (H, W, C).
    background
        (N, ...) matrices, or None.

    Returns
    -------
    (COUNT + 1 or more, H, W, C)
    """
    random = np.random.default_rng(0)
    found = [x]
    if background is not None and background.shape[1:] == x.shape:
        found.extend(background[:COUNT])
    cells = x.reshape(-1, x.shape[-1])
    codes = bool((x == np.round(x)).all())
    size = float(np.nanstd(x)) or float(np.nanmax(np.abs(x))) or 1.0
    for index in range(COUNT):
        if codes or index % 2:
            found.append(random.permutation(cells).reshape(x.shape))
        else:
            factor = 2.0 ** (index // 2 - 2)  # a quarter of what x varies by, to 32 times of it
            found.append(x + random.normal(scale=factor * size, size=x.shape))
    return np.stack(found).astype(x.dtype)
