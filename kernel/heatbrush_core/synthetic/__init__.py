"""Labelled matrices whose evidence is known, as it was planted: drawn from a spec and a seed."""

from heatbrush_core.maps.truth import RunScores, mass_in_truth, pointing, run_scores
from heatbrush_core.synthetic.drawing import Instance, Samples, draw
from heatbrush_core.synthetic.generators.apple import Apple
from heatbrush_core.synthetic.generators.crosstalk import Crosstalk
from heatbrush_core.synthetic.generators.dataset import Dataset
from heatbrush_core.synthetic.generators.events import Events
from heatbrush_core.synthetic.generators.generator import Generator
from heatbrush_core.synthetic.generators.landmarks import Landmarks
from heatbrush_core.synthetic.generators.named import generator, load_generator
from heatbrush_core.synthetic.generators.ranges import Counts, Range, parameter, share
from heatbrush_core.synthetic.generators.scene import Canvas, Scene, Truth
from heatbrush_core.synthetic.generators.textures import Textures
from heatbrush_core.synthetic.masses import mass_by_part
from heatbrush_core.synthetic.reading import load
from heatbrush_core.synthetic.ready import columns, redundant, rows, shortcut
from heatbrush_core.synthetic.spec import ClassSpec, Distractor, Evidence, Noise, Spec

__all__ = [
    "Apple",
    "Canvas",
    "ClassSpec",
    "Counts",
    "Crosstalk",
    "Dataset",
    "Distractor",
    "Events",
    "Evidence",
    "Generator",
    "Instance",
    "Landmarks",
    "Noise",
    "Range",
    "RunScores",
    "Samples",
    "Scene",
    "Spec",
    "Textures",
    "Truth",
    "columns",
    "draw",
    "generator",
    "load",
    "load_generator",
    "mass_by_part",
    "mass_in_truth",
    "parameter",
    "pointing",
    "redundant",
    "rows",
    "run_scores",
    "share",
    "shortcut",
]
