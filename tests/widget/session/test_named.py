"""Named selections: the mapping of Python, the list of the page, and the model's own scores."""

from __future__ import annotations

import numpy as np
import pytest
from sentences import refuses

import heatbrush as hb
from heatbrush.border.named import BOXES, MOST
from heatbrush.export.all_samples import frames

LEFT, TOP = hb.Region.columns(0, 5), hb.Region.rows(0, 2)


def scores(view, at=0):
    """The two rows of numbers of one entry of the list."""
    array = view.widget.named_scores[at]["scores"]
    return np.frombuffer(array["bytes"], "<f4").reshape(array["shape"])


def expected(model, x, region):
    inside = region.mask(x.shape)
    return [model(np.where(kept, x, 0)[None, ..., None])[0] for kept in (~inside, inside)]


@pytest.fixture
def view(make, model, samples):
    # a given map: nothing but the list asks the model
    maps = np.zeros(samples.shape)
    return make({"given": maps}, explainer=hb.Explainer(model, scores="values", baseline=0))


def test_the_mapping_reads_and_writes_what_the_page_lists(view) -> None:
    view.selections["burst"] = LEFT
    view.selections["both"] = "rows 0 to 1; columns 0 to 4"
    assert view.selections == {"burst": LEFT, "both": TOP | LEFT}
    assert [each["name"] for each in view.widget.named] == ["burst", "both"]
    view.selections["burst"] = TOP
    del view.selections["both"]
    assert view.widget.named == [{"name": "burst", "selection": TOP.to_json()}]
    # what a page writes is what Python reads
    view.widget.set_state({"named": [{"name": "  a  b ", "selection": LEFT.to_json()}]})
    assert dict(view.selections) == {"a b": LEFT}
    assert repr(view.selections) == "{'a b': Region.columns(0, 5)}"
    with pytest.raises(KeyError, match="No selection is called 'a c'; did you mean 'a b'"):
        view.selections["a c"]


def test_what_cannot_be_kept_is_refused_in_a_sentence_and_the_list_stays(view, sent) -> None:
    view.selections["burst"] = LEFT
    with refuses(TypeError, "3", "name is text", "give a text"):
        view.selections[3] = LEFT
    with refuses(ValueError, "is empty", "name", "give a text"):
        view.selections[" \n"] = LEFT
    with refuses(ValueError, "'none'", "no cell", "select cells first"):
        view.selections["none"] = hb.Region()
    with refuses(TypeError, "7", "is a Region", "make one"):
        view.selections["burst"] = 7
    with pytest.raises(ValueError, match="reaches column 10"):
        view.selections["outside"] = hb.Region.columns(0, 11)
    one = {"name": "burst", "selection": LEFT.to_json()}
    bands = LEFT.to_json()["bands"]
    for wrong, said in [
        ([one, one], "Two selections are called 'burst'"),
        ([{**one, "name": str(at)} for at in range(MOST + 1)], f"at most {MOST}"),
        ([{**one, "selection": {"bands": bands * (BOXES + 1)}}], f"of {BOXES} boxes"),
        ([{"name": "x"}], "a text as its name and its selection"),
        ([{**one, "name": 3}], "a text as its name"),
        ("burst", "a list is expected"),
    ]:
        view.widget.set_state({"named": wrong})
        assert said in sent.last("refused")["sentence"]
    assert dict(view.selections) == {"burst": LEFT}


def test_scores_are_the_models_own_of_what_is_shown_and_asked_once(view, model, samples) -> None:
    view.selections["left"] = LEFT
    view.selections["top"] = TOP
    for sample in (0, 2):
        view.sample = sample
        for at, region in enumerate((LEFT, TOP)):
            assert view.widget.named_scores[at]["sample"] == sample
            np.testing.assert_allclose(
                scores(view, at), expected(model, samples[sample], region), rtol=1e-5
            )
    # another name, or another target, asks nothing; neither does going back
    calls = model.calls
    view.widget.set_state({"named": [{"name": "renamed", "selection": LEFT.to_json()}]})
    assert len(view.widget.named_scores) == 1
    view.sample = 0
    assert view.widget.named_scores[0]["sample"] == 0
    assert model.calls == calls
    view.baseline = 1
    other = model(np.where(LEFT.mask(samples.shape[1:]), 1, samples[0])[None, ..., None])[0]
    np.testing.assert_allclose(scores(view)[0], other, rtol=1e-5)
    view.selections.clear()
    assert view.widget.named_scores == []


def test_what_goes_wrong_stands_with_the_selection(view, model) -> None:
    model.error = ValueError("the model is broken")
    view.selections["left"] = LEFT
    (said,) = view.widget.named_scores
    assert "the model is broken" in said["reason"]
    assert said["scores"]["bytes"] == b""
    # asked again, it may go well
    model.error = None
    view.selections["top"] = TOP
    assert [each["reason"] for each in view.widget.named_scores] == ["", ""]


def test_without_a_model_they_are_kept_without_scores(make, samples) -> None:
    view = make({"own": np.ones(samples.shape[1:])}, explainer=None, X=samples[0])
    view.selections["left"] = LEFT
    assert (dict(view.selections), view.widget.named_scores) == ({"left": LEFT}, [])


def test_a_list_that_was_changed_while_the_line_was_cut_is_taken(view, ask, sent) -> None:
    kept = [{"name": "left", "selection": LEFT.to_json()}]
    ask(view, "hello", whole=True, named=kept)
    assert dict(view.selections) == {"left": LEFT}
    ask(view, "hello", whole=True, named=[{**kept[0], "name": ""}])
    assert "empty" in sent.last("refused")["sentence"]


def test_code_names_them_and_a_page_of_all_samples_has_the_scores_of_each(
    view, model, samples, tmp_path
) -> None:
    view.selections["left"] = LEFT
    assert 'view.selections["left"] = hb.Region.columns(0, 5)\n' in view.code()
    session, exports = view._session, view._exports

    made = frames(session)
    exports.page(made)
    for x, frame in zip(samples, made, strict=True):
        (found,) = frame["named_scores"]
        values = np.frombuffer(found["scores"]["bytes"], "<f4").reshape(2, -1)
        np.testing.assert_allclose(values, expected(model, x, LEFT), rtol=1e-5)
