"""Where colours end: the legend under the hand, limits of all samples, the scale of the input."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Locator, expect

from browser.stage import Stage


def end(stage: Stage, name: str, label: str = "Colour limit") -> Locator:
    whose = f"{label} of {name}"
    return stage.hand.panel(name).get_by_role("spinbutton", name=whose, exact=True)


def limit(stage: Stage, name: str) -> float:
    return float(end(stage, name).get_attribute("aria-valuenow") or "nan")


def pull(stage: Stage, name: str, side: int, by: int, drop: bool = True) -> None:
    """Drag an end of a colour bar: `side` is 0 for its lowest colour, 1 for its highest."""
    bar = stage.hand.panel(name).locator(".hb-ends-grip").locator("visible=true").bounding_box()
    assert bar
    x, y = bar["x"] + (bar["width"] - 6 if side else 6), bar["y"] + bar["height"] / 2
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    stage.page.mouse.move(x + by, y, steps=4)
    if drop:
        stage.page.mouse.up()
    stage.frames()


def brute(stage: Stage, name: str, at: float) -> int:
    """Count the cells of a map beyond a limit."""
    return stage.page.evaluate(
        """([name, limit]) => {
          const { bytes } = stage.model.full.find((panel) => panel.name === name).map;
          const numbers = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
          return numbers.filter((value) => Math.abs(value) > limit).length;
        }""",
        [name, at],
    )


@pytest.mark.parametrize("width", [1000, 360])
def test_an_end_of_the_colour_bar_is_dragged_and_what_it_cuts_is_said(
    stage: Stage, width: int
) -> None:
    hand = stage.open(width=width)
    before, other, saved = limit(stage, "gradient"), hand.pixels("occlusion"), stage.saved
    seen = hand.pixels("gradient")
    pull(stage, "gradient", 1, -20, drop=False)
    assert hand.pixels("gradient") != seen and stage.saved == saved  # while it is held
    stage.page.mouse.up()
    stage.frames()
    now = limit(stage, "gradient")
    assert 0.2 * before < now < 0.8 * before
    assert stage.get("options")["by_hand"] == {"gradient": [-now, now]}
    cut = brute(stage, "gradient", now)
    assert cut > 0
    hand.expect_status(f"gradient end at .*: {cut} cells of gradient beyond")
    title = hand.panel("gradient").locator(".hb-title").first
    expect(title).to_have_attribute("title", re.compile(f"by hand: {cut} cells beyond"))
    assert hand.pixels("occlusion") == other
    pull(stage, "gradient", 0, 20)  # the other end moves both as well
    assert limit(stage, "gradient") < now
    hand.panel("gradient").locator(".hb-ends-grip").locator("visible=true").dblclick()
    stage.frames()
    assert limit(stage, "gradient") == before and hand.pixels("gradient") == seen
    assert stage.get("options")["by_hand"] == {}


def test_escape_lets_go_of_an_end(stage: Stage) -> None:
    hand = stage.open()
    seen, saved = hand.pixels("gradient"), stage.saved
    pull(stage, "gradient", 1, -20, drop=False)
    stage.page.keyboard.press("Escape")
    stage.page.mouse.up()
    stage.frames()
    assert hand.pixels("gradient") == seen and stage.saved == saved


def test_keys_move_an_end_type_it_and_take_it_back(stage: Stage) -> None:
    hand = stage.open()
    before = limit(stage, "occlusion")
    end(stage, "occlusion").focus()
    stage.page.keyboard.press("ArrowDown")
    stage.frames()
    assert limit(stage, "occlusion") == pytest.approx(0.95 * before)
    stage.page.keyboard.press("PageUp")
    stage.frames()
    assert limit(stage, "occlusion") == pytest.approx(0.95 * 1.3 * before)
    stage.page.keyboard.press("Delete")
    stage.frames()
    assert limit(stage, "occlusion") == before
    stage.page.keyboard.type(".x")
    form = hand.root.get_by_role("dialog", name="Colour limits of occlusion")
    field = form.get_by_role("textbox")
    expect(field).to_have_value(".x")
    stage.page.keyboard.press("Enter")
    expect(form.get_by_role("alert")).to_have_text(
        '".x" is no number; type one such as 0.5 or 3e-4.'
    )
    field.fill("0.25")
    stage.page.keyboard.press("Enter")
    expect(form).to_have_count(0)
    stage.frames()
    assert limit(stage, "occlusion") == 0.25
    expect(end(stage, "occlusion")).to_be_focused()


def test_shared_limits_are_moved_together_and_a_choice_takes_them_back(stage: Stage) -> None:
    hand = stage.open(options={"limits": "shared", **OPTIONS})
    legend = hand.panel("gradient").get_by_role("spinbutton", name="Colour limit of all maps")
    legend.focus()
    stage.page.keyboard.press("ArrowUp")
    stage.frames()
    ends = stage.get("options")["by_hand"][""]
    corner = hand.panel("occlusion").get_by_role("spinbutton")
    assert float(corner.get_attribute("aria-valuenow") or 0) == ends[1]
    hand.button("View").click()
    hand.root.get_by_role("menuitemradio", name="Own colour limits").click()
    assert stage.get("options")["by_hand"] == {}


OPTIONS = {
    "quantile": 0.998,
    "colours": "blue-red",
    "channel": None,
    "profiles": True,
    "evidence": True,
    "mode": "rectangle",
    "input": "whole",
}


def test_limits_of_all_samples_stay_while_samples_change(stage: Stage) -> None:
    hand = stage.open()
    hand.button("View").click()
    hand.root.get_by_role("menuitemradio", name="Same colour limits on all samples").click()
    stage.frames()
    before = limit(stage, "gradient")
    assert stage.get("options")["reach"]["gradient"]["limit"] == pytest.approx(before)
    title = hand.panel("gradient").locator(".hb-title").first
    expect(title).to_contain_text("same limits on all samples shown")
    for size, expected in ((0.5, before), (3.0, 3 * before), (1.0, 3 * before)):
        stage.page.evaluate(
            """(size) => {
              const [occlusion, gradient] = stage.model.full;
              const { shape, bytes } = gradient.map;
              const old = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4);
              window.first ??= old;
              const { buffer } = window.first.map((each) => size * each);
              const map = { shape, bytes: new DataView(buffer) };
              const next = { ...gradient, run: gradient.run + 1, map };
              stage.model.change("panels", [occlusion, next]);
            }""",
            size,
        )
        stage.frames()
        assert limit(stage, "gradient") == pytest.approx(expected)


def test_a_signed_input_has_a_zero_and_a_choice(stage: Stage) -> None:
    hand = stage.open()
    seen = {hand.pixels("input")}
    assert end(stage, "input").count() == 1  # one number for both signs

    def choose(role: str, name: str) -> None:
        hand.button("View").click()
        hand.root.get_by_role("menuitem", name=re.compile("^Colours")).click()
        hand.root.get_by_role(role, name=name, exact=True).click()
        stage.frames()
        seen.add(hand.pixels("input"))

    choose("menuitemradio", "From lowest to highest")
    low, high = (end(stage, "input", side) for side in ("Lowest colour", "Highest colour"))
    assert float(low.get_attribute("aria-valuenow")) < 0
    choose("menuitemradio", "Viridis")
    ends = [float(each.get_attribute("aria-valuenow")) for each in (low, high)]
    pull(stage, "input", 0, 20)
    moved = [float(each.get_attribute("aria-valuenow")) for each in (low, high)]
    assert moved[0] > ends[0] and moved[1] == ends[1]
    choose("menuitemcheckbox", "Each row on its own scale")
    assert len(seen) == 4
    expect(hand.panel("input").get_by_role("spinbutton")).to_have_count(0)
    expect(hand.panel("input").locator(".hb-title").first).to_contain_text(
        "each row on its own scale"
    )
    hand.button("Panel menu of input").click()
    expect(hand.root.get_by_role("menuitem", name="Colour limits")).to_have_attribute(
        "title", re.compile("Each row has a scale of its own")
    )


def test_the_input_lies_beneath_the_maps_and_both_values_are_told(stage: Stage) -> None:
    hand = stage.open()
    alone, given = hand.pixels("gradient"), hand.pixels("input")
    hand.button("View").click()
    hand.root.get_by_role("menuitem", name=re.compile("^Input beneath")).click()
    form = hand.root.get_by_role("dialog", name="Input beneath the maps")
    form.get_by_role("checkbox", name="Input beneath").check()
    stage.frames()
    beneath = hand.pixels("gradient")
    assert beneath != alone and hand.pixels("input") == given
    slider = form.get_by_role("slider", name="Opacity")
    slider.focus()
    for _ in range(4):
        stage.page.keyboard.press("ArrowLeft")
    stage.frames()
    assert hand.pixels("gradient") not in (beneath, alone)
    options = stage.get("options")
    assert options["beneath"] and options["opacity"] == pytest.approx(0.6)
    expect(form.get_by_role("status")).to_have_text("60 %")
    stage.page.keyboard.press("Escape")
    stage.page.mouse.move(*hand.point("gradient", 8.5, 100.5, stage.shape))
    title = hand.panel("gradient").locator(".hb-right b")
    expect(title).to_have_text(re.compile(r"^[+\u2212].* over [\u2212\d.]+$"))
    expect(end(stage, "gradient")).to_have_attribute(
        "aria-valuetext", re.compile(r"as opaque as \|value\| over the input, 60 % at most")
    )
