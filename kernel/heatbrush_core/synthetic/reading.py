"""Reading a spec from its file, which may be damaged, of a later release, or something else."""

from __future__ import annotations

import json
import os
from pathlib import Path

from heatbrush_core import files
from heatbrush_core.checks import short
from heatbrush_core.synthetic.spec import FORMAT, Spec

FOREIGN = "{} is no spec, but a JSON file written by Spec.save is expected; give the path of one."
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
    if not isinstance(path, str | os.PathLike):
        raise TypeError(f"path is {short(path)}, but that of a spec is expected; give its path.")
    place = Path(path)
    longer = place.with_name(f"{place.name}.json") if place.name else place
    place = longer if not os.path.exists(place) and os.path.isfile(longer) else place
    if not os.fspath(path) or not os.path.exists(place):
        raise FileNotFoundError(f"There is no file {files.brief(path)}; give the path of a spec.")
    foreign = FOREIGN.format(path)
    if not place.is_file() or place.stat().st_size > LARGEST:
        raise ValueError(foreign)
    try:
        text = place.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ValueError(foreign) from error
    _check_whole(path, text)
    try:
        found = dict(json.loads(text))
        version = found.pop("format")
    except (KeyError, RecursionError, TypeError, ValueError) as error:
        raise ValueError(foreign) from error
    if type(version) is not int or version < 1:
        raise ValueError(foreign)
    if version > FORMAT:
        raise ValueError(
            f"{path} has format {short(version)}, but this release reads formats up to {FORMAT}; "
            "update heatbrush."
        )
    return Spec(**found)


def _check_whole(path: str | os.PathLike[str], text: str) -> None:
    """Refuse what begins as a spec and ends before it is one."""
    try:
        json.loads(text)
    except RecursionError:
        return
    except json.JSONDecodeError as error:
        if text.lstrip().startswith("{") and '"format"' in text:
            raise ValueError(
                f"{path} is a damaged spec (line {error.lineno}: {error.msg}), but a whole JSON "
                "file is expected; save it anew, or mend that line."
            ) from error
