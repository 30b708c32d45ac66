"""What `compare` may be given: methods, labels and matrices, and what is refused."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

import heatbrush as hb

PATCH = {"patch": (2, 2), "stride": (2, 2)}


@pytest.mark.parametrize(
    ("methods", "names"),
    [
        (None, ["occlusion"]),
        ("occlusion", ["occlusion"]),
        (("occlusion", PATCH), ["occlusion"]),
        ([{"name": "occlusion", **PATCH}, "occlusion"], ["occlusion", "occlusion 2"]),
        (
            ["occlusion", ("occlusion", PATCH), "occlusion"],
            ["occlusion", "occlusion 2", "occlusion 3"],
        ),
        ({"coarse": "occlusion", "fine": ("occlusion", PATCH)}, ["coarse", "fine"]),
    ],
)
def test_methods_may_be_given_as(make, methods, names) -> None:
    view = make(methods)
    assert [panel["name"] for panel in view.widget.panels] == names
    assert list(view.explanations) == names


def test_a_note_says_how_three_axes_were_read(make, samples) -> None:
    assert make().widget.notes == ["Read as 3 matrices of 4 × 10; add an axis for channels."]
    assert make(X=samples.tolist()).widget.notes == make().widget.notes
    assert make(X=samples[..., None]).widget.notes == []


@pytest.mark.parametrize(
    ("change", "error", "match"),
    [
        ({"X": np.zeros((2, 2, 2, 2, 2))}, ValueError, "shape"),
        ({"X": np.full((4, 10), np.nan)}, ValueError, "NaN"),
        ({"X": np.zeros((0, 10))}, ValueError, "empty"),
        ({"methods": ["gradeint"]}, ValueError, "did you mean 'gradient'"),
        ({"methods": []}, ValueError, "no method"),
        ({"methods": 3}, TypeError, "list of methods"),
        ({"methods": [("occlusion", 3)]}, TypeError, "name or a pair"),
        ({"methods": [("occlusion", {"patch": (99, 1)})]}, ValueError, "99"),
        ({"sample": 5}, ValueError, "the view holds 3"),
        ({"target": "middle"}, ValueError, "no class 'middle'"),
        ({"y": [0, 1]}, ValueError, "there are 3 samples"),
        ({"y": np.eye(3)}, ValueError, "argmax"),
        ({"y": [0, 1, 2]}, ValueError, "out of range"),
        ({"y": ["left", "right", "up"]}, ValueError, "no class 'up'"),
        ({"y": [0.5, 1, 1]}, TypeError, "index of a class"),
        ({"y": [-1, 1, 1]}, TypeError, "index of a class"),
        ({"y": [np.nan, 1, 1]}, TypeError, "y holds nan"),
        ({"y": [np.inf, 1, 1]}, TypeError, "y holds inf"),
        ({"y": ["left", None, "left"]}, TypeError, "y holds None"),
        ({"explainer": 3}, TypeError, "Keras model"),
    ],
)
def test_compare_refuses_in_one_sentence(make, change, error, match) -> None:
    with pytest.raises(error, match=match) as caught:
        make(**change)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("axis", ["rows", "columns"])
def test_names_of_the_wrong_length_are_refused(make, model, axis) -> None:
    with pytest.raises(ValueError, match=f"{axis}= holds 2 names"):
        make(explainer=hb.Explainer(model, **{axis: ["a", "b"]}))


def test_labels_by_name_and_by_float(make) -> None:
    assert make(y=["right", "left", "left"]).widget.sample["truth"] == 1
    assert make(y=pd.Series([1.0, 0.0, 0.0])).widget.sample["truth"] == 1


@pytest.mark.parametrize("kind", [pd.Series, pd.Categorical, lambda y: np.array(y, object)])
def test_labels_from_a_table(make, kind) -> None:
    """Their strings are objects to NumPy."""
    assert make(y=kind(["right", "left", "left"])).widget.sample["truth"] == 1


def test_a_table_gives_its_names_to_the_view(make) -> None:
    x = pd.DataFrame(np.ones((4, 10)), index=list("abcd"), columns=np.arange(10) / 2)
    view = make(["occlusion"], X=x)
    (found,) = view.explanations.values()
    assert found.row_axis.labels == ("a", "b", "c", "d") and found.column_axis.labels[1] == "0.5"
    assert view.widget.axes["rows"]["labels"] == list("abcd")
    assert view.explainer.region("b", (0.5, 1)) == hb.Region.rectangle(1, 2, 1, 3)
    assert list(make(["occlusion"]).explanations["occlusion"].row_axis.labels) == list("0123")
