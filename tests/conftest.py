"""What all tests may use: one profile of hypothesis, and a count of what a check asks."""

import pytest
from hypothesis import settings

from heatbrush_core.evidence import hiding

# a machine that is busy, or that loads Keras meanwhile, is no failure
settings.register_profile("heatbrush", deadline=None)
settings.load_profile("heatbrush")


@pytest.fixture
def checks(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many fillings the model was asked about, each time."""
    counted, emptied = [], hiding.emptied

    def counting(explainer, bases, *given, **named):
        counted.append(len(bases))
        return emptied(explainer, bases, *given, **named)

    monkeypatch.setattr(hiding, "emptied", counting)
    return counted
