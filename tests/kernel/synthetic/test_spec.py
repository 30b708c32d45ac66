"""Specs: what they refuse, and what their files keep."""

import json

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses
from specs import evidence, named, spec

from heatbrush_core import synthetic
from heatbrush_core.synthetic import (
    Distractor,
    Evidence,
    Spec,
)


@given(st.floats(0.1, 1e9), st.integers(0, 2**80))
@settings(max_examples=30)
def test_files_keep_every_digit(number, seed):
    given = spec(evidence(amplitude=(number, 2 * number)), seed=seed)
    assert Spec(**json.loads(json.dumps(given.model_dump(mode="json")))) == given


@pytest.mark.parametrize(
    "fields, given, expected, remedy",
    [
        ({"kind": "bmup"}, "kind='bmup'", "'bump', 'chirp'", "give a shape"),
        ({"height": (5, 3)}, "height=(5, 3)", "from its low to its high", "swap"),
        ({"amplitude": (2, 1)}, "amplitude=(2.0, 1.0)", "from its low to its high", "swap"),
        ({"amplitude": (-1, 1)}, "amplitude=(-1.0, 1.0)", "leaves no trace", "all above or all"),
        ({"amplitude": (1, np.inf)}, "amplitude=(1, inf)", "finite", "the highest peak"),
        ({"width": (0, 3)}, "width=(0, 3)", "greater than or equal to 1", "give a pair"),
        ({"width": 3}, "width=3", "should be a list", "give a pair"),
        ({"width": (3,)}, "width=(3,)", "should be a pair", "give a pair"),
        ({"width": (3, 4, 5)}, "width=(3, 4, 5)", "should be a pair", "give a pair"),
        ({"width": (3, 4.5)}, "width=(3, 4.5)", "a valid integer", "give a pair"),
        ({"count": (0, 0)}, "count=(0, 0)", "greater than or equal to 1", "give a pair"),
        ({"rows": (4, 4)}, "rows=(4, 4)", "room for nothing", "stop above the start"),
        ({"columns": (-1, 4)}, "columns=(-1, 4)", "greater than or equal to 0", "half-open"),
        ({"frequency": (0.1, 0.2)}, "bump has frequency", "only an oscillation", "leave it out"),
        ({"kind": "chirp"}, "chirp has no frequency", "one is expected", "such as (0.1, 0.3)"),
        (
            {"kind": "chirp", "frequency": (0.2, 0.2)},
            "frequency=(0.2, 0.2)",
            "it rises",
            "set them apart",
        ),
        (
            {"kind": "oscillation", "frequency": (0.1, 0.6)},
            "frequency=(0.1, 0.6)",
            "less than or equal to 0.5",
            "cycles per column",
        ),
        (
            {"kind": "oscillation", "frequency": (0.1, 0.2), "width": (1, 3)},
            "width=(1, 3)",
            "at least 2",
            "raise the low end",
        ),
        ({"heigth": (1, 2)}, "'heigth'", "kind, height", "did you mean 'height'?"),
        ({"zzz": 1}, "'zzz'", "kind, height", "leave it out"),
    ],
)
def test_impossible_patterns(fields, given, expected, remedy):
    good = {"kind": "bump", "height": (2, 4), "width": (3, 6), "amplitude": (1, 2)}
    with refuses(ValueError, given, expected, remedy):
        Evidence(**{**good, **fields})


def test_missing_fields():
    with refuses(ValueError, "A pattern needs height", "not given", "the fewest and the most rows"):
        Evidence(kind="bump", width=(1, 2), amplitude=(1, 2))
    with refuses(ValueError, "A spec needs classes", "not given", "give a list"):
        Spec(shape=(3, 4))


@pytest.mark.parametrize(
    "fields, given, expected, remedy",
    [
        ({"shape": (0, 4)}, "shape=(0, 4)", "greater than or equal to 1", "number of rows"),
        ({"classes": []}, "has no classes", "at least one", "give a list"),
        ({"classes": 3}, "classes=3", "should be a list", "at least one class"),
        ({"classes": ["a"]}, "classes=['a']", "instance of ClassSpec", "at least one class"),
        ({"classes": [named("a")] * 2}, "2 classes", "each needs its own", "rename"),
        ({"classes": [{"name": ""}]}, "A class has name=''", "at least 1 character", "a name"),
        ({"seed": -1}, "seed=-1", "greater than or equal to 0", "0 or more"),
        ({"noise": {"standard_deviation": -1}}, "The noise has", "greater than", "its height"),
        ({"noise": {"correlation_rows": 13}}, "correlation_rows=13", "only 12 rows", "0 to 12"),
        ({"noise": {"corelation_rows": 1}}, "'corelation_rows'", "standard_dev", "did you mean"),
    ],
)
def test_impossible_specs(fields, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        Spec(**{"shape": (12, 30), "classes": [{"name": "a"}], **fields})


@pytest.mark.parametrize(
    "fields, given, expected, remedy",
    [
        ({"rows": (3, 13)}, "bump of class 'a' has rows=(3, 13)", "rows 0 to 11", "inside (0, 12)"),
        ({"columns": (3, 31)}, "columns=(3, 31)", "columns 0 to 29", "inside (0, 30)"),
        ({"height": (2, 13)}, "height=(2, 13)", "only 12 rows", "lower height"),
        ({"columns": (3, 8)}, "width=(3, 6)", "only 5 columns", "widen columns"),
    ],
)
def test_patterns_that_do_not_fit(fields, given, expected, remedy):
    pattern = evidence(**fields)
    with refuses(ValueError, given, expected, remedy):
        spec(pattern)
    distractor = Distractor(**pattern.model_dump(), correlation={"a": 1})
    with refuses(ValueError, given.removeprefix("bump of class 'a' "), expected, remedy):
        spec(distractors=[distractor])


@pytest.mark.parametrize(
    "correlation, given, expected, remedy",
    [
        ({"b": 0.5}, "goes with class 'b'", "the classes are a", "name one"),
        ({"a": 1.5}, "correlation={'a': 1.5}", "less than or equal to 1", "for each class"),
    ],
)
def test_impossible_distractors(correlation, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        distractor = Distractor(**evidence().model_dump(), correlation=correlation)
        spec(distractors=[distractor])


def test_numpy_numbers_are_numbers():
    pattern = evidence(height=tuple(np.array([2, 4])), amplitude=(np.float32(1), np.int64(2)))
    assert pattern == evidence()
    with pytest.raises(ValueError, match="frozen"):
        pattern.kind = "step"


@pytest.mark.parametrize(
    "text, given, expected, remedy",
    [
        ("{", "spec.json is no spec", "written by Spec.save", "give the path"),
        (
            '{"format": 1, "shape": [3,',
            "spec.json is a damaged spec",
            "a whole JSON",
            "save it anew",
        ),
        ("[1, 2]", "spec.json is no spec", "written by Spec.save", "give the path"),
        ('{"shape": [3, 4]}', "spec.json is no spec", "written by Spec.save", "give the path"),
        ("[" * 100_000, "spec.json is no spec", "written by Spec.save", "give the path"),
        ('{"format": 1e999}', "spec.json is no spec", "written by Spec.save", "give the path"),
        ('{"format": 0, "shape": [3, 4]}', "is no spec", "written by Spec.save", "give the path"),
        ('{"format": true}', "is no spec", "written by Spec.save", "give the path"),
        ('{"format": 99}', "format 99", "formats up to 1", "update heatbrush"),
        ('{"format": 1, "shape": [3, 4]}', "A spec needs classes", "not given", "give a list"),
    ],
)
def test_impossible_files(tmp_path, text, given, expected, remedy):
    (tmp_path / "spec.json").write_text(text)
    with refuses(ValueError, given, expected, remedy):
        synthetic.load(tmp_path / "spec.json")


def test_a_file_is_found_with_its_ending_or_without(tmp_path):
    spec().save(tmp_path / "mine")
    assert synthetic.load(tmp_path / "mine") == synthetic.load(tmp_path / "mine.json") == spec()
    with refuses(FileNotFoundError, "There is no file", "none.json;", "give the path"):
        synthetic.load(tmp_path / "none.json")
    for nowhere in ("", "x" * 300, "a\0b"):
        with refuses(FileNotFoundError, "There is no file", "the path of a spec", "give"):
            synthetic.load(nowhere)
    with refuses(TypeError, "path is None", "of a spec is expected", "give its path"):
        synthetic.load(None)
    with refuses(ValueError, "is no spec", "written by Spec.save", "give the path"):
        synthetic.load(tmp_path)
    with refuses(ValueError, "count=10000000 of", "GiB at once", "draw fewer, or smaller"):
        synthetic.draw(spec(), 10_000_000)
