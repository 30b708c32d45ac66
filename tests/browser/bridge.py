"""The built bundle on a page, in front of a view of this very process: no server, no kernel."""

from __future__ import annotations

import base64
import json
from typing import Any

from playwright.sync_api import Page, Route

from browser.hand import DRAWN, Hand
from browser.stage import ADDRESS, FILES, HERE
from heatbrush import protocol
from heatbrush.border.panels import Panels
from heatbrush.view import View

BRIDGED = {**FILES, "": (HERE / "bridge.html", "text/html")}


def plain(value: Any) -> Any:
    """Return bytes as what JSON can hold."""
    if isinstance(value, bytes | bytearray | memoryview):
        return {"base64": base64.b64encode(value).decode("ascii")}
    raise TypeError(f"{type(value).__name__} does not cross the border.")


def size(value: Any) -> int:
    """Count the bytes of arrays, which are nearly all that is sent."""
    if isinstance(value, bytes | bytearray | memoryview):
        return len(value)
    if isinstance(value, dict):
        return sum(map(size, value.values()))
    return sum(map(size, value)) if isinstance(value, list | tuple) else 0


class Bridge:
    """A view on a page. Whatever its kernel sends meanwhile comes with the answer to a request.

    Parameters
    ----------
    page
        A fresh page.
    view
        With an `InlineWorker`: what it is asked for is computed before the answer.
    """

    def __init__(self, page: Page, view: View) -> None:
        self.page, self.view, self.hand = page, view, Hand(page)
        self._messages: list[dict[str, Any]] = []
        widget: Any = view.widget
        widget.send = self._say
        page.route(f"{ADDRESS}**", _serve)
        page.expose_function("kernel", self._answer)
        page.goto(ADDRESS)
        page.wait_for_function("window.bridge")

    def open(self, width: int = 1000, dark: bool = False) -> Hand:
        """Show it as it is now."""
        state = json.dumps(self._state(), default=plain)
        self.page.evaluate("(given) => bridge.show(...given)", [state, width, dark])
        self.hand.root.locator(DRAWN).first.wait_for()
        return self.hand

    def _say(self, content: dict[str, Any], buffers: list[bytes] | None = None) -> None:
        self._messages.append({"content": content, "buffers": buffers or []})

    def _state(self) -> dict[str, Any]:
        widget: Panels = self.view.widget
        names = (*protocol.Traits.__annotations__, *widget.arrays)
        return {name: getattr(widget, name) for name in names}

    def _answer(self, text: str) -> str:
        """Take what the page sends, and return what came of it."""
        asked = json.loads(text)
        before = self._state()
        widget: Any = self.view.widget
        if "message" in asked:
            widget._handle_custom_msg(asked["message"], [])
        else:
            widget.set_state(asked["traits"])
        after = self._state().items()
        traits = {name: value for name, value in after if value is not before.get(name)}
        messages, self._messages = self._messages, []
        answer = {"traits": traits, "messages": messages, "size": size([traits, messages])}
        return json.dumps(answer, default=plain)


def _serve(route: Route) -> None:
    name = route.request.url.removeprefix(ADDRESS)
    if name not in BRIDGED:
        route.fulfill(status=404 if name != "favicon.ico" else 204)
        return
    path, kind = BRIDGED[name]
    route.fulfill(body=path.read_text(encoding="utf-8"), content_type=kind)
