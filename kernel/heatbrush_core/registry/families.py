"""The four families of methods: what a map of each kind is."""

from __future__ import annotations

from heatbrush_core.registry.method import Family

FAMILIES: dict[Family, str] = {
    "function": "What the network does to small changes of the input.",
    "signal": "What in the input the network picked up.",
    "attribution": "How much each cell contributes to the score.",
    "class activation": "Where the layer that decides was active.",
}
"""One plain line each, after Kindermans et al. (2018), section 2; in the order of the pickers."""
