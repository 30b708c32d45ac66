"""Reading specs and generators from their files: damaged, of a later release, something else."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

from heatbrush_core import files
from heatbrush_core.checks import short
from heatbrush_core.synthetic.spec import FORMAT, Spec

WRITTEN = {"spec": "Spec.save", "generator": "Generator.save"}
"""What writes each kind of file."""
READ = {"spec": "load", "generator": "load_generator"}
"""What reads it."""
LARGEST = 2**26
"""Bytes of a file, at the most."""


def load(path: str | os.PathLike[str]) -> Spec:
    """Read a spec that `Spec.save` wrote, or that was written by hand.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError, ValueError
        One sentence, if the file holds something else, is of a later release, or is impossible.
    """
    found = document(path, "spec")
    check_format(path, found, FORMAT, "spec")
    return Spec(**found)


def document(path: str | os.PathLike[str], what: str) -> dict[str, Any]:
    """Read the fields of a file; `what` is "spec" or "generator"."""
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path is {short(path)}, but that of a {what} is expected; give its path.")
    place = Path(path)
    longer = place.with_name(f"{place.name}.json") if place.name else place
    place = longer if not os.path.exists(place) and os.path.isfile(longer) else place
    if not os.fspath(path) or not os.path.exists(place):
        raise FileNotFoundError(f"There is no file {files.brief(path)}; give the path of a {what}.")
    if not place.is_file() or place.stat().st_size > LARGEST:
        raise ValueError(foreign(path, what))
    try:
        text = place.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(foreign(path, what)) from error
    _check_whole(path, text, what)
    try:
        found = dict(json.loads(text))
    except (RecursionError, TypeError, ValueError) as error:
        raise ValueError(foreign(path, what)) from error
    held = "generator" if "generator" in found else "spec"
    if held != what and "format" in found:
        raise ValueError(
            f"{path} holds a {held}, but a {what} is expected; read it with synthetic.{READ[held]}."
        )
    return found


def foreign(path: str | os.PathLike[str], what: str) -> str:
    """Say that a file holds something else."""
    return (
        f"{path} is no {what}, but a JSON file written by {WRITTEN[what]} is expected; give the "
        "path of one."
    )


def check_format(
    path: str | os.PathLike[str], found: dict[str, Any], newest: int, what: str
) -> None:
    """Take the format from the fields of a file, and refuse one that this release does not read."""
    version = found.pop("format", None)
    if type(version) is not int or version < 1:
        raise ValueError(foreign(path, what))
    if version > newest:
        raise ValueError(
            f"{path} has format {short(version)}, but this release reads formats up to {newest}; "
            "update heatbrush."
        )


def _check_whole(path: str | os.PathLike[str], text: str, what: str) -> None:
    """Refuse what begins as a spec and ends before it is one."""
    try:
        json.loads(text)
    except RecursionError:
        return
    except json.JSONDecodeError as error:
        if text.lstrip().startswith("{") and '"format"' in text:
            raise ValueError(
                f"{path} is a damaged {what} (line {error.lineno}: {error.msg}), but a whole JSON "
                "file is expected; save it anew, or mend that line."
            ) from error
