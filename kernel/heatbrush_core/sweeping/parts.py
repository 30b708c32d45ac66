"""On which parts of a generator's matrices the evidence lies, over many samples."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import MethodLike, read_method, short, whole
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.synthetic.generators.generator import Generator
from heatbrush_core.synthetic.masses import mass_by_part

if TYPE_CHECKING:
    import pandas as pd

    from heatbrush_core.inference.explaining import Explaining

TOGETHER = 64
"""Samples whose maps are held at once."""
SHARES = ["area", "mass", "positive", "negative"]


@with_bar
def evidence_by_part(
    explainer: Explaining,
    generator: Generator,
    target: Any = None,
    method: MethodLike = "occlusion",
    samples: int = 32,
    start: int = 0,
    *,
    progress: Listening = None,
    cancel: threading.Event | None = None,
    **parameters: Any,
) -> pd.DataFrame:
    """Measure which kinds of parts the maps of a method put their mass on.

    Parameters
    ----------
    explainer
        The model.
    generator
        Draws the matrices, and tells which cells belong to what.
    target
        As in `Explainer.explain`, for all samples; None explains each for its own predicted class.
    method, **parameters
        A name, with its parameters beside it; or a pair (name, {parameters}), or a dict {"name":
        name, parameter: value}.
    samples, start
        Those of the seeds from `start` on are explained.
    progress, cancel
        As in `Explainer.explain`; `progress` counts samples.

    Returns
    -------
    DataFrame
        A row per kind of part, that with the most positive mass first: "samples", how many have
        any; and means over these of "area", "mass", "positive" and "negative" as
        `synthetic.mass_by_part` defines them, each with its standard deviation over samples as
        "mass_sd" and so on. Mass that is spread evenly has the share of the area.
        ``attrs`` holds "method", "target" and "notes".

    Raises
    ------
    TypeError, ValueError, Cancelled
        As in `Explainer.explain_batch`, and for what is no generator.
    """
    import pandas as pd

    if not isinstance(generator, Generator):
        raise TypeError(
            f"generator is {short(generator)}, but one that draws parts is expected; give one such "
            "as synthetic.Apple()."
        )
    name, given = read_method(method, parameters)
    samples = whole("samples", samples, 1)
    watch = Watch(samples, progress, cancel)
    tables, notes = [], dict[str, None]()
    for first in range(0, samples, TOGETHER):
        data = generator.dataset(min(TOGETHER, samples - first), start + first)
        ask: dict[str, Any] = {"progress": watch.counted(first), "cancel": cancel, **given}
        found = explainer.explain_batch(data.X, name, target, **ask)
        for scene, each in zip(data.scenes, found, strict=True):
            tables.append(mass_by_part(each, scene.kinds))
            notes |= dict.fromkeys(each.notes)
    grouped = pd.concat(tables).groupby(level="part")[SHARES]
    means, deviations = grouped.mean(), grouped.std().add_suffix("_sd")
    order = ["samples", *(name for each in SHARES for name in (each, f"{each}_sd"))]
    counts = grouped.size().rename("samples")
    table = pd.concat([counts, means, deviations], axis=1)[order]
    table = table.sort_values("positive", ascending=False, kind="stable")
    aim = found[0].target
    asked = "predicted" if target is None or aim is None else aim.label(explainer.classes)
    table.attrs |= {"method": name, "target": asked, "notes": tuple(notes)}
    return table
