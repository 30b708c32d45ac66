"""The evidence in the page: Find runs, the table, and what its rows do to the maps."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, expect

from browser.hand import Hand
from browser.stage import Stage


def find(stage: Stage, **options) -> Hand:
    """A view whose table is there."""
    hand = stage.open(kernel={"pace": 10, "batches": 4}, **options)
    hand.button("Find runs").click()
    expect(rows(hand)).not_to_have_count(0)
    return hand


def rows(hand: Hand) -> Locator:
    return hand.root.locator(".hb-runs tbody tr")


def ghosts(hand: Hand) -> list[str]:
    """The dashed frames over each panel, as path data."""
    paths = hand.root.locator(".heatbrush-panel path.hb-ghost")
    return paths.evaluate_all("(paths) => paths.map((path) => path.getAttribute('d') ?? '')")


def test_find_runs_fills_the_table(stage: Stage) -> None:
    hand = find(stage)
    assert stage.sent("find") == [{"kind": "find", "axis": "columns", "parameters": {}}]
    table = hand.root.get_by_role("table", name="Runs found")
    heads = table.get_by_role("columnheader").all_inner_texts()
    assert heads == [
        "where",
        "found by",
        "necessity",
        "sufficiency",
        "elsewhere",
        "p",
        "cells",
    ]
    first = rows(hand).first.locator("td").all_inner_texts()
    assert first == ["", "24.00–29.25", "occlusion, lrp", ".48", ".59", "0 %", ".005", "440"]
    expect(hand.root.locator(".hb-about")).to_contain_text("199 background matrices")
    hand.expect_status("4 runs found, first 24.00–29.25")
    hand.expect_state("idle")


def test_hovering_or_focusing_a_row_shows_it_in_every_map(stage: Stage) -> None:
    hand = find(stage)
    assert set(ghosts(hand)) == {""}
    rows(hand).nth(1).hover()
    stage.frames()
    shown = ghosts(hand)
    assert len(shown) == 3 and len(set(shown)) == 1 and shown[0]
    assert stage.get("pointed")["bands"] == [{"op": "add", "rows": None, "columns": [54, 132]}]
    hand.canvas("input").hover()
    stage.frames()
    assert set(ghosts(hand)) == {""} and stage.get("pointed")["bands"] == []
    rows(hand).first.get_by_role("button").focus()
    stage.frames()
    assert len(set(ghosts(hand))) == 1 and ghosts(hand)[0] not in ("", shown[0])


def test_a_click_selects_and_shift_adds_and_takes_away(stage: Stage) -> None:
    hand = find(stage)
    rows(hand).first.locator(".hb-number").first.click()
    assert stage.bands == [("add", None, [96, 118])]
    expect(rows(hand).first).to_have_attribute("data-on", "")
    rows(hand).nth(2).click(modifiers=["Shift"])
    assert stage.bands == [("add", None, [96, 118]), ("add", None, [30, 46])]
    rows(hand).first.click(modifiers=["Shift"])
    assert stage.bands == [("add", None, [30, 46])]
    hand.button("Select 24.00–29.25").focus()
    stage.page.keyboard.press("Enter")
    assert stage.bands == [("add", None, [96, 118])]
    hand.button("Undo").click()
    assert stage.bands == [("add", None, [30, 46])]


def test_the_form_says_how_runs_are_searched(stage: Stage) -> None:
    hand = stage.open(kernel={"pace": 10, "batches": 4})
    hand.root.get_by_role("combobox", name="Find runs of").select_option("rows")
    hand.root.get_by_role("button", name=re.compile("^How runs are found")).click()
    form = hand.root.get_by_role("dialog")
    form.get_by_label("lines, at least").fill("0")
    expect(form.get_by_role("alert").filter(visible=True)).to_contain_text("at least 1")
    form.get_by_label("lines, at least").fill("2")
    stage.page.keyboard.press("Enter")
    expect(rows(hand)).not_to_have_count(0)
    assert stage.sent("find") == [{"kind": "find", "axis": "rows", "parameters": {"min_length": 2}}]
    expect(hand.button("How runs are found: 2 lines, at least")).to_be_visible()


def test_a_search_tells_how_far_it_is_and_can_be_cancelled(stage: Stage) -> None:
    hand = stage.open(kernel={"pace": 100, "batches": 50})
    hand.button("Find runs").click()
    hand.expect_state("running")
    expect(hand.root.locator(".hb-ask .hb-said")).to_have_text(re.compile(r"^\d+ %, .* left$"))
    hand.expect_status("Finding runs: ")
    stage.drag((5, 20), (8, 40))  # the brush is free meanwhile
    assert len(stage.bands) == 1
    evidence = hand.root.locator(".hb-evidence")
    evidence.get_by_role("button", name="Cancel").click()
    hand.expect_state("idle")
    assert [message["search"] for message in stage.sent("stop")] == [1]
    expect(hand.button("Find runs")).to_be_visible()


def test_nothing_found_and_failures_are_told_in_place_of_rows(stage: Stage) -> None:
    hand = stage.open()
    empty = {"search": 1, "axis": "columns", "runs": [], "about": "Nothing stands out."}
    empty |= {"score": "probability", "notes": []}
    stage.change("evidence", {**empty, "failed": False})
    about = hand.root.locator(".hb-about")
    expect(about).to_have_text("Nothing stands out.")
    expect(hand.root.locator(".hb-runs")).to_be_hidden()
    stage.change("evidence", {**empty, "about": "The model broke.", "failed": True})
    expect(about).to_have_attribute("data-tone", "bad")


def test_notes_stand_under_the_table_and_bars_follow_the_score(stage: Stage) -> None:
    hand = find(stage)
    found = stage.get("evidence")
    expect(hand.root.locator(".hb-note")).to_have_count(0)
    expect(rows(hand).nth(1)).to_contain_text("36 %")
    note = "Hiding as much elsewhere costs at least as much as hiding a–b (at 36 % of the places)."
    first = {**found["runs"][0], "necessity": 12.5, "sufficiency": 25.0}
    stage.change("evidence", {**found, "runs": [first], "score": "logit", "notes": [note]})
    expect(hand.root.locator(".hb-note")).to_have_text(note)
    head = hand.root.get_by_role("columnheader", name="necessity")
    expect(head).to_have_attribute("title", re.compile("^What the logit loses"))
    widths = (
        rows(hand)
        .locator(".hb-amount-bar")
        .evaluate_all("(bars) => bars.map((bar) => parseFloat(bar.getAttribute('width')))")
    )
    assert widths == [39.0, 78.0]  # the longer bar is the largest number


def test_names_are_text_and_a_saved_page_still_points_and_selects(stage: Stage) -> None:
    evil = '<img src=x onerror="document.title=1">'
    region = {"bands": [{"op": "add", "rows": [2, 4], "columns": None}]}
    run = {"region": region, "label": evil, "methods": ["lrp"], "necessity": None}
    run |= {"sufficiency": 0.2, "elsewhere": None, "p": None, "cells": 320}
    table = {"search": 1, "axis": "rows", "runs": [run], "about": "", "failed": False}
    table |= {"score": "probability", "notes": []}
    hand = stage.open(live=False, evidence=table)
    assert evil in rows(hand).inner_text() and "–" in rows(hand).inner_text()
    expect(hand.button("Find runs")).to_be_disabled()
    rows(hand).hover()
    stage.frames()
    assert all(ghosts(hand))
    rows(hand).click()
    assert stage.bands == [("add", [2, 4], None)]


def test_e_and_the_view_menu_put_it_away(stage: Stage) -> None:
    hand = stage.open()
    evidence = hand.root.locator(".hb-evidence")
    hand.panel("input").focus()
    stage.page.keyboard.press("e")
    expect(evidence).to_be_hidden()
    hand.button("View").click()
    hand.root.get_by_role("menuitemcheckbox", name="Evidence").click()
    expect(evidence).to_be_visible()


def test_a_matrix_without_a_model_is_maps_brush_and_status(stage: Stage) -> None:
    hand = stage.open("digits", ("occlusion",), bare=True, classes=[])
    expect(hand.panel("occlusion")).to_be_visible()
    for part in (".hb-head", ".hb-bar", ".hb-evidence", ".hb-more", ".hb-edge"):
        expect(hand.root.locator(part).first).to_be_hidden()
    assert hand.root.locator(".heatbrush-panel").count() == 1
    stage.drag((1, 2), (3, 4), name="occlusion")
    assert stage.bands == [("add", [1, 4], [2, 5])] and not stage.sent("whatif")
