"""Panels as a page draws them: each with the arrays that a trait of its own holds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from heatbrush import protocol
from heatbrush.border.panels import Panels

ARRAYS = [name for name in protocol.PanelArrays.__annotations__ if name not in ("run", "large")]


def full(traits: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The panels of a state; an array that a panel does not have is None."""
    return [{**panel, **_arrays(panel, traits)} for panel in traits["panels"]]


def shown(widget: Panels) -> list[dict[str, Any]]:
    """The panels that a widget shows."""
    return full({**widget.arrays, "panels": widget.panels})


def _arrays(panel: Mapping[str, Any], traits: Mapping[str, Any]) -> dict[str, Any]:
    if not panel["arrays"]:
        return dict.fromkeys(ARRAYS)
    held = traits[panel["arrays"]]
    assert held["run"] == panel["run"]
    return {name: None if held[name]["shape"] == [0] else held[name] for name in ARRAYS}
