"""Explanations outside this program: npz files without pickle, and xarray datasets."""

from __future__ import annotations

import json
import os
import zipfile
import zlib
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from heatbrush_core.axes import Axis
from heatbrush_core.explanation import Explanation, File
from heatbrush_core.region import Region
from heatbrush_core.targets import Class, Margin

if TYPE_CHECKING:
    import xarray

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


def save(explanation: Explanation, file: File) -> None:
    """Write `arrays` into an npz file."""
    np.savez_compressed(file, **arrays(explanation))


def arrays(explanation: Explanation) -> dict[str, Any]:
    """Lay an explanation out: values, map and axis numbers, and all else as one JSON text."""
    e = explanation
    found: dict[str, Any] = {"values": e.values, "map": e.map}
    found |= {name: array for name in ERRORS if (array := getattr(e, name)) is not None}
    for name, axis in (("row_values", e.row_axis), ("column_values", e.column_axis)):
        if axis.values is not None:
            found[name] = axis.values
    text = json.dumps({"format": FORMAT, **_facts(e)}, ensure_ascii=False)
    return {"heatbrush": np.array(text), **found}


def load(file: File) -> Explanation:
    """Read what `save` wrote."""
    try:
        with np.load(_found(file), allow_pickle=False) as stored:
            found = {name: stored[name] for name in stored.files}
        facts = json.loads(str(found["heatbrush"]))
        version = int(facts.pop("format"))
        explanation = _explanation(found, facts) if version <= FORMAT else None
    except _BROKEN as error:
        raise ValueError(
            f"{_name(file)} is no explanation, but an npz file written by Explanation.save is "
            "expected; give the path of one."
        ) from error
    if explanation is None:
        raise ValueError(
            f"{_name(file)} has format {version}, but this release reads formats up to {FORMAT}; "
            "update heatbrush."
        )
    return explanation


def dataset(explanation: Explanation) -> xarray.Dataset:
    """Values, map and profiles as an xarray dataset with named axes."""
    import xarray

    e = explanation
    coordinates = {}
    for dim, axis in (("rows", e.row_axis), ("columns", e.column_axis)):
        marks = np.array(axis.labels) if axis.values is None else axis.values
        coordinates[dim] = (dim, marks, {"long_name": axis.name})
    facts = _facts(e)
    for name in ("parameters", "target", "within", "classes", "notes", "conservation"):
        facts[name] = None if facts[name] is None else json.dumps(facts[name], ensure_ascii=False)
    del facts["row_axis"], facts["column_axis"]
    variables: dict[str, Any] = {
        "values": (("rows", "columns", "channel"), e.values),
        "map": (("rows", "columns"), e.map),
        "row_profile": (("rows",), e.rows),
        "column_profile": (("columns",), e.columns),
    }
    for name, axes in ERRORS.items():
        if (errors := getattr(e, name)) is not None:
            variables[name] = (axes, errors)
    return xarray.Dataset(
        variables,
        coords={**coordinates, "channel": np.arange(e.shape[2])},
        attrs={"about": e.about, **{k: v for k, v in facts.items() if v is not None}},
    )


def _facts(e: Explanation) -> dict[str, Any]:
    """Everything that is no array, as plain data."""
    a, b = e.target.pair
    return {
        "method": e.method,
        "parameters": e.parameters,
        "target": [a] if b is None else [a, b],
        "classes": list(e.classes),
        "score": e.score,
        "score_at_baseline": e.score_at_baseline,
        "residual": e.residual,
        "notes": list(e.notes),
        "conservation": list(e._conservation),
        "seconds": e.seconds,
        "profile": e.profile,
        "within": None if e.within is None else e.within.to_json(),
        "row_axis": {"name": e.row_axis.name, "labels": list(e.row_axis.labels)},
        "column_axis": {"name": e.column_axis.name, "labels": list(e.column_axis.labels)},
    }


def _explanation(arrays: dict[str, Any], facts: dict[str, Any]) -> Explanation:
    within, target = facts.pop("within"), facts.pop("target")
    rows, columns = facts.pop("row_axis"), facts.pop("column_axis")
    errors: dict[str, Any] = {name: arrays.get(name) for name in ERRORS}
    return Explanation(
        values=arrays["values"],
        map=arrays["map"],
        **errors,
        target=Class(*target) if len(target) == 1 else Margin(*target),
        within=None if within is None else Region.from_json(within),
        row_axis=Axis(rows["name"], tuple(rows["labels"]), arrays.get("row_values")),
        column_axis=Axis(columns["name"], tuple(columns["labels"]), arrays.get("column_values")),
        **facts,
    )


def _found(file: File) -> File:
    """Take the path that was given to `save`, whether or not NumPy added the ending."""
    if isinstance(file, str | os.PathLike):
        path = Path(file)
        return path if path.exists() else path.with_name(path.name + ".npz")
    return file


def _name(file: File) -> str:
    return str(file) if isinstance(file, str | os.PathLike) else "The file"
