"""The page about a model says what is true of it, and what it could not find out."""

from __future__ import annotations

import base64
import html
import json
import re
import threading

import numpy as np
import pytest
from sentences import refuses

import heatbrush as hb
from heatbrush.report.model_page import model_page
from heatbrush_core.evidence.class_profiles import class_profile

EVIL = "</script><b>{{state}}</b>&\"'"


def words(text: str) -> str:
    """What a reader sees of a part of the page."""
    return " ".join(html.unescape(re.sub("<svg.*?</svg>|<[^>]*>", " ", text)).split())


@pytest.fixture
def sections(tmp_path, explainer):
    """Write a page, and give its sections by their ids."""

    def write(X, y=None, explainer=explainer, **how) -> dict[str, str]:
        path = model_page(explainer, X, tmp_path / "model", y, **how)
        assert path == tmp_path / "model.html"
        found = re.findall(r'<section id="(\w+)".*?>(.*?)</section>', path.read_text("utf-8"), re.S)
        return dict(found)

    return write


@pytest.fixture
def many() -> tuple[np.ndarray, list[int]]:
    """Twelve matrices, two of which the model gets wrong."""
    X = np.random.default_rng(0).normal(size=(12, 4, 10)).astype("float32")
    y = [n % 2 for n in range(12)]
    for n, each in enumerate(y):
        half = slice(0, 5) if each == 0 else slice(5, 10)
        X[n, :, half] += 3
    return X, [1, 0, *y[2:]]


def test_it_says_how_often_the_model_is_right(sections, many) -> None:
    X, y = many
    found = words(sections(X, y)["right"])
    assert "right for 10 of 12 samples: accuracy 83.3%" in found
    assert "true ↓ says → left right left 5 1 right 1 5" in found
    assert "left 6 83.3% 83.3%" in found


def test_profiles_are_those_of_class_profile(sections, many, explainer) -> None:
    X, y = many
    found = words(sections(X, y)["rests"])
    for axis in ("rows", "columns"):
        profile = class_profile(explainer, X, y, axis=axis)
        for name, mean in zip(("left", "right"), profile["mean"].values, strict=True):
            strongest = int(np.argmax(np.abs(mean)))
            assert f"{name} 6 samples Strongest: {strongest} {mean[strongest]:+.3g}" in found
        ends = [min(0, float(profile["low"].min())), max(0, float(profile["high"].max()))]
        assert f"Scale: {ends[0]:.3g} to {ends[1]:.3g}".replace("-", "−") in found
    assert "Hidden cells become the median of their row." in found


def test_examples_say_why_they_are_shown(sections, many) -> None:
    X, y = many
    found = words(sections(X, y)["samples"])
    assert "a mistake that the model is sure of" in found
    assert "most like the mean of left" in found and "most like the mean of right" in found
    assert "the model is least sure of it" in found


def frames_of(path) -> list[dict]:
    found = re.search(r'id="state">(.*?)</script>', path.read_text("utf-8"), re.S)
    assert found is not None
    return json.loads(found[1])["frames"]


def test_its_examples_hold_the_scores_of_runs_as_far_as_there_is_room(
    tmp_path, many, explainer
) -> None:
    X, y = many
    plain = hb.Explainer(explainer.model, ["left", "right"], baseline=0.0)
    path = model_page(plain, X, tmp_path / "model", y, examples=3)
    for frame in frames_of(path):
        held, x = (
            frame["whatifs"],
            np.frombuffer(
                base64.b64decode(frame["sample"]["matrix"]["bytes"]["base64"]), "<f4"
            ).reshape(4, 10),
        )
        assert sorted(held["classes"]) == [0, 1] and held["missing"] == ""
        parts = base64.b64decode(held["columns"]["scores"]["bytes"]["base64"])
        raw = np.frombuffer(parts, np.uint8).reshape(4, 55, 3)
        scores = np.pad(raw, ((0, 0), (0, 0), (1, 0))).copy().view("<f4")[..., 0]
        runs = [(a, b) for a in range(11) for b in range(a + 1, 11)]
        region = hb.Region.columns(2, 5)
        for kind, first in (("without", 0), ("only", 2)):
            said = plain.predict(x, **{kind: region}).shown[held["classes"]]
            found = scores[first : first + 2, runs.index((2, 5))]
            np.testing.assert_allclose(found, said, rtol=1.6e-5, atol=1e-6)
    assert "follow the brush" in path.read_text("utf-8")
    bare = model_page(plain, X, tmp_path / "bare", y, examples=3, what_if=False)
    assert all("what_if=True" in frame["whatifs"]["missing"] for frame in frames_of(bare))
    assert "follow the brush" not in bare.read_text("utf-8")
    budget = len(bare.read_bytes()) + 11_000
    small = model_page(plain, X, tmp_path / "small", y, examples=3, budget=budget)
    assert len(small.read_bytes()) <= budget
    assert all("give hb.model_page a larger" in f["whatifs"]["missing"] for f in frames_of(small))
    with refuses(ValueError, "budget is -1", "a number of bytes is expected", "what_if=False"):
        model_page(plain, X, tmp_path / "none", y, budget=-1)


def test_without_true_classes_it_says_so(sections, many) -> None:
    X, _ = many
    found = sections(X)
    assert "No true classes were given (y=)" in words(found["right"])
    assert "left 6 right 6" in words(found["right"])
    assert "grouped by their predicted class" in words(found["rests"])
    assert "How often the model is right: no true classes" in words(found["checks"])


def test_what_was_not_checked_is_listed(sections, many, explainer) -> None:
    X, y = many
    found = words(sections(X, y)["checks"])
    for said in ("no typical matrices", "columns are assumed", "hb.find_runs", "hb.randomisation"):
        assert said in found
    # a function shows no graph, and runs no method that needs one
    assert "Layers are not listed" in found and "lrp" in found
    known = hb.Explainer(explainer.model, ["left", "right"], background=X, time="columns")
    found = words(sections(X, y, known)["checks"])
    assert "no typical matrices" not in found and "columns are assumed" not in found


@pytest.mark.parametrize("shape", [(1, 10), (4, 1), (4, 10, 2)])
def test_matrices_of_any_kind_with_gaps(sections, shape) -> None:
    X = np.random.default_rng(0).normal(size=(5, *shape))
    X[0, 0, 0] = np.nan

    def model(batch):
        return np.stack([batch.mean((1, 2, 3)), -batch.mean((1, 2, 3))], 1)

    gaps = hb.Explainer(model, valid="finite", baseline=0)
    found = sections(X, [0, 1, 0, 1, 0], gaps)
    assert re.search(r"Cells that exist 9\d\.\d%", words(found["what"]))
    assert "are missing" not in words(found["checks"])


def test_a_single_output_and_a_single_sample(sections) -> None:
    single = hb.Explainer(lambda batch: batch.mean((1, 2)), baseline=0)
    found = sections(np.ones((1, 4, 10)), explainer=single)
    assert "The model has one output" in words(found["right"])


def test_of_a_thousand_classes_the_most_frequent_are_shown(sections) -> None:
    weights = np.random.default_rng(0).normal(size=(40, 1000))
    names = [f"kind {n}" for n in range(1000)]
    large = hb.Explainer(lambda batch: batch.reshape(len(batch), -1) @ weights, names, baseline=0)
    X = np.random.default_rng(1).normal(size=(30, 4, 10))
    found = sections(X, list(range(30)), large, examples=4)
    assert "40 of 1,000 classes are listed: the most frequent." in words(found["right"])
    assert "The most frequent mistakes" in found["right"]
    assert "12 of 30 classes are listed" in words(found["rests"])
    assert found["samples"].count("<tr>") == 5


def test_profiles_of_some_samples_say_so(sections, many) -> None:
    X, y = many
    assert "of 6 of the 12 samples, evenly spaced" in words(sections(X, y, most=6)["rests"])


def test_a_method_that_does_not_run_leaves_the_rest(sections, many) -> None:
    X, y = many
    found = sections(X, y, method="lrp")
    assert "Profiles of columns are missing: lrp needs the model's graph" in words(found["checks"])
    assert "one of the first" in words(found["samples"])


def test_names_are_text_and_nothing_else(tmp_path, explainer, many) -> None:
    X, y = many
    named = hb.Explainer(explainer.model, [EVIL, "right"], [EVIL, "b", "c", "d"], baseline=0)
    text = model_page(named, X, tmp_path / "evil", y).read_text("utf-8")
    assert "<b>{{state}}" not in text and "&lt;/script&gt;&lt;b&gt;{{state}}" in text
    assert text.count("</script>") == 3


def test_progress_cancel_and_limits(tmp_path, explainer, many) -> None:
    X, y = many
    told: list[hb.Progress] = []
    path = model_page(explainer, X, tmp_path / "model", y, progress=told.append)
    done = [each.done for each in told]
    assert done == sorted(done) and told[-1].done == told[-1].total > 3 * len(X)
    before, over = path.read_bytes(), threading.Event()
    over.set()
    with pytest.raises(hb.Cancelled):
        model_page(explainer, X, path, y, cancel=over)
    with refuses(ValueError, "would take", "browsers open", "limit=None"):
        model_page(explainer, X, path, y, limit=1000)
    with refuses(ValueError, "y has shape (3,)", "12 samples", "give one class"):
        model_page(explainer, X, path, y[:3])
    with refuses(ValueError, "most is 0", "expected", "give"):
        model_page(explainer, X, path, y, most=0)
    assert path.read_bytes() == before and list(tmp_path.iterdir()) == [path]
