"""Labelled matrices whose evidence is known, as it was planted: drawn from a spec and a seed."""

from heatbrush_core.maps.truth import RunScores, mass_in_truth, pointing, run_scores
from heatbrush_core.synthetic.drawing import Instance, Samples, draw
from heatbrush_core.synthetic.reading import load
from heatbrush_core.synthetic.ready import columns, redundant, rows, shortcut
from heatbrush_core.synthetic.spec import ClassSpec, Distractor, Evidence, Noise, Spec

__all__ = [
    "ClassSpec",
    "Distractor",
    "Evidence",
    "Instance",
    "Noise",
    "RunScores",
    "Samples",
    "Spec",
    "columns",
    "draw",
    "load",
    "mass_in_truth",
    "pointing",
    "redundant",
    "rows",
    "run_scores",
    "shortcut",
]
