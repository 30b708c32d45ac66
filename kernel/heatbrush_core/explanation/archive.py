"""Explanations outside this program: npz files without pickle, and xarray datasets."""

from __future__ import annotations

import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import IO, TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core import files
from heatbrush_core.checks import clean, clipped, short
from heatbrush_core.explanation.form import FORMAT, Facts, Newer, opened, read
from heatbrush_core.explanation.stored import Claim, Damaged, Foreign, Stored
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.region import Region
from heatbrush_core.targets import Class, Margin, Target, from_json, to_json

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
ENDING = ".npz"
KINDS = {"valid": ("b", "true or false")}
OPTIONAL = {
    "standard_error": ("rows", "columns"),
    "row_errors": ("rows",),
    "column_errors": ("columns",),
    "valid": ("rows", "columns"),
}
"""Arrays that only some explanations have: of an estimate, of gaps; and the axes they go along."""


def save(fields: Fields, file: File) -> None:
    """Write `arrays` into an npz file, whole or not at all."""

    def write(open: IO[bytes]) -> None:
        np.savez_compressed(open, **arrays(fields))

    given: Any = file
    if isinstance(given, str | os.PathLike) or not hasattr(given, "write"):
        files.write(files.named(given, ENDING), write)
    else:
        write(given)


def arrays(fields: Fields) -> dict[str, Any]:
    """Lay an explanation out: values, map and axis numbers, and all else as one JSON text."""
    found: dict[str, Any] = {"values": fields["values"], "map": fields["map"]}
    found |= {name: array for name in OPTIONAL if (array := fields[name]) is not None}
    rows, columns = fields["row_axis"], fields["column_axis"]
    for name, axis in (("row", rows), ("column", columns)):
        if axis.values is not None:
            found[f"{name}_values"] = axis.values
        if axis.dates is not None:
            found[f"{name}_dates"] = axis.dates
    text = json.dumps({"format": FORMAT, **_facts(fields)}, ensure_ascii=False)
    return {"heatbrush": np.array(clean(text)), **found}


@dataclass(frozen=True)
class Several:
    """The explanations of a view: the fields of each, by the name of its panel."""

    panels: dict[str, dict[str, Any]]


def load(file: File) -> dict[str, Any] | Several:
    """Read what `save`, or a view, wrote, as the fields of an explanation, or of several."""
    if not isinstance(file, str | os.PathLike):
        if not hasattr(file, "read"):
            raise TypeError(
                f"file is {short(file)}, but an npz file of explanations is expected; give its "
                "path, or an open binary file."
            )
        return _read(file, "The file")
    path = files.found(file, ENDING)
    with path.open("rb") as opened:
        return _read(opened, files.brief(path))


def _read(file: IO[bytes], name: str) -> dict[str, Any] | Several:
    try:
        stored = Stored(file)
        said = opened(stored)
        if isinstance(said, Facts):
            return _fields(stored, "", said)
        if len({*said.panels.values()}) < len(said.panels):
            raise Damaged("several of its panels have one name")
        parts = {f"{prefix}/": panel for prefix, panel in said.panels.items()}
        each = {start: read(stored, f"{start}heatbrush", Facts) for start in parts}
        return Several(
            {parts[start]: _fields(stored, start, facts) for start, facts in each.items()}
        )
    except Foreign as error:
        why = f", as {error}" if str(error) else ""
        raise ValueError(
            f"{name} is no explanation{why}, but an npz file written by Explanation.save or by "
            "the view's save_npz is expected; give the path of one."
        ) from error
    except Newer as error:
        raise ValueError(
            f"{name} has format {error}, but this release reads formats up to {FORMAT}; update "
            "heatbrush."
        ) from error
    except Damaged as error:
        raise ValueError(
            f"{name} is a damaged file of explanations ({clipped(str(error), 300)}), but a whole "
            "one is expected; save it anew, or take another copy."
        ) from error


def part(stored: Stored, start: str) -> dict[str, Any]:
    """Read the fields of one explanation among others in a file, by what its arrays begin with.

    Raises
    ------
    Foreign, Newer, Damaged
        By what is wrong.
    """
    facts = read(stored, f"{start}heatbrush", Facts)
    if facts.format > FORMAT:
        raise Newer(str(facts.format))
    return _fields(stored, start, facts)


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
    for name, axes in OPTIONAL.items():
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
        "target": _written(fields["target"]),
        "classes": list(fields["classes"]),
        "notes": list(fields["notes"]),
        "conservation": list(fields["conservation"]),
        "counting": None if fields["counting"] is None else list(fields["counting"]),
        "within": None if within is None else within.to_json(),
        "row_axis": {"name": rows.name, "labels": list(rows.labels)},
        "column_axis": {"name": columns.name, "labels": list(columns.labels)},
    }


def _written(target: Target | None) -> list[int] | dict[str, Any] | None:
    """Write classes by their indices, any other target as what it is made of."""
    if target is None or not target.of_classes:
        return None if target is None else to_json(target)
    return [each for each in target.pair if each is not None]


def _target(said: Sequence[int] | dict[str, Any] | None) -> Target | None:
    if said is None:
        return None
    if isinstance(said, dict):
        try:
            return from_json(said)
        except ValueError as error:
            raise Damaged(str(error)) from error
    return Class(*said) if len(said) == 1 else Margin(*said)


def _fields(stored: Stored, start: str, facts: Facts) -> dict[str, Any]:
    """Take an explanation's fields, once all that its text and the heads of its arrays say fits."""
    values = stored.claim(f"{start}values")
    if len(values.shape) != 3 or 0 in values.shape:
        raise Damaged(f"values have the shape {values.shape}, and not rows, columns and channels")
    rows, columns = values.shape[:2]
    sizes = {"rows": rows, "columns": columns}
    shapes = {"values": values.shape, "map": (rows, columns)}
    shapes |= {name: tuple(sizes[axis] for axis in along) for name, along in OPTIONAL.items()}
    shapes |= {
        f"{which}_{kind}": (length,)
        for which, length in (("row", rows), ("column", columns))
        for kind in ("values", "dates")
    }
    for name, shape in shapes.items():
        if f"{start}{name}" in stored or name in ("values", "map"):
            _check_array(stored.claim(f"{start}{name}"), name, shape)
    _check_facts(facts, rows, columns)
    found = {name: stored.array(f"{start}{name}") for name in shapes if f"{start}{name}" in stored}
    _check_numbers(found)
    axes = (("row", facts.row_axis), ("column", facts.column_axis))
    row_axis, column_axis = (
        Axis(said.name, said.labels, found.get(f"{which}_values"), found.get(f"{which}_dates"))
        for which, said in axes
    )
    return {
        **{name: getattr(facts, name) for name in AS_THEY_ARE},
        **{name: getattr(facts, name) for name in ("classes", "notes", "conservation", "counting")},
        **{name: found.get(name) for name in OPTIONAL},
        "values": found["values"],
        "map": found["map"],
        "target": _target(facts.target),
        "within": None if facts.within is None else Region.from_json(facts.within),
        "row_axis": row_axis,
        "column_axis": column_axis,
    }


def _check_array(claim: Claim, name: str, shape: tuple[int, ...]) -> None:
    kind, said = ("M", "dates") if name.endswith("_dates") else KINDS.get(name, ("f", "numbers"))
    if claim.shape != shape or claim.dtype.kind != kind:
        raise Damaged(
            f"{name} has the shape {claim.shape} and the type {claim.dtype}, and not {shape} and "
            f"{said}"
        )


def _check_numbers(found: Mapping[str, NDArray[Any]]) -> None:
    """Refuse numbers and dates that no explanation was made with."""
    for name in ("row_values", "column_values"):
        if name in found and not np.isfinite(found[name]).all():
            raise Damaged(f"{name} are not all finite numbers")
    for name in ("row_dates", "column_dates"):
        if name in found and np.isnat(found[name]).any():
            raise Damaged(f"{name} are not all dates")
    for name in ("values", "map"):
        if np.isinf(found[name]).any():
            raise Damaged(f"{name} holds infinite numbers")


def _check_facts(facts: Facts, rows: int, columns: int) -> None:
    """Hold what the text says against the size of the map."""
    for axis, lines in ((facts.row_axis, rows), (facts.column_axis, columns)):
        if len(axis.labels) != lines:
            raise Damaged(f"an axis has {len(axis.labels)} labels for {lines} lines")
    target = () if facts.target is None or isinstance(facts.target, dict) else facts.target
    if len(set(target)) != len(target) or (
        facts.classes and max(target, default=0) >= len(facts.classes)
    ):
        raise Damaged(f"it explains the class {max(target)} of {len(facts.classes)}")
    if facts.within is not None:
        try:
            Region.from_json(facts.within).check((rows, columns))
        except (TypeError, ValueError) as error:
            raise Damaged("the cells that it is restricted to do not fit its map") from error
