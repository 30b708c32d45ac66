"""From a Keras model to its graph.

Nested models are opened, a shared layer becomes one node per call, a fused activation a node of its
own, layers that do nothing at inference none. The model is walked with symbols, never with tensors.
"""

from __future__ import annotations

import inspect
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import keras
import numpy as np
from keras import ops, tree

from heatbrush_core.graph import calls, convolutions, layers, normalizations
from heatbrush_core.graph.distributed import distributed, over_steps
from heatbrush_core.graph.graph import Graph, Node, Slot
from heatbrush_core.graph.inputs.held import HeldInput
from heatbrush_core.graph.layers import Kind
from heatbrush_core.graph.linear import Linear, Tensor
from heatbrush_core.graph.masks import Masks
from heatbrush_core.graph.recurrent import recurrence
from heatbrush_core.graph.traced import Traced

UNMASKED = ("linear", "affine", "activation", "structure")
"""What computes the same of a masked tensor."""


class _Call(NamedTuple):
    """A call of a layer inside a wrapper, of which Keras has no node."""

    operation: Any
    input_tensors: Sequence[Any]
    outputs: Sequence[Any]


def functional_behind(model: Any) -> Any | None:
    """Find the Functional whose nodes a model runs, or None where it runs code of its own."""
    from keras.src.models.functional import Functional  # keras exports it under no name

    if isinstance(model, keras.Sequential):
        return model._functional if type(model).call is keras.Sequential.call else None
    if isinstance(model, Functional) and type(model).call is Functional.call:
        return model
    return None


def opened(functional: Any, dtype: str, held: Sequence[HeldInput | None] = (None,)) -> Traced:
    """Walk a model with symbols, to all its outputs; `held` are its inputs, None for the matrix."""
    start = Slot(functional.inputs[list(held).index(None)].shape)
    tracer = _Tracer(start, dtype)
    given = [start if each is None else tracer.hold(each) for each in held]
    outputs = tracer.open(functional, given)
    return Traced(tuple(tracer.nodes), start, tuple(outputs))


def traced(functional: Any, output: int, dtype: str) -> Graph:
    """Walk a model with symbols, and keep the nodes that one of its outputs needs."""
    return opened(functional, dtype).output(output)


class _Tracer:
    """Collects nodes while it walks a model with slots in the place of tensors."""

    def __init__(self, start: Slot, dtype: str, counts: Counter[str] | None = None) -> None:
        self.nodes: list[Node] = []
        self._start, self._dtype = start, dtype
        self._masks = Masks()
        self._calls: Counter[str] = Counter() if counts is None else counts

    def open(self, functional: Any, given: Sequence[Any]) -> list[Slot]:
        """Walk a model, and the models inside; give the slots of its outputs.

        Each of its inputs is a slot, or the constant that it was given instead of a tensor.
        """
        known = {id(t): value for t, value in zip(functional.inputs, given, strict=True)}
        for depth in sorted(functional._nodes_by_depth, reverse=True):
            for node in functional._nodes_by_depth[depth]:
                if node.is_input or any(id(t) not in known for t in node.input_tensors):
                    continue
                args, kwargs = node.arguments.fill_in(known)
                # `training=True` at the call would move the model's own statistics
                kwargs = {name: value for name, value in kwargs.items() if name != "training"}
                inner = functional_behind(node.operation)
                if inner is not None:
                    outputs = self._open_inner(inner, node, args, kwargs)
                else:
                    outputs = self._emit(node, args, kwargs)
                known.update((id(t), s) for t, s in zip(node.outputs, outputs, strict=True))
        return [known[id(t)] for t in functional.outputs]

    def hold(self, given: HeldInput) -> Slot:
        """Add a node for an input that is held: a constant, whatever the matrix is."""
        slot = Slot((None, *given.variable.shape[1:]))
        self._add(self._named(given), "constant", given, given.call, [self._start], [slot])
        return slot

    def _open_inner(self, inner: Any, made: Any, args: Any, kwargs: dict[str, Any]) -> list[Slot]:
        """Walk a model that is called inside another one, with tensors, constants and a mask."""
        kwargs = self._masks.passed(made.operation, args, kwargs)
        given = args[0] if args else kwargs["inputs"]
        if isinstance(given, dict):  # by the names of its inputs, or in the order of its own dict
            named = [t.name for t in inner.inputs]
            given = [given[name] for name in named] if set(named) == set(given) else given
        values = [
            value
            if isinstance(value, Slot) or value is None
            else calls.constant(value, t, self._dtype)
            for value, t in zip(tree.flatten(given), inner.inputs, strict=True)
        ]
        self._masks.put(values, kwargs.get("mask"))
        return self.open(inner, values)

    def _emit(self, made: Any, args: Any, kwargs: dict[str, Any]) -> list[Slot]:
        """Add the nodes of one call, a Keras node; give the slots of its results."""
        operation = made.operation
        if layers.is_identity(operation, [t.dtype for t in made.input_tensors]):
            return _slots((args, kwargs))[:1] or self._emit_constant(made, args, kwargs)
        kwargs = self._masks.passed(operation, args, kwargs)
        inputs = _slots((args, kwargs))
        if not inputs:
            return self._emit_constant(made, args, kwargs)
        outputs = self._emit_steps(made, args, kwargs) or self._emit_both_ways(made, args, kwargs)
        if outputs is None:
            outputs = self._emit_layer(self._named(operation), made, args, kwargs)
        name = self._latest(operation)
        for index, mask in enumerate(self._masks.follow(made, args, kwargs, outputs)):
            full = f"{name} mask" + (f" {index + 1}" if index else "")
            self._add(full, "mask", operation, mask.call, mask.inputs, [mask.slot])
        return outputs

    def _emit_layer(self, name: str, made: Any, args: Any, kwargs: dict[str, Any]) -> list[Slot]:
        """Add the nodes of a layer, or of the one that it only puts other weights into."""
        operation = made.operation
        if layers.known(operation) == "SpectralNormalization":  # which it does while training
            operation = operation.layer
            made = _Call(operation, made.input_tensors, made.outputs)
        inputs, outputs = _slots((args, kwargs)), [Slot(t.shape) for t in made.outputs]
        rank = len(outputs[0].shape)
        linear = convolutions.linear(operation, rank, self._dtype)
        affine = normalizations.batch_normalization(operation, rank, self._dtype)
        if linear is not None:
            self._emit_linear(name, operation, linear, inputs[:1], outputs)
        elif affine is not None:  # at inference a mask changes nothing of it
            self._add(name, "affine", operation, calls.one(affine), inputs[:1], outputs, map=affine)
        else:
            self._emit_other(name, made, args, kwargs, outputs)
        return outputs

    def _emit_steps(self, made: Any, args: Any, kwargs: dict[str, Any]) -> list[Slot] | None:
        """Add the nodes of what is applied to each step of a sequence; None for other layers.

        None also where what is inside takes the mask of its step, or constants.
        """
        wrapper = made.operation
        if layers.known(wrapper) != "TimeDistributed":
            return None
        inner, (given, *_) = wrapper.layer, _slots((args, kwargs))
        step = Slot((given.shape[0], *given.shape[2:]))
        tracer = _Tracer(step, self._dtype, self._calls)
        functional = functional_behind(inner)
        if functional is not None:
            results = tracer.open(functional, [step])
        else:
            sequence, result = made.input_tensors[0], made.outputs[0]
            one = _Call(inner, [_of_a_step(sequence)], [_of_a_step(result)])
            results = tracer.add_layer(self._named(wrapper), one, step)
        given_mask = kwargs.get("mask") is not None  # Keras names it also where there is none
        takes = given_mask and "mask" in inspect.signature(inner.call).parameters
        masked = takes and any(node.kind not in UNMASKED for node in tracer.nodes)
        if masked or any(node.kind in ("constant", "mask") for node in tracer.nodes):
            self._calls.subtract([wrapper.name] if functional is None else [])
            return None
        slots = {step: given}
        for node in tracer.nodes:
            slots.update((slot, over_steps(slot, given.shape[1])) for slot in node.outputs)
            self.nodes.append(distributed(node, slots, wrapper))
        return [slots[slot] for slot in results]

    def _emit_both_ways(self, made: Any, args: Any, kwargs: dict[str, Any]) -> list[Slot] | None:
        """Add the two layers of a Bidirectional, and what puts their outputs together.

        None for other layers, and where states come in or go out.
        """
        wrapper, inputs = made.operation, _slots((args, kwargs))
        merge = layers.both_ways(wrapper, len(inputs))
        if merge is None:
            return None
        name, (x, *masks) = self._named(wrapper), inputs
        more = {"mask": masks[0]} if masks else {}
        ways = []
        for way, layer in (
            ("forward", wrapper.forward_layer),
            ("backward", wrapper.backward_layer),
        ):
            shape = layer.compute_output_shape(tuple(x.shape))
            call = _Call(layer, made.input_tensors[:1], [keras.KerasTensor(shape)])
            ways.append(Slot(shape))
            self._emit_other(f"{name}/{way}", call, (x,), more, ways[-1:])
        if wrapper.return_sequences:
            turned = Slot(ways[1].shape)
            turn = calls.one(merge.turn.call)
            self._add(f"{name}/turned", "structure", merge.turn, turn, ways[1:], [turned])
            ways[1] = turned
        outputs = [Slot(made.outputs[0].shape)]
        self._add(name, merge.kind, merge.operation, calls.one(merge.call), ways, outputs)
        return outputs

    def add_layer(self, name: str, made: Any, given: Slot) -> list[Slot]:
        """Add the nodes of a layer that is called on one tensor; give the slots of its results."""
        if layers.is_identity(made.operation, [made.input_tensors[0].dtype]):
            return [given]
        return self._emit_layer(name, made, (given,), {})

    def _emit_constant(self, made: Any, args: Any, kwargs: dict[str, Any]) -> list[Slot]:
        """Add a node that takes constants alone: it goes without the input that it is given."""
        placed = calls.placed(made.operation, args, kwargs, self._dtype)
        outputs = [Slot(t.shape) for t in made.outputs]
        name = self._named(made.operation)
        call = calls.without_input(placed)
        self._add(name, "constant", made.operation, call, [self._start], outputs)
        return outputs

    def _named(self, operation: Any) -> str:
        """Name a call: as the layer, and from its second call on with a number."""
        self._calls[operation.name] += 1
        return self._latest(operation)

    def _latest(self, operation: Any) -> str:
        """Name the last call of an operation."""
        count = self._calls[operation.name]
        return operation.name if count <= 1 else f"{operation.name}#{count}"

    def _emit_linear(
        self, name: str, layer: Any, linear: Linear, inputs: list[Slot], outputs: list[Slot]
    ) -> None:
        """Add a dense layer or a convolution, and its activation as a node of its own."""
        function = layers.activation(layer)
        if function == "linear":
            self._add(name, "linear", layer, calls.one(linear), inputs, outputs, map=linear)
            return
        before = [Slot(outputs[0].shape)]
        self._add(name, "linear", layer, calls.one(linear), inputs, before, map=linear)
        call = calls.one(layer.activation)
        full = f"{name}/{function}"
        self._add(full, "activation", layer, call, before, outputs, activation=function)

    def _emit_other(
        self, name: str, made: Any, args: Any, kwargs: dict[str, Any], outputs: list[Slot]
    ) -> None:
        """Add a node that is run as Keras runs it."""
        operation, inputs = made.operation, _slots((args, kwargs))
        seen = self._masks.read(operation, inputs)
        call = calls.placed(operation, args, kwargs, self._dtype)
        values = tree.flatten((args, kwargs))
        tensors = [isinstance(value, Slot) for value in values]
        kind = layers.kind(operation, tensors, inputs[0].shape, outputs[0].shape)
        if str(made.outputs[0].dtype) == "bool":
            kind = "mask"
        elif seen or _mixes_in_constants(operation, kind, values):
            kind = "opaque"
        function = layers.activation(operation) if kind == "activation" else ""
        if layers.is_maximum_of_zero(operation, values):
            kind, function = "activation", "relu"
        if layers.is_dropout(operation):
            kind, function = "activation", "dropout"
        if seen:
            call = calls.with_masks(call, seen)
            inputs = inputs + [mask for mask in seen if mask is not None]
        held = normalizations.normalization(operation, self._dtype)
        steps = recurrence(operation, len(inputs), self._dtype)
        kind = "recurrent" if steps is not None else kind
        map = held if steps is None else steps
        self._add(name, kind, operation, call, inputs, outputs, activation=function, map=map)

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


def _of_a_step(tensor: Any) -> Any:
    """Make the symbol of one step of a sequence."""
    return keras.KerasTensor((tensor.shape[0], *tensor.shape[2:]), tensor.dtype)


def _mixes_in_constants(operation: Any, kind: Kind, values: Sequence[Any]) -> bool:
    """Tell whether a layer that merges tensors is given a constant for one of them."""
    merges = isinstance(operation, keras.Layer) and kind in ("sum", "maximum", "structure")
    return merges and any(ops.is_tensor(v) or isinstance(v, np.ndarray) for v in values)


def _slots(arguments: Any) -> list[Slot]:
    return [leaf for leaf in tree.flatten(arguments) if isinstance(leaf, Slot)]
