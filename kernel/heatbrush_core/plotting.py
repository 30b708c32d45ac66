"""Figures of results that are no objects of ours: profiles of classes, matrices, saved maps."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from heatbrush_core.checks import short
from heatbrush_core.explanation.explanation import Explanation
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.matrix.axes import AXES, Axis, AxisName
from heatbrush_core.metrics.averages import MeanCurve
from heatbrush_core.metrics.curve import Curve

if TYPE_CHECKING:
    import xarray
    from matplotlib.axes import Axes

    from heatbrush_core.explanation.page import Colours, Theme

MEASURES = {
    "spearman": "rank correlation",
    "overlap": "overlap of the tops",
    "same_sign": "same sign",
}
"""Of `agreement`, in words."""


WRITTEN = 12
"""Things up to which the numbers of a cross-talk are written into its cells."""


class Drawing(NamedTuple):
    """How something is to be drawn; None leaves it to what is drawn."""

    ax: Axes | None
    title: str | None
    cmap: Colours | None
    theme: Theme | None


def plot(
    result: Any,
    ax: Axes | None = None,
    *,
    title: str | None = None,
    cmap: Colours | None = None,
    theme: Theme | None = None,
) -> Axes:
    """Draw a result with matplotlib, in the look of the view, and say what it shows.

    Parameters
    ----------
    result
        What `class_profile`, `interaction`, `agreement`, `step_profiles` or `Explainer.crosstalk`
        returned; an `Explanation`, also as `Explanation.to_xarray` gives it; a curve or a mean of
        curves; a dict of curves, by name, of one mode and parts, which are drawn over each other.
    ax : matplotlib Axes, optional
        Where to draw; by default a new figure.
    title : str, optional
        By default what it is: the method, the target.
    cmap : str or Colormap, optional
        A name of matplotlib, or one of `maps.colours.TABLES`; lines take their colours
        from it evenly. By default those of the view.
    theme : {"light", "dark"}, optional
        The ground, white or dark, and inks to be read on it; by default the ground is what it is,
        in a new figure what matplotlib's style says.

    Returns
    -------
    matplotlib Axes

    Raises
    ------
    TypeError, ValueError
        In one sentence, for what cannot be drawn, and for an unknown `cmap` or `theme`.

    Examples
    --------
    >>> hb.plot(hb.class_profile(explainer, X, y))
    >>> hb.plot(hb.interaction(explainer, x), theme="dark")
    """
    how = Drawing(ax, title, cmap, theme)
    if isinstance(result, Explanation | Curve | MeanCurve):
        return result.plot(ax, title=title, cmap=cmap, theme=theme)
    if _are_curves(result):
        from heatbrush_core.metrics.curve_figure import draw_together

        return draw_together(result, *how)
    for known, draw in _XARRAY.items():
        if known in _names(result):
            return draw(result, how)
    raise TypeError(
        f"plot got {short(type(result).__name__)}, but an Explanation, a curve, or what "
        "class_profile, interaction, agreement, step_profiles or crosstalk returns is expected; "
        "give one of these."
    )


def _are_curves(result: Any) -> bool:
    """Tell whether something is a dict of curves that have one pair of axes."""
    if not isinstance(result, Mapping) or not result:
        return False
    curves = list(result.values())
    if not all(isinstance(each, Curve) for each in curves):
        return False
    ways = {(each.mode, each.by) for each in curves}
    if len(ways) > 1:
        said = ", ".join(f"{mode} by {by}" for mode, by in sorted(ways))
        raise ValueError(f"plot got curves of {said}, but draws one of these; draw each alone.")
    return True


def _names(result: Any) -> set[str]:
    """Name the variables of a dataset, or of an array of one name."""
    if not hasattr(result, "dims"):
        return set()
    return set(map(str, result.data_vars if hasattr(result, "data_vars") else [result.name]))


def _profiles(found: xarray.Dataset, how: Drawing) -> Axes:
    """Draw the mean profile of each class, with its band."""
    from heatbrush_core.explanation import page

    which = next(name for name in AXES if name in found.dims)
    classes = [str(name) for name in found["class"].values]
    ax = page.opened(how.ax, how.theme, (7.2, 3.6))
    axis = _axis(found[which], which)
    places = np.arange(len(axis)) if axis.values is None else axis.values
    dotted = "o-" if len(axis) < 40 else "-"
    ax.axhline(0, color=page.INKS[page.theme_of(ax)].rule, linewidth=0.8)
    for index, colour in enumerate(page.lines(ax, how.cmap, len(classes))):
        mean, low, high = (found[name].values[index] for name in ("mean", "low", "high"))
        name = f"{classes[index]} ({int(found['count'].values[index])})"
        ax.plot(places, mean, dotted, color=colour, label=name, markersize=3, linewidth=1.4)
        if not np.isnan(low).all():
            ax.fill_between(places, low, high, color=colour, alpha=0.2, linewidth=0)
    if axis.values is None:
        _name_ticks(ax, axis)
    ax.set_xlabel(axis.name, parse_math=False)
    method, unit = (str(found.attrs.get(name, "")) for name in ("method", "unit"))
    ax.set_ylabel(" · ".join(filter(None, ("mean profile", unit))))
    band = f"{100 * found.attrs['level']:g} % bands" if "level" in found.attrs else ""
    said = " · ".join(filter(None, (method, f"{which} by class", band)))
    page.dressed(ax, said if how.title is None else how.title, ("left", "bottom"))
    page.legend(ax)
    return ax


def _interaction(found: xarray.DataArray, how: Drawing) -> Axes:
    """Draw what every two parts lose beyond each alone."""
    which = next(name for name in AXES if name in found.dims)
    target = str(found.attrs.get("target", ""))
    title = " · ".join(filter(None, (f"interaction of {which}", target)))
    unit = str(found.attrs.get("unit", "score"))
    label = f"{unit} beyond each alone; on the diagonal, alone"
    return _square(found.values, _axis(found[which], which), title, label, how)


def _crosstalk(found: xarray.DataArray, how: Drawing) -> Axes:
    """Draw what each thing loses while another one is hidden."""
    from heatbrush_core.explanation import figure, page

    hidden, loses = (Axis(str(each), tuple(map(str, found[each].values))) for each in found.dims)
    ax = figure.draw(
        found.values,
        (hidden, loses),
        "cross-talk" if how.title is None else how.title,
        page.opened(how.ax, how.theme, (5.6, 4.6)),
        unit=f"{found.attrs.get('unit', 'score')} that is lost",
        cmap=how.cmap,
    )
    if len(loses) <= WRITTEN:
        _write(ax, found.values)
    return ax


def _strip(found: xarray.DataArray, how: Drawing) -> Axes:
    """Draw the profile of each step beneath that of the step before."""
    from heatbrush_core.explanation import figure, page

    which = next(name for name in AXES if name in found.dims)
    steps = Axis.make(found["step"].values, found["step"].size, "rows")
    title = f"{found.attrs.get('method', '')} of each step".strip()
    return figure.draw(
        found.values,
        (Axis("step", steps.labels, steps.values), _axis(found[which], which)),
        title if how.title is None else how.title,
        page.opened(how.ax, how.theme, (5.6, 4.6)),
        unit=str(found.attrs.get("unit", "")),
        cmap=how.cmap,
    )


def _write(ax: Axes, values: Floats) -> None:
    """Write numbers into the cells, so that a small one is seen beside large ones, and no 0."""
    from heatbrush_core.explanation import page

    (image,) = ax.images
    shades = image.to_rgba(values)[..., :3] @ (0.299, 0.587, 0.114)
    for (row, column), value in np.ndenumerate(values):
        said = "0" if value == 0 else f"{value:.2f}" if abs(value) >= 0.1 else f"{value:.1g}"
        ink = page.INKS["light" if shades[row, column] > 0.5 else "dark"].ink
        ax.text(column, row, said, ha="center", va="center", size=page.SMALL - 1, color=ink)


def _agreement(found: xarray.Dataset, how: Drawing) -> Axes:
    """Draw how alike every two maps are."""
    names = tuple(map(str, found["panel"].values))
    title = f"agreement by {found.attrs.get('by', 'cells')}"
    axis = Axis("", names)
    return _square(found["spearman"].values, axis, title, MEASURES["spearman"], how, 1.0)


def _map(found: xarray.Dataset, how: Drawing) -> Axes:
    """Draw an explanation that was kept as a dataset."""
    from heatbrush_core.explanation import figure

    rows, columns = (_axis(found[name], name) for name in AXES)
    said = (str(found.attrs.get(name, "")) for name in ("method", "about"))
    return figure.draw(
        found["map"].values,
        (rows, columns),
        " · ".join(filter(None, said)) if how.title is None else how.title,
        how.ax,
        unit=str(found.attrs.get("unit", "")),
        cmap=how.cmap,
        theme=how.theme,
        valid=found["valid"].values.astype(bool) if "valid" in found else None,
    )


_XARRAY: dict[str, Callable[[Any, Drawing], Axes]] = {
    "prototype": _profiles,
    "interaction": _interaction,
    "crosstalk": _crosstalk,
    "step_profiles": _strip,
    "spearman": _agreement,
    "map": _map,
}
"""What draws a dataset, by the name of a variable that no other one has."""


def _square(
    cells: Floats, axis: Axis, title: str, label: str, how: Drawing, limit: float | None = None
) -> Axes:
    """Draw a matrix between the same things along both axes."""
    from heatbrush_core.explanation import figure, page

    return figure.draw(
        cells,
        (axis, axis),
        title if how.title is None else how.title,
        page.opened(how.ax, how.theme, (5.6, 4.6)),
        unit=label,
        cmap=how.cmap,
        limit=limit,
    )


def _axis(coordinate: xarray.DataArray, which: AxisName) -> Axis:
    """Read the names of an axis from a coordinate."""
    name = str(coordinate.attrs.get("long_name", which))
    made = Axis.make(coordinate.values, coordinate.size, which)
    return Axis(name, made.labels, made.values)


def _name_ticks(ax: Axes, axis: Axis) -> None:
    """Name as many lines as fit."""
    from heatbrush_core.explanation.figure import named_along

    places = named_along(ax, axis)
    ax.set_xticks(places, [axis.labels[place] for place in places], parse_math=False)
