"""The method picker, the form of a method's parameters, and what stands under a map."""

from __future__ import annotations

import re
from typing import Any

import pytest
from playwright.sync_api import Locator, expect

from browser.stage import Stage
from heatbrush_core.matrix.baselines import NAMES

FAMILIES = ("Function", "Signal", "Attribution", "Class activation")


def opened(stage: Stage) -> Locator:
    """The list under the method's button, opened by keys."""
    picker = stage.hand.root.get_by_role("combobox", name="Method")
    picker.focus()
    stage.page.keyboard.press("Enter")
    listbox = stage.hand.root.get_by_role("listbox", name="Methods")
    expect(listbox).to_be_focused()
    return listbox


def active(listbox: Locator) -> str:
    """The name of the method that keys would choose."""
    made = listbox.locator("[data-active]")
    assert made.get_attribute("id") == listbox.get_attribute("aria-activedescendant")
    return made.locator("b").inner_text()


def form(stage: Stage, method: str) -> Locator:
    """The form of a method, opened from the toolbar."""
    stage.hand.choose(method)
    stage.hand.root.get_by_role("button", name=re.compile(f"^Parameters of {method}")).click()
    return stage.hand.root.get_by_role("dialog")


def fields(box: Locator) -> list[str]:
    shown = box.locator("label:visible").all_inner_texts()
    return [name for name in shown if name != "result goes to"]


# ------------------------------------------------------------------ the picker


def test_methods_stand_in_their_families_with_the_question_of_each(stage: Stage) -> None:
    stage.open()
    listbox = opened(stage)
    for name, about in zip(
        FAMILIES,
        ("small changes", "picked up", "contributes to the score", "was active"),
        strict=True,
    ):
        group = listbox.get_by_role("group", name=re.compile(f"^{name} .*{about}"))
        expect(group.get_by_role("option").first).to_be_visible()
    signals = listbox.get_by_role("group", name=re.compile("^Signal"))
    names = signals.locator("[role=option] b").all_inner_texts()
    assert names == ["deconvnet", "guided backprop", "patternnet"]
    questions = listbox.locator("[role=option] > span").all_inner_texts()
    assert len(questions) == 21 and all("?" in question for question in questions)
    expect(listbox.get_by_text("How is the score shared out, layer by layer?")).to_be_visible()


def test_a_method_that_cannot_run_is_listed_with_its_reason_and_not_chosen(stage: Stage) -> None:
    hand = stage.open()
    listbox = opened(stage)
    entry = hand.entry("cam")
    expect(entry).to_be_disabled()
    reason = entry.get_by_text("cam needs global pooling followed by one dense layer")
    expect(reason).to_be_visible()
    clipped = "(reason) => reason.scrollHeight > reason.clientHeight + 1"
    assert reason.evaluate(clipped)
    entry.click(force=True)
    expect(listbox).to_be_visible()
    stage.page.keyboard.press("Enter")
    expect(listbox).to_be_visible()
    assert not reason.evaluate(clipped)  # in full where the keys are
    stage.page.keyboard.press("Escape")
    assert hand.root.get_by_role("combobox", name="Method").inner_text() == "occlusion"


def test_keys_walk_the_list_and_choose(stage: Stage) -> None:
    hand = stage.open(methods=("gradient", "occlusion"))
    press = stage.page.keyboard.press
    listbox = opened(stage)
    assert active(listbox) == "gradient"
    press("ArrowDown")
    assert active(listbox) == "smoothgrad"
    press("End")
    assert active(listbox) == "score cam"
    press("ArrowDown")
    assert active(listbox) == "score cam"
    press("Home")
    press("g")
    assert active(listbox) == "guided backprop"
    stage.page.wait_for_timeout(800)
    stage.page.keyboard.type("grad cam p")
    assert active(listbox) == "grad cam plus plus"
    press("Enter")
    expect(listbox).to_be_hidden()
    picker = hand.root.get_by_role("combobox", name="Method")
    expect(picker).to_be_focused()
    expect(picker).to_have_text("grad cam plus plus")
    press("ArrowDown")
    chosen = listbox.get_by_role("option", selected=True)
    expect(chosen).to_contain_text("grad cam plus plus")
    press("Escape")
    expect(picker).to_be_focused()
    press("Enter")
    press("Tab")
    expect(listbox).to_be_hidden()
    expect(hand.root.get_by_role("combobox", name="Run on")).to_be_focused()
    hand.button("Run").click()
    assert stage.sent("run")[0]["method"] == "grad_cam_plus_plus"


@pytest.mark.parametrize("kind", ["wide", "row"])
@pytest.mark.parametrize("width", [1000, 400])
def test_the_list_scrolls_within_the_view(stage: Stage, kind: str, width: int) -> None:
    hand = stage.open(kind, ("gradient",), width=width)
    hand.panel("input").focus()
    stage.page.keyboard.press("e")  # without the evidence the view is lower than the list
    stage.frames()
    listbox = opened(stage)
    inside = """(list) => {
      const box = list.getBoundingClientRect(), home = list.parentElement.getBoundingClientRect();
      const seen = list.querySelector("[data-active]").getBoundingClientRect();
      return box.left >= home.left && box.right <= home.right && box.bottom <= home.bottom
        && seen.top >= box.top && seen.bottom <= box.bottom && list.scrollWidth <= list.clientWidth;
    }"""
    assert listbox.evaluate(inside)
    assert listbox.evaluate("(list) => list.scrollHeight > list.clientHeight")
    stage.page.keyboard.press("End")
    assert listbox.evaluate(inside)
    before = hand.root.bounding_box()
    stage.page.keyboard.press("Escape")
    after = hand.root.bounding_box()
    assert before is not None and after is not None and after["height"] <= before["height"]


# ------------------------------------------------------------------ the form


def test_the_form_shows_the_fields_that_matter_and_sends_no_others(stage: Stage) -> None:
    hand = stage.open()
    box = form(stage, "lrp")
    assert fields(box) == ["composite", "rule", "epsilon", "bias"]
    box.get_by_label("epsilon").fill("nonsense")
    expect(box.get_by_role("alert")).to_contain_text("epsilon: a number above 0")
    box.get_by_label("rule", exact=True).select_option("alpha_beta")
    assert fields(box) == ["composite", "rule", "alpha", "beta", "bias"]
    expect(box.get_by_role("alert")).to_have_count(0)
    box.get_by_label("alpha").fill("3")
    box.get_by_label("bias").select_option("no")
    box.get_by_label("composite").select_option("epsilon_plus")
    assert fields(box) == ["composite", "bias"]
    box.get_by_label("bias").press("Enter")
    expect(hand.panel("lrp")).to_be_visible()
    assert stage.sent("run")[0]["parameters"] == {"composite": "epsilon_plus", "bias": False}


def test_the_form_explains_the_field_that_has_the_focus(stage: Stage) -> None:
    stage.open()
    box = form(stage, "lrp")
    box.get_by_label("rule", exact=True).focus()
    said = box.locator(".hb-help [data-on]")
    expect(said).to_have_text(re.compile("^rule how a linear layer shares its relevance out"))
    described = box.get_by_label("rule", exact=True).get_attribute("aria-describedby")
    assert described == said.get_attribute("id")
    height = box.locator(".hb-help").evaluate("(help) => help.offsetHeight")
    box.get_by_label("bias").focus()
    expect(said).to_have_text(re.compile("^bias whether"))
    assert box.locator(".hb-help").evaluate("(help) => help.offsetHeight") == height


def test_layers_are_chosen_from_those_of_the_model(stage: Stage) -> None:
    stage.open()
    layer = form(stage, "grad cam").get_by_label("layer")
    names = layer.locator("option").all_inner_texts()
    assert names[0] == "last convolution or sum" and "residual sum" in names
    layer.select_option("residual_sum")
    layer.press("Enter")
    assert stage.sent("run")[0]["parameters"] == {"layer": "residual_sum"}


def test_what_only_python_can_set_is_kept_and_said(stage: Stage) -> None:
    hand = stage.open(methods=("lrp", "shapley"))
    given: dict[str, dict[str, Any]] = {
        "lrp": {"rule": "gamma", "epsilon": 0.5, "rules": [["conv", "gamma"], ["f", "flat"]]},
        "shapley": {"players": [{"bands": []}, {"bands": []}]},
    }
    panels = stage.page.evaluate("stage.model.get('panels').map(({ name }) => name)")
    assert panels == list(given)
    stage.page.evaluate(
        """(given) => stage.model.change("panels", stage.model.full.map(
          (panel) => ({ ...panel, run: 9, parameters: given[panel.name] })))""",
        given,
    )
    box = form(stage, "lrp")
    expect(box.get_by_label("rules")).to_have_text("2 entries, set in Python")
    box.get_by_label("gamma").press("Enter")
    hand.expect_state("idle")
    box = form(stage, "shapley")
    expect(box.get_by_label("players")).to_have_value("as in Python")
    box.get_by_label("seed").fill("5")
    box.get_by_label("seed").press("Enter")
    sent = [run["parameters"] for run in stage.sent("run")]
    assert sent == [given["lrp"], {**given["shapley"], "seed": 5}]
    box = form(stage, "lrp")
    box.get_by_role("button", name="Defaults").click()
    expect(box.get_by_label("rules")).to_be_hidden()
    box.get_by_label("rule", exact=True).press("Enter")
    assert stage.sent("run")[-1]["parameters"] == {}


# ------------------------------------------------------------------ under the maps


def test_a_panel_says_what_its_map_sums_to_and_what_it_should(stage: Stage) -> None:
    hand = stage.open(methods=("gradient", "integrated_gradients", "deep_taylor"))
    line = ".hb-under span"
    said = hand.panel("integrated_gradients").locator(line)
    sums = r"^Sums to [\d.]+ of [\d.]+, the score minus the score at the baseline"
    expect(said).to_have_text(re.compile(sums + r" \(residual \+\.0020\)\.$"))
    expect(hand.panel("deep_taylor")).to_contain_text("Explains positive evidence only.")
    expect(hand.panel("gradient").locator(line)).to_be_hidden()
    expect(hand.button("Notes of deep taylor")).to_have_count(0)
    described = hand.panel("integrated_gradients").get_attribute("aria-describedby")
    assert described == said.get_attribute("id")


def test_what_does_not_fit_under_a_map_opens(stage: Stage) -> None:
    hand = stage.open(methods=("lrp", "gradient"), width=640)
    more = hand.button("Notes of lrp")
    more.press("Enter")
    box = hand.root.get_by_role("dialog", name="Notes of lrp")
    expect(box).to_be_focused()
    expect(box).to_contain_text(re.compile(r", the score \(residual −\.51\)\."))
    expect(box).to_contain_text("attention_1 takes the gradient rule")
    row = box.get_by_role("row", name=re.compile("^attention_1"))
    assert row.get_by_role("cell").all_inner_texts() == ["3.4", "3.1", "0", "0", ".30"]
    stage.page.keyboard.press("Escape")
    expect(more).to_be_focused()


@pytest.mark.parametrize(("kind", "width"), [("square", 1000), ("tall", 700), ("wide", 400)])
def test_what_stands_under_one_map_moves_no_other(stage: Stage, kind: str, width: int) -> None:
    methods = ("gradient", "lrp", "occlusion", "deep_taylor")
    hand = stage.open(kind, methods, width=width)
    tops = hand.root.locator("canvas.heatbrush-map").evaluate_all(
        "(maps) => maps.map((map) => [map.closest('section').offsetTop, map.offsetTop])"
    )
    assert len({map for _, map in tops}) == 1
    below = hand.root.evaluate(
        """(root) => [...root.querySelectorAll(".heatbrush-panel")].every((panel) => {
          const line = panel.querySelector(".hb-under").getBoundingClientRect();
          return line.bottom <= panel.getBoundingClientRect().bottom + 0.5;
        })"""
    )
    assert below
    hand.button("Run").click()
    hand.expect_state("running")
    panel = hand.panel("lrp").bounding_box()
    hand.choose("lrp")
    hand.button("Run").click()
    expect(hand.panel("lrp")).to_contain_text(re.compile(r"%|…"))
    assert hand.panel("lrp").bounding_box() == panel


def test_an_estimate_is_read_with_its_error(stage: Stage) -> None:
    hand = stage.open(methods=("shapley", "gradient"))
    stage.page.mouse.move(*hand.point("shapley", 7.5, 100.5, stage.shape))
    expect(hand.panel("shapley")).to_contain_text(re.compile(r"[+−]\.\d{3} ± \.\d{2}"))
    value = hand.panel("gradient").locator(".hb-right b")
    expect(value).to_have_text(re.compile(r"^[+−]\.\d{3}$"))
    hand.panel("shapley").focus()
    stage.page.keyboard.press("ArrowDown")
    hand.expect_status(r"shapley [+−]\.\d+ ± ")


# ------------------------------------------------------------------ maps without a model


def test_without_a_model_what_asks_it_is_disabled_and_says_why(stage: Stage) -> None:
    why = "There is no model to ask; give an Explainer or a model beside the maps."
    scores = {"kind": "values", "all": [], "predicted": 0, "missing": why}
    hand = stage.open(scores=scores, classes=[])
    root = hand.root
    expect(root.get_by_role("table", name="Class scores").get_by_text(why)).to_be_visible()
    expect(root.get_by_text("Target", exact=True)).to_be_hidden()
    expect(root.locator(".hb-head").get_by_text("Selection", exact=True)).to_be_visible()
    for name in ("Run", "Find runs"):
        button = root.get_by_role("button", name=name, exact=True)
        expect(button).to_be_disabled()
        expect(button).to_have_attribute("title", why)
    expect(root.get_by_role("button", name="Next sample")).to_be_enabled()
    expect(root.get_by_role("button", name="Export", exact=True)).to_be_enabled()
    root.get_by_role("button", name="Panel menu of occlusion").click()
    menu = root.get_by_role("menu")
    expect(menu.get_by_text(why)).to_be_visible()
    expect(menu.get_by_text("Remove")).to_be_visible()
    # of a view that was opened from a file, what the model said is kept
    kept = {"kind": "probabilities", "all": [0.125, 0.875], "predicted": 1, "missing": why}
    root = stage.open(scores=kept, classes=["left", "right"]).root
    expect(root.get_by_role("table", name="Class scores")).to_contain_text(".88")
    expect(root.get_by_role("combobox", name="Target class")).to_be_disabled()
    expect(root.get_by_role("button", name="Run", exact=True)).to_have_attribute("title", why)


# ------------------------------------------------------------------ what hidden cells become


def test_a_baseline_is_chosen_from_the_table(stage: Stage) -> None:
    hand = stage.open(selection={"bands": [{"op": "add", "rows": [0, 4], "columns": None}]})
    sentence = hand.root.get_by_role("button", name=re.compile("^Hidden cells become"))
    expect(sentence).to_contain_text("the median of their row")
    before = {name: hand.pixels(name) for name in ("occlusion", "gradient")}
    sentence.click()
    table = hand.root.get_by_role("dialog", name="What hidden cells become")
    expect(table.get_by_role("status")).to_contain_text("Asking the model")
    expect(table.locator("tbody")).to_have_count(4)
    expect(table.get_by_role("status")).to_be_hidden()
    expect(table.locator("tbody[data-on]")).to_contain_text("row median")
    row = table.locator("tbody").nth(1)
    expect(row).to_contain_text("12 %")
    expect(row).to_contain_text("the model still says bearing (0.97)")
    answers = len(stage.sent("whatif"))
    table.get_by_role("button", name="Hide by mean").focus()
    stage.page.keyboard.press("Enter")
    expect(table).to_have_count(0)
    expect(sentence).to_contain_text("Hidden cells become the mean of the matrix")
    assert [ask["baseline"] for ask in stage.sent("hide")] == [2]
    assert [ask["wanted"] for ask in stage.sent("compare")] == [True, False]
    stage.frames()
    assert len(stage.sent("whatif")) == answers + 1
    after = {name: hand.pixels(name) for name in before}
    assert after["occlusion"] != before["occlusion"]
    assert after["gradient"] == before["gradient"]
    hand.button("Undo").click()
    assert [ask["baseline"] for ask in stage.sent("restore")] == [0]


def test_a_table_that_fails_says_why_and_can_be_left(stage: Stage) -> None:
    hand = stage.open(kernel={"pace": 10_000})
    sentence = hand.root.get_by_role("button", name=re.compile("^Hidden cells become"))
    sentence.click()
    stage.reply(kind="compared", rows=[], total=0, reason="ValueError: the model is <b>gone</b>.")
    table = hand.root.get_by_role("dialog", name="What hidden cells become")
    expect(table.get_by_role("status")).to_have_text("ValueError: the model is <b>gone</b>.")
    stage.page.keyboard.press("Escape")
    expect(table).to_have_count(0)
    expect(sentence).to_be_focused()
    assert stage.sent("compare")[-1]["wanted"] is False


def test_what_speaks_against_the_baseline_stands_by_the_scores(stage: Stage) -> None:
    hand = stage.open()
    warning = "With everything hidden the model still says bearing (0.97)."
    stage.hides_nothing(warnings=[warning])
    expect(hand.root.locator(".hb-head")).to_contain_text(warning)
    stage.page.evaluate("stage.model.emit('comm:close')")
    sentence = hand.root.get_by_role("button", name=re.compile("^Hidden cells become"))
    expect(sentence).to_be_disabled()
    expect(sentence).to_be_visible()


def test_the_words_of_the_mock_are_those_of_the_kernel(stage: Stage) -> None:
    words = stage.page.evaluate("import('/mock_model.js').then(({ WORDS }) => WORDS)")
    assert words == list(NAMES)
