"""Baselines by what they let `find_runs` find of what was planted, on kinds of data.

One network is trained per kind of data and seed, over 16 x 64 (digits: 8 x 64). For each baseline
the samples are counted in which the first run of `find_runs` is the planted one: an intersection
over union of at least a half. Only samples count that the network takes for what they are. With
--choose it runs on other seeds, and shows the rules that "auto" was chosen from.
"""

from __future__ import annotations

import platform
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from functools import partial
from importlib.metadata import version
from typing import Any, NamedTuple, get_args

import numpy as np

from benchmarks import planted
from benchmarks.find_runs import overlap
from heatbrush_core.matrix.baselines import chosen
from heatbrush_core.synthetic.grounds import Ground

CHOICE, SHOWN = (0, 1), (10, 11, 12)
CASES = ((planted.pooled, "step"), (planted.flattened, "oscillation"), (planted.pooled, "bump"))
"""Network and evidence, from seed to seed."""
TRAINED, TESTED, TYPICAL, SAMPLES, CONTROLS = 1200, 100, 200, 3, 19
OWN = (0, "mean", "median", "row_mean", "row_median")
WORDS = (*OWN, "background_mean", "background_median", "background_row_median")
FOUND = 0.5


class Data(NamedTuple):
    """(N, H, W, C) matrices, their classes, and the (N, H, W) cells that were planted."""

    X: np.ndarray
    y: np.ndarray
    truth: np.ndarray


def synthetic(ground: Ground, seed: int, shape: Any) -> tuple[Data, Data]:
    """Draw planted runs on a kind of ground."""
    from heatbrush_core import synthetic

    spec = synthetic.columns(shape, seed=seed, ground=ground)
    drawn = synthetic.draw(spec, TRAINED), synthetic.draw(spec, TESTED, "test")
    train, test = (Data(each.X, each.y, each.truth) for each in drawn)
    return train, test


def digits(seed: int, _: Any) -> tuple[Data, Data]:
    """Set eight of scikit-learn's digits side by side; class 0 has a four among them."""
    from sklearn.datasets import load_digits

    images, names = load_digits(return_X_y=True)
    images, cut = images.reshape(-1, 8, 8) / 16, 1200
    random = np.random.default_rng(seed)
    train = _strips(images[:cut], names[:cut], TRAINED, random)
    return train, _strips(images[cut:], names[cut:], TESTED, random)


def _strips(images: np.ndarray, names: np.ndarray, count: int, random: np.random.Generator) -> Data:
    X, y = np.zeros((count, 8, 64, 1), np.float32), np.arange(count) % 2
    truth = np.zeros(X.shape[:3], bool)
    for strip, label, planted_cells in zip(X, y, truth, strict=True):
        which = random.choice(np.flatnonzero(names != 4), 8)
        if label == 0:
            place = random.integers(8)
            which[place] = random.choice(np.flatnonzero(names == 4))
            planted_cells[:, 8 * place : 8 * place + 8] = True
        strip[..., 0] = np.concatenate(images[which], axis=1)
    return Data(X, y, truth)


KINDS: dict[str, Callable[..., tuple[Data, Data]]] = {
    **{ground: partial(synthetic, ground) for ground in get_args(Ground)},
    "digits": digits,
}


class Asked(NamedTuple):
    """A trained network, typical matrices, and samples with the columns planted in them."""

    model: Any
    background: np.ndarray
    cases: list[tuple[np.ndarray, tuple[int, int]]]
    accuracy: float


def trained(kind: str, seed: int) -> Asked:
    """Train the network of a seed, which standardises channels first, or rows of a unit each."""
    import keras

    body, shape = CASES[seed % len(CASES)]
    given, asked = KINDS[kind](seed, shape)
    keras.utils.set_random_seed(seed)
    start = keras.Input(given.X.shape[1:])
    standardise = keras.layers.Normalization(axis=(1, 3) if kind == "rows" else -1)
    standardise.adapt(given.X)
    end = keras.layers.Dense(2, activation="softmax")(body(standardise(start)))
    model = keras.Model(start, end)
    model.compile(
        keras.optimizers.Adam(3e-3), "sparse_categorical_crossentropy", metrics=["accuracy"]
    )
    model.fit(given.X, given.y, epochs=12, batch_size=32, verbose=0)
    said = model.predict(asked.X, verbose=0).argmax(1)
    cases = []
    for index in np.flatnonzero((asked.y == 0) & (said == 0))[:SAMPLES]:
        columns = np.flatnonzero(asked.truth[index].any(0))
        cases.append((asked.X[index], (int(columns[0]), int(columns[-1]) + 1)))
    return Asked(model, given.X[:TYPICAL], cases, float((said == asked.y).mean()))


def found(asked: Asked, background: np.ndarray | None, baseline: Any) -> int:
    """Count the samples whose first run is the planted one."""
    import heatbrush_core as hb

    explainer, hits = hb.Explainer(asked.model, background=background, baseline=baseline), 0
    for x, span in asked.cases:
        table = hb.find_runs(explainer, x, controls=CONTROLS)
        hits += len(table) > 0 and overlap((table["start"][0], table["stop"][0]), span) >= FOUND
    return hits


def auto(background: np.ndarray | None, x: np.ndarray) -> Any:
    """Take what the explainer takes."""
    return chosen(background, x.shape)


def frequent(background: np.ndarray | None, x: np.ndarray) -> Any:
    """Take the value of at least a third of the cells, where there is one; else as auto."""
    values, counts = np.unique(x if background is None else background, return_counts=True)
    if counts.max() >= counts.sum() / 3:
        return float(values[counts.argmax()])
    return auto(background, x)


def by_cell(background: np.ndarray | None, x: np.ndarray) -> Any:
    """Take the background's median of each cell; without a background, as auto."""
    return auto(background, x) if background is None else "background_median"


RULES = {"auto": auto, "frequent": frequent, "by cell": by_cell}


def counted(kind: str, seeds: Sequence[int], rules: Sequence[str]) -> Iterator[Counter[str]]:
    """Count what each baseline and each rule finds, with a background and then without."""
    count: dict[bool, Counter[str]] = {True: Counter(), False: Counter()}
    for seed in seeds:
        asked = trained(kind, seed)
        for has, line in count.items():
            typical = asked.background if has else None
            known = {word: found(asked, typical, word) for word in (WORDS if has else OWN)}
            line.update({str(word): hits for word, hits in known.items()})
            line["samples"] += len(asked.cases)
            for rule in rules if asked.cases else ():
                word = RULES[rule](typical, asked.cases[0][0])
                if word not in known:
                    known[word] = found(asked, typical, word)
                line[rule] += known[word]
    yield from count.values()


def main() -> None:
    start = time.perf_counter()
    names = ("tensorflow", "keras", "numpy")
    print(f"Python {platform.python_version()}, " + ", ".join(f"{n} {version(n)}" for n in names))
    seeds, rules = (CHOICE, list(RULES)) if "--choose" in sys.argv else (SHOWN, ["auto"])
    columns = [*map(str, WORDS), *rules]
    heads = [each.replace("background", "b").replace("_", " ") for each in columns]
    print(f"{'ground':<10}{'background':<11}{'of':>4}" + "".join(f"{each:>14}" for each in heads))
    total: dict[str, Counter[str]] = {"with": Counter(), "without": Counter()}
    for kind in KINDS:
        pairs = zip(total.items(), counted(kind, seeds, rules), strict=True)
        for (typical, whole), line in pairs:
            whole.update(line)
            show(kind, typical, line, columns)
    for typical, whole in total.items():
        show("all", typical, whole, columns)
        best = max((str(word) for word in WORDS), key=whole.__getitem__)
        print(
            f"best single word {typical} a background: {best}, {whole[best]}; auto {whole['auto']}"
        )
    print(f"{time.perf_counter() - start:.0f} s")


def show(kind: str, typical: str, line: Counter[str], columns: Sequence[str]) -> None:
    """Print a line; a word that needs a background has no number without one."""
    numbers = "".join(f"{line[each] if each in line else '':>14}" for each in columns)
    print(f"{kind:<10}{typical:<11}{line['samples']:>4}{numbers}", flush=True)


if __name__ == "__main__":
    main()
