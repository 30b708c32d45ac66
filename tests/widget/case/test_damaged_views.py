"""Files that are none, damaged or of a later release end in one sentence; new fields do not."""

from __future__ import annotations

import io
import json
import zipfile
from pathlib import Path

import numpy as np
import pytest
from sentences import refuses

import heatbrush as hb
from heatbrush.border import wire
from heatbrush.case import reading
from heatbrush.opening import load_view

STORED = Path(__file__).parent / "format-1.heatbrush"
NEWER = STORED.with_name("format-2.heatbrush")
DAMAGED = ("is a damaged file of a view", "a whole one is expected", "save it anew")
FOREIGN = ("is no file of a view", "view.save wrote", "give the path")


def members_of(path: Path) -> dict[str, bytes]:
    with zipfile.ZipFile(path) as stored:
        return {name: stored.read(name) for name in stored.namelist()}


@pytest.fixture(scope="module")
def members() -> dict[str, bytes]:
    return members_of(STORED)


@pytest.fixture
def written(tmp_path, members):
    """Write the stored file with some members changed, taken away (None) or added."""

    def write(said=None, members=members, **changed):
        manifest = {**json.loads(members["heatbrush.json"]), **(said or {})}
        parts = {**members, "heatbrush.json": json.dumps(manifest).encode(), **changed}
        path = tmp_path / "changed.heatbrush"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
            for name, content in parts.items():
                if content is not None:
                    file.writestr(name, content)
        return path

    return write


def array(values) -> bytes:
    file = io.BytesIO()
    np.save(file, values, allow_pickle=False)
    return file.getvalue()


def changed(said: dict, *path, to) -> dict:
    """The manifest's own field with something inside of it changed."""
    first, *rest = path
    top = json.loads(json.dumps(said[first]))
    if not rest:
        return {first: to}
    inner = top
    for step in rest[:-1]:
        inner = inner[step]
    inner[rest[-1]] = to
    return {first: top}


def test_the_file_itself_is_read(written) -> None:
    load_view(written()).close()


def test_other_kinds_of_files_are_told_apart(tmp_path, make) -> None:
    text = tmp_path / "notes.heatbrush"
    text.write_text("no zip")
    with refuses(ValueError, *FOREIGN):
        load_view(text)
    maps = make().save_npz(tmp_path / "maps")
    with refuses(ValueError, "it holds explanations: hb.load reads them", *FOREIGN[1:]):
        load_view(maps)
    with refuses(ValueError, "it holds a view: load_view opens it", "npz file", "give the path"):
        hb.load(STORED)
    with refuses(FileNotFoundError, "There is no file", "give the path", "a heatbrush file"):
        load_view(tmp_path / "none")
    (tmp_path / "folder.heatbrush").mkdir()
    with refuses(IsADirectoryError, "is a folder", "a heatbrush file of a view", "give its path"):
        load_view(tmp_path / "folder.heatbrush")


def test_a_file_that_is_cut_off_is_damaged(tmp_path) -> None:
    whole = STORED.read_bytes()
    for part in (0.3, 0.95):
        path = tmp_path / "cut.heatbrush"
        path.write_bytes(whole[: int(part * len(whole))])
        with refuses(ValueError, *DAMAGED):
            load_view(path)


def test_a_later_format_is_told(written) -> None:
    with refuses(ValueError, "has format 3", "reads formats up to 2", "update heatbrush"):
        load_view(written({"format": 3, "panels": "all new"}))


def test_what_a_later_release_adds_is_left_alone(written, members) -> None:
    said = json.loads(members["heatbrush.json"])
    said["panels"].insert(1, {"name": "twice", "kind": "film", "of": ["a", "b"]})
    said["panels"][0]["blinks"] = True
    path = written({**said, "layers": [{"x": 1}], "options": {**said["options"], "dots": 3}})
    view = load_view(path)
    try:
        assert list(view.explanations) == ["occlusion", "by hand"]
        assert view.widget.options == {**wire.OPTIONS, **said["options"]}
        assert any("twice is of a kind" in note for note in view.widget.notes)
    finally:
        view.close()


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("samples",), []),
        (("samples",), [7]),
        (("question", "sample"), 3),
        (("question", "target"), ["nobody"]),
        (("question", "target"), [5]),
        (("question", "baseline"), 9),
        (("truth",), [0, 1, 1]),
        (("truth",), [-1]),
        (("rows", "labels"), ["one"]),
        (("classes",), ["left"]),
        (("selection",), {"bands": [{"op": "add", "rows": [0, 99], "columns": None}]}),
        (("selection",), {"bands": "all"}),
        (("height",), "tall"),
        (("baselines",), []),
        (("baselines", 0, "value"), None),
        (("panels", 0, "maps", 0, "start"), "elsewhere/"),
        (("panels", 0, "maps", 0, "question", "sample"), 5),
        (("panels", 0, "method"), 3),
        (("panels", 1, "name"), "occlusion"),
        (("evidence", 0, "settings", "k"), -1),
        (("evidence", 0, "state", "runs", 0, "cells"), "many"),
        (("evidence", 0, "table", "runs", 0, "cells"), {"bands": [{"op": "no"}]}),
        (("evidence", 0, "table", "runs", 0, "numbers"), {}),
        (("evidence", 0, "table", "dtypes", "label"), "float64"),
        (("hidden", 0, "array"), "nowhere"),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(written, members, path, to) -> None:
    said = json.loads(members["heatbrush.json"])
    with refuses(ValueError, *DAMAGED):
        load_view(written(changed(said, *path, to=to)))


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("ids", "labels"), ["ada"]),
        (("ids", "labels"), ["ada", "ada"]),
        (("models",), ["before"]),
        (("models",), ["before", "before"]),
        (("models",), ["before", "since"]),
        (("further",), []),
        (("further", 0, "classes"), ["left", "up"]),
        (("further", 0, "classes"), ["left"]),
        (("panels", 0, "of"), None),
        (("panels", 0, "of"), ["before: fine", "gone"]),
        (("panels", 0, "of"), ["before: fine", "apart"]),
        (("panels", 0, "of"), ["mine", "mine"]),
        (("panels", 1, "maps"), []),
        (("panels", 2, "pinned", "sample"), 2),
        (("named", 0, "selection"), {"bands": []}),
        (("named", 0, "selection", "bands", 0, "columns"), [1, 9]),
        (("named_scores", 0, "array"), "scores"),
        (("whatifs", 0, "classes"), [0]),
        (("whatifs", 0, "classes"), [0, 1, 2, 4]),
        (("whatifs", 0, "columns", "edges"), [0, 2, 1, 3, 4]),
        (("whatifs", 0, "columns", "edges"), [0, 1, 2, 3, 5]),
        (("whatifs", 0, "columns", "array"), "whatifs/0/rows"),
    ],
)
def test_pins_names_and_models_that_do_not_fit_are_refused(written, path, to) -> None:
    newer = members_of(NEWER)
    said = json.loads(newer["heatbrush.json"])
    load_view(written(members=newer)).close()
    with refuses(ValueError, *DAMAGED):
        load_view(written({**said, **changed(said, *path, to=to)}, newer))


@pytest.fixture(scope="module")
def with_lines(tmp_path_factory) -> dict[str, bytes]:
    """The members of a view whose model found two things, and that was given a target."""
    decoder = hb.outputs.Heatmap(threshold=0.3, distance=1)
    explainer = hb.Explainer(lambda X: X.astype(float), baseline=0.0, outputs=decoder)
    X = np.zeros((1, 3, 6, 1))
    X[0, 1, 1], X[0, 1, 4] = 0.9, 0.5
    view = hb.compare(explainer, X, target=hb.targets.Location(0, 0), charts=False)
    try:
        view.selections["mine"] = hb.Region.columns(0, 2)
        view.wait()
        return members_of(view.save(tmp_path_factory.mktemp("lines") / "view"))
    finally:
        view.close()


@pytest.mark.parametrize(
    ("path", "to"),
    [
        (("samples",), []),
        (("samples",), [None]),
        (("given",), 2),
        (("decoder",), {"kind": "Heatmap", "threshold": "high"}),
        (("added",), [{"kind": "Nothing"}]),
        (("added",), []),
        (("samples", 0, "own"), 3),
        (("samples", 0, "names"), ["one", "two"]),
        (("samples", 0, "names"), ["one", "one", "two"]),
        (("samples", 0, "targets", 0), {"kind": "Thing"}),
        (("samples", 0, "marks", 0, "line"), 3),
        (("samples", 0, "marks", 0, "row"), "first"),
        (("samples", 0, "marks", 0, "kind"), "spot"),
        (("samples", 0, "by"), []),
        (("samples", 0, "by", 0, "classes"), ["one", "two", "three"]),
        (("samples", 0, "by", 0, "scores"), "samples/0/matrix"),
        (("samples", 0, "by", 0, "rivals"), 4),
    ],
)
def test_lines_that_do_not_fit_are_refused(written, with_lines, path, to) -> None:
    load_view(written(members=with_lines)).close()
    said = json.loads(with_lines["lines.json"])
    lines = json.dumps({**said, **changed(said, *path, to=to)}).encode()
    with refuses(ValueError, *DAMAGED):
        load_view(written(members={**with_lines, "lines.json": lines}))


@pytest.mark.parametrize(
    ("member", "content"),
    [
        ("samples/0/matrix.npy", None),
        ("samples/0/matrix.npy", array(np.zeros((3, 4)))),
        ("samples/0/matrix.npy", array(np.full((3, 4, 1), np.inf))),
        ("samples/0/matrix.npy", array(np.zeros((3, 4, 1), "U3"))),
        ("samples/0/matrix.npy", b"no array"),
        ("columns_values.npy", array(np.array([0, 1, 2, np.nan]))),
        ("scores.npy", array(np.zeros((1, 3)))),
        ("panels/0/0-0/map.npy", array(np.zeros((9, 9), "float32"))),
        ("panels/0/0-0/heatbrush.npy", array(np.array("{}"))),
        ("samples/0/hidden.npy", array(np.zeros((2, 4, 1), "float32"))),
        ("heatbrush.json", b"{"),
    ],
)
def test_members_that_do_not_fit_are_refused(written, member, content) -> None:
    with refuses(ValueError, *DAMAGED):
        load_view(written(**{member: content}))


def test_what_does_not_fit_the_memory_is_refused_before_it_is_read(written, monkeypatch) -> None:
    path = written()
    monkeypatch.setattr("heatbrush_core.holding.MOST", 1000)
    monkeypatch.setattr(reading.Reader, "_matrices", None)
    with refuses(ValueError, "needs 0 GiB at once", "are expected", "save fewer samples"):
        load_view(path)


def test_a_byte_that_changed_is_told_or_changes_nothing(tmp_path) -> None:
    """Each member has a checksum: none of them is shown with another content."""
    whole, random = bytearray(STORED.read_bytes()), np.random.default_rng(0)
    whole_map = np.zeros((3, 4), "float32")
    whole_map[:, :2] = np.float32(0.1)
    path = tmp_path / "changed.heatbrush"
    for place in random.integers(len(whole), size=60):
        other = bytearray(whole)
        other[place] ^= 1 << int(random.integers(8))
        path.write_bytes(other)
        try:
            view = load_view(path)
        except ValueError as error:
            assert path.name in str(error) and "\n" not in str(error)
        else:
            np.testing.assert_allclose(view.explanations["occlusion"].map, whole_map, atol=1e-6)
            view.close()
