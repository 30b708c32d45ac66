"""What is explained: a class, a cell or an area of a map, a thing, a unit of a layer; labels."""

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
from heatbrush_core.targets.decoded import Decoded, Look
from heatbrush_core.targets.dial import Dial, dial
from heatbrush_core.targets.frozen import Frozen, decoder_from_json, decoder_to_json
from heatbrush_core.targets.likeness import Content, Function, Gram, Reconstruction
from heatbrush_core.targets.sums import Output, Sum
from heatbrush_core.targets.target import (
    Cells,
    Followed,
    Made,
    Reading,
    ScoreKind,
    Scores,
    Source,
    Sources,
    Target,
    Term,
    Which,
)
from heatbrush_core.targets.things import Box, Count, Thing, channels_last
from heatbrush_core.targets.writing import from_json, to_json

__all__ = [
    "Area",
    "Box",
    "Cells",
    "Channel",
    "Class",
    "Content",
    "Count",
    "Decoded",
    "Dial",
    "Followed",
    "Frozen",
    "Function",
    "Gram",
    "Location",
    "Look",
    "Made",
    "Margin",
    "Neuron",
    "Output",
    "Reading",
    "Reconstruction",
    "ScoreKind",
    "Scores",
    "Source",
    "Sources",
    "Step",
    "Sum",
    "Target",
    "Term",
    "Thing",
    "Which",
    "channels_last",
    "check_names",
    "decoder_from_json",
    "decoder_to_json",
    "dial",
    "from_json",
    "labels",
    "names",
    "nearest_layer",
    "of_ready_map",
    "resolve",
    "to_json",
]
