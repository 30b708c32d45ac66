"""Tables of runs as plain data, and back: the regions stay what evidence is asked of."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from heatbrush.case.form import RunForm, SearchForm, TableForm, region_of
from heatbrush_core import Run, Search
from heatbrush_core.explanation.plain_data import plain
from heatbrush_core.explanation.stored import Damaged
from heatbrush_core.matrix.validity import Mask

if TYPE_CHECKING:
    import pandas as pd


def told(table: pd.DataFrame) -> dict[str, Any]:
    """Return a table of `find_runs` as plain data."""
    regions: list[Run] = list(table["region"])
    rest = table.drop(columns="region")
    return {
        "columns": list(table.columns),
        "dtypes": {name: str(dtype) for name, dtype in rest.dtypes.items()},
        "attrs": plain_attrs(table.attrs),
        "runs": [
            {
                "numbers": {name: plain(_python(value)) for name, value in row.items()},
                "cells": region.to_json(),
                "score": float(region.score),
                "share": float(region.share),
                "label": region.label,
                "notes": list(region.notes),
            }
            for row, region in zip(rest.to_dict("records"), regions, strict=True)
        ],
        "search": _search(regions[0].origin) if regions and regions[0].origin else None,
    }


def made(form: TableForm, shape: tuple[int, int], exists: Mask | None) -> pd.DataFrame:
    """Make the table again; `exists` tells which cells the matrix has that was searched.

    Raises
    ------
    Damaged
        Where its runs do not lie in a matrix of this shape.
    """
    import pandas as pd

    origin = None if form.search is None else _made_search(form.search, exists)
    regions = [_run(each, shape, origin) for each in form.runs]
    names = [name for name in form.columns if name != "region"]
    rows = [each.numbers for each in form.runs]
    if any(set(row) != set(names) for row in rows):
        raise Damaged("the rows of its table of runs do not have the columns of the table")
    try:
        table = pd.DataFrame({name: [row[name] for row in rows] for name in names})
        table = table.astype({name: form.dtypes[name] for name in names if name in form.dtypes})
    except (TypeError, ValueError) as error:
        raise Damaged("its table of runs holds what is no number") from error
    if "methods" in names:
        table["methods"] = pd.Series([tuple(row["methods"]) for row in rows], dtype=object)
    table["region"] = pd.Series(regions, table.index, dtype=object)
    table = table[[name for name in form.columns if name in table]]
    table.attrs.update(form.attrs)
    table.attrs["notes"] = tuple(form.attrs.get("notes", ()))
    return table


def plain_attrs(attrs: Any) -> dict[str, Any]:
    """Return what a table says of itself as plain data."""
    return {str(name): plain(_python(value)) for name, value in attrs.items()}


def _python(value: Any) -> Any:
    return value.item() if hasattr(value, "item") and not hasattr(value, "__len__") else value


def _search(search: Search) -> dict[str, Any]:
    return {
        "axis": search.axis,
        "methods": [
            [name, [[key, plain(value)] for key, value in given]] for name, given in search.methods
        ],
        "k": search.k,
        "min_length": search.min_length,
        "max_length": search.max_length,
        "penalty": search.penalty,
        "null": search.null,
        "score": search.score,
    }


def _made_search(form: SearchForm, exists: Mask | None) -> Search:
    methods = tuple(
        (name, tuple((key, _fixed(value)) for key, value in given)) for name, given in form.methods
    )
    given: dict[str, Any] = {**form.model_dump(exclude={"methods"}), "methods": methods}
    return Search(**given, valid=exists)


def _fixed(value: Any) -> Any:
    """Return lists as tuples, so that searches compare by value."""
    return tuple(map(_fixed, value)) if isinstance(value, list | tuple) else value


def _run(form: RunForm, shape: tuple[int, int], origin: Search | None) -> Run:
    region = region_of(form.cells, shape)
    found = (form.score, form.share, origin, form.label, form.notes)
    return Run(region.bands, *found, masked=region.masked)
