"""A thing in other outputs: how sure a model still is of the best match for it."""

from __future__ import annotations

from collections.abc import Sequence as Several
from typing import Any

import numpy as np

from heatbrush_core.checks import short
from heatbrush_core.detection.similarity import similarity
from heatbrush_core.outputs.decoder import Decoder
from heatbrush_core.outputs.grid import Grid
from heatbrush_core.outputs.heatmap import Heatmap
from heatbrush_core.outputs.mask import Mask
from heatbrush_core.outputs.peaks import peaks
from heatbrush_core.outputs.places import arrays
from heatbrush_core.outputs.sequence import Sequence
from heatbrush_core.outputs.terms import sigmoid
from heatbrush_core.outputs.things import Thing


def follow(decoder: Decoder, thing: Thing, outputs: Any, shape: Several[int]) -> float:
    """Measure what is left of a thing where the matrix is another, though it may have moved.

    Of a box it is the largest similarity to a proposal, as D-RISE has it; see `similarity`. Of a
    landmark the highest peak of its kind less than `distance` cells of the map away, without a
    threshold; without a peak there the score of its cell. Of a part, and of a run of steps, the
    largest product of score and shared cells over all cells, among those of its class.

    Parameters
    ----------
    decoder : Heatmap, Mask, Grid or Sequence
        What found the thing.
    thing : Thing
        As `find` returned it for the matrix itself.
    outputs : array, or list or dict of arrays
        What the model returned for the other matrix, without the sample axis.
    shape : (rows, columns)
        Of the matrix.

    Returns
    -------
    float
        0 where nothing like it is left.

    Raises
    ------
    TypeError
        If this decoder's things have no best match.
    ValueError
        One sentence, if the outputs do not fit.

    References
    ----------
    Petsiuk et al. (2021), Black-box explanation of object detectors via saliency maps, CVPR.
    """
    if isinstance(decoder, Grid):
        return _box(decoder, thing, outputs, shape)
    if isinstance(decoder, Heatmap):
        return _landmark(decoder, thing, outputs, shape)
    if isinstance(decoder, Mask | Sequence):
        return _cells(decoder, thing, outputs, shape)
    raise TypeError(
        f"decoder is {short(decoder)}, but a best match is known for Heatmap, Mask, Grid and "
        "Sequence only; give one of these, or follow the cell."
    )


def _box(grid: Grid, thing: Thing, outputs: Any, shape: Several[int]) -> float:
    every = grid.proposals(outputs, shape)
    sound = np.isfinite(every.places).all(1) & np.isfinite(every.score)
    place = (thing.row, thing.column, thing.height, thing.width)
    return float(similarity(place, thing.probabilities, every.only(sound)).max(initial=0.0))


def _landmark(heatmap: Heatmap, thing: Thing, outputs: Any, shape: Several[int]) -> float:
    given = arrays(outputs)
    heatmap.check([each.shape for each in given], shape)
    (reading,) = thing.terms["score"].readings
    row, column, *channel = reading.index[0].tolist()
    map = given[reading.output][(..., *channel)]
    scores = sigmoid(map) if heatmap.scores == "logits" else map
    found = peaks(scores, -np.inf, heatmap.distance)
    near = found[np.hypot(*(found - [row, column]).T) < heatmap.distance]
    values = scores[tuple(near.T)] if len(near) else scores[[row], [column]]
    return float(np.nan_to_num(values).max())


def _cells(decoder: Mask | Sequence, thing: Thing, outputs: Any, shape: Several[int]) -> float:
    mine = _indices(thing)
    rivals = [each for each in decoder.find(outputs, shape).things if each.label == thing.label]
    shares = [
        each.score * len(mine & theirs) / len(mine | theirs)
        for each in rivals
        for theirs in (_indices(each),)
    ]
    return max(shares, default=0.0)


def _indices(thing: Thing) -> set[tuple[int, ...]]:
    return {tuple(cell) for cell in thing.terms["score"].readings[0].index.tolist()}
