"""Pictures of the quickstart in JupyterLab, light and dark, into docs/images/."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

import nbformat
from playwright.sync_api import Page, sync_playwright

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests"))

from browser import chromium, jupyter  # noqa: E402
from browser.hand import Hand  # noqa: E402

IMAGES = Path(__file__).parent / "images"
THEMES = {"light": "JupyterLab Light", "dark": "JupyterLab Dark"}


def shoot(page: Page, address: str, theme: str) -> None:
    """Run the quickstart, find runs and brush one in its second view, and take both views."""
    notebook = nbformat.read(ROOT / "examples" / "quickstart.ipynb", as_version=4)
    jupyter.open_notebook(page, address, "quickstart.ipynb")
    for index, cell in enumerate(notebook.cells):
        if cell.cell_type == "code":
            jupyter.run_cell(page, index, timeout=120_000)
    digits, motions = Hand(page), Hand(page, 1)
    motions.expect_state("idle", timeout=60_000)
    motions.button("Clear").click()
    motions.root.get_by_role("combobox", name="Find runs of").select_option("rows")
    motions.button("Find runs").click()
    motions.expect_status("runs? found", timeout=60_000)
    motions.drag("input", (1, 20), (1, 79), (6, 100))
    motions.expect_status("60 cells")
    page.mouse.move(5, 5)
    page.wait_for_timeout(600)
    motions.root.scroll_into_view_if_needed()
    motions.root.screenshot(path=IMAGES / f"quickstart-{theme}.png")
    digits.root.scroll_into_view_if_needed()
    digits.root.screenshot(path=IMAGES / f"digits-{theme}.png")


def main() -> None:
    """Take every picture."""
    IMAGES.mkdir(exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.FLAGS)
        for theme, name in THEMES.items():
            settings = {"@jupyterlab/apputils-extension/themes": {"theme": name}}
            with tempfile.TemporaryDirectory() as folder:
                home = Path(folder)
                jupyter.copy_example("quickstart.ipynb", home / "notebooks")
                page = browser.new_page(
                    viewport={"width": 1340, "height": 1400}, device_scale_factor=1.5
                )
                with jupyter.server(home, settings=settings) as address:
                    shoot(page, address, theme)
                page.close()
        browser.close()


if __name__ == "__main__":
    main()
