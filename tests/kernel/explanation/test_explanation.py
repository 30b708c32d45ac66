import dataclasses
import io
import json
import warnings
from itertools import pairwise

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
import pytest
from sentences import refuses

from heatbrush_core.explanation.explanation import Explanation, load
from heatbrush_core.maps.colours import limits, table
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets import Class, Margin

matplotlib.use("Agg")

H, W, C = 4, 6, 2
VALUES = np.random.default_rng(0).normal(size=(H, W, C))
CLASSES = ("walking", "<i>running</i>")


def explanation(**changes):
    given = {
        "values": VALUES,
        "method": "occlusion",
        "parameters": {"patch": (3, None), "baseline": 0.0},
        "target": Class(1),
        "score": 1.5,
        "row_axis": Axis.make(["acc x", "acc y", "acc z", "$gyro$"], H, "rows"),
        "column_axis": Axis.make(pd.Index(np.arange(W) * 0.1, name="time (s)"), W, "columns"),
        "classes": CLASSES,
    }
    return Explanation(**{**given, **changes})


ARRAYS = ("values", "map", "rows", "columns")
ERRORS = {
    "standard_error": VALUES[..., 0] ** 2,
    "row_errors": np.arange(H) / 3,
    "column_errors": np.arange(W) / 7,
}


# ------------------------------------------------------------------ arrays


def test_the_map_sums_the_channels_and_the_profiles_sum_the_map():
    e = explanation()
    np.testing.assert_allclose(e.map, VALUES.sum(2), rtol=1e-6)
    np.testing.assert_allclose(e.rows, VALUES.sum((1, 2)), rtol=1e-5)
    np.testing.assert_allclose(e.columns, VALUES.sum((0, 2)), rtol=1e-5)
    assert e.shape == (H, W, C)


def test_a_published_map_is_kept():
    published = VALUES[..., 0] * 7
    e = explanation(map=published, profile="mean")
    np.testing.assert_allclose(e.map, published, rtol=1e-6)
    np.testing.assert_allclose(e.rows, published.mean(1), rtol=1e-5)
    np.testing.assert_allclose(e.columns, published.mean(0), rtol=1e-5)


def test_arrays_are_float32_copies_that_cannot_be_written():
    values = VALUES.astype(np.float32)
    e = explanation(values=values)
    values[:] = 0
    assert e.values.any()
    for name in ARRAYS:
        array = getattr(e, name)
        assert array.dtype == np.float32
        with pytest.raises(ValueError, match="read-only"):
            array[0] = 1
    with pytest.raises(dataclasses.FrozenInstanceError):
        e.score = 3


def test_sums_are_taken_before_the_cast():
    values = np.zeros((1, 1, 3))
    values[0, 0] = 1e8, 1.0, -1e8
    assert explanation(values=values, row_axis=None, column_axis=None).map[0, 0] == 1


@pytest.mark.parametrize(("profile", "line"), [("sum", np.nansum), ("mean", np.nanmean)])
def test_outside_the_region_nothing_is_known(profile, line):
    region = Region.rectangle(1, 3, 2, 5) | Region.rectangle(3, 4, 0, 1)
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        e = explanation(within=region, profile=profile)
    mask = region.mask((H, W))
    np.testing.assert_array_equal(np.isnan(e.map), ~mask)
    np.testing.assert_array_equal(np.isnan(e.values), np.repeat(~mask[..., None], C, 2))
    assert np.isnan(e.rows[0]) and np.isnan(e.columns[1])
    np.testing.assert_allclose(e.rows[1:], [line(row) for row in e.map[1:]], rtol=1e-6)
    known = [0, 2, 3, 4]
    np.testing.assert_allclose(e.columns[known], [line(e.map[:, c]) for c in known], rtol=1e-6)


def test_errors_are_known_where_the_map_is():
    region = Region.rectangle(1, 3, 2, 5)
    e = explanation(**ERRORS, within=region)
    np.testing.assert_array_equal(np.isnan(e.standard_error), np.isnan(e.map))
    np.testing.assert_array_equal(np.isnan(e.row_errors), np.isnan(e.rows))
    np.testing.assert_array_equal(np.isnan(e.column_errors), np.isnan(e.columns))
    np.testing.assert_allclose(e.row_errors[1:3], [1 / 3, 2 / 3])
    assert e.column_errors.dtype == np.float32 and not e.column_errors.flags.writeable
    for name in ERRORS:
        assert getattr(explanation(), name) is None
    with refuses(ValueError, "row_errors has shape (6,)", "(4,) is expected", "give one for each"):
        explanation(row_errors=np.zeros(W))


def test_wrong_shapes():
    with refuses(ValueError, "(4, 6)", "(rows, columns, channels)", "add an axis"):
        explanation(values=VALUES[..., 0])
    with refuses(
        ValueError, "(6, 4)", "the values have (4, 6, 2)", "one number per row and column"
    ):
        explanation(map=VALUES[..., 0].T)
    with refuses(ValueError, "rows= holds 4 names", "has 2 rows", "give 2 names"):
        explanation(values=VALUES[:2])


# ------------------------------------------------------------------ facts


def test_parameters_are_plain_data():
    def darkest(x):
        return x.min()

    parameters = {
        "patch": (3, None),
        "steps": np.int64(8),
        "low": np.array([[0.5], [1.0]]),
        "players": [Region.rows(0, 2)],
        "baseline": darkest,
        "nested": {"rule": "gamma", "on": np.bool_(True)},
    }
    plain = explanation(parameters=parameters).parameters
    assert json.loads(json.dumps(plain)) == plain
    assert plain == {
        "patch": [3, None],
        "steps": 8,
        "low": [[0.5], [1.0]],
        "players": [Region.rows(0, 2).to_json()],
        "baseline": "darkest",
        "nested": {"rule": "gamma", "on": True},
    }


def test_comparing_explanations_does_not_compare_arrays():
    e = explanation()
    assert e == e
    assert e != explanation()
    assert len({e, e}) == 1


def test_it_says_what_it_explains():
    assert explanation().about == "<i>running</i>"
    assert explanation(target=Margin(1, 0)).about == "<i>running</i> rather than walking"
    assert explanation(classes=()).about == "class 1"


def test_repr_and_html():
    e = explanation(within=Region.rows(0, 2), residual=0.001, score_at_baseline=-0.25)
    for part in ("occlusion", "patch=[3, None]", "running", "1.5", "-0.25", "0.001", "acc x–acc y"):
        assert part in repr(e) and part in e._repr_html_()
    assert repr(e).startswith("<Explanation method: ") and repr(e).count("<Explanation") == 1
    assert "residual" not in repr(explanation())
    assert "<i>" not in e._repr_html_() and "&lt;i&gt;running" in e._repr_html_()


def test_missing_axes_are_numbered():
    e = explanation(row_axis=None, column_axis=None)
    assert e.row_axis == Axis.make(None, H, "rows")
    assert e.column_axis.labels[-1] == "5"


# ------------------------------------------------------------------ files


@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"target": Margin(1, 0), "residual": 0.1 + 0.2, "score_at_baseline": 1e-300},
        {"within": Region.rows(0, 3) - Region.columns(2, None), "profile": "mean"},
        {"map": VALUES[..., 0], "row_axis": None, "parameters": {}},
        {"classes": ("naïve", "日本"), "score": float("nan")},
        ERRORS,
    ],
)
def test_saved_and_loaded_is_the_same(tmp_path, changes):
    e = explanation(**changes)
    e.save(tmp_path / "map.npz")
    back = load(tmp_path / "map.npz")
    for field in dataclasses.fields(Explanation):
        mine, theirs = getattr(e, field.name), getattr(back, field.name)
        if field.name in (*ARRAYS, "score") or (field.name in ERRORS and field.name in changes):
            np.testing.assert_array_equal(theirs, mine, strict=field.name != "score")
        else:
            assert theirs == mine, field.name
    for name in ("row_axis", "column_axis"):
        mine, theirs = getattr(e, name).values, getattr(back, name).values
        assert (mine is None) == (theirs is None)
        assert mine is None or (mine == theirs).all()
    if e.within is not None:
        assert repr(back.within) == repr(e.within)


def test_paths_without_ending_and_open_files(tmp_path):
    e = explanation()
    e.save(tmp_path / "map.v2")
    assert (tmp_path / "map.v2.npz").exists()
    assert Explanation.load(tmp_path / "map.v2").score == e.score
    buffer = io.BytesIO()
    e.save(buffer)
    buffer.seek(0)
    np.testing.assert_array_equal(load(buffer).map, e.map)


def test_the_file_holds_no_pickle(tmp_path):
    explanation().save(tmp_path / "map.npz")
    with np.load(tmp_path / "map.npz", allow_pickle=False) as stored:
        assert all(stored[name].dtype.kind in "fU" for name in stored.files)


def test_other_files_are_refused(tmp_path):
    path = tmp_path / "other.npz"
    with pytest.raises(FileNotFoundError):
        load(path)
    sentence = ("is no explanation", "written by Explanation.save", "give the path")
    for content in (b"", b"hello"):
        path.write_bytes(content)
        with refuses(ValueError, *sentence):
            load(path)
    for arrays in (
        {"values": VALUES},
        {"heatbrush": np.array([{"pickled": True}], object)},
        {"heatbrush": np.array("[]")},
        {"heatbrush": np.array('{"format": 1}')},
    ):
        np.savez(path, **arrays)
        with refuses(ValueError, *sentence):
            load(path)
    np.save(tmp_path / "map.npy", VALUES)
    with refuses(ValueError, *sentence):
        load(tmp_path / "map.npy")
    np.savez(path, heatbrush=np.array('{"format": 99}'))
    with refuses(ValueError, "format 99", "formats up to 1", "update heatbrush"):
        load(path)


def test_xarray_has_the_names():
    e = explanation(within=Region.columns(1, 4), residual=0.5)
    dataset = e.to_xarray()
    assert dataset["values"].dims == ("rows", "columns", "channel")
    np.testing.assert_array_equal(dataset["map"], e.map)
    np.testing.assert_array_equal(dataset["map"].sel(rows="acc y", columns=0.1), e.map[1, 1])
    np.testing.assert_array_equal(dataset["row_profile"], e.rows)
    np.testing.assert_array_equal(dataset["column_profile"], e.columns)
    assert not set(ERRORS) & set(dataset.variables)
    assert dataset["columns"].attrs["long_name"] == "time (s)"
    assert dataset.attrs["method"] == "occlusion"
    assert dataset.attrs["about"] == e.about
    assert json.loads(dataset.attrs["parameters"]) == e.parameters
    assert Region.from_json(json.loads(dataset.attrs["within"])) == e.within
    assert all(isinstance(value, str | float) for value in dataset.attrs.values())
    sampled = explanation(**ERRORS).to_xarray()
    assert sampled["row_errors"].dims == ("rows",) and sampled["column_errors"].dims == ("columns",)
    np.testing.assert_array_equal(sampled["standard_error"], explanation(**ERRORS).standard_error)


# ------------------------------------------------------------------ figures


@pytest.fixture
def ax():
    figure, axes = plt.subplots()
    yield axes
    plt.close(figure)


def test_plot_shows_the_map_around_zero(ax):
    e = explanation()
    assert e.plot(ax) is ax
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array(), e.map)
    assert image.get_clim() == (-limits(e.map), limits(e.map))
    np.testing.assert_allclose(image.cmap.colors, table("blue-red light") / 255)
    assert [t.get_text() for t in ax.get_yticklabels()] == list(e.row_axis.labels)
    assert ax.get_xlabel() == "time (s)"
    assert ax.get_title(loc="left") == "occlusion · <i>running</i>"
    ax.figure.canvas.draw()


def test_plot_options(ax):
    e = explanation()
    ax.set_facecolor("black")
    e.plot(ax, channel=1, limit=2.5, colourbar=False)
    (image,) = ax.images
    np.testing.assert_array_equal(image.get_array(), e.values[..., 1])
    assert image.get_clim() == (-2.5, 2.5)
    np.testing.assert_allclose(image.cmap.colors, table("blue-red dark") / 255)
    assert len(ax.figure.axes) == 1
    e.plot(ax, cmap="purple-green light", quantile=0.5)
    np.testing.assert_allclose(ax.images[-1].cmap.colors, table("purple-green light") / 255)
    with refuses(
        ValueError, "channel is 2", "the explanation has 2, counted from 0", "None for the map"
    ):
        e.plot(ax, channel=2)


def test_plot_makes_its_own_figure():
    axes = explanation().plot()
    assert axes.images
    plt.close(axes.figure)


def test_names_are_thinned_until_they_do_not_touch(ax):
    values = np.zeros((200, 300, 1))
    names = [f"a rather long name {i}" for i in range(300)]
    e = explanation(values=values, row_axis=None, column_axis=Axis.make(names, 300, "columns"))
    e.plot(ax, colourbar=False)
    ax.figure.canvas.draw()
    for labels, low, high in ((ax.get_xticklabels(), 0, 2), (ax.get_yticklabels(), 1, 3)):
        boxes = sorted(label.get_window_extent().extents.tolist() for label in labels)
        boxes.sort(key=lambda box: box[low])
        assert len(boxes) > 1
        assert all(a[high] <= b[low] for a, b in pairwise(boxes))


def test_what_was_not_computed_is_hatched(ax):
    explanation().plot(ax)
    assert not [patch for patch in ax.patches if patch.get_hatch()]
    explanation(within=Region.rows(0, 2)).plot(ax)
    assert [patch for patch in ax.patches if patch.get_hatch()]


def test_dates_are_kept_in_files_and_datasets(tmp_path):
    days = pd.date_range("2024-02-28", periods=3)
    made = Explanation(
        values=np.ones((2, 3, 1)),
        method="m",
        target=Class(0),
        score=1,
        column_axis=Axis.of(days, "columns"),
    )
    np.testing.assert_array_equal(made.to_xarray()["columns"], days)
    made.save(tmp_path / "dates.npz")
    again = load(tmp_path / "dates.npz")
    np.testing.assert_array_equal(again.column_axis.dates, days)
    assert again.column_axis.labels == ("2024-02-28", "2024-02-29", "2024-03-01")


def test_an_explanation_is_an_array_by_its_map():
    made = explanation()
    array = np.asarray(made)
    assert array.shape == (H, W) and array.dtype == np.float32
    np.testing.assert_array_equal(array, made.map)
    np.testing.assert_array_equal(np.abs(made), np.abs(made.map))
    assert np.asarray(made, np.float64).dtype == np.float64
    assert np.asarray([made, made]).shape == (2, H, W)
    copy = np.array(made)
    copy[0, 0] = 7
    assert made.map[0, 0] != 7


def test_the_repr_shows_the_parameters_that_count():
    made = explanation(parameters={"rule": "epsilon", "alpha": 2.0}, counting=("rule",))
    assert "parameters: rule='epsilon'," in repr(made) and "alpha" not in repr(made)
    assert "alpha" in repr(explanation(parameters={"rule": "epsilon", "alpha": 2.0}))
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    assert repr(load(file)) == repr(made)


# ------------------------------------------------------------------ maps that were given

CELLS = np.arange(-6.0, 6.0).reshape(3, 4)


def test_a_given_map_is_an_explanation_of_unknown_score_and_target():
    given = Explanation.of(CELLS, "theirs", rows=["a", "b", "c"])
    assert given.given and given.target is None and given.about == "" and np.isnan(given.score)
    np.testing.assert_array_equal(given.map, CELLS)
    np.testing.assert_array_equal(given.rows, CELLS.sum(axis=1))
    assert given.row_axis.labels == ("a", "b", "c") and given.column_axis.numbered
    assert "score" not in repr(given) and "target" not in repr(given) and "theirs" in repr(given)
    assert given.plot().get_title(loc="left") == "theirs"


def test_a_given_map_of_channels_is_their_sum():
    values = np.stack([CELLS, 2 * CELLS], axis=2)
    given = Explanation.of(values, target=1, profile="mean")
    np.testing.assert_array_equal(given.map, 3 * CELLS)
    np.testing.assert_allclose(given.columns, 3 * CELLS.mean(axis=0))
    assert (given.target, given.about, given.method) == (Class(1), "class 1", "mine")


def test_a_given_map_is_saved_and_read_back(tmp_path):
    Explanation.of(CELLS, columns=[0.1, 0.2, 0.3, 0.4]).save(tmp_path / "given")
    found = Explanation.load(tmp_path / "given.npz")
    assert found.given and found.target is None
    np.testing.assert_array_equal(found.map, CELLS)
    np.testing.assert_array_equal(found.column_axis.values, [0.1, 0.2, 0.3, 0.4])
    assert found.to_xarray().attrs["about"] == ""


def test_runs_of_a_given_map_remember_no_search_that_could_be_repeated():
    given = Explanation.of(CELLS)
    found = [*given.runs(penalty=0), *given.blocks(penalty=0)]
    assert len(found) >= 2 and {run.origin for run in found} == {None}


@pytest.mark.parametrize(
    ("given", "more", "sentence"),
    [
        (np.zeros(3), {}, r"map has shape \(3,\), but \(rows, columns\)"),
        (CELLS, {"rows": ["a"]}, "1 names, but the matrix has 3 rows"),
        (CELLS, {"target": "ill"}, "target is 'ill', but the index of a class"),
        ("map.npy", {}, "map holds"),
    ],
)
def test_what_is_no_map_is_not_taken(given, more, sentence):
    with pytest.raises((TypeError, ValueError), match=sentence):
        Explanation.of(given, **more)
