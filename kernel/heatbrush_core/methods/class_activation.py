"""Class activation maps: a layer's channels, each weighed by what it means to the score."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from heatbrush_core.checks import hint, short
from heatbrush_core.inference.task import Task
from heatbrush_core.maps.resizing import Interpolation, resized
from heatbrush_core.network.network import Network
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters

Weigh = Callable[[NDArray[Any], NDArray[Any]], NDArray[Any]]
"""(N, h, w, K) cells and the slopes of the score there -> weights that broadcast with them."""


SHOWN = 8
"""Layers that are named, at the most, where one must be given: the last."""
RELU = "only what speaks for the target, not what speaks against it"
UPSAMPLE = "how the layer's cells are stretched over the matrix"


class LayerParameters(Parameters):
    """Which layer is looked at, what is shown of the map, and how it is stretched."""

    layer: str | None = Field(
        None,
        description="the layer whose cells are weighed, after its own activation, or a node of the "
        "report; None: the last convolution, after the normalisation, activation and residual sum "
        "that follow it, if all paths pass it and no attention follows, else the last sum or "
        "concatenation of all paths",
        json_schema_extra={"none": "last convolution or sum"},
    )
    relu: bool = Field(True, description=RELU)
    upsample: Interpolation = Field("bilinear", description=UPSAMPLE)

    def summary(self) -> str:
        """As in "conv2 · signed · nearest"."""
        parts = [self.layer] if self.layer else []
        parts += [] if self.relu else ["signed"]
        return " · ".join(parts + ([] if self.upsample == "bilinear" else [self.upsample]))


class CamParameters(Parameters):
    """What is shown of the map, and how it is stretched; the network decides about the layer."""

    relu: bool = Field(False, description=RELU)
    upsample: Interpolation = Field("bilinear", description=UPSAMPLE)

    def summary(self) -> str:
        """As in "positive · nearest"."""
        parts = ["positive"] if self.relu else []
        return " · ".join(parts + ([] if self.upsample == "bilinear" else [self.upsample]))


Settings = LayerParameters | CamParameters


def cam(task: Task, X: NDArray[Any], settings: CamParameters) -> list[Result]:
    """Weigh the channels that a network averages by the weights of its dense layer.

    For networks that end in a mean over the grid and then at most one dense layer. The weight of a
    channel is the slope of the score times the number of cells, which for a logit is the dense
    layer's weight. The mean of the coarse map plus the bias is the logit; stretched by "nearest"
    over a multiple of its cells, the map keeps that mean.

    Source: Zhou et al. (2016), section 2. The bias is left out, as there; nothing is normalised.
    """
    from heatbrush_core.graph.analysis.grids import averaged  # needs Keras

    graph = task.network.graph
    assert graph is not None
    place = averaged(graph)
    assert place is not None
    return _weighed(task, X, place, settings, lambda A, g: g * (A.shape[1] * A.shape[2]))


def grad_cam(task: Task, X: NDArray[Any], settings: LayerParameters) -> list[Result]:
    """Weigh each channel of a layer by its mean slope.

    Where `cam` can run, the map is that of `cam`, divided by the number of cells.

    Source: Selvaraju et al. (2017), equations 1 and 2.
    """
    place = chosen(task.network, settings.layer)
    return _weighed(task, X, place, settings, lambda _, g: g.mean((1, 2), keepdims=True))


def grad_cam_plus_plus(task: Task, X: NDArray[Any], settings: LayerParameters) -> list[Result]:
    """Weigh each channel by the sum of its positive slopes, each shared out by the curvature.

    With Y = exp(score) the derivatives of Y are exp(score) times powers of the slope g, and the
    shares g² / (2 g² + g³ ∑A) are free of exp(score); so 1 / (2 + g ∑A), and 0 where that has no
    value. The weights would still have exp(score) as a factor, the same for all: it is left out,
    since it overflows and changes nothing but the unit. Where `cam` can run, with weights w of the
    dense layer, a channel weighs relu(w) / (2 + w mean A).

    Source: Chattopadhay et al. (2018), equations 10 to 19. The weights are sums over the cells, as
    there; some implementations take means.
    """
    place = chosen(task.network, settings.layer)
    return _weighed(task, X, place, settings, _plus_plus)


def _plus_plus(A: NDArray[Any], g: NDArray[Any]) -> NDArray[Any]:
    below = 2 + g * A.sum((1, 2), keepdims=True)
    shares = np.divide(1, below, out=np.zeros_like(below), where=below != 0)
    weights: NDArray[Any] = (shares * np.maximum(g, 0)).sum((1, 2), keepdims=True)
    return weights


def layer_cam(task: Task, X: NDArray[Any], settings: LayerParameters) -> list[Result]:
    """Weigh each cell of each channel by its own slope, where that is positive.

    Where `cam` can run, the slope of a channel is the same in all its cells: the map is that of
    `grad_cam` without the channels of negative weight.

    Source: Jiang et al. (2021), equations 5 and 6.
    """
    place = chosen(task.network, settings.layer)
    return _weighed(task, X, place, settings, lambda _, g: np.maximum(g, 0))


def chosen(network: Network, layer: str | None) -> str:
    """Find the place that is meant by `layer`.

    Raises
    ------
    ValueError
        For a layer that is not there, or that has lost the matrix's rows and columns; and for none
        where no layer speaks for the whole matrix.
    """
    from heatbrush_core.graph.analysis.default_place import default_place  # needs Keras

    graph, known = network.graph, network.places()
    assert graph is not None
    last = default_place(graph)
    if layer is None and last is None:
        raise ValueError(_without_default(network.name, known))
    # of a node such as "conv/relu" the report tells apart what one layer does
    asked = layer.partition("/")[0] if layer in {node.name for node in graph.nodes} else layer
    if asked is None or asked in known:
        return asked or last or ""
    gives = "there is none of that name"
    if asked in graph.places:
        gives = f"it gives {graph.places[asked].shape[1:]} per matrix"
    remedy = f"give one that has, such as {last or known[-1]!r}."
    raise ValueError(
        f"layer is {short(layer)}, but {gives}, and a layer is expected whose cells lie along the "
        f"matrix's rows or columns; {hint(layer, known, remedy)}"
    )


def _without_default(name: str, known: list[str]) -> str:
    """Say that no layer was chosen, and which can be given."""
    return (
        f"{name} has no convolution that every path to the score passes with no attention after "
        "it, and no such sum or concatenation with rows and columns, so that no layer speaks for "
        "the whole matrix; give layer=, a node of report() whose cells lie along rows or columns, "
        f"such as {', '.join(map(repr, known[-SHOWN:]))}."
    )


def finished(
    coarse: NDArray[Any], x: NDArray[Any], score: float, place: str, settings: Settings
) -> Result:
    """Stretch an (h, w) map of a layer over the (H, W, C) matrix, all channels of a cell alike.

    It is stretched over the whole matrix, as is usual, also where convolutions without padding saw
    less of its edges.
    """
    (h, w), (H, W, C) = coarse.shape, x.shape
    shown = np.maximum(coarse, 0) if settings.relu else coarse
    notes = [f"From the layer {place!r}: {h} × {w} cells for the matrix's {H} × {W}."]
    if not coarse.any():
        notes.append("All 0: no cell of the layer is active, or none of them moves the score.")
    elif not shown.any():
        notes.append("All 0: what is active there speaks against the target; relu=False shows it.")
    map = resized(shown, (H, W), settings.upsample)
    return Result.of_cells(map, C, score, notes=tuple(notes))


def _weighed(
    task: Task, X: NDArray[Any], place: str, settings: Settings, weigh: Weigh
) -> list[Result]:
    """Sum a layer's channels, weighed, for each of (N, H, W, C) matrices."""
    found = task.activations(X, place)
    cells, slopes = found.cells.astype(np.float64), found.slopes.astype(np.float64)
    maps = (weigh(cells, slopes) * cells).sum(-1)
    return [
        finished(map, x, float(score), place, settings)
        for map, x, score in zip(maps, X, found.scores, strict=True)
    ]


def without_convolution(network: Network) -> str:
    """Say why a network has no map of this kind; empty where it has."""
    if network.graph is None or network.places():
        return ""  # without a graph it is not built yet
    return (
        f"{network.name} has no convolution whose cells lie along the matrix's rows or columns, "
        "but a class activation map is made of such; use a method that looks at the input, such as "
        "occlusion."
    )


def without_average(network: Network) -> str:
    """Say why a network has no map of the original kind; empty where it has."""
    from heatbrush_core.graph.analysis.grids import averaged  # needs Keras

    if network.graph is None or averaged(network.graph) is not None:
        return ""
    return (
        f"{network.name} does not end in a mean over the grid and one dense layer, as in "
        "GlobalAveragePooling2D and Dense, but cam is made of their weights; use grad_cam, which "
        "needs no such end."
    )


METHODS = (
    Method(
        name="cam",
        family="class activation",
        question="Where are the channels active that the last dense layer counts for the class?",
        needs="graph",
        shares=True,
        Parameters=CamParameters,
        together=cam,
        profile="mean",
        refuses=without_average,
    ),
    Method(
        name="grad_cam",
        family="class activation",
        question="Where are the channels active that raise the score on average?",
        needs="graph",
        Parameters=LayerParameters,
        together=grad_cam,
        profile="mean",
        refuses=without_convolution,
    ),
    Method(
        name="grad_cam_plus_plus",
        family="class activation",
        question="Where are the channels active that raise the score at least somewhere?",
        needs="graph",
        Parameters=LayerParameters,
        together=grad_cam_plus_plus,
        profile="mean",
        refuses=without_convolution,
    ),
    Method(
        name="layer_cam",
        family="class activation",
        question="Which cells of a layer are active just where they raise the score?",
        needs="graph",
        Parameters=LayerParameters,
        together=layer_cam,
        profile="mean",
        refuses=without_convolution,
    ),
)
