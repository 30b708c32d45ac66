"""Profiles of whole classes."""

import numpy as np
import pandas as pd
import pytest
from sentences import refuses

from heatbrush_core import Explainer, interaction
from heatbrush_core.evidence.class_profiles import class_profile

NAMES = ["left", "right"]


def scores(batch):
    """Evidence for "left" in the first three columns, for "right" in the last three."""
    left, right = batch[:, :, :3].mean(axis=(1, 2, 3)), batch[:, :, -3:].mean(axis=(1, 2, 3))
    return np.stack([left, right], axis=1) * 6


EXPLAINER = Explainer(scores, classes=NAMES, scores="logits", columns=list("abcdefghij"))
RANDOM = np.random.default_rng(0)
Y = np.arange(24) % 2
X = RANDOM.normal(0, 0.2, size=(24, 4, 10))
X[Y == 0, :, :3] += 1
X[Y == 1, :, -3:] += 1
WINDOW = {"patch": (None, 1), "stride": (None, 1)}


def test_means_are_those_of_the_samples_profiles():
    found = class_profile(EXPLAINER, X, Y, **WINDOW)
    assert list(found["class"].values) == NAMES and list(found["columns"].values) == list(
        "abcdefghij"
    )
    for index, name in enumerate(NAMES):
        own = [EXPLAINER.explain(x, "occlusion", index, **WINDOW).columns for x in X[Y == index]]
        mean = found["mean"].sel({"class": name}).values
        np.testing.assert_allclose(mean, np.mean(own, axis=0), atol=1e-6)
        assert set(np.argsort(mean)[-3:]) == ({0, 1, 2} if index == 0 else {7, 8, 9})
    assert list(found["count"].values) == [12, 12]
    assert list(found["class_of"].values) == Y.tolist()


@pytest.mark.parametrize("axis, lines", [("rows", (1, None)), ("columns", (None, 2))])
@pytest.mark.parametrize("given", [{}, {"baseline": 0.5}])
def test_occlusion_hides_whole_lines_of_the_axis(axis, lines, given):
    """A quarter of the axis at the most, as in `find_runs`: 1 of 4 rows, 2 of 10 columns."""
    stride = tuple(None if each is None else 1 for each in lines)
    found = class_profile(EXPLAINER, X, Y, axis=axis, **given)
    same = class_profile(EXPLAINER, X, Y, axis=axis, patch=lines, stride=stride, **given)
    np.testing.assert_array_equal(found["profile"], same["profile"])
    own = class_profile(EXPLAINER, X, Y, axis=axis, patch=(2, 2), **given)
    alone = EXPLAINER.explain_batch(X, "occlusion", Y, patch=2, **given)
    np.testing.assert_array_equal(own["profile"], [getattr(each, axis) for each in alone])


def test_bands_are_as_wide_as_a_mean_of_so_many_samples_is_uncertain():
    found = class_profile(EXPLAINER, X, Y, level=0.9, **WINDOW)
    profiles = found["profile"].values[Y == 0]
    error = profiles.std(axis=0) / np.sqrt(12)
    width = (found["high"] - found["low"]).values[0]
    np.testing.assert_allclose(width[:3], 2 * 1.645 * error[:3], rtol=0.12)
    assert (found["low"] <= found["mean"]).all() and (found["mean"] <= found["high"]).all()
    again = class_profile(EXPLAINER, X, Y, level=0.9, **WINDOW)
    np.testing.assert_array_equal(found["low"], again["low"])
    narrow = class_profile(EXPLAINER, X, Y, level=0.5, **WINDOW)
    assert ((narrow["high"] - narrow["low"]).values[0, :3] < width[:3]).all()


@pytest.mark.parametrize("y", [[NAMES[each] for each in Y], Y.astype(float), Y.astype(np.uint8)])
def test_labels_are_names_or_whole_numbers_of_any_kind(y):
    np.testing.assert_array_equal(
        class_profile(EXPLAINER, X, y, **WINDOW)["class_of"],
        class_profile(EXPLAINER, X, Y, **WINDOW)["class_of"],
    )


def test_the_prototype_goes_most_with_the_mean():
    found = class_profile(EXPLAINER, X, Y, **WINDOW)
    profiles, mean = found["profile"].values, found["mean"].values
    for index in (0, 1):
        own = np.flatnonzero(Y == index)
        cosines = [
            profiles[i] @ mean[index] / np.linalg.norm(profiles[i]) / np.linalg.norm(mean[index])
            for i in own
        ]
        assert found["prototype"].values[index] == own[int(np.argmax(cosines))]


def test_one_sample_has_no_band():
    found = class_profile(EXPLAINER, X[:3], Y[:3], axis="rows", **WINDOW)
    assert np.isnan(found["low"].values[1]).all() and not np.isnan(found["mean"].values).any()
    assert found["mean"].dims == ("class", "rows")


@pytest.mark.parametrize(
    "settings, kind, given, expected, remedy",
    [
        ({"axis": "cells"}, ValueError, "'cells'", "'rows' or 'columns'", "give one"),
        ({"level": 1.0}, ValueError, "level is 1.0", "between 0 and 1", "0.9"),
        ({"y": Y[:5]}, ValueError, "shape (5,)", "24 samples", "one class index or name"),
        ({"y": Y / 2}, TypeError, "y holds 0.5", "index of a class", "its name"),
        ({"y": [*NAMES * 11, "up", "left"]}, ValueError, "no class 'up'", "left, right", "give"),
    ],
)
def test_impossible_questions(settings, kind, given, expected, remedy):
    with refuses(kind, given, expected, remedy):
        class_profile(EXPLAINER, X, **{"y": Y, **settings})


def test_a_pair_keeps_the_seed_of_the_method_apart() -> None:
    seen: list[dict] = []

    class Spy(Explainer):
        def explain_batch(self, X, method, *given, **more):
            seen.append({"method": method, "seed": more.get("seed")})
            return super().explain_batch(X, method, *given, **more)

    explainer = Spy(lambda batch: batch.sum((2, 3)))
    X, y = np.ones((2, 2, 3)), np.array([0, 1])
    found = class_profile(explainer, X, y, ("rise", {"seed": 7, "samples": 10}), seed=3)
    assert seen == [{"method": "rise", "seed": 7}] and found.attrs["seed"] == 3
    assert found.attrs["method"] == "rise"


def test_coordinates_stay_numbers_and_dates():
    explainer = Explainer(
        lambda X: X.sum((1, 2)),
        columns=np.linspace(0, 1.1, 12),
        rows=pd.date_range("2024-01-01", periods=4),
        baseline=0,
    )
    X = np.random.default_rng(0).normal(size=(3, 4, 12))
    columns, rows = (class_profile(explainer, X, [0, 0, 0], axis=a) for a in ("columns", "rows"))
    np.testing.assert_array_equal(columns["columns"], np.linspace(0, 1.1, 12))
    assert columns["mean"].sel(columns=slice(0.15, 0.45)).sizes["columns"] == 3
    assert rows["rows"].dtype.kind == "M"
    assert rows["mean"].sel(rows="2024-01-03").size == 1
    between = interaction(explainer, X[0], "columns", size=5)
    np.testing.assert_allclose(between["columns"], [0, 0.5, 1])
    np.testing.assert_array_equal(between["columns"], between["other_columns"])
    assert interaction(explainer, X[0], "rows")["rows"].dtype.kind == "M"


def test_a_table_gives_its_names_to_the_results():
    explainer = Explainer(lambda X: X.sum((1, 2)), baseline=0)
    x = pd.DataFrame(np.eye(3, 6), index=["a", "b", "c"], columns=np.arange(6) / 4)
    found = explainer.explain(x, "occlusion", patch=(1, 1))
    assert found.row_axis.labels == ("a", "b", "c") and found.columns.shape == (6,)
    assert [
        each.column_axis.labels[1] for each in explainer.explain_batch([x, x], "occlusion")
    ] == ["0.25"] * 2
    assert list(class_profile(explainer, [x, x], [0, 0], axis="rows")["rows"].values) == list("abc")
    table = explainer.evidence(x, explainer.region(rows="b", x=x), controls=5)
    assert list(table.index) == ["b"]
