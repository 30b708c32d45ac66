"""The offline page: whatever is written into it stays what it is."""

from __future__ import annotations

import base64
import hashlib
import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from heatbrush.export import page
from heatbrush.export.pictures import charts
from heatbrush.export.pictures.shown import shown


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


def test_nothing_ends_the_inlined_bundle_early(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make
) -> None:
    bundle = 'var e={render(){return"</SCRIPT><!-- {{state}}"}};export{e as default};\n'
    (tmp_path / "widget.js").write_text(bundle)
    (tmp_path / "styles.css").write_text('a::after{content:"</style>"}')
    monkeypatch.setattr(page, "bundled", lambda name: tmp_path / name)
    view = make()
    parts = parsed(page.render(view._session.channel.snapshot(), "t"))
    assert len(parts.all("script")) == 3 and len(parts.all("style")) == 2
    script = parts.all("script")[1][1]
    assert r"<\/SCRIPT>\x3c!-- {{state}}" in script and "export" not in script
    assert script.rstrip().endswith("globalThis.heatbrush=e;")


def test_a_bundle_without_its_export_is_refused(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, make
) -> None:
    (tmp_path / "widget.js").write_text("console.log(1)")
    (tmp_path / "styles.css").write_text("")
    monkeypatch.setattr(page, "bundled", lambda name: tmp_path / name)
    with pytest.raises(RuntimeError, match="make bundle"):
        page.render(make()._session.channel.snapshot(), "t")


def test_an_unbuilt_export_of_a_watched_bundle_is_found_too() -> None:
    assert page._script("a\nexport {\n  widget_default as default\n};\n").endswith(
        "globalThis.heatbrush=widget_default;\n"
    )


def test_a_content_policy_lets_these_scripts_and_styles_run_and_no_others(make) -> None:
    whole = page.render(make()._session.channel.snapshot(), "t")
    parts = parsed(whole)
    (policy,) = (each["content"] for each, _ in parts.all("meta") if "http-equiv" in each)
    assert policy is not None and "unsafe" not in policy
    texts = re.findall(r"<script type=\"module\">(.*?)</script>|<style>(.*?)</style>", whole, re.S)
    assert len(texts) == 4
    for text in map("".join, texts):
        digest = base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()
        assert f"'sha256-{digest}'" in policy


def test_a_page_that_browsers_would_not_open_is_refused_before_it_is_made(
    make, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    view = make()
    size = len(view.save_html(tmp_path / "one.html").read_bytes())
    drawn = charts.sections(shown(view._session), {})
    estimated = page.size(view._session.channel.snapshot()) + len(drawn)
    bundle = sum(len(page.bundled(name).read_bytes()) for name in ("widget.js", "styles.css"))
    own = sum(len(each.read_bytes()) for each in (*page.ALONE.starts, page.ALONE.styles))
    assert estimated == pytest.approx(size - bundle - own, rel=0.2)
    with pytest.raises(ValueError, match=r"would take .* MB.*save_npz.*limit=None"):
        view.save_html(tmp_path / "none.html", limit=1000)
    assert not (tmp_path / "none.html").exists()
    calls: list[int] = []
    explained = view._session.samples.explained
    monkeypatch.setattr(
        view._session.samples, "explained", lambda *a: calls.append(1) or explained(*a)
    )
    with pytest.raises(ValueError, match="leave all_samples=True out"):
        view.save_html(tmp_path / "none.html", all_samples=True, limit=1000)
    assert len(calls) == len(view.explanations)
