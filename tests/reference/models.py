"""Six small classifiers of 8 x 8 matrices, with the weights that the numbers belong to."""

from pathlib import Path

import keras
import numpy as np
from keras import layers

HERE = Path(__file__).parent
WEIGHTS = np.load(HERE / "weights.npz")
INPUTS = np.load(HERE / "inputs.npz")


def load(name, softmax=True):
    """Build a model; without softmax it returns its logits."""
    model = keras.Sequential([keras.Input((8, 8, 1)), *MODELS[name](softmax)], name=name)
    for layer in model.layers:
        kept = [key for key in WEIGHTS.files if key.startswith(f"{name}|{layer.name}/")]
        if kept:
            layer.set_weights([WEIGHTS[f"{name}|{layer.name}/{k}"] for k in range(len(kept))])
    return model


def inputs(name):
    """(4, 8, 8, 1), the matrices that were explained."""
    return INPUTS[f"inputs|{name.replace('b_fold', 'b_bn')}"]


def noise(name):
    """(16, 8, 8, 1), the standard normal noise of the SmoothGrad numbers."""
    return INPUTS[f"noise|{name.replace('b_fold', 'b_bn')}"]


DIGITS, DIGITS_MEAN = INPUTS["digits"], INPUTS["digits_mean"]


def head(units, softmax):
    return layers.Dense(units, activation="softmax" if softmax else None, name="out")


def a_cnn(softmax):
    """Two convolutions, max pooling, dense; trained on digits."""
    return [
        layers.Conv2D(6, 3, activation="relu", name="c1"),
        layers.MaxPooling2D(2, name="p1"),
        layers.Conv2D(8, 2, activation="relu", name="c2"),
        layers.Flatten(),
        head(10, softmax),
    ]


def b_bn(softmax):
    """Convolution, batch normalisation and activation as layers of their own; trained."""
    return [
        layers.Conv2D(6, 3, padding="same", name="c1"),
        layers.BatchNormalization(name="bn1"),
        layers.Activation("relu", name="r1"),
        layers.MaxPooling2D(2, name="p1"),
        layers.Conv2D(8, 3, use_bias=False, name="c2"),
        layers.BatchNormalization(epsilon=1e-2, name="bn2"),
        layers.Activation("relu", name="r2"),
        layers.Flatten(),
        layers.Dense(10, name="out"),
        *([layers.Activation("softmax")] if softmax else []),
    ]


def b_fold(softmax):
    """`b_bn` with both batch normalisations folded into their convolutions."""
    return [
        layers.Conv2D(6, 3, padding="same", name="c1"),
        layers.Activation("relu", name="r1"),
        layers.MaxPooling2D(2, name="p1"),
        layers.Conv2D(8, 3, name="c2"),
        layers.Activation("relu", name="r2"),
        layers.Flatten(),
        head(10, softmax),
    ]


def c_cam(softmax):
    """Average pooling, and global average pooling before the dense layer; trained."""
    return [
        layers.Conv2D(8, 3, padding="same", activation="relu", name="c1"),
        layers.AveragePooling2D(2, name="p1"),
        layers.Conv2D(16, 3, padding="same", activation="relu", name="c2"),
        layers.GlobalAveragePooling2D(),
        head(10, softmax),
    ]


def g1_leaky(softmax):
    """Leaky activations as layers."""
    return [
        layers.Conv2D(5, 3, name="c1"),
        layers.LeakyReLU(negative_slope=0.2, name="r1"),
        layers.AveragePooling2D(2, name="p1"),
        layers.Conv2D(6, 2, name="c2"),
        layers.LeakyReLU(negative_slope=0.05, name="r2"),
        layers.Flatten(),
        head(3, softmax),
    ]


def h_mlp(softmax):
    """Dense layers only."""
    return [
        layers.Flatten(),
        layers.Dense(16, activation="relu", name="d1"),
        layers.Dense(12, activation="relu", name="d2"),
        head(3, softmax),
    ]


MODELS = {each.__name__: each for each in (a_cnn, b_bn, b_fold, c_cam, g1_leaky, h_mlp)}
