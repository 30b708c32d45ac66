"""Mutated messages from page to kernel: each is done or refused in a sentence, and nothing breaks.

`python -m fuzz 10000` in the folder of the tests; the number of messages is all it takes.
"""

from __future__ import annotations

import copy
import json
import logging
import random
import sys
import threading
from typing import Any

import numpy as np

import heatbrush as hb
from heatbrush.answering.requests import Requests
from heatbrush.border.panels import Panels
from heatbrush.border.wire import OPTIONS, SENTENCE
from heatbrush.jobs.worker import Worker
from heatbrush.view import View

GUARD = 30.0
"""Seconds until a job that was cancelled counts as one that hangs."""
SELECTION = {"bands": [{"op": "add", "rows": [0, 2], "columns": None}]}
GOOD: tuple[dict[str, Any], ...] = (
    {"kind": "hello"},
    {"kind": "hello", "whole": True, "named": [{"name": "burst", "selection": SELECTION}]},
    {"kind": "ping"},
    {"kind": "here", "viewer": 0},
    {"kind": "seen", "viewer": 0, "number": 1, "rows": 100, "columns": 100},
    {"kind": "hide", "baseline": 0},
    {"kind": "compare", "wanted": True},
    {"kind": "run", "panel": "occlusion", "method": "occlusion", "parameters": {"patch": [2, 2]}},
    {"kind": "run", "panel": "rise", "method": "rise", "parameters": {"samples": 20}},
    {"kind": "run", "panel": "lime", "method": "lime", "parameters": {"players": "rows"}},
    {"kind": "run", "method": "occlusion", "parameters": {}, "within": SELECTION},
    {
        **{"kind": "blocks", "viewer": 0, "ask": 1, "panel": "occlusion", "run": 1},
        **{"channel": None, "statistic": "mean", "steps": [2, 1]},
        **{"rows": [0, 2], "columns": [1, 2]},
    },
    {"kind": "value", "viewer": 0, "ask": 2, "row": 1, "column": 1},
    {"kind": "strongest", "viewer": 0, "panel": "occlusion", "percent": 5.0, "positive": True},
    {"kind": "cancel", "panel": "occlusion", "run": 1},
    {"kind": "find", "axis": "columns", "parameters": {"controls": 19, "k": 1}},
    {"kind": "stop", "search": 1},
    {"kind": "whatif", "ask": 1, "viewer": 0, "selection": SELECTION},
    {
        "kind": "whatif_each",
        "ask": 1,
        "viewer": 0,
        "selection": SELECTION,
        "band": 0,
        "places": [[0, 2, 0, 10], [1, 2, 0, 10]],
    },
    {
        **{"kind": "output", "viewer": 0, "ask": 1, "output": 0, "channel": 0},
        **{"part": "without", "selection": SELECTION},
    },
    {"kind": "show", "sample": 1, "a": 0, "b": 1},
    {"kind": "arrange", "order": "score", "of": 1, "only": "predicted", "among": 0, "text": "le"},
    {"kind": "arrange", "order": "alike matrices", "of": 1, "reverse": True},
    {"kind": "survey", "wanted": True},
    {"kind": "window", "viewer": 0, "start": 0, "count": 20},
    {"kind": "step", "by": 1},
    {"kind": "offer", "viewer": 1},
    {"kind": "add_target", "target": {"kind": "Channel", "layer": "c", "index": 0}, "like": None},
    {"kind": "turn", "to": 1},
    {"kind": "remove_line", "line": 1},
    {"kind": "restore", "sample": 0, "a": 0, "b": None, "given": True, "runs": {"occlusion": 1}},
    {"kind": "remove", "panel": "rise"},
    {"kind": "run", "method": "lime", "panel": "twin", "beside": "occlusion"},
    {"kind": "pin", "panel": "occlusion", "wanted": True},
    {"kind": "pin", "panel": "occlusion", "wanted": False},
    {"kind": "subtract", "a": "occlusion", "b": "rise", "panel": "difference"},
    {"kind": "order", "panels": ["rise", "occlusion"]},
    {"kind": "export", "format": "csv"},
)
TRAITS: dict[str, Any] = {
    "named": [{"name": "burst", "selection": SELECTION}],
    "selection": SELECTION,
    "pointed": SELECTION,
    "options": {**OPTIONS},
    "height": 480,
}
KEYS = ("kind", "panel", "x", "k", "samples", "n" * 9999)
DEEP: list[Any] = []
for _ in range(400):  # JSON that is nested deeper does not reach the handler
    DEEP = [DEEP]
ODD: tuple[Any, ...] = (
    *(
        None,
        True,
        0,
        -1,
        1,
        2**31,
        2**63,
        10**400,
        -(10**9),
        0.5,
        float("nan"),
        float("inf"),
        1e308,
    ),
    *("", "x", "\0", "\ud800", "=1+1", "</script>", "n" * 100_000, "occlusion", "__class__"),
    *([], [[]], [0, 1], [1, 0], [-5, 10**9], [None, None], ["a"] * 1000, DEEP),
    *({}, {"a": 1}, {"kind": "run"}, {"bands": [{}]}, {"bands": None}, {"": {"": {"": {}}}}),
    {"bands": [{"op": "add", "rows": [0, 10**18], "columns": [0, 1]}] * 50},
)


def mutated(good: Any, draw: random.Random) -> Any:
    """Change a message, or the value of a trait, in one to three places."""
    bad = copy.deepcopy(good)
    for _ in range(draw.randint(1, 3)):
        places = list(_places(bad))
        if not places or draw.random() < 0.02:
            return _odd(draw)
        holder, key = draw.choice(places)
        change = draw.random()
        if change < 0.2:
            del holder[key]
        elif change < 0.3 and isinstance(holder, dict):
            holder[draw.choice(KEYS)] = _odd(draw)
        elif change < 0.4:
            holder[key] = copy.deepcopy(draw.choice(list(_values([*GOOD]))))
        else:
            holder[key] = _odd(draw)
    return bad


def _odd(draw: random.Random) -> Any:
    value = draw.choice(ODD)
    return value if value is DEEP else copy.deepcopy(value)


def _places(value: Any, depth: int = 0) -> Any:
    """Every key of every dict and list inside, with what holds it."""
    if value is DEEP:
        return
    keys = list(value) if isinstance(value, dict) else range(len(value)) if _is_list(value) else ()
    for key in list(keys)[:20]:
        yield value, key
        if depth < 5:
            yield from _places(value[key], depth + 1)


def _values(value: Any) -> Any:
    yield value
    for each in value.values() if isinstance(value, dict) else value if _is_list(value) else ():
        yield from _values(each)


def _is_list(value: Any) -> bool:
    return isinstance(value, list | tuple)


def model(batch: np.ndarray) -> np.ndarray:
    """Score the left half and the right half of a matrix."""
    return np.stack([batch[:, :, :5].mean((1, 2, 3)), batch[:, :, 5:].mean((1, 2, 3))], 1)


class Fuzz:
    """Sends mutated messages to views, and keeps what went wrong.

    Attributes
    ----------
    faults
        A line for each, with the message.
    refused
        How many messages were refused.
    """

    def __init__(self, seed: int) -> None:
        self.draw, self.faults, self.refused = random.Random(seed), list[str](), 0
        self._answers: list[Any] = []
        self._explainer = hb.Explainer(model, classes=["left", "right"], baseline=0)
        self._X = np.random.default_rng(seed).normal(size=(2, 4, 10)).astype("float32")
        self._now: Any = None

    def run(self, count: int, each: int = 200) -> None:
        """Send messages; some to each view, and a good question at its end."""
        send, hook, logger = Panels.send, threading.excepthook, logging.getLogger("heatbrush")
        logged = logging.Handler()
        logged.emit = lambda record: self._fault(record.getMessage())  # type: ignore[method-assign]
        Panels.send = lambda _self, content, buffers=None: self._said(content)  # type: ignore
        threading.excepthook = lambda args: self._fault(f"{args.exc_type.__name__} in a thread")
        logger.addHandler(logged)
        try:
            for start in range(0, count, each):
                self._view(min(each, count - start))
        finally:
            Panels.send, threading.excepthook = send, hook  # type: ignore[method-assign]
            logger.removeHandler(logged)

    def _view(self, count: int) -> None:
        view = View(self._explainer, self._X, ["occlusion"], charts=False, worker=Worker)
        handler = Requests(view._session, view._exports.makers, view._exports.code, view._catalogue)
        try:
            for _ in range(count):
                if self.draw.random() < 0.2:
                    name = self.draw.choice(list(TRAITS))
                    self._now = {name: mutated(TRAITS[name], self.draw)}
                    self._try(lambda: view.widget.set_state(self._now))
                else:
                    self._now = mutated(self.draw.choice(GOOD), self.draw)
                    self._try(lambda: handler(view.widget, self._now, []))
                self._settle(view)
            self._good(view, handler)
        finally:
            view.close()

    def _try(self, work: Any) -> None:
        try:
            work()
        except BaseException as error:
            self._fault(f"{type(error).__name__}: {error}")

    def _settle(self, view: View) -> None:
        """Stop what a message has begun, and look at what the page would be sent."""
        session = view._session
        for name in list(session.board.panels):
            session.cancel(name)
        session.searches.stop()
        if not session.worker.join(GUARD):
            self._fault("a job goes on after it was cancelled")
        for panel, _ in session.board.shown():
            if panel["failure"] is not None:
                self._sentence(panel["failure"]["sentence"])
        if session.board.panels.keys() - {"occlusion", "rise", "lime"}:
            session.board.panels = {"occlusion": next(iter(session.board.panels.values()))}

    def _good(self, view: View, handler: Requests) -> None:
        """Ask what is known, after all that was no good."""
        self._now = "a good message"
        self._try(lambda: json.dumps(view._session.channel.snapshot(), default=_bytes).encode())
        region = hb.Region.from_json(SELECTION)
        self._answers.clear()
        handler(view.widget, {"kind": "show", "sample": 0, "a": 0}, [])
        handler(view.widget, {"kind": "whatif", "ask": 7, "selection": SELECTION}, [])
        handler(view.widget, {"kind": "run", "panel": "good", "method": "occlusion"}, [])
        if not view._session.worker.join(GUARD):
            self._fault("it is not answered")
        answers = [said for said in self._answers if said["kind"] == "answer"]
        expected = self._explainer.predict(self._X[0], without=region).shown
        if not answers or not np.allclose(answers[-1]["without"], expected):
            self._fault(f"the answer is {answers}")
        found = view.explanations.get("good")
        expected = self._explainer.explain(self._X[0], "occlusion", 0).map
        if found is None or not np.array_equal(found.map, expected):
            self._fault(f"the map is {found!r}")

    def _said(self, content: Any) -> None:
        self._answers.append(content)
        self._try(lambda: json.dumps(content, allow_nan=False).encode())
        self._try(lambda: json.dumps(content, ensure_ascii=False).encode())
        if content["kind"] == "refused":
            self.refused += 1
            self._sentence(content["sentence"])

    def _sentence(self, text: str) -> None:
        if not 0 < len(text) <= SENTENCE or "\n" in text:
            self._fault(f"no sentence: {text[:80]!r}, {len(text)} characters")

    def _fault(self, what: str) -> None:
        self.faults.append(f"{what[:300]} <- {_shown(self._now)}")


def _shown(message: Any) -> str:
    try:
        return repr(message)[:300]
    except RecursionError:
        return "a message that is nested too deep"


def _bytes(value: Any) -> str:
    assert isinstance(value, bytes)
    return ""


if __name__ == "__main__":
    asked = int(sys.argv[1])
    fuzz = Fuzz(seed=0)
    fuzz.run(asked)
    print(f"{asked} messages to the kernel, {fuzz.refused} refused, {len(fuzz.faults)} faults")
    print(*fuzz.faults[:20], sep="\n")
    sys.exit(bool(fuzz.faults))
