"""The room that a view takes: what stays in sight while its maps scroll, and its height."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.stage import Stage

SEVEN = tuple("occlusion gradient smoothgrad rise shapley lrp integrated_gradients".split())


def tops(stage: Stage) -> list[float]:
    """Where the head and the toolbar begin on the screen, and which of the two is seen there."""
    return stage.hand.root.evaluate(
        """(root) => ["hb-head", "hb-bar"].flatMap((name) => {
          const part = root.querySelector(`.${name}`);
          const { left, top } = part.getBoundingClientRect();
          const seen = document.elementFromPoint(left + 3, top + 12);
          return [Math.round(top), part.contains(seen)];
        })"""
    )


def scroll(stage: Stage, by: int) -> None:
    box = stage.hand.root.bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + 4, max(box["y"], 0) + 220)
    stage.page.mouse.wheel(0, by)
    stage.page.wait_for_function("stage.home.querySelector('[data-stuck]')")


def height(stage: Stage) -> int:
    return stage.hand.root.evaluate("(root) => root.getBoundingClientRect().height")


@pytest.mark.parametrize("given", [None, 520])
def test_head_and_toolbar_stay_in_sight_while_the_maps_scroll(
    stage: Stage, given: int | None
) -> None:
    stage.page.set_viewport_size({"width": 1100, "height": 560})
    hand = stage.open(methods=SEVEN[:5], height=given)
    first = 0 if given is None else tops(stage)[0]
    bar = tops(stage)[2] - tops(stage)[0]
    scroll(stage, 300)
    assert tops(stage) == [first, True, first + bar, True]
    if given is not None:
        assert height(stage) == given and stage.page.evaluate("scrollY") == 0
        expect(hand.root.locator(".heatbrush-status")).to_be_in_viewport()
    stage.drag((5, 40), (8, 60), name="rise")
    assert stage.bands == [("add", [5, 9], [40, 61])]
    hand.button("View").click()
    menu, button = hand.root.get_by_role("menu").bounding_box(), hand.button("View").bounding_box()
    assert menu and button and 0 <= menu["y"] - button["y"] - button["height"] <= 8
    stage.page.keyboard.press("Escape")
    expect(hand.button("View")).to_be_focused()


def test_a_panel_that_is_reached_by_keys_is_not_under_the_head(stage: Stage) -> None:
    stage.page.set_viewport_size({"width": 1100, "height": 640})
    hand = stage.open(methods=SEVEN[:5], height=480)
    hand.panel("shapley").focus()
    for _ in range(16):
        stage.page.keyboard.press("Shift+Tab")
        covered = stage.page.evaluate(
            """() => {
              const { top } = document.activeElement.getBoundingClientRect();
              const bar = stage.home.querySelector(".hb-bar");
              const above = document.activeElement.closest(".hb-head, .hb-bar");
              return !above && top < bar.getBoundingClientRect().bottom - 1;
            }"""
        )
        assert not covered, stage.page.evaluate("document.activeElement.outerHTML")


def test_what_would_take_over_half_of_the_room_scrolls_with_the_maps(stage: Stage) -> None:
    hand = stage.open(methods=SEVEN[:3], height=1000)
    for room, pinned in ((1000, "2"), (300, "1"), (240, None)):
        stage.change("height", room)
        stage.frames()
        assert hand.root.get_attribute("data-pinned") == pinned, room


@pytest.mark.parametrize("live", [True, False])
def test_the_lower_edge_is_dragged_and_moved_by_keys(stage: Stage, live: bool) -> None:
    hand = stage.open(live=live)
    edge = hand.root.get_by_role("separator", name="Height of the view")
    whole = height(stage)
    expect(edge).to_have_attribute("aria-valuenow", str(round(whole)))
    expect(edge).to_have_attribute("aria-valuetext", f"as high as its content, {whole:.0f} pixels")
    box = edge.bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + 300, box["y"] + 5)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + 300, box["y"] - 45, steps=3)
    stage.frames()
    assert stage.get("height") is None and height(stage) == round(whole) - 50
    stage.page.mouse.up()
    assert stage.get("height") == round(whole) - 50
    expect(edge).to_have_attribute("aria-valuetext", f"{round(whole) - 50} pixels")
    edge.focus()
    stage.page.keyboard.press("ArrowDown")
    stage.frames()
    assert stage.get("height") == height(stage) == round(whole) - 30
    for _ in range(9):
        stage.page.keyboard.press("PageUp")
        stage.frames()
    assert stage.get("height") == height(stage) == 240
    stage.page.keyboard.press("Enter")
    stage.frames()
    assert stage.get("height") is None and height(stage) == whole
    assert stage.saved == (12 if live else 0)  # a drag, a step down, nine up, and as it comes


def test_escape_takes_a_drag_of_the_edge_back(stage: Stage) -> None:
    hand = stage.open(height=500)
    edge = hand.root.get_by_role("separator", name="Height of the view")
    edge.focus()
    box = edge.bounding_box()
    assert box is not None
    stage.page.mouse.move(box["x"] + 300, box["y"] + 5)
    stage.page.mouse.down()
    stage.page.mouse.move(box["x"] + 300, box["y"] + 65, steps=3)
    stage.frames()
    assert height(stage) == 560
    stage.page.keyboard.press("Escape")
    stage.page.mouse.up()
    stage.frames()
    assert stage.get("height") == height(stage) == 500


NAMES = ("input", "occlusion", "gradient")


def seen(stage: Stage) -> list[str]:
    """The panels that are shown."""
    return [name for name in NAMES if stage.hand.panel(name).is_visible()]


@pytest.mark.parametrize(
    ("kind", "width", "name"),
    [("wide", 1000, "gradient"), ("square", 360, "input"), ("tall", 360, "gradient")],
)
def test_an_enlarged_panel_takes_the_place_of_all_and_stays_linked(
    stage: Stage, kind: str, width: int, name: str
) -> None:
    hand = stage.open(kind, width=width)
    box = hand.canvas(name).bounding_box()
    hand.panel(name).get_by_role("button", name="Enlarge", exact=True).click()
    stage.frames()
    assert seen(stage) == [name]
    large = hand.canvas(name).bounding_box()
    assert box and large and large["width"] * large["height"] > 1.5 * box["width"] * box["height"]
    back = hand.panel(name).get_by_role("button", name="Back", exact=True)
    expect(back).to_be_focused()
    title, bar = back.bounding_box(), hand.root.locator(".hb-bar").bounding_box()
    assert title and bar and title["y"] >= bar["y"] + bar["height"]  # not under the toolbar
    stage.drag((2, 2), (5, 5), name=name)
    rows, columns = [2, 6], [2, 6]
    assert stage.bands == [("add", rows, columns)]
    back.click()
    stage.frames()
    assert seen(stage) == list(NAMES) and hand.canvas(name).bounding_box() == box
    expect(hand.panel(name).get_by_role("button", name="Enlarge", exact=True)).to_be_focused()
    # what was brushed meanwhile is drawn on those that were away
    assert stage.frame("occlusion") == stage.frame(name) != ""


@pytest.mark.parametrize("live", [True, False])
def test_a_panel_is_enlarged_by_keys_and_escape_goes_back(stage: Stage, live: bool) -> None:
    hand = stage.open(live=live, height=500)
    hand.panel("occlusion").focus()
    stage.page.keyboard.press("Tab")
    expect(hand.panel("occlusion").get_by_role("button", name="Enlarge")).to_be_focused()
    stage.page.keyboard.press("Enter")
    stage.frames()
    assert seen(stage) == ["occlusion"]
    hand.panel("occlusion").focus()
    stage.page.keyboard.down("Shift")
    stage.page.keyboard.press("ArrowRight")
    stage.page.keyboard.press("Escape")  # lets go of the band, no more
    stage.page.keyboard.up("Shift")
    stage.frames()
    assert seen(stage) == ["occlusion"] and stage.bands == []
    stage.page.keyboard.press("Escape")
    stage.frames()
    assert seen(stage) == list(NAMES)
    expect(hand.panel("occlusion").get_by_role("button", name="Enlarge")).to_be_focused()
    stage.page.keyboard.press("Enter")
    stage.page.keyboard.press("Escape")  # on the button
    stage.frames()
    assert seen(stage) == list(NAMES)


def test_an_enlarged_panel_that_goes_leaves_the_others(stage: Stage) -> None:
    hand = stage.open()
    hand.panel("gradient").get_by_role("button", name="Enlarge").click()
    stage.page.evaluate("stage.model.change('panels', stage.model.full.slice(0, 1))")
    stage.frames()
    assert seen(stage) == ["input", "occlusion"]


def test_full_screen_is_in_the_menu_and_all_returns_after_it(stage: Stage) -> None:
    hand = stage.open("square")
    hand.button("Panel menu of input").click()
    hand.root.get_by_role("menuitem", name="Full screen").click()
    stage.page.wait_for_function("document.fullscreenElement?.matches('.heatbrush')")
    stage.frames()
    assert seen(stage) == ["input"]
    stage.drag((2, 2), (5, 5), name="input")
    assert stage.bands == [("add", [2, 6], [2, 6])]
    stage.page.evaluate("document.exitFullscreen()")
    stage.page.wait_for_function("document.fullscreenElement === null")
    stage.frames()
    assert seen(stage) == list(NAMES)


def upturned(stage: Stage, name: str) -> int:
    """The number that `pixels` gives a canvas, of its rows from the last to the first."""
    return stage.hand.canvas(name).evaluate(
        """(canvas) => {
          const pen = canvas.getContext("2d");
          const rows = Array.from({ length: canvas.height }, (_, row) =>
            pen.getImageData(0, canvas.height - 1 - row, canvas.width, 1).data);
          return rows.reduce(
            (sum, row) => row.reduce((all, value) => (Math.imul(all, 31) + value) | 0, sum), 17);
        }"""
    )


def test_the_first_row_at_the_bottom_turns_all_over(stage: Stage) -> None:
    hand = stage.open()
    before, bars = hand.pixels("gradient"), hand.panel("gradient").locator("path.hb-positive")
    hand.button("View").click()
    hand.root.get_by_role("menuitem", name="Room").click()
    hand.root.get_by_role("menuitemcheckbox", name="First row at the bottom").click()
    stage.frames()
    assert stage.get("options")["flipped"]
    assert hand.pixels("gradient") != before and upturned(stage, "gradient") == before
    assert "scale(1,-1)" in bars.last.evaluate(
        "(bar) => bar.closest('[transform*=scale]').getAttribute('transform')"
    )
    names = hand.panel("input").locator("svg text[data-role=plain]")
    tops = {
        name.text_content(): name.bounding_box()["y"]
        for name in names.all()
        if name.text_content() in ("acc 1 x", "temp out")
    }
    assert tops["acc 1 x"] > tops["temp out"]
    expect(hand.panel("input").locator(".hb-title").first).to_contain_text(
        "first row at the bottom"
    )
    # places in cells from the top: the hand meets the last rows there
    stage.drag((1, 30), (3, 50), name="gradient")
    assert stage.bands == [("add", [16, 19], [30, 51])]
    row = hand.canvas("gradient").bounding_box()["height"] / 20
    stage.frames()
    edges = {float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)H", stage.frame("gradient"))}
    assert edges == {round(row), round(4 * row)}
    hand.panel("gradient").focus()
    stage.page.keyboard.press("Escape")
    stage.page.mouse.move(*hand.point("gradient", 9.5, 60.5, stage.shape))
    expect(hand.root.locator(".hb-readout")).to_contain_text(ROWS[10])
    cell, canvas = (
        found.bounding_box()
        for found in (hand.panel("gradient").locator("rect.hb-cell"), hand.canvas("gradient"))
    )
    assert cell and canvas and cell["height"] > row
    assert cell["y"] + cell["height"] / 2 == pytest.approx(canvas["y"] + 9.5 * row, abs=1)
    hand.panel("gradient").focus()
    stage.page.keyboard.press("ArrowUp")
    expect(hand.root.locator(".hb-readout")).to_contain_text(ROWS[11])


ROWS = (
    "acc 1 x,acc 1 y,acc 1 z,acc 2 x,acc 2 y,acc 2 z,gyro x,gyro y,gyro z,mic 1,mic 2,volt a"
).split(",")


INKED = """([canvas, row, count]) => {
  const pen = canvas.getContext("2d");
  const high = Math.floor(canvas.height / count);
  const { data } = pen.getImageData(0, row * high, canvas.width, high);
  return Array.from({ length: canvas.width }, (_, x) => {
    const dark = [];
    for (let y = 0; y < high; y++) {
      const [red, green, blue, alpha] = data.slice(4 * (y * canvas.width + x));
      if (alpha > 128 && red + green + blue < 360) dark.push(y / high);
    }
    return dark;
  });
}"""


def inked(stage: Stage, name: str, row: int) -> list[list[float]]:
    """Where a row has ink, column of pixels by column: 0 is its upper edge, 1 its lower one."""
    handle = stage.hand.canvas(name).element_handle()
    return stage.page.evaluate(INKED, [handle, row, stage.shape[0]])


def choose_in_room(stage: Stage, name: str, role: str = "menuitemradio") -> None:
    """By keys alone."""
    hand = stage.hand
    hand.button("View").focus()
    stage.page.keyboard.press("Enter")
    hand.root.get_by_role("menuitem", name="Room").press("Enter")
    hand.root.get_by_role(role, name=name).press("Enter")
    stage.frames()


def test_few_rows_are_drawn_as_lines(stage: Stage) -> None:
    hand = stage.open("leads")
    low = hand.canvas("input").bounding_box()["height"]
    cells = hand.pixels("gradient")
    choose_in_room(stage, "Rows as lines over the maps")
    assert stage.get("options")["lines"] == "over"
    # 6 curves need more height than 6 rows of cells
    assert hand.canvas("input").bounding_box()["height"] > 1.5 * low
    assert hand.pixels("gradient") != cells
    title = hand.panel("input").locator(".hb-title").first
    expect(title).to_contain_text(re.compile(r"lines from −1\.\d+ to 2\.\d+"))
    expect(hand.panel("input").locator(".hb-corner")).to_be_hidden()
    expect(hand.panel("gradient").locator(".hb-corner")).to_be_visible()
    # each column of pixels has ink of the curve: row 4 has peaks up, row 3 has them down
    up, down = inked(stage, "input", 4), inked(stage, "input", 3)
    assert sum(bool(dark) for dark in up) > 0.97 * len(up)
    assert min(map(min, filter(None, up))) < 0.35 and max(map(max, filter(None, down))) > 0.6
    # a beat is where the matrix has it: 13 columns from the left, and every 110 after it
    peak = min((min(dark), x) for x, dark in enumerate(up[: len(up) // 6]) if dark)[1]
    assert peak / len(up) * 600 == pytest.approx(13.5, abs=3)
    # the brush, the crosshair and the frames are those of cells
    stage.drag((1, 100), (2, 200), name="gradient")
    assert stage.bands == [("add", [1, 3], [100, 201])]
    stage.frames()
    assert stage.frame("input") == stage.frame("gradient") != ""
    stage.page.mouse.move(*hand.point("input", 3.5, 300.5, stage.shape))
    expect(hand.root.locator(".hb-readout")).to_contain_text("aVR, 3")
    # turned over, a high value is still up
    choose_in_room(stage, "First row at the bottom", "menuitemcheckbox")
    assert inked(stage, "input", 1) == up
    choose_in_room(stage, "Rows as lines, in colour maps along them")
    over = hand.pixels("gradient")
    clear = "(canvas) => canvas.getContext('2d').getImageData(0, 0, 1, 1).data[3]"
    assert hand.canvas("gradient").evaluate(clear) == 0
    # zoomed, a curve goes on to both edges
    for _ in range(3):
        hand.button("Zoom in").click()
    stage.frames()
    assert hand.pixels("gradient") != over
    choose_in_room(stage, "Rows as cells")
    assert stage.get("options")["lines"] == "none"


def test_lines_have_gaps_and_are_refused_for_many_rows(stage: Stage) -> None:
    options = {**stage_options(stage, "leads"), "lines": "over"}
    hand = stage.open("leads", options=options)
    stage.page.evaluate(
        """() => {
          const { model } = stage;
          const sample = model.get("sample");
          const values = new Float32Array(sample.matrix.bytes.buffer.slice(0));
          const alone = values[2 * 600 + 110];
          values.fill(NaN, 2 * 600 + 60, 2 * 600 + 160);
          values[2 * 600 + 110] = alone;
          const matrix = { ...sample.matrix, bytes: new DataView(values.buffer) };
          model.change("sample", { ...sample, matrix });
        }"""
    )
    stage.frames()
    row = inked(stage, "gradient", 2)
    width = len(row)
    gap = [x / width for x in range(width) if 0.11 < x / width < 0.26 and row[x]]
    assert gap and gap == pytest.approx([110.5 / 600] * len(gap), abs=0.004)
    after = row[int(0.51 * width) : int(0.98 * width)]
    assert sum(map(bool, after)) > 0.97 * len(after)
    hand = stage.open()
    hand.button("View").click()
    hand.root.get_by_role("menuitem", name="Room").click()
    for name in ("over the maps", "in colour"):
        item = hand.root.get_by_role("menuitemradio", name=name)
        expect(item).to_be_disabled()
        expect(item).to_have_attribute("title", re.compile("16 rows at most; this matrix has 20"))
    expect(hand.root.get_by_role("menuitemradio", name="Rows as cells")).to_be_enabled()


def test_rows_in_another_order_are_brushed_where_they_are_shown(stage: Stage) -> None:
    groups = [["turning", "still"][row % 3 == 0] for row in range(20)]
    still = [row for row in range(20) if row % 3 == 0]
    options = {**stage_options(stage, "wide"), "groups": groups}
    hand = stage.open(options=options)
    own = hand.pixels("gradient")
    hand.button("View").focus()
    stage.page.keyboard.press("Enter")
    hand.root.get_by_role("menuitem", name="Order of rows").press("Enter")
    hand.root.get_by_role("menuitemradio", name="By group").press("Enter")
    stage.frames()
    assert stage.get("options")["order"] == "groups" and hand.pixels("gradient") != own
    expect(hand.panel("input").locator(".hb-title").first).to_contain_text("rows by group")
    groups = hand.panel("input").locator(".hb-groups text")
    assert groups.all_text_contents() == ["still", "turning"]
    assert hand.panel("gradient").locator(".hb-between").get_attribute("d")
    # rows 3, 6 and 9 of the matrix are shown as the second to the fourth
    stage.drag((1, 40), (3, 59))
    assert stage.bands == [("add", [row, row + 1], [40, 60]) for row in still[1:4]]
    expect(hand.root.locator(".hb-tag .hb-where")).to_have_text("3 rows × 10.00–14.75")
    stage.frames()
    high = hand.canvas("input").bounding_box()["height"] / 20
    assert {float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)H", stage.frame("input"))} == {
        round(high),
        round(4 * high),
    }
    # it is one band for the hand: moved by one place, and asked about in rows of the matrix
    stage.drag((2, 50), (3, 50))
    assert stage.bands == [("add", [row, row + 1], [40, 60]) for row in still[2:5]]
    stage.expect_asked()
    asked = stage.sent("whatif")[-1]["selection"]["bands"]
    assert [band["rows"][0] for band in asked] == still[2:5]
    # the crosshair names the row that is shown there
    stage.page.mouse.move(*hand.point("gradient", 1.5, 10.5, stage.shape))
    expect(hand.root.locator(".hb-readout")).to_contain_text("acc 2 x")
    # by keys: the next place, not the next row
    hand.panel("gradient").focus()
    stage.page.keyboard.press("ArrowDown")
    expect(hand.root.locator(".hb-readout")).to_contain_text("gyro x")
    stage.page.keyboard.press("Escape")
    stage.page.keyboard.press("Shift+ArrowDown")
    assert [rows for _, rows, _ in stage.bands] == [[6, 7], [9, 10]]
    for key in ("Enter", "ArrowDown", "Enter"):
        stage.page.keyboard.press(key)
    assert [rows for _, rows, _ in stage.bands] == [[9, 10], [12, 13]]
    for key in ("Enter", "ArrowUp", "Escape", "Enter", "ArrowUp", "Enter"):
        stage.page.keyboard.press(key)
    assert [rows for _, rows, _ in stage.bands] == [[6, 7], [9, 10]]
    # what is selected in the matrix' own rows is shown where these stand
    stage.change("selection", {"bands": [{"op": "add", "rows": [0, 2], "columns": None}]})
    stage.frames()
    edges = sorted(float(y) for y in re.findall(r"M[\d.]+ ([\d.]+)H", stage.frame("input")))
    assert edges == [0, *(round(place * high) for place in (1, 7, 8))]
    assert stage.bands == [("add", [0, 2], None)]


def test_rows_stand_by_a_profile_and_runs_say_that_they_do_not(stage: Stage) -> None:
    hand = stage.open()
    hand.button("View").click()
    hand.root.get_by_role("menuitem", name="Order of rows").click()
    expect(hand.root.get_by_role("menuitemradio", name="By group")).to_be_disabled()
    expect(hand.root.get_by_role("menuitemcheckbox", name="Descending")).to_be_disabled()
    hand.root.get_by_role("menuitemradio", name="By the profile of gradient").click()
    stage.frames()
    note = hand.root.get_by_text("Runs of rows go by the order of the matrix")
    expect(note).to_be_hidden()
    hand.root.get_by_role("combobox", name="Runs of").select_option("rows")
    expect(note).to_be_visible()
    bars = hand.panel("gradient").locator("path.hb-positive").last
    first = bars.get_attribute("d")
    hand.button("View").click()
    hand.root.get_by_role("menuitem", name="Order of rows").click()
    hand.root.get_by_role("menuitemcheckbox", name="Descending").click()
    stage.frames()
    options = stage.get("options")
    assert (options["order"], options["order_by"], options["descending"]) == (
        "profile",
        "gradient",
        True,
    )
    assert bars.get_attribute("d") != first
    # the longest bar is that of the first row shown
    stage.page.mouse.move(*hand.point("gradient", 0.5, 10.5, stage.shape))
    expect(hand.root.locator(".hb-readout")).to_contain_text(re.compile("acc 2 z|gyro"))


def stage_options(stage: Stage, kind: str) -> dict[str, object]:
    stage.open(kind)
    return stage.get("options")


def test_panels_in_a_row_and_the_shape_of_cells_are_chosen(stage: Stage) -> None:
    hand = stage.open()

    def box(name: str) -> dict[str, float]:
        found = hand.canvas(name).bounding_box()
        assert found
        return found

    def choose(name: str) -> None:
        hand.button("View").click()
        hand.root.get_by_role("menuitem", name="Room").click()
        hand.root.get_by_role("menuitemradio", name=name).click()
        stage.frames()

    assert box("input")["x"] == box("occlusion")["x"]
    choose("2 in a row")
    assert box("input")["y"] == box("occlusion")["y"]
    assert box("input")["x"] + box("input")["width"] < box("occlusion")["x"]
    assert box("gradient")["x"] == box("input")["x"]
    choose("Square cells")
    shape = box("gradient")
    assert shape["height"] / 20 == pytest.approx(shape["width"] / 160, rel=0.05)
    stage.drag((5, 40), (8, 60), name="occlusion")
    assert stage.bands == [("add", [5, 9], [40, 61])]
    assert stage.get("options")["per_row"] == 2 and stage.get("options")["aspect"] == 1
