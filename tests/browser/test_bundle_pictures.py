"""Pictures that the page makes of itself: SVG whose text is text, and PNG of the same."""

from __future__ import annotations

import io
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path

import numpy as np
import pytest
from matplotlib.image import imread
from playwright.sync_api import expect

from browser.stage import Stage

SVG = "{http://www.w3.org/2000/svg}"
METHODS = ("occlusion", "gradient", "integrated_gradients")


def saved(stage: Stage, opener: str, kind: str, aside: str = "") -> bytes:
    """The file that the menu of pictures saves."""
    hand = stage.hand
    hand.button(opener).click()
    hand.root.get_by_role("menuitem", name="Picture …").click()
    with stage.page.expect_download() as download:
        hand.root.get_by_role("menuitem", name=re.compile(f"^{kind}.*{aside}")).click()
    return Path(download.value.path()).read_bytes()


def texts(drawn: ElementTree.Element) -> list[str]:
    return ["".join(text.itertext()) for text in drawn.iter(f"{SVG}text")]


@pytest.mark.parametrize(("live", "dark"), [(True, False), (False, True)])
def test_an_svg_of_the_view_has_its_maps_and_its_words(
    stage: Stage, live: bool, dark: bool
) -> None:
    """In a saved page too, and in the colours of the page."""
    stage.open(methods=METHODS, live=live, dark=dark)
    drawn = ElementTree.fromstring(saved(stage, "Export", "SVG"))
    maps = stage.page.evaluate(
        """[...stage.home.querySelectorAll("canvas.heatbrush-map")].map((map) => map.toDataURL())"""
    )
    assert [image.get("href") for image in drawn.iter(f"{SVG}image")] == maps
    assert len(maps) == 1 + len(METHODS)
    said = texts(drawn)
    for word in ("input", "occlusion", "gradient", "integrated gradients", "time, s", "acc 1 x"):
        assert word in said, word
    assert said[0].startswith("target bearing · sample 37 of 240")
    legends = stage.page.evaluate(
        """[...stage.home.querySelectorAll(".hb-corner span")].map((s) => s.textContent)"""
    )
    assert len(list(drawn.iter(f"{SVG}linearGradient"))) == 1 + len(METHODS)
    assert {each for each in legends if each} <= set(said)
    ground = drawn.find(f"{SVG}rect")
    assert ground is not None and ground.get("fill") == stage.page.evaluate(
        """getComputedStyle(stage.home.querySelector(".heatbrush")).backgroundColor"""
    )


def test_a_png_has_the_pixels_of_the_map_at_each_size(stage: Stage) -> None:
    stage.open("square", METHODS[:1])
    drawn = ElementTree.fromstring(saved(stage, "Export", "SVG"))
    width, height = int(drawn.get("width", 0)), int(drawn.get("height", 0))
    image = next(drawn.iter(f"{SVG}image"))
    shift = re.match(r"translate\((.*),(.*)\)", _parent(drawn, image).get("transform", ""))
    assert shift is not None
    left, top = (
        float(image.get(axis, 0)) + float(by) for axis, by in zip("xy", shift.groups(), strict=True)
    )
    wide, high = (float(image.get(name, 0)) for name in ("width", "height"))
    colour = stage.page.evaluate(
        """([x, y]) => {
          const map = stage.home.querySelector("canvas.heatbrush-map");
          const at = [x * map.width, y * map.height];
          return [...map.getContext("2d").getImageData(...at, 1, 1).data];
        }""",
        [0.52, 0.77],
    )
    for ratio in (1, 2, 4):
        pixels = imread(io.BytesIO(saved(stage, "Export", "PNG", f"{ratio}×")))
        assert pixels.shape[:2] == (height * ratio, width * ratio)
        at = int((top + 0.77 * high) * ratio), int((left + 0.52 * wide) * ratio)
        np.testing.assert_allclose(pixels[at] * 255, colour, atol=1)


def _parent(root: ElementTree.Element, child: ElementTree.Element) -> ElementTree.Element:
    return next(each for each in root.iter() if child in list(each))


def test_one_panel_has_the_names_that_it_shares_and_leaves_the_page_alone(stage: Stage) -> None:
    stage.open(methods=METHODS)
    before = saved(stage, "Export", "SVG")
    # the column names stand under the input and the last map only
    assert texts(ElementTree.fromstring(before)).count("time, s") == 2
    said = texts(ElementTree.fromstring(saved(stage, "Panel menu of gradient", "SVG")))
    assert {"gradient", "time, s", "acc 1 x"} <= set(said) and "occlusion" not in said
    assert saved(stage, "Export", "SVG") == before


def test_a_picture_is_copied_where_the_clipboard_takes_it(stage: Stage) -> None:
    """By keyboard; else a sentence says what to do."""
    hand, page = stage.open(), stage.page

    def copy() -> None:
        hand.button("Export").press("Enter")
        hand.root.get_by_role("menuitem", name="Picture …").press("Enter")
        page.keyboard.press("ArrowUp")
        page.keyboard.press("Enter")

    page.evaluate(
        """() => {
          Object.defineProperty(navigator, "clipboard", { configurable: true, value: {
            write: async ([item]) => { window.copied = await item.picture; } } });
          window.ClipboardItem = class {
            constructor(parts) { this.picture = parts["image/png"]; }
          };
        }"""
    )
    copy()
    expect(hand.root).to_contain_text("The picture is on the clipboard.")
    assert page.evaluate("[copied.type, copied.size > 5000]") == ["image/png", True]
    page.evaluate("() => { navigator.clipboard.write = () => Promise.reject(new Error()); }")
    copy()
    expect(hand.root).to_contain_text("The clipboard takes no picture from this page")
