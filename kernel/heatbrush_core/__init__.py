"""Which rows and columns of a matrix made a Keras 2-D CNN say what it said: the part that computes.

Importing it imports no TensorFlow; that happens when the first Keras model is opened.
"""

from __future__ import annotations

from heatbrush_core import colours, methods, synthetic, targets
from heatbrush_core.agreement import agreement
from heatbrush_core.averages import average_curves
from heatbrush_core.axes import Axis
from heatbrush_core.classes import class_profile, reliance
from heatbrush_core.curves import deletion, insertion
from heatbrush_core.explainer import Explainer
from heatbrush_core.explanation import Explanation, load
from heatbrush_core.finding import find_runs
from heatbrush_core.interaction import interaction
from heatbrush_core.minimal import minimal_run
from heatbrush_core.prediction import Prediction
from heatbrush_core.progress import Cancelled, Progress
from heatbrush_core.randomised import randomisation
from heatbrush_core.region import Region
from heatbrush_core.runs import Run
from heatbrush_core.sanity import sensitivity_n, stability
from heatbrush_core.search import Search

__all__ = [
    "Axis",
    "Cancelled",
    "Explainer",
    "Explanation",
    "Prediction",
    "Progress",
    "Region",
    "Run",
    "Search",
    "agreement",
    "average_curves",
    "class_profile",
    "colours",
    "deletion",
    "find_runs",
    "insertion",
    "interaction",
    "load",
    "methods",
    "minimal_run",
    "randomisation",
    "reliance",
    "sensitivity_n",
    "stability",
    "synthetic",
    "targets",
]
