"""The Python that makes a view, a panel or a selection; what no code can say is a variable."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from types import MappingProxyType
from typing import Any, Literal, NamedTuple

from heatbrush.border.asked import Opened, Question, Spec, Target, hides
from heatbrush.export.written import Names, bracketed, call, quoted, region
from heatbrush.session.models import APART
from heatbrush_core import Method, Region
from heatbrush_core.checks import numbered
from heatbrush_core.methods import find
from heatbrush_core.outputs import Decoder
from heatbrush_core.targets import Class, Margin
from heatbrush_core.targets import Target as Kernels


class Origin(NamedTuple):
    """What `compare` was given, as far as the code of a view must say it.

    Attributes
    ----------
    asked
        Whether an explainer was given, a model, several by name, or none of these.
    single
        Whether X was one matrix, not several.
    y, valid, ids
        Whether they were given.
    opened
        The file that the view comes from, instead of from `compare`.
    given
        Whether what is held beside each sample was given.
    """

    asked: Literal["explainer", "model", "models", "nothing"]
    single: bool
    y: bool
    valid: bool
    charts: bool
    snapshot: bool | Literal["page"]
    ids: bool = False
    opened: Opened | None = None
    given: bool = False


class Source(NamedTuple):
    """One moment of a view, as far as its code says it.

    Attributes
    ----------
    baselines
        By number, what cells may be hidden by: words and values.
    panels
        By name, in their order.
    models
        The names of several.
    options
        How the maps are drawn, where that is not as at first.
    given, added
        The targets that have lines of their own: given to `compare`, and added later.
    of_line
        What a question is about, as an explainer is asked for it.
    decoders
        What reads things out of the maps of each model, None where the explainer was given none.
    """

    origin: Origin
    question: Question
    baselines: Sequence[Any]
    classes: Sequence[str]
    panels: Mapping[str, Spec]
    selection: Region
    height: int | None = None
    models: Sequence[str] = ()
    named: Mapping[str, Region] = MappingProxyType({})
    options: Mapping[str, Any] = MappingProxyType({})
    given: Sequence[Kernels] = ()
    added: Sequence[Kernels] = ()
    of_line: Callable[[Question], Target] = lambda question: question.target
    decoders: Sequence[Decoder | None] = ()

    @property
    def baseline(self) -> Any:
        """What `question` hides cells by: a word or a value."""
        return self.baselines[self.question.baseline]


def view(source: Source) -> str:
    """Write what makes the view, all its panels and its selection.

    Raises
    ------
    ValueError
        If there is no panel, which no call of `compare` makes.
    """
    if not any(_is_made_first(spec) for spec in source.panels.values()):
        raise ValueError("The view has no panel, so that no code makes it; run a method first.")
    names = Names()
    first, later = _parted(source.panels)
    if source.models:
        first, later = _of_all(first, later, source.models)
    methods = _methods(first, names)
    origin = source.origin
    explainer = {"nothing": "None"}.get(origin.asked, origin.asked)
    given = [explainer, "X", f"methods={methods}"]
    given += ["y=y"] if origin.y else []
    given += ["ids=ids"] if origin.ids else []
    given.append(f"sample={source.question.sample}")
    given += _first(source, names) + _baseline(source, names)
    given += ["valid=valid"] if origin.valid else []
    given += ["given=given"] if origin.given else []
    given += [] if source.height is None else [f"height={source.height}"]
    given += [] if origin.charts else ["charts=False"]
    given += [] if origin.snapshot is True else [f"snapshot={names.written(origin.snapshot)}"]
    lines = [call("view = hb.compare", given), *_lines(source, names)]
    lines += [running(name, spec, names) for name, spec in later.items()]
    lines += kept_names(source, names)
    lines += _arranged(source, [*_opened(first, source.models), *later], names)
    lines += looks(source, names)
    also = [each for each in ("y", "ids", "valid", "given") if getattr(origin, each)]
    comments = [*_of_view(origin, also), *_reading(source), *names.comments]
    return page([*lines, "view"], comments)


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
    if spec.of is not None:
        comments = [f"view: with the panels {spec.of[0]!r} and {spec.of[1]!r}."]
        return page([subtracting(name, spec.of, names)], comments)
    about = spec.about(source.question)
    source = source._replace(question=replace(about, target=source.of_line(about)))
    if spec.given:
        maps = names.named(name, f"the maps that were given for the panel {name!r}", spec.given)
        which = maps if origin.single else f"{maps}[{source.question.sample}]"
        return page([which], names.comments)
    matrix = "X" if origin.single else f"X[{source.question.sample}]"
    given = [matrix, _method(spec.method, names), *target(source, names), *_parameters(spec, names)]
    takes = "baseline" in find(spec.method).Parameters.model_fields
    if takes and spec.parameters.get("baseline") is None:
        given = [each for each in given if each != "baseline=None"]
        given += _baseline(source, names)
    given += [f"within={region(spec.within)}"] if spec.within else []
    given += ["valid=exists"] if origin.valid else []
    given += ["given=held"] if origin.given else []
    askers = {"explainer": "explainer", "models": f"models[{names.written(spec.model)}]"}
    asker = askers.get(origin.asked, "hb.Explainer(model)")
    if not takes and hides(spec) and source.question.baseline:
        asker += f".with_baseline({names.written(source.baseline, 'baseline', HIDDEN)})"
    comments = [*_of_view(origin, []), *_reading(source)]
    if origin.asked == "models":
        comments.append("models holds Explainers, as view.explainers does.")
    if origin.valid:
        comments.append(f"exists: which cells of {matrix} exist, True or False for each.")
    if origin.given:
        comments.append(f"held: what the other inputs hold beside {matrix}, by name.")
    return page(
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
    return page([f"view.selection = {region(source.selection)}"], [])


# ------------------------------------------------------------ the parts of it


def running(name: str, spec: Spec, names: Names) -> str:
    """Write what computes a panel in a view that there is."""
    within = [f"within={region(spec.within)}"] if spec.within else []
    panel = [f"panel={names.written(name)}"]
    asked = [_method(spec.method, names), *within, *panel, *_parameters(spec, names)]
    return call("view.run", asked)


def kept_names(source: Source, names: Names) -> list[str]:
    """Write the selections that are kept under names."""
    named = source.named.items()
    return [f"view.selections[{names.written(name)}] = {region(kept)}" for name, kept in named]


def looks(source: Source, names: Names) -> list[str]:
    """Write what is selected, and how the maps are drawn."""
    lines = [f"view.selection = {region(source.selection)}"] if source.selection else []
    if source.options:
        options = [f"{quoted(key)}: {names.written(v, key)}" for key, v in source.options.items()]
        lines.append(f"view.options = {bracketed('{', options, '}')}")
    return lines


HIDDEN = "what hidden cells become, as it was given"


def _of_view(origin: Origin, also: Sequence[str]) -> list[str]:
    given = [*([] if origin.asked == "nothing" else [str(origin.asked)]), "X", *also]
    some, last = given[:-1], given[-1]
    named = f"{', '.join(some)} and {last}" if some else last
    return [f"{named}: as the view was made of {'them' if some else 'it'}."]


def _reading(source: Source) -> list[str]:
    """Say by which decoders the explainers read maps, as these were made with them."""
    several = source.models or [""]
    decoders = zip(several, source.decoders, strict=False)
    made = {name: Names().written(each) for name, each in decoders if each is not None}
    return [
        f"models[{quoted(name)}] has outputs={each}." if name else f"explainer has outputs={each}."
        for name, each in made.items()
    ]


def _parted(panels: Mapping[str, Spec]) -> tuple[dict[str, Spec], dict[str, Spec]]:
    """Part what `compare` computes, which takes no region, from what runs after it; in this order.

    The first panel is opened by `compare` in any case, and run again if it has a region.
    """
    each = [(name, spec) for name, spec in panels.items() if _is_made_first(spec)]
    limited = [at for at, (_, spec) in enumerate(each) if spec.within and not spec.given]
    start = limited[0] if limited else len(each)
    # maps that were given can stand in `compare` alone, even where that changes the order
    first = dict(each[: max(start, 1)]) | {name: spec for name, spec in each if spec.given}
    return first, {name: spec for name, spec in each[start:] if not spec.given}


def _of_all(
    first: Mapping[str, Spec], later: Mapping[str, Spec], models: Sequence[str]
) -> tuple[dict[str, Spec], dict[str, Spec]]:
    """Part what `compare` asks of every model from what is asked of one, and runs after it.

    The first method is asked of all in any case: `compare` takes no panel of one model.
    """
    whole: dict[str, Spec] = {}
    covered: set[str] = set()
    for name, spec in first.items():
        panel = name.removeprefix(f"{spec.model}{APART}")
        twins = {f"{model}{APART}{panel}": replace(spec, model=model) for model in models}
        if spec.given:
            whole[name] = spec
        elif all(first.get(each) == twin for each, twin in twins.items()) or not covered:
            whole[panel] = spec
            covered |= twins.keys()
    rest = {**first, **later}.items()
    return whole, {name: each for name, each in rest if not each.given and name not in covered}


def _opened(first: Mapping[str, Spec], models: Sequence[str]) -> list[str]:
    """Name the panels that `compare` opens: of several models each has its own."""
    return [
        panel
        for name, spec in first.items()
        for panel in (
            [name] if spec.given or not models else [f"{model}{APART}{name}" for model in models]
        )
    ]


def _is_made_first(spec: Spec) -> bool:
    """Tell whether `compare` or a run makes a panel, and nothing that needs a view."""
    return spec.of is None and None not in spec.given


def _arranged(source: Source, made: list[str], names: Names) -> list[str]:
    """Write what a view does with its panels: own maps, pins, differences, and their order."""
    lines: list[str] = []
    shown = source.question.sample
    for name, spec in source.panels.items():
        if None in spec.given:
            lines += adding(name, spec, shown, names)
            made.append(name)
    for name, spec in source.panels.items():
        if spec.pinned is not None:
            lines.append(pinning(source, name, spec, spec.pinned, names))
    for name, spec in source.panels.items():
        if spec.of is not None:
            lines.append(subtracting(name, spec.of, names))
            made.insert(max(map(made.index, spec.of)) + 1, name)
    return lines + ordering(source, made, names)


def ordering(source: Source, made: Sequence[str], names: Names) -> list[str]:
    """Write the order of the panels, where they were not made in it."""
    if list(made) == list(source.panels):
        return []
    return [f"view.order({bracketed('[', [names.written(name) for name in source.panels], ']')})"]


def adding(name: str, spec: Spec, shown: int, names: Names) -> list[str]:
    """Write what shows a map of the user's own, or one for each sample, in a panel."""
    if None not in spec.given:
        maps = names.named(name, f"the maps that were given for the panel {name!r}", spec.given)
        return [f"view.add({names.written(name)}, {maps})"]
    at, own = next((at, each) for at, each in enumerate(spec.given) if each is not None)
    own_map = names.named(name, f"the map that was given for the panel {name!r}", own)
    add = f"view.add({names.written(name)}, {own_map})"
    return [add] if at == shown else [f"view.sample = {at}", add, f"view.sample = {shown}"]


def pinning(source: Source, name: str, spec: Spec, kept: Question, names: Names) -> str:
    """Write what a panel is pinned for, as far as the view does not say it."""
    now = source.question
    given = [names.written(name)]
    given += [] if kept.sample == now.sample else [f"sample={kept.sample}"]
    given += [] if kept.target == now.target else target(source._replace(question=kept), names)
    apart = hides(spec) and kept.baseline != now.baseline
    given += _baseline(source._replace(question=kept), names) if apart else []
    return call("view.pin", given)


def subtracting(name: str, of: tuple[str, str], names: Names) -> str:
    """Write what shows the difference of two panels."""
    a, b = of
    panel = [] if name == f"{a} - {b}" else [f"panel={names.written(name)}"]
    return call("view.difference", [names.written(a), names.written(b), *panel])


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


def target(source: Source, names: Names) -> list[str]:
    """Write the target where one was chosen; without it, that is the predicted class."""
    target = source.question.target
    if target is None:
        return []

    def named(given: Any) -> str:
        name = source.classes[given] if isinstance(given, int) and source.classes else given
        unique = isinstance(name, str) and list(source.classes).count(name) == 1
        return names.written(name if unique else given)

    if isinstance(target, Kernels) and not target.of_classes:
        return [f"target={names.written(target)}"]
    if isinstance(target, Class | int | str):
        return [f"target={named(target.index if isinstance(target, Class) else target)}"]
    assert isinstance(target, Margin)
    return [f"target=hb.targets.Margin({named(target.a)}, {named(target.b)})"]


def _first(source: Source, names: Names) -> list[str]:
    """Write the targets that `compare` is given: what is shown, or all that have lines."""
    if source.given:
        several = names.written(list(source.given))
        return [f"target={names.written(source.given[0]) if len(source.given) == 1 else several}"]
    target_of_line = source.question.target in source.added
    return [] if target_of_line else target(source, names)


def _lines(source: Source, names: Names) -> list[str]:
    """Write what adds lines to a view, and chooses one where `compare` shows another."""
    added = [call("view.add_target", [names.written(list(source.added))])] if source.added else []
    now = source.question.target
    if now == (source.given[0] if source.given else None) or not (source.given or source.added):
        return added
    if now is None or (not source.given and now not in source.added):
        return added
    return [*added, f"view.target = {target(source, names)[0].removeprefix('target=')}"]


def _baseline(source: Source, names: Names) -> list[str]:
    """Write what hidden cells become; an array or function of the explainer's own is left to it."""
    spec = source.baseline
    own = source.question.baseline == 0 and not isinstance(spec, str | int | float)
    if source.origin.asked == "nothing" or own:
        return []
    return [f"baseline={names.written(spec, 'baseline', HIDDEN)}"]


def page(lines: Sequence[str], comments: Sequence[str]) -> str:
    """Return code as a whole: with its import, and what its names stand for."""
    said = [f"# {' '.join(each.split())}" for each in comments]
    head = ["import heatbrush as hb", ""]
    return "\n".join([*head, *said, *([""] if said else []), *lines]) + "\n"
