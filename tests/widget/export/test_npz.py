"""All explanations in one npz file."""

from __future__ import annotations

import errno
import io
import json
import os
from pathlib import Path

import numpy as np
import pytest

import heatbrush as hb
from heatbrush.export import npz

EVIL = "</script><script>alert(1)</script><!-- <b>{{bundle}}</b> & \"'"


def test_npz_holds_every_explanation_without_pickle(make, tmp_path: Path, samples) -> None:
    view = make({"coarse": "occlusion", "fine": ("occlusion", {"patch": (1, 1)})})
    view.sample = 1
    path = view.save_npz(tmp_path / "view.npz")
    with np.load(path, allow_pickle=False) as stored:
        arrays = {name: stored[name] for name in stored.files}
    about = json.loads(str(arrays["heatbrush"]))
    assert about == {
        "format": 1,
        "sample": 1,
        "panels": {"coarse": "coarse", "fine": "fine"},
    }
    np.testing.assert_array_equal(arrays["matrix"][..., 0], samples[1])
    for name, explanation in view.explanations.items():
        np.testing.assert_array_equal(arrays[f"{name}/map"], explanation.map)
        np.testing.assert_array_equal(arrays[f"{name}/values"], explanation.values)
        facts = json.loads(str(arrays[f"{name}/heatbrush"]))
        assert facts["method"] == "occlusion"


@pytest.mark.parametrize("name", [EVIL, "../../up", "..", ".", "a/b", "Größe", "occlusion 2"])
def test_a_panel_of_any_name_is_a_plain_entry(make, name) -> None:
    view = make({name: "occlusion"})
    content = npz.write(view.explanations, view._session.samples.matrices[0], 0)
    with np.load(io.BytesIO(content), allow_pickle=False) as stored:
        about = json.loads(str(stored["heatbrush"]))
        (prefix,) = about["panels"]
        assert about["panels"][prefix] == name
        assert stored[f"{prefix}/map"].shape == (4, 10)
    assert "/" not in prefix and "\\" not in prefix and prefix.strip(".")


@pytest.mark.parametrize("name", [EVIL, "../../up", "..", "a/b", "Größe", "occlusion 2"])
def test_load_gives_the_explanations_by_panel(make, tmp_path: Path, name) -> None:
    view = make({name: "occlusion", "fine": ("occlusion", {"patch": (1, 1)})})
    found = hb.load(view.save_npz(tmp_path / "view.npz"))
    assert list(found) == [name, "fine"]
    for panel, explanation in view.explanations.items():
        for field, value in explanation.fields().items():
            np.testing.assert_array_equal(found[panel].fields()[field], value)
        assert repr(found[panel]) == repr(explanation)
    with pytest.raises(ValueError, match="holds the 2 explanations of a view"):
        hb.Explanation.load(tmp_path / "view.npz")


def test_a_full_disk_leaves_the_good_file(make, tmp_path: Path, monkeypatch) -> None:
    view, full = make(), OSError(errno.ENOSPC, "No space left on device")
    pages = [view.save_html(tmp_path / "view"), view.save_npz(tmp_path / "view")]
    assert [path.name for path in pages] == ["view.html", "view.npz"]
    good = [path.read_bytes() for path in pages]

    def fail(_file: int) -> None:
        raise full

    monkeypatch.setattr(os, "fsync", fail)
    for save in (view.save_html, view.save_npz):
        with pytest.raises(OSError, match=r"view\.\w+ was not written, as the disk is full"):
            save(tmp_path / "view")
        with pytest.raises(IsADirectoryError, match="is a folder"):
            save(tmp_path)
    assert [path.read_bytes() for path in pages] == good
    assert sorted(os.listdir(tmp_path)) == ["view.html", "view.npz"]
