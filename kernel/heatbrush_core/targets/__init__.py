"""What is explained: a class, a cell or an area of a map, a unit of a layer, a likeness; labels."""

from heatbrush_core.targets.cells import Area, Channel, Location, Neuron, Step, nearest_layer
from heatbrush_core.targets.classes import (
    Class,
    Margin,
    check_names,
    labels,
    names,
    of_ready_map,
    resolve,
)
from heatbrush_core.targets.likeness import Content, Function, Gram, Reconstruction
from heatbrush_core.targets.sums import Output, Sum
from heatbrush_core.targets.target import (
    Cells,
    Made,
    ScoreKind,
    Scores,
    Source,
    Sources,
    Target,
    Term,
    Which,
)
from heatbrush_core.targets.writing import from_json, to_json

__all__ = [
    "Area",
    "Cells",
    "Channel",
    "Class",
    "Content",
    "Function",
    "Gram",
    "Location",
    "Made",
    "Margin",
    "Neuron",
    "Output",
    "Reconstruction",
    "ScoreKind",
    "Scores",
    "Source",
    "Sources",
    "Step",
    "Sum",
    "Target",
    "Term",
    "Which",
    "check_names",
    "from_json",
    "labels",
    "names",
    "nearest_layer",
    "of_ready_map",
    "resolve",
    "to_json",
]
