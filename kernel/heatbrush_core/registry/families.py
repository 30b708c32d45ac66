"""The families of methods: what a map of each kind is."""

from __future__ import annotations

from heatbrush_core.registry.method import Family

FAMILIES: dict[Family, str] = {
    "function": "What the network does to small changes of the input.",
    "signal": "What in the input the network picked up.",
    "attribution": "How much each cell contributes to the score.",
    "class activation": "Where the layer that decides was active.",
    "your own": "Methods that were registered here, and maps that were given.",
}
"""One plain line each, in the order of the pickers: four after Kindermans et al. (2018), section 2,
and what users bring along."""
