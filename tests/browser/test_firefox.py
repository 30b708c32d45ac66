"""The offline page in a browser of another kind, where there is one."""

from __future__ import annotations

from pathlib import Path

import pytest

import heatbrush as hb
from browser import firefox
from browser.notebooks import MODEL

COLOURS = """[5, 25].map((column) => {
  const canvas = document.querySelector('[data-panel="occlusion"] canvas.heatbrush-map');
  const at = [canvas.width * (column + 0.5) / 40, canvas.height / 2].map(Math.round);
  return [...canvas.getContext("2d").getImageData(...at, 1, 1).data];
})"""
PLACE = """(({x, y, width, height}) => [x, y, width, height])(
  document.querySelector('[data-panel="input"] canvas.heatbrush-map').getBoundingClientRect()
)"""
COLUMNS = "[...document.querySelectorAll('button')].find((one) => one.innerText === 'Columns')"
SCORES = "document.querySelector('table.hb-scores').innerText"


def test_the_offline_page_in_firefox(tmp_path: Path) -> None:
    path = firefox.find()
    if path is None:
        pytest.skip(firefox.MISSING)
    known: dict = {}
    exec(MODEL, known)
    methods = [("occlusion", {"patch": (4, 4)})]
    view = hb.compare(known["explainer"], known["x"], methods, charts=False)
    view.selection = hb.Region.columns(0, 10)
    view.wait()
    page = view.save_html(tmp_path / "page.html")
    view.close()
    with firefox.started(path, tmp_path) as browser:
        browser.open(Path(page).as_uri())
        browser.until("document.querySelector('.heatbrush')?.dataset.state === 'saved'")
        browser.until(f"{SCORES}.includes('.12')")
        (red, _, blue, _), (other, _, more, _) = browser.run(COLOURS)
        assert red > blue and more > other
        x, y, width, height = browser.run(PLACE)
        cell = width / 40
        browser.run(f"{COLUMNS}.click()")
        browser.drag((x + 20.5 * cell, y + height / 2), (x + 24.5 * cell, y + height / 2))
        browser.until("document.querySelector('.hb-chip').innerText.includes('5.00–6.00')")
        assert not browser.complaints
