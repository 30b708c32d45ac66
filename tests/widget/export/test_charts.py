"""The charts of a saved page: what was computed, still, with text as text and no style inline."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.export.pictures import charts
from heatbrush.export.pictures.shown import shown

EVIL = '<b onclick="1">& $a$</b>'
SVG = "{http://www.w3.org/2000/svg}"


def kept(view) -> ElementTree.Element:
    """The section, which is XML as well as HTML."""
    return ElementTree.fromstring(charts.sections(shown(view._session), view._exports.results()))


def drawn(section: ElementTree.Element, title: str) -> list[ElementTree.Element]:
    """The figures of a chart."""
    for each in section.iter("details"):
        if each.findtext("summary") == title:
            return list(each.iter("figure"))
    return []


def texts(element: ElementTree.Element) -> list[str | None]:
    return [each.text for each in element.iter(f"{SVG}text")]


@pytest.fixture(scope="module")
def pages():
    """A view that was opened, one whose charts were, and what each page holds of them."""
    X = np.random.default_rng(0).normal(size=(3, 4, 10)).astype("float32")
    halves = slice(5), slice(5, None)
    explainer = hb.Explainer(
        lambda batch: np.stack([batch[:, :, half].mean((1, 2, 3)) for half in halves], 1),
        classes=["left", "right"],
        baseline=0,
    )
    methods = {"a": "occlusion", EVIL: ("rise", {"samples": 20, "grid": 2})}
    view = hb.compare(explainer, X, methods, y=[0, 1, 0])
    view.wait(20)
    before = kept(view)
    for title in ("Curves", "Agreement", "Interaction", "Classes"):
        view.charts.open(title)
    view.charts.tabs["Classes"].button.press()
    view.wait(20)
    yield view, before, kept(view)
    view.close()


def test_profiles_are_always_there_and_what_is_not_is_said(pages) -> None:
    _, before, after = pages
    assert len(drawn(before, "Profiles")) == 1 and len(list(before.iter("details"))) == 1
    said = before.findtext("p")
    assert said.startswith("The charts as they were when this page was saved, of sample 0.")
    assert said.endswith("Curves, Agreement, Interaction and Classes had not been computed.")
    assert [each.findtext("summary") for each in after.iter("details")] == list(charts.TITLES)
    assert "computed" not in after.findtext("p")
    assert [len(drawn(after, title)) for title in charts.TITLES] == [1, 2, 1, 1, 1]


def test_text_is_text_and_names_are_no_markup(pages) -> None:
    _, before, after = pages
    (profiles,) = drawn(before, "Profiles")
    assert {"a", EVIL, "rows", "columns", "relative profile"} <= set(texts(profiles))
    assert list(after.iter("b")) == []
    (agreement,) = drawn(after, "Agreement")
    assert texts(agreement).count(EVIL) == 4  # two axes, two themes


def test_the_page_may_forbid_inline_styles(pages) -> None:
    *_, after = pages
    for element in after.iter():
        assert "style" not in element.attrib and element.tag != f"{SVG}style"
        assert not {"onclick", "onload"} & set(element.attrib)


def test_ids_are_of_one_figure_each(pages) -> None:
    *_, after = pages
    ids = [each.get("id") for each in after.iter() if "id" in each.attrib]
    assert len(ids) == len(set(ids)) > 50
    links = [value for each in after.iter() for key, value in each.items() if key.endswith("href")]
    assert {link[1:] for link in links if link.startswith("#")} <= set(ids)
    clips = {each.get("clip-path") for each in after.iter()} - {None}
    assert clips and {clip.removeprefix("url(#").rstrip(")") for clip in clips} <= set(ids)


def test_inks_are_the_page_s_and_cells_are_drawn_for_both_themes(pages) -> None:
    _, before, after = pages
    (profiles,) = drawn(before, "Profiles")
    fills = {each.get("fill") for each in profiles.iter(f"{SVG}text")}
    assert fills == {"var(--chart-ink)", "var(--chart-mute)"}
    assert profiles.find("div") is None
    for title in ("Agreement", "Interaction"):
        (figure,) = drawn(after, title)
        assert [each.get("class") for each in figure.iter("div")] == ["hb-light", "hb-dark"]


def test_the_profiles_are_those_of_the_maps(pages) -> None:
    view, *_ = pages
    now = shown(view._session)
    figure = charts._figure(now, "light")
    for ax, axis in zip(figure.axes, ("columns", "rows"), strict=True):
        lines = {line.get_label(): line for line in ax.lines}
        for name, found in view.explanations.items():
            profile = getattr(found, axis)
            expected = profile / np.abs(profile).max()
            np.testing.assert_allclose(lines[name].get_ydata(), expected, rtol=1e-6)


def test_results_are_of_what_is_shown(pages, monkeypatch) -> None:
    view, *_ = pages
    results = view.charts.results()
    curves, _ = results["Curves"]
    for name, found in view.explanations.items():
        expected = hb.deletion(view.explainer, view._session.samples.matrix(0), found)
        np.testing.assert_allclose(curves[name].scores, expected.scores)
        np.testing.assert_allclose(curves[name].random.scores, expected.random.scores)
    view.run("occlusion", panel="a", patch=(1, 1)).wait(20)
    view.charts.strip._opens(0)  # a tab that is not open computes nothing
    again = view.charts.results()
    assert list(again["Curves"][0]) == [EVIL] and again["Classes"] == []


def test_what_has_no_map_has_no_chart_and_without_matplotlib_it_is_said(
    make, model, monkeypatch
) -> None:
    view = make()
    monkeypatch.setattr(charts, "find_spec", lambda name: None)
    assert kept(view).findtext("p") == charts.MISSING
    model.error = RuntimeError("out of cheese")
    assert charts.sections(shown(make()._session), {}) == ""


@pytest.mark.parametrize("shape", [(1, 30), (30, 1), (2, 5000)])
def test_any_shape_is_drawn(make, explainer, shape) -> None:
    explainer = hb.Explainer(lambda batch: batch.mean((1, 2)), baseline=0)
    X = np.random.default_rng(0).normal(size=(1, *shape)).astype("float32")
    valid = np.ones((1, *shape), bool)
    valid[0, 0, -1] = shape[1] == 1
    view = make({"a": ("rise", {"samples": 8, "grid": 1})}, X=X, explainer=explainer, valid=valid)
    (figure,) = drawn(kept(view), "Profiles")
    assert len(ElementTree.tostring(figure)) < 200_000 and "a" in texts(figure)
