"""`make demo`: the quickstart run headless, its table, and its page without kernel or network."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from browser.conftest import Watch
from browser.hand import Hand

ROOT = Path(__file__).parents[2]
SHAPE = (8, 8)


@pytest.mark.slow
def test_demo(tmp_path: Path, chrome: Browser, watch: Watch) -> None:
    paths = os.pathsep.join(str(ROOT / folder) for folder in ("kernel", "widget"))
    run = [sys.executable, str(ROOT / "examples" / "demo.py"), str(tmp_path)]
    environment = {**os.environ, "PYTHONPATH": paths, "CUDA_VISIBLE_DEVICES": "-1"}
    said = subprocess.run(run, env=environment, capture_output=True, text=True, check=True).stdout
    lines = [line for line in said.splitlines() if re.match(r"\d ", line)]
    assert len(lines) == 6, said
    place = re.search(r"\S+\.html", said)
    assert place and Path(place[0]).parent == tmp_path

    context = chrome.new_context(offline=True, viewport={"width": 1100, "height": 900})
    page = watch.on(context.new_page())
    page.goto(Path(place[0]).as_uri())
    hand = Hand(page)
    hand.expect_state("saved")
    expect(hand.root).to_contain_text("saved page")
    expect(hand.button("Run")).to_be_disabled()
    kept = page.locator(".hb-kept")
    expect(kept).to_contain_text("Curves, Agreement, Interaction and Classes had not been computed")
    expect(kept.locator("figure:visible svg text", has_text="relative profile")).to_be_visible()
    hand.button("Clear").click()
    hand.button("Columns").click()
    hand.drag("gradient", (1, 2), (1, 4), SHAPE)
    expect(hand.root.locator(".hb-chip")).to_contain_text("2–4")
    hand.button("Undo").click()
    expect(hand.root.locator(".hb-chip")).to_have_count(0)
    maps = hand.pixels("input"), hand.pixels("gradient")
    hand.button("Next sample").click()
    expect(hand.root).to_contain_text("1 of 6")
    for name, pixels in zip(("input", "gradient"), maps, strict=True):
        hand.expect_other_pixels(name, pixels)
    before = hand.pixels("input")
    hand.canvas("input").hover()
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    hand.expect_other_pixels("input", before)
    # its content policy lets it make a picture of itself
    hand.button("Export").click()
    hand.root.get_by_role("menuitem", name="Picture …").click()
    with page.expect_download() as download:
        hand.root.get_by_role("menuitem", name="PNG 2×").click()
    assert Path(download.value.path()).read_bytes().startswith(b"\x89PNG")
    context.close()
    watch.assert_clean()

    # where a host forbids its scripts, the page says so
    context = chrome.new_context()
    page = context.new_page()
    headers = {"Content-Security-Policy": "script-src 'none'", "Content-Type": "text/html"}
    body = Path(place[0]).read_text("utf-8")
    page.route("http://strict.test/", lambda route: route.fulfill(body=body, headers=headers))
    page.goto("http://strict.test/")
    expect(page.locator("main")).to_contain_text("the script does not run")
    context.close()
