"""A model with random weights, layer by layer from the last to the first, and the model back again.

What is random should not be the user's own model: where Keras can copy it, the copy is. Where it
cannot, as for most subclassed models, the model itself gets random weights for one explanation at a
time, under the explainer's lock, and its own back before the lock is released.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.inference.explaining import Explaining
from heatbrush_core.network.self_check import largest

if TYPE_CHECKING:
    from heatbrush_core.graph.graph import Graph

CLOSE = 1e-4
"""Of the largest score: a copy that differs by more is no copy."""

Owned = list[tuple[Any, Any]]
"""Weights, each after the layer that made it."""

Draws = list[tuple[Any, NDArray[Any]]]
"""Weights, and their random values."""


def subject(explainer: Explaining, x: NDArray[Any]) -> Explaining:
    """Find an explainer whose model may be changed: of a copy, or else the explainer itself."""
    truth = explainer.predict(x).scores
    try:
        twin = _twin(explainer)
        found = twin.predict(x).scores
    except Exception:  # whatever a model does not like about being copied
        return explainer
    same = np.allclose(found, truth, rtol=0, atol=CLOSE * largest(truth))
    return twin if same else explainer


def _twin(explainer: Explaining) -> Explaining:
    """Open a copy of the model as the model was opened."""
    from heatbrush_core.graph.model import copied  # which needs Keras

    with explainer.lock:
        model = copied(explainer.model)
    return explainer.copied(model)


def layers(explainer: Explaining) -> list[tuple[str, Owned]]:
    """List the layers that have learned weights, by name, from the last to the first.

    A layer that is called twice stands where it is called last. A model without a graph does not
    show in which order it calls its layers; they are taken in that in which it holds them.

    Raises
    ------
    TypeError
        For a model that is no Keras model.
    ValueError
        For one without weights.
    """
    import keras

    model, graph = explainer.model, explainer.graph
    if not isinstance(model, keras.Model):
        raise TypeError(
            "Randomisation needs the weights of a Keras model, but "
            f"{explainer.named} shows none; give "
            "an explainer of a Keras model."
        )
    found = _by_part(model) if graph is None else _by_call(graph)
    if not found:
        raise ValueError(
            f"Randomisation needs weights, but the model {model.name!r} has no layer that learned "
            "any; give an explainer of a trained model."
        )
    return found[::-1]


def _by_call(graph: Graph) -> list[tuple[str, Owned]]:
    """List layers in the order of their last calls, each with all weights inside.

    What stands in the graph in several parts, such as the two directions of a Bidirectional, is one
    layer.
    """
    from heatbrush_core.graph.model import learned  # which needs Keras

    names: dict[int, str] = {}
    last: dict[str, Owned] = {}
    for node in graph.nodes:
        name = names.setdefault(id(node.operation), node.name.partition("/")[0])
        if owned := learned(node.operation):
            before = last.pop(name, [])
            known = {id(weight) for _, weight in before}
            last[name] = [*before, *(each for each in owned if id(each[1]) not in known)]
    return list(last.items())


def _by_part(model: Any) -> list[tuple[str, Owned]]:
    """List all parts of a model that have weights of their own."""
    from heatbrush_core.graph.model import learned  # which needs Keras

    parts: dict[int, tuple[str, Owned]] = {}
    for owner, weight in learned(model):
        parts.setdefault(id(owner), (owner.name, []))[1].append((owner, weight))
    return list(parts.values())


def drawn(owned: Owned, random: np.random.Generator) -> Draws:
    """Draw new values for weights.

    They come from the weight's own initializer with a new seed; a weight that has none known by
    name, or that is quantised, gets its own values in a random order.
    """
    return [(weight, _fresh(owner, weight, random)) for owner, weight in owned]


def _fresh(owner: Any, weight: Any, random: np.random.Generator) -> NDArray[Any]:
    from keras import initializers, ops

    seed, own = int(random.integers(2**31)), weight.numpy()
    names = (f"{weight.name}_initializer", f"{weight.name.removesuffix('_kernel')}_initializer")
    made = next((found for name in names if (found := getattr(owner, name, None))), None)
    if not isinstance(made, initializers.Initializer) or "float" not in str(weight.dtype):
        return random.permutation(own.ravel()).reshape(own.shape)
    config = made.get_config()
    if "seed" in config:  # an initializer draws the same each time it is called
        made = type(made).from_config({**config, "seed": seed})
    return ops.convert_to_numpy(made(own.shape, dtype=weight.dtype))


@contextlib.contextmanager
def put(draws: Sequence[tuple[Any, NDArray[Any]]]) -> Iterator[None]:
    """Give weights other values, and their own back at the end, whatever happens meanwhile."""
    own = [(weight, np.array(weight.numpy())) for weight, _ in draws]
    try:
        for weight, values in draws:
            weight.assign(values)
        yield
    finally:
        for weight, values in own:
            weight.assign(values)
