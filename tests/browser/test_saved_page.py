"""The offline page in a browser: the scores follow the brush without a kernel."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Browser, Page, expect

import heatbrush as hb
from browser.conftest import Watch
from browser.hand import Hand
from browser.soon import soon

SHAPE = (6, 12)
# what names the sample does not change before its scores do: one frame shows both
STEP = """() => {
  const parts = document.querySelectorAll(".hb-of, .hb-scores td");
  const read = () => [...parts].map((each) => each.textContent);
  const before = read();
  document.querySelector("[aria-label='Next sample']").click();
  return { before, "at once": read() };
}"""


def says(batch: np.ndarray) -> np.ndarray:
    """Class 0 is the sum of the first half, class 1 of the other."""
    return np.stack([batch[:, :, :6].sum((1, 2, 3)), batch[:, :, 6:].sum((1, 2, 3))], 1)


@pytest.fixture
def saved(tmp_path: Path) -> tuple[hb.Explainer, np.ndarray, Path]:
    X = np.random.default_rng(0).normal(size=(2, *SHAPE)).astype("f4")
    X[0, :, :6] += 1
    explainer = hb.Explainer(says, classes=["early", "late"], baseline=0)
    view = hb.compare(explainer, X, "occlusion")
    try:
        return explainer, X, view.save_html(tmp_path / "page.html", all_samples=True)
    finally:
        view.close()


def shown(page: Page, kind: str) -> list[float]:
    """The scores of the classes; NaN where the page has none."""
    cells = page.locator(f".hb-scores td.hb-{kind}").all_inner_texts()
    return [float(each.replace("−", "-").replace("–", "nan")) for each in cells]


def test_scores_follow_the_brush_in_a_page_without_kernel_and_network(
    saved, chrome: Browser, watch: Watch
) -> None:
    explainer, X, path = saved
    context = chrome.new_context(offline=True, viewport={"width": 1100, "height": 900})
    page = watch.on(context.new_page())
    page.goto(path.as_uri())
    hand = Hand(page)
    hand.expect_state("saved")
    hand.button("Columns").click()
    hand.drag("occlusion", (1, 2), (1, 4), SHAPE)
    expect(hand.root.locator(".hb-chip")).to_contain_text("2–4")
    for sample, x in enumerate(X):
        region = hb.Region.columns(2, 5)
        for kind, said in (
            ("without", explainer.predict(x, without=region).shown),
            ("only", explainer.predict(x, only=region).shown),
        ):
            wanted = pytest.approx(list(said), rel=0.01)
            soon(page, lambda kind=kind: shown(page, kind), wanted)
        if sample == 0:
            both = page.evaluate(STEP)
            assert both["at once"] == both["before"]
            expect(hand.root).to_contain_text("1 of 2")
    hand.button("Clear").click()
    hand.button("Rectangle").click()
    hand.drag("occlusion", (1, 2), (3, 4), SHAPE)
    hand.expect_status("any other selection needs the model")
    expect(page.locator(".hb-scores td.hb-without")).to_have_text(["–", "–"])
    context.close()
    watch.assert_clean()


def test_a_page_that_was_saved_without_them_says_so(tmp_path: Path, chrome: Browser) -> None:
    view = hb.compare(hb.Explainer(says), np.ones((1, *SHAPE), "f4"), "occlusion")
    path = view.save_html(tmp_path / "page.html", what_if=False)
    view.close()
    page = chrome.new_page()
    page.goto(path.as_uri())
    expect(page.locator(".hb-notes")).to_contain_text("view.save_html(path) stores those")
    page.close()
