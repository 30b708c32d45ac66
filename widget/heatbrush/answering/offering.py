"""What a page may choose as a target: the outputs, layers and things of a model, and its choice."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from heatbrush import protocol
from heatbrush.session.session import Session
from heatbrush_core import Region, outputs
from heatbrush_core.checks import short
from heatbrush_core.targets import Source, Target, from_json

KINDS = (
    *("Location", "Area", "Step", "Output", "Neuron", "Channel", "Gram", "Content"),
    *("Thing", "Box", "Count"),
)
"""Targets that a page may ask for; the others are made in Python."""


def offered(session: Session, viewer: int) -> protocol.Offered:
    """Tell what the model has for the shown sample; on the worker's thread."""
    samples = session.samples
    found: protocol.Offered = {
        "kind": "offered", "viewer": viewer, "outputs": [], "layers": [],
        "counts": False, "boxes": False, "missing": samples.missing,
    }  # fmt: skip
    if samples.missing:
        return found
    asker, sources = samples.lines.sources(session.board.question.sample)
    stepped = set(asker.layers)
    found["outputs"] = [_output(each) for each in sources.outputs]
    found["layers"] = [
        {
            "name": name,
            "shape": [*each.shape],
            "channels": _channels(each),
            "cells": name in stepped,
        }
        for name, each in (getattr(sources, "layers", None) or {}).items()
        if "/" not in name or name in stepped
    ]
    found["counts"] = isinstance(asker.decoder, outputs.Heatmap)
    found["boxes"] = isinstance(asker.decoder, outputs.Grid)
    return found


def chosen(session: Session, request: protocol.AddTarget) -> Target:
    """Read the target that a page asks for.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for what is no target, and for what the model does not have.
    """
    data, samples = dict(request.target), session.samples
    if data.get("kind") not in KINDS or {"found", "decoder", "region"} & set(data):
        raise ValueError(
            f"A target that a page may choose has one of the kinds {', '.join(KINDS)}, but got "
            f"{short(data)}; give one of these."
        )
    if data["kind"] in ("Gram", "Content"):
        data["like"] = samples.matrix(samples.place(request.like))
    if data["kind"] == "Area":
        _, sources = samples.lines.sources(session.board.question.sample)
        source = sources.output(data.get("output"))
        data["region"] = _under(session.channel.selection, samples.shape, source)
    return from_json(data)


def _output(source: Source) -> protocol.OfferedOutput:
    rows, columns = (0 if axis is None else source.shape[axis] for axis in source.axes[:2])
    mapped, short = bool(rows and columns), len(source.shape) < 3
    return {
        "name": source.name,
        "rows": rows if mapped else 0,
        "columns": columns if mapped else 0,
        "channels": _channels(source),
        "classes": source.classes,
        "steps": source.shape[0] if short and not source.classes else 0,
        "each": source.shape[1] if len(source.shape) == 2 else 1,
    }


def _channels(source: Source) -> int:
    return 0 if source.axes[2] is None else source.length(2)


def _under(selection: Region, shape: tuple[int, int], source: Source) -> dict[str, Any]:
    """Return the cells of a map that lie in a selection of the matrix: those whose middle does."""
    if None in source.axes[:2]:
        raise ValueError(
            f"An area needs an output with rows and columns, but {source.name} has the shape "
            f"{source.shape}; choose another target."
        )
    size = source.length(0), source.length(1)
    places: list[NDArray[np.intp]] = [
        np.floor((np.arange(n) + 0.5) * whole / n).astype(np.intp)
        for n, whole in zip(size, shape, strict=True)
    ]
    inside = selection.mask(shape)[np.ix_(*places)]
    if not inside.any():
        raise ValueError(
            f"The selection holds the middle of no cell of {source.name}, which is {size[0]} by "
            f"{size[1]}; select the area first, or more of it."
        )
    return Region.cells(inside).to_json() if size != shape else selection.to_json()
