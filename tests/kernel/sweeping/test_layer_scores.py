"""Scores of layers for style and content: by hand, by brute force, and what is refused."""

import threading

import keras
import numpy as np
import pytest
from keras import layers
from sentences import refuses

import heatbrush_core as hb
from heatbrush_core.metrics import random_weights
from heatbrush_core.sweeping.layer_scores import shares, wilson
from heatbrush_core.synthetic import Apple, Textures
from heatbrush_core.targets import Channel, Content, Gram

RANDOM = np.random.default_rng(5)
COUNT = 20


def figures(textures, places):
    """Blocks of 2 x 2 cells of random signs: the texture is their channel, the layout the place."""
    X = np.zeros((len(textures), 6, 8, 2))
    for x, texture, place in zip(X, textures, places, strict=True):
        row, column = divmod(place, 4)
        signs = RANDOM.choice([-1.0, 1.0], (2, 2))
        x[2 * row : 2 * row + 2, 2 * column : 2 * column + 2, texture] = signs
    return X


@pytest.fixture(scope="module")
def known():
    texture, place = RANDOM.integers(2, size=COUNT), RANDOM.integers(12, size=COUNT)
    other = (place + RANDOM.integers(1, 12, COUNT)) % 12
    return figures(texture, place), figures(texture, other), figures(1 - texture, place)


def fixed(name, weights, activation=None):
    """A convolution of 1 x 1 with (in, out) weights of one's own."""
    weights = np.array(weights, float)[None, None]
    return layers.Conv2D(
        weights.shape[-1],
        1,
        activation=activation,
        use_bias=False,
        name=name,
        kernel_initializer=lambda shape, dtype=None: keras.ops.convert_to_tensor(weights, dtype),
    )


def test_a_network_made_by_hand(known):
    """The first layer keeps which channel is used; the last only where any is."""
    model = keras.Sequential(
        [
            keras.Input((6, 8, 2)),
            fixed("texture", [[1, 0], [0, 1]]),
            fixed("signs", [[1, -1, 0, 0], [0, 0, 1, -1]], "relu"),
            fixed("layout", [[1], [1], [1], [1]]),
            layers.Rescaling(0.0, name="nothing"),
            layers.GlobalAveragePooling2D(name="mean"),
            layers.Dense(2, name="end"),
        ]
    )
    explainer = hb.Explainer(model, baseline=0.0)
    table = hb.layer_scores(explainer, known, networks=0)
    assert table.index.tolist() == ["texture", "signs", "layout", "nothing"]
    assert table.loc["texture", ["style", "content"]].tolist() == [1, 0.5]
    assert table.loc["layout", ["style", "content"]].tolist() == [0.5, 1]
    assert table.loc["nothing", ["style", "content"]].tolist() == [0.5, 0.5]
    # Wilson's interval in closed form, of all and of half
    z = 1.959964
    assert table.loc["texture", "style_low"] == pytest.approx(COUNT / (COUNT + z**2), rel=1e-6)
    assert table.loc["texture", "style_high"] == pytest.approx(1)
    half = z / (2 * np.sqrt(COUNT + z**2))
    assert table.loc["nothing", "style_low"] == pytest.approx(0.5 - half, rel=1e-6)
    assert table.loc["nothing", "style_high"] == pytest.approx(0.5 + half, rel=1e-6)
    assert list(table) == [f"{a}{b}" for a in ("style", "content") for b in ("", "_low", "_high")]
    style, content, still = table.attrs["notes"]
    assert style.startswith("Style: the highest score is 1.00, of texture; ")
    assert content.startswith("Content: the highest score is 1.00, of layout; ")
    assert still == "Exactly 0.5 in both, as where nothing moves a layer: nothing."


NAMES = ("before", "first", "shrunk", "second")


@pytest.fixture(scope="module")
def nested():
    """A model with a model inside, and what gives the cells of each layer."""
    keras.utils.set_random_seed(2)
    start = keras.Input((6, 8, 3))
    first = layers.Conv2D(4, 3, activation="relu", name="first")(start)
    shrunk = layers.MaxPooling2D((1, 2), name="shrunk")(first)
    second = layers.Conv2D(2, (3, 1), padding="same", name="second")(shrunk)
    inner = keras.Model(start, [first, shrunk, second])
    given = keras.Input((6, 8, 2))
    before = layers.Conv2D(3, 3, padding="same", bias_initializer="ones", name="before")(given)
    inside = inner(before)
    end = layers.Dense(2, name="end")(layers.Flatten(name="flat")(inside[2]))
    return keras.Model(given, end), keras.Model(given, [before, *inside])


def gram(cells):
    flat = cells.reshape(len(cells), -1, cells.shape[-1])
    return np.einsum("npi,npj->nij", flat, flat) / flat.shape[1]


def brute(every, trio):
    """(2, layers) shares, by NumPy from the layers' cells."""
    base, texture, layout = ([np.asarray(y, float) for y in every(x)] for x in trio)
    found = []
    for look, near, far in ((gram, texture, layout), (np.asarray, layout, texture)):
        apart = [
            [np.square(look(a) - look(b)).reshape(len(a), -1).mean(1) for b in (c, d)]
            for a, c, d in zip(base, near, far, strict=True)
        ]
        found.append([np.mean(np.where(n == f, 0.5, n < f)) for n, f in apart])
    return np.array(found)


def test_brute_force_also_of_random_networks(nested):
    model, every = nested
    trio = RANDOM.normal(size=(3, 13, 6, 8, 2)).astype("float32")
    explainer = hb.Explainer(model, baseline=0.0, batch_size=4)
    kept = model.get_weights()
    seen = []
    table = hb.layer_scores(explainer, tuple(trio), seed=3, networks=2, progress=seen.append)
    assert table.index.tolist() == list(NAMES)
    np.testing.assert_allclose(table[["style", "content"]].T, brute(every, trio))
    assert (seen[-1].done, seen[-1].total) == (39, 39)
    for before, after in zip(kept, model.get_weights(), strict=True):
        np.testing.assert_array_equal(before, after)
    random, owned = np.random.default_rng(3), random_weights.layers(explainer)
    shares_of_random = []
    for _ in range(2):
        draws = random_weights.drawn([one for _, some in owned for one in some], random)
        with random_weights.put(draws):
            shares_of_random.append(brute(every, trio))
    for number, kind in enumerate(("style", "content")):
        each = np.array(shares_of_random)[:, number]
        np.testing.assert_allclose(table[f"{kind}_random"], each.mean(0))
        low, high = (wilson(at(each, 0), 13)[end] for end, at in enumerate((np.min, np.max)))
        np.testing.assert_allclose(table[f"{kind}_random_low"], low)
        np.testing.assert_allclose(table[f"{kind}_random_high"], high)
    assert table.attrs["samples"] == 13 and table.attrs["networks"] == 2
    assert "Above all random networks: " in table.attrs["notes"][0]
    some = hb.layer_scores(explainer, tuple(trio), 5, 4, networks=0, layers=["second"])
    part = brute(every, trio[:, 4:9])[:, NAMES.index("second")]
    np.testing.assert_allclose(some.loc["second", ["style", "content"]].tolist(), part)
    assert some.attrs["samples"] == 5


def test_the_distances_are_those_of_the_targets(nested):
    model, _ = nested
    trio = RANDOM.normal(size=(3, 1, 6, 8, 2)).astype("float32")
    explainer = hb.Explainer(model, baseline=0.0)
    explainer.predict(trio[0, 0])
    assert explainer.layers == NAMES
    watch = hb.progress.Watch()
    found = explainer.distances([*trio], explainer.layers, watch)
    for name, row in zip(NAMES, found, strict=True):
        right = [
            -explainer.score(trio[0, 0], kind(name, y[0]))
            for kind in (Gram, Content)
            for y in trio[1:]
        ]
        np.testing.assert_allclose(row[:, 0], right, rtol=1e-5)
        explainer.score(trio[0, 0], Channel(name, 0))


def test_a_generator_draws_its_pairs_anew():
    keras.utils.set_random_seed(4)
    model = keras.Sequential(
        [
            keras.Input((16, 20, 1)),
            layers.Conv2D(4, 5, activation="relu", name="conv"),
            layers.GlobalMaxPooling2D(),
            layers.Dense(2),
        ]
    )
    explainer, made = hb.Explainer(model, baseline=0.0), Textures(shape=(16, 20), seed=1)
    table = hb.layer_scores(explainer, made, 24, start=7, networks=1)
    again = hb.layer_scores(explainer, made.pairs(24, 7, redraw=True), networks=1)
    np.testing.assert_array_equal(table, again)
    other = hb.layer_scores(explainer, made.pairs(24, 7), networks=1)
    assert not np.array_equal(table, other)
    # a texture is told by filters that nobody trained
    assert table.loc["conv", "style_random"] > 0.7


def test_layers_of_other_models():
    flat = hb.Explainer(
        keras.Sequential([keras.Input((4, 5, 1)), layers.Flatten(), layers.Dense(2)])
    )
    assert flat.layers == ()
    steps = keras.Sequential(
        [
            keras.Input((12, 3)),
            layers.Conv1D(4, 3, name="one"),
            layers.Conv1D(4, 3, name="two"),
            layers.Flatten(),
            layers.Dense(2),
        ]
    )
    explainer = hb.Explainer(steps, baseline=0.0)
    assert explainer.layers == ("one", "two")
    trio = tuple(RANDOM.normal(size=(3, 4, 12, 3)))
    assert hb.layer_scores(explainer, trio, networks=1).notna().all(axis=None)
    function = hb.Explainer(lambda X: X.sum(axis=(1, 2)), baseline=0.0)
    assert function.layers == ()
    for each in (flat, function):
        with refuses(ValueError, "shows none", "rows or columns and channels", "convolutions"):
            hb.layer_scores(each, np.zeros((3, 2, 4, 5, 1)).tolist())


def test_numbers_that_are_not_finite():
    distances = np.ones((3, 4, 2))
    distances[0, 1] = 2, 0.5  # the layout is farther, then nearer
    distances[1, 0, 0] = np.nan
    distances[2, 2:] = np.inf
    style, content = shares(distances)
    np.testing.assert_array_equal(style, [0.5, np.nan, 0.5])
    np.testing.assert_array_equal(content, [0.5, 0.5, np.nan])


def test_what_is_refused(nested, known):
    explainer = hb.Explainer(nested[0], baseline=0.0)
    with refuses(
        TypeError, "pairs is an Apple", "a generator or three sets", "synthetic.Textures()"
    ):
        hb.layer_scores(explainer, Apple())
    with refuses(ValueError, "base (20, 6, 8, 2)", "same_layout (19, 6, 8, 2)", "one shape"):
        hb.layer_scores(explainer, (*known[:2], known[2][1:]))
    with refuses(ValueError, "same_texture has shape (20, 6, 7, 2)", "(6, 8, 2)", "crop"):
        hb.layer_scores(explainer, (known[0], known[1][:, :, 1:], known[2]))
    with refuses(ValueError, "start=15 and samples=10", "it has 20", "smaller"):
        hb.layer_scores(explainer, known, 10, 15)
    with refuses(ValueError, "no layer 'secund'", "among the model's", "did you mean 'second'"):
        hb.layer_scores(explainer, known, layers=["first", "secund"])
    with refuses(
        ValueError,
        "the layer 'end' has the shape (2,)",
        "cells with channels",
        "some of before, first",
    ):
        hb.layer_scores(explainer, known, layers="end")
    with refuses(ValueError, "networks is -1", "at least 0", "give more"):
        hb.layer_scores(explainer, known, networks=-1)
    stop = threading.Event()
    stop.set()
    with pytest.raises(hb.Cancelled):
        hb.layer_scores(explainer, known, cancel=stop)
