"""Step profiles: for each answer of a sequence, which times of the matrix it rests on."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import ArrayLike

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import MethodLike, read_method, whole
from heatbrush_core.evidence.searching import whole_lines
from heatbrush_core.matrix.axes import AXES, AxisName, check_axis
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.targets import Source, Step, Which

if TYPE_CHECKING:
    import xarray

    from heatbrush_core.inference.explaining import Explaining


@with_bar
def step_profiles(
    explainer: Explaining,
    x: ArrayLike,
    method: MethodLike = "occlusion",
    axis: AxisName | None = None,
    channel: int | None = None,
    output: Which = None,
    *,
    valid: Any = None,
    given: Any = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
    **parameters: Any,
) -> xarray.DataArray:
    """Explain each step of a model that answers step by step, and keep the profile of its map.

    Parameters
    ----------
    explainer
        The model.
    x
        (H, W), (H, W, C) or (1, H, W, C).
    method
        Occlusion hides whole columns, or rows, where neither patch nor stride is given.
    axis : {"columns", "rows"}, optional
        Along which the profiles are; by default the axis of time.
    channel : int, optional
        Which number of each step is explained; None takes the highest of each.
    output : str or int, optional
        One of several outputs; None is the one that the explainer was opened with.
    valid, given, progress, cancel, **parameters
        As in `explain`.

    Returns
    -------
    DataArray
        (step, rows or columns): a row is the profile of the map of ``targets.Step(step, channel)``.
        The coordinates "channel" and "score" tell for each step which number was explained, and
        its score in x. ``hb.plot`` draws it as a strip. The attributes hold "method", "unit" and
        "notes".

    Raises
    ------
    TypeError, ValueError
        In one sentence, for a model that does not answer step by step.
    """
    import xarray

    asker, matrix = explainer.whole().about(x, valid, given)
    source = asker.outputs_and_layers(matrix).output(output)
    targets = _targets(asker, matrix, source, channel, output)
    which = asker.time if axis is None else axis
    along: AxisName = "columns" if which == "none" else which
    check_axis(along)
    name, settings = read_method(method, parameters)
    if name == "occlusion" and not {"patch", "stride"} & set(settings):
        settings |= whole_lines(along, matrix.shape[:2])
    watch, found = Watch(len(targets), progress, cancel), []
    for target in targets:
        watch.stop_if_cancelled()
        found.append(
            explainer.explain(x, name, target, valid=valid, given=given, cancel=cancel, **settings)
        )
        watch.advance()
    line = explainer.axes(matrix.shape[:2], x)[AXES.index(along)]
    return xarray.DataArray(
        np.array([getattr(each, along) for each in found]),
        dims=("step", along),
        coords={
            "step": np.arange(len(targets)),
            along: line.coordinates,
            "channel": ("step", [int(each.channel) for each in targets]),
            "score": ("step", [each.score for each in found]),
        },
        name="step_profiles",
        attrs={
            "method": name,
            "unit": found[0].unit,
            "notes": tuple(dict.fromkeys(note for each in found for note in each.notes)),
        },
    )


def _targets(
    asker: Explaining, matrix: Any, source: Source, channel: int | None, output: Which
) -> list[Step]:
    """Take one number of each step: the one that is asked for, or the highest."""
    Step(0, 0, output).terms(asker.outputs_and_layers(matrix))  # refuses what has no steps
    steps, each = source.shape[0], source.shape[1] if len(source.shape) > 1 else 1
    if channel is not None:
        chosen = [Step(k, whole("channel", channel, 0), output) for k in range(steps)]
        chosen[0].terms(asker.outputs_and_layers(matrix))
        return chosen
    if each == 1:
        return [Step(k, 0, output) for k in range(steps)]
    every = [Step(k, c, output) for k in range(steps) for c in range(each)]
    scores = np.reshape(asker.scores(matrix, every), (steps, each))
    return [Step(k, int(c), output) for k, c in enumerate(scores.argmax(1))]
