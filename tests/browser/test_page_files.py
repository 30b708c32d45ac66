"""The offline page opens files of views, by its button or dropped on it, and refuses all others."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import heatbrush as hb
from browser.conftest import Watch
from browser.hand import Hand

SHAPE = (6, 12)
STORED = Path(__file__).parents[1] / "widget" / "case" / "format-2.heatbrush"


def halves(batch: np.ndarray) -> np.ndarray:
    return np.stack([batch[:, :, :6].mean((1, 2, 3)), batch[:, :, 6:].mean((1, 2, 3))], 1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """An offline page of one view, the file of another, and files that are none."""
    place = tmp_path_factory.mktemp("files")
    X = np.random.default_rng(0).normal(size=(2, *SHAPE, 2)).astype("float32")
    explainer = hb.Explainer(halves, ["early", "late"], list("uvwxyz"), baseline=0)
    page = hb.compare(explainer, X, {"of the page": "occlusion"}, charts=False)
    filed = hb.compare(
        explainer, X, {"of the file": "occlusion", "fine": "occlusion"}, sample=1, target="late"
    )
    page.wait()
    page.save_html(place / "page.html")
    filed.selection = hb.Region.columns(2, 5)
    whole = filed.save(place / "case", all_samples=True)
    for view in (page, filed):
        view.close()
    (place / "notes.heatbrush").write_text("no file of a view")
    page.save_npz(place / "maps.npz")
    (place / "cut.heatbrush").write_bytes(whole.read_bytes()[:-300])
    changed(whole, place / "later.heatbrush", format=3)
    changed(whole, place / "other.heatbrush", "page.json", protocol=1)
    changed(whole, place / "misfit.heatbrush", "page.json", classes="early")
    middle = bytearray(whole.read_bytes())
    middle[middle.index(b"samples/0/matrix.npy") + 60] ^= 4
    (place / "bit.heatbrush").write_bytes(middle)
    return place


def changed(whole: Path, path: Path, member: str = "heatbrush.json", **said: object) -> None:
    """Write the file anew with another manifest, or with other traits of its page."""
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content = old.read(name)
            if name == member:
                told = json.loads(content)
                told.get("state", told).update(said)
                content = json.dumps(told).encode()
            new.writestr(name, content)


def opened(page: Page, folder: Path) -> tuple[Hand, Locator]:
    page.goto((folder / "page.html").as_uri())
    hand = Hand(page)
    hand.panel("of the page").wait_for()
    return hand, page.get_by_role("status").first


def test_a_file_is_shown_in_the_place_of_the_pages_view(
    page: Page, folder: Path, watch: Watch
) -> None:
    hand, said = opened(page, folder)
    with page.expect_file_chooser() as chooser:
        page.get_by_role("button", name="Open file …").focus()
        page.keyboard.press("Enter")
    chooser.value.set_files(folder / "case.heatbrush")
    expect(said).to_have_text("case.heatbrush is shown. Load this page again for its own view.")
    expect(hand.panel("of the page")).to_have_count(0)
    expect(page.locator(".heatbrush")).to_have_count(1)
    hand.expect_state("saved")
    expect(hand.root.locator(".hb-chip")).to_contain_text("2–4")
    expect(hand.root).to_contain_text("1 of 2")
    expect(hand.root.get_by_role("combobox", name="Target")).to_have_value("1")
    assert page.title() == "heatbrush: of the file, fine"
    # it is brushed, undone and stepped through like the page's own
    hand.button("Columns").click()
    hand.drag("fine", (1, 7), (1, 9), SHAPE)
    expect(hand.root.locator(".hb-chip")).to_contain_text("7–9")
    hand.button("Undo").click()
    expect(hand.root.locator(".hb-chip")).to_contain_text("2–4")
    before = hand.pixels("of the file")
    hand.button("Previous sample").click()
    expect(hand.root).to_contain_text("0 of 2")
    hand.expect_other_pixels("of the file", before)
    # the numbers are those that Python reads
    hand.button("Next sample").click()
    hand.button("Export").click()
    with page.expect_download() as download:
        hand.root.get_by_role("menuitem", name="npz").click()
    view = hb.load_view(folder / "case.heatbrush")
    try:
        with np.load(download.value.path()) as stored:
            for name, explanation in view.explanations.items():
                found = [stored[key] for key in stored.files if key.startswith(name)]
                assert any(np.array_equal(explanation.map, each) for each in found), name
    finally:
        view.close()
    watch.assert_clean()


def test_pins_names_and_several_models_are_shown(page: Page, folder: Path, watch: Watch) -> None:
    hand, said = opened(page, folder)
    page.locator("input[type=file]").set_input_files(STORED)
    expect(said).to_contain_text("format-2.heatbrush is shown")
    names = hand.root.locator(".heatbrush-panel")
    expect(names).to_have_count(7)
    shown = [each.get_attribute("data-panel") for each in names.all()]
    assert shown[1:4] == ["apart", "mine", "before: fine"]
    expect(hand.root.get_by_role("button", name=re.compile("^Find a sample"))).to_contain_text("cy")
    # both models beside each other, without what is selected and with only it
    scores = hand.root.locator(".hb-scores")
    expect(scores).to_contain_text("before")
    expect(scores).to_contain_text("after")
    named = hand.root.get_by_role("table", name="Named selections")
    expect(named.get_by_role("button", name="Select burst", exact=True)).to_be_visible()
    worths = named.locator("td.hb-worth")
    expect(worths.first).to_have_text(re.compile(r"\d"))
    before, pixels = worths.first.inner_text(), hand.pixels("before: fine")
    hand.button("Previous sample").click()
    expect(hand.panel("mine")).to_contain_text("failed")
    expect(worths.first).not_to_have_text(before)
    # a pinned map stays
    assert hand.pixels("before: fine") == pixels
    # any stretch of whole columns is answered
    hand.button("Columns").click()
    hand.drag("after: fine", (1, 2), (1, 3), (3, 4))
    expect(hand.root.locator(".hb-scores .hb-without").last).to_have_text(re.compile(r"\d"))
    watch.assert_clean()


REFUSED = {
    "notes.heatbrush": "is no file of a view; choose one that view.save wrote.",
    "maps.npz": "is no file of a view; choose one that view.save wrote.",
    "cut.heatbrush": "is damaged; save it anew, or take another copy.",
    "bit.heatbrush": "is damaged; save it anew, or take another copy.",
    "misfit.heatbrush": "is damaged; save it anew, or take another copy.",
    "later.heatbrush": "has format 3, but this page reads 2; open it with a newer release.",
    "other.heatbrush": "was saved by another release than this page; open it in Python with "
    "hb.load_view.",
}


def test_other_files_are_refused_and_the_view_stays(page: Page, folder: Path, watch: Watch) -> None:
    hand, said = opened(page, folder)
    for name, why in REFUSED.items():
        page.locator("input[type=file]").set_input_files(folder / name)
        expect(said).to_have_text(f"{name} {why}")
        expect(page.locator(".heatbrush")).to_have_count(1)
    hand.drag("of the page", (1, 2), (3, 4), SHAPE)
    expect(hand.root.locator(".hb-chip")).to_have_count(1)
    watch.assert_clean()


def test_a_file_may_be_dropped_on_the_page(page: Page, folder: Path) -> None:
    hand, said = opened(page, folder)
    content = list((folder / "case.heatbrush").read_bytes())
    page.evaluate(
        """(bytes) => {
            const dataTransfer = new DataTransfer();
            dataTransfer.items.add(new File([Uint8Array.from(bytes)], "dropped.heatbrush"));
            const how = { dataTransfer, bubbles: true, cancelable: true };
            document.body.dispatchEvent(new DragEvent("drop", how));
        }""",
        content,
    )
    expect(said).to_contain_text("dropped.heatbrush is shown")
    hand.panel("fine").wait_for()
