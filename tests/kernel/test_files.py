"""A file is written whole or not at all, and what cannot be written is told in a sentence."""

import errno
import os
import resource
from contextlib import contextmanager

import numpy as np
import pytest
from sentences import refuses

from heatbrush_core import files, synthetic
from heatbrush_core.explanation.explanation import Explanation


@contextmanager
def no_more_than(size):
    """Let no file grow beyond some bytes, as on a disk that is full."""
    kept = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, kept[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, kept)


def test_a_full_disk_leaves_the_old_file_and_nothing_beside(tmp_path):
    path = tmp_path / "map.npz"
    path.write_bytes(b"good")
    with no_more_than(1000), refuses(OSError, "map.npz was not written", "is full", "make room"):
        files.write(path, b"x" * 5000)
    assert path.read_bytes() == b"good" and os.listdir(tmp_path) == ["map.npz"]


def test_an_interrupt_leaves_the_old_file_and_nothing_beside(tmp_path):
    path = tmp_path / "map.npz"
    path.write_bytes(b"good")

    def interrupted(file):
        file.write(b"half")
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        files.write(path, interrupted)
    assert path.read_bytes() == b"good" and os.listdir(tmp_path) == ["map.npz"]


def test_what_was_written_is_there_with_the_permissions_of_the_old_one(tmp_path):
    path = tmp_path / "map.npz"
    files.write(path, b"one")
    umask = os.umask(0)
    os.umask(umask)
    assert path.stat().st_mode & 0o777 == 0o666 & ~umask
    path.chmod(0o640)
    assert files.write(path, lambda file: file.write(b"two")) == path
    assert path.read_bytes() == b"two" and path.stat().st_mode & 0o777 == 0o640


def test_a_link_stays_a_link_and_a_device_a_device(tmp_path):
    (tmp_path / "link").symlink_to(tmp_path / "real")
    files.write(tmp_path / "link", b"x")
    assert (tmp_path / "link").is_symlink() and (tmp_path / "real").read_bytes() == b"x"
    (tmp_path / "full").symlink_to("/dev/full")
    with refuses(OSError, "full was not written", "the disk is full", "make room"):
        files.write(tmp_path / "full", b"x")
    assert os.path.exists("/dev/full") and not os.path.isfile("/dev/full")


@pytest.mark.parametrize(
    ("given", "name"),
    [("map", "map.npz"), ("map.npz", "map.npz"), ("map.NPZ", "map.NPZ"), ("a.v2", "a.v2.npz")],
)
def test_a_name_gets_its_ending(given, name):
    assert files.named(given, ".npz").name == name


def test_what_is_no_name_is_refused(tmp_path):
    for empty in ("", " ", "a\0b"):
        with refuses(ValueError, "path is", "the name of a file is expected", "give one"):
            files.named(empty, ".npz")
    for odd in (None, 3, b"map"):
        with refuses(TypeError, "path is a", "the name of a file is expected", "give text"):
            files.named(odd, ".npz")
    (tmp_path / "folder.npz").mkdir()
    for folder in (tmp_path, tmp_path / "folder.npz", f"{tmp_path}/none/", "."):
        with refuses(IsADirectoryError, "is a folder", "the name of a file", "give one inside"):
            files.named(folder, ".npz")
    with refuses(IsADirectoryError, "is a folder", "a file of that name", "give another"):
        files.named(tmp_path / "folder", ".npz")


def test_where_nothing_can_be_written_is_told(tmp_path, monkeypatch):
    with refuses(FileNotFoundError, "was not written", "there is no folder", "make it"):
        files.write(tmp_path / "none" / "map.npz", b"x")
    (tmp_path / "file").write_bytes(b"")
    with refuses(NotADirectoryError, "was not written", "there is no folder", "make it"):
        files.write(tmp_path / "file" / "map.npz", b"x")
    with refuses(OSError, "was not written", "name is too long", "give a shorter"):
        _explanation().save(tmp_path / ("x" * 300))
    with refuses(TypeError, "path is a int", "the name of a file", "give text"):
        _explanation().save(3)

    def forbidden(*_given):
        raise PermissionError(errno.EACCES, "Permission denied")

    monkeypatch.setattr(os, "replace", forbidden)
    with refuses(PermissionError, "map.npz was not written", "not allowed", "give another name"):
        files.write(tmp_path / "map.npz", b"x")
    assert os.listdir(tmp_path) == ["file"]


def _explanation():
    return Explanation.of(np.ones((3, 4)))


@pytest.mark.parametrize(
    ("make", "name"), [(_explanation, "kept.npz"), (synthetic.rows, "kept.json")]
)
def test_whoever_saves_keeps_the_good_file(tmp_path, make, name):
    path, made = tmp_path / name, make()
    made.save(tmp_path / "kept")
    good = path.read_bytes()
    with no_more_than(100), refuses(OSError, f"{name} was not written", "is full", "make room"):
        made.save(path)
    assert path.read_bytes() == good and os.listdir(tmp_path) == [name]
    with refuses(IsADirectoryError, "is a folder", "the name of a file", "give one inside"):
        made.save(tmp_path)
