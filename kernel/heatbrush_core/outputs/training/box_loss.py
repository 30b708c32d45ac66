"""What a network that answers with boxes is trained by: a loss for each of its outputs."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from heatbrush_core.detection.boxes import FIELDS
from heatbrush_core.outputs.box_terms import channels
from heatbrush_core.outputs.grid import Grid

PLACE, NOTHING = 5.0, 0.5
"""How much the place of a box counts, and the objectness of one that is responsible for none."""

Loss = Callable[[Any, Any], Any]
"""Of the targets and of what the network returned, both with a leading sample axis."""


def box_loss(grid: Grid) -> list[Loss | None]:
    """Return the losses of a grid for `model.compile(loss=)`; their targets are `encode_boxes`'.

    A box that is responsible for a true one pays for its place, 5 times the squared errors of the
    centre (in cells of the grid) and of the two sizes (as the network gives them), and for its
    class and its objectness; any other pays for its objectness alone, and half as much. Class and
    objectness pay their cross-entropy.

    Parameters
    ----------
    grid : Grid
        Its heads, layout, scores, and how it reads places.

    Returns
    -------
    list
        One function per output up to the last head, (targets, outputs) -> (N,); None for an output
        that is no head.

    References
    ----------
    Redmon et al. (2016), You only look once, CVPR, for the weights; Redmon and
    Farhadi (2018), YOLOv3, for the sizes and the cross-entropies.
    """
    losses: list[Loss | None] = [None] * (1 + max(head.output for head in grid.heads))
    for head in grid.heads:
        losses[head.output] = _of_head(grid, head.predictors)
    return losses


def _of_head(grid: Grid, boxes: int) -> Loss:
    def loss(target: Any, output: Any) -> Any:
        from keras import ops

        rank = len(output.shape)
        numbers = int(output.shape[-1]) // (1 if rank == 5 else boxes)
        t, p = (
            ops.reshape(each, (ops.shape(output)[0], -1, numbers))
            for each in (ops.cast(target, output.dtype), output)
        )
        at, classes = channels(grid.layout, numbers - 5)
        logits = grid.scores == "logits"
        far = 0.0
        for name in FIELDS:
            said = p[..., at[name]]
            if grid.centre == "sigmoid" and name in FIELDS[:2]:
                said = ops.sigmoid(said)
            far += (t[..., at[name]] - said) ** 2
        there = t[..., at["objectness"]]
        seen = ops.binary_crossentropy(there, p[..., at["objectness"]], from_logits=logits)
        wrong = PLACE * far
        if classes[1] > classes[0]:
            both = t[..., slice(*classes)], p[..., slice(*classes)]
            if grid.exclusive:
                wrong += ops.categorical_crossentropy(*both, from_logits=logits)
            else:
                wrong += ops.sum(ops.binary_crossentropy(*both, from_logits=logits), -1)
        return ops.sum(there * (wrong + seen) + NOTHING * (1 - there) * seen, 1)

    return loss
