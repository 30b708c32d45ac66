"""What a hidden cell becomes is the same in maps, what-ifs and searches of a view, and is said."""

import numpy as np
import pytest

from heatbrush_core import Region

COLUMNS = {"bands": [{"op": "add", "rows": None, "columns": [0, 5]}]}
ROW_MEDIAN = "Hidden cells become the median of their row."


def test_all_samples_of_a_view_have_the_same_word(make, samples, explainer) -> None:
    view = make(("occlusion", "gradient"))
    assert view.explainer is explainer and explainer.baseline == "row_median"
    for sample in range(len(samples)):
        view.sample = sample
        view.wait()
        occluded = view.explanations["occlusion"]
        assert occluded.parameters["baseline"] == "row_median"
        notes = {panel["name"]: panel["notes"] for panel in view.widget.panels}
        assert ROW_MEDIAN in notes["occlusion"] and ROW_MEDIAN not in notes["gradient"]


def test_a_what_if_hides_by_it(make, ask, sent, samples) -> None:
    view = make()
    ask(view, "whatif", ask=1, selection=COLUMNS)
    answer = sent.last("answer")
    hidden = samples[0].copy()
    hidden[:, :5] = np.median(samples[0], axis=1, keepdims=True)
    expected = [hidden[:, :5].mean(), hidden[:, 5:].mean()]
    np.testing.assert_allclose(answer["without"], expected, rtol=1e-5)


def test_a_search_says_it(make) -> None:
    view = make()
    view.find_runs("columns", controls=19).wait()
    assert view.evidence.attrs["notes"][0] == ROW_MEDIAN
    table = view.explainer.evidence(view.explainer.matrix(np.eye(6, 12)), [Region.columns(0, 3)], 0)
    assert table.attrs["notes"] == (ROW_MEDIAN,)


@pytest.mark.parametrize("given", [0, "blur"])
def test_a_panel_can_have_another(make, given) -> None:
    view = make([("occlusion", {"baseline": given})])
    assert view.explanations["occlusion"].parameters["baseline"] == given
