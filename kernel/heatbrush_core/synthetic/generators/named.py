"""Generators by their names, and read from their files."""

from __future__ import annotations

from typing import Any

from heatbrush_core import files
from heatbrush_core.checks import hint, listed, short
from heatbrush_core.synthetic import reading
from heatbrush_core.synthetic.generators.generator import FORMAT, KINDS, Generator


def generator(name: str, **ranges: Any) -> Generator:
    """Make a generator by its name.

    Parameters
    ----------
    name : str
        "apple", "events", "landmarks", "textures", "crosstalk", or that of a class of your own.
    **ranges
        What its class takes: ``generator("apple", size=(30, 50), seeds=(3, 8))``.

    Raises
    ------
    ValueError
        One sentence, for an unknown name and for impossible ranges.
    """
    return _kind(name)(**ranges)


def load_generator(path: files.Name) -> Generator:
    """Read a generator that `Generator.save` wrote, or that was written by hand.

    Raises
    ------
    FileNotFoundError
        If there is no such file.
    TypeError, ValueError
        One sentence, if the file holds something else, is of another release, or is impossible.
    """
    found = reading.document(path, "generator")
    reading.check_format(path, found, FORMAT, "generator")
    name, version = found.pop("generator", None), found.pop("version", None)
    if not isinstance(name, str) or type(version) is not int:
        raise ValueError(reading.foreign(path, "generator"))
    if (known := _kind(name).version) != version:
        older = "an older one" if version < known else "a newer one"
        remedy = (
            "draw from it with the release that wrote it, or make it anew"
            if version < known
            else "update heatbrush, or the module that defines it"
        )
        raise ValueError(
            f"{path} is of version {version} of {name!r}, but here that is version {known}, and "
            f"{older} draws other matrices; {remedy}."
        )
    return _kind(name)(**found)


def _kind(name: str) -> type[Generator]:
    if not isinstance(name, str) or name not in KINDS:
        raise ValueError(
            f"There is no generator {short(name)} among {listed(sorted(KINDS))}; "
            f"{hint(name, KINDS, 'give one of these, or import the module that defines it.')}"
        )
    return KINDS[name]
