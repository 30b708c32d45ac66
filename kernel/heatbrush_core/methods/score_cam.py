"""Score-CAM: a layer's channels, each weighed by the score of the matrix seen through it."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.inference.task import Task
from heatbrush_core.maps.resizing import resized
from heatbrush_core.methods.class_activation import (
    LayerParameters,
    chosen,
    finished,
    without_convolution,
)
from heatbrush_core.registry.baseline import WORDS, Baseline, baseline_text
from heatbrush_core.registry.method import Method, Result

Weights = Literal["softmax", "increase"]
Floats = NDArray[np.float64]


class ScoreCamParameters(LayerParameters):
    """Which layer, what a score becomes as a weight, and what hidden means."""

    weights: Weights = Field(
        "softmax",
        description="the increase of the score over the baseline's, as a softmax over the channels "
        "(published) or as it is",
    )
    baseline: Baseline = Field(
        None, title="hidden means", description=f"what a hidden cell becomes: {WORDS}"
    )

    def summary(self) -> str:
        """As in "conv2 · increase · baseline 0"."""
        parts = [super().summary(), self.weights if self.weights != "softmax" else ""]
        parts += [baseline_text(self.baseline)] if self.baseline is not None else []
        return " · ".join(part for part in parts if part)


def score_cam(task: Task, settings: ScoreCamParameters) -> Result:
    """Weigh each channel by how much of the score returns where it lets the matrix through.

    A channel, stretched over the matrix and brought to 0 to 1, is the mask M of a blend
    baseline + (x - baseline) * M. Its increase is score(blend) - score(baseline); its weight is the
    softmax of the increases over the channels, in which the score of the baseline cancels, or the
    increase itself. A channel that is the same everywhere is no mask: its weight is 0, and it is no
    part of the softmax. Channels that differ by a positive factor only are the same mask, and weigh
    the same. The masks lie over the whole matrix, whatever region is asked for.

    Source: Wang et al. (2020), definitions 2 and 3 and algorithm 1; their baseline is 0. Their code
    takes the probability of the blend as the weight: that is `score="probability"` with
    `weights="increase"` where the baseline's probability is 0.
    """
    x, base = task.x, task.way(settings.baseline)
    place = chosen(task.network, settings.layer)
    found = task.activations(x[None], place)
    cells = found.cells[0].astype(np.float64)
    channels = np.moveaxis(cells, -1, 0)
    live = np.flatnonzero(np.ptp(channels, (1, 2)) > 0)
    nothing = float(task.scores(base[None])[0])
    increases = np.full(len(channels), np.nan)

    def result() -> Result:
        coarse = (_weights(increases, settings.weights) * cells).sum(-1)
        return finished(coarse, x, float(found.scores[0]), place, settings)

    for batch in task.batches(len(live), "scores"):
        masks = _unit(resized(channels[live[batch]], (x.shape[0], x.shape[1]), settings.upsample))
        blends = base + (x - base) * masks[..., None].astype(x.dtype)
        increases[live[batch]] = task.scores(blends) - nothing
        map = result().map
        assert map is not None
        task.report(batch.stop, len(live), map.astype(np.float32))
    return result()


def _unit(maps: Floats) -> Floats:
    """Bring each of (n, H, W) maps to 0 to 1; one that the stretching left constant to 0."""
    low, high = maps.min((1, 2), keepdims=True), maps.max((1, 2), keepdims=True)
    return (maps - low) / np.where(high > low, high - low, 1)


def _weights(increases: Floats, how: Weights) -> Floats:
    """(K,) increases, NaN where there is none -> (K,) weights."""
    weights, known = np.zeros(len(increases)), ~np.isnan(increases)
    if how == "softmax" and known.any():
        powers = np.exp(increases[known] - increases[known].max())
        weights[known] = powers / powers.sum()
    else:
        weights[known] = increases[known]
    return weights


METHODS = (
    Method(
        name="score_cam",
        family="class activation",
        question="Where are the channels active through which the matrix keeps its score?",
        needs="graph",
        Parameters=ScoreCamParameters,
        compute=score_cam,
        profile="mean",
        refuses=without_convolution,
    ),
)
