"""The Python of a view that was opened from a file: that, and what was changed since."""

from __future__ import annotations

from dataclasses import replace

from heatbrush.border.asked import Opened, Spec
from heatbrush.export import code
from heatbrush.export.code import Source
from heatbrush.export.written import Names, call

ASKERS = {"models": "models", "nothing": ""}


def view(source: Source) -> str:
    """Write what opens the file, and makes of its view what it is now."""
    origin = source.origin
    held, names, question = _held(source), Names(), source.question
    asker = ASKERS.get(origin.asked, "explainer") if held.given else ""
    given = [names.written(held.file), *filter(None, [asker])]
    given += [] if origin.charts else ["charts=False"]
    given += [] if origin.snapshot is True else [f"snapshot={names.written(origin.snapshot)}"]
    lines = [call("view = hb.load_view", given)]
    if question.sample != held.question.sample:
        lines.append(f"view.sample = {question.sample}")
    added = [each for each in (*source.given, *source.added) if each not in held.added]
    lines += [call("view.add_target", [names.written(added)])] if added else []
    if question.target != held.question.target:
        lines += [f"view.{each.replace('=', ' = ', 1)}" for each in code.target(source)]
    if question.baseline != held.question.baseline:
        lines.append(f"view.baseline = {names.written(source.baseline, 'baseline', code.HIDDEN)}")
    lines += _panels(source, held, names)
    lines += [] if source.height is None else [f"view.height = {source.height}"]
    lines += [*code.kept_names(source, names), *code.looks(source, names)]
    comments = [f"{held.file}: the file that the view was opened from."]
    comments += [f"{asker}: as it was given beside the file."] if asker else []
    return code.page([*lines, "view"], [*comments, *names.comments])


def panel(source: Source, name: str) -> str:
    """Write where the map of a panel is found, in a view without a model to compute it anew.

    Raises
    ------
    ValueError
        If there is no panel of that name.
    """
    if name not in source.panels:
        raise ValueError(f"There is no panel {name!r}; the view has {list(source.panels)}.")
    names, held = Names(), _held(source)
    lines = [f"view = hb.load_view({names.written(held.file)})"]
    lines.append(f"explanation = view.explanations[{names.written(name)}]")
    file = f"{held.file}: the file that the view was opened from, without its model."
    return code.page([*lines, "explanation"], [file])


def _held(source: Source) -> Opened:
    assert source.origin.opened is not None
    return source.origin.opened


def _panels(source: Source, held: Opened, names: Names) -> list[str]:
    """Write what was added, changed, pinned and taken away since, and the order."""
    gone = [name for name in held.panels if name not in source.panels]
    lines = [f"view.remove({names.written(name)})" for name in gone]
    made = [name for name in held.panels if name in source.panels]
    pins, differences = [], []
    for name, spec in source.panels.items():
        before = held.panels.get(name)
        if spec.of is not None and spec != before:
            differences.append(code.subtracting(name, spec.of, names))
        elif _unpinned(spec) != _unpinned(before):
            lines += _made(name, spec, source, names)
        if spec.pinned is not None and spec != before:
            pins.append(code.pinning(source, name, spec, spec.pinned, names))
        elif spec.pinned is None and before is not None and before.pinned is not None:
            pins.append(f"view.unpin({names.written(name)})")
        made += [] if name in made else [name]
    return [*lines, *pins, *differences, *code.ordering(source, made, names)]


def _unpinned(spec: Spec | None) -> Spec | None:
    return None if spec is None else replace(spec, pinned=None)


def _made(name: str, spec: Spec, source: Source, names: Names) -> list[str]:
    if spec.given:
        return code.adding(name, spec, source.question.sample, names)
    return [code.running(name, spec, names)]
