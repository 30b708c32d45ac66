"""`compare`, which the cell of a notebook calls, and what closes all views."""

from __future__ import annotations

from typing import Any, Literal

from numpy.typing import ArrayLike

from heatbrush.border.asked import Target
from heatbrush.session.session import SESSIONS
from heatbrush.view import View


def compare(
    explainer: Any,
    X: ArrayLike,
    methods: Any = None,
    y: Any = None,
    *,
    ids: Any = None,
    target: Target = None,
    sample: Any = 0,
    baseline: Any = None,
    charts: bool = True,
    valid: Any = None,
    given: Any = None,
    snapshot: bool | Literal["page"] = True,
    height: int | None = None,
    groups: Any = None,
) -> View:
    """Show several methods side by side, with a brush that asks what happens without its cells.

    The maps are computed in the background; the cell that shows the view is done at once.

    Parameters
    ----------
    explainer : Explainer
        Or a model, to be explained with an `Explainer` of its own; or None, to look at ready maps
        alone: what needs a model is disabled then, and says why. Or a dict of several by name, to
        be compared: each has panels of its own ("before: gradient", "after: gradient") and its
        scores beside the others'. They must have classes of the same names. Where no target is
        given, it is what the first one predicts; hidden cells become for all what they become for
        the first.
    X : array-like
        (N, H, W) or (N, H, W, C) samples, or one (H, W) or (H, W, C). A DataFrame or an xarray
        DataArray names the rows and columns, where the explainer does not.
    methods : optional
        A list of names, pairs (name, {parameters}), methods of your own and explanations, or a
        dict of panel names to these and to ready maps: an array like the matrix, or one for each
        of several matrices, in their order. By default gradient and occlusion, where they run on
        this model.
    y : optional
        True class of each sample, by index or by name; a map has none.
    ids : optional
        A name for each sample, no two alike: texts, whole numbers, dates or a pandas Index. The
        view shows them, and finds samples by them. By default what an xarray X has along its
        samples.
    target : optional
        None is the predicted class of each sample, of a map its highest cell; else an index, a
        class name, or any of `heatbrush.targets`. One that is no class, or a list of such, gets a
        line of its own in the table of scores; the first is explained.
    sample : int or str
        The sample shown first, by its index or its name. A whole number is always an index.
    baseline : optional
        What hidden cells become in this view: anything that `Explainer` takes; None is the
        explainer's own, which stays as it is.
    charts : bool
        Whether bqplot charts of the profiles appear beneath, in front ends that show them.
    valid : optional
        Which cells of X exist, see `Explainer.explain_batch`: a mask, a mask for each sample, or
        their lengths; None is what the explainer says. The others are drawn as absent.
    given : optional
        What the inputs of the model beside the matrix hold, by name, with an axis of N samples; see
        `Explainer.explain_batch`. None is what the explainer holds for all. A list under the scores
        tells what each is worth.
    snapshot : bool or "page"
        Whether a small picture and a table stand beside the view, for saved notebooks: they are
        seen only where no page draws the view. "page" puts the whole view there instead, which can
        be brushed without a kernel and is as large as what `View.save_html` writes.
    height : int, optional
        Of the whole view in CSS pixels: its maps scroll within, under the scores. None is as much
        as it takes.
    groups : optional
        By which the rows are shown: a label for each, or a dict ``{label: [names or indices]}``;
        see `View.groups`. None leaves them in their own order.

    Returns
    -------
    View
        Shows itself as the last expression of a cell.

    Raises
    ------
    ValueError, TypeError
        In one sentence, for input that cannot be shown. What goes wrong while a method runs is told
        by its panel.

    Examples
    --------
    >>> view = compare(explainer, X, methods=["gradient", ("occlusion", {"patch": (3, None)})])
    >>> view = compare(None, x, methods={"mine": map, "theirs": np.load("theirs.npy")})
    >>> view = compare({"before": explainer, "after": other}, X)
    """
    asked: dict[str, Any] = {"ids": ids, "target": target, "sample": sample, "baseline": baseline}
    how: dict[str, Any] = {"charts": charts, "valid": valid, "given": given}
    how["snapshot"] = snapshot
    how["height"] = height
    view = View(explainer, X, methods, y, **asked, **how)
    if groups is not None:
        _group(view, groups)
    return view


def _group(view: View, groups: Any) -> None:
    """Group the rows of a view; where that cannot be, there is no view."""
    try:
        view.groups = groups
    except (TypeError, ValueError):
        view.close()
        raise


def close_all() -> None:
    """Close all views of this process, as `View.close` does."""
    for session in list(SESSIONS):
        session.close()
