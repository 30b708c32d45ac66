"""Tables that a notebook shows in full: text on the left, nothing cut off, methods by family."""

from __future__ import annotations

import re
from collections.abc import Iterator
from html import escape
from typing import Any

import pandas as pd

from heatbrush_core.registry.families import FAMILIES

LEFT = "text-align: left; vertical-align: top"
MANY = 30
"""Rows; a table of more scrolls in a box of its own, under its header."""
BOX = "max-height: 480px; overflow: auto"
PAPER = "background: var(--jp-layout-color0, var(--vscode-editor-background, Canvas))"
HEAD = f"{LEFT}; position: sticky; top: 0; {PAPER}"
SIDE = f"{LEFT}; position: sticky; left: 0; {PAPER}"
"""Of names that stay in sight while a table of many columns is moved sideways."""
WIDE = f"{HEAD}; min-width: 20em"


class Table(pd.DataFrame):
    """A DataFrame of text; what is taken out of it is a plain DataFrame."""

    @property
    def _constructor(self) -> type[pd.DataFrame]:
        return pd.DataFrame

    def _repr_html_(self) -> str:
        head = "".join(
            f'<th scope="col" style="{self._head(n)}">{_name(n)}</th>' for n in self._names()
        )
        notes = "".join(f"<p>{escape(each)}</p>" for each in self.attrs.get("notes", ()))
        table = f"<table><thead><tr>{head}</tr></thead>{''.join(self._body())}</table>"
        return (f'<div style="{BOX}">{table}</div>' if len(self) > MANY else table) + notes

    def _head(self, name: str) -> str:
        return HEAD

    def _names(self) -> list[str]:
        return [str(self.index.name or ""), *map(str, self.columns)]

    def _body(self) -> Iterator[str]:
        for row in self.itertuples():
            yield _row(SIDE, *map(_text, row))


class Methods(Table):
    """The table of `Explainer.methods`: each family says what its maps are.

    Why a method does not run is told in its row, what to do about it beneath the table.
    """

    def _repr_html_(self) -> str:
        if not {"family", "runs here"} <= set(self.columns):  # turned, or a column dropped in place
            return str(pd.DataFrame(self)._repr_html_())
        remedies = "".join(f"<li>{escape(each)}</li>" for each in self._remedies())
        return super()._repr_html_() + (f"<ul>{remedies}</ul>" if remedies else "")

    def _head(self, name: str) -> str:
        return WIDE if name == "question" else HEAD

    def _names(self) -> list[str]:
        return [name for name in super()._names() if name != "family"]

    def _body(self) -> Iterator[str]:
        for family, about in FAMILIES.items():
            rows = self[self["family"] == family].drop(columns="family")
            if len(rows):
                yield _heading(family.capitalize(), about, len(self._names()))
            for row in rows.itertuples():
                *cells, runs = map(_text, row)
                yield _row(LEFT, *cells, _parted(runs)[0])

    def _remedies(self) -> list[str]:
        """List what would make methods run, once each, after the names of the methods."""
        found: dict[str, list[str]] = {}
        for name, runs in self["runs here"].items():
            if remedy := _parted(runs)[1]:
                found.setdefault(remedy, []).append(str(name))
        return [f"{', '.join(names)}: {remedy}" for remedy, names in found.items()]


def _parted(reason: str) -> tuple[str, str]:
    """Part a sentence "lrp needs that, but ...; do this." into what is wrong and what to do."""
    wrong, _, remedy = reason.partition("; ")
    return wrong, remedy


def _heading(name: str, about: str, columns: int) -> str:
    return (
        f'<tr style="background: none"><th colspan="{columns}" scope="rowgroup" '
        f'style="{LEFT}; padding-top: 1em">{escape(name)} '
        f'<span style="font-weight: normal">{escape(about)}</span></th></tr>'
    )


def _row(style: str, name: str, *cells: str) -> str:
    rest = "".join(f'<td style="{LEFT}">{escape(cell)}</td>' for cell in cells)
    return f'<tr><th scope="row" style="{style}">{_name(name)}</th>{rest}</tr>'


def _text(value: Any) -> str:
    """Write a cell: numbers with four digits, nothing for None."""
    if value is None:
        return ""
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _name(text: str) -> str:
    """Write a name that may break after each underscore and slash, where columns are many."""
    return re.sub("(?<=[_/])", "<wbr/>", escape(text))
