"""Relevance that is carried from layer to layer: LRP and deep Taylor decomposition."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated, Any, Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from heatbrush_core.inference.task import Task
from heatbrush_core.network.network import Relevance
from heatbrush_core.registry.method import Method, Result
from heatbrush_core.registry.parameters import Parameters
from heatbrush_core.walks.backward.composites import (
    COMPOSITES,
    Assignment,
    Choice,
    CompositeName,
    RuleName,
    read,
)

if TYPE_CHECKING:
    from heatbrush_core.graph.graph import Graph, Node
    from heatbrush_core.walks.backward.walk import Start

Bound = Annotated[Any, WithJsonSchema({"type": "number", "nullable": True})]
Rules = Annotated[Any, BeforeValidator(read), WithJsonSchema({"type": "array"})]
LOWEST = (
    "the lowest value a cell can have, a number or an array; None: the lowest of the background"
)
HIGHEST = LOWEST.replace("lowest", "highest")


def _where(rule: RuleName, *composites: CompositeName) -> dict[str, Any]:
    """Let a form show a number where a rule is at work: alone, in composites, or at the input."""
    alone: dict[str, list[Any]] = {"composite": [None], "rule": [rule]}
    within = [{"composite": list(composites)}] if composites else []
    return {"when": [alone, *within, {"input_rule": [rule]}]}


EPSILON = _where("epsilon", *(name for name in COMPOSITES if name.startswith("epsilon")))
GAMMA = _where("gamma", "epsilon_gamma_box")
BOX = _where("z_bounded", "epsilon_gamma_box")


class LRPParameters(Parameters):
    """The rule of each layer, and its numbers."""

    composite: CompositeName | None = Field(
        "epsilon_plus",
        description="rules by kind of layer, in the place of one rule for all; None where rule or "
        "rules are given",
        json_schema_extra={"none": "none"},
    )
    rule: RuleName = Field(
        "epsilon",
        description="how a layer shares its relevance among its inputs; z_bounded is for the first "
        "layers, the others then take z_plus",
        json_schema_extra={"when": {"composite": [None]}},
    )
    epsilon: float = Field(
        1e-6,
        ge=0,
        description="what is added to each denominator in rule epsilon, for stability",
        json_schema_extra=EPSILON,
    )
    alpha: float = Field(
        2.0,
        description="the weight of what excites, in rule alpha_beta",
        json_schema_extra=_where("alpha_beta"),
    )
    beta: float = Field(
        1.0,
        description="the weight of what inhibits, in rule alpha_beta; alpha - beta is 1",
        json_schema_extra=_where("alpha_beta"),
    )
    gamma: float = Field(
        0.25,
        ge=0,
        description="how much more weights of the output's own sign count, in rule gamma",
        json_schema_extra=GAMMA,
    )
    low: Bound = Field(
        None,
        description=f"in rule z_bounded, {LOWEST}, or of the matrix",
        json_schema_extra=BOX,
    )
    high: Bound = Field(
        None,
        description=f"in rule z_bounded, {HIGHEST}, or of the matrix",
        json_schema_extra=BOX,
    )
    bias: bool | None = Field(
        None,
        description="whether a bias takes its share of the relevance; None is the rule's own",
        json_schema_extra={"none": "by the rule"},
    )
    input_rule: RuleName | None = Field(
        None,
        description="the rule of the first layers, whatever the others have",
        json_schema_extra={"none": "as the others"},
    )
    rules: Rules = Field(
        (),
        description="pairs (layer, rule), of which the first that fits a layer counts; a layer is "
        'a name, "conv", "dense", "first" or a function of a node, a rule a name or a dict',
    )

    @model_validator(mode="before")
    @classmethod
    def _asked_by_rule(cls, given: Any) -> Any:
        """Let who names a rule have it: the composite is a default, not a choice."""
        named = isinstance(given, dict) and "composite" not in given
        if named and ("rule" in given or given.get("rules")):
            return {**given, "composite": None}
        return given

    def summary(self) -> str:
        """As in "epsilon plus · ε = 1e-06"."""
        parts = [(self.composite or self.rule).replace("_", " ")]
        uses = self.composite or self.rule
        parts += [f"ε = {self.epsilon:g}"] if uses.startswith("epsilon") else []
        parts += [f"α = {self.alpha:g}, β = {self.beta:g}"] if uses == "alpha_beta" else []
        parts += [f"γ = {self.gamma:g}"] if "gamma" in uses else []
        parts += [f"input {self.input_rule.replace('_', ' ')}"] if self.input_rule else []
        parts += [f"{len(self.rules)} own rules"] if self.rules else []
        parts += [] if self.bias is None else ["with bias" if self.bias else "no bias"]
        return " · ".join(parts)

    def assignment(self) -> Assignment:
        """Take the parameters as what they say of nodes."""
        numbers = {name: getattr(self, name) for name in ("epsilon", "alpha", "beta", "gamma")}
        return Assignment(
            self.rule, self.composite, self.rules, self.input_rule, self.bias, numbers
        )


def lrp(task: Task, X: NDArray[Any], settings: LRPParameters) -> list[Result]:
    """Carry the score back, layer by layer, each neuron sharing its relevance among its inputs.

    The sum over all cells is the score less what biases, stabilisers and nodes without a rule took;
    `residual` is that sum minus the score, and `Explanation.conservation` tells where it arose; a
    probability is shared as its slope at the logits times these. By default dense
    layers take epsilon and convolutions z+: where the truth is known it puts more of its mass
    there than one rule epsilon for all (docs/known_truth.md), which on rectifiers without biases
    is input x gradient (Ancona et al. 2018, arXiv:1711.06104, proposition 1). On a linear model
    the rules z and epsilon give weight times cell, times logit / (logit + epsilon) for epsilon.

    Source: Bach et al. (2015), doi:10.1371/journal.pone.0130140; rules after Montavon et al.
    (2019), doi:10.1007/978-3-030-28954-6_10, table 10.1, epsilon with sign(0) = +1, gamma with more
    weight for what has the output's own sign; composites after Kohlbrenner et al. (2020),
    arXiv:1910.09840; excitation backprop is Zhang et al. (2016), arXiv:1608.00507.
    """
    found, plan, graph = propagated(task, X, settings.assignment(), settings, "score")
    notes = _unknown(graph)
    if any(choice.rule == "alpha_beta" for choice in plan.values()) and not settings.rules:
        left = settings.alpha - settings.beta
        if settings.composite is None and abs(left - 1) > 1e-9:
            notes += (f"alpha - beta is {left:g}, not 1, so that relevance is not conserved.",)
    return results(found, graph, notes)


class DeepTaylorParameters(Parameters):
    """The bounds of the input, where it has some."""

    low: Bound = Field(None, description=LOWEST.partition(";")[0])
    high: Bound = Field(None, description=HIGHEST.partition(";")[0])

    @model_validator(mode="after")
    def _both_or_none(self) -> Self:
        if (self.low is None) != (self.high is None):
            raise ValueError("low and high are both expected, or neither")
        return self

    def summary(self) -> str:
        """As in "input from 0 to 1"."""
        if self.low is None:
            return ""
        bounds = [f"{b:g}" if np.ndim(b) == 0 else "array" for b in (self.low, self.high)]
        return f"input from {' to '.join(bounds)}"


def deep_taylor(task: Task, X: NDArray[Any], settings: DeepTaylorParameters) -> list[Result]:
    """Decompose what is positive of the score, each neuron around a root point of its own.

    The z+ rule without bias in all layers, and the z^B rule in the first ones where the input has
    bounds; the sum over all cells is relu(score) plus the `residual`. On a linear model a
    cell gets its share of all positive products weight times cell.

    Source: Montavon et al. (2017), doi:10.1016/j.patcog.2016.11.008, sections 4 and 5.
    """
    bounded = settings.low is not None
    asked = Assignment("z_plus", input_rule="z_bounded" if bounded else None)
    found, _, graph = propagated(task, X, asked, settings, "positive score")
    notes = ("Explains positive evidence only.", *_unknown(graph))
    made = results(found, graph, notes)
    empty = "The score is not positive, so that there is nothing to explain."
    return [
        replace(each, notes=(*each.notes, *_negative(each.values)))
        if start > 0
        else Result(each.values, each.score, notes=(notes[0], empty))
        for each, start in zip(made, found.start, strict=True)
    ]


def _negative(values: NDArray[Any]) -> tuple[str, ...]:
    """Say why a decomposition of what is positive has cells below 0, beyond rounding."""
    if values.min() >= -1e-6 * values.max():
        return ()
    return (
        "Some cells are negative, as the model is more than linear layers, rectifiers and pooling.",
    )


def propagated(
    task: Task, X: NDArray[Any], asked: Assignment, settings: Any, start: Start
) -> tuple[Relevance, dict[Node, Choice], Graph]:
    """Walk back with the rules that are asked for."""
    from heatbrush_core.walks.backward.lrp import Propagation  # these need TensorFlow
    from heatbrush_core.walks.backward.walk import Walk

    graph = task.network.folded
    plan, numbers = asked.plan(graph)
    inputs: dict[str, NDArray[Any]] = {}
    if any(choice.rule == "z_bounded" for choice in plan.values()):
        inputs = _bounds(task, X, settings.low, settings.high)
    choices = tuple(plan.values())
    names = [node.name for node in plan]

    def rule(scene: Any) -> Propagation:
        by_name = {node.name: node for node in scene.graph.nodes}
        pairs = zip(names, choices, strict=True)
        return Propagation(scene, {by_name[name]: choice for name, choice in pairs})

    key = ("propagation", start, choices)
    walk = Walk(key, rule, start, folded=True, numbers=numbers, inputs=inputs)
    return task.relevance(X, walk), plan, graph


def results(found: Relevance, graph: Graph, notes: tuple[str, ...]) -> list[Result]:
    """Make a result of each matrix of a walk: its map, what was lost, and where."""
    layers = {node.name: type(node.operation).__name__ for node in graph.nodes}
    made = []
    ends = _arrivals(graph)
    for index, (values, score) in enumerate(zip(found.values, found.scores, strict=True)):
        rows, held = [], dict.fromkeys(ends.values(), 0.0)
        for name, sums in found.ledger.items():
            arrives, passed, *taken = sums[:, index].tolist()
            if name in ends:  # where it has arrived, as it has in the matrix
                held[ends[name]] += arrives
                passed = arrives
            rows.append(_row(name, layers[name], arrives, passed, *taken))
        start = float(found.start[index])
        made.append(
            Result(
                values,
                float(score),
                promised=start - sum(held.values()),
                notes=(*notes, *_held(held, start)),
                conservation=tuple(rows),
            )
        )
    return made


def _arrivals(graph: Graph) -> dict[str, str]:
    """Tell by node, and name, where relevance has arrived at a held input."""
    from heatbrush_core.graph.inputs.still import arrivals  # which needs TensorFlow

    return {node.name: name for node, name in arrivals(graph).items()}


def _held(held: Mapping[str, float], start: float) -> tuple[str, ...]:
    """Say how much of the relevance went to the held inputs, and so lies in no cell."""
    if not held:
        return ()
    parts = ", ".join(f"{value:.3g} to {name!r}" for name, value in held.items())
    verb = "which is held" if len(held) == 1 else "which are held"
    return (
        f"Of the relevance {start:.3g} at the score, this went to no cell of the map but to inputs "
        f"beside the matrix, {verb}: {parts}; conservation() lists it.",
    )


def _row(
    name: str, layer: str, arrives: float, passed: float, bias: float, stabiliser: float
) -> dict[str, Any]:
    rest = arrives - passed - bias - stabiliser
    return {
        "node": name,
        "layer": layer,
        "arrives": arrives,
        "passed": passed,
        "bias": bias,
        "stabiliser": stabiliser,
        "rest": rest,
    }


def _unknown(graph: Graph) -> tuple[str, ...]:
    """Say by name which nodes take the gradient, as no rule knows them."""
    arrived = _arrivals(graph)  # which lose nothing
    names = [n.name for n in graph.nodes if n.kind == "opaque" and n.name not in arrived]
    if not names:
        return ()
    listed = ", ".join(names[:5]) + (f" and {len(names) - 5} more" if len(names) > 5 else "")
    verb = "takes" if len(names) == 1 else "take"
    return (f"{listed} {verb} the gradient, as no rule knows what it does to relevance.",)


def _bounds(task: Task, X: NDArray[Any], low: Any, high: Any) -> dict[str, NDArray[Any]]:
    """Spread the bounds over the input; those that were not given are the background's or X's."""
    known = X if task.background is None else task.background
    axes = (1, 2, 3) if task.background is None else None
    lowest, highest = known.min(axes, keepdims=True), known.max(axes, keepdims=True)
    ends = (lowest if low is None else low), (highest if high is None else high)
    found = {}
    for name, end in zip(("low", "high"), ends, strict=True):
        cells = np.asarray(end, X.dtype)
        cells = cells[..., None] if cells.ndim == 2 else cells
        try:
            found[name] = np.broadcast_to(cells, X.shape)
        except ValueError as error:
            raise ValueError(
                f"{name} has shape {np.shape(end)}, but the matrix is {X.shape[1:]}; give one "
                "number, or one per cell."
            ) from error
    if (found["low"] >= found["high"]).all():
        raise ValueError(
            f"low is {np.min(ends[0]):g} and high {np.max(ends[1]):g}, but cells must have room "
            "between the two; give low= and high= as the data allow."
        )
    return found


METHODS = (
    Method(
        name="lrp",
        family="attribution",
        question="How much of the score came through each cell, layer by layer?",
        needs="graph",
        shares=True,
        Parameters=LRPParameters,
        together=lrp,
    ),
    Method(
        name="deep_taylor",
        family="attribution",
        question="Which cells make up the positive part of the score?",
        needs="graph",
        shares=True,
        Parameters=DeepTaylorParameters,
        together=deep_taylor,
    ),
)
