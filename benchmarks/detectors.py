"""Small two-head detectors of events in spectrograms, with anchors or with free predictors."""

from __future__ import annotations

from functools import cache
from typing import Any, NamedTuple

import numpy as np

BATCH, BOXES, CLASSES = 16, 2, ("tone", "sweep", "burst")
SHAPE = (24, 64)
STRIDES = (4, 8)
NUMBERS = BOXES * (5 + len(CLASSES))
SHAPES = [(SHAPE[0] // each, SHAPE[1] // each, NUMBERS) for each in STRIDES]
FAINTEST = 0.05
RANGES = {"shape": SHAPE, "duration": (8, 20), "band": (5, 10), "loudness": (4, 6)}
"""What `synthetic.generator("events")` draws: at most six events have room."""


class Detector(NamedTuple):
    """A trained network, and what reads its outputs."""

    model: Any
    grid: Any


def network() -> Any:
    """Build five convolutions, with a head after the third and one after the last."""
    import keras
    from keras import layers

    def block(x: Any, filters: int) -> Any:
        x = layers.Conv2D(filters, (3, 5), padding="same", use_bias=False)(x)
        return layers.ReLU()(layers.BatchNormalization(momentum=0.9)(x))

    given = keras.Input((*SHAPE, 1))
    x = layers.MaxPooling2D()(block(given, 12))
    x = fine = block(layers.MaxPooling2D()(block(x, 24)), 24)
    x = block(block(layers.MaxPooling2D()(x), 32), 32)
    heads = [layers.Conv2D(NUMBERS, 3, padding="same", name="fine")(fine)]
    heads.append(layers.Conv2D(NUMBERS, 1, name="coarse")(x))
    return keras.Model(given, heads)


def tables(data: Any) -> list[Any]:
    """Return the true boxes of each sample."""
    things = data.things
    return [things[things["sample"] == number] for number in range(len(data))]


def tensors(grid: Any, truth: list[Any], outputs: list[np.ndarray] | None = None) -> list[Any]:
    """Write true boxes as what each head should return, of free predictors by what they say now."""
    import heatbrush_core as hb

    made = []
    for number, table in enumerate(truth):
        now = None
        if outputs is not None:
            now = grid.proposals([each[number] for each in outputs], SHAPE)
        boxes = table[["row", "column", "height", "width"]]
        made.append(hb.outputs.encode_boxes(grid, boxes, [*table["class"]], SHAPES, SHAPE, now))
    return [np.stack([each.targets[i] for each in made]).astype("float32") for i in (0, 1)]


@cache
def compiled(updates: int) -> Any:
    """Compile a network once: what it is trained by does not hang on the sizes of anchors."""
    import keras

    import heatbrush_core as hb

    model = network()
    heads = [hb.outputs.Head(output=i, boxes=BOXES) for i in (0, 1)]
    rate = keras.optimizers.schedules.CosineDecay(5e-3, updates)
    model.compile(
        keras.optimizers.Adam(rate), loss=hb.outputs.box_loss(hb.outputs.Grid(heads=heads))
    )
    return model


def trained(data: Any, anchors: bool, seed: int, updates: int) -> Detector:
    """Train a detector, with so many updates of its weights whatever the number of samples.

    The next call with as many updates trains the same network anew.
    """
    import keras

    import heatbrush_core as hb

    keras.utils.set_random_seed(seed)
    heads = [hb.outputs.Head(output=i, boxes=BOXES) for i in (0, 1)]
    if anchors:
        sizes = hb.anchors(data.things, 2 * BOXES).heads(2)
        heads = [hb.outputs.Head(output=i, anchors=some) for i, some in enumerate(sizes)]
    grid = hb.outputs.Grid(heads=heads, classes=CLASSES)
    model, truth = compiled(updates), tables(data)
    model.set_weights(network().get_weights())
    for each in model.optimizer.variables:  # all of Adam's start at 0
        each.assign(np.zeros(each.shape))
    if anchors:  # their targets stay, so that one epoch can hold all updates
        order = shuffled(len(data), updates * BATCH, seed)
        targets = [each[order] for each in tensors(grid, truth)]
        model.fit(data.X[order], targets, batch_size=BATCH, shuffle=False, verbose=0)
        return Detector(model, grid)
    for _ in range(round(updates * BATCH / len(data))):
        targets = tensors(grid, truth, model.predict(data.X, verbose=0))
        model.fit(data.X, targets, batch_size=BATCH, verbose=0)
    return Detector(model, grid)


def shuffled(samples: int, count: int, seed: int) -> np.ndarray:
    """Draw samples in turns, each turn all of them in another order."""
    random = np.random.default_rng(seed)
    turns = [random.permutation(samples) for _ in range(-(-count // samples))]
    return np.concatenate(turns)[:count]


def found(detector: Detector, X: np.ndarray, **settings: Any) -> list[Any]:
    """Return the boxes of each sample, also the faint ones, which count in average precision."""
    grid = detector.grid.model_copy(update={"threshold": FAINTEST, **settings})
    outputs = detector.model.predict(X, verbose=0)
    return [grid.decode([each[i] for each in outputs], SHAPE) for i in range(len(X))]


def precision(detector: Detector, data: Any) -> float:
    """Return the average precision, over classes and overlaps from 0.5 to 0.95."""
    import heatbrush_core as hb

    return hb.outputs.average_precision(found(detector, data.X), tables(data)).mean
