"""Average precision: the numbers of pycocotools, and cases by hand."""

import numpy as np
import pandas as pd
import pytest
from reference.boxes import CASES, FIELDS, tables
from sentences import refuses

from heatbrush_core.outputs import average_precision

TRUE = pd.DataFrame([(5, 5, 4, 4, "a"), (20, 20, 4, 4, "a")], columns=[*FIELDS, "class"])


def found(*rows):
    return pd.DataFrame(rows, columns=[*FIELDS, "class", "score"])


@pytest.mark.parametrize("name", CASES)
def test_equal_to_pycocotools(name):
    case = CASES[name]
    said = average_precision(tables(case["samples"], "found"), tables(case["samples"], "true"))
    assert said.mean == pytest.approx(case["coco"]["mean"], abs=1e-12)
    assert said.at(0.5) == pytest.approx(case["coco"]["at_half"], abs=1e-12)
    table = said.table.pivot(index="overlap", columns="class")
    classes = len(case["coco"]["ap"][0])
    theirs = np.array(case["coco"]["ap"], float)
    recalls = np.array(case["coco"]["recall"])
    assert len(table) == 10
    for code in range(classes):
        if code in table["ap"]:
            mine = table["ap"][code].to_numpy()
            np.testing.assert_allclose(mine, theirs[:, code], atol=1e-12)
            mine = np.nan_to_num(table["recall"][code].to_numpy(), nan=-1)
            np.testing.assert_allclose(mine, recalls[:, code], atol=1e-12)
        else:
            assert np.isnan(theirs[:, code]).all()


def test_by_hand():
    # right, wrong, right: precision 1 up to a recall of a half, then two thirds
    some = found((5, 5, 4, 4, "a", 0.9), (40, 5, 4, 4, "a", 0.8), (20, 20, 4, 4, "a", 0.7))
    said = average_precision([some], [TRUE], overlaps=[0.5])
    assert said.mean == pytest.approx((51 * 1 + 50 * 2 / 3) / 101)
    assert said.table.loc[0, ["recall", "found", "true"]].tolist() == [1, 3, 2]


def test_one_table_is_one_sample_and_what_is_not_there_counts():
    assert average_precision(found(), TRUE).mean == 0
    alone = average_precision(found((5, 5, 4, 4, "b", 0.9)), TRUE)
    # a class without a true box has no precision
    assert np.isnan(alone.table["ap"][alone.table["class"] == "b"]).all()
    assert alone.mean == 0
    assert np.isnan(average_precision(found(), TRUE.iloc[:0]).mean)


def test_refusals():
    with refuses(ValueError, "holds 2 tables and truth 1", "one of each", "empty ones"):
        average_precision([found(), found()], [TRUE])
    with refuses(ValueError, "found[0] has the columns", "score is expected", "add it"):
        average_precision([TRUE], [TRUE])
    with refuses(ValueError, "truth[0] has the columns", "width is expected", "'wdth'"):
        average_precision([found()], [TRUE.rename(columns={"width": "wdth"})])
    with refuses(TypeError, "found is 3", "a list of tables", "DataFrames"):
        average_precision(3, [TRUE])
    with refuses(TypeError, "truth[0] is 7", "a DataFrame", "one per sample"):
        average_precision([found()], [7])
    with refuses(ValueError, "truth[0] has a row without a class", "class by class", "give one"):
        average_precision([found()], [TRUE.assign(**{"class": [None, "a"]})])
    with refuses(ValueError, "truth[0] is an array", "numbers are expected", "give an array"):
        average_precision([found()], [TRUE.assign(row="x")])
    with refuses(ValueError, "a score that is NaN", "ranked", "leave"):
        average_precision([found((5, 5, 4, 4, "a", np.nan))], [TRUE])
    with refuses(ValueError, "overlap is 0.4", "measured at 0.50", "overlaps="):
        average_precision([found()], [TRUE], [0.5]).at(0.4)
