"""A view in words: its question, scores and strongest lines, as plain text and as HTML."""

from __future__ import annotations

import html
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from heatbrush.export.pictures.shown import Shown
from heatbrush_core import Axis

MOST_CLASSES, MOST_PANELS, MOST_LINES, LONGEST = 6, 24, 3, 40
MOST_THINGS, LONGEST_THING = 12, 60
"""Of a map, whose lines say where a thing is."""
ISOLATED = ("\u2068", "\u2069")
"""What keeps the direction of a name to itself: it stands before and after it."""
DIRECTIONS = dict.fromkeys([*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
"""Signs within a name that would turn round what stands after it."""


class Table(NamedTuple):
    """A heading and lines of the same number of cells; the first cell of each line is a name."""

    head: Sequence[str]
    lines: Sequence[Sequence[str]]


def sentence(shown: Shown) -> str:
    """Say what is explained: sample, target and selection."""
    rows, columns = shown.axes
    size = f"{len(rows)} × {len(columns)} cells"
    name = shown.sample.get("name", "")
    called = f" ({_short(name)})" if name else ""
    several = f"Sample {shown.sample['index']} of {shown.sample['count']}{called}, "
    alone = f"{_short(name)}, " if name else ""
    about = [(several if shown.sample["count"] > 1 else alone) + size]
    if shown.scores["all"]:
        a, b = shown.target["a"], shown.target["b"]
        rival = "" if b is None else f" rather than {_class(shown, b)}"
        about.append(f"explained: {_class(shown, a)}{rival}")
        if shown.scores.get("rivals") != 0:  # of a map nothing is predicted
            about.append(f"predicted: {_class(shown, shown.scores['predicted'])}")
    if shown.sample["truth"] is not None:
        about.append(f"truth: {_class(shown, shown.sample['truth'])}")
    if shown.selection:
        about.append(f"selected: {_short(shown.selection.describe(rows, columns), 90)}")
    return "; ".join(about) + "."


def tables(shown: Shown) -> list[Table]:
    """Return the scores, and of each panel the lines whose profile is strongest."""
    return [table for table in (_scores(shown), _profiles(shown)) if table.lines]


def as_text(shown: Shown, more: str) -> str:
    """Return sentence and tables as plain text; `more` stands at the end."""
    parts = [sentence(shown), *map(_aligned, tables(shown)), more]
    return "\n\n".join(parts)


def as_html(shown: Shown) -> str:
    """Return the same as HTML, in the type and ink of the document."""
    said = html.escape(sentence(shown))
    return f'<p dir="ltr">{said}</p>' + "".join(map(_tabled, tables(shown)))


def _scores(shown: Shown) -> Table:
    scores, target = shown.scores, shown.target
    first = [target["a"], *([] if target["b"] is None else [target["b"]])]
    several = len(shown.classes) if scores.get("models") else len(scores["all"])
    rest = [index for index in range(several) if index not in first]
    rest.sort(key=lambda index: -(scores["all"][index] or 0.0))
    kind = "probability" if scores["kind"] == "probabilities" else "score"
    columns = {"all": scores["all"]}
    if shown.answers:
        columns["without selection"] = shown.answered["without"] or []
        columns["only selection"] = shown.answered["only"] or []
    # a map has things in the place of classes: each with its number, as at its mark
    of_map = scores.get("rivals") == 0
    most, longest = (MOST_THINGS, LONGEST_THING) if of_map else (MOST_CLASSES, LONGEST)
    models, count = scores.get("models", []), len(shown.classes)
    lines = [
        [
            " ".join(
                [
                    *([str(index)] if of_map else []),
                    _class(shown, index, longest),
                    *_beside(shown, index, model),
                ]
            ),
            *_together([each[index + at * count] for each in columns.values()]),
        ]
        for index in [*first, *rest][:most]
        for at, model in enumerate(models or [None])
        if index + at * count < len(scores["all"])
    ]
    left = several - most
    if of_map and left > 0:
        lines.append([f"and {left} more", *[""] * len(columns)])
    return Table([kind, *columns], lines)


def _beside(shown: Shown, index: int, model: str | None) -> list[str]:
    """Say in brackets by which model a score is, and that it is a probability among values."""
    kinds = shown.scores.get("kinds", [])
    is_share = index < len(kinds) and kinds[index] == "probabilities"
    said = [*([] if model is None else [model]), *(["probability"] if is_share else [])]
    return [f"({', '.join(said)})"] if said else []


def _profiles(shown: Shown) -> Table:
    lines = [
        [
            _short(shown.named(name)),
            _strongest(each.rows, shown.axes[0]),
            _strongest(each.columns, shown.axes[1]),
        ]
        for name, each in list(shown.explanations.items())[:MOST_PANELS]
    ]
    lines += [[_short(name), _short(title, 80), ""] for name, title in shown.failures.items()]
    return Table(["map", "strongest rows", "strongest columns"], lines)


def _strongest(profile: ArrayLike, axis: Axis) -> str:
    """Name the lines of largest magnitude, with their values."""
    values = np.nan_to_num(np.asarray(profile, np.float64))
    order = np.argsort(-np.abs(values), kind="stable")[:MOST_LINES]
    return ", ".join(f"{_short(axis.labels[line], 20)} {values[line]:+.3g}" for line in order)


def _class(shown: Shown, index: int, most: int = LONGEST) -> str:
    return _short(shown.classes[index], most) if index < len(shown.classes) else str(index)


def _together(values: Sequence[float | None]) -> list[str]:
    """Write numbers that are compared, with the digits that tell apart those that differ."""
    known = [value for value in values if value is not None]
    # float32 tells no more
    differ = {float(f"{value:.6g}") for value in known}
    digits = next(
        n for n in range(3, 7) if n == 6 or len({f"{v:.{n}g}" for v in known}) >= len(differ)
    )
    return ["–" if value is None else f"{value:.{digits}g}" for value in values]


def _short(text: str, most: int = LONGEST) -> str:
    text = " ".join(text.translate(DIRECTIONS).split())
    text = text if len(text) <= most else f"{text[: most - 1]}…"
    # else the numbers beside a name that is read from the right change places
    backwards = any(unicodedata.bidirectional(each) in ("R", "AL", "AN") for each in text)
    return text.join(ISOLATED) if backwards else text


def _aligned(table: Table) -> str:
    lines = [table.head, *table.lines]
    widths = [max(map(_width, column)) for column in zip(*lines, strict=True)]
    return "\n".join(
        "  ".join(
            cell + " " * (width - _width(cell)) for cell, width in zip(line, widths, strict=True)
        ).rstrip()
        for line in lines
    )


def _width(cell: str) -> int:
    """Count what is seen of a cell."""
    return len(cell) - sum(map(cell.count, ISOLATED))


def _tabled(table: Table) -> str:
    def row(cells: Sequence[str], kind: str) -> str:
        style = ' style="text-align:left;padding-right:1.5em"'
        return "".join(f"<{kind}{style}>{html.escape(cell)}</{kind}>" for cell in cells)

    body = "".join(f"<tr>{row(line, 'td')}</tr>" for line in table.lines)
    start = '<table dir="ltr"><thead>'
    return f"{start}<tr>{row(table.head, 'th')}</tr></thead><tbody>{body}</tbody></table>"
