"""The same models written otherwise: where a library takes a layer for something else than we do.

Each is a function of a model without softmax; it gives a model with the same logits, but for
`negated` and `merged`, which say what they give.
"""

import keras
from keras import layers
from reference import models


def plain(model):
    return model


def opaque(*kinds):
    """Hide layers of some kinds, so that relevance passes them by their gradient."""

    def hidden(layer):
        return layers.Lambda(lambda x: layer(x), name=f"hidden_{layer.name}")

    return lambda model: _again(
        model, [hidden(each) if isinstance(each, kinds) else each for each in model.layers]
    )


def apart(model):
    """Keep batch normalisation from being folded, by a layer in front that does nothing."""
    return _again(model, [part for layer in model.layers for part in (*_gap(layer), layer)])


def unfused(model):
    """Give each activation a layer of its own, "r1" after the convolution "c1"."""
    parts = []
    for layer in model.layers:
        if isinstance(layer, layers.Conv2D) and layer.activation is not keras.activations.linear:
            bare = layers.Conv2D.from_config(layer.get_config() | {"activation": None})
            bare.build(layer.input.shape)
            bare.set_weights(layer.get_weights())
            name = layer.name.replace("c", "r")
            parts += [bare, layers.Activation(layer.activation, name=name)]
        else:
            parts.append(layer)
    return _again(model, parts)


def negated(model):
    """Give minus the logits."""
    return _again(model, [*model.layers, layers.Rescaling(-1.0)])


def merged(model):
    """Fold batch normalisation and leave another behind, which divides by √(1 + ε)."""
    folded = iter(models.load("b_fold", softmax=False).layers)
    left = []
    for layer in model.layers:
        if isinstance(layer, layers.BatchNormalization):
            options = {"epsilon": layer.epsilon, "center": False, "scale": False}
            left += [*_gap(layer), layers.BatchNormalization(**options, name=layer.name)]
        else:
            left.append(next(folded))
    return _again(model, left)


def _gap(layer):
    normalises = isinstance(layer, layers.BatchNormalization)
    return [layers.Reshape(layer.input.shape[1:])] if normalises else []


def _again(model, parts):
    return keras.Sequential([keras.Input(model.input_shape[1:]), *parts], name=model.name)
