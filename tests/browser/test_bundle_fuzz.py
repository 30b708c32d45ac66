"""Damaged messages of a kernel: the page takes none that does not fit, a good one mends all.

HEATBRUSH_FUZZ is the number of them: `make fuzz` sends 10,000.
"""

from __future__ import annotations

import os

import pytest
from playwright.sync_api import expect

from browser.stage import Stage

COUNT = int(os.environ.get("HEATBRUSH_FUZZ", "300"))


@pytest.mark.timeout(3600)
def test_damaged_messages_harm_nothing(stage: Stage) -> None:
    """No exception, for which the fixture looks, and the same picture afterwards."""
    hand = stage.open()
    stage.frames()
    before = {name: hand.pixels(name) for name in ("input", "occlusion", "gradient")}
    stage.page.set_default_timeout(0)
    slowest = stage.page.evaluate("(count) => stage.fuzz(count, 7)", COUNT)
    print(f"{COUNT} damaged messages; the slowest took {slowest['ms']:.0f} ms: {slowest['what']}")
    stage.frames()
    hand.expect_state("idle")
    assert {name: hand.pixels(name) for name in before} == before
    stage.drag((3, 10), (3, 40))
    hand.expect_status("without them")


def test_what_does_not_fit_is_told_and_the_last_picture_stays(stage: Stage) -> None:
    hand = stage.open()
    stage.frames()
    before = hand.pixels("input")
    stage.change("sample", {**stage.get("sample"), "matrix": {"shape": [20, 160, 1], "bytes": 7}})
    hand.expect_status("The kernel and this page do not fit each other \\(sample.matrix")
    assert hand.pixels("input") == before


def test_a_view_whose_first_traits_do_not_fit_says_so(stage: Stage) -> None:
    stage.page.evaluate("stage.open('wide', [], 1000, false, {}, { target: { a: 99 } })")
    said = stage.page.get_by_text("The kernel and this page do not fit each other")
    said.wait_for()
    stage.change("target", {"a": 0, "b": None, "given": False})
    stage.hand.canvas("input").wait_for()
    expect(said).to_have_count(0)
