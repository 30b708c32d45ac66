"""A NumPy model whose answers are known, and a page that remembers what it was sent."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.border.panels import Panels
from heatbrush.jobs.worker import InlineWorker, Worker
from heatbrush.view import View

GUARD = 20.0  # seconds until a test gives up; nothing here takes that long
SHAPE = (4, 10)
FINE = {"patch": [1, 1], "stride": [1, 1]}


class Model:
    """Class "left" is the mean of columns 0-4, class "right" that of columns 5-9.

    It remembers the thread of each call, can be made to wait at a gate, and can break.
    """

    def __init__(self) -> None:
        self.threads: set[str] = set()
        self.gate = threading.Event()
        self.gate.set()
        self.reached = threading.Event()
        self.error: Exception | None = None
        self.calls = 0

    def __call__(self, batch: np.ndarray) -> np.ndarray:
        self.threads.add(threading.current_thread().name)
        self.calls += 1
        self.reached.set()
        assert self.gate.wait(GUARD)
        if self.error is not None:
            raise self.error
        return np.stack([batch[:, :, :5].mean((1, 2, 3)), batch[:, :, 5:].mean((1, 2, 3))], 1)


@dataclass
class Page:
    """What the browser would get."""

    messages: list[dict[str, Any]] = field(default_factory=list)
    buffers: list[list[bytes]] = field(default_factory=list)

    def kinds(self, *only: str) -> list[str]:
        return [m["kind"] for m in self.messages if not only or m["kind"] in only]

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [message for message in self.messages if message["kind"] == kind]

    def last(self, kind: str) -> dict[str, Any]:
        return self.of(kind)[-1]


@pytest.fixture
def sent(monkeypatch: pytest.MonkeyPatch) -> Page:
    page = Page()

    def send(self: Panels, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        page.messages.append(content)
        page.buffers.append(buffers or [])

    monkeypatch.setattr(Panels, "send", send)
    return page


@pytest.fixture
def model() -> Model:
    return Model()


@pytest.fixture
def explainer(model: Model) -> hb.Explainer:
    return hb.Explainer(model, classes=["left", "right"])


@pytest.fixture
def samples() -> np.ndarray:
    """Three matrices: "left" wins in the first and the last, "right" in the second."""
    X = np.random.default_rng(0).normal(size=(3, *SHAPE)).astype("float32")
    X[0, :, :5] += 1
    X[1, :, 5:] += 1
    X[2, :, :5] += 1
    return X


@pytest.fixture
def make(explainer: hb.Explainer, samples: np.ndarray, sent: Page) -> Iterator[Callable[..., View]]:
    """Make views that are closed after the test; without a thread unless asked for one."""
    views: list[View] = []

    def make(methods: Any = ("occlusion",), **options: Any) -> View:
        options.setdefault("worker", InlineWorker)
        X = options.pop("X", samples)
        views.append(View(options.pop("explainer", explainer), X, methods, **options))
        return views[-1]

    yield make
    for view in views:
        view.close()


@pytest.fixture
def ask() -> Callable[..., None]:
    """Send a message as the page would."""

    def ask(view: View, kind: str, **content: Any) -> None:
        view.widget._handle_custom_msg({"kind": kind, **content}, [])

    return ask


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
