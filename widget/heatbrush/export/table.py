"""A table as CSV, no text of which is run by the spreadsheet that opens it."""

from __future__ import annotations

import csv
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pandas as pd

RUN = ("=", "+", "-", "@", "\t", "\r", "\n")
"""What a text begins with that spreadsheets run, or look behind."""


def written(table: pd.DataFrame) -> bytes:
    """Return a table as CSV, without its index.

    A text that begins as a formula does, and is no number, gets an apostrophe in front.
    """
    safe = table.map(inert).rename(columns=inert)
    # in quotes, or a return within a text would end its line
    return safe.to_csv(index=False, quoting=csv.QUOTE_NONNUMERIC).encode("utf-8", "replace")


def inert(value: Any) -> Any:
    """Take from a text the power to be run; all else is left as it is."""
    if not isinstance(value, str) or not value.startswith(RUN) or _is_number(value):
        return value
    return f"'{value}"


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return text.strip() == text
