"""The bar of a long call in a notebook: displayed where the call is, and taken away."""

from __future__ import annotations

import numpy as np

import heatbrush as hb
from heatbrush import bar as module
from heatbrush_core import bars


class Place:
    """Where something is displayed."""

    def __init__(self) -> None:
        self.shown: list[object] = []

    def update(self, shown: object, raw: bool = False) -> None:
        self.shown.append(shown)


def test_it_shows_how_far_the_call_is_and_goes(monkeypatch) -> None:
    place = Place()
    monkeypatch.setattr(module, "display", lambda shown, display_id: place.update(shown) or place)
    bar = bars.NOTEBOOK[-1]("find_runs <1>")
    assert place.shown == [bar.box] and "find_runs &lt;1&gt;" in bar.box.children[0].value
    bar.show(hb.Progress(0, 40), 1.5)
    assert bar.bar.value == 0 and bar.text.value == "0 of 40"
    bar.show(hb.Progress(10, 40), 2.0)
    assert bar.bar.value == 0.25 and bar.text.value == "10 of 40, 6 s left"
    bar.close()
    assert place.shown[-1] == {"text/plain": "", "text/html": ""} and bar.box.comm is None


def test_a_view_shows_none(make, samples, monkeypatch) -> None:
    made: list[str] = []
    monkeypatch.setattr(bars, "_maker", lambda: made.append("asked"))
    view = make()
    view.find_runs(controls=19).wait()
    assert made == [] and list(view.explanations) == ["occlusion"]
    assert np.isfinite(view.explanations["occlusion"].map).all()
