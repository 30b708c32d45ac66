"""The report: which units never move over the background, and what a window reaches, in words."""

import keras
import numpy as np
import pytest
from keras import layers

from heatbrush_core import Explainer

RNG = np.random.default_rng(0)


def rectified(shape=(24, 64, 1), **options):
    """Four units of which the second never opens and the last is always the same."""
    keras.utils.set_random_seed(1)
    x = keras.Input(shape)
    y = layers.Conv2D(4, 3, padding="same", name="early", **options)(x)
    y = layers.ReLU(name="open")(y)
    z = layers.GlobalAveragePooling2D(name="mean", **options)(y)
    model = keras.Model(x, layers.Dense(2, name="out")(z))
    weights, bias = model.get_layer("early").get_weights()
    bias[:] = 0, -1000, 1000, 5
    weights[..., 3] = 0
    model.get_layer("early").set_weights([weights, bias])
    return model


def test_units_that_no_background_matrix_moves_are_counted():
    model, X = rectified(), RNG.normal(size=(70, 24, 64, 1)).astype("float32")
    report = Explainer(model, background=X, baseline=0, batch_size=32).report()
    told = report["never active"]
    # the model itself: where does any output differ between matrices?
    for name in ("early", "open", "mean", "out"):
        values = np.asarray(keras.Model(model.input, model.get_layer(name).output)(X))
        moved = (np.ptp(values, axis=0) > 1e-6 * np.abs(values).max(axis=0)).reshape(
            -1, values.shape[-1]
        )
        assert told[name] == f"{int((~moved.any(axis=0)).sum())} of {values.shape[-1]}"
    assert told["early"] == "1 of 4" and told["open"] == told["mean"] == "2 of 4"
    assert told["out"] == "0 of 2"


def test_a_background_that_does_not_vary_moves_nothing():
    X = np.repeat(RNG.normal(size=(1, 24, 64, 1)), 5, axis=0)
    told = Explainer(rectified(), background=X, baseline=0).report()["never active"]
    assert told["open"] == "4 of 4"


def test_without_a_background_nobody_knows():
    assert set(Explainer(rectified(), baseline=0).report()["never active"]) == {"no background"}


def test_moving_cells_about_has_no_units():
    x = keras.Input((4, 5))
    y = layers.Dense(2, name="out")(layers.Flatten(name="flat")(x))
    X = RNG.normal(size=(6, 4, 5))
    told = Explainer(keras.Model(x, y), background=X, baseline=0).report()["never active"]
    assert told["flat"] == "" and told["out"] == "0 of 2"


def conv_net(*more):
    x = keras.Input((24, 64, 1))
    y = layers.Conv2D(3, 3, padding="same", name="early")(x)
    for layer in more:
        y = layer(y)
    y = layers.GlobalAveragePooling2D(name="mean")(y)
    return Explainer(keras.Model(x, layers.Dense(2, name="out")(y)), baseline=0)


def changed(explainer, name):
    """The model itself: how many rows and columns a window of 3 x 8 in the middle changes."""
    layer = keras.Model(explainer.model.input, explainer.model.get_layer(name).output)
    x = RNG.normal(size=(1, 24, 64, 1))
    other = x.copy()
    other[:, 10:13, 28:36] = RNG.normal(size=(3, 8, 1))
    moved = (np.abs(np.asarray(layer(x)) - np.asarray(layer(other))) > 1e-6).any(axis=(0, 3))
    return f"{moved.any(axis=1).sum()} × {moved.any(axis=0).sum()}"


def test_a_report_says_in_words_what_a_window_reaches():
    explainer = conv_net(layers.MaxPooling2D(2, name="pool"))
    report = explainer.report()
    reach = changed(explainer, "early")
    assert report["occlusion"]["early"] == f"window 3 × 3; {reach} of 24 × 64 cells"
    (note,) = report.attrs["notes"]
    reach = changed(explainer, "pool")
    assert f"a window of 3 × 8 in the middle changes {reach} of the 12 × 32 cells of pool" in note
    assert "no more is computed again" in note and note in report._repr_html_()


def test_a_report_says_from_where_all_cells_change():
    wide = layers.Conv2D(2, (47, 127), padding="same", name="wide")
    explainer = conv_net(wide)
    assert changed(explainer, "wide") == "24 × 64"
    report = explainer.report()
    assert report["occlusion"]["wide"].endswith("; all cells")
    assert "and all cells from wide on, where occlusion saves nothing" in report.attrs["notes"][0]


@pytest.mark.parametrize("size", [(8, 8), (5, 30)])
def test_on_a_small_matrix_the_window_is_smaller(size):
    x = keras.Input((*size, 1))
    y = layers.Dense(2)(layers.Flatten()(layers.Conv2D(1, 3, padding="same", name="c")(x)))
    (note,) = Explainer(keras.Model(x, y), baseline=0).report().attrs["notes"]
    height, width = (max(1, min(8, n // 8)) for n in size)
    assert f"window of {height} × {width} in the middle changes" in note
