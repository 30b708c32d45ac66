"""Files that are written whole or not at all: the old one stays until all of the new is there."""

from __future__ import annotations

import errno
import os
import secrets
import stat
from collections.abc import Callable
from pathlib import Path
from typing import IO

Name = str | os.PathLike[str]
Writer = Callable[[IO[bytes]], object]
"""Writes the content into an open file."""

FULL = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG)
FORBIDDEN = (errno.EACCES, errno.EPERM, errno.EROFS)


def named(given: Name, ending: str) -> Path:
    """Read the name of a file that is to be written: it gets the ending if it has another, or none.

    Raises
    ------
    TypeError, ValueError
        For what is no name, and for an empty one.
    IsADirectoryError
        For a folder.
    """
    if not isinstance(given, str | os.PathLike) or not isinstance(os.fspath(given), str):
        raise TypeError(
            f"path is a {type(given).__name__}, but the name of a file is expected; give text or a "
            "Path."
        )
    text = os.fspath(given)
    if not text.strip() or "\0" in text:
        raise ValueError(
            f"path is {text[:60]!r}, but the name of a file is expected; give one, such as "
            f"'maps{ending}'."
        )
    path = Path(text).expanduser()
    # pathlib's own tests raise where a name is too long, which `write` tells
    if os.path.isdir(path) or text.endswith(("/", os.sep)):
        raise IsADirectoryError(
            f"{path} is a folder, but the name of a file is expected; give one inside of it, such "
            f"as {str(path / f'maps{ending}')!r}."
        )
    path = path if path.name.lower().endswith(ending) else path.with_name(path.name + ending)
    if os.path.isdir(path):
        raise IsADirectoryError(
            f"{path} is a folder, but a file of that name is to be written; give another name."
        )
    return path


def found(given: Name, ending: str, holds: str = "explanations") -> Path:
    """Find a file that is to be read, whether or not its name was given with the ending.

    Raises
    ------
    FileNotFoundError, IsADirectoryError
        Where there is none; a sentence says what kind of file is expected.
    """
    kind, path = f"{ending.removeprefix('.')} file", Path(given)
    longer = path.with_name(path.name + ending) if path.name else path
    if os.path.isfile(path) or path.name.lower().endswith(ending) or not os.path.isfile(longer):
        if not os.fspath(given) or not os.path.exists(path):
            raise FileNotFoundError(
                f"There is no file {brief(given)}; give the path of {_a(kind)}."
            )
        if os.path.isdir(path):
            raise IsADirectoryError(
                f"{path} is a folder, but {_a(kind)} of {holds} is expected; give its path."
            )
        return path
    return longer


def _a(kind: str) -> str:
    return f"an {kind}" if kind.startswith("npz") else f"a {kind}"


def write(path: Path, content: bytes | Writer) -> Path:
    """Write a file, whole or not at all.

    The content goes into a new file beside it, which takes its place once it is on the disk; a
    killed process or a full disk leaves the old file as it was. It keeps the old one's permissions,
    and a link stays a link.

    Parameters
    ----------
    path
        As `named` reads it.
    content
        Bytes, or what writes them into an open file.

    Returns
    -------
    Path
        Where it is, from the root on.

    Raises
    ------
    OSError
        One sentence, of the kind that the system told: no such folder, not allowed, no space.
    """
    place = Path(os.path.realpath(path))
    try:
        if place.exists() and not place.is_file():  # a device or a pipe takes what comes
            with place.open("wb") as file:
                _put(content, file)
        else:
            _replace(place, content)
    except OSError as error:
        raise _told(path, error) from error
    return path.absolute()


def _replace(place: Path, content: bytes | Writer) -> None:
    """Write beside a file, and put what was written into its place."""
    mode = stat.S_IMODE(place.stat().st_mode) if place.exists() else None
    if mode is not None and not os.access(place, os.W_OK):
        raise PermissionError(errno.EACCES, "it is read-only")
    beside = place.with_name(f".heatbrush-{secrets.token_hex(6)}.tmp")
    try:
        with beside.open("xb") as file:
            _put(content, file)
            file.flush()
            os.fsync(file.fileno())
        if mode is not None:
            beside.chmod(mode)
        os.replace(beside, place)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise


def _put(content: bytes | Writer, file: IO[bytes]) -> None:
    if isinstance(content, bytes):
        file.write(content)
    else:
        content(file)


def _told(path: Path, error: OSError) -> OSError:
    """Say what the system said, in a sentence, and as the same kind of error."""
    folder = path.absolute().parent
    if error.errno in FULL:
        why = "the disk is full, or allows no more; make room, or give another folder"
    elif isinstance(error, FileNotFoundError | NotADirectoryError):
        why = f"there is no folder {folder}; make it, or give another one"
    elif error.errno in FORBIDDEN:
        why = "writing is not allowed there; give another name or another folder"
    elif error.errno == errno.ENAMETOOLONG:
        why = "the name is too long; give a shorter one"
    else:
        why = f"the system says {(error.strerror or str(error)).lower()!r}; give another folder"
    told = type(error)(f"{brief(path)} was not written, as {why}.")
    told.errno = error.errno
    return told


def brief(given: str | os.PathLike[str]) -> str:
    """Write a name inside a sentence."""
    # a name of the system may hold what cannot be written
    text = os.fspath(given).replace("\0", "?").encode("utf-8", "replace").decode() or "''"
    return text if len(text) <= 200 else f"{text[:197]}..."
