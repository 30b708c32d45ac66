"""What a page is sent of the maps of a model, against the model with cells hidden by hand."""

from __future__ import annotations

import numpy as np
import pytest
from sentences import refuses

import heatbrush as hb
from heatbrush.export.all_samples import frames
from heatbrush.returned import maps

REGION = hb.Region.rectangle(0, 2, 3, 8)
INSIDE = REGION.mask((4, 10))


def pairs(X):
    """A map of half the columns, in two channels: the sums of two columns, and these squared."""
    X = X[..., 0].astype(float)
    sums = X[:, :, ::2] + X[:, :, 1::2]
    return np.stack([sums, sums**2], -1)


def returned(x):
    return pairs(x[None, ..., None])[0]


def read(array):
    return np.frombuffer(array["bytes"], "<f4").reshape(array["shape"])


@pytest.fixture
def mapped():
    return hb.Explainer(pairs, ["sum", "square"], baseline=0.5)


@pytest.fixture
def cells(ask, sent):
    """Ask for a map as the page does; return the answer and its numbers."""

    def cells(view, **asked):
        asked = {"viewer": 3, "ask": 1, "output": 0, "channel": 0, "selection": None, **asked}
        ask(view, "output", **asked)
        at = max(k for k, each in enumerate(sent.messages) if each["kind"] == "output_cells")
        answer, buffers = sent.messages[at], sent.buffers[at]
        values = np.frombuffer(buffers[0], "<f4").reshape(answer["shape"]) if buffers else None
        return answer, values

    return cells


def test_a_sample_brings_the_map_of_the_whole_matrix(make, mapped, samples):
    view = make(explainer=mapped)
    for index, x in enumerate(samples):
        view.sample = index
        (output,) = view.widget.sample["outputs"]
        assert output["shape"] == (4, 5) and output["channels"] == ["sum", "square"]
        assert output["kind"] == "values"
        np.testing.assert_array_equal(
            read(output["whole"]), np.moveaxis(returned(x), -1, 0).astype("f4")
        )


def test_the_map_of_what_is_left_is_that_of_the_model(make, mapped, samples, cells):
    view = make(explainer=mapped)
    selection = REGION.to_json()
    for baseline in (0.5, 0.25):
        view.baseline = baseline
        for part, left in (
            ("whole", samples[0]),
            ("without", np.where(INSIDE, baseline, samples[0])),
            ("only", np.where(INSIDE, samples[0], baseline)),
        ):
            for channel in (0, 1):
                answer, values = cells(view, part=part, channel=channel, selection=selection)
                assert (answer["viewer"], answer["ask"], answer["sample"]) == (3, 1, 0)
                np.testing.assert_allclose(values, returned(left)[..., channel], rtol=1e-6)
    # nothing is selected: nothing is hidden, or everything
    _, values = cells(view, part="only", selection={"bands": []})
    np.testing.assert_allclose(values, 0.5)
    view.sample = 1
    answer, values = cells(view, part="without", selection=selection)
    assert answer["sample"] == 1
    np.testing.assert_allclose(values, returned(np.where(INSIDE, 0.25, samples[1]))[..., 0])


def test_why_there_is_no_map_is_said(make, mapped, cells):
    view = make(explainer=mapped)
    outside = {"bands": [{"op": "add", "rows": [2, 77], "columns": None}]}
    for asked, said in (
        ({"part": "without", "selection": outside}, "reaches row 76"),
        ({"part": "whole", "channel": 2}, "one of 0 to 1"),
        ({"part": "whole", "output": 4}, "output is 4"),
    ):
        answer, values = cells(view, **asked)
        assert said in answer["reason"] and answer["shape"] == [0] and values is None


def test_what_is_too_much_for_a_page_is_asked_for_or_said(
    make, mapped, samples, monkeypatch, cells
):
    monkeypatch.setattr(maps, "MOST", 20)
    view = make(explainer=mapped)
    (output,) = view.widget.sample["outputs"]
    # of two channels one fits
    np.testing.assert_array_equal(
        read(output["whole"])[0], returned(samples[0])[..., 0].astype("f4")
    )
    assert output["whole"]["shape"] == [1, 4, 5] and len(output["channels"]) == 2
    _, values = cells(view, part="whole", channel=1)
    np.testing.assert_allclose(values, returned(samples[0])[..., 1], rtol=1e-6)
    monkeypatch.setattr(maps, "MOST", 19)
    view = make(explainer=mapped)
    assert "outputs" not in view.widget.sample
    assert any("has no panel: it has 4 x 5 cells" in note for note in view.widget.notes)


def test_what_is_no_finite_number_is_nan():
    found = maps.finite(np.array([1e300, -np.inf, 0.5]))
    np.testing.assert_array_equal(found, np.array([np.nan, np.nan, 0.5], "f4"))


def test_a_model_of_classes_sends_no_map(make, cells):
    view = make()
    assert "outputs" not in view.widget.sample
    answer, _ = cells(view, part="whole")
    assert "without its rows or columns" in answer["reason"]


def test_saved_pages_files_and_options_keep_it(make, mapped, samples, tmp_path):
    view = make(explainer=mapped)
    made = frames(view._session)
    for each, x in zip(made, samples, strict=True):
        whole = read(each["sample"]["outputs"][0]["whole"])
        np.testing.assert_array_equal(whole[0], returned(x)[..., 0].astype("f4"))
    alone = hb.load_view(view.save(tmp_path / "case", all_samples=True))
    for index in range(len(samples)):
        view.sample = alone.sample = index
        alone.wait()
        assert alone.widget.sample["outputs"] == view.widget.sample["outputs"]
    alone.close()
    view.options = {"output": "difference", "output_channel": 1, "by_hand": {"output": (0, 5)}}
    assert '"output": "difference"' in view.code()
    with refuses(ValueError, "output_channel is -1", "from 0 on", "give one"):
        view.options = {"output_channel": -1}
