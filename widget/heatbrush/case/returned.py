"""The maps that a model returned for the whole samples, in a file, for a view without the model."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from heatbrush import protocol
from heatbrush.border import wire
from heatbrush.case.arrays import Arrays
from heatbrush.case.form import OutputForm
from heatbrush.case.members import Members
from heatbrush.returned.maps import MOST
from heatbrush_core.explanation.stored import Damaged


def written(
    found: Sequence[protocol.OutputMap], place: int, members: Members
) -> list[dict[str, Any]]:
    """Write the maps of the sample at a place of the file."""
    said = []
    for at, each in enumerate(found):
        whole = each["whole"]
        cells = np.frombuffer(whole["bytes"], "<f4").reshape(whole["shape"])
        array = members.array(f"samples/{place}/outputs/{at}", cells)
        said.append({**each, "sample": place, "whole": array})
    return said


def read(
    forms: Sequence[OutputForm], arrays: Arrays, samples: int
) -> Mapping[int, list[protocol.OutputMap]]:
    """Read the maps of each sample that has some."""
    found: dict[int, list[protocol.OutputMap]] = {}
    for form in forms:
        cells = arrays.read(form.whole, (None, *form.shape), "f")
        if form.sample >= samples or len(cells) > len(form.channels) or cells.size > MOST:
            raise Damaged("it holds an output of a sample, or in channels, that it does not have")
        found.setdefault(form.sample, []).append(
            {
                "number": form.number,
                "name": form.name,
                "kind": form.kind,
                "shape": form.shape,
                "channels": list(form.channels),
                "whole": wire.array(cells),
            }
        )
    return found
