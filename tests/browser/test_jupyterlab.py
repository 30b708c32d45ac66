"""JupyterLab in Chromium: the loop from a cell to a brush, a rerun, a cancel and a reload."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import nbformat
import pytest
import soak
from playwright.sync_api import Page, expect

from browser import jupyter
from browser.conftest import Watch
from browser.hand import Hand
from browser.line import line
from browser.notebooks import COMPARE, MODEL, SHAPE

SUBSHELLS = "@jupyterlab/apputils-extension/kernels-settings"
# a run that starts once the line is cut, and says when its map is there
LATE = """
def late():
    while not pathlib.Path({cut!r}).exists():
        time.sleep(0.01)
    view.run("occlusion", panel="late")
    while "late" not in view.explanations:
        time.sleep(0.01)
    pathlib.Path({found!r}).touch()

threading.Thread(target=late, daemon=True).start()
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("lab")


@pytest.fixture(scope="module")
def lab(home: Path) -> Iterator[str]:
    """JupyterLab as it comes: comm messages over subshells."""
    with jupyter.server(home) as address:
        yield address


@pytest.fixture(scope="module")
def plain_lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Path]]:
    """JupyterLab without subshells, as older versions and other front ends are."""
    home = tmp_path_factory.mktemp("plain-lab")
    with jupyter.server(home, settings={SUBSHELLS: {"commsOverSubshells": "disabled"}}) as address:
        yield address, home


def opened(page: Page, address: str, home: Path, name: str, *cells: str) -> Hand:
    """A notebook with the NumPy model, its view shown by cell 1."""
    jupyter.write_notebook(home / "notebooks" / name, MODEL, COMPARE, *cells)
    jupyter.open_notebook(page, address, name)
    jupyter.run_cell(page, 0)
    jupyter.run_cell(page, 1)
    hand = Hand(page)
    hand.expect_state("idle")
    expect(hand.panel("occlusion").locator("canvas")).to_be_visible()
    return hand


def run_example(page: Page, address: str, home: Path, name: str, question: str) -> int:
    """Run every cell of an example; returns the index of one more, which asks a question."""
    jupyter.copy_example(name, home / "notebooks")
    path = home / "notebooks" / name
    notebook = nbformat.read(path, as_version=4)
    notebook.cells.append(nbformat.v4.new_code_cell(question))
    nbformat.write(notebook, path)
    jupyter.open_notebook(page, address, name)
    for index, cell in enumerate(notebook.cells[:-1]):
        if cell.cell_type == "code":
            jupyter.run_cell(page, index, timeout=120_000)
    return len(notebook.cells) - 1


@pytest.mark.slow
def test_quickstart(page: Page, lab: str, home: Path, watch: Watch) -> None:
    """Run every cell, brush columns, read the selection in Python, rerun on it."""
    asked = "print(motion.selection, sorted(motion.explanations))"
    last = run_example(page, lab, home, "quickstart.ipynb", asked)
    hand = Hand(page, 1)
    hand.expect_state("idle", timeout=60_000)
    shape = (6, 100)
    hand.button("Columns").click()
    hand.drag("input", (2, 50), (3, 69), shape)
    hand.expect_status("120 cells")
    said = jupyter.run_cell(page, last)
    assert said.startswith("Region.columns(50, 70) "), said
    scores = hand.root.get_by_role("table", name=re.compile("scores", re.I))
    expect(scores).to_contain_text(re.compile(r"\d\.?\d* *.*\.\d\d"))
    before = hand.pixels("gradient")
    hand.choose("gradient")
    hand.goes("replace")
    hand.button("Run").click()
    expect(hand.panel("gradient")).to_contain_text("within the selection")
    hand.expect_state("idle")
    hand.expect_other_pixels("gradient", before)
    assert not jupyter.stray_messages(page)
    watch.assert_clean()


@pytest.mark.slow
def test_sensors(page: Page, lab: str, home: Path, watch: Watch) -> None:
    """Run every cell: sensors and moments are found, standing has none, the view has them.

    Then by hand: the table shows and selects, and so does a brush over two sensors' interaction.
    """
    asked = """
print(len(sensors) > 0, len(moments) > 1, len(nothing), view.selection)
print((moments["sufficiency"] > moments["necessity"]).all(), sensors["p"].max() <= 0.05)
"""
    last = run_example(page, lab, home, "sensors.ipynb", asked)
    hand = Hand(page)
    hand.expect_state("idle", timeout=60_000)
    said = jupyter.run_cell(page, last).splitlines()
    assert said[0].startswith("True True 0 Region.rows(") and said[1] == "True True", said
    assert (home / "notebooks" / "heatbrush-sensors.csv").read_text().startswith("axis,start,stop")
    found = hand.root.locator(".hb-runs tbody tr")
    found.first.hover()
    ghosts = hand.root.locator('.heatbrush-panel path.hb-ghost[d^="M"]')
    expect(ghosts).to_have_count(3)
    hand.root.get_by_role("combobox", name="Find runs of").select_option("columns")
    hand.button("Find runs").click()
    hand.expect_status("[2-9] runs found", timeout=60_000)
    found.nth(1).click()
    chip = hand.root.locator(".hb-chip")
    expect(chip).to_have_text(found.nth(1).locator(".hb-where").inner_text())
    page.get_by_role("tab", name="Interaction", exact=True).click()
    pairs = Hand(page, 1)
    expect(pairs.canvas("interaction")).to_be_visible(timeout=30_000)
    pairs.drag("interaction", (0, 2), (0.2, 2.2), (6, 6))  # inside one cell
    expect(chip.nth(0)).to_have_text("acc x")
    assert not jupyter.stray_messages(page)
    watch.assert_clean()


@pytest.mark.slow
def test_debugging(page: Page, lab: str, home: Path, watch: Watch) -> None:
    """Run every cell: the shortcut is ranked first, and is gone after the cure."""
    asked = """
ranked = [min(8, table["stop"][0]) - table["start"][0] >= 4 for table in firsts if len(table)]
print(len(ranked) >= 4, np.mean(ranked) >= 0.75, found["start"][0] < 3)
print(accuracy(cured, field.X, field.y) > accuracy(model, field.X, field.y) + 0.03)
print(after["changes"].mean() < 0.05 < before["changes"].mean())
"""
    last = run_example(page, lab, home, "debugging.ipynb", asked)
    Hand(page).expect_state("idle", timeout=60_000)
    said = jupyter.run_cell(page, last).split()
    assert said == ["True"] * 5, said
    assert not jupyter.stray_messages(page)
    watch.assert_clean()


@pytest.mark.slow
def test_methods(page: Page, lab: str, home: Path, watch: Watch) -> None:
    """Run every cell: both views show their maps, no method is missing, attributions hit."""
    asked = """
print(sorted(set(explainer.methods().index) - {each[0].method for each in found.values()}))
for panel in ["integrated_gradients", "deeplift", "lrp, epsilon_plus", "occlusion", "shapley"]:
    maps = np.stack([counted(panel, each) for each in found[panel]])
    share = (maps * truth[some]).sum() / maps.sum()
    print("hits" if share > 4 * truth[some].mean() else f"{panel}: only {share}")
"""
    last = run_example(page, lab, home, "methods.ipynb", asked)
    for index in range(2):
        Hand(page, index).expect_state("idle", timeout=60_000)
    assert jupyter.run_cell(page, last).splitlines() == ["[]", *["hits"] * 5]
    assert not jupyter.stray_messages(page)
    watch.assert_clean()


@pytest.mark.slow
def test_tour(page: Page, lab: str, home: Path, watch: Watch) -> None:
    """Run every cell: the panels, names and files are there, and both views of one say the same."""
    asked = """
print(*view.panels, *view.selections, sep="; ")
print(again.panels == view.panels, again.selections == view.selections, right.mean() > 0.9)
print(sorted(pair.explanations), len(runs) > 0)
"""
    last = run_example(page, lab, home, "tour.ipynb", asked)
    hands = [Hand(page, index) for index in range(3)]
    for hand in hands:
        hand.expect_state("idle", timeout=60_000)
    first, again, pair = hands
    for view in (first, again):
        expect(view.root.locator(".hb-chip")).to_have_text("2.0–3.9")
        expect(view.root.locator(".hb-named tbody tr")).to_have_count(2)
    expect(pair.root.get_by_role("table", name="Class scores")).to_contain_text("running · early")
    said = jupyter.run_cell(page, last).splitlines()
    names = ["occlusion", "closer", "occlusion - closer", "gradient", "distance"]
    assert said[0] == "; ".join([*names, "one second", "gyroscope"])
    assert said[1:] == ["True True True", "['early: gradient', 'trained: gradient'] True"]
    files = {path.name for path in (home / "notebooks").glob("heatbrush-tour*")}
    assert files == {f"heatbrush-tour{end}" for end in (".heatbrush", ".html", "-model.html")}
    assert not jupyter.stray_messages(page)
    watch.assert_clean()


def test_whatif_follows_the_brush(page: Page, lab: str, home: Path, watch: Watch) -> None:
    """Without the columns of class "left", class "right" wins; the numbers are the model's."""
    hand = opened(page, lab, home, "whatif.ipynb")
    hand.button("Columns").click()
    hand.drag("input", (3, 0), (3, 9), SHAPE)
    row = hand.root.get_by_role("row", name=re.compile("^left"))
    expect(row).to_contain_text(".88")
    expect(row).to_contain_text(".12")
    expect(row).to_contain_text(".98")
    watch.assert_clean()


def test_python_and_the_brush_share_one_selection(page: Page, lab: str, home: Path) -> None:
    setting = "view.selection = hb.Region.rows(2, 4) | hb.Region.columns(30, 35)"
    hand = opened(page, lab, home, "selection.ipynb", setting, "print(view.selection)")
    jupyter.run_cell(page, 2)
    hand.expect_status(f"{2 * 40 + 6 * 5} cells")
    hand.button("Rows").click()
    hand.drag("input", (5, 3), (6, 8), SHAPE, hold="Shift")
    hand.expect_status(f"{4 * 40 + 4 * 5} cells")
    said = jupyter.run_cell(page, 3)
    assert said.strip() == "Region.rows(2, 4) | Region.columns(30, 35) | Region.rows(5, 7)"


@pytest.mark.parametrize("subshells", [True, False], ids=["subshells", "no subshells"])
def test_cancel_a_long_run(
    page: Page, lab: str, home: Path, plain_lab: tuple[str, Path], subshells: bool
) -> None:
    """Partial maps arrive, Cancel is answered at once, the earlier map is back, a rerun works."""
    address, folder = (lab, home) if subshells else plain_lab
    hand = opened(page, address, folder, "cancel.ipynb", "pause = 0.03", "pause = 0.01")
    before = hand.pixels("occlusion")
    jupyter.run_cell(page, 2)
    hand.button("Run").click()
    hand.expect_state("running")
    expect(hand.panel("occlusion")).to_contain_text(re.compile(r"[1-9]\d* %"))
    hand.expect_other_pixels("occlusion", before)
    hand.root.locator(".hb-run").get_by_role("button", name="Cancel").click()
    hand.expect_state("idle", timeout=2000)
    hand.expect_pixels("occlusion", before)
    jupyter.run_cell(page, 3)
    hand.button("Run").click()
    hand.expect_state("running")
    hand.expect_state("idle")
    hand.expect_pixels("occlusion", before)
    assert not jupyter.stray_messages(page)


def test_the_brush_is_answered_while_a_cell_runs(page: Page, lab: str, home: Path) -> None:
    hand = opened(page, lab, home, "busy.ipynb", "time.sleep(15); print('cell done')")
    hand.drag("input", (1, 1), (2, 2), SHAPE)
    row = hand.root.get_by_role("row", name=re.compile("^left"))
    expect(row.get_by_role("cell").last).not_to_have_text("–")
    jupyter.start_cell(page, 2)
    hand.button("Columns").click()
    hand.drag("input", (3, 0), (3, 9), SHAPE)
    expect(row).to_contain_text(".12", timeout=10_000)
    assert "cell done" not in jupyter.printed(page, 2)


def test_a_reload_finds_the_view_intact(page: Page, lab: str, home: Path) -> None:
    hand = opened(page, lab, home, "reload.ipynb")
    hand.button("Columns").click()
    hand.drag("input", (3, 0), (3, 9), SHAPE)
    hand.expect_status("80 cells")
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    maps = {name: hand.pixels(name) for name in ("input", "occlusion")}
    page.reload()
    page.wait_for_function(jupyter.IDLE, timeout=60_000)
    hand = Hand(page)
    hand.expect_status("80 cells")
    for name, pixels in maps.items():
        hand.expect_pixels(name, pixels)
    hand.goes("replace")
    hand.button("Run").click()
    expect(hand.panel("occlusion")).to_contain_text("within the selection")
    hand.expect_state("idle")


def test_keys_go_to_the_view_and_not_to_the_notebook(page: Page, lab: str, home: Path) -> None:
    beside = """
from ipywidgets import HBox, Label
HBox([Label("left"), hb.compare(explainer, x).widget])
"""
    hand = opened(page, lab, home, "keys.ipynb", beside)
    count = page.locator(".jp-Cell").count()
    hand.panel("input").focus()
    for key in ("a", "m", "y", "x", "b", "ArrowDown", "ArrowRight", "c", "Space"):
        page.keyboard.press(key)
    expect(hand.root.locator(".hb-chip")).to_have_count(1)
    # a press beside the controls is in the view, and a pointer that moves over a map points at it
    hand.root.locator(".heatbrush-status").click()
    for key in ("d", "d", "x", "r"):
        page.keyboard.press(key)
    expect(hand.button("Rows")).to_have_attribute("aria-pressed", "true")
    page.locator(".jp-Cell .jp-InputPrompt").nth(2).click()
    page.mouse.move(*hand.point("occlusion", 2, 3, SHAPE))
    page.mouse.move(*hand.point("occlusion", 3, 4, SHAPE), steps=3)
    page.keyboard.press("c")
    expect(hand.button("Columns")).to_have_attribute("aria-pressed", "true")
    assert page.locator(".jp-Cell").count() == count
    assert page.locator(".jp-CodeCell").count() == count
    page.keyboard.press("Control+s")
    page.wait_for_function("() => !window.jupyterapp.shell.currentWidget.context.model.dirty")
    jupyter.run_cell(page, 2)
    beside = Hand(page, 1)
    beside.expect_state("idle")
    assert beside.root.bounding_box()["width"] > 400


def test_errors_show_in_the_panel_and_nowhere_else(page: Page, lab: str, home: Path) -> None:
    broken = "def model_fails(batch): raise RuntimeError('out of cheese')\nexplainer.model"
    hand = opened(page, lab, home, "error.ipynb", broken, "view.run('gradient')")
    occlusion = hand.pixels("occlusion")
    jupyter.run_cell(page, 3)
    panel = hand.panel("gradient")
    expect(panel).to_contain_text("gradient")
    expect(panel).to_contain_text("occlusion")
    hand.expect_state("error")
    assert hand.pixels("occlusion") == occlusion
    assert not jupyter.stray_messages(page)


def test_a_saved_notebook_shows_its_maps_where_no_kernel_has_them(
    page: Page, lab: str, home: Path, watch: Watch
) -> None:
    """Live, the picture is hidden and its updates leave the view alone; reopened, it is seen."""
    cell = "view.selection = hb.Region.columns(0, 10)\nview.wait()"
    hand = opened(page, lab, home, "saved.ipynb", cell)
    jupyter.check_snapshot_is_hidden(page, hand)
    jupyter.run_cell(page, 2)
    jupyter.check_snapshot_is_hidden(page, hand)
    page.evaluate("() => window.jupyterapp.commands.execute('docmanager:save')")
    assert (home / "notebooks" / "saved.ipynb").stat().st_size < 100_000
    page.evaluate(jupyter.SHUT_DOWN)
    hand.expect_state("disconnected", timeout=5000)
    hand.expect_status("^The kernel is gone")
    watch.assert_clean()
    jupyter.open_notebook(page, lab, "saved.ipynb")
    jupyter.check_snapshot_is_seen(page)


def test_a_cut_line_is_told_and_nothing_is_lost(page: Page, lab: str, home: Path) -> None:
    """What is selected, and what the kernel found, while nobody could hear it is there after."""
    cut, found = home / "cut", home / "found"
    with line(lab) as wire:
        run = "view.run('gradient', panel='late'); import threading, pathlib"
        late = LATE.format(cut=str(cut), found=str(found))
        hand = opened(page, wire.address, home, "cut.ipynb", run, late, "print(view.selection)")
        jupyter.run_cell(page, 2)
        hand.drag("input", (1, 1), (2, 5), SHAPE)
        row = hand.root.get_by_role("row", name=re.compile("^left"))
        expect(row.get_by_role("cell").last).not_to_have_text("–")
        jupyter.run_cell(page, 3)
        # JupyterLab tells it, too, in a dialog over everything
        page.add_style_tag(content=".jp-Dialog { display: none !important }")
        wire.cut()
        hand.expect_state("disconnected", timeout=5000)
        hand.expect_status("^The kernel cannot be reached")
        hand.button("Columns").click()
        hand.drag("input", (3, 0), (3, 9), SHAPE)
        expect(row.get_by_role("cell").last).to_have_text("–")
        cut.touch()
        while not found.exists():  # its map is there before anybody can hear of it
            page.wait_for_timeout(50)
        wire.mend()
        hand.expect_state("idle", timeout=30_000)
        expect(hand.canvas("late")).to_be_visible()
        expect(row).to_contain_text(".12", timeout=15_000)
        assert jupyter.run_cell(page, 4).strip() == "Region.columns(0, 10)"


# the axes of the first and of the last figure against the map and the view
FITS = """() => {
  const box = (element) => element.getBoundingClientRect();
  const plots = [...document.querySelectorAll(".hb-figures .plotarea_events")].map(box);
  const view = document.querySelector(".heatbrush");
  const map = box(view.querySelector("canvas.heatbrush-map"));
  const right = box(view).right - 5;
  const lines = plots.filter(({ top }) => Math.abs(top - plots.at(-1).top) < 2);
  return Math.abs(plots[0].left - map.left) <= 2 && Math.abs(lines.at(-1).right + 12 - right) <= 3;
}"""


def test_bqplot_brush_is_the_same_selection(page: Page, lab: str, home: Path) -> None:
    hand = opened(page, lab, home, "charts.ipynb", "print(view.selection)")
    expect(page.get_by_role("tab", name="Classes", exact=True)).to_be_visible()
    expect(page.locator(".bqplot")).to_have_count(0)  # seen by its title, made when it is opened
    page.get_by_role("tab", name="Profiles", exact=True).click()
    chart = page.locator(".bqplot").first
    chart.scroll_into_view_if_needed()
    box = chart.locator("svg .plotarea_events").first.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + box["height"] / 2)
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + box["height"] / 2, steps=8)
    page.mouse.up()
    hand.expect_status(r"\d+ cells")
    said = jupyter.run_cell(page, 2)
    assert re.match(r"Region\.columns\(1[0-3], 2[3-6]\)", said), said
    # the figures begin where the maps do, end where the view does, and follow it
    for width in (1500, 1000, 1300):
        page.set_viewport_size({"width": width, "height": 1100})
        page.wait_for_function(FITS, timeout=10_000)
    page.get_by_role("tab", name="Agreement", exact=True).click()
    expect(chart).to_be_hidden()


def test_a_long_session_leaves_nothing_over(page: Page, lab: str, home: Path, watch: Watch) -> None:
    """A few of each of what `make soak` does a thousand times; few widgets before a chart opens."""
    jupyter.write_notebook(home / "notebooks" / "soak.ipynb", *soak.CELLS)
    jupyter.open_notebook(page, lab, "soak.ipynb")
    found = soak.soak(page, soak.SHORT)
    assert soak.left_over(found, soak.SHORT) == {}
    assert found["widgets"]["at first"] <= 15 < found["widgets"]["with every chart open"]
    watch.assert_clean()
