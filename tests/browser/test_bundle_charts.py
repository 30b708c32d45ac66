"""The strip of the charts in Chromium: tabs, controls and legends, by hand, by keys, and alone."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from browser.conftest import Watch
from browser.stage import Stage

SHOW = """async ([rows, opened, live]) => {
  const { default: bundle } = await import("/charts.js");
  const { MockModel } = await import("/mock_model.js");
  const box = document.createElement("div");
  box.className = "heatbrush-charts";
  const home = document.createElement("div");
  box.append(home);
  for (const index of [0, 1, 2]) {
    const page = document.createElement("div");
    page.className = `hb-page hb-page-${index}`;
    page.textContent = `figures ${index}`;
    box.append(page);
  }
  document.getElementById("here").append(box);
  const titles = ["Profiles", "Curves", "Classes"];
  const model = new MockModel({ protocol: 3, panels: [], titles, opened, rows });
  const answers = new Set(live ? ["hello", "ping"] : []);
  const send = model.send.bind(model);
  model.send = (message) => {
    send(message);
    if (answers.has(message.kind)) model.reply({ kind: "alive" });
  };
  window.strip = { model, end: bundle.render({ model, el: home }), answers };
}"""
SAID = "Brush <b>deletion</b>."
CURVES = [
    {
        "label": "",
        "items": [
            {
                "kind": "choice",
                "key": "by",
                "label": "by",
                "options": ["cells", "rows"],
                "chosen": 0,
            },
            {"kind": "button", "key": "go", "text": "Compute", "tip": "", "main": True},
            {
                "kind": "work",
                "key": "cancel curves",
                "done": None,
                "said": SAID,
            },
        ],
    },
    {
        "label": "Deletion",
        "items": [
            {
                "kind": "entry",
                "colour": "#b35a00",
                "dash": "dashed",
                "text": "rise",
                "value": ".0004",
                "button": None,
            },
            {"kind": "text", "text": "a small area is good"},
        ],
    },
]

Open = Callable[..., Locator]


@pytest.fixture
def strip(page: Page, watch: Watch) -> Open:
    """Show a strip of three tabs; returns its root."""

    def show(rows: Any = ((), CURVES, ()), opened: int | None = None, live: bool = True) -> Locator:
        page.evaluate(SHOW, [list(map(list, rows)), opened, live])
        return page.locator(".hb-strip")

    Stage(page)
    yield show
    watch.assert_clean()


def sent(page: Page, *kinds: str) -> list[dict[str, Any]]:
    return page.evaluate(
        "(kinds) => strip.model.sent.filter(({ kind }) => kinds.includes(kind))", list(kinds)
    )


def change(page: Page, name: str, value: Any) -> None:
    page.evaluate("([name, value]) => strip.model.change(name, value)", [name, value])


def tabs(root: Locator) -> list[str | None]:
    found = root.get_by_role("tab").all()
    return [each.get_attribute("aria-selected") for each in found]


def test_a_tab_opens_at_once_and_shows_its_controls_and_its_figures(page: Page, strip) -> None:
    root = strip()
    assert tabs(root) == ["false"] * 3 and root.get_by_role("tabpanel").count() == 0
    expect(page.get_by_text("figures 1")).to_be_hidden()
    root.get_by_role("tab", name="Curves", exact=True).click()
    assert tabs(root) == ["false", "true", "false"]
    assert sent(page, "open") == [{"kind": "open", "tab": 1}]
    panel = root.get_by_role("tabpanel", name="Curves", exact=True)
    expect(panel).to_contain_text(SAID)  # text is text
    expect(panel).to_contain_text("rise.0004")
    expect(page.get_by_text("figures 1")).to_be_visible()
    expect(page.get_by_text("figures 0")).to_be_hidden()
    tab = root.get_by_role("tab", name="Curves", exact=True)
    assert tab.get_attribute("aria-controls") == panel.get_attribute("id")
    change(page, "opened", 0)  # by Python, or on another page
    assert tabs(root) == ["true", "false", "false"]
    expect(page.get_by_text("figures 0")).to_be_visible()


def test_keys_go_along_the_tabs_and_open_one(page: Page, strip) -> None:
    root = strip(opened=1)
    page.keyboard.press("Tab")
    focused = page.locator(":focus")
    expect(focused).to_have_text("Curves")  # the open one, and no other, is in the order
    for key, title in (
        ("ArrowRight", "Classes"),
        ("ArrowRight", "Profiles"),
        ("ArrowLeft", "Classes"),
        ("Home", "Profiles"),
        ("End", "Classes"),
    ):
        page.keyboard.press(key)
        expect(focused).to_have_text(title)
    assert sent(page, "open") == []
    page.keyboard.press("Enter")
    assert sent(page, "open") == [{"kind": "open", "tab": 2}]
    assert focused.evaluate("(tab) => getComputedStyle(tab).outlineStyle") == "solid"
    page.keyboard.press("Home")
    root.get_by_role("tab", name="Profiles", exact=True).evaluate("(tab) => tab.blur()")
    order = [each.get_attribute("tabindex") for each in root.get_by_role("tab").all()]
    assert order == ["-1", "-1", "0"]


def test_controls_say_what_the_reader_asks_and_keep_the_focus(page: Page, strip) -> None:
    root = strip(opened=1)
    by = root.get_by_role("combobox", name="by", exact=True)
    by.select_option("rows")
    assert sent(page, "choose") == [{"kind": "choose", "tab": 1, "key": "by", "option": 1}]
    root.get_by_role("button", name="Compute", exact=True).click()
    assert sent(page, "press") == [{"kind": "press", "tab": 1, "key": "go"}]
    expect(root.get_by_role("progressbar")).to_have_count(0)
    busy = [{**CURVES[0], "items": [*CURVES[0]["items"][:2], {**CURVES[0]["items"][2]}]}]
    busy[0]["items"][2] |= {"done": 0.25, "said": "Computing …"}
    change(page, "rows", [[], [*busy, CURVES[1]], []])
    bar = root.get_by_role("progressbar", name="Done")
    assert bar.evaluate("(bar) => bar.value") == 0.25
    cancel = root.get_by_role("button", name="Cancel", exact=True)
    cancel.focus()
    page.keyboard.press("Enter")
    assert sent(page, "press")[-1] == {"kind": "press", "tab": 1, "key": "cancel curves"}
    by.focus()
    change(page, "rows", [[], CURVES, []])
    expect(by).to_be_focused()
    expect(root.get_by_role("status")).to_have_text(SAID)
    page.evaluate("strip.model.reply({ kind: 'refused', sentence: 'No.' })")
    expect(root.get_by_role("alert")).to_have_text("No.")


def test_without_a_kernel_what_is_there_can_be_read_and_nothing_asked(page: Page, strip) -> None:
    page.clock.install()
    root = strip(opened=0, live=False)
    page.clock.run_for(3000)
    choice = root.get_by_role("combobox", name="by", exact=True)
    root.get_by_role("tab", name="Curves", exact=True).click()
    expect(choice).to_be_disabled()
    expect(choice).to_have_attribute("title", re.compile("^The kernel does not answer"))
    expect(page.get_by_text("figures 1")).to_be_visible()
    shut = root.get_by_role("tab", name="Classes", exact=True)
    assert shut.get_attribute("aria-disabled") == "true"
    shut.click(force=True)
    assert tabs(root) == ["false", "true", "false"]
    page.evaluate("strip.answers.add('hello'); strip.model.reply({ kind: 'alive' })")
    expect(choice).to_be_enabled()


@pytest.mark.parametrize("width", [360, 600, 2000])
def test_nothing_is_wider_than_the_page_and_all_stands_on_the_edge_of_the_maps(
    page: Page, strip, width: int
) -> None:
    page.set_viewport_size({"width": width, "height": 800})
    stage = Stage(page)
    hand = stage.open(width=width - 16)
    long = [{**each, "items": each["items"] * 4} for each in CURVES[1:]]
    root = strip(((), [*CURVES, *long], ()), opened=1)
    stage.frames()
    assert page.evaluate("document.documentElement.scrollWidth") <= width
    gutter = "(root) => getComputedStyle(root).getPropertyValue('--gutter')"
    assert root.evaluate(gutter) == hand.root.evaluate(gutter)
    tab = root.get_by_role("tab").first.locator("span").bounding_box()
    by = root.locator(".hb-items .hb-say").first.bounding_box()
    map = hand.canvas("input").bounding_box()
    assert tab and by and map
    assert abs(tab["x"] - map["x"]) <= 1 and abs(by["x"] - map["x"]) <= 1


@pytest.mark.parametrize("dark", [False, True])
def test_the_theme_is_that_of_the_page(page: Page, strip, dark: bool) -> None:
    page.evaluate("(dark) => { document.body.dataset.jpThemeLight = String(!dark) }", dark)
    root = strip(opened=1)
    tab = root.get_by_role("tab", name="Curves", exact=True)
    ink = "rgb(236, 238, 240)" if dark else "rgb(26, 28, 31)"
    assert tab.evaluate("(tab) => getComputedStyle(tab).color") == ink
    mute = page.locator(".heatbrush-charts").evaluate(
        """(box) => {
          const probe = box.appendChild(document.createElement("i"));
          probe.style.color = "var(--chart-mute)";
          const { color } = getComputedStyle(probe);
          probe.remove();
          return color;
        }"""
    )
    assert mute == ("rgb(160, 167, 176)" if dark else "rgb(92, 99, 108)")


def test_a_strip_that_goes_leaves_no_listener(page: Page, strip) -> None:
    root = strip(opened=1)
    assert page.evaluate("strip.model.listening") > 0
    page.evaluate("strip.end()")
    assert page.evaluate("strip.model.listening") == 0
    expect(root).to_have_count(0)


def test_another_version_of_the_kernel_is_said(page: Page, strip) -> None:
    strip()
    page.evaluate(
        """async () => {
          const { default: bundle } = await import("/charts.js");
          const { MockModel } = await import("/mock_model.js");
          const home = document.getElementById("here").appendChild(document.createElement("div"));
          bundle.render({ model: new MockModel({ protocol: 1, panels: [] }), el: home });
        }"""
    )
    expect(page.get_by_role("alert").last).to_contain_text("restart the kernel")
