"""Kinds of error: the numbers of tidecv, and one of each kind by hand."""

import pandas as pd
import pytest
from reference.boxes import CASES, FIELDS, tables
from sentences import refuses

from heatbrush_core.outputs import errors


@pytest.mark.parametrize("name", CASES)
@pytest.mark.parametrize("which", [0, 1])
def test_equal_to_tidecv(name, which):
    case = CASES[name]
    theirs = case["tide"][which]
    found, truth = (tables(case["samples"], each) for each in ("found", "true"))
    said = errors(found, truth, theirs["overlap"], theirs["background"], by="head")
    assert said.average_precision == pytest.approx(theirs["ap"], abs=1e-12)
    table = said.table.set_index("kind")
    assert table["count"].to_dict() == theirs["count"]
    assert table["cost"].to_dict() == pytest.approx(theirs["cost"], abs=1e-12)
    kinds = said.boxes["kind"].value_counts().to_dict()
    assert kinds == {k: n for k, n in theirs["count"].items() if n and k != "missed"}
    for row in said.boxes.itertuples():
        assert found[row.sample]["head"][row.box] == row.by


def test_one_of_each_by_hand():
    truth = pd.DataFrame(
        [(10, 10, 8, 8, "a"), (30, 10, 8, 8, "a"), (50, 10, 8, 8, "a"), (10, 50, 8, 8, "a")],
        columns=[*FIELDS, "class"],
    )
    found = pd.DataFrame(
        [
            (10, 10, 8, 8, "a", 0.9, "right"),
            (10.2, 10, 8, 8, "a", 0.8, "duplicate"),
            (30, 14, 8, 8, "a", 0.7, "place"),
            (50, 10, 8, 8, "b", 0.6, "class"),
            (30, 50, 8, 8, "a", 0.5, "background"),
            (50, 14, 8, 8, "b", 0.4, "both"),
        ],
        columns=[*FIELDS, "class", "score", "expected"],
    )
    said = errors([found], [truth], by="expected")
    assert said.table["kind"].tolist() == [
        "class",
        "place",
        "both",
        "duplicate",
        "background",
        "missed",
    ]
    assert said.table["count"].tolist() == [1] * 6
    assert (said.boxes["kind"] == said.boxes["by"]).all() and len(said.boxes) == 5


def test_overlaps_that_are_out_of_order_are_refused():
    with refuses(ValueError, "background is 0.6 and overlap 0.5", "<= 1 is expected", "give two"):
        errors([], [], 0.5, 0.6)
