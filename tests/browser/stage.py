"""The built bundle on a page of its own, with a model and a kernel that live in the page."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route

from browser.hand import DRAWN, Hand
from browser.soon import soon

HERE = Path(__file__).parent
STATIC = HERE.parents[1] / "widget" / "heatbrush" / "static"
ADDRESS = "http://127.0.0.1:9/"
SHAPES = {
    "wide": (20, 160),
    "square": (64, 64),
    "tall": (200, 12),
    "digits": (8, 8),
    "row": (1, 256),
    "channels": (16, 40),
    "leads": (6, 600),
}
FILES = {
    "widget.js": (STATIC / "widget.js", "text/javascript"),
    "charts.js": (STATIC / "charts.js", "text/javascript"),
    "styles.css": (STATIC / "styles.css", "text/css"),
    "fuzz.js": (HERE / "fuzz.js", "text/javascript"),
    "mock_model.js": (HERE / "mock_model.js", "text/javascript"),
    "": (HERE / "stage.html", "text/html"),
}

Band = tuple[str, list[int] | None, list[int] | None]


def serve(route: Route) -> None:
    name = route.request.url.removeprefix(ADDRESS)
    if name not in FILES:
        route.fulfill(status=404 if name != "favicon.ico" else 204)
        return
    path, kind = FILES[name]
    if not path.exists():
        pytest.fail(f"there is no {path}; `make bundle` builds it")
    route.fulfill(body=path.read_text(encoding="utf-8"), content_type=kind)


class Stage:
    """One view, and the model it is shown from.

    Parameters
    ----------
    page
        A fresh page.
    """

    def __init__(self, page: Page) -> None:
        self.page = page
        self.kind = "wide"
        self.hand = Hand(page)
        page.route(f"{ADDRESS}**", serve)
        page.goto(ADDRESS)
        page.wait_for_function("window.stage")

    def open(
        self,
        kind: str = "wide",
        methods: tuple[str, ...] = ("occlusion", "gradient"),
        *,
        width: int = 1000,
        dark: bool = False,
        kernel: dict[str, Any] | None = None,
        **traits: Any,
    ) -> Hand:
        """Show a view; `traits` replaces any of the model's, `kernel` sets its pace, and
        whether it is alive."""
        self.kind = kind
        given = [kind, list(methods), width, dark, kernel or {}, traits]
        self.page.evaluate("(given) => stage.open(...given)", given)
        self.hand.root.locator(DRAWN).first.wait_for()
        return self.hand

    @property
    def shape(self) -> tuple[int, int]:
        return SHAPES[self.kind]

    def drag(self, start: tuple[float, float], end: tuple[float, float], **how: Any) -> None:
        """Drag from one cell's middle to another's, on the input unless `name` says where."""
        self.hand.drag(how.pop("name", "input"), start, end, self.shape, **how)

    def get(self, trait: str) -> Any:
        return self.page.evaluate("(trait) => stage.model.get(trait)", trait)

    @property
    def bands(self) -> list[Band]:
        """The selection that the browser wrote."""
        bands = self.get("selection")["bands"]
        return [(band["op"], band["rows"], band["columns"]) for band in bands]

    @property
    def saved(self) -> int:
        """How often the browser wrote a trait."""
        return self.page.evaluate("stage.model.saved")

    def sent(self, kind: str) -> list[dict[str, Any]]:
        """The messages of one kind that the browser sent."""
        return self.page.evaluate(
            "(kind) => stage.model.sent.filter((message) => message.kind === kind)", kind
        )

    def expect_asked(self) -> None:
        """Wait until the model is asked about the selection: a question may wait for others."""
        soon(self.page, lambda: self.sent("whatif")[-1]["selection"], self.get("selection"))

    def change(self, trait: str, value: Any) -> None:
        """The kernel writes a trait."""
        self.page.evaluate("([trait, value]) => stage.model.change(trait, value)", [trait, value])

    def hides_nothing(self, **hidden: Any) -> None:
        """The kernel says that it has no matrix to hide cells by."""
        self.page.evaluate("(hidden) => stage.hideNothing(hidden)", hidden)

    def reply(self, **message: Any) -> None:
        """The kernel says something."""
        self.page.evaluate("(message) => stage.model.reply(message)", message)

    def frames(self) -> None:
        """Wait until what is due has been drawn."""
        self.page.evaluate(
            "new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))"
        )

    def frame(self, name: str) -> str:
        """The outline of the selection over a panel, as path data."""
        cores = self.hand.panel(name).locator("path.hb-core")
        return "".join(cores.evaluate_all("(paths) => paths.map((p) => p.getAttribute('d'))"))
