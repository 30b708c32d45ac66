"""Networks that find landmarks of one kind, and whether the evidence of each lies on itself.

A landmark needs its own part where hiding all of that part at once takes at least half of its score
away. The share is another question, asked of each cell: how much of what speaks for the landmark
lies inside of its part, and how much elsewhere in the receptive field.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from heatbrush_core import Explainer, Region, outputs, synthetic
from heatbrush_core.targets import Location

HEATMAP = outputs.Heatmap(threshold=0.3, distance=3, orientation=(1, 2))
CELLS = (24, 48)
"""Of the map, half of the matrix's rows and columns."""
REACH, NEEDED, INSIDE = 3, 0.5, 0.8
"""Cells between found and true; the part of the score that is needed; the aim for its share."""
TEST = 100_000
"""The first seed of the test samples."""
METHODS: dict[str, dict[str, Any]] = {
    "occlusion": {"patch": (3, 3), "stride": (1, 1)},
    "integrated_gradients": {},
    "lrp": {},
    "gradient": {},
}


class Trained(NamedTuple):
    """A trained network, and how long it took, in seconds."""

    model: Any
    seconds: float


def network(seed: int = 0) -> Any:
    """Make a fully convolutional network: one pooling, a map of half the size, three channels.

    One cell of the map sees 18 x 18 cells of the matrix.
    """
    import keras
    from keras import layers

    keras.utils.set_random_seed(seed)
    start = keras.Input((48, 96, 1))
    y = layers.Conv2D(16, 5, padding="same", activation="relu")(start)
    y = layers.MaxPooling2D(2)(y)
    y = layers.Conv2D(32, 5, padding="same", activation="relu")(y)
    y = layers.Conv2D(32, 3, padding="same", activation="relu")(y)
    return keras.Model(start, layers.Conv2D(3, 1)(y))


def loss(target: Any, output: Any) -> Any:
    """Squared error, of the peaks above all; of cosine and sine only where a landmark is."""
    from keras import ops

    place, turn = target[..., 0], ops.sum((target - output)[..., 1:] ** 2, -1)
    return ops.mean((1 + 20 * place) * (place - output[..., 0]) ** 2 + 20 * place * turn)


def wanted(data: synthetic.Dataset) -> np.ndarray:
    """Draw what a network should return for each sample."""
    maps = []
    for scene in data.scenes:
        true = scene.things
        places, shape = true[["row", "column"]], scene.parts.shape
        maps.append(outputs.encode_landmarks(HEATMAP, places, shape, CELLS, angles=true["angle"]))
    return np.stack(maps).astype("float32")


def trained(seed: int = 0, samples: int = 800, epochs: int = 16) -> Trained:
    """Train a network on so many samples, by Adam in batches of 16."""
    import keras

    start = time.perf_counter()
    data, model = synthetic.Landmarks(seed=seed).dataset(samples), network(seed)
    model.compile(keras.optimizers.Adam(3e-3), loss)
    model.fit(data.X, wanted(data), batch_size=16, epochs=epochs, verbose=0)
    return Trained(model, time.perf_counter() - start)


def errors(model: Any, data: synthetic.Dataset) -> pd.Series:
    """Hold what a network finds against the truth."""
    pairs, counts = [], []
    counting = HEATMAP.count([(*CELLS, 3)])
    for scene, map in zip(data.scenes, model.predict(data.X, verbose=0), strict=True):
        found, true = HEATMAP.decode(map, scene.parts.shape), scene.things
        match = outputs.match(found[["row", "column"]], true[["row", "column"]], REACH)
        pairs.append(
            match.table().assign(
                turn=_apart(found["angle"], true["angle"], match) if len(match.found) else np.nan
            )
        )
        counts.append((len(found) - len(true), counting.value([map]) - len(true)))
    table, (found_more, sum_more) = pd.concat(pairs), np.array(counts).T
    kinds = table["kind"].value_counts().reindex(["found", "missed", "false"], fill_value=0)
    return pd.Series(
        {
            "recall": kinds["found"] / (kinds["found"] + kinds["missed"]),
            "precision": kinds["found"] / (kinds["found"] + kinds["false"]),
            "distance": table["distance"].median(),
            "distance, 95 %": table["distance"].quantile(0.95),
            "angle": table["turn"].median(),
            "angle, 95 %": table["turn"].quantile(0.95),
            "count right": (found_more == 0).mean(),
            "count's error": np.abs(found_more).mean(),
            "error of the sum": np.abs(sum_more).mean(),
        }
    )


def _apart(found: pd.Series, true: pd.Series, match: outputs.Matching) -> np.ndarray:
    """Degrees between the two of each pair; NaN for what has no partner."""
    gaps = found.to_numpy()[match.found] - true.to_numpy()[match.truth]
    rest = np.full(len(match.missed) + len(match.false), np.nan)
    return np.concatenate([np.abs((gaps + 180) % 360 - 180), rest])


class Landmark(NamedTuple):
    """A landmark that was found: its sample, its part, and the cell of the map that says so."""

    x: np.ndarray
    part: np.ndarray
    cell: Location


def found(model: Any, data: synthetic.Dataset) -> Iterator[Landmark]:
    """All landmarks that a network finds, each with the mask of the part that it is."""
    for scene, map in zip(data.scenes, model.predict(data.X, verbose=0), strict=True):
        things, true = HEATMAP.find(map, scene.parts.shape).things, scene.things
        places = [(each.row, each.column) for each in things]
        match = outputs.match(places, true[["row", "column"]], REACH)
        for one, other in zip(match.found, match.truth, strict=True):
            row, column, _ = things[one].terms["score"].readings[0].index[0].tolist()
            yield Landmark(scene.x, scene.masks[true["part"][other]], Location(row, column))


def shares(model: Any, landmarks: list[Landmark], methods: dict[str, Any]) -> pd.DataFrame:
    """Of each landmark the part of its score that it needs its part for, and what lies inside.

    A row per landmark: "needs", and for each method the share of the positive values of the map.
    """
    explainer, rows = Explainer(model, baseline=0.0), []
    for x, part, cell in landmarks:
        whole, without = (
            explainer.score(x, cell),
            explainer.score(x, cell, without=Region.cells(part)),
        )
        row = {"needs": 1 - without / whole}
        for method, given in methods.items():
            map = explainer.explain(x, method, cell, progress=False, **given)
            row[method] = synthetic.mass_by_part(map, {"own": part}).loc["own", "positive"]
        rows.append(row)
    return pd.DataFrame(rows)


def summed_up(table: pd.DataFrame) -> pd.DataFrame:
    """Tell of each method the mean, a quantile and how many reach the aim, of those in need."""
    needing = table[table["needs"] >= NEEDED].drop(columns="needs")
    return pd.DataFrame(
        {
            "mean": needing.mean(),
            "5 %": needing.quantile(0.05),
            f"at least {INSIDE:.0%}": (needing >= INSIDE).mean(),
        }
    )


def main(seeds: int = 4, test: int = 200, explained: int = 6) -> None:
    """Print how well networks of several seeds find landmarks, and where the evidence lies."""
    maps, controls = [], []
    for seed in range(seeds):
        model, seconds = trained(seed)
        told = errors(model, synthetic.Landmarks(seed=seed).dataset(test, TEST))
        said = ", ".join(f"{name} {value:.3f}" for name, value in told.items())
        print(f"seed {seed}, trained in {seconds:.0f} s: {said}", flush=True)
        some = list(found(model, synthetic.Landmarks(seed=seed).dataset(explained, TEST)))
        maps.append(shares(model, some, METHODS))
        print(summed_up(maps[-1]).round(3).to_string(), flush=True)
        controls.append(shares(network(seed + 1000), some, METHODS).assign(needs=1.0))
    table = pd.concat(maps)
    needing = int((table["needs"] >= NEEDED).sum())
    print(f"{needing} of {len(table)} landmarks need their own part; of these, by method:")
    print(summed_up(table).round(3).to_string())
    print("The same cells of networks with random weights:")
    print(summed_up(pd.concat(controls)).round(3).to_string())


if __name__ == "__main__":
    main()
