"""axe-core over the main states of the view, light and dark: no violation of WCAG 2.2 A and AA."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from playwright.sync_api import Locator, Page, expect

import heatbrush as hb
from browser.conftest import Watch
from browser.hand import Hand
from browser.stage import Stage
from browser.test_bundle_charts import CURVES, SHOW
from heatbrush.jobs.worker import InlineWorker
from heatbrush.view import View

AXE = Path(__file__).parents[2] / "js" / "node_modules" / "axe-core" / "axe.min.js"
RUN = """async ({ within, over, dark }) => {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"];
  // the other theme has other colours, and nothing else
  const all = { include: [within ?? "html"] };
  if (dark) return told(await axe.run(all, { runOnly: ["color-contrast"] }));
  const how = { runOnly: tags, resultTypes: ["violations"] };
  const run = async (where, size) =>
    (await axe.run(where, { ...how, rules: { "target-size": { enabled: size } } })).violations;
  // what is typed in the menu "Colour limits", too: WCAG 2.2 asks no size of it
  const sized = { ...all, exclude: [".hb-ends-grip"] };
  // beneath an open menu controls are covered: their size is that without it
  const violations = over
    ? [...(await run(all, false)), ...(await run({ include: [over] }, true))]
    : [...(await run(all, false)), ...(await run(sized, true))];
  return told({ violations });
  function told({ violations }) {
    const why = ({ any, all, none }) => [...any, ...all, ...none].map(({ message }) => message);
    return violations.flatMap(({ id, nodes }) =>
      nodes.map((node) => `${id}: ${node.target}: ${why(node).join(" ")}`));
  }
}"""
BURST = {"op": "add", "rows": [5, 9], "columns": [96, 118]}
NAMED = [{"name": "burst", "selection": {"bands": [BURST]}}]


def violations(
    page: Page, dark: bool, within: str | None = None, over: str | None = None
) -> list[str]:
    """What breaks a rule within a part of the page; `over` is a menu that is open in it."""
    if not page.evaluate("'axe' in globalThis"):
        if not AXE.exists():
            pytest.fail(f"there is no {AXE}; `npm ci` in js installs it")
        page.evaluate(AXE.read_text("utf-8"))
    return page.evaluate(RUN, {"within": within, "over": over, "dark": dark})


def told(found: dict[str, list[str]]) -> str:
    return "\n".join(f"{state}: {each}" for state, said in found.items() for each in said)


def opened(hand: Hand) -> Locator:
    return hand.root.locator("[role=menu], [role=dialog], [role=listbox]")


def menu(name: str, *items: str) -> Callable[[Hand], None]:
    """Open a menu, and menus within it."""

    def act(hand: Hand) -> None:
        hand.root.get_by_role("button", name=re.compile(f"^{name}")).first.click()
        for item in items:
            hand.root.get_by_role("menuitem", name=re.compile(f"^{item}")).click()
        expect(opened(hand).first).to_be_visible()

    return act


def selected(hand: Hand) -> None:
    hand.drag("occlusion", (5, 96), (8, 117), (20, 160))
    said = hand.root.locator(".hb-scores tr[data-target] .hb-without")
    expect(said).to_have_text(re.compile(r"\d"))


STATES: dict[str, Callable[[Hand], None]] = {
    "first": lambda _: None,
    "selected": selected,
    "methods": lambda hand: hand.root.get_by_role("combobox", name="Method").click(),
    "form": menu("Parameters of occlusion"),
    "view menu": menu("View"),
    "colours": menu("View", "Colours"),
    "room": menu("View", "Room"),
    "beneath": menu("View", "Input beneath"),
    "selection menu": menu("Selection"),
    "keep": menu("Selection", "Keep"),
    "find a row": menu("Selection", "Find a row"),
    "panel menu": menu("Panel menu of occlusion"),
    "export": menu("Export"),
    "hidden cells": menu("Hidden cells become"),
    "sample finder": menu("Find a sample"),
    "enlarged": lambda hand: hand.panel("gradient").get_by_role("button", name="Enlarge").click(),
}


DIAL = {"what": "step", "name": "step 3", "at": 3, "count": 40}
OTHERS: dict[str, dict[str, Any]] = {
    "narrow": {"width": 360, "named": NAMED, "kernel": {"pace": 5}},
    "tall": {"kind": "tall"},
    "one row": {"kind": "row"},
    "channels": {"kind": "channels"},
    "no kernel": {"live": False, "named": NAMED},
    "things": {"things": "many", "width": 360},
    "output": {"returned": "two"},
    "boxes": {"things": "boxes"},
    "a dial": {"target": {"a": 1, "b": None, "given": True, "added": 3, "dial": DIAL}},
}


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_no_state_of_the_view_breaks_a_rule(stage: Stage, dark: bool) -> None:
    found = {}
    hand = stage.open(dark=dark, named=NAMED, kernel={"pace": 5, "names": True})
    for name, act in STATES.items():
        act(hand)
        stage.frames()
        over = ".hb-pop" if stage.page.locator(".hb-pop").count() else None
        if said := violations(stage.page, dark, "#here", over):
            found[name] = said
        while opened(hand).count():
            stage.page.keyboard.press("Escape")
    assert not found, told(found)


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
def test_other_views_and_the_charts_break_no_rule(stage: Stage, dark: bool) -> None:
    found = {}
    for state, how in OTHERS.items():
        stage.open(dark=dark, **how)
        stage.frames()
        found[state] = violations(stage.page, dark, "#here")
    stage.page.evaluate(SHOW, [[[], CURVES, []], 1, True])
    expect(stage.page.get_by_role("tabpanel")).to_be_visible()
    # its figures are bqplot's, and stand-ins here
    found["charts"] = violations(stage.page, dark, ".hb-strip")
    found = {state: said for state, said in found.items() if said}
    assert not found, told(found)


def halves(batch: np.ndarray) -> np.ndarray:
    return np.stack([batch[:, :, :6].mean((1, 2, 3)), batch[:, :, 6:].mean((1, 2, 3))], 1)


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A saved page of all samples with named selections, and the page about the model."""
    place = tmp_path_factory.mktemp("pages")
    X = np.random.default_rng(0).normal(size=(6, 6, 12)).astype("float32")
    explainer = hb.Explainer(halves, ["early", "late"], baseline=0, time="columns")
    view = View(explainer, X, ["occlusion"], ids=list("uvwxyz"), worker=InlineWorker)
    view.selections["start"] = hb.Region.columns(0, 4)
    view.selection = hb.Region.columns(0, 4)
    view.pin("occlusion")
    view.run("occlusion", patch=(1, 1)).wait()
    view.difference("occlusion", "occlusion 2")
    view.save_html(place / "saved", all_samples=True)
    view.close()
    hb.model_page(explainer, X, place / "model", np.arange(6) % 2)
    return place


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("name", ["saved", "model"])
def test_the_pages_break_no_rule(
    page: Page, pages: Path, watch: Watch, name: str, dark: bool
) -> None:
    page.emulate_media(color_scheme="dark" if dark else "light")
    page.goto((pages / f"{name}.html").as_uri())
    Hand(page).panel("occlusion").wait_for()
    for width in (360, 1280):
        page.set_viewport_size({"width": width, "height": 900})
        page.wait_for_timeout(100)
        found = violations(page, dark)
        assert not found, told({f"{width}": found})
    watch.assert_clean()
