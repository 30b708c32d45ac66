"""What an output says is there: landmarks, parts, boxes, steps, and which cells each came from."""

from heatbrush_core.detection.anchors import best_possible_recall
from heatbrush_core.detection.boxes import iou, suppress
from heatbrush_core.detection.kinds import Errors, errors
from heatbrush_core.detection.matching import Matching, match
from heatbrush_core.detection.muting import heads, specialities
from heatbrush_core.detection.precision import AveragePrecision, average_precision
from heatbrush_core.detection.similarity import Proposals, similarity
from heatbrush_core.outputs.decoder import Decoder
from heatbrush_core.outputs.following import follow
from heatbrush_core.outputs.grid import Grid, Head
from heatbrush_core.outputs.heatmap import Heatmap
from heatbrush_core.outputs.mask import Mask
from heatbrush_core.outputs.sequence import Sequence
from heatbrush_core.outputs.suiting import Suit, suits
from heatbrush_core.outputs.terms import Reading, Term
from heatbrush_core.outputs.things import Found, Thing
from heatbrush_core.outputs.training.box_loss import box_loss
from heatbrush_core.outputs.training.grid_targets import Encoded, encode_boxes, learnt
from heatbrush_core.outputs.training.heatmap_targets import encode_landmarks

__all__ = [
    "AveragePrecision",
    "Decoder",
    "Encoded",
    "Errors",
    "Found",
    "Grid",
    "Head",
    "Heatmap",
    "Mask",
    "Matching",
    "Proposals",
    "Reading",
    "Sequence",
    "Suit",
    "Term",
    "Thing",
    "average_precision",
    "best_possible_recall",
    "box_loss",
    "encode_boxes",
    "encode_landmarks",
    "errors",
    "follow",
    "heads",
    "iou",
    "learnt",
    "match",
    "similarity",
    "specialities",
    "suits",
    "suppress",
]
