"""The what-ifs of an offline page: the model's own answers, as many as there is room for."""

from __future__ import annotations

import base64
import json
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

import heatbrush as hb
from heatbrush.export import what_ifs

MARK = '<script type="application/json" id="state">'


def opened(path: Path) -> dict[str, Any]:
    text = path.read_text("utf-8")
    start = text.index(MARK) + len(MARK)
    return json.loads(text[start : text.index("</script>", start)])


def numbers(held: dict[str, Any]) -> np.ndarray:
    """(2, classes, runs): without each run, and with only it."""
    return read(held["scores"]["shape"], base64.b64decode(held["scores"]["bytes"]["base64"]))


def read(shape: list[int], stored: bytes) -> np.ndarray:
    parts = np.frombuffer(stored, np.uint8).reshape(-1, 3)
    whole = np.concatenate([np.zeros((len(parts), 1), np.uint8), parts], 1)
    return whole.reshape(-1).view("<f4").reshape(2, -1, shape[1])


def test_each_run_has_what_the_model_says_without_it_and_with_only_it(
    make, tmp_path: Path, samples
) -> None:
    view = make(sample=1, baseline=0.25)
    held = opened(view.save_html(tmp_path / "page.html"))["state"]["whatifs"]
    assert held["classes"] == [1, 0] and held["missing"] == ""
    for axis, length in (("rows", 4), ("columns", 10)):
        edges = held[axis]["edges"]
        assert edges == list(range(length + 1))
        found = numbers(held[axis])
        runs = what_ifs.runs(edges)
        assert len(runs) == found.shape[2] == length * (length + 1) // 2
        for at, (start, stop) in enumerate(runs):
            hidden = np.zeros(samples[1].shape, bool)
            lines = slice(start, stop)
            hidden[(lines, slice(None)) if axis == "rows" else (slice(None), lines)] = True
            for which, mask in enumerate((hidden, ~hidden)):
                x = np.where(mask, np.float32(0.25), samples[1])
                said = view.explainer.predict(x).shown
                np.testing.assert_allclose(
                    found[which, :, at], said[[1, 0]], rtol=1.6e-5, atol=1e-7
                )


def test_a_page_of_all_samples_has_those_of_each(make, tmp_path: Path, samples) -> None:
    view = make(sample=1, baseline=0)
    page = opened(view.save_html(tmp_path / "page.html", all_samples=True))
    held = [frame["whatifs"] for frame in page["frames"]]
    assert page["state"]["whatifs"] == held[1] and [each["classes"][0] for each in held] == [
        0,
        1,
        0,
    ]
    for x, each in zip(samples, held, strict=True):
        x = x.copy()
        x[:, 2:4] = 0
        at = what_ifs.runs(each["columns"]["edges"]).index((2, 4))
        said = view.explainer.predict(x).shown[each["classes"]]
        np.testing.assert_allclose(numbers(each["columns"])[0, :, at], said, atol=1e-4)


def size(runs: int, classes: int = 1) -> float:
    """Bytes that so many runs take in a page."""
    return what_ifs.BESIDE + classes * what_ifs.EACH * runs


@pytest.mark.parametrize(
    ("room", "classes", "edges"),
    [
        (1e9, 3, 17),
        (size(136 + 10, 2) + 1, 2, 17),
        (size(136 + 10) + 1, 1, 17),
        (size(136 + 10) - 1, 3, 9),
        (size(10 + 10) + 1, 1, 5),
        (size(2) + 1, 1, 2),
        (size(2) - 1, 0, 0),
        (-1e6, 0, 0),
    ],
)
def test_room_goes_to_the_target_then_to_other_classes_then_edges_get_coarser(
    room: float, classes: int, edges: int
) -> None:
    plan = what_ifs.planned((4, 16), 3, 1, room)
    assert (plan.classes, len(plan.edges["columns"])) == (classes, edges)


def test_a_margin_needs_both_of_its_classes() -> None:
    room = size(136 + 10, 2)
    assert what_ifs.planned((4, 16), 3, 2, room + 1).classes == 2
    assert len(what_ifs.planned((4, 16), 3, 2, room - 1).edges["columns"]) == 9


def test_a_long_axis_has_a_bounded_number_of_runs() -> None:
    plan = what_ifs.planned((1, 100_000), 2, 1, 1e12)
    edges = plan.edges["columns"]
    assert (
        len(edges) * (len(edges) - 1) / 2 <= what_ifs.MOST < 2 * len(edges) * (2 * len(edges) - 1)
    )
    assert (edges[0], edges[-1]) == (0, 100_000)


def test_the_page_is_no_larger_than_its_budget_and_says_what_it_does_not_hold(
    make, tmp_path: Path
) -> None:
    view = make()
    bare = len(view.save_html(tmp_path / "bare.html", what_if=False).read_bytes())
    assert (
        "view.save_html(path) stores those"
        in opened(tmp_path / "bare.html")["state"]["whatifs"]["missing"]
    )
    seen = set()
    for extra in (100, 3100, 3300, 3530, 4000, 5000):
        path = view.save_html(tmp_path / "page.html", budget=bare + extra)
        held = opened(path)["state"]["whatifs"]
        assert len(path.read_bytes()) <= bare + extra
        seen.add(held["missing"])
    assert "" in seen and f"{what_ifs.NO_ROOM}; {what_ifs.MORE}" in seen
    assert any("for left, not for the others" in each for each in seen)
    assert any("for columns that begin and end at every 2 columns" in each for each in seen)


@given(
    st.lists(st.floats(width=32), min_size=2, max_size=8).filter(lambda each: len(each) % 2 == 0)
)
def test_stored_numbers_are_exact_to_a_part_in_65000_and_zero_is_zero(values) -> None:
    numbers32 = np.array(values, np.float32)
    fine = what_ifs.short(numbers32.astype(float).reshape(2, -1))
    found = read(fine["shape"], fine["bytes"]).reshape(-1)
    finite = np.isfinite(numbers32)
    assert np.isnan(found[~finite]).all()
    small = np.abs(numbers32) < 1e-37  # below, float32 has fewer digits
    large = np.abs(numbers32) > 3.4e38  # beyond, rounding may end in infinity
    plain = finite & ~small & ~large
    np.testing.assert_allclose(found[plain], numbers32[plain], rtol=1 / 65_000)
    assert (found[numbers32 == 0] == 0).all()


def test_it_tells_how_far_it_is_and_writes_nothing_once_cancelled(make, tmp_path: Path) -> None:
    view, told, cancel = make(), [], threading.Event()
    view.save_html(tmp_path / "page.html", progress=told.append)
    assert (told[-1].done, told[-1].total) == (2 * (55 + 10), 2 * (55 + 10))
    cancel.set()
    with pytest.raises(hb.Cancelled):
        view.save_html(tmp_path / "none.html", cancel=cancel)
    assert not (tmp_path / "none.html").exists()


def test_without_a_model_there_is_nothing_to_ask_and_nothing_said(tmp_path: Path) -> None:
    x = np.ones((3, 4), np.float32)
    view = (
        hb.compare(None, x, {"mine": hb.Explanation.of(x)})
        if hasattr(hb.Explanation, "of")
        else hb.compare(None, x, {"mine": x})
    )
    try:
        held = opened(view.save_html(tmp_path / "page.html"))["state"]["whatifs"]
    finally:
        view.close()
    assert held == {"classes": [], "rows": None, "columns": None, "missing": ""}


@pytest.mark.parametrize("budget", [0, -1.0, float("nan")])
def test_a_budget_is_a_number_of_bytes(make, tmp_path: Path, budget: float) -> None:
    with pytest.raises(ValueError, match=r"number of bytes is expected.*what_if=False"):
        make().save_html(tmp_path / "page.html", budget=budget)


def test_of_several_models_it_holds_those_of_each(make, tmp_path: Path, explainer, samples) -> None:
    swapped = hb.Explainer(
        lambda X: np.stack([X[:, :, 5:8].mean((1, 2, 3)), X[:, :, :3].mean((1, 2, 3))], 1),
        classes=["right", "left"],
    )
    view = make(explainer={"before": explainer, "after": swapped}, baseline=0)
    held = opened(view.save_html(tmp_path / "page.html"))["state"]["whatifs"]
    assert sorted(held["classes"]) == [0, 1, 2, 3] and held["classes"][:2] == [0, 2]
    at = what_ifs.runs(held["columns"]["edges"]).index((2, 5))
    for which, kind in enumerate(("without", "only")):
        x = {kind: hb.Region.columns(2, 5)}
        first, further = (
            asked.with_baseline(0).predict(samples[0], **x).shown for asked in (explainer, swapped)
        )
        expected = np.concatenate([first, further[::-1]])[held["classes"]]
        np.testing.assert_allclose(numbers(held["columns"])[which, :, at], expected, atol=1e-4)
