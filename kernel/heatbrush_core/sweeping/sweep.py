"""Which parameter of a generator moves the score: Sobol's indices with bootstrap intervals."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from numbers import Real
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import index, listed, short, whole
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.sweeping import sobol
from heatbrush_core.synthetic.generators.generator import MOST, Generator
from heatbrush_core.targets import ScoreKind

if TYPE_CHECKING:
    import pandas as pd

    from heatbrush_core.inference.explaining import Explaining

SEED = "seed"
"""The row of what no parameter decides."""
WIDE = 0.3
"""Width of an interval that says little."""
LARGEST = 2**20


@with_bar
def sweep(
    explainer: Explaining,
    generator: Generator,
    target: Any = None,
    samples: int = 256,
    seed: int = 0,
    score: ScoreKind | None = None,
    level: float = 0.95,
    *,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Measure which parameters of a generator move the score of a target.

    Parameters
    ----------
    explainer
        The model.
    generator
        Draws the matrices. A parameter is drawn evenly over what is open to it after those before
        it, so that no sample is rejected.
    target
        As in `Explainer.explain`. None is what the model says of the matrix in the middle of all
        ranges.
    samples
        Rows of a sample matrix, a power of 2 from 8 on. The model is asked about (p + 5) times as
        many matrices, for p parameters.
    seed
        Which sample of the generator decides textures, places and noise: the same in all sample
        matrices. The design and the bootstrap are drawn from it, too.
    score
        Which score of the target is measured: "probability" (the default where the model has one),
        "logit" or "log_probability".
    level
        Of the intervals.
    progress, cancel
        As in `Explainer.explain`; `progress` counts matrices.

    Returns
    -------
    DataFrame
        A row per parameter, the strongest first: "first", the share of the variance of the score
        that is due to it alone; "total", that which is due to it alone and together with others;
        "first_low", "first_high", "total_low" and "total_high", the ends of bootstrap intervals.
        The last row, "seed", is the share of textures, places and noise in the variance over
        matrices that each have a seed of their own. All are NaN where the score does not move.
        ``attrs`` holds "target", "score", "mean" and "deviation" of the score over the ranges,
        "evaluations" and "notes".

    Raises
    ------
    TypeError, ValueError
        In one sentence, for what is no generator or holds every parameter, for matrices that do
        not fit the model, an unknown target and an impossible number.
    Cancelled
        When `cancel` was set.

    Notes
    -----
    Saltelli et al. (2010), Variance based sensitivity analysis of model output; the total index is
    Jansen's (1999). The seed's row compares three more runs: parameters and seeds drawn together,
    the same with other parameters and seeds, and the first with the seeds of the second.
    """
    import pandas as pd

    moved = _moved(generator)
    _check_samples(samples)
    if not (isinstance(level, Real) and 0 < level < 1):
        raise ValueError(
            f"level is {short(level)}, but a number between 0 and 1 is expected; give one such as "
            "0.95."
        )
    seed = whole("seed", seed, 0, MOST - 2 * samples - 1)
    middle = np.full(len(generator.parameters), 0.5)
    asker, x = explainer.aiming(generator.sample(seed, fractions=middle).x, None, target)
    aim = asker.aim(x, target)
    asker.score_kind(score)
    evaluations = samples * (len(moved) + 5)
    watch = Watch(evaluations, progress, cancel)
    places = [generator.parameters.index(name) for name in moved]

    def scores(fractions: Floats, seeds: Sequence[int]) -> Floats:
        """Ask the model about matrices at fractions of the moved parameters."""
        whole_rows = np.full((len(fractions), len(middle)), 0.5)
        whole_rows[:, places] = fractions

        def make(which: slice) -> NDArray[Any]:
            drawn = zip(whole_rows[which], seeds[which], strict=True)
            return asker.matrices(
                np.stack([generator.sample(each, fractions=row).x for row, each in drawn])
            )

        watch.stop_if_cancelled()
        outputs = asker.outputs(len(fractions), make, watch)
        return asker.scored(outputs, aim, score)

    a, b = sobol.design(samples, len(moved), seed)
    of_a, of_b, of_ab = sobol.evaluated(lambda rows: scores(rows, [seed] * samples), a, b)
    found = sobol.indices(of_a, of_b, of_ab, level, seed)
    others = range(seed + 1, seed + 1 + 2 * samples)
    one, two = others[:samples], others[samples:]
    apart = scores(a, one), scores(b, two), scores(a, two)[None]
    of_seed = sobol.indices(*apart, level, seed)
    table = pd.concat(
        [
            _table(found, moved).sort_values("total", ascending=False, kind="stable"),
            _table(of_seed, [SEED]),
        ]
    )
    label = aim.label(asker.classes)
    both = np.concatenate([of_a, of_b])
    table.attrs |= {
        "target": label,
        "score": asker.scored_as(score),
        "mean": float(both.mean()),
        "deviation": float(both.std()),
        "evaluations": evaluations,
        "level": float(level),
    }
    still = sobol.is_still(of_a, of_b, of_ab), sobol.is_still(*apart)
    held = [name for name in generator.parameters if name not in moved]
    table.attrs["notes"] = _notes(table, target is None, held, seed, still)
    return table


def _moved(generator: Any) -> list[str]:
    """Get the parameters whose range is more than one value."""
    if not isinstance(generator, Generator):
        raise TypeError(
            f"generator is {short(generator)}, but one with ranges is expected; give one such as "
            "synthetic.Apple(seeds=(3, 8))."
        )
    moved = [
        name
        for name in generator.parameters
        if getattr(generator, name)[0] < getattr(generator, name)[1]
    ]
    if not moved:
        raise ValueError(
            f"{generator.noun} holds each of its parameters at one value, but a sweep moves at "
            "least one; widen a range."
        )
    return moved


def _check_samples(samples: Any) -> None:
    number = index(samples)
    if number is None or not 8 <= number <= LARGEST or number & (number - 1):
        raise ValueError(
            f"samples is {short(samples)}, but a power of 2 from 8 to {LARGEST} is expected, which "
            "the Sobol sequence needs; give one such as 256."
        )


def _table(found: sobol.Indices, names: Sequence[str]) -> pd.DataFrame:
    import pandas as pd

    columns = {
        "first": found.first,
        "first_low": found.first_interval[:, 0],
        "first_high": found.first_interval[:, 1],
        "total": found.total,
        "total_low": found.total_interval[:, 0],
        "total_high": found.total_interval[:, 1],
    }
    return pd.DataFrame(columns, index=pd.Index(list(names), name="parameter"))


def _notes(
    table: pd.DataFrame,
    is_chosen: bool,
    held: Sequence[str],
    seed: int,
    still: tuple[bool, bool],
) -> tuple[str, ...]:
    """Say what the shares are of, and what is to be known."""
    about, notes = table.attrs, []
    if is_chosen:
        notes.append(
            f"The target is {about['target']!r}, what the model says in the middle of all ranges."
        )
    notes.append(
        f"Parameters: shares of the variance of the {about['score']} of {about['target']!r} where "
        f"sample {seed} decides all else; seed: its share where each matrix has its own."
    )
    if held:
        notes.append(f"Held at one value and left out: {listed(held)}.")
    if still[0]:
        notes.append("The score does not move with any parameter, so that there are no shares.")
    if still[1]:
        notes.append("The score is the same for all parameters and seeds.")
    widths = table["total_high"] - table["total_low"]
    if (widths > WIDE).any():
        wide = [str(name) for name in table.index[widths > WIDE]]
        notes.append(
            f"The intervals of {listed(wide)} are wider than {WIDE:g}; more samples narrow them."
        )
    return tuple(notes)
