"""What a model's outputs are: by the user's word, its graph, its loss, and last by what it returns.

Each is asked only where those before it do not tell. What was found is said in a sentence, but for
the plain heads: a softmax, a sigmoid or a linear layer at the end.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.graph.analysis.endings import Ending
from heatbrush_core.graph.analysis.probabilities import bounded, sum_to_one
from heatbrush_core.graph.graph import Graph
from heatbrush_core.network.network import Scores
from heatbrush_core.network.scores.losses import Loss
from heatbrush_core.network.scores.outputs import worded
from heatbrush_core.targets import Reading

HEADS: dict[str, tuple[Scores, ...]] = {
    "softmax": ("logits", "probabilities"),
    "log_softmax": ("logits", "probabilities"),
    "sigmoid": ("logits", "sigmoid_logits", "sigmoid_probabilities"),
}
"""The words that agree with a head: then the logits before it are explained."""
WORDS: dict[Reading, Scores] = {
    "softmax": "logits",
    "sigmoid": "sigmoid_logits",
    "probabilities": "probabilities",
    "sigmoid_probabilities": "sigmoid_probabilities",
    "values": "values",
}
"""The word by which a copy of a model is read like the model."""
CALLED: dict[Reading, tuple[str, str]] = {
    "softmax": ("logits of classes that exclude each other", "the logit"),
    "sigmoid": ("logits of independent classes", "the logit"),
    "probabilities": ("probabilities", "the log of the probability"),
    "sigmoid_probabilities": ("independent probabilities p", "their logit, log(p / (1 - p))"),
    "values": ("plain values", "the value itself"),
}
"""How outputs are called, and what is explained of them."""
KEEPS = {
    "opaque": "computes with",
    "max": "takes the largest of",
    "maximum": "takes the largest of",
    "mean": "averages",
    "sum": "averages",
    "product": "averages",
    "affine": "rescales",
    "activation": "transforms",
    "structure": "rearranges",
}
BREAKS = {
    "product": "multiplies",
    "opaque": "computes with",
    "activation": "transforms",
    "affine": "rescales",
    "sum": "adds",
}
"""What nodes do with probabilities that stay so, or do not; of several, the first one is told."""
BENDS = {"activation", "opaque", "normalization"}
"""Nodes that may make probabilities in ways of their own, as exp(z) / sum(exp(z)) does."""


class Read(NamedTuple):
    """How outputs are read, and a sentence that says so; none where it is plain."""

    reading: Reading
    note: str = ""


def split(graph: Graph, units: int, scores: Scores | None) -> Graph:
    """Take a head as one more node where the user says that it makes something else."""
    if scores is None or graph.head is None:
        return graph
    function = graph.head.activation
    alone = function == "sigmoid" and units == 1 and scores == "probabilities"
    return graph if alone or scores in HEADS[function] else graph.whole()


def read(
    graph: Graph | None, end: Ending | None, loss: Loss | None, scores: Scores | None, units: int
) -> Read | None:
    """Find out what outputs are without computing any; None where they must be looked at.

    Parameters
    ----------
    graph, end
        The model's graph as `split` gives it and, where that has no head, its ending; both None
        for a model that shows none.
    loss
        What the model was compiled with.
    scores
        The user's word.
    units
        The number of outputs.
    """
    if graph is not None and graph.head is not None:
        return Read("sigmoid" if graph.head.activation == "sigmoid" else "softmax")
    if scores is not None:
        return Read(worded(scores, units))
    if end is not None and end.outcome not in (None, "numbers"):
        return _of_ending(end, units)
    plain = _default(graph, end, units)
    if loss is not None:
        return None if "probabilities" in loss.scores else _of_loss(loss, units, plain)
    if graph is not None and end is not None and (units == 1 or _is_clear(end)):
        return _by_default(plain, end)
    return Read(plain) if units == 1 else None


def of_map(
    graph: Graph | None, end: Ending | None, loss: Loss | None, scores: Scores | None, channels: int
) -> Read:
    """Find out what the cells of an output map are; the parameters are those of `read`.

    A softmax over the channels of each cell and a sigmoid are recognised, at the end or before
    cells are only moved; what else nothing is said of is plain values.
    """
    if graph is not None and graph.head is not None:
        return Read("sigmoid" if graph.head.activation == "sigmoid" else "softmax")
    if scores is not None:
        return Read(worded(scores, channels))
    if end is not None and end.outcome in ("chances", "shares"):
        independent = end.outcome == "chances"
        return Read("sigmoid_probabilities" if independent else "probabilities")
    if end is not None and end.outcome == "log odds":
        return Read("sigmoid")
    if loss is not None and loss.scores in ("logits", "sigmoid_logits"):
        return _of_loss(loss, channels, "values")
    return Read("values")


def read_outputs(
    graph: Graph | None,
    end: Ending | None,
    loss: Loss | None,
    outputs: NDArray[np.float64],
    close: float,
) -> Read:
    """Find out what outputs are by looking at those of some matrices, where `read` cannot tell.

    Parameters
    ----------
    graph, end, loss
        As in `read`.
    outputs
        (N, units).
    close
        How far rounding may take probabilities from 0, 1, and a sum of 1.
    """
    units, bound = outputs.shape[1], bounded(outputs, close)
    shares = bound and sum_to_one(outputs, close)
    plain = _default(graph, end, units)
    if loss is not None:
        fits = shares if loss.scores == "probabilities" and units > 1 else bound
        return _of_loss(loss, units, plain) if fits else _misled(loss)
    tried = f"for the {len(outputs)} matrices that were tried they lie between 0 and 1"
    if shares:
        return _guessed("probabilities", f"{tried} and sum to 1")
    if bound and _may_be_independent(graph, end):
        return _guessed("sigmoid_probabilities", f"{tried} and do not sum to 1")
    if graph is None or end is None:
        return _guessed(plain, "they are no probabilities, and the model shows no graph")
    return _by_default(plain, end)


def _default(graph: Graph | None, end: Ending | None, units: int) -> Reading:
    """Read outputs of which nothing is known but their number and the node that makes them."""
    if graph is None or end is None or units == 1 or end.outcome == "numbers":
        return "values"
    return "values" if graph.nodes[-1].kind in ("activation", "opaque") else "softmax"


def _is_clear(end: Ending) -> bool:
    """Tell whether all that goes into the outputs are linear layers, and nothing bends it."""
    return not (end.sources or end.own_code or BENDS & {node.kind for node in end.nodes})


def _may_be_independent(graph: Graph | None, end: Ending | None) -> bool:
    """Tell whether outputs between 0 and 1 may come from sigmoids that cannot be seen."""
    if graph is None or end is None:
        return True
    unknown = graph.nodes[-1].activation == "custom" or graph.nodes[-1].kind == "opaque"
    return end.outcome is None and (end.own_code or unknown)


def _of_ending(end: Ending, units: int) -> Read:
    if end.outcome in ("log shares", "log odds"):
        return Read("softmax" if end.outcome == "log shares" else "sigmoid")
    reading = worded("probabilities" if end.outcome == "shares" else "sigmoid_probabilities", units)
    functions = " and ".join(end.sources)
    if not end.nodes:
        plain = functions in ("softmax", "sigmoid")
        return Read(reading, "" if plain else _said(reading, f"it ends in a {functions}"))
    kinds = {node.kind for node in end.nodes}
    does = next(does for kind, does in KEEPS.items() if kind in kinds)
    averaged = does == "averages" and reading == "probabilities"
    of_what = "the log of the averaged probability" if averaged else ""
    return Read(reading, _said(reading, f"the model {does} {functions} outputs", of_what))


def _of_loss(loss: Loss, units: int, plain: Reading) -> Read:
    reading = worded(loss.scores, units)
    note = _said(reading, f"its loss, {loss.name}, takes them for such")
    return Read(reading, "" if reading == plain else note)


def _misled(loss: Loss) -> Read:
    why = (
        f"its loss, {loss.name}, takes them for probabilities, which they are not (scores='logits' "
        "puts a softmax or sigmoid on top)"
    )
    return Read("values", _said("values", why))


def _by_default(plain: Reading, end: Ending) -> Read:
    if end.outcome != "numbers":
        return Read(plain)
    kinds = {node.kind for node in end.nodes}
    does = next((does for kind, does in BREAKS.items() if kind in kinds), "computes with")
    why = f"the model {does} {' and '.join(end.sources)} outputs, so that no probabilities are left"
    return Read(plain, _said(plain, why))


def _guessed(reading: Reading, why: str) -> Read:
    return Read(reading, _said(reading, why) + " If that is wrong, say it by scores=.")


def _said(reading: Reading, why: str, of_what: str = "") -> str:
    called, explained = CALLED[reading]
    return (
        f"The model's outputs are read as {called}: {why}; what is explained is "
        f"{of_what or explained}."
    )
