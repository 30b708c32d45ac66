"""Which rows and columns of a matrix made a Keras 2-D CNN say what it said: the part that computes.

Importing it imports no TensorFlow; that happens when the first Keras model is opened.
"""

from __future__ import annotations

from heatbrush_core import methods, outputs, synthetic, targets
from heatbrush_core.detection.anchors import Anchors, anchors
from heatbrush_core.evidence.class_profiles import class_profile
from heatbrush_core.evidence.finding import find_runs
from heatbrush_core.evidence.interaction import interaction
from heatbrush_core.evidence.minimal_runs import minimal_run
from heatbrush_core.evidence.reliance import reliance
from heatbrush_core.evidence.sequences.steps import step_profiles
from heatbrush_core.explainer import Explainer
from heatbrush_core.explanation.explanation import Explanation, load
from heatbrush_core.inference.prediction import Prediction
from heatbrush_core.maps import colours
from heatbrush_core.maps.runs import Run
from heatbrush_core.maps.search import Search
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.region import Region
from heatbrush_core.metrics.agreement import agreement
from heatbrush_core.metrics.averages import average_curves
from heatbrush_core.metrics.curves import deletion, insertion
from heatbrush_core.metrics.randomisation import randomisation
from heatbrush_core.metrics.sensitivity import sensitivity_n
from heatbrush_core.metrics.stability import stability
from heatbrush_core.plotting import plot
from heatbrush_core.progress import Cancelled, Listener, Progress
from heatbrush_core.registry.own import Method, register
from heatbrush_core.sweeping.layer_scores import layer_scores
from heatbrush_core.sweeping.parts import evidence_by_part
from heatbrush_core.sweeping.sweep import sweep

__all__ = [
    "Anchors",
    "Axis",
    "Cancelled",
    "Explainer",
    "Explanation",
    "Listener",
    "Method",
    "Prediction",
    "Progress",
    "Region",
    "Run",
    "Search",
    "agreement",
    "anchors",
    "average_curves",
    "class_profile",
    "colours",
    "deletion",
    "evidence_by_part",
    "find_runs",
    "insertion",
    "interaction",
    "layer_scores",
    "load",
    "methods",
    "minimal_run",
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
