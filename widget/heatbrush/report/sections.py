"""The parts of a page about a model, as HTML without a style of its own."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape
from typing import TYPE_CHECKING, Any

import numpy as np

from heatbrush.report import charts
from heatbrush.report.studying import Study
from heatbrush_core.matrix.axes import AXES, AxisName
from heatbrush_core.matrix.baselines import words

if TYPE_CHECKING:
    import pandas as pd

WIDE = 30
"""Characters of a cell that gets room for them."""
SQUARE, LISTED, PROFILES, MISTAKES = 12, 40, 12, 20
"""Classes of a whole confusion table, of the table of classes and of profiles; listed mistakes."""


def model(study: Study) -> str:
    """Say what was asked: the model, its matrices and classes, how its scores are read."""
    explainer, matrices = study.explainer, study.matrices
    rows, columns = explainer.axes(matrices.shape[1:])
    names = explainer.classes
    few = ", ".join(names[:8]) + (f" and {len(names) - 8} more" if len(names) > 8 else "")
    facts = {
        "Model": explainer.named,
        "Matrices": f"{len(matrices):,}, {_size(matrices.shape[1:])}",
        "Rows": f"{rows.name}: {_ends(rows.labels)}",
        "Columns": f"{columns.name}: {_ends(columns.labels)}",
        "Classes": f"{len(names)}: {few}",
        "What is measured": f"the {explainer.scored_as()}",
        "Hidden cells": words(explainer.word(matrices[0])),
        "Time": f"{explainer.time}{' (assumed)' if explainer.time_is_assumed else ''}",
    }
    if study.exists is not None:
        share = float(study.exists.mean())
        facts["Cells that exist"] = f"{share:.1%}; the others are never hidden and never counted"
    lines = "".join(f"<dt>{escape(k)}</dt><dd>{escape(v)}</dd>" for k, v in facts.items())
    return f"<dl>{lines}</dl>{_notes(explainer.read_as)}"


def performance(study: Study) -> str:
    """Say how often the model is right, by class; without true classes only what it says."""
    names = study.explainer.classes
    if study.counts is None:
        why = (
            "The model has one output, so that there are no classes to be confused."
            if len(names) < 2
            else "No true classes were given (y=), so that nothing here says how often it is right."
        )
        said = np.bincount(study.said, minlength=max(len(names), 1))
        order = np.argsort(-said, kind="stable")[:LISTED]
        rows = [(names[each], int(said[each])) for each in order if said[each]]
        return _paragraph(why) + (table(("the model says", "samples"), rows) if names else "")
    counts = study.counts
    low, high = counts.interval()
    of = f"{counts.right:,} of {counts.total:,}"
    told = (
        f"The model is right for {of} samples: accuracy {counts.accuracy:.1%} (95 % interval "
        f"{low:.1%} to {high:.1%}, Wilson); the mean over classes is {counts.balanced:.1%}. "
        "Nothing here tells whether it was trained on these samples: on those it learned from, "
        "this says little."
    )
    return _paragraph(told) + _classes(study) + _confusion(study)


def _classes(study: Study) -> str:
    counts, names = study.counts, study.explainer.classes
    assert counts is not None
    sizes = counts.table.sum(axis=1)
    order = np.sort(np.argsort(-sizes, kind="stable")[:LISTED])
    rows = [
        (names[c], int(sizes[c]), _share(counts.recall[c]), _share(counts.precision[c]))
        for c in order
    ]
    head = ("class", "samples", "of these called so (recall)", "of those called so (precision)")
    return table(head, rows) + _left(len(names), len(order), "classes", "the most frequent")


def _confusion(study: Study) -> str:
    counts, names = study.counts, study.explainer.classes
    assert counts is not None
    if len(names) <= SQUARE:
        rows = [(name, *map(int, line)) for name, line in zip(names, counts.table, strict=True)]
        return "<h3>What is true, and what the model says</h3>" + table(
            ("true ↓ says →", *names), rows, marked=True
        )
    rows = [(names[t], names[s], n) for t, s, n in counts.confusions(MISTAKES)]
    head = "<h3>The most frequent mistakes</h3>"
    return head + (
        table(("true", "the model says", "samples"), rows) if rows else _paragraph("None.")
    )


def profiles(study: Study) -> str:
    """Draw what the classes rest on along both axes."""
    given = "true" if study.truth is not None else "predicted"
    parts = [
        _paragraph(
            "For each class, the maps of its samples, summed to one number per row or column and "
            f"averaged; samples are grouped by their {given} class. Bands and whiskers hold 90 % "
            "of 2,000 bootstrap means: they say how far samples differ, not whether chance would "
            "do as well. All profiles along one axis have the same scale."
        )
    ]
    if len(study.looked) < len(study.matrices):
        parts.append(
            _paragraph(
                f"They are of {len(study.looked):,} of the {len(study.matrices):,} samples, evenly "
                "spaced."
            )
        )
    for axis in reversed(AXES):
        if axis in study.profiles:
            parts.append(_along(study, axis))
    return "".join(parts)


def _along(study: Study, axis: AxisName) -> str:
    found = study.profiles[axis]
    labels = study.explainer.axes(study.matrices.shape[1:])[AXES.index(axis)].labels
    order = np.sort(np.argsort(-found["count"].values, kind="stable")[:PROFILES])
    mean, low, high = (found[name].values for name in ("mean", "low", "high"))
    known = np.concatenate([each[order].ravel() for each in (mean, low, high)])
    ends = (float(np.nanmin(known, initial=0)), float(np.nanmax(known, initial=0)))
    figures = []
    for place in order:
        name, count = str(found["class"].values[place]), int(found["count"].values[place])
        rest = charts.strongest(mean[place], labels)
        about = f"Mean profile of {name} along the {axis}; strongest: {rest}"
        drawn = charts.profile(mean[place], low[place], high[place], labels, ends, about)
        samples = f"{count:,} sample{'s' if count != 1 else ''}"
        figures.append(
            f"<figure><figcaption><b>{escape(name)}</b> {samples}</figcaption>{drawn}"
            f"<p>Strongest: {escape(rest)}</p></figure>"
        )
    unit = f", in units of the {found.attrs['unit']}" if found.attrs["unit"] else ""
    told = " to ".join(f"{end:.3g}".replace("-", "−") for end in ends)
    scale = f"Scale: {told}{unit}; method {found.attrs['method']}. The line is 0."
    left = _left(found.sizes["class"], len(order), "classes", "those with most samples")
    return (
        f"<h3>Along the {axis}</h3>{_paragraph(scale)}"
        f'<div class="figures">{"".join(figures)}</div>{left}{_notes(found.attrs["notes"])}'
    )


def examples(study: Study, what_if: bool) -> str:
    """List the samples of the view beneath, and why these; `what_if` says that it holds scores."""
    names = study.explainer.classes
    rows = []
    for place, each in enumerate(study.examples):
        said = study.predictions[each.sample]
        true = "not given" if study.truth is None else names[study.truth[each.sample]]
        label = said.label if names else "a score"
        rows.append(
            (place, each.sample, each.why, true, f"{label} {said.shown[said.predicted]:.3g}")
        )
    head = ("in the view", "of the samples", "why", "true", "the model says")
    follows = "The scores without whole rows or whole columns follow the brush. " if what_if else ""
    needs = "Any other selection" if what_if else "What the model would say without a selection"
    return table(head, rows) + _paragraph(
        f"Drag over a map to select, step through the samples with [ and ]. {follows}{needs} needs "
        "the model: load it, and open these samples with hb.compare."
    )


def checked(study: Study) -> str:
    """Say what was checked of the model and its maps, and what was not."""
    parts = []
    if study.baselines is not None:
        parts.append("<h3>What hidden cells may become</h3>")
        sample = study.examples[0].sample
        parts.append(_paragraph(f"Compared on sample {sample}; the first is the one that is used."))
        parts.append(frame(study.baselines))
    methods = study.explainer.methods()
    cannot = methods[methods["runs here"] != "yes"]
    parts.append("<h3>Methods</h3>")
    parts.append(_paragraph(f"{len(methods) - len(cannot)} of {len(methods)} run on this model."))
    if len(cannot):
        parts.append(table(("method", "why it does not run"), cannot["runs here"].items()))
    if study.nodes is not None:
        parts.append("<h3>How each layer is treated</h3>")
        parts.append(frame(study.nodes) + _notes(study.nodes.attrs.get("notes", ())))
    parts.append("<h3>Not checked</h3>")
    parts.append(_notes(missing(study)))
    return "".join(parts)


def missing(study: Study) -> list[str]:
    """List what nothing on the page tells."""
    explainer = study.explainer
    found = list(study.problems)
    if study.truth is None:
        found.append("How often the model is right: no true classes were given; give y=.")
    if explainer.background is None:
        found.append(
            "Whether filled cells look like the data: the explainer has no typical matrices; give "
            "it background=."
        )
    if explainer.time_is_assumed:
        found.append(
            "Which axis is time: columns are assumed, as neither names nor layers tell; give the "
            'Explainer time="rows", "columns" or "none".'
        )
    return [
        *found,
        "Whether a stretch of rows or columns counts more than chance would have it: hb.find_runs "
        "tests that for one sample.",
        "Whether the maps depend on what the model has learned: hb.randomisation measures that.",
        "Whether other methods agree with the one of the profiles: hb.agreement compares them.",
        "Whether the samples are like those that the model will meet.",
    ]


# ------------------------------------------------------------ as HTML


def table(head: Sequence[str], rows: Iterable[Sequence[Any]], marked: bool = False) -> str:
    """Return a table; numbers stand on the right. `marked` marks its diagonal."""
    top = "".join(f'<th scope="col">{escape(str(name))}</th>' for name in head)
    body = []
    for place, (first, *rest) in enumerate(rows):
        cells = "".join(_cell(value, marked and at == place) for at, value in enumerate(rest))
        body.append(f'<tr><th scope="row">{escape(str(first))}</th>{cells}</tr>')
    # a table that is wider than the page is moved by keys, too
    return (
        f'<div class="table" tabindex="0" role="region" aria-label="{escape(str(head[0]))}">'
        f"<table><thead><tr>{top}</tr></thead><tbody>{''.join(body)}</tbody></table></div>"
    )


def frame(found: pd.DataFrame) -> str:
    """Return a DataFrame of results as a table."""
    head = [str(found.index.name or ""), *map(str, found.columns)]
    return table(head, ([*row] for row in found.itertuples()))


def _cell(value: Any, mark: bool) -> str:
    text = _written(value)
    of_number = isinstance(value, int | float | np.number) or text.endswith("%")
    found = {"number": of_number, "mark": mark, "wide": len(text) > WIDE}
    kinds = " ".join(name for name, is_so in found.items() if is_so)
    return f'<td class="{kinds}">{escape(text)}</td>'


def _written(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return f"{value:.4g}"
    whole = isinstance(value, int | np.integer) and not isinstance(value, bool)
    return f"{value:,}" if whole else str(value)


def _notes(said: Iterable[str]) -> str:
    lines = "".join(f"<li>{escape(each)}</li>" for each in said)
    return f"<ul>{lines}</ul>" if lines else ""


def _paragraph(text: str) -> str:
    return f"<p>{escape(text)}</p>"


def _left(count: int, shown: int, what: str, which: str) -> str:
    if count <= shown:
        return ""
    return _paragraph(f"{shown} of {count:,} {what} are listed: {which}.")


def _share(value: float) -> str:
    return "–" if np.isnan(value) else f"{value:.1%}"


def _size(shape: Sequence[int]) -> str:
    rows, columns, channels = shape
    several = f", {channels} channels" if channels > 1 else ""
    return f"{rows:,} rows × {columns:,} columns{several}"


def _ends(labels: Sequence[str]) -> str:
    if len(labels) <= 6:
        return ", ".join(labels)
    return f"{labels[0]} to {labels[-1]}"
