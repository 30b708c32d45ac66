"""Damaged and hostile files end in a sentence, and nothing that they claim is believed."""

import io
import json
import struct
import tracemalloc
import zipfile

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
import pytest
from sentences import refuses

from heatbrush_core.explanation.explanation import Explanation, load
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets import Class

matplotlib.use("Agg")

H, W = 3, 4
DAMAGED = ("is a damaged file of explanations", "a whole one is expected", "save it anew")
FOREIGN = ("is no explanation", "written by Explanation.save", "give the path")


@pytest.fixture(scope="module")
def members():
    made = Explanation(
        values=np.ones((H, W, 1)),
        method="occlusion",
        parameters={"patch": (3, None)},
        target=Class(1),
        score=1.5,
        within=Region.rows(0, 2),
        classes=("a", "b"),
    )
    file = io.BytesIO()
    made.save(file)
    file.seek(0)
    with np.load(file) as stored:
        return {name: stored[name] for name in stored.files}


def saved(path, members, text=None, **changed):
    """Write the members, with some changed, taken away (None) or added."""
    changed |= {} if text is None else {"heatbrush": np.array(text)}
    kept = {name: each for name, each in {**members, **changed}.items() if each is not None}
    np.savez_compressed(path, **kept)
    return path


def facts(members, **changed):
    return json.dumps({**json.loads(str(members["heatbrush"])), **changed})


def test_the_file_itself_is_read(tmp_path, members):
    assert load(saved(tmp_path / "map.npz", members)).score == 1.5


@pytest.mark.parametrize(
    "changed",
    [
        {"classes": "ab"},
        {"classes": ["a"]},
        {"classes": ["a", 2]},
        {"notes": [["a"]]},
        {"notes": None},
        {"target": [7]},
        {"target": [-1]},
        {"target": [1, 1]},
        {"target": []},
        {"target": 1},
        {"target": ["1"]},
        {"score": "1.5"},
        {"score": None},
        {"score": float("inf")},
        {"seconds": "long"},
        {"profile": "median"},
        {"method": 3},
        {"parameters": []},
        {"counting": "all"},
        {"conservation": [1]},
        {"within": {"bands": [{"op": "add", "rows": [0, 99], "columns": None}]}},
        {"within": {"bands": [{"op": "add"}]}},
        {"row_axis": {"name": "rows", "labels": ["0", "1"]}},
        {"row_axis": {"name": "rows", "labels": [0, 1, 2]}},
        {"column_axis": {"name": None, "labels": list("abcd")}},
        {"column_axis": None},
        {"format": 0},
        {"format": True},
        {"unknown": 1},
    ],
    ids=lambda changed: ",".join(changed),
)
def test_a_record_of_the_wrong_kind_or_length_is_damaged(tmp_path, members, changed):
    with refuses(ValueError, *DAMAGED):
        load(saved(tmp_path / "map.npz", members, facts(members, **changed)))


@pytest.mark.parametrize(
    "text", ["{", '{"format": 1, "a": ' + "[" * 100_000, '{"format": 1, "b": ' + "9" * 5000 + "}"]
)
def test_what_is_no_json_or_never_ends_is_damaged(tmp_path, members, text):
    with refuses(ValueError, *DAMAGED):
        load(saved(tmp_path / "map.npz", members, text))


@pytest.mark.parametrize(
    "changed",
    [
        {"values": np.ones((H, W))},
        {"values": np.ones((0, W, 1))},
        {"values": np.full((H, W, 1), "1")},
        {"values": None},
        {"map": np.ones((W, H))},
        {"map": None},
        {"row_values": np.arange(2.0)},
        {"row_values": np.full(H, np.inf)},
        {"column_values": np.array(list("abcd"))},
        {"column_dates": np.arange(4.0)},
        {"standard_error": np.ones(3)},
        {"row_errors": np.ones(W)},
        {"map": np.full((H, W), np.inf)},
        {"column_dates": np.full(W, "NaT", "M8[s]")},
    ],
    ids=lambda changed: ",".join(changed),
)
def test_arrays_that_do_not_fit_each_other_are_damaged(tmp_path, members, changed):
    with refuses(ValueError, *DAMAGED):
        load(saved(tmp_path / "map.npz", members, **changed))


@pytest.mark.parametrize("shape", [(2**40, 1, 1), (-3, -4, 1), (10**30, 4, 1)])
def test_a_head_that_claims_more_than_there_is_is_not_believed(tmp_path, members, shape):
    path = saved(tmp_path / "map.npz", members, values=None)
    head = io.BytesIO()
    claim = {"descr": "<f4", "fortran_order": False, "shape": shape}
    np.lib.format.write_array_header_2_0(head, claim)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("values.npy", head.getvalue() + bytes(48))
    with refuses(ValueError, *DAMAGED):
        load(path)


def test_a_head_of_an_unknown_version_is_damaged(tmp_path, members):
    path = saved(tmp_path / "map.npz", members, values=None)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("values.npy", b"\x93NUMPY\x09\x00v\x00" + bytes(118))
    with refuses(ValueError, *DAMAGED):
        load(path)


def test_what_nobody_needs_is_not_read(tmp_path, members):
    path = saved(tmp_path / "map.npz", members, spare=np.zeros(2**23))
    tracemalloc.start()
    try:
        load(path)
        assert tracemalloc.get_traced_memory()[1] < 2**23
    finally:
        tracemalloc.stop()


def test_a_cut_or_changed_file_is_damaged(tmp_path, members):
    path = saved(tmp_path / "map.npz", members)
    whole = path.read_bytes()
    for content in (whole[: len(whole) // 2], whole[:-1], whole[:40] + b"\xff" * 9 + whole[49:]):
        path.write_bytes(content)
        with refuses(ValueError, *DAMAGED):
            load(path)


def test_every_changed_byte_ends_in_the_map_or_a_sentence(tmp_path, members):
    path = saved(tmp_path / "map.npz", members)
    whole, random = path.read_bytes(), np.random.default_rng(0)
    for _ in range(300):
        content = bytearray(whole)
        for place in random.integers(len(whole), size=random.integers(1, 4)):
            content[place] = random.integers(256)
        path.write_bytes(content)
        try:
            load(path)
        except ValueError as error:
            assert str(error).startswith(str(path)) and len(str(error)) < 600


def test_an_encrypted_or_strange_zip_is_something_else(tmp_path, members):
    path = saved(tmp_path / "map.npz", members)
    content = bytearray(path.read_bytes())
    at = 0
    while (at := content.find(b"PK\1\2", at)) >= 0:  # the flags in the list of contents
        flags = struct.unpack_from("<H", content, at + 8)[0]
        struct.pack_into("<H", content, at + 8, flags | 1)
        at += 4
    path.write_bytes(content)
    with refuses(ValueError, "as it is encrypted", FOREIGN[1], FOREIGN[2]):
        load(path)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("heatbrush.npy", b"text")
    with refuses(ValueError, "NumPy does not use", FOREIGN[1], FOREIGN[2]):
        load(path)


def test_what_is_no_file_or_no_binary_one_is_refused():
    with refuses(TypeError, "file is 3", "an npz file", "give its path"):
        load(3)
    for odd in (io.StringIO("PK\3\4 text"), io.BytesIO(b""), io.BytesIO(b"x" * 1000)):
        with refuses(ValueError, "The file is no explanation", FOREIGN[1], FOREIGN[2]):
            load(odd)


def test_what_is_not_there_is_named_as_it_was_given(tmp_path):
    for nowhere in ("", "x" * 300, "a\0b"):
        with refuses(FileNotFoundError, "There is no file", "an npz file", "give the path"):
            load(nowhere)
    with refuses(FileNotFoundError, "There is no file", "none.npz;", "give the path"):
        load(tmp_path / "none.npz")
    (tmp_path / "folder").mkdir()
    with refuses(IsADirectoryError, "is a folder", "an npz file", "give its path"):
        load(tmp_path / "folder")


def test_the_panels_of_a_view_are_read_whole_or_not_at_all(tmp_path, members):
    def view(panels, *prefixes):
        about = json.dumps({"format": 1, "sample": 0, "panels": panels})
        inside = {f"{each}/{name}": part for each in prefixes for name, part in members.items()}
        path = tmp_path / "view.npz"
        np.savez_compressed(path, heatbrush=np.array(about), **inside)
        return path

    assert list(load(view({"a": "one", "b": "two"}, "a", "b"))) == ["one", "two"]
    for panels in ({"a": "one", "b": "one"}, {"a": "one", "c": "two"}, {"a": 1}, ["a"]):
        with refuses(ValueError, *DAMAGED):
            load(view(panels, "a", "b"))


def test_names_that_cannot_be_written_are_read_again(tmp_path):
    odd = Explanation.of(np.ones((2, 2)), "a\0\ud800", rows=["\ud800", "b"])
    made = Explanation(**{**odd.fields(), "parameters": {"word": "\udfff\0"}})
    made.save(tmp_path / "odd")
    found = load(tmp_path / "odd")
    assert found.method == "a\ufffd\ufffd" and found.row_axis.labels == ("\ufffd", "b")
    assert found.parameters == {"word": "\ufffd\0"}
    axes = found.plot(title="a\0b\ud800")
    axes.figure.canvas.draw()
    plt.close(axes.figure)
