"""How each backward method, and occlusion, treats each node of a model, in words."""

from __future__ import annotations

import functools
from collections.abc import Callable, Collection, Mapping
from typing import Any

from heatbrush_core.graph.analysis.structure import first_linear
from heatbrush_core.graph.graph import Graph, Node
from heatbrush_core.graph.inputs.held import HeldInput
from heatbrush_core.graph.inputs.still import still as still_nodes
from heatbrush_core.graph.layers import RELU_LIKE
from heatbrush_core.matrix.perturbations import Boxes
from heatbrush_core.walks.backward.composites import Assignment, Choice
from heatbrush_core.walks.backward.deeplift import treatment
from heatbrush_core.walks.delta.footprint import Footprint
from heatbrush_core.walks.delta.locality import Locality

Window = Callable[[tuple[int, int]], tuple[int, int]]
"""(rows, columns) of a matrix -> those of a window in it."""

UNKNOWN = "gradient: no rule knows it"
PROPAGATED = {
    "activation": "passed on",
    "max": "to the largest",
    "maximum": "to the larger",
    "mean": "z",
    "sum": "z",
    "normalization": "z, spread held",
    "product": "to signals, not to gates",
    "recurrent": "z, to signals, not to gates",
    "structure": "moved",
    "mask": "nothing",
    "constant": "nothing",
    "opaque": UNKNOWN,
}
"""LRP and deep Taylor, for kinds that need no choice."""
PATTERNED = {"linear": "pattern", "affine": "divided by its scale"}
"""PatternNet."""


def rows(
    graph: Graph,
    folded: Graph,
    lrp: Assignment,
    locality: Locality | None,
    window: Window,
    still: Mapping[str, str] | None = None,
) -> list[dict[str, Any]]:
    """List one dict per node of a graph, from the input to the score.

    Parameters
    ----------
    graph, folded
        The graph as the model has it, and with batch normalisation folded.
    lrp
        The rules that the column "lrp" is about.
    locality
        How windows go through the folded graph; None where they do not.
    window
        Chooses the window whose reach is told.
    still
        Units of each node that the background never moves, in words; None without a background.

    Raises
    ------
    ValueError
        For rules that are meant for a layer which is not there.
    """
    after = {node.name: node for node in folded.nodes}
    hosts = {node.outputs[0]: node.name for node in folded.nodes}
    first = {node.name for node in first_linear(folded)[0]}
    plans = {
        "lrp": _by_name(lrp.plan(folded)[0]),
        "deep_taylor": _by_name(Assignment("z_plus").plan(folded)[0]),
    }
    hidden = {} if locality is None else _hidden(locality, window)

    unmoved = still_nodes(graph) | still_nodes(folded)

    def treated(node: Node, words: Callable[[Node], str]) -> str:
        if node.name in after:
            return words(node)
        return f"folded into {hosts[node.outputs[0]]}"

    return [
        {
            "node": node.name,
            "layer": type(node.operation).__name__,
            "kind": f"{node.kind}, first" if node.name in first else node.kind,
            "shape": node.outputs[0].shape[1:],
            "gradient": "chain rule",
            "guided_backprop": _rectified(node, "positive, where open"),
            "deconvnet": _rectified(node, "positive"),
            **{
                method: treated(node, functools.partial(_propagated, plan=plan))
                for method, plan in plans.items()
            },
            "deeplift": treatment(node),
            "patternnet": treated(node, lambda n: PATTERNED.get(n.kind, "chain rule")),
            "occlusion": treated(node, functools.partial(_hides, hidden=hidden, unmoved=unmoved)),
            "never active": "no background" if still is None else still.get(node.name, ""),
        }
        for node in graph.nodes
    ]


def notes(locality: Locality | None, window: Window) -> tuple[str, ...]:
    """Sum up in sentences what hiding a window in the middle changes, from layer to layer."""
    if locality is None:
        return ("Occlusion asks for whole matrices here: windows do not go through this model.",)
    middle, reached = _middle(locality, window), _reached(locality, window)
    changed = [(name, some, of) for name, some, of in reached if of is not None]
    partly = [(name, some, of) for name, some, of in changed if some != of]
    said = f"Hiding a window of {_times(middle)} in the middle changes"
    if not partly:
        return (f"{said} every cell of every layer: occlusion saves nothing here.",)
    name, some, of = partly[-1]
    sentence = f"{said} {_times(some)} of the {_times(of or some)} cells of {name}"
    whole = next((each[0] for each in changed if each[1] == each[2]), None)
    if whole is None:
        return (f"{sentence}, the last layer with rows and columns; no more is computed again.",)
    return (f"{sentence}, and all cells from {whole} on, where occlusion saves nothing.",)


def _middle(locality: Locality, window: Window) -> tuple[int, int]:
    """Tell the size of the window."""
    h, w = locality.shapes[locality.graph.input].sizes
    return window((h, w))


Reached = tuple[str, tuple[int, int], tuple[int, int] | None]
"""A node, how many of its rows and columns change, and how many there are."""


def _reached(locality: Locality, window: Window) -> list[Reached]:
    """List for each step its node, and how many of its cells a window in the middle changes.

    A step without rows and columns has no cells (None): its units are carried as differences.
    """
    (h, w), (height, width) = locality.shapes[locality.graph.input].sizes, _middle(locality, window)
    middle = Boxes.of(
        slice((h - height) // 2, (h + height) // 2), slice((w - width) // 2, (w + width) // 2), 1
    )
    footprint = Footprint(locality, middle)
    found: list[Reached] = []
    for step in locality.steps:
        shape = locality.shapes[step.outputs[0]]
        if shape.is_vector:
            found.append((step.node.name, (0, 0), None))
        else:
            found.append((step.node.name, footprint.size(step.outputs[0]), shape.sizes))
    return found


def _hidden(locality: Locality, window: Window) -> dict[str, str]:
    """Say of each node how the delta walk computes it, and how far a window in the middle goes."""
    words: dict[str, str] = {}
    for step, (name, some, of) in zip(locality.steps, _reached(locality, window), strict=True):
        text = step.describe()
        if of is not None:
            part = "all" if some == of else f"{_times(some)} of {_times(of)}"
            text += f"; {part} cells"
        words.setdefault(name, text)
    return words


def _hides(node: Node, hidden: Mapping[str, str], unmoved: Collection[Node]) -> str:
    """Say how a node is computed again where a window is hidden."""
    if node in unmoved:
        return "unchanged: no cell of the matrix goes in"
    return hidden.get(node.name, "whole matrices")


def _times(sizes: tuple[int, int]) -> str:
    return " × ".join(map(str, sizes))


def _by_name(plan: dict[Node, Choice]) -> dict[str, Choice]:
    return {node.name: choice for node, choice in plan.items()}


def _rectified(node: Node, words: str) -> str:
    return words if node.activation in RELU_LIKE else "chain rule"


def _propagated(node: Node, plan: dict[str, Choice]) -> str:
    choice = plan.get(node.name)
    if choice is None:
        return "arrives" if isinstance(node.operation, HeldInput) else PROPAGATED[node.kind]
    if node.kind == "affine":
        return "passed on" if choice.rule in ("flat", "w_square") else "z"
    plain = choice.rule in ("flat", "z_bounded")
    return choice.rule if plain or choice.bias else f"{choice.rule}, no bias"
