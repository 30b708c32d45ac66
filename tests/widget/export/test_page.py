"""The offline page: whatever is written into it stays what it is."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest

from heatbrush.export import page


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
