"""The Python that makes a view, a panel or a selection; what no code can say is a variable."""

from __future__ import annotations

import keyword
import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal, NamedTuple

import numpy as np

from heatbrush.border.asked import Question, Spec, hides
from heatbrush_core import Method, Region
from heatbrush_core.checks import numbered
from heatbrush_core.matrix.region import LISTED
from heatbrush_core.methods import find
from heatbrush_core.targets import Class

WIDTH = 96
"""Characters of a line; a call that is longer has a line for each argument."""
TAKEN = frozenset({"hb", "view", "explainer", "model", "X", "y", "valid", "exists", "float"})


class Origin(NamedTuple):
    """What `compare` was given, as far as the code of a view must say it.

    Attributes
    ----------
    asked
        Whether an explainer was given, a model, or neither.
    single
        Whether X was one matrix, not several.
    y, valid
        Whether they were given.
    """

    asked: Literal["explainer", "model", "nothing"]
    single: bool
    y: bool
    valid: bool
    charts: bool
    snapshot: bool | Literal["page"]


class Source(NamedTuple):
    """One moment of a view, as far as its code says it.

    Attributes
    ----------
    baseline
        What `question` hides cells by: a word or a value.
    panels
        By name, in their order.
    options
        How the maps are drawn, where that is not as at first.
    """

    origin: Origin
    question: Question
    baseline: Any
    classes: Sequence[str]
    panels: Mapping[str, Spec]
    selection: Region
    height: int | None = None
    options: Mapping[str, Any] = {}


def view(source: Source) -> str:
    """Write what makes the view, all its panels and its selection.

    Raises
    ------
    ValueError
        If there is no panel, which no call of `compare` makes.
    """
    if not source.panels:
        raise ValueError("The view has no panel, so that no code makes it; run a method first.")
    names = Names()
    first, later = _parted(source.panels)
    methods = _methods(first, names)
    origin = source.origin
    explainer = {"nothing": "None"}.get(origin.asked, origin.asked)
    given = [explainer, "X", f"methods={methods}"]
    given += ["y=y"] if origin.y else []
    given.append(f"sample={source.question.sample}")
    given += _target(source) + _baseline(source, names)
    given += ["valid=valid"] if origin.valid else []
    given += [] if source.height is None else [f"height={source.height}"]
    given += [] if origin.charts else ["charts=False"]
    given += [] if origin.snapshot is True else [f"snapshot={names.written(origin.snapshot)}"]
    lines = [call("view = hb.compare", given)]
    for name, spec in later.items():
        within = [f"within={region(spec.within)}"] if spec.within else []
        panel = [f"panel={names.written(name)}"]
        asked = [_method(spec.method, names), *within, *panel, *_parameters(spec, names)]
        lines.append(call("view.run", asked))
    if source.selection:
        lines.append(f"view.selection = {region(source.selection)}")
    if source.options:
        options = [f"{quoted(key)}: {names.written(v, key)}" for key, v in source.options.items()]
        lines.append(f"view.options = {bracketed('{', options, '}')}")
    also = [each for each in ("y", "valid") if getattr(origin, each)]
    return _page([*lines, "view"], [*_of_view(origin, also), *names.comments])


def panel(source: Source, name: str) -> str:
    """Write what computes the map of one panel, without a view.

    Raises
    ------
    ValueError
        If there is no panel of that name.
    """
    if name not in source.panels:
        raise ValueError(f"There is no panel {name!r}; the view has {list(source.panels)}.")
    spec, names, origin = source.panels[name], Names(), source.origin
    if spec.given:
        maps = names.named(name, f"the maps that were given for the panel {name!r}", spec.given)
        which = maps if origin.single else f"{maps}[{source.question.sample}]"
        return _page([which], names.comments)
    matrix = "X" if origin.single else f"X[{source.question.sample}]"
    given = [matrix, _method(spec.method, names), *_target(source), *_parameters(spec, names)]
    takes = "baseline" in find(spec.method).Parameters.model_fields
    if takes and spec.parameters.get("baseline") is None:
        given = [each for each in given if each != "baseline=None"]
        given += _baseline(source, names)
    given += [f"within={region(spec.within)}"] if spec.within else []
    given += ["valid=exists"] if origin.valid else []
    asker = "explainer" if origin.asked == "explainer" else "hb.Explainer(model)"
    if not takes and hides(spec) and source.question.baseline:
        asker += f".with_baseline({names.written(source.baseline, 'baseline', HIDDEN)})"
    comments = _of_view(origin, [])
    if origin.valid:
        comments.append(f"exists: which cells of {matrix} exist, True or False for each.")
    return _page(
        [call(f"explanation = {asker}.explain", given), "explanation"],
        [*comments, *names.comments],
    )


def selection(source: Source) -> str:
    """Write what selects the same cells.

    Raises
    ------
    ValueError
        If nothing is selected.
    """
    if not source.selection:
        raise ValueError("Nothing is selected, so that there is no code of it; select cells first.")
    return _page([f"view.selection = {region(source.selection)}"], [])


# ------------------------------------------------------------ the parts of it

HIDDEN = "what hidden cells become, as it was given"


def _of_view(origin: Origin, also: Sequence[str]) -> list[str]:
    given = [*([] if origin.asked == "nothing" else [str(origin.asked)]), "X", *also]
    some, last = given[:-1], given[-1]
    named = f"{', '.join(some)} and {last}" if some else last
    return [f"{named}: as the view was made of {'them' if some else 'it'}."]


def _parted(panels: Mapping[str, Spec]) -> tuple[dict[str, Spec], dict[str, Spec]]:
    """Part what `compare` computes, which takes no region, from what runs after it; in this order.

    The first panel is opened by `compare` in any case, and run again if it has a region.
    """
    each = list(panels.items())
    limited = [at for at, (_, spec) in enumerate(each) if spec.within and not spec.given]
    start = limited[0] if limited else len(each)
    # maps that were given can stand in `compare` alone, even where that changes the order
    first = dict(each[: max(start, 1)]) | {name: spec for name, spec in each if spec.given}
    return first, {name: spec for name, spec in each[start:] if not spec.given}


def _methods(panels: Mapping[str, Spec], names: Names) -> str:
    asked = {name: _asked(name, spec, names) for name, spec in panels.items()}
    usual = numbered(spec.method for spec in panels.values()) == list(panels)
    if usual and not any(spec.given for spec in panels.values()):
        return bracketed("[", list(asked.values()), "]")
    return bracketed("{", [f"{names.written(name)}: {each}" for name, each in asked.items()], "}")


def _asked(name: str, spec: Spec, names: Names) -> str:
    if spec.given:
        return names.named(name, f"the maps that were given for the panel {name!r}", spec.given)
    method = _method(spec.method, names)
    if not spec.parameters:
        return method
    settings = ", ".join(f"{quoted(key)}: {each}" for key, each in _settings(spec, names).items())
    return f"({method}, {{{settings}}})"


def _method(name: str, names: Names) -> str:
    method = find(name)
    if isinstance(method, Method):
        return names.named(name, f"your own method {name!r}", method)
    return names.written(name)


def _parameters(spec: Spec, names: Names) -> list[str]:
    return [f"{key}={each}" for key, each in _settings(spec, names).items()]


def _settings(spec: Spec, names: Names) -> dict[str, str]:
    return {
        key: names.written(value, key, f"the parameter {key} of {spec.method}, as it was given")
        for key, value in spec.parameters.items()
    }


def _target(source: Source) -> list[str]:
    """Write the target where one was chosen; without it, that is the predicted class."""
    target = source.question.target
    if target is None:
        return []

    def named(given: Any) -> str:
        name = source.classes[given] if isinstance(given, int) and source.classes else given
        unique = isinstance(name, str) and list(source.classes).count(name) == 1
        return Names().written(name if unique else given)

    if isinstance(target, Class | int | str):
        return [f"target={named(target.index if isinstance(target, Class) else target)}"]
    return [f"target=hb.targets.Margin({named(target.a)}, {named(target.b)})"]


def _baseline(source: Source, names: Names) -> list[str]:
    """Write what hidden cells become; an array or function of the explainer's own is left to it."""
    spec = source.baseline
    own = source.question.baseline == 0 and not isinstance(spec, str | int | float)
    if source.origin.asked == "nothing" or own:
        return []
    return [f"baseline={names.written(spec, 'baseline', HIDDEN)}"]


def region(given: Region) -> str:
    """Write a region; one of a mask, or of many bands, as the bands that the page sends too."""
    if given.masked is not None or len(given.bands) > LISTED:
        return f"hb.Region.from_json({Names().written(given.to_json())})"
    return repr(given).replace("Region", "hb.Region")


# ------------------------------------------------------------ as text


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


def _page(lines: Sequence[str], comments: Sequence[str]) -> str:
    said = [f"# {' '.join(each.split())}" for each in comments]
    head = ["import heatbrush as hb", ""]
    return "\n".join([*head, *said, *([""] if said else []), *lines]) + "\n"
