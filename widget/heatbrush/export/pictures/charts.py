"""The charts of a saved page: figures of what a view had computed when it was saved.

bqplot draws in notebooks that run only: here the figures are the core's own, made by matplotlib,
and stand still.
"""

from __future__ import annotations

import html
from collections.abc import Mapping, Sequence
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any, get_args

import numpy as np

from heatbrush.export.pictures.shown import Shown
from heatbrush_core import Axis, Explanation, plot

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from heatbrush_core.explanation.page import Theme

TITLES = ("Profiles", "Curves", "Agreement", "Interaction", "Classes")
MISSING = "The charts are left out, as matplotlib is not installed where this page was made."
STILL = "The charts as they were when this page was saved"
POINTS = 1000
"""Lines of an axis up to which a band has each; of more, the ends of as many stretches."""
ABREAST = 6
"""Names of maps in a row."""
DOTTED = 64
"""Up to so many lines each gets a dot: one line alone is no curve."""


def sections(shown: Shown, results: Mapping[str, Sequence[Any]]) -> str:
    """Return the charts as HTML, a section that opens for each tab.

    Parameters
    ----------
    results
        By the title of a tab, what `heatbrush.plot` draws.
    """
    if not shown.explanations:
        return ""
    if find_spec("matplotlib") is None:
        return _around(f"<p>{MISSING}</p>")
    known = {"Profiles": [shown], **results}
    there = [title for title in TITLES if known.get(title)]
    folds = "".join(_section(title, known[title]) for title in there)
    return _around(f"<p>{_said(shown, there)}</p>{folds}")


def _around(inner: str) -> str:
    return f'<section class="heatbrush-charts hb-kept" aria-label="Charts">{inner}</section>'


def _said(shown: Shown, there: Sequence[str]) -> str:
    """Say what the charts are of, and which are not there."""
    count = shown.sample["count"]
    name = shown.sample.get("name") or f"sample {shown.sample['index']}"
    of = f", of {name}" if count > 1 else ""
    absent = [title for title in TITLES if title not in there]
    rest = f" {_listed(absent)} had not been computed." if absent else ""
    return f"{STILL}{of}.{rest}"


def _listed(words: Sequence[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"


def _section(title: str, results: Sequence[Any]) -> str:
    is_open = ' open=""' if title == "Profiles" else ""
    drawn = (_both(each, f"{title.lower()}-{place}") for place, each in enumerate(results))
    # it scrolls where the page is narrow: keys must reach it
    start = f'<figure tabindex="0" aria-label="{title}">'
    figures = "".join(f"{start}{each}</figure>" for each in drawn)
    return f"<details{is_open}><summary>{html.escape(title)}</summary>{figures}</details>"


def _both(result: Any, name: str) -> str:
    """Draw something once where its inks are the page's; colours of cells are those of a theme."""
    from heatbrush.export.pictures.vector import svg
    from heatbrush_core.explanation import page

    drawn = svg(_figure(result, "light"), "light", name)
    if "<image" not in drawn:
        return drawn
    themes: tuple[Theme, ...] = get_args(page.Theme)
    return "".join(
        f'<div class="hb-{theme}">{svg(_figure(result, theme), theme, f"{name}-{theme}")}</div>'
        for theme in themes
    )


def _figure(result: Any, theme: Theme) -> Figure:
    # not by pyplot: a page may be asked for on the thread of the worker
    from matplotlib.figure import Figure

    if isinstance(result, Shown):
        return _profiles(result, theme)
    square = hasattr(result, "dims") and "prototype" not in getattr(result, "data_vars", ())
    figure = Figure(figsize=(5.6, 4.6) if square else (7.2, 3.2), layout="constrained")
    plot(result, figure.subplots(), theme=theme)
    return figure


def _profiles(shown: Shown, theme: Theme) -> Figure:
    """Draw the profiles of all maps, each relative to its own largest value."""
    from matplotlib.figure import Figure

    from heatbrush_core.explanation import page

    figure = Figure(figsize=(9.6, 3.3), layout="constrained")
    places = figure.subplots(1, 2, width_ratios=(3, 2))
    for axis, ax, rows in zip(reversed(shown.axes), places, (False, True), strict=True):
        page.opened(ax, theme, (1, 1))
        ax.axhline(0, color=page.INKS[theme].rule, linewidth=0.8)
        colours = page.lines(ax, None, len(shown.explanations))
        for (name, found), colour in zip(shown.explanations.items(), colours, strict=True):
            _profile(ax, found, rows, name, colour)
        _name_lines(ax, axis)
        page.dressed(ax, "rows" if rows else "columns", ("left", "bottom"))
    places[0].set_ylabel("relative profile")
    page.legend(places[0], ABREAST)
    return figure


def _profile(ax: Axes, found: Explanation, rows: bool, name: str, colour: Any) -> None:
    profile = (found.rows if rows else found.columns).astype(np.float64)
    errors = found.row_errors if rows else found.column_errors
    known = np.abs(profile[np.isfinite(profile)])
    peak = known.max() if known.any() else 1.0
    lines = np.arange(len(profile))
    dots = "." if len(lines) <= DOTTED else None
    ax.plot(lines, profile / peak, color=colour, label=name, linewidth=1.2, marker=dots)
    if errors is not None:
        low, high = (profile - errors) / peak, (profile + errors) / peak
        starts = np.arange(0, len(profile), -(-len(profile) // POINTS))
        ends = np.minimum.reduceat(low, starts), np.maximum.reduceat(high, starts)
        ax.fill_between(starts, *ends, color=colour, alpha=0.2, linewidth=0)


def _name_lines(ax: Axes, axis: Axis) -> None:
    from heatbrush_core.explanation.figure import named_along

    ax.set_xlim(-0.5, len(axis) - 0.5)
    places = named_along(ax, axis)
    ax.set_xticks(places, [axis.labels[place] for place in places], parse_math=False)
    ax.set_xlabel(axis.name, parse_math=False)
