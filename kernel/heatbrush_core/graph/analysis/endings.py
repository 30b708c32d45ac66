"""What a model makes of a softmax or sigmoid that is not its last node.

The nodes behind it are tried with random probabilities in the place of its own. What holds for all
of them holds for the model, whatever its weights and its input.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Literal

import keras
import numpy as np
from keras import ops
from numpy.typing import NDArray

from heatbrush_core.graph import layers
from heatbrush_core.graph.analysis.probabilities import CLOSE, bounded, sum_to_one
from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.tracing import functional_behind

SHARES = ("softmax", "sparsemax", "log_softmax")  # they sum to 1, the last one's exponentials do
CHANCES = ("sigmoid", "hard_sigmoid", "sparse_sigmoid")  # each between 0 and 1
TRIALS = 8  # random inputs
OPEN = 12  # stands for a size that the model leaves open

Outcome = Literal["shares", "log shares", "chances", "log odds", "numbers"]
Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Ending:
    """The last nodes of a graph, back to where its scores are made.

    Attributes
    ----------
    sources
        The functions of the softmaxes and sigmoids that they begin with.
    nodes
        What follows, in order, up to the end.
    outcome
        What is left of the probabilities: "shares" that sum to 1 or their logarithms, "chances"
        that are independent or their log odds, or just "numbers"; None where no softmax or sigmoid
        is found, and where something else goes into the outputs as well.
    own_code
        Whether a layer that nothing is known of is among what they begin with.
    """

    sources: tuple[str, ...]
    nodes: tuple[Node, ...]
    outcome: Outcome | None
    own_code: bool


def ending(graph: Graph, dtype: str) -> Ending:
    """Find what the outputs of a graph are made of; its head, if it has one, is not asked."""
    first, nodes = _traced_back(graph)
    sources = {node.outputs[0]: node for node in first if _function(node)}
    made = {slot for node in nodes for slot in node.outputs}
    given = {slot: None for node in nodes for slot in node.inputs if slot not in made}
    begin = list(given) if nodes else [graph.logits]
    outcome = _tried(graph.logits, begin, sources, nodes, dtype) if sources else None
    names = dict.fromkeys(_function(node) for node in sources.values())
    others = len(sources) < len(begin)
    if outcome == "numbers" and (others or [*names] == ["log_softmax"]):
        outcome = None  # a gate among features, or averaged logits
    own_code = any(node.kind == "opaque" and not _function(node) for node in first)
    return Ending(tuple(names), nodes, outcome, own_code)


def _traced_back(graph: Graph) -> tuple[list[Node], tuple[Node, ...]]:
    """Go back from the end to the nodes that make scores; give these, and those behind them."""
    makers = {slot: node for node in graph.nodes for slot in node.outputs}
    first: list[Node] = []
    seen: set[Node] = set()
    left = [graph.logits]
    while left:
        node = makers.get(left.pop())
        if node is None or node in seen:
            continue
        seen.add(node)
        if _makes_scores(node):
            first.append(node)
        else:
            left.extend(node.inputs)
    return first, tuple(node for node in graph.nodes if node in seen and node not in first)


def _makes_scores(node: Node) -> bool:
    """Tell whether a node makes scores of its own; others move, mix or change those they get."""
    if node.kind == "linear" or _function(node):
        return True
    weights = bool(getattr(node.operation, "weights", ()))
    return weights and node.kind in ("normalization", "opaque")


def _function(node: Node) -> str:
    """Name the softmax or sigmoid that a node is, or that its layer ends in; "" for all others."""
    last = _last(node.operation)
    known = node.activation if node.kind == "activation" else ""
    if node.kind == "opaque" and layers.known(last) and not isinstance(last, keras.layers.RNN):
        known = layers.activation(last)  # a recurrent layer has its activation inside
    if known in SHARES and not isinstance(getattr(last, "axis", -1), int):
        return ""
    return known if known in SHARES + CHANCES else ""


def _last(operation: Any) -> Any:
    """Find what computes the outputs of a layer that wraps others."""
    if isinstance(operation, keras.layers.TimeDistributed):
        return _last(operation.layer)
    inner = functional_behind(operation)
    return operation if inner is None else _last(inner.outputs[0]._keras_history.operation)


# ------------------------------------------------------------------ trying


class _Draws:
    """Makes up probabilities: each for itself, or the same in all places.

    Attributes
    ----------
    said
        (TRIALS, n) what is the same in all places, per number of classes; 1 for a sigmoid.
    """

    def __init__(self, agreed: bool) -> None:
        self.said: dict[int, Floats] = {}
        self._agreed, self._random = agreed, np.random.default_rng(0)

    def of(self, slot: Slot, node: Node | None) -> Floats:
        """Draw what a slot may hold: what its softmax or sigmoid could give, else anything."""
        shape = (TRIALS, *(OPEN if size is None else size for size in slot.shape[1:]))
        function = _function(node) if node else ""
        if function in CHANCES:
            return self._alike((*shape, 1))[..., 0]
        if node is None or not function:
            return self._random.normal(size=shape, scale=3)
        axis = getattr(_last(node.operation), "axis", -1)
        others = np.delete(shape, axis)
        found = np.moveaxis(self._alike((*others, shape[axis])), -1, axis)
        return np.log(found) if function == "log_softmax" else found

    def _alike(self, shape: Sequence[int]) -> Floats:
        """Draw shares along the last axis; one chance where it has one cell."""
        if not self._agreed:
            return self._numbers(shape)
        said = self.said.setdefault(shape[-1], self._numbers((TRIALS, shape[-1])))
        spread = said.reshape(TRIALS, *(1 for _ in shape[2:]), shape[-1])
        return np.broadcast_to(spread, shape)

    def _numbers(self, shape: Sequence[int]) -> Floats:
        if shape[-1] == 1:
            return self._random.uniform(size=shape)
        drawn = self._random.exponential(size=shape)
        return np.asarray(drawn / drawn.sum(-1, keepdims=True))


def _tried(
    end: Slot, begin: Iterable[Slot], sources: dict[Slot, Node], nodes: Sequence[Node], dtype: str
) -> Outcome | None:
    """Try the last nodes; None where they do not run without the rest of the model."""
    free, agreed = _Draws(agreed=False), _Draws(agreed=True)
    found = []
    for draws in (free, agreed):
        tensors = {
            slot: ops.convert_to_tensor(draws.of(slot, sources.get(slot)), dtype) for slot in begin
        }
        try:
            for node in nodes:
                made = node.call(*(tensors[slot] for slot in node.inputs))
                tensors.update(zip(node.outputs, made, strict=True))
        except Exception:  # whatever a layer does not like about cells that were made up
            return None
        found.append(np.asarray(tensors[end], np.float64).reshape(TRIALS, -1))
    return _outcome(found[0], found[1], agreed.said)


def _outcome(free: Floats, alike: Floats, said: dict[int, Floats]) -> Outcome:
    """Say what came out of probabilities that differ from place to place, and of equal ones."""
    both = np.concatenate([free, alike])
    if bounded(both):
        if sum_to_one(both):
            return "shares"
        return "chances" if _repeats(alike, said) else "numbers"
    with np.errstate(over="ignore"):
        if sum_to_one(np.exp(both)):
            return "log shares"
        return "log odds" if _repeats(1 / (1 + np.exp(-alike)), said) else "numbers"


def _repeats(alike: Floats, said: dict[int, Floats]) -> bool:
    """Tell whether each output says what was said in all places, or that it is not so.

    An average, a maximum and a choice do; products and scaled probabilities do not.
    """
    words = np.concatenate([*said.values(), *(1 - each for each in said.values())], axis=1)
    fits = np.ones((alike.shape[1], words.shape[1]), bool)
    for output, word in zip(alike, words, strict=True):
        fits &= np.isclose(output[:, None], word, rtol=CLOSE, atol=1e-6)
    return bool(fits.any(axis=1).all())
