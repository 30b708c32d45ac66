"""The registry: every method by its name; `methods` enters them."""

from __future__ import annotations

from typing import Any

from heatbrush_core.checks import Named, short
from heatbrush_core.network.network import Network
from heatbrush_core.registry.method import Method
from heatbrush_core.registry.synonyms import hint_of

REGISTRY: dict[str, Method] = {}


def find(name: Any) -> Method:
    """Look a method up by its name; one of the user's own may be given itself.

    Raises
    ------
    ValueError
        When there is none; the sentence names the nearest.
    """
    if isinstance(name, Named):
        name = name.enter()
    if isinstance(name, str) and name in REGISTRY:
        return REGISTRY[name]
    known = ", ".join(REGISTRY)
    raise ValueError(f"There is no method {short(name)} among {known}; {hint_of(name, REGISTRY)}")


def why_not(method: Method, network: Network, background: bool) -> str:
    """Say in one sentence why a method cannot run on a network; empty where it can."""
    if not network.offers:
        return f"{method.name} needs a model, but {network.without_graph}; give one."
    if method.needs not in network.offers:
        works = [name for name, other in REGISTRY.items() if other.needs in network.offers]
        needs = "the model's graph" if method.needs == "graph" else "gradients"
        return (
            f"{method.name} needs {needs}, but {network.without_graph}; use what works here "
            f"({', '.join(works)}), or give a functional or sequential Keras model."
        )
    if method.needs_background and not background:
        return (
            f"{method.name} needs typical matrices, but the explainer has none; give it "
            "background= with shape (N, rows, columns, channels)."
        )
    if network.opaque and method.shares:
        works = [name for name, other in REGISTRY.items() if _runs(other, network, background)]
        return (
            f"{method.name} shares the score out among what it is the sum of, but {network.opaque} "
            f"is no sum; use what works for this target ({', '.join(works)})."
        )
    if network.slopeless and method.needs != "scores":
        return (
            f"{method.name} needs a slope, but {network.slopeless}, so that there is none; give "
            "another matrix as like=, or a method that hides cells, such as occlusion."
        )
    return "" if method.refuses is None else method.refuses(network)


def _runs(method: Method, network: Network, background: bool) -> bool:
    """Tell whether a method has a rule for a target that is no sum."""
    there = background or not method.needs_background
    return there and not method.shares and method.needs in network.offers
