"""Files of a view: the offline page, which must be whole and inert, and the npz file."""

from __future__ import annotations

import base64
import json
import re
from html.parser import HTMLParser
from pathlib import Path

import full_panels
import numpy as np
import pytest

import heatbrush as hb
from heatbrush import protocol

EVIL = "</script><script>alert(1)</script><!-- <b>{{bundle}}</b> & \"'"


class Parts(HTMLParser):
    """The elements of a page, with their attributes and their text."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None], str]] = []

    def handle_starttag(self, tag, attrs) -> None:
        self.found.append((tag, dict(attrs), ""))

    def handle_data(self, data) -> None:
        if self.found:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def all(self, tag: str) -> list[tuple[dict[str, str | None], str]]:
        return [(attributes, text) for name, attributes, text in self.found if name == tag]


def parsed(text: str) -> Parts:
    parts = Parts()
    parts.feed(text)
    return parts


def state(text: str) -> dict:
    found = [
        text for attributes, text in parsed(text).all("script") if attributes.get("id") == "state"
    ]
    return json.loads(found[0])["state"]


def frames(text: str) -> list[dict]:
    found = [
        text for attributes, text in parsed(text).all("script") if attributes.get("id") == "state"
    ]
    return json.loads(found[0])["frames"]


@pytest.fixture
def evil(make, model):
    """A view whose every name is markup."""
    explainer = hb.Explainer(
        model, classes=[EVIL, "right"], rows=[EVIL, "b", "c", "d"], columns=[EVIL] * 10
    )
    return make({EVIL: "occlusion"}, explainer=explainer)


def test_the_page_holds_every_trait_and_its_arrays(make, tmp_path: Path, samples) -> None:
    view = make()
    view.selection = hb.Region.columns(2, 4)
    path = view.save_html(tmp_path / "view.html")
    assert path == (tmp_path / "view.html").resolve()
    traits = state(path.read_text("utf-8"))
    assert set(traits) == {*protocol.Traits.__annotations__, "arrays_0"}
    assert traits["live"] is False and view.widget.live
    assert traits["selection"] == hb.Region.columns(2, 4).to_json()
    matrix = traits["sample"]["matrix"]
    decoded = np.frombuffer(base64.b64decode(matrix["bytes"]["base64"]), "<f4")
    np.testing.assert_array_equal(decoded.reshape(matrix["shape"])[..., 0], samples[0])
    shown = full_panels.full(traits)[0]["map"]
    decoded = np.frombuffer(base64.b64decode(shown["bytes"]["base64"]), "<f4")
    np.testing.assert_array_equal(
        decoded.reshape(shown["shape"]), view.explanations["occlusion"].map
    )
    table = traits["tables"]["input dark"]["base64"]
    assert base64.b64decode(table) == view.widget.tables["input dark"]


def test_the_page_and_the_file_hold_sums_notes_and_errors(make, tmp_path: Path) -> None:
    view = make([("shapley", {"players": "columns", "samples": 6})])
    found = view.explanations["shapley"]
    for all_samples in (False, True):
        text = view.save_html(tmp_path / "view.html", all_samples).read_text("utf-8")
        (shown,) = full_panels.full(frames(text)[0] if all_samples else state(text))
        assert shown["notes"] == list(found.notes) != []
        assert shown["residual"] == pytest.approx(found.residual)
        error = shown["standard_error"]["bytes"]["base64"]
        assert base64.b64decode(error) == found.standard_error.tobytes()
    with np.load(view.save_npz(tmp_path / "view.npz"), allow_pickle=False) as stored:
        np.testing.assert_array_equal(stored["shapley/standard_error"], found.standard_error)
        facts = json.loads(str(stored["shapley/heatbrush"]))
    assert facts["notes"] == list(found.notes) and facts["residual"] == found.residual


def test_a_page_of_all_samples_holds_each_and_leaves_the_view_alone(
    make, tmp_path: Path, samples
) -> None:
    view = make({"hidden": "occlusion", "refused": "gradient"}, sample=1)
    one = view.save_html(tmp_path / "one.html").read_text("utf-8")
    assert state(one)["sample"]["others"] is False and frames(one) == []
    before = (view.sample, view.target, dict(view.explanations))
    text = view.save_html(tmp_path / "all.html", all_samples=True).read_text("utf-8")
    assert (view.sample, view.target, dict(view.explanations)) == before
    assert state(text)["sample"]["others"] is True and state(text)["sample"]["index"] == 1
    found = frames(text)
    assert [frame["sample"]["index"] for frame in found] == list(range(len(samples)))
    for frame, x in zip(found, samples, strict=True):
        expected = view.explainer.explain(x, "occlusion").map
        shown, refused = full_panels.full(frame)
        decoded = np.frombuffer(base64.b64decode(shown["map"]["bytes"]["base64"]), "<f4")
        np.testing.assert_array_equal(decoded.reshape(shown["map"]["shape"]), expected)
        assert refused["map"] is None and "gradient" in refused["failure"]["sentence"]
        assert frame["target"]["a"] == view.explainer.predict(x).predicted


def test_save_html_waits_for_what_is_computing(make, tmp_path: Path) -> None:
    from heatbrush.jobs.worker import Worker

    view = make(worker=Worker)
    traits = state(view.save_html(tmp_path / "view.html").read_text("utf-8"))
    assert full_panels.full(traits)[0]["map"] is not None


def test_names_with_markup_are_inert(evil, tmp_path: Path) -> None:
    text = evil.save_html(tmp_path / "evil.html").read_text("utf-8")
    parts = parsed(text)
    assert [attributes.get("type") for attributes, _ in parts.all("script")] == [
        "application/json",
        "module",
        "module",
    ]
    assert not parts.all("b")
    traits = state(text)
    assert traits["classes"][0] == EVIL and traits["axes"]["rows"]["labels"][0] == EVIL
    assert traits["panels"][0]["name"] == EVIL
    title = text[text.index("<title>") : text.index("</title>")]
    assert "&lt;/script&gt;" in title and "<script" not in title
    data = text[text.index('id="state">') + len('id="state">') :]
    assert "<" not in data[: data.index("</script>")]


def test_the_page_asks_nobody_for_anything(make, tmp_path: Path) -> None:
    text = make().save_html(tmp_path / "view.html").read_text("utf-8")
    parts = parsed(text)
    for _, attributes, _ in parts.found:
        assert not {"src", "href"} & set(attributes)
    # names of XML namespaces are no addresses
    addresses = set(re.findall(r"https?://[^\s\"'`)]+", text))
    assert all(address.startswith("http://www.w3.org/") for address in addresses), addresses
    policy = next(a["content"] for a, _ in parts.all("meta") if a.get("http-equiv"))
    assert policy is not None and policy.startswith("default-src 'none'")
    assert "connect-src" not in policy and "http" not in policy
