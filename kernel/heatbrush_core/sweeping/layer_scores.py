"""How well each layer tells texture and layout apart, beside networks with random weights."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from heatbrush_core.bars import with_bar
from heatbrush_core.checks import MOST, listed, short, whole
from heatbrush_core.holding import check_held
from heatbrush_core.matrix import reading
from heatbrush_core.matrix.arrays import Floats
from heatbrush_core.metrics import random_weights
from heatbrush_core.progress import Listening, Watch
from heatbrush_core.synthetic.generators.dataset import Dataset
from heatbrush_core.synthetic.generators.textures import Textures

if TYPE_CHECKING:
    import pandas as pd

    from heatbrush_core.inference.explaining import Explaining

SAMPLES = 200
"""Triplets that a generator draws."""
LEVEL = 0.95
"""Of the intervals."""
KINDS = ("style", "content")
SETS = ("base", "same_texture", "same_layout")

Trio = tuple[NDArray[Any], NDArray[Any], NDArray[Any]]
"""(N, H, W, C) matrices, others of their texture, and others of their layout."""


@with_bar
def layer_scores(
    explainer: Explaining,
    pairs: Any,
    samples: int | None = None,
    start: int = 0,
    seed: int = 0,
    *,
    networks: int = 5,
    layers: Sequence[str] | None = None,
    progress: Listening = None,
    cancel: threading.Event | None = None,
) -> pd.DataFrame:
    """Score the layers of a model as style layers and as content layers.

    A triplet is a matrix, another of the same texture in another layout, and a third of the same
    layout in another texture. The style score of a layer is the share of triplets in which its Gram
    matrix is nearer to that of the same texture; the content score is the share in which its cells
    are nearer to those of the same layout. 0.5 is chance; a share below it says that the other of
    the two moves the layer more.

    Parameters
    ----------
    explainer
        The model, which must show a graph; it need not have been trained for textures.
    pairs
        A generator, `synthetic.Textures`, whose pairs are drawn with other phases, grains and noise
        in each matrix; or three sets (base, same_texture, same_layout) of N matrices each, as its
        `pairs` gives them, or as arrays (N, H, W) or (N, H, W, C) of one's own.
    samples, start
        How many triplets, and from which on. None are 200 of a generator, all of three sets.
    seed
        The same seed gives the same random weights.
    networks
        How many copies of the model with random weights are scored on the same triplets; 0: none.
    layers
        Names of layers; None are all of `Explainer.layers`.
    progress, cancel
        As in `Explainer.explain`; `progress` counts triplets, for each network anew.

    Returns
    -------
    DataFrame
        A row per layer, in the order of computation: "style", with the ends of its 95 % interval
        "style_low" and "style_high" (Wilson's, over triplets); "style_random", the mean over the
        random networks, with the lowest and the highest end of their intervals, "style_random_low"
        and "style_random_high"; and the same for "content". A tie counts half; NaN for a layer that
        gives NaN or infinity. ``attrs`` holds "samples", "networks" and "notes", which name the
        best layers, and those whose intervals lie above or below those of all random networks.

    Raises
    ------
    TypeError, ValueError
        In one sentence, for pairs that are none or do not fit the model, a model without a graph,
        one without weights (which networks=0 takes), and an unknown layer.
    Cancelled
        When `cancel` was set.

    Notes
    -----
    The distances are those of `targets.Gram` and `targets.Content`, Gatys et al. (2016), equations
    1 and 3. That a texture is told by which of two patches is nearer, also in networks that were
    never trained: Ustyuzhaninov et al. (2016, arXiv:1606.00021). That matrices which share shape or
    texture alone show what a layer holds: Islam et al. (2021, arXiv:2101.11604). Random weights
    are drawn as in `randomisation`. One batch of triplets is in memory at once.
    """
    import pandas as pd

    networks, seed = whole("networks", networks, 0), whole("seed", seed, 0)
    given = _triplets(pairs, samples, start, explainer.shape)
    explainer.asked(given[0][0])
    explainer = explainer.whole()
    first, second, third = map(explainer.matrices, given)
    trio = first, second, third
    names = _chosen(explainer, layers, first[0])
    watch = Watch((1 + networks) * len(first), progress, cancel)
    own = shares(explainer.distances(trio, names, watch))
    random = _random(explainer, trio, names, networks, seed, watch)
    table = pd.DataFrame(_columns(own, random, len(first)), index=pd.Index(names, name="layer"))
    table.attrs |= {"samples": len(first), "networks": networks, "notes": _notes(table)}
    return table


def shares(distances: NDArray[Any]) -> Floats:
    """(layers, 4, N) distances, see `walks.distances` -> (2, layers) shares: style, content."""
    to_texture, to_layout, cells_to_texture, cells_to_layout = np.moveaxis(distances, 1, 0)
    with np.errstate(invalid="ignore"):  # infinity less infinity tells nothing
        nearer = [to_layout - to_texture, cells_to_texture - cells_to_layout]
    return np.mean((1 + np.sign(nearer)) / 2, axis=-1)


def _random(
    explainer: Explaining,
    trio: Trio,
    names: Sequence[str],
    networks: int,
    seed: int,
    watch: Watch,
) -> Floats:
    """(networks, 2, layers) shares of the same model with random weights."""
    found = np.empty((networks, len(KINDS), len(names)))
    if not networks:
        return found
    subject = random_weights.subject(explainer, trio[0][0])
    owned = [each for _, some in random_weights.layers(subject) for each in some]
    random = np.random.default_rng(seed)
    for number in range(networks):
        draws = random_weights.drawn(owned, random)
        with subject.lock, random_weights.put(draws):
            found[number] = shares(subject.distances(trio, names, watch))
    return found


# ------------------------------------------------------------------ what was given


def _triplets(
    pairs: Any, samples: int | None, start: int, shape: reading.Shape | None
) -> Sequence[NDArray[Any]]:
    """Draw triplets of a generator, or take some of three sets."""
    start = whole("start", start, 0)
    if isinstance(pairs, Textures):
        count = whole("samples", SAMPLES if samples is None else samples, 1)
        rows, columns = pairs.shape
        check_held(f"samples={count}", 3 * count * (6.0 * rows * columns + 4000), "draw fewer")
        return [each.X for each in pairs.pairs(count, start, redraw=True)]
    if not isinstance(pairs, list | tuple) or len(pairs) != len(SETS):
        raise TypeError(
            f"pairs is {short(pairs)}, but a generator or three sets of matrices, "
            f"({', '.join(SETS)}), are expected; give one such as synthetic.Textures()."
        )
    arrays = [each.X if isinstance(each, Dataset) else each for each in pairs]
    sets = [
        reading.matrices(each, shape, name, finite=False)
        for name, each in zip(SETS, arrays, strict=True)
    ]
    if len({each.shape for each in sets}) != 1:
        told = ", ".join(f"{name} {each.shape}" for name, each in zip(SETS, sets, strict=True))
        raise ValueError(
            f"pairs holds {told}, but three arrays of one shape are expected; give for each matrix "
            "one of its texture and one of its layout."
        )
    there = len(sets[0]) - start
    count = there if samples is None else whole("samples", samples, 1)
    if not 1 <= count <= there:
        raise ValueError(
            f"start={start} and samples={samples} ask for triplets that pairs does not hold, as it "
            f"has {len(sets[0])}; give smaller numbers."
        )
    return [each[start : start + count] for each in sets]


def _chosen(
    explainer: Explaining, layers: Sequence[str] | None, x: NDArray[Any]
) -> tuple[str, ...]:
    """Check the names of layers."""
    if not explainer.layers:
        raise ValueError(
            "Scores of layers need layers with rows or columns and channels, but "
            f"{explainer.named} shows none; give a functional or sequential Keras model with "
            "convolutions."
        )
    names = tuple([layers] if isinstance(layers, str) else layers or explainer.layers)
    sources = explainer.outputs_and_layers(x)
    for name in names:
        if len(shape := sources.layer(name).shape) < 2:
            raise ValueError(
                f"Scores of layers need cells with channels, but the layer {name!r} has the shape "
                f"{shape}; give some of {listed(explainer.layers)}."
            )
    return names


# ------------------------------------------------------------------ what is told


def _columns(own: Floats, random: Floats, count: int) -> dict[str, Floats]:
    found: dict[str, Floats] = {}
    for number, kind in enumerate(KINDS):
        low, high = wilson(own[number], count)
        found |= {kind: own[number], f"{kind}_low": low, f"{kind}_high": high}
        if len(random):
            these = random[:, number]
            found[f"{kind}_random"] = these.mean(axis=0)
            low, high = wilson(these, count)
            found |= {f"{kind}_random_low": low.min(0), f"{kind}_random_high": high.max(0)}
    return found


def wilson(share: Floats, count: int) -> tuple[Floats, Floats]:
    """Take the ends of Wilson's interval of shares of so many independent cases."""
    z = NormalDist().inv_cdf((1 + LEVEL) / 2)
    middle = (share + z**2 / (2 * count)) / (1 + z**2 / count)
    spread = np.sqrt(share * (1 - share) / count + z**2 / (4 * count**2))
    half = z * spread / (1 + z**2 / count)
    # rounding leaves no share outside of its own interval
    return np.minimum(middle - half, share), np.maximum(middle + half, share)


def _notes(table: pd.DataFrame) -> tuple[str, ...]:
    """Say which layers are best, and which are better than those of random networks."""
    notes = []
    for kind in KINDS:
        scores = table[kind].dropna()
        if scores.empty:
            continue
        best = scores.idxmax()
        near = table[f"{kind}_high"] >= table.loc[best, f"{kind}_low"]
        said = f"{kind.capitalize()}: the highest score is {scores[best]:.2f}, of {best}"
        said += f"; intervals that overlap with its own: {_list(near & (table.index != best))}."
        if f"{kind}_random" in table:
            above = table[f"{kind}_low"] > table[f"{kind}_random_high"]
            below = table[f"{kind}_high"] < table[f"{kind}_random_low"]
            said += f" Above all random networks: {_list(above)}; below all: {_list(below)}."
        notes.append(said)
    if (lost := table[[*KINDS]].isna().any(axis=1)).any():
        notes.append(f"NaN, as numbers there are not finite: {_list(lost)}.")
    if (still := (table[[*KINDS]] == 0.5).all(axis=1)).any():
        notes.append(f"Exactly 0.5 in both, as where nothing moves a layer: {_list(still)}.")
    return tuple(notes)


def _list(chosen: pd.Series) -> str:
    """Name the layers that were chosen, or say how many they are."""
    names = [*chosen.index[chosen]]
    if len(names) > MOST:
        return f"{len(names)} of {len(chosen)} layers"
    return listed(names) or "none"
