"""Cells that do not exist: drawn as absent, and no part of whatever a view computes."""

import numpy as np
import pytest
from sentences import refuses

import heatbrush as hb
from heatbrush.border.wire import ABSENT
from heatbrush_core import Region

LENGTHS = [10, 6, 8]
COLUMNS = {"bands": [{"op": "add", "rows": None, "columns": [4, 9]}]}


def absent(view):
    array = view.widget.sample["absent"]
    if array == ABSENT:
        return None
    assert array["shape"] == [4, 10]
    return np.frombuffer(array["bytes"], "<f4").reshape(4, 10)


@pytest.fixture(params=["lengths", "finite"])
def view(request, samples, explainer):
    matrices, given = np.array(samples[:3], np.float64), explainer
    if request.param == "finite":
        for x, length in zip(matrices, LENGTHS, strict=True):
            x[:, length:] = np.nan
        given = hb.Explainer(explainer.model, ["left", "right"], valid="finite", fill=-2.0)
    valid = LENGTHS if request.param == "lengths" else None
    made = hb.compare(given, matrices, ["occlusion"], valid=valid, charts=False)
    made.wait()
    assert made.explainer is given
    yield made, matrices, valid
    made.close()


def test_a_view_is_of_what_exists(view):
    made, matrices, valid = view
    for sample, length in enumerate(LENGTHS):
        made.sample = sample
        made.wait()
        drawn = absent(made)
        assert (drawn is None) == (length == 10)
        if drawn is not None:
            np.testing.assert_array_equal(drawn, [np.arange(10) >= length] * 4)
        found = made.explanations["occlusion"]
        expected = made.explainer.explain(
            matrices[sample], "occlusion", valid=None if valid is None else length
        )
        np.testing.assert_array_equal(found.map, expected.map)
        assert np.isnan(found.map[:, length:]).all() and np.isfinite(found.map[:, :length]).all()


def test_questions_of_a_view_are_about_what_exists(view, ask, sent):
    made, matrices, valid = view
    made.sample = 1
    made.wait()
    length = None if valid is None else 6
    ask(made, "whatif", ask=1, selection=COLUMNS)
    made.wait()
    answer = sent.last("answer")
    region = Region.columns(4, 9)
    for key in ("without", "only"):
        said = made.explainer.predict(matrices[1], **{key: region}, valid=length)
        np.testing.assert_allclose(answer[key], said.shown)
    made.find_runs("columns", controls=19).wait()
    mask = None if valid is None else np.arange(10) < np.full((4, 1), 6)
    table = hb.find_runs(made.explainer, matrices[1], controls=19, valid=mask)
    assert made.evidence.attrs == table.attrs
    # of a view it is said once that nothing tells which axis lengths run along
    assumed = [note for note in made.widget.notes if note.startswith("The lengths were taken")]
    assert len(assumed) == (valid is not None)
    np.testing.assert_array_equal(made.evidence["stop"], table["stop"])


def test_lengths_that_do_not_fit_are_refused(samples, explainer):
    with refuses(ValueError, "2 lengths", "there are 3 matrices", "one for each"):
        hb.compare(explainer, np.array(samples[:3]), valid=[3, 4])
