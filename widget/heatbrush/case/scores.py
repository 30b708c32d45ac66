"""What the models said, in a file: the scores of samples, of named selections and of runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from heatbrush import protocol
from heatbrush.border.asked import Question
from heatbrush.case.members import Members
from heatbrush_core import Prediction


def predictions(found: Sequence[Prediction], start: str, members: Members) -> bool:
    """Write what a model said of some samples; return whether there are probabilities."""
    shares = [one.probabilities for one in found if one.probabilities is not None]
    if found:
        members.array(f"{start}scores", [each.scores for each in found])
    if shares:
        members.array(f"{start}probabilities", shares)
    return bool(shares)


def named(
    found: Mapping[Question, Sequence[protocol.NamedScores]],
    asked: Mapping[Question, Any],
    members: Members,
) -> list[dict[str, Any]]:
    """Write the scores without named selections; `asked` has each question as the manifest does."""
    written: list[dict[str, Any]] = []
    for question, each in found.items():
        for one in each:
            if one["reason"]:
                continue
            numbers = np.frombuffer(one["scores"]["bytes"], "<f4").reshape(one["scores"]["shape"])
            array = members.array(f"named/{len(written)}", numbers)
            said = {"question": asked[question], "selection": one["selection"], "array": array}
            written.append(said)
    return written


def whatifs(
    found: Mapping[Question, protocol.WhatIfs], asked: Mapping[Question, Any], members: Members
) -> list[dict[str, Any]]:
    """Write the scores of runs; `asked` has each question as the manifest does."""
    return [
        {
            "question": asked[question],
            "classes": each["classes"],
            "rows": _runs(each["rows"], f"whatifs/{at}/rows", members),
            "columns": _runs(each["columns"], f"whatifs/{at}/columns", members),
            "missing": each["missing"],
        }
        for at, (question, each) in enumerate(found.items())
        if each["classes"]
    ]


def _runs(found: protocol.RunScores | None, name: str, members: Members) -> dict[str, Any] | None:
    if found is None:
        return None
    shape = (*found["scores"]["shape"], 3)
    numbers = np.frombuffer(found["scores"]["bytes"], np.uint8).reshape(shape)
    return {"edges": found["edges"], "array": members.array(name, numbers)}
