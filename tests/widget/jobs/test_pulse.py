"""How far a run is, told a few times a second."""

from __future__ import annotations

import time

from heatbrush.jobs.worker import Worker

GUARD = 20.0


FINE = {"patch": [1, 1], "stride": [1, 1]}


def test_progress_is_throttled_and_ends_with_the_end(make, slow, ask, sent) -> None:
    view = make(explainer=slow, worker=Worker)
    view.wait(GUARD)
    sent.messages.clear()
    began = time.monotonic()
    ask(view, "run", method="occlusion", parameters=FINE, within=None, panel="occlusion")
    view.wait(GUARD)
    allowed = 2 + (time.monotonic() - began) / 0.1
    progress = sent.of("progress")
    assert 1 <= len(progress) <= allowed  # of 40 batches
    assert progress[-1]["done"] == progress[-1]["total"] == 40
    assert progress[-1]["seconds_left"] == 0
