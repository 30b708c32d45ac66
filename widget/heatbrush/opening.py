"""`load_view`, which makes a view of what `View.save` wrote."""

from __future__ import annotations

import os
from typing import Any, Literal

from heatbrush.case.reading import read, sentences
from heatbrush.case.reopening import Reopened
from heatbrush.view import View


def load_view(
    path: str | os.PathLike[str],
    explainer: Any = None,
    *,
    charts: bool = True,
    snapshot: bool | Literal["page"] = True,
) -> View:
    """Open a view that was saved: its maps are there at once, under the names of its panels.

    Parameters
    ----------
    path : path
        What `View.save` wrote; the ending .heatbrush may be left out.
    explainer : Explainer or model, optional
        What is asked from now on; of several models a dict of these under their names. By default
        the model in the file, read in Keras's safe mode; a view whose file holds none has no model,
        and refuses what needs one. The view says where this model is not the one that computed the
        maps.
    charts, snapshot
        As in `compare`.

    Returns
    -------
    View
        Like any other. Samples are numbered as they stand in the file.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        If there is no such file.
    ValueError, TypeError
        In one sentence: for another kind of file, a damaged one and one of a later release, for a
        model that holds code, and for an explainer of other matrices or classes.

    Examples
    --------
    >>> view.save("case.heatbrush")
    >>> view = load_view("case.heatbrush", explainer)
    """
    filed = read(path)
    with sentences(filed.name):
        opened = Reopened(filed, explainer)
        question = opened.question
        return View(
            opened.asked,
            filed.matrices,
            opened.given,
            opened.truth,
            ids=None if filed.names is None else filed.names.labels,
            target=question.target,
            sample=question.sample,
            baseline=opened.baseline,
            charts=charts,
            valid=filed.valid,
            snapshot=snapshot,
            height=filed.said.height,
        )
