"""Explanations outside this program: npz files without pickle, and xarray datasets."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets import Class, Margin

if TYPE_CHECKING:
    import xarray

File = str | os.PathLike[str] | IO[bytes]
Fields = Mapping[str, Any]
"""What the constructor of an `Explanation` takes."""

AS_THEY_ARE = (
    "method",
    "parameters",
    "score",
    "score_at_baseline",
    "residual",
    "seconds",
    "profile",
    "unit",
)
ERRORS = {
    "standard_error": ("rows", "columns"),
    "row_errors": ("rows",),
    "column_errors": ("columns",),
}
"""Fields that an estimate has and other explanations do not, and the axes that they go along."""
FORMAT = 1
"""Version of the npz files: a higher one was written by a later release."""

_BROKEN = (
    AttributeError,
    EOFError,
    KeyError,
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    zlib.error,
)
"""What NumPy, zipfile, json and our own constructors raise at a file of another kind."""


def save(fields: Fields, file: File) -> None:
    """Write `arrays` into an npz file."""
    np.savez_compressed(file, **arrays(fields))


def arrays(fields: Fields) -> dict[str, Any]:
    """Lay an explanation out: values, map and axis numbers, and all else as one JSON text."""
    found: dict[str, Any] = {"values": fields["values"], "map": fields["map"]}
    found |= {name: array for name in (*ERRORS, "valid") if (array := fields[name]) is not None}
    rows, columns = fields["row_axis"], fields["column_axis"]
    for name, axis in (("row", rows), ("column", columns)):
        if axis.values is not None:
            found[f"{name}_values"] = axis.values
        if axis.dates is not None:
            found[f"{name}_dates"] = axis.dates
    text = json.dumps({"format": FORMAT, **_facts(fields)}, ensure_ascii=False)
    return {"heatbrush": np.array(text), **found}


@dataclass(frozen=True)
class Several:
    """The explanations of a view: the fields of each, by the name of its panel."""

    panels: dict[str, dict[str, Any]]


def load(file: File) -> dict[str, Any] | Several:
    """Read what `save`, or a view, wrote, as the fields of an explanation, or of several."""
    try:
        with np.load(_found(file), allow_pickle=False) as stored:
            found = {name: stored[name] for name in stored.files}
        facts = json.loads(str(found["heatbrush"]))
        version = int(facts.pop("format"))
        fields = _read(found, facts) if version <= FORMAT else None
    except _BROKEN as error:
        raise ValueError(
            f"{_name(file)} is no explanation, but an npz file written by Explanation.save or by "
            "the view's save_npz is expected; give the path of one."
        ) from error
    if fields is None:
        raise ValueError(
            f"{_name(file)} has format {version}, but this release reads formats up to {FORMAT}; "
            "update heatbrush."
        )
    return fields


def _read(found: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any] | Several:
    if "panels" not in facts:
        return _fields(found, facts)
    panels = {}
    for prefix, name in facts["panels"].items():
        start = f"{prefix}/"
        own = {
            key.removeprefix(start): part for key, part in found.items() if key.startswith(start)
        }
        about = json.loads(str(own["heatbrush"]))
        del about["format"]  # that of the file
        panels[name] = _fields(own, about)
    return Several(panels)


def dataset(
    fields: Fields, row_profile: NDArray[Any], column_profile: NDArray[Any], about: str
) -> xarray.Dataset:
    """Values, map and profiles as an xarray dataset with named axes."""
    import xarray

    coordinates = {}
    for dim, axis in (("rows", fields["row_axis"]), ("columns", fields["column_axis"])):
        coordinates[dim] = (dim, axis.coordinates, {"long_name": axis.name})
    facts = _facts(fields)
    for name in ("parameters", "target", "within", "classes", "notes", "conservation"):
        facts[name] = None if facts[name] is None else json.dumps(facts[name], ensure_ascii=False)
    del facts["row_axis"], facts["column_axis"], facts["counting"]
    variables: dict[str, Any] = {
        "values": (("rows", "columns", "channel"), fields["values"]),
        "map": (("rows", "columns"), fields["map"]),
        "row_profile": (("rows",), row_profile),
        "column_profile": (("columns",), column_profile),
    }
    for name, axes in {**ERRORS, "valid": ("rows", "columns")}.items():
        if (array := fields[name]) is not None:
            variables[name] = (axes, array)
    return xarray.Dataset(
        variables,
        coords={**coordinates, "channel": np.arange(fields["values"].shape[2])},
        attrs={"about": about, **{k: v for k, v in facts.items() if v is not None}},
    )


def _facts(fields: Fields) -> dict[str, Any]:
    """Everything that is no array, as plain data."""
    rows, columns, within = fields["row_axis"], fields["column_axis"], fields["within"]
    return {
        **{name: fields[name] for name in AS_THEY_ARE},
        "target": _indices(fields["target"]),
        "classes": list(fields["classes"]),
        "notes": list(fields["notes"]),
        "conservation": list(fields["conservation"]),
        "counting": None if fields["counting"] is None else list(fields["counting"]),
        "within": None if within is None else within.to_json(),
        "row_axis": {"name": rows.name, "labels": list(rows.labels)},
        "column_axis": {"name": columns.name, "labels": list(columns.labels)},
    }


def _indices(target: Class | Margin | None) -> list[int] | None:
    return None if target is None else [each for each in target.pair if each is not None]


def _target(indices: list[int] | None) -> Class | Margin | None:
    if indices is None:
        return None
    return Class(*indices) if len(indices) == 1 else Margin(*indices)


def _fields(arrays: dict[str, Any], facts: dict[str, Any]) -> dict[str, Any]:
    within = facts["within"]
    rows, columns = facts["row_axis"], facts["column_axis"]
    return {
        **facts,
        **{name: arrays.get(name) for name in (*ERRORS, "valid")},
        "values": arrays["values"],
        "map": arrays["map"],
        "target": _target(facts["target"]),
        "within": None if within is None else Region.from_json(within),
        "row_axis": _axis(rows, arrays, "row"),
        "column_axis": _axis(columns, arrays, "column"),
    }


def _axis(facts: Any, arrays: dict[str, Any], which: str) -> Axis:
    behind = (arrays.get(f"{which}_{kind}") for kind in ("values", "dates"))
    return Axis(facts["name"], tuple(facts["labels"]), *behind)


def _found(file: File) -> File:
    """Take the path that was given to `save`, whether or not NumPy added the ending."""
    if isinstance(file, str | os.PathLike):
        path = Path(file)
        return path if path.exists() else path.with_name(path.name + ".npz")
    return file


def _name(file: File) -> str:
    return str(file) if isinstance(file, str | os.PathLike) else "The file"
