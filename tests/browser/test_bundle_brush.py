"""The brush by mouse and touch: what is drawn, moved, resized, added, removed, and what follows."""

from __future__ import annotations

import re

import numpy as np
import pytest
from playwright.sync_api import Browser, expect

from browser.stage import Stage

BOX = {"op": "add", "rows": [5, 9], "columns": [60, 100]}
ONE = {"bands": [BOX]}


@pytest.mark.parametrize(
    ("kind", "start", "end"),
    [
        ("wide", (5, 96), (8, 117)),
        ("square", (40, 50), (12, 8)),
        ("tall", (38, 6), (59, 11)),
        ("row", (0, 60), (0, 89)),
        ("digits", (6, 1), (2, 4)),
    ],
)
def test_each_mode_covers_the_cells_that_were_dragged_over(
    stage: Stage, kind: str, start: tuple[int, int], end: tuple[int, int]
) -> None:
    hand = stage.open(kind)
    rows = [min(start[0], end[0]), max(start[0], end[0]) + 1]
    columns = [min(start[1], end[1]), max(start[1], end[1]) + 1]
    for button, band in [
        ("Rectangle", ("add", rows, columns)),
        ("Rows", ("add", rows, None)),
        ("Columns", ("add", None, columns)),
    ]:
        if stage.bands:
            hand.button("Clear").click()
        hand.button(button).click()
        expect(hand.button(button)).to_have_attribute("aria-pressed", "true")
        stage.drag(start, end, name="gradient")
        assert stage.bands == [band]


def test_every_panel_shows_the_same_frame_and_the_status_says_what_it_is(stage: Stage) -> None:
    hand = stage.open()
    stage.drag((5, 60), (8, 99))
    stage.frames()
    assert stage.frame("input").startswith("M")
    assert stage.frame("input") == stage.frame("gradient") == stage.frame("occlusion")
    hand.expect_status(r"160 cells selected, 5\.0 % of the matrix")
    expect(hand.root.locator(".hb-chip")).to_have_text("acc 2 z–gyro z × 15.00–24.75")


def test_shift_adds_alt_removes_and_what_removes_nothing_is_dropped(stage: Stage) -> None:
    stage.open()
    stage.drag((5, 60), (8, 99))
    stage.drag((12, 10), (13, 20), hold="Shift")
    stage.drag((6, 70), (6, 80), hold="Alt")
    bands = [
        ("add", [5, 9], [60, 100]),
        ("add", [12, 14], [10, 21]),
        ("remove", [6, 7], [70, 81]),
    ]
    assert stage.bands == bands
    assert stage.saved == 3
    stage.drag((17, 5), (18, 9), hold="Alt")
    assert stage.bands == bands
    dashed = stage.hand.panel("gradient").locator("path.hb-core.hb-dashed")
    expect(dashed).to_have_attribute("d", re.compile(r"^([^M]*M){4}[^M]*$"))


def test_a_drag_inside_moves_and_stops_at_the_border(stage: Stage) -> None:
    stage.open(selection=ONE)
    stage.drag((7, 80), (9, 83))
    assert stage.bands == [("add", [7, 11], [63, 103])]
    stage.drag((9, 80), (19, 0))
    assert stage.bands == [("add", [16, 20], [0, 40])]


@pytest.mark.parametrize(
    ("grab", "by", "expected"),
    [
        ((7, 100), (0, 10), ([5, 9], [60, 110])),
        ((7, 60), (0, 30), ([5, 9], [90, 100])),
        ((5, 80), (-3, 0), ([2, 9], [60, 100])),
        ((9, 80), (4, 0), ([5, 13], [60, 100])),
        ((9, 100), (2, -90), ([5, 11], [60, 61])),
    ],
    ids=["right", "left", "top", "bottom", "corner"],
)
def test_edges_resize(
    stage: Stage, grab: tuple[int, int], by: tuple[int, int], expected: tuple[list[int], list[int]]
) -> None:
    hand = stage.open(selection=ONE)
    first = hand.point("input", *grab, stage.shape)
    last = hand.point("input", grab[0] + by[0], grab[1] + by[1], stage.shape)
    stage.page.mouse.move(*first)
    stage.frames()
    cursor = hand.canvas("input").evaluate("(canvas) => getComputedStyle(canvas).cursor")
    assert cursor.endswith("-resize")
    stage.page.mouse.down()
    stage.page.mouse.move(*last, steps=5)
    stage.page.mouse.up()
    assert stage.bands == [("add", *expected)]


def test_all_bands_move_together_by_mouse_and_by_keyboard(stage: Stage) -> None:
    bands = [
        {"op": "add", "rows": [5, 9], "columns": [60, 100]},
        {"op": "add", "rows": [12, 14], "columns": [20, 30]},
    ]
    hand = stage.open(selection={"bands": bands})
    stage.drag((7, 80), (9, 85), hold="Control")
    assert stage.bands == [("add", [7, 11], [65, 105]), ("add", [14, 16], [25, 35])]
    assert stage.saved == 1
    stage.expect_asked()
    press = stage.page.keyboard.press
    hand.panel("input").focus()
    for key in ("Control+Enter", "Control+ArrowDown", "ArrowLeft", "Enter"):
        press(key)
    assert stage.bands == [("add", [11, 15], [64, 104]), ("add", [18, 20], [24, 34])]
    assert stage.saved == 2
    hand.button("Selection").click()
    menu = hand.root.get_by_role("menu", name="Selection")
    expect(menu).to_contain_text("drag one with Ctrl, or Ctrl Enter and arrows")


def test_row_names_and_column_axes_brush_whole_lines_in_any_mode(stage: Stage) -> None:
    hand = stage.open()
    for zone, edge, expected in [
        ("rows", "y", ("add", [4, 8], None)),
        ("columns", "x", ("add", None, [40, 60])),
    ]:
        area = hand.panel("input").locator(f'.hb-zone[data-lines="{zone}"]').first
        box = area.bounding_box()
        assert box is not None
        places = [
            hand.point("input", 4.5, 40.5, stage.shape),
            hand.point("input", 7.5, 59.5, stage.shape),
        ]
        for index, (x, y) in enumerate(places):
            at = (box["x"] + box["width"] / 2, y) if edge == "y" else (x, box["y"] + 6)
            stage.page.mouse.move(*at, steps=4)
            if index == 0:
                stage.page.mouse.down()
        stage.page.mouse.up()
        assert stage.bands == [expected]


def test_a_click_moves_nothing_on_a_band_and_clears_in_the_open(stage: Stage) -> None:
    hand = stage.open(selection=ONE)
    x, y = hand.point("input", 7.5, 80.5, stage.shape)
    stage.page.mouse.move(x, y)
    stage.page.mouse.down()
    stage.page.mouse.move(x + 1, y + 1)
    stage.page.mouse.up()
    assert (stage.bands, stage.saved) == ([("add", [5, 9], [60, 100])], 0)
    stage.page.mouse.click(*hand.point("input", 15.5, 20.5, stage.shape))
    assert stage.bands == []


def test_esc_takes_back_a_drag_under_way(stage: Stage) -> None:
    stage.open(selection=ONE)
    stage.drag((12, 10), (15, 30), drop=False)
    stage.frames()
    during = stage.frame("input")
    stage.page.keyboard.press("Escape")
    stage.page.mouse.up()
    stage.frames()
    assert (stage.bands, stage.saved) == ([("add", [5, 9], [60, 100])], 0)
    assert stage.frame("input") != during


def test_chips_remove_their_band_and_clear_removes_all(stage: Stage) -> None:
    second = {"op": "add", "rows": [12, 14], "columns": None}
    hand = stage.open(selection={"bands": [BOX, second]})
    hand.root.get_by_role("button", name=re.compile("^Remove acc 2 z")).click()
    assert stage.bands == [("add", [12, 14], None)]
    hand.button("Clear").click()
    assert stage.bands == []
    expect(hand.button("Clear")).to_be_disabled()
    hand.button("Undo").click()
    hand.button("Undo").click()
    assert len(stage.bands) == 2


def test_undo_and_redo_take_one_step_per_gesture(stage: Stage) -> None:
    hand = stage.open()
    expect(hand.button("Undo")).to_be_disabled()
    stage.drag((5, 60), (8, 99), steps=12)
    stage.drag((7, 80), (9, 90), steps=12)
    hand.button("Undo").click()
    assert stage.bands == [("add", [5, 9], [60, 100])]
    hand.button("Undo").click()
    assert stage.bands == []
    expect(hand.button("Undo")).to_be_disabled()
    hand.button("Redo").click()
    hand.button("Redo").click()
    assert stage.bands == [("add", [7, 11], [70, 110])]


def test_scores_follow_the_brush_one_question_at_a_time(stage: Stage) -> None:
    hand = stage.open()
    table = hand.root.get_by_role("table", name=re.compile("scores", re.I))
    before = table.inner_text()
    stage.drag((5, 96), (8, 117), steps=20, drop=False)
    stage.page.wait_for_function(
        "(before) => document.querySelector('.hb-scores').innerText !== before", arg=before
    )
    assert stage.saved == 0
    stage.page.mouse.up()
    stage.expect_asked()
    expect(table).not_to_have_attribute("data-waiting", "")
    target = table.locator("tr", has_text="bearing")
    cells = r"bearing\D*(\.\d\d)\D*(\.\d\d)\D*(\.\d\d)"
    expect(target).to_have_text(re.compile(cells))
    found = re.search(cells, target.inner_text().replace("\n", " "))
    assert found is not None
    everything, without, only = map(float, found.groups())
    assert without < everything - 0.2 and only > without


def shown(stage: Stage) -> str:
    """The scores beside the maps, once they wait for nothing."""
    table = stage.hand.root.locator(".hb-scores")
    expect(table).not_to_have_attribute("data-waiting", "")
    return table.inner_text()


@pytest.mark.parametrize(
    ("mode", "press", "places", "hold", "selection"),
    [
        ("Columns", (9, 96), [(9, 117), (9, 40), (9, 150)], None, None),
        ("Rows", (3, 50), [(7, 50), (19, 50)], "Shift", {"bands": [{**BOX, "rows": [15, 17]}]}),
        ("Rectangle", (7, 80), [(7, 120), (7, 66)], None, {"bands": [{**BOX, "rows": None}]}),
        ("Columns", (5, 70), [(5, 76), (5, 99)], "Alt", ONE),
    ],
    ids=["a new band", "a band added", "a band moved", "a band removed"],
)
def test_a_hand_reads_what_was_answered_ahead(
    stage: Stage, mode: str, press: tuple, places: list[tuple], hold: str | None, selection: dict
) -> None:
    hand = stage.open(selection=selection or {"bands": []})
    hand.button(mode).click()
    stage.drag(press, places[0], hold=hold, drop=False)
    stage.page.wait_for_function(
        """() => {
          const [asked] = stage.model.sent.filter(({ kind }) => kind === "whatif_each");
          return asked && stage.model.kernel.ahead >= asked.places.length;
        }"""
    )
    shown(stage)
    stage.page.evaluate("stage.model.kernel.alive = false")
    singles, read = len(stage.sent("whatif")), []
    for place in places[1:]:
        stage.page.mouse.move(
            *hand.point("input", place[0] + 0.5, place[1] + 0.5, stage.shape), steps=7
        )
        stage.frames()
        read.append(shown(stage))
    assert len(stage.sent("whatif")) == singles
    stage.page.mouse.up()
    assert len(set(read)) == len(read)
    stage.open(selection=stage.get("selection"))  # which is asked about by itself
    assert shown(stage) == read[-1]


def test_a_selection_made_in_python_is_shown(stage: Stage) -> None:
    hand = stage.open()
    stage.change("selection", {"bands": [{"op": "add", "rows": None, "columns": [20, None]}]})
    hand.expect_status("2,800 cells")
    assert (stage.saved, stage.frame("gradient").startswith("M")) == (0, True)
    hand.button("Undo").click()
    assert stage.bands == []


def test_a_finger_brushes_two_add_and_zoom_and_a_long_press_reads(chrome: Browser) -> None:
    context = chrome.new_context(has_touch=True, viewport={"width": 1100, "height": 1000})
    page = context.new_page()
    page.clock.install()
    stage = Stage(page)
    hand = stage.open()
    devtools = context.new_cdp_session(page)
    # from here on, a finger stays as long as the test says, however slow the machine is
    page.clock.pause_at(page.evaluate("Date.now()") / 1000 + 1)

    def touch(kind: str, *cells: tuple[int, int]) -> None:
        middles = [(row + 0.5, column + 0.5) for row, column in cells]
        places = [hand.point("input", *middle, stage.shape) for middle in middles]
        points = [{"x": x, "y": y, "id": index} for index, (x, y) in enumerate(places)]
        devtools.send("Input.dispatchTouchEvent", {"type": f"touch{kind}", "touchPoints": points})

    def draw(*cells: tuple[int, int]) -> None:
        touch("Start", cells[0])
        for cell in cells[1:]:
            touch("Move", cell)
        touch("End")
        page.clock.run_for(100)

    draw((3, 20), (5, 40), (8, 60))
    assert stage.bands == [("add", [3, 9], [20, 61])]
    touch("Start", (3, 20), (8, 60))
    touch("End")
    page.clock.run_for(1500)
    hand.expect_status("Drags now add")
    draw((12, 90), (14, 100), (16, 120))
    assert stage.bands == [("add", [3, 9], [20, 61]), ("add", [12, 17], [90, 121])]
    readout = hand.root.locator(".hb-readout")
    touch("Start", (0, 0))
    page.clock.run_for(400)
    expect(readout).to_be_hidden()
    page.clock.run_for(200)
    expect(readout).to_contain_text("acc 1 x, 0.00")
    touch("End")
    kept, whole = stage.bands, hand.pixels("input")
    touch("Start", (10, 60), (10, 100))
    touch("Move", (10, 50), (10, 110))
    touch("Move", (10, 30), (10, 130))
    touch("End")
    page.clock.run_for(100)
    assert hand.pixels("input") != whole and stage.bands == kept
    context.close()


def cells(stage: Stage) -> set[tuple[int, int]]:
    """List the selected cells, however they are kept."""
    mask = np.zeros(stage.shape, bool)
    for op, rows, columns in stage.bands:
        mask[slice(*(rows or [None])), slice(*(columns or [None]))] = op == "add"
    return {(int(row), int(column)) for row, column in np.argwhere(mask)}


def test_cells_are_painted_and_erased_by_mouse(stage: Stage) -> None:
    hand = stage.open()
    hand.button("Cells").click()
    # a press alone paints, and is seen before the release
    stage.drag((2, 3), (2, 3), drop=False)
    stage.frames()
    hand.expect_status("1 cell selected")
    assert stage.saved == 1  # the mode, not yet the selection
    stage.page.mouse.up()
    assert cells(stage) == {(2, 3)}
    stage.drag((4, 10), (7, 13))
    assert cells(stage) == {(2, 3), (4, 10), (5, 11), (6, 12), (7, 13)}
    stage.expect_asked()
    size = hand.root.get_by_role("combobox", name="Brush size")
    size.select_option("3")
    assert stage.get("options")["brush"] == 3
    stage.drag((6, 12), (6, 13), hold="Alt")
    assert cells(stage) == {(2, 3), (4, 10)}
    stage.drag((10, 30), (10, 30))
    square = {(r, c) for r in (9, 10, 11) for c in (29, 30, 31)}
    assert cells(stage) == {(2, 3), (4, 10)} | square
    hand.button("Undo").click()
    assert cells(stage) == {(2, 3), (4, 10)}
    # Esc takes back a stroke under way
    stage.drag((10, 30), (12, 60), drop=False)
    stage.page.keyboard.press("Escape")
    stage.page.mouse.up()
    assert cells(stage) == {(2, 3), (4, 10)}
    hand.button("Rows").click()
    expect(size).to_be_hidden()


def test_cells_are_painted_by_keyboard(stage: Stage) -> None:
    hand = stage.open()
    hand.panel("input").focus()
    press = stage.page.keyboard.press
    for key in ("d", "ArrowRight", "ArrowDown"):
        press(key)
    expect(hand.button("Cells")).to_have_attribute("aria-pressed", "true")
    stage.page.keyboard.down("Shift")
    for key in ("ArrowRight", "ArrowDown", "ArrowDown"):
        press(key)
    stage.page.keyboard.up("Shift")
    assert cells(stage) == {(1, 1), (1, 2), (2, 2), (3, 2)}
    assert stage.saved == 2  # the mode, and one stroke
    press(" ")
    assert cells(stage) == {(1, 1), (1, 2), (2, 2)}
    for key in ("ArrowUp", "Alt+Shift+ArrowUp"):
        press(key)
    press("ArrowLeft")
    assert cells(stage) == {(1, 1)}


def test_what_lies_in_too_many_pieces_is_said_and_the_selection_stays(stage: Stage) -> None:
    hand = stage.open("square", selection={"bands": []})
    grid = [
        {"op": "add", "rows": [r, r + 1], "columns": [c, c + 1]}
        for r in range(64)
        for c in range(r % 2, 64, 2)
    ]
    assert len(grid) > 2000
    stage.change("selection", {"bands": grid})
    hand.button("Cells").click()
    stage.drag((3, 4), (3, 4))
    hand.expect_status("pieces, but a selection holds at most 2,000")
    assert len(stage.bands) == len(grid)
