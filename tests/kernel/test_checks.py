"""What is given from outside, in all forms that are taken."""

import numpy as np
import pandas as pd
import pytest
from pydantic import BaseModel, ValidationError
from sentences import refuses

from heatbrush_core import (
    Explainer,
    Region,
    Search,
    class_profile,
    deletion,
    find_runs,
    interaction,
    minimal_run,
    synthetic,
    targets,
)
from heatbrush_core.checks import (
    Fault,
    clean,
    count,
    hint,
    index,
    numbered,
    read_method,
    read_methods,
    short,
    whole,
)
from heatbrush_core.targets import labels

PATCH = {"patch": (2, None)}


@pytest.mark.parametrize("three", [3, np.int64(3), np.uint8(3), np.array(3)])
def test_whole_numbers_of_any_kind(three):
    assert index(three) == whole("n", three, 1) == count("n", three) == 3
    assert all(type(each) is int for each in (index(three), whole("n", three, 1)))


@pytest.mark.parametrize("other", [True, np.True_, 3.0, "3", None, [3], np.array([3, 4])])
def test_what_is_no_whole_number(other):
    assert index(other) is None
    with refuses(TypeError, "n is", "a whole number", "give one"):
        whole("n", other, 1)
    with refuses(ValueError, "n is", "a whole number from 1 to 9", "give one, or None"):
        count("n", other, 9, ", or None")


@pytest.mark.parametrize(
    "given",
    [
        ("occlusion", PATCH),
        ["occlusion", PATCH],
        {"name": "occlusion", **PATCH},
    ],
)
def test_a_method_is_a_name_a_pair_or_a_dict(given):
    assert read_method("occlusion") == ("occlusion", {})
    assert read_method(given) == ("occlusion", PATCH)
    beside = {"patch": (1, 1), "seed": 3}
    assert read_method(given, beside) == ("occlusion", beside)
    explainer = Explainer(lambda batch: batch.sum((1, 2)))
    x = np.arange(12.0).reshape(4, 3)
    found = explainer.explain(x, given)
    np.testing.assert_array_equal(found.map, explainer.explain(x, "occlusion", **PATCH).map)


@pytest.mark.parametrize("given", [3, None, (), ("occlusion", 3), {"patch": 1}, [3, {}]])
def test_what_is_no_method(given):
    with refuses(TypeError, f"method is {given!r}", "a pair (name,", "write it as"):
        read_method(given)


def test_several_methods_go_by_their_names():
    several = ["lrp", ("occlusion", PATCH), "occlusion"]
    expected = {"lrp": ("lrp", {}), "occlusion": ("occlusion", PATCH)}
    assert read_methods(several) == {**expected, "occlusion 2": ("occlusion", {})}
    assert read_methods(("occlusion", PATCH)) == {"occlusion": ("occlusion", PATCH)}
    assert read_methods({"name": "lrp"}) == {"name": ("lrp", {})}
    assert numbered(["a", "a", "b", "a"]) == ["a", "a 2", "b", "a 3"]
    with refuses(TypeError, "got 3", "a list of methods", "give names or pairs"):
        read_methods(3)


def test_a_search_takes_methods_in_the_same_forms():
    same = [["occlusion"], "occlusion", {"first": "occlusion"}, [{"name": "occlusion"}]]
    assert len({Search.of("columns", each) for each in same}) == 1
    explainer = Explainer(lambda batch: batch.sum((1, 2)))
    x = np.zeros((4, 6))
    x[:, 2:4] = 1
    tables = [find_runs(explainer, x, methods=each, controls=19) for each in same]
    assert all(table.equals(tables[0]) for table in tables)


@pytest.mark.parametrize("make", [list, np.array, pd.Series, pd.Categorical])
def test_labels_are_names_or_numbers(make):
    classes = ("left", "right")
    for given in (["right", "left"], [1, 0], [1.0, 0.0]):
        assert labels(make(given), 2, classes) == [1, 0]
    assert labels(make([7, 0]), 2, ()) == [7, 0]


def test_a_near_name_is_asked_for():
    assert hint("occlusoin", ["lrp", "occlusion"]) == "did you mean 'occlusion'?"
    assert hint("x", ["lrp"]) == "give one of these."


class Outer(BaseModel):
    pair: tuple[int, int] = (1, 2)
    name: str


@pytest.mark.parametrize(
    "given, path, why",
    [
        ({"name": "a", "pair": (1,)}, ("pair", "1"), "it should be a pair"),
        ({"name": "a", "pair": (1, 2, 3)}, ("pair",), "it should be a pair"),
        ({"name": "a", "pair": 3}, ("pair",), "it should be a valid sequence"),
        ({"name": 3}, ("name",), "it should be a valid string"),
        ({}, ("name",), "Field required"),
    ],
)
def test_the_first_fault_of_a_model(given, path, why):
    with pytest.raises(ValidationError) as caught:
        Outer(**given)
    fault = Fault.first(caught.value, "a valid sequence")
    assert (fault.path, fault.why) == (path, why)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        (np.arange(3.0), "an array of shape (3,)"),
        (np.float32(0.5), "0.5"),
        (pd.DataFrame({"a": [1, 2]}), "a DataFrame of shape (2, 1)"),
        ([np.zeros(2), np.zeros(2)], "a list of length 2"),
        (list(range(1000)), "a list of length 1000"),
        ([1, "a"], "[1, 'a']"),
        ("x" * 100, "'" + "x" * 56 + "..."),
        (None, "None"),
    ],
)
def test_what_was_given_is_said_without_quoting_arrays(given, said):
    assert short(given) == said


NUMBERS = np.full((4, 5), 0.123)


def probabilities(batch):
    """Two classes, by the mean of the first three columns."""
    z = batch[:, :, :3].mean(axis=(1, 2, 3))
    return np.stack([1 / (1 + np.exp(z)), 1 / (1 + np.exp(-z))], axis=1)


@pytest.mark.parametrize(
    "ask",
    [
        lambda e: e.explain(NUMBERS, "occlusion", target=NUMBERS),
        lambda e: e.explain(NUMBERS, "occlusion", score=NUMBERS),
        lambda e: e.explain(NUMBERS, "occlusion", within=NUMBERS),
        lambda e: e.explain(NUMBERS, "occlusion", patch=NUMBERS),
        lambda e: e.explain(NUMBERS, NUMBERS),
        lambda e: e.evidence(NUMBERS, NUMBERS),
        lambda e: e.evidence(NUMBERS, Region.rows(0, 1), chosen=NUMBERS),
        lambda e: e.evidence(NUMBERS, Region.rows(0, 1), controls=NUMBERS),
        lambda e: find_runs(e, NUMBERS, axis=NUMBERS),
        lambda e: find_runs(e, NUMBERS, null=NUMBERS),
        lambda e: find_runs(e, NUMBERS, penalty=NUMBERS),
        lambda e: find_runs(e, NUMBERS, methods=3),
        lambda e: minimal_run(e, NUMBERS, question=NUMBERS),
        lambda e: minimal_run(e, NUMBERS, longest=NUMBERS),
        lambda e: interaction(e, NUMBERS, size=NUMBERS),
        lambda e: class_profile(e, NUMBERS[None], [0], level=NUMBERS),
        lambda e: class_profile(e, NUMBERS[None], NUMBERS),
        lambda e: deletion(e, NUMBERS, e.explain(NUMBERS, "occlusion"), by=NUMBERS),
        lambda e: e.explain(NUMBERS, "occlusion").runs(axis=NUMBERS),
        lambda e: e.explain(NUMBERS, "occlusion").runs(k=NUMBERS),
        lambda e: Explainer(NUMBERS),
        lambda e: Explainer(probabilities, classes=7),
        lambda e: Explainer(probabilities, rows=7),
        lambda e: Explainer(probabilities, batch_size=NUMBERS),
        lambda e: Explainer(probabilities, scores=NUMBERS),
        lambda e: Explainer(probabilities, output=NUMBERS),
    ],
)
def test_no_error_quotes_an_array(ask):
    with pytest.raises((TypeError, ValueError)) as caught:
        ask(Explainer(probabilities, scores="probabilities", baseline=0))
    sentence = str(caught.value)
    assert "0.123" not in sentence and "array(" not in sentence and "\n" not in sentence
    assert sentence.endswith((".", "?")) and len(sentence) < 400


@pytest.mark.parametrize(
    "given",
    ["occlusion", ["occlusion"], ("occlusion", {}), [("occlusion", {})], {"name": "occlusion"}],
)
def test_a_search_reads_its_methods_itself(given):
    assert Search(methods=given) == Search() == Search.of("columns", given)


@pytest.mark.parametrize("make", [list, tuple, np.array, pd.Series])
def test_targets_are_given_as_any_list_of_names(make):
    explainer = Explainer(probabilities, classes=["a", "b"], scores="probabilities", baseline=0)
    X = np.stack([NUMBERS, NUMBERS])
    found = explainer.explain_batch(X, "occlusion", make(["b", "a"]))
    assert [each.about for each in found] == ["b", "a"]
    both = explainer.explain_batch(X, "occlusion", "b")
    assert [each.about for each in both] == ["b", "b"]


def test_names_are_shortened_in_sentences_and_written_as_they_can_be():
    long, odd = "n" * 10_000, "a\0b\ud800"
    assert clean(odd) == "a\ufffdb\ufffd" and clean(3) == "3"
    nested: list = []
    for _ in range(100_000):
        nested = [nested]
    assert short(nested) == "a list that is nested too deep"
    explainer = Explainer(
        lambda X: X.sum((1, 2)).repeat(3, 1), [odd, long, "c"], rows=[long, odd, "c"], baseline=0
    )
    for wrong in (
        lambda: explainer.explain(np.eye(3), "occlusion", long + "x"),
        lambda: explainer.explain(np.eye(3), long),
        lambda: explainer.explain(np.eye(3), "occlusion", **{long: 1}),
        lambda: explainer.explain(np.eye(3), "occlusion", patch=long),
        lambda: explainer.region(rows="none", x=np.eye(3)),
        lambda: explainer.region(rows=(0, 1)),
        lambda: targets.resolve("a", ["a"] * 1000, 0),
        lambda: synthetic.Spec(shape=(3, 3), classes=[{"name": long}, {"name": long}]),
        lambda: synthetic.Spec(**{"shape": (3, 3), "classes": [{"name": "a"}], long: 1}),
        lambda: explainer.explain(np.eye(3), "occlusion", repeats=long),
        lambda: explainer.explain(np.eye(3), "occlusion").plot(theme=long),
        lambda: explainer.explain(np.eye(3), "occlusion").plot(cmap=long),
        lambda: Explainer(explainer.model, baseline=long),
        lambda: Explainer(explainer.model, time=long),
        lambda: Explainer(explainer.model, valid=long),
        lambda: minimal_run(explainer, np.eye(3), keep=long),
        lambda: targets.Margin(long, long),
    ):
        with pytest.raises((TypeError, ValueError)) as caught:
            wrong()
        assert len(str(caught.value)) < 700
    assert explainer.explain(np.eye(3), "occlusion", odd).about == "a\ufffdb\ufffd"
    named = explainer.explain(np.eye(3), "occlusion").row_axis.labels
    assert named[1] == "a\ufffdb\ufffd" and named[0] == long
