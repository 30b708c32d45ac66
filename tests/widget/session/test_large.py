"""A view of matrices that are too large for its page: here those of more than ten cells."""

from __future__ import annotations

import json
import re
from typing import Any

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.blocks import large
from heatbrush.border import whole
from heatbrush.export import page

SHAPE = (4, 10)
STATE = re.compile(r'id="state"[^>]*>(.*?)</script>', re.DOTALL)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(whole, "WHOLE", 10)
    monkeypatch.setattr(large, "HELD", 12)


def numbers(array: Any) -> np.ndarray:
    return np.frombuffer(array["bytes"], "<f4").reshape(array["shape"])


def halves(array: Any) -> np.ndarray:
    return np.frombuffer(array["bytes"], "<f2").reshape(array["shape"]) * array["scale"]


def blocks(panel: str | None, run: int, **rest: Any) -> dict[str, Any]:
    asked = {"channel": None, "statistic": "strongest", "steps": [1, 1], "rows": [0, 4]}
    return {"viewer": 7, "ask": 3, "panel": panel, "run": run, "columns": [0, 10], **asked, **rest}


def test_the_page_gets_blocks_profiles_and_limits_of_all_cells(make, samples) -> None:
    view = make({"mine": [np.arange(40.0).reshape(SHAPE) - 10] * 3})
    found = view.explanations["mine"]
    held = view.widget.arrays[view.widget.panels[0]["arrays"]]
    assert held["map"] == held["channels"] == {"shape": [0], "bytes": b""}
    told = held["large"]
    assert told["shape"] == [4, 10] and told["steps"] == (1, 4)
    np.testing.assert_array_equal(numbers(told["rows"]), found.rows)
    np.testing.assert_array_equal(numbers(told["columns"]), found.columns)
    expected = np.quantile(np.abs(found.map), [0.98, 0.998, 1])
    assert [value for _, value in told["quantiles"]] == pytest.approx(expected, abs=1e-5)
    np.testing.assert_allclose(halves(told["mean"])[:, 0], found.map[:, :4].mean(1), rtol=2**-11)
    np.testing.assert_allclose(halves(told["strongest"])[0], [-10, -6, -2], rtol=2**-11)
    sample = view.widget.sample
    assert sample["matrix"]["shape"] == [0] and sample["large"]["shape"] == [4, 10, 1]
    magnitudes = np.abs(samples[0]).mean(0)
    np.testing.assert_allclose(numbers(sample["large"]["columns"]), magnitudes, rtol=1e-6)
    assert view.widget.hidden["matrix"]["shape"] == [0]


@pytest.mark.parametrize("statistic", ["strongest", "mean"])
def test_blocks_are_answered_from_all_cells(make, ask, sent, samples, statistic) -> None:
    view = make({"mine": [np.arange(40.0).reshape(SHAPE) - 10] * 3})
    run = view.widget.panels[0]["run"]
    asked = blocks("mine", run, steps=[2, 1], rows=[1, 2], columns=[3, 6], statistic=statistic)
    ask(view, "blocks", **asked)
    reply = sent.last("tile")
    assert (reply["viewer"], reply["ask"], reply["shape"]) == (7, 3, [1, 3])
    found = np.frombuffer(sent.buffers[-1][0], "<f2") * reply["scale"]
    part = view.explanations["mine"].map[2:4, 3:6]
    np.testing.assert_allclose(found, part.max(0) if statistic == "strongest" else part.mean(0))
    ask(view, "blocks", **blocks(None, 0))
    found = np.frombuffer(sent.buffers[-1][0], "<f2").reshape(SHAPE) * sent.last("tile")["scale"]
    np.testing.assert_allclose(found, samples[0], rtol=2**-10, atol=1e-6)


@pytest.mark.parametrize(
    "wrong",
    [
        {"steps": [3, 1]},
        {"steps": [1, 64]},
        {"rows": [0, 5]},
        {"columns": [4, 4]},
        {"columns": [-1, 4]},
        {"rows": [0, 1, 2]},
    ],
)
def test_what_is_no_block_is_refused(make, ask, sent, wrong) -> None:
    view = make({"mine": [np.zeros(SHAPE)] * 3})
    ask(view, "blocks", **blocks("mine", view.widget.panels[0]["run"], **wrong))
    assert sent.kinds("tile", "refused") == ["refused"]


def test_an_answer_is_never_larger_than_it_may_be(make, ask, sent, monkeypatch) -> None:
    monkeypatch.setattr(large, "SENT", 39)
    view = make({"mine": [np.zeros(SHAPE)] * 3})
    ask(view, "blocks", **blocks("mine", view.widget.panels[0]["run"]))
    assert "one answer holds 39" in sent.last("refused")["sentence"]


@pytest.mark.parametrize(("panel", "run"), [("mine", 99), ("gone", 1), (None, 3)])
def test_blocks_of_what_is_not_shown_are_none(make, ask, sent, panel, run) -> None:
    view = make({"mine": [np.zeros(SHAPE)] * 3})
    ask(view, "blocks", **blocks(panel, run))
    assert sent.last("tile")["shape"] == [0] and sent.buffers[-1] == []


def test_the_value_of_a_cell_is_exact(make, ask, sent, samples) -> None:
    map = np.full(SHAPE, np.nan)
    map[1, 2] = np.float32(1 / 3)
    view = make({"mine": [map] * 3})
    ask(view, "value", viewer=7, ask=4, row=1, column=2)
    reply = sent.last("values")
    assert reply["panels"]["mine"]["value"] == np.float32(1 / 3)
    assert reply["panels"]["mine"]["run"] == view.widget.panels[0]["run"]
    assert reply["input"] == samples[0][1, 2] and reply["absent"] is False
    ask(view, "value", viewer=7, ask=5, row=0, column=0)
    assert sent.last("values")["panels"]["mine"]["value"] is None
    ask(view, "value", viewer=7, ask=6, row=4, column=0)
    assert "the matrix is 4 × 10" in sent.last("refused")["sentence"]


def test_errors_of_estimates_are_told_with_the_value(make, ask, sent) -> None:
    view = make([("shapley", {"players": "columns", "samples": 6})])
    found = view.explanations["shapley"]
    ask(view, "value", viewer=7, ask=4, row=1, column=2)
    told = sent.last("values")["panels"]["shapley"]
    assert told["error"] == found.standard_error[1, 2] and told["value"] == found.map[1, 2]


def test_the_strongest_cells_come_from_all_cells(make, ask, sent) -> None:
    map = np.zeros(SHAPE)
    map[1:3, 4:6] = 5
    view = make({"mine": [map] * 3})
    ask(view, "strongest", viewer=7, panel="mine", percent=10.0, positive=True)
    reply = sent.last("cells")
    assert reply["note"] == "" and reply["viewer"] == 7
    mask = hb.Region.from_json(reply["selection"]).mask(SHAPE)
    np.testing.assert_array_equal(mask, map > 0)
    ask(view, "strongest", viewer=7, panel="other", percent=10.0, positive=True)
    assert sent.last("cells")["selection"] is None and "not complete" in sent.last("cells")["note"]


def test_a_view_of_several_channels_holds_the_one_that_is_chosen() -> None:
    rng = np.random.default_rng(0)
    X, map = rng.normal(size=(2, 4, 10, 3)), rng.normal(size=(2, 4, 10, 3))
    view = hb.compare(None, X, {"mine": list(map)}, snapshot=False, charts=False)
    view.wait(20)
    for channel in (None, 2, 0):
        view.widget.options = {**view.widget.options, "channel": channel}
        view.wait(20)
        plane = map[0].sum(-1) if channel is None else map[0, ..., channel]
        told = view.widget.arrays[view.widget.panels[0]["arrays"]]["large"]
        assert told["channel"] == channel == view.widget.sample["large"]["channel"]
        np.testing.assert_allclose(numbers(told["rows"]), plane.sum(1), rtol=1e-5, atol=1e-6)
        assert told["quantiles"][-1][1] == pytest.approx(np.abs(plane).max())
        of_input = X[0].sum(-1) if channel is None else X[0, ..., channel]
        low = view.widget.sample["large"]["quantiles"][0]
        assert low == (0.0, pytest.approx(of_input.min()))
    view.close()


def test_cells_that_do_not_exist_are_told_apart_and_count_for_nothing() -> None:
    X = np.ones((4, 10))
    valid = np.ones((4, 10), bool)
    valid[:, 8:] = False
    view = hb.compare(None, X, {"mine": X}, valid=valid, snapshot=False, charts=False)
    view.wait(20)
    told = view.widget.sample["large"]
    assert np.isinf(halves(told["mean"])[:, -1]).all() and halves(told["mean"])[0, 0] == 1
    assert np.isnan(numbers(told["columns"])[8:]).all()
    view.close()


def test_every_buffer_keeps_its_place_when_a_panel_goes(make, ask) -> None:
    """A client that saves the state keeps the place of each buffer that it was sent once."""
    view = make({"mine": [np.ones(SHAPE)] * 3, "other": [np.ones(SHAPE)] * 3})
    trait = view.widget.panels[1]["arrays"]
    before = view.widget.arrays[trait]
    ask(view, "remove", panel="other")
    after = view.widget.arrays[trait]
    assert after["run"] == 0 and after["large"].keys() == before["large"].keys()
    assert all(after["large"][name]["bytes"] == b"" for name in ("strongest", "mean", "rows"))


def test_a_saved_page_holds_blocks_and_no_whole_map(make) -> None:
    view = make({"mine": [np.ones(SHAPE)] * 3})
    text = view._exports.page()
    state = json.loads(STATE.search(text)[1])["state"]
    assert state["sample"]["matrix"]["shape"] == [0] and state["sample"]["large"]["steps"] == [1, 4]
    assert len(text) < 25_000_000 and page.LIMIT == 25_000_000
    frames = view._exports.page(all_frames(view))
    assert frames.count('"large"') == 2 * 3 + 2


def all_frames(view: hb.View) -> list[dict[str, Any]]:
    from heatbrush.export.all_samples import frames

    return frames(view._session)
