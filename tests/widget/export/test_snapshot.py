"""What stands in for a view: the picture's pixels, the numbers in words, and when it is made."""

from __future__ import annotations

import base64
import io
import re
import threading
from typing import Any
from unittest.mock import Mock

import numpy as np
import pytest
from PIL import Image, ImageColor

import heatbrush as hb
from heatbrush.export import page, snapshot, words
from heatbrush.export.pictures import picture, things
from heatbrush.export.pictures.shown import shown
from heatbrush.jobs.worker import Worker
from heatbrush_core.maps.colours import table

GUARD = 20.0


class Outputs:
    """What was displayed, in order: the bundle, its display id, and whether it is an update."""

    def __init__(self) -> None:
        self.all: list[tuple[dict[str, str], str, bool]] = []
        self.came = threading.Condition()

    def __call__(self, bundle: dict, *, raw: bool, display_id: str, update: bool) -> None:
        assert raw
        with self.came:
            self.all.append((bundle, display_id, update))
            self.came.notify_all()

    def until(self, count: int) -> None:
        with self.came:
            assert self.came.wait_for(lambda: len(self.all) >= count, GUARD)


@pytest.fixture
def outputs(monkeypatch: pytest.MonkeyPatch) -> Outputs:
    outputs = Outputs()
    monkeypatch.setattr(snapshot, "display", outputs)
    return outputs


def image_of(view: Any) -> np.ndarray:
    return np.asarray(Image.open(io.BytesIO(picture.png(shown(view._session)))).convert("RGB"))


def test_the_pixels_of_the_picture_are_the_cells_in_the_colours_of_the_view(make) -> None:
    """Both ends of the scale, zero, and a hatch where nothing was computed."""
    map = np.zeros((4, 10), "float32")
    map[1, 2], map[3, 7], map[0, 5] = 2.0, -2.0, np.nan
    view = make({"mine": [map] * 3})
    pixels = image_of(view)
    colours = table("blue-red light")
    top = pixels.shape[0] // 2 + picture.TITLE - 2
    width, height = picture.WIDTH - picture.GUTTER - picture.LEGEND, 130

    def middle(row: int, column: int) -> np.ndarray:
        at = picture.GUTTER + int((column + 0.5) * width / 10)
        return pixels[top + int((row + 0.5) * height / 4), at].astype(int)

    for cell, level in (((1, 2), 255), ((3, 7), 0), ((2, 2), 127)):
        assert np.abs(middle(*cell) - colours[level]).max() <= 6, cell
    view.options = {"beneath": True, "opacity": 1.0}
    over = image_of(view)
    view.options = {"beneath": False}
    view.options = {"flipped": True}
    turned = image_of(view)
    view.options = {"flipped": False}
    inside = slice(picture.GUTTER, picture.GUTTER + width)
    assert (turned[top : top + height, inside] == pixels[top : top + height, inside][::-1]).all()
    at = picture.GUTTER + int(2.5 * width / 10)
    strong = over[top + int(1.5 * height / 4), at].astype(int)
    assert np.abs(strong - colours[255]).max() <= 12
    assert (np.ptp(over[top + int(2.5 * height / 4), at : at + 200].astype(int), axis=1) <= 8).all()
    left = picture.GUTTER + int(5 * width / 10)
    missing = pixels[top + 4 : top + 26, left + 4 : left + 40].reshape(-1, 3)
    assert len(np.unique(missing, axis=0)) == 2
    view.selection = hb.Region.rectangle(1, 3, 2, 6)
    framed = image_of(view) != pixels
    assert framed.any(-1).sum() > 100
    assert not framed[:, : picture.GUTTER + int(2 * width / 10) - 1].any()


def test_things_have_marks_with_numbers(make) -> None:
    view = make(explainer=hb.Explainer(lambda X: X.astype(float), baseline=0.0))
    size = {"height": 2.0, "width": 3.0}
    point = {"height": None, "width": None, "score": 0.5, "angle": None, "outline": []}
    cross = {**point, "name": "eye", "kind": "landmark", "row": 1.0, "column": 7.0, "line": 1}
    box = {**point, **size, "name": "box", "kind": "box", "row": 2.5, "column": 2.0, "line": 0}
    plain = image_of(view)
    view.widget.sample = {**view.widget.sample, "things": [cross, box]}
    ink = np.array(ImageColor.getrgb(things.COLOURS["light"][0]))
    width, height = picture.WIDTH - picture.GUTTER - picture.LEGEND, 130

    def inked(row: float, column: float) -> bool:
        """Whether there is ink at a place, within two pixels."""
        x = picture.GUTTER + int((column + 0.5) * width / 10)
        y = picture.TITLE + int((row + 0.5) * height / 4)
        near = image[y - 2 : y + 3, x - 2 : x + 3].astype(int)
        return bool((np.abs(near - ink).max(-1) <= 6).any())

    image = image_of(view)
    assert inked(1, 7) and inked(1.5, 2) and inked(2.5, 3.5) and not inked(1, 9)
    changed = np.nonzero((image != plain).any((1, 2)))[0]
    assert changed.max() < picture.TITLE + height  # the map has none
    view.options = {"flipped": True}
    image = image_of(view)
    assert inked(2, 7) and inked(1.5, 2) and not inked(1, 7)
    view.options = {"things": "none", "flipped": False}
    assert (image_of(view) == plain).all()


def test_eight_noisy_maps_make_a_small_file_and_leave_no_figure(make) -> None:
    from matplotlib import pyplot

    rng = np.random.default_rng(0)
    X = rng.normal(size=(1, 64, 256)).astype("float32")
    maps = {f"map {n}": rng.normal(size=(64, 256)).astype("float32") for n in range(8)}
    before = pyplot.get_fignums()
    view = make(maps, X=X, explainer=None)
    now = shown(view._session)
    bundle = snapshot._pictured(now)
    assert sum(map(len, bundle.values())) < 100_000
    assert len(base64.b64decode(bundle["image/png"])) <= picture.MOST_BYTES
    assert pyplot.get_fignums() == before


def test_the_words_name_the_question_the_scores_and_the_strongest_lines(make) -> None:
    map = np.zeros((4, 10), "float32")
    map[:, 3], map[2] = -5.0, 1.0
    view = make({"<b>mine</b>": [map] * 3}, y=[0, 1, 0], sample=1)
    view.selection = hb.Region.columns(0, 5)
    view._session.answered.complete()
    now = shown(view._session)
    said = words.sentence(now)
    assert said.startswith("Sample 1 of 3, 4 × 10 cells; explained: right; predicted: right; truth")
    assert said.endswith("selected: columns 0–4.")
    scores, profiles = words.tables(now)
    assert scores.head == ["score", "all", "without selection", "only selection"]
    answered, every = view.widget.answered, view.widget.scores["all"]
    for line, index in zip(scores.lines, (1, 0), strict=True):
        values = every[index], answered["without"][index], answered["only"][index]
        assert line == [("left", "right")[index], *(f"{value:.3g}" for value in values)]
    assert profiles.lines[0][1].startswith("2 +10, 0 -5")
    assert profiles.lines[0][2].startswith("3 -14, 0 +1")
    text = words.as_html(now)
    assert "&lt;b&gt;mine&lt;/b&gt;" in text and "<b>" not in text
    view.selection = hb.Region.rows(0, 1)
    assert words.tables(shown(view._session))[0].head == ["score", "all"]


def test_scores_that_hardly_differ_have_the_digits_that_tell_them_apart() -> None:
    assert words._together([0.6300012, 0.6303, None]) == ["0.63", "0.6303", "–"]
    assert words._together([0.5, 0.5, 0.25]) == ["0.5", "0.5", "0.25"]
    assert words._together([0.6300012, 0.6300012]) == ["0.63", "0.63"]
    assert words._together([1.60302e-7, 1.60301e-7]) == ["1.60302e-07", "1.60301e-07"]
    assert words._together([0.37000001, 0.37]) == ["0.37", "0.37"]


def test_a_name_that_is_read_from_the_right_moves_no_number(make) -> None:
    """Such a name is isolated, no sign turns round what follows it, and columns stay aligned."""
    names = ("שמאל", "\u202eright\u2069")
    explainer = hb.Explainer(make().explainer.model, classes=names, rows=["שורה", "b", "c", "d"])
    map = np.zeros((4, 10), "float32")
    map[0, 0], map[1, 1] = -2, 1
    view = hb.compare(explainer, np.ones((4, 10), "float32"), methods={"mine": map})
    view.wait(GUARD)
    text = words.as_text(shown(view._session), "")
    assert "\u2068שורה\u2069 -2, b +1" in text
    scores = {line.split()[0]: line for line in text.split("\n\n")[1].splitlines()[1:]}
    assert sorted(scores) == ["right", "\u2068שמאל\u2069"]
    starts = {name: line.rindex("  ") for name, line in scores.items()}
    assert starts["right"] + 2 == starts["\u2068שמאל\u2069"]
    assert words.as_html(shown(view._session)).count('dir="ltr"') == 3
    view.close()


def test_what_changes_is_drawn_together_once_the_work_ends(make, model, outputs) -> None:
    """Displayed at once; then one picture, however much changed; the view's output is left."""
    model.gate.clear()
    view = make(["occlusion", "gradient"], worker=Worker)
    view._snapshot.show()
    first, name, update = outputs.all[0]
    assert (name, update) == (view.widget.snapshot, False)
    assert first["text/plain"] == snapshot.WAITING
    assert f"heatbrush-snapshot-{name}" in first["text/html"]
    view.selection = hb.Region.rows(0, 1)
    assert len(outputs.all) == 1
    model.gate.set()
    outputs.until(2)
    bundle, again, update = outputs.all[1]
    assert (again, update) == (name, True)
    assert set(bundle) == {"text/html", "text/plain", "image/png"}
    assert bundle["image/png"] in bundle["text/html"]
    assert re.search(r"^occlusion  ", bundle["text/plain"], re.M)


def test_wait_sends_it_again_from_the_cell_that_waits(make, outputs) -> None:
    """With the what-if of the selection, which no page asked; a closed view says no more."""
    view = make()
    view.wait()
    assert not outputs.all
    view._snapshot.show()
    assert "image/png" in outputs.all[0][0]
    view.selection = hb.Region.columns(0, 5)
    view.wait()
    assert "without selection" in outputs.all[-1][0]["text/plain"]
    count = len(outputs.all)
    view.wait()
    assert outputs.all[count][0] is outputs.all[count - 1][0]
    view.close()
    view.wait()
    assert len(outputs.all) == count + 1


def test_who_waits_for_the_last_job_has_the_picture_of_it(make, outputs, monkeypatch) -> None:
    """Not while others are waited for; where a page draws the view, the thread sends it."""
    monkeypatch.setattr(snapshot, "QUIET", 1000.0)  # the thread leaves it to who waits
    view, held = make(worker=Worker), threading.Event()
    view._snapshot.show()
    first = view.run("occlusion", panel="first", patch=(2, 2))
    view._session.worker.submit(("other",), lambda _job: held.wait(GUARD))
    first.wait(GUARD)
    assert len(outputs.all) == 1
    held.set()
    view.run("occlusion", panel="last", patch=(1, 2)).wait(GUARD)
    assert len(outputs.all) == 2
    assert re.search(r"^last  ", outputs.all[-1][0]["text/plain"], re.M)
    view._session.channel.heard()
    view.run("occlusion", panel="live", patch=(1, 5)).wait(GUARD)
    assert len(outputs.all) == 2


def test_a_page_of_its_own_or_nothing(make, outputs) -> None:
    view = make(snapshot="page")
    view._snapshot.show()
    frame = outputs.all[0][0]["text/html"]
    assert 'sandbox="allow-scripts' in frame and "srcdoc=" in frame
    assert "&lt;!doctype html&gt;" in frame and "<!doctype" not in frame
    assert make(snapshot=False)._snapshot is None
    with pytest.raises(ValueError, match=r'snapshot is "all", but True, False or "page"|\'all\''):
        make(snapshot="all")


def test_where_the_page_would_be_too_large_the_picture_says_so(make, outputs, monkeypatch) -> None:
    monkeypatch.setattr(page, "check_size", Mock(side_effect=ValueError("50 MB is too large.")))
    view = make(snapshot="page")
    view._snapshot.show()
    view.wait()
    for bundle in (outputs.all[0][0], outputs.all[-1][0]):
        assert "A picture instead of the page: 50 MB is too large." in bundle["text/html"]
        assert "A picture instead of the page" in bundle["text/plain"]
        assert "image/png" in bundle and "srcdoc" not in bundle["text/html"]


def test_a_picture_that_cannot_be_drawn_says_why(make, outputs, monkeypatch) -> None:
    monkeypatch.setattr(picture, "png", lambda _shown: 1 / 0)
    view = make()
    view._snapshot.show()
    bundle = outputs.all[0][0]
    assert "The picture could not be drawn: ZeroDivisionError" in bundle["text/html"]
    assert "image/png" not in bundle and "occlusion" in bundle["text/plain"]


def test_no_thread_stays(make, model, outputs) -> None:
    """It ends when what was drawn is the newest, and at once when the view is closed."""
    model.gate.clear()
    view = make(worker=Worker)
    view._snapshot.show()
    thread = view._snapshot._thread
    model.gate.set()
    outputs.until(2)
    thread.join(GUARD)
    assert not thread.is_alive() and view._snapshot._thread is None
    model.gate.clear()
    view.sample = 1
    view.selection = hb.Region.rows(0, 1)
    thread = view._snapshot._thread
    view.close()
    thread.join(GUARD)
    assert not thread.is_alive()
    model.gate.set()


def test_the_widget_says_what_it_is_where_no_page_draws_it(make) -> None:
    said = make().widget._repr_mimebundle_()
    text = (said[0] if isinstance(said, tuple) else said)["text/plain"]
    assert text == "Maps over 4 × 10 cells, to be brushed in a notebook that runs."
