"""Which rule of relevance propagation each node takes: one for all, a composite, or a list."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Literal, get_args

from heatbrush_core.checks import hint, short

if TYPE_CHECKING:
    from heatbrush_core.graph.graph import Graph, Node

RuleName = Literal["z", "epsilon", "z_plus", "w_square", "flat", "alpha_beta", "gamma", "z_bounded"]
CompositeName = Literal[
    "epsilon_plus",
    "epsilon_plus_flat",
    "epsilon_alpha2_beta1",
    "epsilon_alpha2_beta1_flat",
    "epsilon_gamma_box",
    "excitation_backprop",
]
COMPOSITES: tuple[CompositeName, ...] = get_args(CompositeName)
RULES: tuple[RuleName, ...] = get_args(RuleName)
KEEPS_BIAS: tuple[RuleName, ...] = ("z", "epsilon", "alpha_beta", "gamma")
"""Rules that count the bias as one more input, unless they are told otherwise."""
NUMBERS: dict[RuleName, tuple[str, ...]] = {
    "epsilon": ("epsilon",),
    "alpha_beta": ("alpha", "beta"),
    "gamma": ("gamma",),
}
"""The numbers that a rule needs; those of z_bounded belong to the input."""

Selector = str | Callable[["Node"], bool]


@dataclass(frozen=True)
class Choice:
    """The rule of one node.

    Attributes
    ----------
    rule
        Its name.
    bias
        Whether the bias counts.
    inhibits
        Whether the second half of alpha-beta is computed: not for beta = 0.
    numbers
        Where the walk's arrays have the rule's numbers, by the rule's name for them.
    """

    rule: RuleName
    bias: bool
    inhibits: bool = True
    numbers: tuple[tuple[str, str], ...] = ()


_PLUS = Choice("z_plus", bias=True)
_ALPHA2_BETA1 = Choice("alpha_beta", True, numbers=(("alpha", "alpha"), ("beta", "beta")))
_EPSILON = Choice("epsilon", True, numbers=(("epsilon", "epsilon"),))
_GAMMA = Choice("gamma", True, numbers=(("gamma", "gamma"),))
_FLAT, _BOX = Choice("flat", False), Choice("z_bounded", False)

_TABLE: dict[CompositeName, tuple[Choice | None, Choice, Choice]] = {
    "epsilon_plus": (None, _PLUS, _EPSILON),
    "epsilon_plus_flat": (_FLAT, _PLUS, _EPSILON),
    "epsilon_alpha2_beta1": (None, _ALPHA2_BETA1, _EPSILON),
    "epsilon_alpha2_beta1_flat": (_FLAT, _ALPHA2_BETA1, _EPSILON),
    "epsilon_gamma_box": (_BOX, _GAMMA, _EPSILON),
    "excitation_backprop": (None, _PLUS, _PLUS),
}
"""The rules of the first linear nodes (None: as the others), of convolutions, and of the rest."""


@dataclass(frozen=True)
class Assignment:
    """What was asked for: rule by rule, in the order in which it counts.

    Attributes
    ----------
    rule
        For all linear nodes, if nothing else says otherwise.
    composite
        Or one that goes by the kind of a node.
    entries
        Pairs of a selector and a rule; the first that selects a node wins over both.
    input_rule
        For the first linear nodes, whatever the others say.
    bias
        Whether the bias counts; None leaves it to each rule.
    numbers
        "epsilon", "alpha", "beta", "gamma".
    """

    rule: RuleName = "epsilon"
    composite: CompositeName | None = None
    entries: Sequence[tuple[Selector, RuleName | Mapping[str, Any]]] = ()
    input_rule: RuleName | None = None
    bias: bool | None = None
    numbers: Mapping[str, float] = field(default_factory=dict)

    def plan(self, graph: Graph) -> tuple[dict[Node, Choice], dict[str, float]]:
        """Choose for each linear and affine node of a folded graph.

        Returns
        -------
        dict of Node to Choice, dict of str to float
            And the numbers that the choices name.

        Raises
        ------
        ValueError
            For a selector that selects no node.
        """
        from heatbrush_core.graph.analysis.structure import first_linear  # which needs Keras

        first, _ = first_linear(graph)
        nodes = [node for node in graph.nodes if node.kind in ("linear", "affine")]
        numbers = dict(self.numbers)
        if self.composite is not None and "alpha2" in self.composite:
            numbers |= {"alpha": 2.0, "beta": 1.0}
        chosen = {node: self._general(node, node in first) for node in nodes}
        for found, choice, own in self._listed(nodes, first):
            chosen |= dict.fromkeys(found, choice)
            numbers |= own
        if self.input_rule is not None:
            chosen |= dict.fromkeys(first, self._of(self.input_rule))
        # inside, where cells are activations, the box is that of a rectifier: from 0 on
        inside = {node for node, choice in chosen.items() if choice.rule == "z_bounded"} - first
        chosen |= dict.fromkeys(inside, Choice("z_plus", bias=False))
        needed = {key for choice in chosen.values() for _, key in choice.numbers}
        return chosen, {name: value for name, value in numbers.items() if name in needed}

    def _listed(
        self, nodes: Sequence[Node], first: Collection[Node]
    ) -> Iterator[tuple[list[Node], Choice, dict[str, float]]]:
        """Give, entry by entry, the nodes that it is the first to select, its rule and numbers."""
        left = set(nodes)
        for index, (selector, rule) in enumerate(self.entries):
            selected = [node for node in nodes if selects(selector, node, node in first)]
            if not selected:
                raise ValueError(_nothing(selector, nodes))
            choice, own = self._entry(rule, index)
            yield [node for node in selected if node in left], choice, own
            left -= set(selected)

    def _general(self, node: Node, first: bool) -> Choice:
        if self.composite is None:
            return self._of(self.rule)
        at_input, convolution, other = _TABLE[self.composite]
        if first and at_input is not None:
            return at_input
        choice = convolution if "Conv" in type(node.operation).__name__ else other
        return choice if self.bias is None else replace(choice, bias=self.bias)

    def _of(self, rule: RuleName, bias: bool | None = None, mark: str = "") -> Choice:
        bias = self.bias if bias is None else bias
        keeps = rule in KEEPS_BIAS if bias is None else bias
        numbers = tuple((name, name + mark) for name in NUMBERS.get(rule, ()))
        return Choice(rule, keeps, self.numbers.get("beta", 1) != 0, numbers)

    def _entry(
        self, rule: RuleName | Mapping[str, Any], index: int
    ) -> tuple[Choice, dict[str, float]]:
        """Read one rule of the list, with numbers of its own where it has some."""
        if isinstance(rule, str):
            return self._of(rule), {}
        mark = f" of entry {index}"
        choice = self._of(rule["rule"], rule.get("bias"), mark)
        numbers = {key: float(rule.get(name, self.numbers[name])) for name, key in choice.numbers}
        return replace(choice, inhibits=numbers.get("beta" + mark, 1) != 0), numbers


def selects(selector: Selector, node: Node, first: bool) -> bool:
    """Tell whether a selector means a node: by name, by kind, or as a predicate says."""
    if callable(selector):
        return bool(selector(node))
    kind = type(node.operation).__name__
    kinds = {"conv": "Conv" in kind, "dense": kind == "Dense", "first": first}
    if kinds.get(selector):
        return node.kind == "linear"
    return selector in (node.name, node.operation.name)


def read(entries: Any) -> tuple[tuple[Selector, RuleName | dict[str, Any]], ...]:
    """Check a list of pairs (selector, rule).

    Raises
    ------
    ValueError
        In words that continue "lrp has rules=..., but".
    """
    if not isinstance(entries, list | tuple):
        raise ValueError("a list of pairs (layer, rule) is expected")
    for entry in entries:
        if not isinstance(entry, list | tuple) or len(entry) != 2:
            raise ValueError(f"{short(entry)} is no pair (layer, rule)")
        selector, rule = entry
        if not isinstance(selector, str) and not callable(selector):
            raise ValueError(f"{short(selector)} is no layer name, kind or function of a node")
        own = {"rule": rule} if isinstance(rule, str) else rule
        known = {"rule", "bias", "epsilon", "alpha", "beta", "gamma"}
        if not isinstance(own, Mapping) or "rule" not in own or set(own) - known:
            raise ValueError(
                f'{short(rule)} is no rule: its name, or a dict of "rule", "bias", "epsilon", '
                '"alpha", "beta" and "gamma"'
            )
        if own["rule"] not in RULES:
            remedy = hint(own["rule"], RULES, f"one of {', '.join(RULES)}")
            # the sentence goes on after it
            raise ValueError(f"there is no rule {short(own['rule'])}; {remedy.rstrip('?')}")
    return tuple((selector, rule) for selector, rule in entries)


def _nothing(selector: Selector, nodes: Sequence[Node]) -> str:
    names = [node.name for node in nodes]
    named = repr(selector) if isinstance(selector, str) else "a function of nodes"
    listed = ", ".join(names[:8]) + (", ..." if len(names) > 8 else "")
    remedy = hint(selector, names, 'give one, or "conv", "dense" or "first".')
    return f"lrp has a rule for {named}, but no layer with a rule is that among {listed}; {remedy}"
