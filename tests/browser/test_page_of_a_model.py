"""The page about a model in a browser: read, brushed and printed without a kernel or a network."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from playwright.sync_api import Page, expect

import heatbrush as hb
from browser.conftest import Watch
from browser.hand import Hand

SHAPE = (6, 12)


def halves(batch: np.ndarray) -> np.ndarray:
    return np.stack([batch[:, :, :6].mean((1, 2, 3)), batch[:, :, 6:].mean((1, 2, 3))], 1)


def test_the_page_is_read_brushed_and_printed(page: Page, tmp_path: Path, watch: Watch) -> None:
    X = np.random.default_rng(0).normal(size=(9, *SHAPE)).astype("float32")
    explainer = hb.Explainer(halves, ["early", "late"], baseline=0)
    path = hb.model_page(explainer, X, tmp_path / "model", np.arange(9) % 2)
    for width in (360, 2000):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(path.as_uri())
        hand = Hand(page)
        hand.canvas("occlusion").wait_for()
        # nothing but its tables moves sideways
        assert page.evaluate("document.documentElement.scrollWidth") == width
    hand.expect_state("saved")
    hand.drag("occlusion", (1, 2), (3, 4), SHAPE)
    expect(hand.root.locator(".hb-chip")).to_have_count(1)
    hand.button("Next sample").click()
    expect(hand.root.get_by_text("1 of")).to_be_visible()
    # by keys alone: to a section, and into a table that is wider than the page
    page.get_by_role("link", name="What was checked").focus()
    page.keyboard.press("Enter")
    assert page.url.endswith("#checks")
    region = page.get_by_role("region", name="baseline")
    region.focus()
    expect(region).to_be_focused()
    figures = page.get_by_role("img", name="Mean profile of early along the columns")
    assert figures.locator("rect.positive, rect.negative").count() == SHAPE[1]
    page.emulate_media(media="print")
    expect(page.get_by_role("navigation", name="Sections")).to_be_hidden()
    expect(page.get_by_role("heading", name="Examples")).to_be_visible()
    watch.assert_clean()
