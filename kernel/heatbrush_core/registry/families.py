"""The families of methods: what a map of each kind is."""

from __future__ import annotations

from heatbrush_core.registry.method import Family, Method

FAMILIES: dict[Family, str] = {
    "function": "What the network does to small changes of the input.",
    "signal": "What in the input the network picked up.",
    "attribution": "How much each cell contributes to the score.",
    "class activation": "Where the layer that decides was active.",
    "your own": "Methods that were registered here, and maps that were given.",
}
"""One plain line each, in the order of the pickers: four after Kindermans et al. (2018), section 2,
and what users bring along."""


def unit(method: Method, score: str) -> str:
    """Name what the numbers of a method's map are: parts of the score, or its slope; else nothing.

    Parameters
    ----------
    method
        Of a family whose maps share the score out, or the gradient itself.
    score
        What is explained, such as "logit".
    """
    if method.family == "attribution":
        return score
    return f"{score} per unit of x" if method.name == "gradient" else ""
