"""Runs, errors, a kernel that is gone or never was, and the end of a view."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np
import pytest
from playwright.sync_api import expect

from browser.stage import Stage

MAPS = {
    f"{name}/map": f"stage.model.full[{index}].map"
    for index, name in enumerate(("occlusion", "gradient"))
}

FAILURE = {
    "title": "This model hides its layers from occlusion",
    "sentence": "occlusion raised <b>ValueError</b>: the model wants 3 channels.",
    "instead": ["gradient"],
}


def test_run_on_the_selection_fills_the_panel_as_results_arrive(stage: Stage) -> None:
    selection = {"bands": [{"op": "add", "rows": [2, 12], "columns": [20, 80]}]}
    hand = stage.open(kernel={"pace": 60}, selection=selection)
    before = hand.pixels("occlusion")
    other = hand.pixels("gradient")
    hand.goes("replace")
    hand.button("Run").click()
    hand.expect_state("running")
    expect(hand.panel("occlusion")).to_contain_text(re.compile(r"\d+ %.*left"))
    hand.expect_other_pixels("occlusion", before)
    hand.expect_state("idle")
    expect(hand.panel("occlusion")).to_contain_text("within the selection")
    sent = stage.sent("run")
    assert [sent[0][key] for key in ("method", "within")] == ["occlusion", selection]
    assert hand.pixels("gradient") == other
    hand.button("Undo").click()
    assert stage.sent("restore")[0]["runs"] == {"occlusion": 1, "gradient": 1}


def test_cancel_brings_the_earlier_map_back_at_once(stage: Stage) -> None:
    hand = stage.open(kernel={"pace": 150})
    before = hand.pixels("occlusion")
    hand.button("Run").click()
    hand.expect_state("running")
    expect(hand.panel("occlusion")).to_contain_text("%")
    hand.expect_other_pixels("occlusion", before)
    hand.root.locator(".hb-bar").get_by_role("button", name="Cancel", exact=True).click()
    stage.frames()
    assert (hand.state, hand.pixels("occlusion")) == ("idle", before)
    stage.reply(kind="progress", panel="occlusion", run=2, done=3, total=9, seconds_left=1)
    stage.frames()
    assert hand.state == "idle"


def test_the_newest_run_wins_and_the_brush_stays_live(stage: Stage) -> None:
    stage.open(kernel={"pace": 400})
    hand = stage.hand
    for run in (5, 6):
        stage.reply(kind="queued", panel="gradient", method="gradient", run=run)
    stage.reply(kind="progress", panel="gradient", run=5, done=9, total=10, seconds_left=1)
    stage.reply(kind="progress", panel="gradient", run=6, done=2, total=10, seconds_left=4)
    expect(hand.panel("gradient")).to_contain_text("20 %")
    stage.drag((5, 60), (8, 99))
    assert stage.bands == [("add", [5, 9], [60, 100])]


COARSE = """() => {
  const float = (values) => new DataView(Float32Array.from(values).buffer);
  const [h, w] = [5, 16];
  const blocks = Array.from({ length: h * w }, (_, at) => (at < 40 ? Math.sin(at / 5) : NaN));
  const lines = (n) => Array.from({ length: n }, (_, at) => Math.cos(at / 9));
  const { model } = stage;
  model.reply({ kind: "queued", panel: "occlusion", method: "occlusion", run: 9 });
  model.reply({ kind: "partial", panel: "occlusion", run: 9, number: 3, shape: [h, w] },
    [float(blocks), float(lines(20)), float(lines(160))]);
}"""


def test_a_coarse_map_is_drawn_said_and_answered_with_the_size_of_the_map(stage: Stage) -> None:
    hand = stage.open()
    before = hand.pixels("occlusion")
    stage.page.evaluate(COARSE)
    panel = hand.panel("occlusion")
    expect(panel).to_contain_text("drawn as 5 × 16 blocks, the strongest value of each")
    assert hand.pixels("occlusion") != before
    (seen,) = stage.sent("seen")
    box = hand.canvas("occlusion").bounding_box()
    assert (seen["rows"], seen["columns"]) == (round(box["height"]), round(box["width"]))
    assert (seen["number"], seen["viewer"]) == (3, stage.sent("hello")[0]["viewer"])
    # no cell is given the value of its block
    hand.panel("occlusion").focus()
    stage.page.keyboard.press("ArrowRight")
    hand.expect_status("not known cell by cell yet")
    stage.reply(kind="cancelled", panel="occlusion", run=9)
    expect(panel).not_to_contain_text("blocks")
    assert hand.pixels("occlusion") == before


def test_parameters_come_from_the_form_and_what_is_wrong_is_said_there(stage: Stage) -> None:
    hand = stage.open()
    hand.choose("smoothgrad")
    hand.root.get_by_role("button", name=re.compile("^Parameters of smoothgrad")).click()
    form = hand.root.get_by_role("dialog")
    samples = form.get_by_label("samples")
    samples.fill("-3")
    expect(form.get_by_role("alert").first).to_contain_text("at least 1")
    samples.press("Enter")
    assert stage.sent("run") == []
    samples.fill("7")
    samples.press("Enter")
    expect(form).to_be_hidden()
    run = stage.sent("run")[0]
    assert (run["method"], run["parameters"]["samples"]) == ("smoothgrad", 7)
    expect(hand.panel("smoothgrad")).to_be_visible()


def test_an_error_shows_in_its_panel_alone(stage: Stage) -> None:
    hand = stage.open(selection={"bands": [{"op": "add", "rows": [2, 4], "columns": None}]})
    other = hand.pixels("gradient")
    frame = stage.frame("gradient")
    panels = stage.page.evaluate(
        """(failure) => {
          const panels = stage.model.full;
          const failed = { ...panels[0], run: 9, map: null, failure };
          stage.model.change("panels", [failed, ...panels.slice(1)]);
          return panels.length;
        }""",
        FAILURE,
    )
    assert panels == 2
    hand.expect_state("error")
    failed = hand.panel("occlusion")
    expect(failed).to_contain_text(FAILURE["title"])
    expect(failed).to_contain_text("<b>ValueError</b>")
    assert (hand.pixels("gradient"), stage.frame("gradient")) == (other, frame)
    assert stage.bands == [("add", [2, 4], None)]
    failed.get_by_role("button", name=re.compile("gradient")).click()
    assert stage.sent("run")[0]["method"] == "gradient"


def test_a_refusal_is_said_in_the_status_line(stage: Stage) -> None:
    hand = stage.open()
    stage.reply(kind="refused", sentence="There is no sample 900; the view holds 240.")
    hand.expect_status("There is no sample 900")
    assert hand.state == "idle"


def test_a_kernel_that_does_not_answer_leaves_the_brush_alive(stage: Stage) -> None:
    stage.page.clock.install()
    hand = stage.open()
    stage.page.evaluate("stage.kernel.alive = false")
    hand.button("Run").click()
    stage.page.clock.run_for(2500)
    hand.expect_state("disconnected")
    stage.drag((5, 60), (8, 99))
    assert stage.bands == [("add", [5, 9], [60, 100])]
    stage.reply(kind="alive")
    stage.page.clock.run_for(100)
    hand.expect_state("idle")


def test_a_kernel_that_is_gone_says_what_to_do(stage: Stage) -> None:
    hand = stage.open(selection={"bands": [{"op": "add", "rows": [2, 4], "columns": None}]})
    stage.page.evaluate("stage.model.emit('comm:close')")
    hand.expect_state("disconnected")
    expect(hand.root).to_contain_text("Kernel gone. Run this cell again.")
    expect(hand.button("Run")).to_be_disabled()
    sent = len(stage.page.evaluate("stage.model.sent"))
    stage.drag((5, 60), (8, 99))
    stage.drag((12, 60), (13, 99), hold="Shift")
    hand.button("Undo").click()
    assert stage.bands == [("add", [5, 9], [60, 100])]
    assert len(stage.page.evaluate("stage.model.sent")) == sent


def test_a_page_that_no_kernel_answers_is_a_saved_one(stage: Stage) -> None:
    """What needs the kernel is off with its reason, what is said is true, the rest works."""
    chosen = {"bands": [{"op": "add", "rows": [2, 12], "columns": [20, 80]}]}
    answered = {
        "sample": 37,
        "selection": chosen,
        "without": [0.15, 0.35, 0.25, 0.25],
        "only": [0.1, 0.2, 0.3, 0.4],
    }
    stage.page.clock.install()
    hand = stage.open(kernel={"alive": False}, selection=chosen, answered=answered)
    target = hand.root.get_by_role("combobox", name="Target class")
    shown = target.input_value()
    target.select_option("looseness")
    expect(hand.root.locator(".hb-aside")).to_be_empty()
    stage.page.clock.run_for(2500)
    hand.expect_state("saved")
    assert target.input_value() == shown
    for name in ("Run", "Find runs"):
        expect(hand.button(name)).to_be_disabled()
        expect(hand.button(name)).to_have_attribute("title", re.compile("^No kernel answers"))
    expect(target).to_be_disabled()
    expect(hand.button("Next sample")).to_have_attribute("aria-disabled", "true")
    hand.expect_status("^No kernel has answered: the maps are as they were saved")
    without = hand.root.locator(".hb-scores tbody .hb-without")
    expect(without.first).to_have_text(".15")
    stage.drag((5, 60), (8, 99))
    stage.page.clock.run_for(500)
    expect(without.first).to_have_text("–")
    hand.button("Undo").click()
    stage.page.clock.run_for(500)
    expect(without.first).to_have_text(".15")
    stage.page.evaluate("stage.kernel.alive = true")
    stage.reply(kind="alive")
    stage.page.clock.run_for(500)
    hand.expect_state("idle")
    expect(hand.button("Run")).to_be_enabled()


def test_a_cut_line_is_told_and_the_whole_state_is_asked_for_when_it_is_back(stage: Stage) -> None:
    """Nothing counts on, no number of another selection stays, no request goes into the dark."""
    stage.page.clock.install()
    hand = stage.open(selection={"bands": [{"op": "add", "rows": [2, 4], "columns": None}]})
    stage.page.clock.run_for(500)
    stage.reply(kind="queued", panel="gradient", method="gradient", run=6)
    stage.reply(kind="progress", panel="gradient", run=6, done=2, total=6, seconds_left=1)
    stage.page.clock.run_for(500)
    hand.expect_state("running")
    stage.page.evaluate("stage.kernel.alive = false")
    stage.page.clock.run_for(20_000)
    hand.expect_state("disconnected")
    hand.expect_status("^The kernel cannot be reached")
    expect(hand.panel("gradient")).not_to_contain_text("left")
    stage.drag((5, 60), (8, 99))
    stage.page.clock.run_for(1500)
    scores = hand.root.locator(".hb-scores tbody .hb-without")
    expect(scores.first).to_have_text("–")
    expect(hand.root.locator(".hb-scores")).not_to_have_attribute("data-waiting", "")
    expect(hand.button("Run")).to_be_disabled()
    assert stage.sent("run") == []
    stage.page.evaluate("stage.kernel.alive = true")
    stage.page.clock.run_for(6000)
    hand.expect_state("idle")
    expect(scores.first).not_to_have_text("–")
    asked = stage.sent("hello")[-1]
    assert (asked["whole"], asked["selection"]) == (True, stage.get("selection"))


def test_a_page_and_a_kernel_of_two_versions_say_so(stage: Stage) -> None:
    given = '["wide", ["occlusion"], 1000, false, {}, { protocol: 99 }]'
    stage.page.evaluate(f"stage.open(...{given})")
    said = stage.hand.root.get_by_role("alert")
    expect(said).to_contain_text("the kernel sends version 99: restart the kernel, reload the page")
    assert stage.page.locator(".heatbrush canvas").count() == 0


def test_the_view_hides_its_snapshot_for_as_long_as_it_is_there(stage: Stage) -> None:
    stage.page.evaluate(
        """for (const name of ["a1", "b2"]) document.body.insertAdjacentHTML(
             "beforeend", `<p class="heatbrush-snapshot-${name}">${name}</p>`)"""
    )
    mine, other = (stage.page.locator(f".heatbrush-snapshot-{name}") for name in ("a1", "b2"))
    stage.open(snapshot="a1")
    expect(mine).to_be_hidden()
    expect(other).to_be_visible()
    stage.page.evaluate("stage.cleanup()")
    expect(mine).to_be_visible()
    assert stage.page.locator("style[data-heatbrush]").count() == 0


def test_a_saved_page_brushes_zooms_and_undoes_without_a_kernel(stage: Stage) -> None:
    hand = stage.open(live=False)
    hand.expect_state("saved")
    expect(hand.root).to_contain_text("saved page")
    expect(hand.button("Run")).to_be_disabled()
    stage.drag((5, 60), (8, 99))
    hand.button("Undo").click()
    hand.button("Redo").click()
    assert stage.bands == [("add", [5, 9], [60, 100])]
    before = hand.pixels("gradient")
    hand.panel("gradient").focus()
    stage.page.keyboard.press("+")
    stage.frames()
    assert hand.pixels("gradient") != before
    hand.button("View").click()
    hand.root.get_by_role("menuitemradio", name="Shared colour limits").click()
    assert stage.get("options")["limits"] == "shared"
    assert stage.page.evaluate("stage.model.sent") == []


def test_a_file_from_the_kernel_is_saved(stage: Stage) -> None:
    hand = stage.open()
    hand.button("Export").click()
    with stage.page.expect_download() as download:
        hand.root.get_by_role("menuitem", name=re.compile("npz")).click()
    assert download.value.suggested_filename == "heatbrush.npz"


def test_code_goes_to_the_clipboard_or_into_a_file(stage: Stage) -> None:
    """By keyboard too; where the browser forbids the clipboard, nothing is lost."""
    hand, page = stage.open(), stage.page
    # the page of the tests is no secure one, which the clipboard asks for
    page.evaluate(
        """Object.defineProperty(navigator, "clipboard", { configurable: true, value: {
             writeText: async (text) => { window.copied = text; } } })"""
    )
    hand.button("Export").press("Enter")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("Enter")
    expect(hand.root).to_contain_text("The code is on the clipboard.")
    assert page.evaluate("window.copied") == "# view"
    hand.button("Panel menu of gradient").click()
    hand.root.get_by_role("menuitem", name="Copy as code").click()
    page.wait_for_function("window.copied === '# panel gradient'")
    menu = hand.button("Selection")
    menu.click()
    expect(hand.root.get_by_role("menuitem", name="Copy as code")).to_have_count(0)
    page.keyboard.press("Escape")
    stage.drag((2, 10), (2, 30))
    menu.click()
    hand.root.get_by_role("menuitem", name="Copy as code").click()
    page.wait_for_function("window.copied === '# selection'")
    asked = [(sent["part"], sent["panel"]) for sent in stage.sent("copy_code")]
    assert asked == [("view", None), ("panel", "gradient"), ("selection", None)]
    page.evaluate("() => { navigator.clipboard.writeText = () => Promise.reject(new Error()); }")
    hand.button("Export").click()
    with page.expect_download() as download:
        hand.root.get_by_role("menuitem", name="Copy as code").click()
    assert download.value.suggested_filename == "heatbrush.py"
    assert Path(download.value.path()).read_text() == "# view"
    expect(hand.root).to_contain_text("the code is saved as heatbrush.py")


def test_a_saved_page_says_why_it_has_no_code(stage: Stage) -> None:
    hand = stage.open(live=False)
    for opener in ("Export", "Panel menu of gradient"):
        hand.button(opener).click()
        item = hand.root.get_by_role("menuitem", name="Copy as code")
        expect(item).to_have_attribute("aria-disabled", "true")
        expect(item).to_have_attribute("title", re.compile("saved page"))
        item.click(force=True)
        expect(hand.root).to_contain_text("Copying code needs the kernel")
    assert stage.sent("copy_code") == []


def test_without_a_kernel_the_page_writes_its_maps(stage: Stage) -> None:
    """NumPy opens the file: the numbers are those of the traits, to the bit."""
    hand = stage.open(live=False)
    hand.button("Export").click()
    with stage.page.expect_download() as download:
        hand.root.get_by_role("menuitem", name=re.compile("npz")).click()
    with np.load(download.value.path()) as file:
        assert set(file) == {"matrix", "occlusion/map", "gradient/map"}
        for name, array in (("matrix", "stage.model.get('sample').matrix"), *MAPS.items()):
            numbers = stage.page.evaluate(
                f"(({{ shape, bytes: b }}) => [shape, [...new Float32Array(b.buffer)]])({array})"
            )
            expected = np.array(numbers[1], "float32").reshape(numbers[0])
            np.testing.assert_array_equal(file[name], expected)


def test_an_empty_view_lists_the_methods_by_their_question(stage: Stage) -> None:
    hand = stage.open(methods=())
    expect(hand.root).to_contain_text("Attribution How much each cell contributes to the score.")
    expect(hand.root).to_contain_text("Where would a tiny change move the score?")
    expect(hand.button("cam")).to_be_disabled()
    expect(hand.root).to_contain_text("cam needs global pooling")
    hand.button("gradient").click()
    expect(hand.panel("gradient")).to_be_visible()
    hand.expect_state("idle")


def test_sample_and_target_are_asked_for(stage: Stage) -> None:
    hand = stage.open()
    before = hand.pixels("gradient")
    hand.button("Next sample").click()
    stage.frames()
    assert hand.pixels("gradient") != before
    hand.root.get_by_role("combobox", name="Target class").select_option("looseness")
    hand.root.get_by_role("combobox", name="Rather than").select_option("rather than normal")
    assert [(show["sample"], show["a"], show["b"]) for show in stage.sent("show")] == [
        (38, None, None),
        (None, 2, None),
        (None, 2, 1),
    ]
    hand.button("Undo").click()
    assert [stage.sent("restore")[0][key] for key in ("sample", "a", "b")] == [38, 2, None]


def test_until_another_sample_is_here_what_is_shown_is_pale(stage: Stage) -> None:
    """No number is read as that of a sample that it is not of; what is pinned is of its own."""
    chosen = {"bands": [{"op": "add", "rows": [2, 12], "columns": [20, 80]}]}
    hand = stage.open(selection=chosen)
    hand.expect_status("without them")
    hand.button("Panel menu of occlusion").click()
    hand.root.get_by_role("menuitemcheckbox", name="Pinned").click()
    scores, aside = hand.root.locator(".hb-scores"), hand.root.locator(".hb-aside")
    expect(aside).not_to_be_empty()

    def pale(*names: str) -> None:
        for name in ("input", "occlusion", "gradient"):
            opacity = "0.35" if name in names else "1"
            expect(hand.canvas(name)).to_have_css("opacity", opacity)

    pale()
    stage.page.evaluate("stage.kernel.alive = false")
    hand.root.get_by_role("combobox", name="Target class").select_option("looseness")
    pale("gradient")
    expect(aside).to_be_empty()
    hand.expect_status("^Another target is asked for; the maps are still of bearing\\.$")
    expect(scores).not_to_have_attribute("aria-busy", "true")
    expect(scores.locator("td.hb-only").first).to_be_visible()
    hand.button("Next sample").click()
    hand.button("Next sample").click()
    expect(hand.button("Find a sample: 39 of 240")).to_be_visible()
    assert [message["sample"] for message in stage.sent("show")][-2:] == [38, 39]
    pale("input", "gradient")
    expect(scores).to_have_attribute("aria-busy", "true")
    for part in ("hb-line", "hb-only"):
        expect(scores.locator(f"td.{part}").first).to_be_hidden()
    hand.expect_status("^Sample 39 is asked for; the maps are still of sample 37\\.$")
    stage.reply(kind="refused", sentence="There is no sample 39.")
    expect(hand.button("Find a sample: 37 of 240")).to_be_visible()
    pale()


@pytest.mark.parametrize("end", ["stage.cleanup()", "stage.end.abort()"])
def test_the_end_of_a_view_leaves_nothing_behind(stage: Stage, end: str) -> None:
    cdp = stage.page.context.new_cdp_session(stage.page)

    def listeners() -> int:
        total = 0
        for target in ("window", "document", "document.body", "document.documentElement"):
            found = cdp.send("Runtime.evaluate", {"expression": target})["result"]
            which = {"objectId": found["objectId"]}
            total += len(cdp.send("DOMDebugger.getEventListeners", which)["listeners"])
        return total

    before = listeners()
    hand = stage.open(kernel={"pace": 30})
    hand.button("View").click()
    stage.page.keyboard.press("Escape")
    hand.button("Run").click()
    stage.drag((5, 60), (8, 99), drop=False)
    stage.page.evaluate(end)
    stage.page.mouse.up()
    stage.page.keyboard.press("r")
    stage.page.evaluate("document.body.dataset.jpThemeLight = 'false'")
    stage.reply(kind="progress", panel="occlusion", run=2, done=3, total=9, seconds_left=1)
    stage.frames()
    assert stage.page.evaluate("stage.model.listening") == 0
    assert listeners() == before
    assert stage.page.locator(".heatbrush").count() == 0
