"""The widget in the page: its traits, and which of them the browser writes."""

from __future__ import annotations

from pathlib import Path

import pytest

from heatbrush import protocol
from heatbrush_core.maps.colours import TABLES


def test_every_trait_of_the_protocol_is_synced_and_plain(make) -> None:
    view = make(y=[0, 1, 1])
    traits = protocol.Traits.__annotations__
    assert set(traits) <= set(view.widget.keys)
    assert view.widget.protocol == protocol.PROTOCOL and view.widget.live
    assert view.widget.axes["rows"] == {
        "name": "rows",
        "labels": ["0", "1", "2", "3"],
        "values": [0.0, 1.0, 2.0, 3.0],
    }
    assert view.widget.classes == ["left", "right"]
    assert {name: len(table) for name, table in view.widget.tables.items()} == dict.fromkeys(
        TABLES, 768
    )
    large = set(traits) - {"named", "selection", "pointed", "options", "height"}
    assert not any(view.widget.trait_metadata(name, "echo_update", True) for name in large)


def test_the_browser_writes_selection_and_options_only(make, sent) -> None:
    view = make()
    before = view.widget.panels
    view.widget.set_state({"panels": [], "scores": {}, "live": False})
    assert view.widget.panels is before and view.widget.live
    options = {**view.widget.options, "quantile": 0.9, "limits": "shared"}
    view.widget.set_state({"options": options})
    assert view.widget.options == options
    for wrong in (
        {"quantile": 2.0},
        {"channel": 5},
        {"limits": "none"},
        {"brush": 0},
        {"more": 1},
    ):
        view.widget.set_state({"options": {**options, **wrong}})
        assert sent.messages[-1]["kind"] == "refused"
        assert view.widget.options == options


def test_the_bundle_is_text_unless_it_is_to_be_followed(monkeypatch: pytest.MonkeyPatch) -> None:
    """What follows a file keeps every widget that was ever made of it."""
    from heatbrush.border import panels

    assert "render" in panels.source("widget.js") and panels.Panels._esm == panels.source(
        "widget.js"
    )
    monkeypatch.setenv("ANYWIDGET_HMR", "1")
    assert panels.source("styles.css") == panels.bundled("styles.css")


def test_a_missing_bundle_says_what_to_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    from heatbrush.border import panels

    monkeypatch.setattr(panels, "STATIC", tmp_path)
    with pytest.raises(FileNotFoundError, match="make bundle"):
        panels.bundled("widget.js")
