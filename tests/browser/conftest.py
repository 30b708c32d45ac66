"""One Chromium for all browser tests, and a page that remembers what went wrong on it."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from browser import chromium
from browser.stage import Stage

ARTIFACTS = Path(__file__).parents[1] / "artifacts"
LOCAL = re.compile(
    r"^(https?://(127\.0\.0\.1|localhost)[:/]|wss?://(127\.0\.0\.1|localhost)|data:|blob:|file:|about:)"
)


# they start servers and run notebooks: minutes, which should not be the last ones of a run
LONGEST = ("test_jupyterlab", "test_other_front_ends", "test_demo")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark everything in this folder, for `-m "not browser"`; the longest files come first."""
    mine = [item for item in items if Path(__file__).parent in item.path.parents]
    for item in mine:
        item.add_marker("browser")
    first = {id(item) for item in mine if item.path.stem in LONGEST}
    items.sort(key=lambda item: id(item) not in first)


@dataclass
class Watch:
    """What a page complained about, and which hosts it asked."""

    complaints: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)

    def on(self, page: Page) -> Page:
        page.on("console", self.console)
        page.on("pageerror", lambda error: self.complaints.append(f"page error: {error}"))
        page.on("request", self.request)
        return page

    def console(self, message) -> None:
        if message.type == "error":
            self.complaints.append(f"console: {message.text} ({message.location.get('url', '')})")

    def request(self, request) -> None:
        if not LOCAL.match(request.url):
            self.outside.append(request.url)

    def assert_clean(self, ignore: tuple[str, ...] = ()) -> None:
        """Nothing was complained about but what is listed, and nobody else was asked anything."""
        left = [said for said in self.complaints if not any(word in said for word in ignore)]
        assert not left, left
        assert not self.outside, self.outside


@pytest.fixture(scope="session")
def chrome() -> Iterator[Browser]:
    path = chromium.find()
    if path is None:
        pytest.fail("no Chromium; `make browser` installs one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=chromium.FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def page(chrome: Browser, watch: Watch, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A fresh page in a context of its own; a screenshot is kept where the test fails."""
    context = chrome.new_context(viewport={"width": 1500, "height": 1100}, device_scale_factor=1)
    page = watch.on(context.new_page())
    page.set_default_timeout(30_000)
    yield page
    if getattr(request.node, "failed", False):
        ARTIFACTS.mkdir(exist_ok=True)
        page.screenshot(path=ARTIFACTS / f"{request.node.name}.png")
    context.close()


@pytest.fixture
def stage(page: Page, watch: Watch) -> Iterator[Stage]:
    """The bundle alone; whatever a test does there, the page must not complain or ask around."""
    yield Stage(page)
    watch.assert_clean()


@pytest.hookimpl(hookwrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo) -> Iterator[None]:
    outcome = yield
    report = outcome.get_result()
    if report.when == "call":
        item.failed = report.failed
