"""What the network picked up: the gradient with rectifiers that let only what is positive back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numpy.typing import NDArray

from heatbrush_core.inference.task import Task
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters

if TYPE_CHECKING:
    from heatbrush_core.graph.graph import Graph, Node
    from heatbrush_core.walks.backward.walk import BackwardRule


class SignalParameters(Parameters):
    """None."""


def deconvnet(task: Task, X: NDArray[Any], _: Parameters) -> list[Result]:
    """Carry a 1 at the score back; a rectifier passes what is positive, open or not.

    Rectifiers are ReLU, ReLU6 and LeakyReLU, whether fused, a layer or an operation; every other
    node passes its gradient. On a linear model the map is the gradient, its weights.

    Source: Zeiler & Fergus (2014), arXiv:1311.2901, section 2.1, with a 1 at the score in the place
    of a feature's activation.
    """
    from heatbrush_core.walks.backward import gradient  # which needs TensorFlow

    return _signals(task, X, "deconvnet", gradient.deconvnet)


def guided_backprop(task: Task, X: NDArray[Any], _: Parameters) -> list[Result]:
    """Carry a 1 at the score back; a rectifier passes what is positive, and only where it is open.

    At a rectifier it is relu(R) times the slope. Rectifiers are ReLU, ReLU6 and LeakyReLU, whether
    fused, a layer or an operation; every other node passes its gradient. On a linear model the map
    is the gradient, its weights.

    Source: Springenberg et al. (2015), arXiv:1412.6806, figure 1 and section 3.4.
    """
    from heatbrush_core.walks.backward import gradient

    return _signals(task, X, "guided_backprop", gradient.guided)


def _signals(task: Task, X: NDArray[Any], name: str, rule: BackwardRule) -> list[Result]:
    from heatbrush_core.walks.backward.walk import Walk

    found = task.relevance(X, Walk(name, lambda _: rule))
    assert task.network.graph is not None
    notes = _notes(task.network.graph)
    pairs = zip(found.values, found.scores, strict=True)
    return [Result(values, float(score), notes=notes) for values, score in pairs]


def _notes(graph: Graph) -> tuple[str, ...]:
    """Say which nodes are no rectifiers, and that the map is the gradient where none is one."""
    from heatbrush_core.graph.layers import RELU_LIKE

    functions = [node.activation for node in graph.nodes if node.activation]
    notes = []
    if not set(functions) & set(RELU_LIKE):
        notes.append(
            "The model has no rectifier (ReLU, ReLU6 or LeakyReLU), so that this is its gradient."
        )
    others = sorted({_called(node) for node in graph.nodes} - {"", *RELU_LIKE})
    if others:
        verb = (
            "is no rectifier and passes its"
            if len(others) == 1
            else "are no rectifiers and pass their"
        )
        notes.append(f"{', '.join(others)} {verb} gradient.")
    return tuple(notes)


def _called(node: Node) -> str:
    """Name what may bend its input: an activation by its function, where that has a name."""
    if node.kind in ("opaque", "recurrent") or node.activation in ("custom", "linear"):
        return node.name
    return node.activation


METHODS = (
    Method(
        name="deconvnet",
        family="signal",
        question="What pattern would raise the score, with every rectifier taken as open?",
        needs="graph",
        Parameters=SignalParameters,
        together=deconvnet,
    ),
    Method(
        name="guided_backprop",
        family="signal",
        question="What pattern raises the score along paths that only excite?",
        needs="graph",
        Parameters=SignalParameters,
        together=guided_backprop,
    ),
)
