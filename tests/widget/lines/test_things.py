"""The lines of samples in which a decoder finds things: as many as there are, strongest first."""

import numpy as np
import pytest

import heatbrush as hb
from heatbrush_core.targets import Count, Location, Thing

X = np.zeros((4, 12, 20, 1))
X[0, 3, 4], X[0, 8, 15], X[0, 2, 12] = 0.9, 0.7, 0.5
X[1, 5, 5] = 0.8
X[2, 1, 1] = 0.2  # nothing above the threshold
X[3, 9, 9], X[3, 3, 3] = 0.95, 0.6
FOUND = [[(3, 4), (8, 15), (2, 12)], [(5, 5)], [], [(9, 9), (3, 3)]]
REGION = hb.Region.rectangle(2, 5, 3, 14)


@pytest.fixture(scope="module")
def finder():
    decoder = hb.outputs.Heatmap(threshold=0.3, distance=2)
    return hb.Explainer(lambda X: X.astype(float), baseline=0.0, outputs=decoder)


def labels(sample):
    return [
        f"landmark {k} at row {row:.1f}, column {column:.1f}"
        for k, (row, column) in enumerate(FOUND[sample])
    ]


def test_a_line_per_thing_and_what_is_left_of_each(make, finder, sent, ask):
    view = make(explainer=finder, X=X)
    ask(view, "whatif", ask=1, selection=REGION.to_json(), viewer=0)
    assert sent.last("answer")["without"] == [0.0, 0.7, 0.0]
    assert sent.last("answer")["only"] == [0.9, 0.0, 0.5]
    for sample in (0, 1, 3):
        view.sample = sample
        assert view.widget.classes == labels(sample)
        assert view.widget.scores["all"] == [X[sample][place][0] for place in FOUND[sample]]
        map = view.explanations["occlusion"]
        assert map.target.found.place == labels(sample)[0].split(" at ")[1]
        np.testing.assert_array_equal(map.map, finder.explain(X[sample], "occlusion", Thing(0)).map)


def test_a_number_is_kept_where_a_sample_has_such_a_thing(make, finder):
    view = make(explainer=finder, X=X)
    view.target = 1
    gone = "This sample has no landmark 1; the strongest is explained."
    for sample, line, said in ((3, 1, False), (1, 0, True), (2, 0, True), (0, 1, False)):
        view.sample = sample
        assert view.widget.target["a"] == line, sample
        assert (gone in view.widget.notes) == said
    view.sample = 1
    view.target = None
    assert gone not in view.widget.notes


def test_where_nothing_is_found_the_decoder_says_so(make, finder):
    view = make(explainer=finder, X=X, sample=2)
    assert view.widget.classes == ["row 1, column 1"]
    assert any(
        "No landmark was found above 0.3; the highest is 0.2" in n for n in view.widget.notes
    )
    given = make(explainer=finder, X=X, sample=2, target=Location(4, 4))
    assert given.widget.classes == ["row 4, column 4"]
    assert any("No landmark was found above 0.3" in each for each in given.widget.notes)


def test_an_added_thing_that_is_gone_has_no_line_there(make, finder):
    view = make(explainer=finder, X=X)
    view.add_target([Thing(2, follow="match"), Count()])
    assert view.widget.classes == [*labels(0), f"{labels(0)[2]}, best match", "number of landmarks"]
    view.target = Thing(2, follow="match")
    view.sample = 1
    assert view.widget.classes == [*labels(1), "number of landmarks"]
    assert (view.widget.target["a"], view.target.k) == (0, 0)
    assert any(each.startswith("Thing 2 was asked for") for each in view.widget.notes)
    assert any("This sample has no thing 2" in each for each in view.widget.notes)
    view.target = Count()
    assert view.widget.target["a"] == 1
    view.sample = 0
    assert view.widget.target["a"] == 4
    with pytest.raises(ValueError, match="Thing 7 was asked for"):
        view.add_target(Thing(7))


TRAITS = ("classes", "sample", "scores", "target", "notes", "answered", "named_scores")


def same_traits(one, other) -> None:
    """Hold what two pages show against each other; a model that is gone is told of the scores."""
    for trait in TRAITS:
        was, now = getattr(one.widget, trait), getattr(other.widget, trait)
        if trait == "scores":
            was, now = ({**each, "missing": ""} for each in (was, now))
        assert now == was, trait


def test_a_file_keeps_the_lines_and_marks_of_each_sample(make, finder, tmp_path):
    view = make(explainer=finder, X=X, target=[Thing(0), Count()])
    view.add_target(Thing(2, follow="match"))
    view.selection = REGION
    view.selections["mine"] = REGION
    view.wait()
    alone = hb.load_view(view.save(tmp_path / "case", all_samples=True, what_if=True))
    alone.wait()
    same_traits(view, alone)
    for sample in (1, 2, 3, 0):
        view.sample = alone.sample = sample
        alone.wait()
        same_traits(view, alone)
        found, kept = view.explanations["occlusion"], alone.explanations["occlusion"]
        np.testing.assert_array_equal(kept.map, found.map)
        assert kept.target == found.target
    with pytest.raises(ValueError, match="No target can be asked about"):
        alone.add_target(Location(1, 1))
    alone.target = view.target = Count()
    alone.wait()
    assert alone.target == view.target
    same_traits(view, alone)
    # and once more, from what no model was asked about
    twice = hb.load_view(alone.save(tmp_path / "twice"))
    twice.wait()
    same_traits(alone, twice)
    alone.close()
    twice.close()


def test_a_file_is_asked_anew_by_an_explainer(make, finder, tmp_path):
    view = make(explainer=finder, X=X, target=Count())
    view.sample = 1
    filed = view.save(tmp_path / "case")
    again = hb.load_view(filed, finder)
    again.wait()
    assert again.widget.classes == [*labels(1), "number of landmarks"]
    again.sample = 0
    again.add_target(Location(1, 1))
    again.target = 1
    again.wait()
    assert again.widget.classes == [*labels(0), "number of landmarks", "row 1, column 1"]
    np.testing.assert_array_equal(
        again.explanations["occlusion"].map, finder.explain(X[0], "occlusion", Thing(1)).map
    )
    code = again.code()
    assert "view.add_target([hb.targets.Location(1, 1)])" in code and "view.target = 1" in code
    # a bare function is read by the decoder of the file, and another decoder is told of
    bare = hb.load_view(filed, finder.model)
    bare.wait()
    assert bare.widget.classes == view.widget.classes
    strict = hb.Explainer(finder.model, baseline=0.0, outputs=hb.outputs.Heatmap(threshold=0.8))
    other = hb.load_view(filed, strict)
    other.wait()
    assert any("found by Heatmap(threshold=0.3" in each for each in other.widget.notes)
    for each in (again, bare, other):
        each.close()


def test_fifty_things_have_lines_and_the_others_are_told(make, finder):
    many = np.zeros((1, 40, 60, 1))
    many[0, 1::4, 1::4] = np.linspace(0.4, 0.9, 150).reshape(10, 15, 1)
    view = make(explainer=finder, X=many)
    assert len(view.widget.classes) == 50
    assert view.widget.scores["all"][0] == pytest.approx(0.9)
    assert any("The 50 strongest of 150 things" in each for each in view.widget.notes)
