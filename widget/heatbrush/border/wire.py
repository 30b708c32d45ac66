"""What the kernel knows, in the form that crosses the border: the dicts of `protocol`."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import Any, Literal, NotRequired, TypedDict

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import ValidationError

from heatbrush import protocol
from heatbrush.border.asked import Spec
from heatbrush_core import Explainer, Explanation, Prediction, Region
from heatbrush_core.checks import Fault, clean, clipped
from heatbrush_core.maps.colours import TABLES, table
from heatbrush_core.matrix.axes import Axis
from heatbrush_core.methods import REGISTRY
from heatbrush_core.registry.families import FAMILIES
from heatbrush_core.targets import Class, Dial, Margin

OPTIONS: protocol.Options = {
    "limits": "own",
    "quantile": 0.998,
    "colours": "blue-red",
    "channel": None,
    "profiles": True,
    "evidence": True,
    "mode": "rectangle",
    "input": "whole",
    "blocks": "strongest",
    "brush": 1,
    "reach": {},
    "by_hand": {},
    "input_scale": "signed",
    "input_colours": "grey",
    "rows_apart": False,
    "beneath": False,
    "opacity": 0.8,
    "per_row": None,
    "aspect": None,
    "flipped": False,
    "lines": "none",
    "order": "own",
    "order_by": "input",
    "descending": False,
    "groups": [],
    "things": "input",
    "output": "whole",
    "output_of": 0,
    "output_channel": 0,
}
"""How maps are drawn before anybody chooses: every option of the protocol."""
SENTENCE = 600
"""Characters of a sentence, at the most."""
NOTHING: protocol.Selection = {"bands": []}
UNSEARCHED: protocol.EvidenceState = {
    "search": 0,
    "axis": "columns",
    "runs": [],
    "score": "probability",
    "about": "",
    "notes": [],
    "failed": False,
}
ABSENT: protocol.Array = {"shape": [0], "bytes": b""}
EMPTY: protocol.PanelArrays = {
    "run": 0,
    "map": ABSENT,
    "standard_error": ABSENT,
    "row_errors": ABSENT,
    "column_errors": ABSENT,
    "channels": ABSENT,
}
"""The arrays of no panel."""
UNANSWERED: protocol.Answered = {
    "sample": 0,
    "selection": NOTHING,
    "without": None,
    "only": None,
}
NO_WHATIFS: protocol.WhatIfs = {"classes": [], "rows": None, "columns": None, "missing": ""}
"""What a page with a kernel holds: it asks."""
BY_INDEX: protocol.Arranged = {
    "text": "",
    "only": "all",
    "among": None,
    "order": "index",
    "of": None,
    "reverse": False,
}
UNLISTED: protocol.Listing = {
    "number": 0,
    "arranged": BY_INDEX,
    "count": 1,
    "at": 0,
    "measure": "",
    "about": "",
    "done": 0,
    "total": 0,
    "running": False,
}
"""One sample, of which there is nothing to list."""
UNKNOWN: protocol.Scores = {"kind": "values", "all": [], "predicted": 0}
"""The scores before the first prediction."""
UNHIDDEN: protocol.Hidden = {
    "number": 0,
    "baseline": "",
    "sentence": "",
    "matrix": ABSENT,
    "warnings": [],
}
"""Where there is no model that cells could be hidden from."""


def array(values: ArrayLike) -> protocol.Array:
    """Return numbers of any shape as float32 bytes."""
    numbers = np.ascontiguousarray(values, "<f4")
    return {"shape": list(numbers.shape), "bytes": numbers.tobytes()}


def constant(values: NDArray[Any]) -> protocol.Array:
    """Return an array with length 1 along every axis along which it is the same.

    A median of each row of a large matrix is a thousandth of it then.
    """
    numbers = np.asarray(values, "<f4")
    for axis in range(numbers.ndim):
        first = numbers.take([0], axis)
        if np.array_equal(np.broadcast_to(first, numbers.shape), numbers, equal_nan=True):
            numbers = first
    return array(numbers)


def number(value: Any) -> float | None:
    """Return a number that JSON can hold: None for NaN and infinity."""
    return float(value) if value is not None and math.isfinite(value) else None


def numbers(values: Iterable[Any]) -> list[float | None]:
    """Return many of them."""
    return [number(value) for value in values]


def as_json(value: Any) -> Any:
    """Return a parameter as JSON; arrays and functions, which no form shows, as a word for them."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, np.generic):
        return as_json(value.item())
    if isinstance(value, float):
        return number(value)
    if isinstance(value, Region):
        return value.to_json()
    if isinstance(value, Mapping):
        return {str(key): as_json(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(each) for each in value]
    if hasattr(value, "shape"):
        return f"array of shape {tuple(value.shape)}"
    return getattr(value, "__name__", type(value).__name__)


def axis(of: Axis) -> protocol.AxisState:
    """Return one axis: a label per line, and numbers where the labels are numeric."""
    values = None if of.values is None else [float(value) for value in of.values]
    return {"name": of.name, "labels": list(of.labels), "values": values}


def families() -> list[protocol.FamilyState]:
    """Return the families of the method picker."""
    return [{"name": name, "about": about} for name, about in FAMILIES.items()]


def methods(explainer: Explainer, given: Iterable[str] = ()) -> list[protocol.MethodState]:
    """Return the method picker: all methods, and why some cannot run on this model.

    `given` names maps that were computed elsewhere, which cannot run at all.
    """
    known: list[protocol.MethodState] = [
        {
            "name": name,
            "family": method.family,
            "question": method.question,
            "reason": explainer.why_not(name),
            "fields": [_field(each) for each in explainer.fields(name)],
        }
        for name, method in list(REGISTRY.items())
    ]
    return known + [_given_method(name) for name in given if name not in REGISTRY]


def _given_method(name: str) -> protocol.MethodState:
    return {
        "name": name,
        "family": "your own",
        "question": "A map that was given.",
        "reason": f"{name} was given as a map, and cannot be computed again; register a Method of "
        "that name to run it.",
        "fields": [],
    }


def _field(field: Mapping[str, Any]) -> protocol.FieldState:
    state: Any = {**field, "default": as_json(field["default"])}
    if field["name"] == "baseline":
        # a view has one of its own, which a run gets whose form leaves it open
        for key in ("none", "help"):
            state[key] = field[key].replace("the explainer's", "the view's")
    return state


def tables() -> dict[str, bytes]:
    """Return the colour tables, 256 RGB triples each: the same here, in figures and in pages."""
    return {name: table(name).tobytes() for name in TABLES}


def scores(prediction: Prediction | None, missing: str = "") -> protocol.Scores:
    """Return what the model says, or said, or `UNKNOWN`; `missing` says why there is no model."""
    found = UNKNOWN
    if prediction is not None:
        found = {
            "kind": prediction.kind,
            "all": numbers(prediction.shown),
            "predicted": prediction.predicted,
        }
        if prediction.plain:
            found["kinds"] = list(prediction.kinds)
    return {**found, "missing": missing} if missing else found


def target(of: Class | Margin, given: bool) -> protocol.Target:
    """Return a target whose names have been looked up."""
    a, b = of.pair
    assert a is not None  # the names of a view's targets are looked up among classes
    return {"a": a, "b": b, "given": given}


def dial(of: Dial) -> protocol.Dial:
    """Return where a target stands among the layers, or steps, that have it."""
    return {"what": of.what, "name": of.names[of.at], "at": of.at, "count": len(of.names)}


def selection(region: Region | None) -> protocol.Selection | None:
    """Return a region as the brush knows it."""
    return None if region is None else region.to_json()  # type: ignore[return-value]


class Asked(TypedDict):
    """What a panel says before anything is found; a `PanelState` says it, too."""

    name: str
    method: str
    parameters: dict[str, Any]
    summary: str
    run: int
    within: protocol.Selection | None
    profile: Literal["sum", "mean"]
    pinned: NotRequired[protocol.Pin]
    of: NotRequired[tuple[str, str]]


def panel(name: str, spec: Spec, shape: tuple[int, int], run: int = 0) -> protocol.PanelState:
    """Return a panel that shows nothing yet; parameters are completed where they are possible."""
    parameters, summary = dict(spec.parameters), "given"
    profile: Literal["sum", "mean"] = "sum"
    if spec.given:
        profile = next(each.profile for each in spec.given if each is not None)
    elif spec.of is not None:
        summary = ""
    else:
        method = REGISTRY[spec.method]
        profile = method.profile
        try:
            settings = method.settings(parameters, shape)
            parameters, summary = dict(settings), settings.summary()
        except (TypeError, ValueError):
            # the run itself says what is wrong with them, as the panel's failure
            summary = ""
    blank = unshown(
        {
            "name": name,
            "method": spec.method,
            "parameters": as_json(parameters),
            "summary": summary,
            "run": run,
            "within": selection(spec.within),
            "profile": profile,
        }
    )
    return blank if spec.of is None else {**blank, "of": spec.of}


def unshown(asked: Asked) -> protocol.PanelState:
    """Return a panel of which only what was asked is known."""
    return {
        **asked,
        "seconds": None,
        "score": None,
        "score_at_baseline": None,
        "residual": None,
        "notes": [],
        "conservation": [],
        "arrays": "",
        "failure": None,
    }


def explained(blank: protocol.PanelState, explanation: Explanation) -> protocol.PanelState:
    """Return the panel with what was found, but for its arrays."""
    e = explanation
    return {
        **blank,
        "seconds": number(e.seconds),
        "score": number(e.score),
        "score_at_baseline": number(e.score_at_baseline),
        "residual": number(e.residual),
        "notes": list(e.notes),
        "conservation": [as_json(row) for row in e.fields()["conservation"]],
    }


def arrays(run: int, explanation: Explanation) -> protocol.PanelArrays:
    """Return the arrays of what a run found."""
    e = explanation
    return {
        "run": run,
        "map": array(e.map),
        "standard_error": given(e.standard_error),
        "row_errors": given(e.row_errors),
        "column_errors": given(e.column_errors),
        "channels": given(e.values if e.values.shape[-1] > 1 else None),
    }


def given(values: ArrayLike | None) -> protocol.Array:
    """Return an array as bytes, or the one that stands for none."""
    return ABSENT if values is None else array(values)


def as_given(panel: protocol.PanelState, explanation: Explanation) -> protocol.PanelState:
    """Return the panel of a map that was given, with a note that no target changes it."""
    about = f" It explains {explanation.about}." if explanation.target is not None else ""
    note = f"This map was given, and stays the same for every target.{about}"
    return {**panel, "seconds": None, "notes": [*panel["notes"], note]}


def sentence(error: BaseException) -> str:
    """Return an error as one sentence: ours are, of others the kind and the first line."""
    return clean(clipped(_sentence(error), SENTENCE))


def _sentence(error: BaseException) -> str:
    if isinstance(error, ValidationError):
        return unreadable(error)
    text = " ".join(str(error).split("\n")[0].split())
    if isinstance(error, TypeError | ValueError | RuntimeError | MemoryError) and text:
        return text
    return f"{type(error).__name__}: {text}" if text else f"{type(error).__name__} was raised."


def unreadable(error: ValidationError) -> str:
    """Return what is wrong with something that the browser wrote, in one sentence."""
    wrong = Fault.first(error, "a list")
    where = clipped(".".join(wrong.path)) or "the message"
    return f"The view could not read {where}: {wrong.why.rstrip('.')}."


def failure(method: str, error: BaseException, explainer: Explainer) -> protocol.Failure:
    """Return why there is no map, and what would work where the method itself cannot run."""
    if method not in REGISTRY:  # a map that was given
        return {"title": "no map of this sample", "sentence": sentence(error), "instead": []}
    cannot = bool(explainer.why_not(method))
    instead = [name for name in list(REGISTRY) if not explainer.why_not(name)] if cannot else []
    there = "on this model" if explainer.aimed is None else "for this target"
    where = there if instead else "without a model"
    title = f"{method} cannot run {where}" if cannot else f"{method} did not run"
    return {"title": title, "sentence": sentence(error), "instead": instead}
