"""What is drawn: zoom, width, theme, limits, channels, names, the crosshair."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import expect

from browser.stage import Stage

EVIL = "<img src=x onerror=\"document.title='broken'\"><b>bold</b>"


def test_ctrl_and_wheel_zoom_all_panels_at_the_pointer_and_zero_resets(stage: Stage) -> None:
    hand = stage.open()
    names = ("input", "occlusion", "gradient")
    whole = {name: hand.pixels(name) for name in names}
    stage.page.mouse.move(*hand.point("gradient", 10, 80, stage.shape))
    readout = hand.root.locator(".hb-readout")
    expect(readout).to_contain_text("20.00")
    stage.page.keyboard.down("Control")
    for _ in range(4):
        stage.page.mouse.wheel(0, -120)
    stage.page.keyboard.up("Control")
    stage.frames()
    for name in names:
        assert hand.pixels(name) != whole[name], name
    stage.page.mouse.move(*hand.point("gradient", 10.3, 80.3, stage.shape))
    expect(readout).to_contain_text("20.00")
    labels = hand.panel("gradient").locator(".hb-plot svg text").all_inner_texts()
    assert "0" not in labels
    hand.panel("gradient").focus()
    stage.page.keyboard.press("0")
    stage.frames()
    assert {name: hand.pixels(name) for name in names} == whole


def test_a_brush_while_zoomed_takes_the_cells_that_are_seen(stage: Stage) -> None:
    hand = stage.open()
    stage.page.mouse.move(*hand.point("input", 0, 0, stage.shape))
    stage.page.keyboard.down("Control")
    for _ in range(12):
        stage.page.mouse.wheel(0, -120)
    stage.page.keyboard.up("Control")
    stage.frames()
    zoomed = (4, 4)
    hand.drag("input", (1, 1), (2, 2), zoomed)
    assert stage.bands == [("add", [1, 3], [1, 3])]


def test_shift_and_wheel_pan_and_a_plain_wheel_is_left_to_the_page(stage: Stage) -> None:
    hand = stage.open()
    stage.page.mouse.move(*hand.point("input", 10, 80, stage.shape))
    stage.page.keyboard.down("Control")
    stage.page.mouse.wheel(0, -300)
    stage.page.keyboard.up("Control")
    stage.frames()
    near = hand.pixels("input")
    stage.page.keyboard.down("Shift")
    stage.page.mouse.wheel(0, 200)
    stage.page.keyboard.up("Shift")
    stage.frames()
    aside = hand.pixels("input")
    assert aside != near
    stage.page.mouse.wheel(0, 50)
    stage.frames()
    assert hand.pixels("input") == aside


@pytest.mark.parametrize("kind", ["wide", "square", "tall", "row", "digits"])
def test_every_width_fits_and_still_brushes(stage: Stage, kind: str) -> None:
    hand = stage.open(kind, width=1100)
    for width in (1100, 860, 640, 360):
        stage.page.evaluate("(width) => { stage.home.style.width = `${width}px` }", width)
        stage.frames()
        spill = hand.root.evaluate(
            """(root) => {
              const right = root.getBoundingClientRect().right + 0.5;
              const seen = [...root.querySelectorAll("canvas, button, select, table, .hb-chip")];
              const wide = seen.filter((one) => one.getBoundingClientRect().right > right);
              return [root.scrollWidth <= root.clientWidth, wide.map((one) => one.outerHTML)];
            }"""
        )
        assert spill == [True, []], (kind, width)
        rows, columns = stage.shape
        start, end = (rows // 4, columns // 4), (rows // 2, columns // 2)
        stage.drag(start, end, name="gradient")
        assert stage.bands == [("add", [start[0], end[0] + 1], [start[1], end[1] + 1])]
        expect(hand.root.locator(".hb-tag")).to_be_hidden()
        hand.root.get_by_role("button", name=re.compile("^Remove ")).click()
        expect(hand.root.locator("table").first).to_be_visible()


@pytest.mark.parametrize("family", ["sans-serif", "DejaVu Sans"])
def test_no_control_of_the_toolbar_lies_on_another(stage: Stage, family: str) -> None:
    hand = stage.open(methods=("integrated_gradients",))
    axes = stage.get("axes")
    axes["rows"]["labels"] = [f"temperature of bearing {row}" for row in range(20)]
    stage.change("axes", axes)
    for width in (1100, 1000, 940, 900, 861, 700, 641, 480, 360):
        stage.page.evaluate(
            """([width, family]) => {
              stage.home.style.width = `${width}px`;
              document.body.style.setProperty("--jp-ui-font-family", family);
            }""",
            [width, family],
        )
        stage.frames()
        overlaps = hand.root.locator(".hb-bar").evaluate(
            """(bar) => {
              const all = [...bar.querySelectorAll("button, select")];
              const seen = all.filter((one) => one.offsetWidth);
              const boxes = seen.map((one) => [one, one.getBoundingClientRect()]);
              const meet = ([, a], [, b]) =>
                Math.min(a.right, b.right) - Math.max(a.left, b.left) > 1 &&
                Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top) > 1;
              return boxes.flatMap((one, index) =>
                boxes.slice(index + 1).filter((other) => meet(one, other)).map((other) =>
                  [one, other].map(([{ ariaLabel, textContent }]) => ariaLabel ?? textContent)));
            }"""
        )
        assert overlaps == [], (width, overlaps)


def test_dark_pages_get_the_dark_tables_and_a_change_of_theme_is_followed(stage: Stage) -> None:
    hand = stage.open()
    light = hand.pixels("gradient")

    def corner() -> list[int]:
        return hand.canvas("gradient").evaluate(
            "(canvas) => [...canvas.getContext('2d').getImageData(2, 2, 1, 1).data]"
        )

    assert min(corner()[:3]) > 150
    stage.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    stage.page.wait_for_function(
        "getComputedStyle(document.querySelector('.heatbrush')).backgroundColor.includes('17, 17')"
    )
    stage.frames()
    assert max(corner()[:3]) < 120
    stage.page.evaluate("document.body.dataset.jpThemeLight = 'true'")
    stage.frames()
    stage.frames()
    assert hand.pixels("gradient") == light


def test_of_several_models_each_class_has_a_line_for_each(stage: Stage) -> None:
    scores = {"kind": "probabilities", "predicted": 0, "models": ["before", "after"]}
    scores["all"] = [0.7, 0.1, 0.1, 0.1, 0.25, 0.35, 0.2, 0.2]
    bands = [{"op": "add", "rows": None, "columns": [2, 5]}]
    answered = {"sample": 37, "selection": {"bands": bands}, "only": [0.25] * 8}
    answered["without"] = [0.4, 0.2, 0.2, 0.2, 0.55, 0.15, 0.15, 0.15]
    given = {"live": False, "scores": scores, "answered": answered, "selection": {"bands": bands}}
    hand = stage.open(**given, target={"a": 0, "b": None, "given": False})
    table = hand.root.get_by_role("table", name="Class scores")
    names = table.locator("tbody th").all_inner_texts()
    assert [name.split(" · ")[1] for name in names] == ["before", "after"] * 4
    numbers = [float(each) for each in table.locator("td:not(.hb-line)").all_inner_texts()[:6]]
    assert numbers == [0.7, 0.4, 0.25, 0.25, 0.55, 0.25]
    hand.expect_status("before: .70 → .40, after: .25 → .55 without them")
    # what is of the first model only says so
    named = [{"name": "burst", "selection": {"bands": bands}}]
    hand = stage.open(scores={**scores, "all": [1.2e-11, *scores["all"][1:]]}, named=named)
    list_ = hand.root.get_by_role("region", name="Named selections")
    expect(list_).to_contain_text(re.compile("probability of .* by before: "))
    hand.root.get_by_role("button", name=re.compile("^Find a sample")).click()
    expect(hand.root.get_by_role("dialog")).to_contain_text(
        "Classes and scores are those of before."
    )
    # no number of the scores is cut off
    small = table.locator("td:not(.hb-line)").first
    expect(small).to_have_text("1.2e−11")
    assert small.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth")


def test_the_lines_of_a_map_are_those_of_the_sample(stage: Stage) -> None:
    long = "mean of rows 12 to 17, columns 96 to 117, channel 1"
    lines = ["row 5, column 106", "row 14, column 38", long]
    scores = {"kind": "probabilities", "all": [0.9, 0.6, 0.3], "predicted": 0, "rivals": 0}
    target = {"a": 1, "b": None, "given": True}
    hand = stage.open(classes=lines, scores=scores, target=target)
    table = hand.root.get_by_role("grid", name="Scores of targets")
    names = table.locator("tbody th").all_inner_texts()
    assert names == [f"{k}{line}" for k, line in enumerate(lines)]
    cut = table.locator("tbody th").last
    expect(cut).to_have_attribute("title", long)
    assert cut.evaluate("(cell) => cell.scrollWidth > cell.clientWidth")
    short = table.locator("tbody th").first
    assert short.evaluate("(cell) => cell.scrollWidth <= cell.clientWidth")
    chosen = hand.root.get_by_role("combobox", name="Target class")
    assert chosen.locator("option").all_inner_texts() == lines
    # nothing is predicted, and samples have no class that they could be listed by
    expect(hand.root.locator(".hb-head")).not_to_contain_text("predicted")
    hand.root.get_by_role("button", name=re.compile("^Find a sample")).click()
    orders = hand.root.get_by_role("dialog").locator("option").all_inner_texts()
    assert not [each for each in orders if "score" in each or "row 5" in each or "sure" in each]
    stage.page.keyboard.press("Escape")
    # another sample has one line
    stage.change("scores", {**scores, "all": [0.8]})
    stage.change("target", {"a": 0, "b": None, "given": False})
    stage.change("classes", ["row 2, column 9"])
    expect(table.locator("tbody th")).to_have_text(["0row 2, column 9"])
    assert chosen.locator("option").all_inner_texts() == ["row 2, column 9"]
    assert "row 5" not in hand.root.inner_text()


def test_what_is_held_beside_the_matrix_is_a_short_list_of_bars(stage: Stage) -> None:
    whole = {"name": "<b>age</b>", "value": "63", "baseline": "50", "part": False}
    part = {"name": "[0]", "value": "4", "baseline": "0", "part": True, "gradient": None}
    held = [{**whole, "loss": 0.2, "gradient": 0.1}, {**part, "loss": -0.1}]
    scores = {"kind": "probabilities", "all": [0.7, 0.1, 0.1, 0.1], "predicted": 0}
    hand = stage.open(scores={**scores, "held": held})
    table = hand.root.get_by_role("table", name="What the held inputs are worth")
    lines = [each.split() for each in table.locator("tbody tr").all_inner_texts()]
    assert lines == [["<b>age</b>", "63", "+.200"], ["[0]", "4", "−.100"]]
    ends = table.locator(".hb-worth").evaluate_all(
        "(bars) => bars.map((bar) => [bar.getAttribute('x1'), bar.getAttribute('x2')])"
    )
    assert ends == [["50%", "100%"], ["25%", "50%"]]
    first = table.locator("tbody tr").first
    expect(first).to_have_attribute("title", re.compile("loses .200 with 50"))
    # of another target nothing is known yet: the lines stay, so that no map moves
    height = table.bounding_box()
    stage.change("scores", scores)
    expect(table.locator("tbody td").last).to_have_text("")
    assert table.bounding_box() == height
    # a model that takes a matrix alone has no such list
    expect(stage.open().root.get_by_role("table", name="What the held")).to_be_hidden()


def test_html_in_names_is_text(stage: Stage) -> None:
    labels = [EVIL] + [f"<i>{index}</i>" for index in range(1, 20)]
    columns = [f"<script>{index}</script>" for index in range(160)]
    hand = stage.open(
        axes={
            "rows": {"name": EVIL, "labels": labels, "values": None},
            "columns": {"name": "<u>time</u>", "labels": columns, "values": None},
        },
        classes=[EVIL, "<b>normal</b>", "c", "d"],
        notes=[EVIL],
        selection={"bands": [{"op": "add", "rows": [0, 1], "columns": [0, 1]}]},
    )
    stage.page.mouse.move(*hand.point("gradient", 0.5, 0.5, stage.shape))
    expect(hand.root.locator(".hb-chip").first).to_contain_text("<b>bold</b>")
    expect(hand.root.locator(".hb-readout")).to_contain_text("<img src=x")
    hand.expect_status("<img src=x")
    made = hand.root.locator("img, script, u, .heatbrush-panel i i").count()
    assert (made, stage.page.title()) == (0, "stage")
    assert EVIL in (hand.panel("gradient").get_attribute("aria-label") or "")


def test_a_map_that_is_not_there_has_no_say_in_shared_limits(stage: Stage) -> None:
    hand = stage.open(methods=("occlusion", "gradient"))
    options = {**stage.get("options"), "limits": "shared"}
    stage.page.evaluate(
        """(options) => {
          const { model } = stage;
          const [occlusion, gradient] = model.full;
          model.change("options", options);
          model.change("panels", [{ ...occlusion, run: 8, map: null }, gradient]);
        }""",
        options,
    )
    expect(hand.panel("gradient").locator(".hb-corner")).to_contain_text(".64")
    expect(hand.panel("gradient").locator(".hb-corner")).not_to_contain_text("1")
    expect(hand.panel("occlusion").locator(".hb-title").first).to_contain_text("not computed")
    hand.expect_status("^occlusion: not computed. Run computes a map.$")


def test_shared_limits_and_another_table_redraw_every_map(stage: Stage) -> None:
    hand = stage.open()
    before = {name: hand.pixels(name) for name in ("occlusion", "gradient")}
    view = hand.button("View")
    view.click()
    hand.root.get_by_role("menuitemradio", name="Shared colour limits").click()
    stage.frames()
    shared = {name: hand.pixels(name) for name in before}
    assert shared != before
    assert stage.get("options")["limits"] == "shared"
    view.click()
    hand.root.get_by_role("menuitem", name=re.compile("^Colours")).click()
    hand.root.get_by_role("menuitemradio", name=re.compile("Purple")).click()
    stage.frames()
    assert all(hand.pixels(name) != shared[name] for name in before)
    assert stage.get("options")["colours"] == "purple-green"


def test_several_channels_are_summed_or_shown_one_at_a_time(stage: Stage) -> None:
    hand = stage.open("channels")
    seen = {hand.pixels("gradient")}
    picker = hand.root.get_by_role("combobox", name="Channels")
    for value in ("0", "1"):
        picker.select_option(value)
        stage.frames()
        seen.add(hand.pixels("gradient"))
        assert stage.get("options")["channel"] == int(value)
    assert len(seen) == 3


def whiskers(stage: Stage, name: str) -> list[int]:
    """How many whiskers the column profile of a panel has, and its row profile."""
    drawn = stage.hand.panel(name).locator("g:not([clip-path]) > .hb-error")
    return drawn.evaluate_all("paths => paths.map(p => p.getAttribute('d').split('Z').length - 1)")


def test_profiles_of_estimates_have_whiskers(stage: Stage) -> None:
    hand = stage.open("digits", ("shapley", "occlusion"), kernel={"pace": 400})
    assert whiskers(stage, "shapley") == [8, 8]
    assert whiskers(stage, "occlusion") == whiskers(stage, "input") == [0, 0]
    hand.button("Run").click()
    expect(hand.panel("shapley")).to_contain_text("%")
    assert whiskers(stage, "shapley") == [0, 0]  # a partial map is not what they are of
    hand.root.locator(".hb-bar").get_by_role("button", name="Cancel", exact=True).click()
    stage.frames()
    assert whiskers(stage, "shapley") == [8, 8]


def test_a_channel_of_several_has_no_whiskers(stage: Stage) -> None:
    stage.open("channels", ("shapley",))
    assert all(whiskers(stage, "shapley"))
    stage.change("options", {**stage.get("options"), "channel": 1})
    stage.frames()
    assert whiskers(stage, "shapley") == [0, 0]


def test_the_crosshair_reads_the_same_cell_in_every_panel(stage: Stage) -> None:
    hand = stage.open()
    stage.page.mouse.move(*hand.point("occlusion", 7.5, 100.5, stage.shape))
    expect(hand.root.locator(".hb-readout")).to_contain_text("gyro y, 25.00")
    for name in ("occlusion", "gradient"):
        expect(hand.panel(name)).to_contain_text(re.compile(r"[+−]\.\d{3}"))
    stage.page.mouse.move(5, 5)
    expect(hand.root.locator(".hb-readout")).to_be_hidden()


def test_names_on_the_axes_never_overlap(stage: Stage) -> None:
    for kind in ("wide", "square", "tall"):
        hand = stage.open(kind, width=700)
        overlaps = hand.panel("input").evaluate(
            """(panel) => {
              const texts = [...panel.querySelectorAll("svg text")];
              const boxes = texts.map((text) => [text.textContent, text.getBoundingClientRect()]);
              const across = (a, b) => a.left < b.right - 1 && b.left < a.right - 1;
              const along = (a, b) => a.top < b.bottom - 3 && b.top < a.bottom - 3;
              return boxes.flatMap(([name, a], i) => boxes.slice(i + 1)
                .filter(([, b]) => across(a, b) && along(a, b)).map(([other]) => [name, other]));
            }"""
        )
        assert overlaps == [], kind


def test_only_what_changed_is_painted_again(stage: Stage) -> None:
    hand = stage.open()
    stage.frames()

    def renders() -> list[str | None]:
        return [hand.canvas(name).get_attribute("data-renders") for name in ("input", "gradient")]

    before = renders()
    stage.drag((5, 60), (8, 99))
    stage.page.mouse.move(*hand.point("gradient", 2, 2, stage.shape))
    stage.frames()
    assert renders() == before


def test_long_names_that_begin_alike_are_told_apart(stage: Stage) -> None:
    hand = stage.open()
    axes = stage.get("axes")
    axes["rows"]["labels"] = [f"🙂 temperature of the left bearing {row}" for row in range(20)]
    stage.change("axes", axes)
    stage.frames()
    names = hand.panel("input").locator("svg text").all_text_contents()
    cut = [name for name in names if "…" in name]
    assert len(cut) > 5 and len(set(cut)) == len(cut)
    assert all(name.startswith("🙂 temp") and name[-1].isdigit() for name in cut)


def test_a_name_in_a_title_gives_way_last(stage: Stage) -> None:
    """A hundredth of a pixel less would put an ellipsis in the place of three letters."""
    stage.open(width=680)
    stage.change("options", {**stage.get("options"), "per_row": 2, "limits": "samples"})
    stage.frames()
    cut = stage.hand.root.locator(".hb-title .hb-name").evaluate_all(
        """(names) => names.map((name) => {
          const text = document.createRange();
          text.selectNodeContents(name);
          return text.getBoundingClientRect().width - name.getBoundingClientRect().width;
        })"""
    )
    assert len(cut) == 3 and max(cut) <= 0, cut


FIRST_ROWS = {"bands": [{"op": "add", "rows": [0, 4], "columns": None}]}


def colour(stage: Stage, name: str, row: float, column: float) -> list[int]:
    """The colour of a cell, as it was painted; all 0 where nothing was."""
    shares = [(row + 0.5) / stage.shape[0], (column + 0.5) / stage.shape[1]]
    return stage.hand.canvas(name).evaluate(
        """(canvas, [down, across]) => {
          const [x, y] = [across * canvas.width, down * canvas.height];
          return [...canvas.getContext('2d').getImageData(x, y, 1, 1).data];
        }""",
        shares,
    )


def test_the_input_is_shown_as_the_model_gets_it_and_follows_the_brush(stage: Stage) -> None:
    hand = stage.open(selection=FIRST_ROWS)
    panel, whole = hand.panel("input"), hand.pixels("input")
    panel.get_by_role("button", name="without selection").click()
    stage.frames()
    assert stage.get("options")["input"] == "without"
    expect(panel).to_contain_text("640 cells hidden")
    expect(panel).to_have_attribute(
        "aria-label", re.compile("^input matrix, without the selection")
    )
    assert hand.pixels("input") != whole
    flat = [colour(stage, "input", 2, column) for column in (3, 60, 150)]
    assert flat[0] == flat[1] == flat[2] != colour(stage, "input", 3, 3)
    answers = len(stage.sent("whatif"))
    hand.drag("occlusion", (10, 20), (11, 39), stage.shape, drop=False)
    stage.frames()
    dragged = [colour(stage, "input", 10, column) for column in (21, 30, 38)]
    assert dragged[0] == dragged[1] == dragged[2]
    stage.page.mouse.up()
    assert len(stage.sent("whatif")) > answers  # which are about scores: no cell is asked for
    stage.page.mouse.move(*hand.point("gradient", 10.5, 30.5, stage.shape))
    readout = hand.root.locator(".hb-readout")
    expect(readout).to_contain_text("7.50: ")
    first = readout.inner_text().split(": ")[1]
    stage.page.mouse.move(*hand.point("gradient", 10.5, 35.5, stage.shape))
    expect(readout).to_contain_text(f"8.75: {first}")
    panel.get_by_role("button", name="selection only").focus()
    stage.page.keyboard.press("Enter")
    stage.frames()
    outside = [colour(stage, "input", 15, column) for column in (3, 60, 150)]
    assert outside[0] == outside[1] == outside[2]
    expect(panel).to_contain_text("all but 40 cells hidden")
    panel.get_by_role("button", name="input", exact=True).click()
    stage.frames()
    assert hand.pixels("input") == whole


def test_a_narrow_input_has_the_switch_in_its_menu(stage: Stage) -> None:
    hand = stage.open("square", selection=FIRST_ROWS, live=False)  # a saved page, too
    whole = hand.pixels("input")
    hand.button("Panel menu of input").click()
    hand.root.get_by_role("menuitemradio", name="selection only").click()
    stage.frames()
    assert hand.pixels("input") != whole
    expect(hand.panel("input").locator(".hb-name")).to_have_text("selection only")
    assert stage.page.evaluate("stage.model.sent") == []


def test_where_no_cell_can_be_hidden_there_is_no_switch(stage: Stage) -> None:
    hand = stage.open()
    expect(hand.panel("input").get_by_role("button", name="selection only")).to_be_visible()
    stage.hides_nothing(baseline="", sentence="")
    expect(hand.panel("input").get_by_role("button", name="selection only")).to_be_hidden()
    expect(hand.root.locator(".hb-hidden")).to_be_hidden()
    expect(hand.panel("input").locator(".hb-name")).to_have_text("input")


def test_cells_that_do_not_exist_are_dotted_and_said(stage: Stage) -> None:
    hand = stage.open(selection={"bands": [{"op": "add", "rows": None, "columns": [150, 160]}]})
    unknown = colour(stage, "gradient", 3, 152)
    stage.page.evaluate(
        """async () => {
          const { array } = await import("/mock_model.js");
          const sample = stage.model.get("sample");
          const [occlusion, ...others] = stage.model.full;
          const gone = Array.from({ length: 3200 }, (_, at) => Number(at % 160 >= 140));
          stage.model.change("sample", { ...sample, absent: array(gone, [20, 160]) });
          const none = array(new Float32Array(3200).fill(NaN), [20, 160]);
          stage.model.change("panels", [{ ...occlusion, run: 9, map: none }, ...others]);
        }"""
    )
    stage.frames()
    patches = {
        (name, column): hand.canvas(name).evaluate(
            """(canvas, across) => {
              const pen = canvas.getContext("2d");
              const { data } = pen.getImageData(across * canvas.width, 20, 24, 24);
              return data.filter((_, at) => at % 4 === 3 && data[at] > 0).length;
            }""",
            column / 160,
        )
        for name in ("input", "gradient", "occlusion")
        for column in (60, 150)
    }
    assert unknown[3] == 255
    assert patches["input", 60] == patches["gradient", 60] == 24 * 24
    assert patches["input", 150] == patches["gradient", 150] == patches["occlusion", 150] == 36
    assert patches["occlusion", 60] > 36  # the hatch of what is not computed
    expect(hand.panel("input")).to_contain_text("dotted cells do not exist")
    stage.page.mouse.move(*hand.point("gradient", 3.5, 152.5, stage.shape))
    for name in ("input", "gradient", "occlusion"):
        expect(hand.panel(name).locator(".hb-right")).to_contain_text("does not exist")
    expect(hand.root.locator(".hb-readout")).to_contain_text("does not exist")
    hand.expect_status("^0 cells selected")
