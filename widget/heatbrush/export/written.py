"""Values as Python writes them, and names for those that it cannot write."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, fields
from typing import Any

import numpy as np

from heatbrush_core import Region
from heatbrush_core.matrix.region import LISTED
from heatbrush_core.outputs import Decoder, Head
from heatbrush_core.targets import Target, to_json

WIDTH = 96
"""Characters of a line; a call that is longer has a line for each argument."""
TAKEN = frozenset(
    {"hb", "view", "explainer", "model", "models", "X", "y", "ids", "valid", "exists", "float"}
)


def region(given: Region) -> str:
    """Write a region; one of a mask, or of many bands, as the bands that the page sends too."""
    if given.masked is not None or len(given.bands) > LISTED:
        return f"hb.Region.from_json({Names().written(given.to_json())})"
    return repr(given).replace("Region", "hb.Region")


@dataclass
class Names:
    """Values as Python writes them, and names for those that it cannot write.

    Attributes
    ----------
    comments
        What each name stands for.
    """

    comments: list[str] = field(default_factory=list)
    _known: dict[int, str] = field(default_factory=dict)

    def named(self, wanted: str, said: str, value: Any) -> str:
        """Name a value by a variable, the same one where it comes again."""
        if id(value) not in self._known:
            start = re.sub(r"\W", "_", wanted)
            start = start if start.isidentifier() and not keyword.iskeyword(start) else f"_{start}"
            name, number = start, 1
            while name in TAKEN or name in self._known.values():
                number += 1
                name = f"{start}_{number}"
            self._known[id(value)] = name
            self.comments.append(f"{name}: {said}.")
        return self._known[id(value)]

    def written(self, value: Any, wanted: str = "value", said: str = "as it was given") -> str:
        """Write a value: text, a number, lists and dicts of these; else name it."""
        if isinstance(value, np.generic):
            value = value.item()
        if isinstance(value, float) and not math.isfinite(value):
            return f'float("{value}")'
        if isinstance(value, str):
            return quoted(value)
        if value is None or isinstance(value, bool | int | float):
            return repr(value)
        if isinstance(value, Region):
            return region(value)
        if isinstance(value, Target):
            return self._target(value)
        if isinstance(value, Decoder | Head):
            return self._decoder(value)
        if isinstance(value, dict):
            parts = [
                f"{self.written(key)}: {self.written(each, str(key), said)}"
                for key, each in value.items()
            ]
            return f"{{{', '.join(parts)}}}"
        if isinstance(value, list | tuple):
            parts = [self.written(each, wanted, said) for each in value]
            # the page sends a pair as a list
            pair = len(parts) == 2 and all(isinstance(each, int | float | None) for each in value)
            if isinstance(value, tuple) or pair:
                return f"({', '.join(parts)}{',' * (len(parts) == 1)})"
            return f"[{', '.join(parts)}]"
        return self.named(wanted, said, value)

    def _target(self, target: Target) -> str:
        """Write a target, without what it is by default.

        One that was found in another matrix already stays what it was found to be.
        """
        if getattr(target, "found", None) is not None:
            return f"hb.targets.from_json({self.written(to_json(target))})"
        given, by_name = [], ""
        for each in fields(target):  # type: ignore[arg-type]
            value = getattr(target, each.name)
            known = isinstance(value, str | int | float | None) and value == each.default
            if known or not each.init:
                by_name = f"{each.name}="
                continue
            said = f"the {each.name} of a target, as it was given"
            by_name = f"{each.name}=" if by_name else ""
            given.append(f"{by_name}{self.written(value, each.name, said)}")
        return f"hb.targets.{type(target).__name__}({', '.join(given)})"

    def _decoder(self, decoder: Decoder | Head) -> str:
        """Write a decoder, or a head of a grid, without what it is by default."""
        given = [
            f"{name}={self.written(value, name)}"
            for name, field in type(decoder).model_fields.items()
            if (value := getattr(decoder, name)) != field.get_default(call_default_factory=True)
        ]
        return f"hb.outputs.{type(decoder).__name__}({', '.join(given)})"


def quoted(value: str) -> str:
    """Write text in double quotes where it holds none."""
    text = repr(value)
    return f'"{text[1:-1]}"' if text[0] == "'" and '"' not in text and "'" not in value else text


def call(head: str, given: Sequence[str]) -> str:
    """Write a call on one line, or each argument on one of its own."""
    return head + bracketed("(", given, ")", len(head))


def bracketed(start: str, parts: Sequence[str], end: str, before: int = 16) -> str:
    """Write parts between brackets, on one line where they fit."""
    line = f"{start}{', '.join(parts)}{end}"
    if len(line) + before <= WIDTH and "\n" not in line:
        return line
    inside = "".join(f"    {part},\n".replace("\n", "\n    ").rstrip(" ") for part in parts)
    return f"{start}\n{inside}{end}"
