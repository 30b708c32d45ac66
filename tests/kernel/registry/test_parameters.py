"""Forms: what a parameter's schema becomes, and that those of the registry fit together."""

from __future__ import annotations

import json
from typing import Annotated, Any

import pytest
from pydantic import Field, WithJsonSchema

from heatbrush_core.methods import REGISTRY, Parameters, find
from heatbrush_core.registry.parameters import counting, fields

ONLY_OWN: dict[str, Any] = {"when": {"preset": [None], "rule": ["epsilon", "z"]}}
EITHER: dict[str, Any] = {"when": [{"rule": ["z"]}, {"preset": ["flat"]}], "unit": "cells"}
PRESET: dict[str, Any] = {"enum": ["flat"], "type": "string", "nullable": True}


class Every(Parameters):
    preset: Annotated[Any, WithJsonSchema(PRESET)] = Field(None, json_schema_extra={"none": "own"})
    open: Annotated[Any, WithJsonSchema({**PRESET, "open": True})] = None
    epsilon: float = Field(1e-6, gt=0, title="ε", json_schema_extra=ONLY_OWN)
    step: int | None = Field(None, ge=1, le=9, json_schema_extra=EITHER)
    pair: tuple[int | None, int | None] | None = None
    rules: list[tuple[str, str]] | None = None
    bias: bool | None = None


def test_every_kind_of_parameter_becomes_a_field() -> None:
    made = {field["name"]: field for field in fields(Every)}
    kinds = ["choice", "text", "number", "integer", "pair", "list", "boolean"]
    assert [field["kind"] for field in made.values()] == kinds
    assert [name for name, field in made.items() if not field["nullable"]] == ["epsilon"]
    assert made["preset"]["none"] == "own" and made["bias"]["none"] == "auto"
    assert made["preset"]["choices"] == made["open"]["choices"] == ["flat"]
    epsilon, step = made["epsilon"], made["step"]
    assert (epsilon["label"], epsilon["minimum"], epsilon["exclusive"]) == ("ε", 0, True)
    assert (step["minimum"], step["maximum"], step["unit"]) == (1, 9, "cells")
    assert epsilon["when"] == ONLY_OWN["when"] and step["when"] == EITHER["when"]
    assert made["pair"]["when"] == {}


def test_a_form_that_is_changed_leaves_the_next_as_it_was() -> None:
    fields(Every)[0].update(choices=["mine"])
    assert fields(Every)[0]["choices"] == ["flat"]


@pytest.mark.parametrize("name", REGISTRY)
def test_conditions_name_other_fields_and_values_they_can_have(name: str) -> None:
    made = {field["name"]: field for field in REGISTRY[name].fields()}
    assert json.dumps(list(made.values()))
    for field in made.values():
        each = field["when"] if isinstance(field["when"], list) else [field["when"]]
        for other, values in (pair for condition in each for pair in condition.items()):
            asked = made[other]
            assert other != field["name"] and values
            known = [*(asked["choices"] or [True, False]), *[None] * asked["nullable"]]
            assert all(value in known for value in values), (field["name"], other)


@pytest.mark.parametrize(
    "method, given, expected",
    [
        ("lrp", {}, ["composite", "epsilon"]),
        ("lrp", {"rule": "alpha_beta"}, ["rule", "alpha", "beta"]),
        (
            "lrp",
            {"composite": "epsilon_gamma_box", "low": 0},
            "composite epsilon gamma low".split(),
        ),
        ("occlusion", {"patch": (2, 3)}, ["patch", "stride"]),
        ("shapley", {"players": "rows"}, ["players", "samples", "seed"]),
        ("shapley", {"players": "grid"}, ["players", "grid", "samples", "seed"]),
        ("deeplift", {"baseline": "mean"}, ["baseline", "rule"]),
    ],
)
def test_only_what_the_rule_asks_for_counts(method, given, expected):
    found = counting(find(method).settings(given, (20, 30)))
    assert [name for name in found if name != "samples"] == [n for n in expected if n != "samples"]
