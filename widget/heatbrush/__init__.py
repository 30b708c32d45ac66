"""Brush rows and columns of a matrix, and see which of them made a Keras 2-D CNN say what it said.

Everything a notebook needs: `Explainer` and what it returns, and `compare`, which shows several
methods side by side in one cell.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heatbrush_core import (
    Anchors,
    Cancelled,
    Explainer,
    Explanation,
    Listener,
    Method,
    Prediction,
    Progress,
    Region,
    Run,
    Search,
    agreement,
    anchors,
    average_curves,
    bars,
    class_profile,
    deletion,
    evidence_by_part,
    find_runs,
    insertion,
    interaction,
    layer_scores,
    load,
    minimal_run,
    outputs,
    plot,
    randomisation,
    register,
    reliance,
    sensitivity_n,
    stability,
    step_profiles,
    sweep,
    synthetic,
    targets,
)

if TYPE_CHECKING:
    from heatbrush.comparison import close_all, compare
    from heatbrush.jobs.handle import Handle
    from heatbrush.opening import load_view
    from heatbrush.report.model_page import model_page
    from heatbrush.view import View

    __version__: str

__all__ = [
    "Anchors",
    "Cancelled",
    "Explainer",
    "Explanation",
    "Handle",
    "Listener",
    "Method",
    "Prediction",
    "Progress",
    "Region",
    "Run",
    "Search",
    "View",
    "__version__",
    "agreement",
    "anchors",
    "average_curves",
    "class_profile",
    "close_all",
    "compare",
    "deletion",
    "evidence_by_part",
    "find_runs",
    "insertion",
    "interaction",
    "layer_scores",
    "load",
    "load_view",
    "minimal_run",
    "model_page",
    "outputs",
    "plot",
    "randomisation",
    "register",
    "reliance",
    "sensitivity_n",
    "stability",
    "step_profiles",
    "sweep",
    "synthetic",
    "targets",
]


def _notebook_bar(name: str) -> bars.Drawn:
    """Draw the bar of a long call; widgets are imported only now."""
    from heatbrush.bar import NotebookBar

    return NotebookBar(name)


bars.NOTEBOOK.append(_notebook_bar)


def __getattr__(name: str) -> Any:
    """Import the notebook side when it is first used: it takes longer than all the rest."""
    if name in ("View", "close_all", "compare"):
        from heatbrush import comparison

        return getattr(comparison, name)
    if name == "load_view":
        from heatbrush.opening import load_view

        return load_view
    if name == "model_page":
        from heatbrush.report.model_page import model_page

        return model_page
    if name == "Handle":
        from heatbrush.jobs.handle import Handle

        return Handle
    if name == "__version__":
        from importlib.metadata import version

        return version("heatbrush")
    from heatbrush_core.checks import hint, short

    near = hint(name, __all__, "dir(heatbrush) lists what there is.")
    raise AttributeError(f"module 'heatbrush' has no attribute {short(name)}; {near}")


def __dir__() -> list[str]:
    return __all__
