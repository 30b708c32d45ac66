"""Which head does the work, against the measures taken one by one."""

import numpy as np
import pandas as pd
import pytest
from reference.boxes import CASES, FIELDS, tables
from sentences import refuses

from heatbrush_core.outputs import Grid, average_precision, errors, heads, specialities, suppress


def kept(found, overlap):
    return [t.iloc[suppress(t[FIELDS].to_numpy(), t["score"], t["class"], overlap)] for t in found]


def test_each_muted_and_each_alone():
    samples = CASES["several"]["samples"]
    found, truth = tables(samples, "found"), tables(samples, "true")
    said = heads(found, truth, 0.6).set_index("head")
    assert said.index.tolist() == ["all", 0, 1]
    whole = kept(found, 0.6)
    assert said.loc["all", "ap_alone"] == average_precision(whole, truth).mean
    for head in (0, 1):
        alone = kept([table[table["head"] == head] for table in found], 0.6)
        assert said.loc[head, "ap_alone"] == average_precision(alone, truth).mean
        assert said.loc[head, "ap_without"] == said.loc[1 - head, "ap_alone"]
        assert said.loc[head, "boxes"] == sum((table["head"] == head).sum() for table in whole)
    kinds = errors(whole, truth, by="head").table.set_index("kind")["count"]
    for kind in ("class", "place", "both", "duplicate", "background"):
        assert said.loc["all", kind] == kinds[kind] == said.loc[0, kind] + said.loc[1, kind]
    assert "missed" not in said


def test_what_a_muted_head_had_suppressed_comes_forth():
    columns = [*FIELDS, "class", "score", "head"]
    found = pd.DataFrame([(5, 5, 4, 4, 0, 0.9, 0), (5, 5, 4, 4, 0, 0.8, 1)], columns=columns)
    truth = pd.DataFrame([(5, 5, 4, 4, 0)], columns=[*FIELDS, "class"])
    said = heads([found], [truth]).set_index("head")
    assert said["boxes"].to_dict() == {"all": 1, 0: 1, 1: 0}
    assert said.loc[0, "ap_without"] == said.loc[1, "ap_without"] == 1
    # without suppression the second is a duplicate
    assert heads([found], [truth], None).set_index("head")["duplicate"].to_dict() == {
        "all": 1,
        0: 0,
        1: 1,
    }


def test_what_each_predictor_has_specialised_in():
    columns = ["height", "width", "class", "head", "predictor"]
    rows = [(2, 9, "a", 0, 0), (4, 7, "a", 0, 0), (9, 2, "b", 0, 1), (5, 5, "a", 1, 0)]
    rows += [(6, 8, "b", 0, 0), (8, 9, "b", 0, 0)]
    found = pd.DataFrame(rows, columns=columns)
    said = specialities([found.iloc[:3], found.iloc[3:]]).set_index(["head", "predictor"])
    assert said["boxes"].to_dict() == {(0, 0): 4, (0, 1): 1, (1, 0): 1}
    assert said.loc[(0, 0), ["height", "width", "a", "b"]].tolist() == [5, 8.5, 0.5, 0.5]
    none = Grid().decode(np.full((2, 2, 6), -9.0), (4, 4))
    assert specialities([none, found])["predictor"].tolist() == [0, 1, 0]
    assert specialities([none, found])["predictor"].dtype == int
    assert specialities(found, by="head")["boxes"].tolist() == [5, 1]


@pytest.mark.parametrize("by", ["head", "predictor"])
def test_a_table_without_heads_is_refused(by):
    found = pd.DataFrame(np.zeros((0, 6)), columns=[*FIELDS, "class", "score"])
    with refuses(ValueError, "found[0] has the columns", f"{by} is expected", "add it"):
        heads([found], [found], by=by)
