"""A view on a thread whose model can be stopped inside a run."""

from __future__ import annotations

import pytest

import heatbrush as hb
from heatbrush.session.worker import Worker

GUARD = 20.0
FINE = {"patch": [1, 1], "stride": [1, 1]}


@pytest.fixture
def slow(explainer: hb.Explainer) -> hb.Explainer:
    """One window per batch, so that a run can be stopped between any two."""
    return hb.Explainer(explainer.model, classes=["left", "right"], batch_size=1)


@pytest.fixture
def held(make, slow, model, ask):
    """A view with two panels on a thread; `hold` stops the model inside a run of panel a."""
    view = make({"a": "occlusion", "b": "occlusion"}, explainer=slow, worker=Worker)
    view.wait(GUARD)

    def hold(**run) -> None:
        model.reached.clear()
        model.gate.clear()
        ask(view, "run", method="occlusion", parameters=FINE, panel="a", **run)
        assert model.reached.wait(GUARD)

    view.hold = hold
    yield view
    model.gate.set()
