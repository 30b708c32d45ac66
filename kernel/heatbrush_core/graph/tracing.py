"""From a Keras model to its graph.

Nested models are opened, a shared layer becomes one node per call, a fused activation a node of its
own, layers that do nothing at inference none. The model is walked with symbols, never with tensors.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any

import keras
from keras import ops, tree

from heatbrush_core.graph import convolutions, layers, normalizations
from heatbrush_core.graph.graph import HEADS, Graph, Node, Slot
from heatbrush_core.graph.layers import Kind
from heatbrush_core.graph.linear import Linear, Tensor


def functional_behind(model: Any) -> Any | None:
    """Find the Functional whose nodes a model runs, or None where it runs code of its own."""
    from keras.src.models.functional import Functional  # keras exports it under no name

    if isinstance(model, keras.Sequential):
        return model._functional if type(model).call is keras.Sequential.call else None
    if isinstance(model, Functional) and type(model).call is Functional.call:
        return model
    return None


def traced(functional: Any, output: int, dtype: str) -> Graph:
    """Walk a model with symbols, and keep the nodes that one of its outputs needs."""
    tracer, start = _Tracer(dtype), Slot(functional.inputs[0].shape)
    end = tracer.open(functional, [start])[output]
    head = next((n for n in tracer.nodes if end in n.outputs and _is_head(n)), None)
    logits = end if head is None else head.inputs[0]
    return Graph(_needed(tracer.nodes, logits), start, logits, head)


class _Tracer:
    """Collects nodes while it walks a model with slots in the place of tensors."""

    def __init__(self, dtype: str) -> None:
        self.nodes: list[Node] = []
        self._dtype = dtype
        self._calls: Counter[str] = Counter()

    def open(self, functional: Any, slots: Sequence[Slot]) -> list[Slot]:
        """Walk a model, and the models inside; give the slots of its outputs."""
        known = {id(t): slot for t, slot in zip(functional.inputs, slots, strict=True)}
        for depth in sorted(functional._nodes_by_depth, reverse=True):
            for node in functional._nodes_by_depth[depth]:
                if node.is_input or any(id(t) not in known for t in node.input_tensors):
                    continue
                args, kwargs = node.arguments.fill_in(known)
                inner = functional_behind(node.operation)
                if inner is not None:
                    outputs = self.open(inner, _slots((args, kwargs)))
                else:
                    outputs = self._emit(node, args, kwargs)
                known.update((id(t), s) for t, s in zip(node.outputs, outputs, strict=True))
        return [known[id(t)] for t in functional.outputs]

    def _emit(self, made: Any, args: Any, kwargs: Any) -> list[Slot]:
        """Add the nodes of one call, a Keras node; give the slots of its results."""
        # `training=True` at the call would move the model's own statistics
        kwargs = {name: value for name, value in kwargs.items() if name != "training"}
        operation, inputs = made.operation, _slots((args, kwargs))
        if layers.is_identity(operation, [t.dtype for t in made.input_tensors]):
            return inputs[:1]
        outputs = [Slot(t.shape) for t in made.outputs]
        rank, name = len(outputs[0].shape), self._named(operation)
        linear = convolutions.linear(operation, rank, self._dtype)
        affine = normalizations.batch_normalization(operation, rank, self._dtype)
        if linear is not None:
            self._emit_linear(name, operation, linear, inputs, outputs)
        elif affine is not None:
            self._add(name, "affine", operation, _one(affine), inputs, outputs, map=affine)
        else:
            self._emit_other(name, operation, args, kwargs, inputs, outputs)
        return outputs

    def _named(self, operation: Any) -> str:
        """Name a call: as the layer, and from its second call on with a number."""
        self._calls[operation.name] += 1
        count = self._calls[operation.name]
        return operation.name if count == 1 else f"{operation.name}#{count}"

    def _emit_linear(
        self, name: str, layer: Any, linear: Linear, inputs: list[Slot], outputs: list[Slot]
    ) -> None:
        """Add a dense layer or a convolution, and its activation as a node of its own."""
        function = layers.activation(layer)
        if function == "linear":
            self._add(name, "linear", layer, _one(linear), inputs, outputs, map=linear)
            return
        before = [Slot(outputs[0].shape)]
        self._add(name, "linear", layer, _one(linear), inputs, before, map=linear)
        call = _one(layer.activation)
        full = f"{name}/{function}"
        self._add(full, "activation", layer, call, before, outputs, activation=function)

    def _emit_other(
        self,
        name: str,
        operation: Any,
        args: Any,
        kwargs: Any,
        inputs: list[Slot],
        outputs: list[Slot],
    ) -> None:
        """Add a node that is run as Keras runs it."""
        call = _placed(operation, args, kwargs, self._dtype)
        values = tree.flatten((args, kwargs))
        tensors = [isinstance(value, Slot) for value in values]
        kind = layers.kind(operation, tensors, inputs[0].shape, outputs[0].shape)
        function = layers.activation(operation) if kind == "activation" else ""
        if layers.is_maximum_of_zero(operation, values):
            kind, function = "activation", "relu"
        held = normalizations.normalization(operation, self._dtype)
        self._add(name, kind, operation, call, inputs, outputs, activation=function, map=held)

    def _add(
        self,
        name: str,
        kind: Kind,
        operation: Any,
        call: Callable[..., tuple[Tensor, ...]],
        inputs: list[Slot],
        outputs: list[Slot],
        **more: Any,
    ) -> None:
        node = Node(name, kind, operation, call, tuple(inputs), tuple(outputs), **more)
        self.nodes.append(node)


def _placed(
    operation: Any, args: Any, kwargs: Any, dtype: str
) -> Callable[..., tuple[Tensor, ...]]:
    """Make a call that puts tensors where the slots are, and gives results in the walk's dtype.

    A layer's own `call` is used, not `__call__`, which would cast to the layer's half precision.
    """
    quantised = getattr(operation, "quantization_mode", None) is not None
    function = operation if quantised else operation.call
    if "training" in inspect.signature(function).parameters:
        kwargs = {**kwargs, "training": False}

    def call(*tensors: Tensor) -> tuple[Tensor, ...]:
        left = iter(tensors)
        a, k = tree.map_structure(
            lambda v: next(left) if isinstance(v, Slot) else v, (args, kwargs)
        )
        return tuple(_wide(y, dtype) for y in tree.flatten(function(*a, **k)))

    return call


def _one(function: Callable[[Tensor], Tensor]) -> Callable[[Tensor], tuple[Tensor, ...]]:
    return lambda x: (function(x),)


def _wide(y: Tensor, dtype: str) -> Tensor:
    return ops.cast(y, dtype) if "float" in keras.backend.standardize_dtype(y.dtype) else y


def _slots(arguments: Any) -> list[Slot]:
    return [leaf for leaf in tree.flatten(arguments) if isinstance(leaf, Slot)]


def _is_head(node: Node) -> bool:
    """Tell whether a node is a softmax over the classes or a sigmoid."""
    last = getattr(node.operation, "axis", -1) in (-1, len(node.outputs[0].shape) - 1)
    return node.activation in HEADS and (last or node.activation == "sigmoid")


def _needed(nodes: Sequence[Node], end: Slot) -> tuple[Node, ...]:
    """Keep the nodes that `end` depends on."""
    live, kept = {end}, []
    for node in reversed(nodes):
        if not live.isdisjoint(node.outputs):
            live.update(node.inputs)
            kept.append(node)
    return tuple(reversed(kept))
