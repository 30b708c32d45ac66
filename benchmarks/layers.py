"""Style and content scores of layers, over training seeds, and what they take at 64 x 256."""

from __future__ import annotations

import time

import keras
import numpy as np
import pandas as pd

from benchmarks import networks
from heatbrush_core import Explainer, layer_scores
from heatbrush_core.synthetic import Textures

SEEDS, SAMPLES, EPOCHS, TRIPLETS = (1, 2, 3), 1000, 10, 300
SHOWN = ["conv1", "relu1", "relu2", "pool2", "relu3"]
SCORES = ["style", "content", "style_random", "content_random"]


def fitted(what: str, classes: int, seed: int, textures: Textures) -> Explainer:
    """Train three convolutions to tell textures, or layouts."""
    keras.utils.set_random_seed(seed)
    data = textures.dataset(SAMPLES, start=seed * SAMPLES)
    layers = [keras.Input((32, 32, 1))]
    for number, (filters, size) in enumerate(((16, 5), (24, 3), (32, 3)), 1):
        layers += [
            keras.layers.Conv2D(filters, size, padding="same", name=f"conv{number}"),
            keras.layers.BatchNormalization(momentum=0.8, name=f"norm{number}"),
            keras.layers.ReLU(name=f"relu{number}"),
        ]
        layers += [keras.layers.MaxPooling2D(2, name=f"pool{number}")] if number < 3 else []
    layers += [
        keras.layers.GlobalAveragePooling2D(),
        keras.layers.Dense(classes, activation="softmax"),
    ]
    model = keras.Sequential(layers)
    model.compile(keras.optimizers.Adam(5e-3), "sparse_categorical_crossentropy")
    model.fit(data.X, data.parameters[what], epochs=EPOCHS, batch_size=32, verbose=0)
    return Explainer(model, baseline=0.0)


def scored(what: str, classes: int) -> list[pd.DataFrame]:
    """Score the layers of a network for each seed, on the same triplets."""
    textures = Textures(shape=(32, 32))
    return [
        layer_scores(fitted(what, classes, seed, textures), textures, TRIPLETS, 200_000, seed)
        for seed in SEEDS
    ]


def large(count: int = 100) -> tuple[float, int]:
    """Seconds for triplets of 64 x 256 without random networks, and layers."""
    textures = Textures(shape=(64, 256))
    pairs = textures.pairs(count, redraw=True)
    explainer = Explainer(networks.heat_map(), baseline=0.0)
    layer_scores(explainer, pairs, 4, networks=0)
    start = time.perf_counter()
    table = layer_scores(explainer, pairs, networks=0)
    return time.perf_counter() - start, len(table)


def main() -> None:
    """Print a table per task: the mean over seeds, and the lowest and highest."""
    for what, classes in (("texture", 3), ("layout", 4)):
        tables = [table.loc[SHOWN, SCORES].to_numpy() for table in scored(what, classes)]
        mean, low, high = (of(tables, axis=0) for of in (np.mean, np.min, np.max))
        print(f"trained on the {what}, {len(SEEDS)} seeds, {TRIPLETS} triplets: {SCORES}")
        for row, layer in enumerate(SHOWN):
            cells = zip(mean[row], low[row], high[row], strict=True)
            print(f"  {layer}: " + ", ".join(f"{m:.2f} ({a:.2f} to {b:.2f})" for m, a, b in cells))
    seconds, layers = large()
    print(f"100 triplets of 64 x 256, {layers} layers: {seconds:.1f} s")


if __name__ == "__main__":
    main()
