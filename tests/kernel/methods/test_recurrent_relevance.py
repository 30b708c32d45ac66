"""LRP through recurrent layers, against the rule written out step by step in NumPy."""

import keras
import numpy as np
import pytest
from architectures import randomised, traced
from keras import layers, ops

from heatbrush_core import Explainer
from heatbrush_core.walks.forward import forward

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=(7, 4)).astype("float32")


def sigmoid(z):
    return 1 / (1 + np.exp(-z))


def share(x, W, z, R, eps):
    """The epsilon rule: what each cell of x gets of R, the relevance of z = x W + more."""
    z = np.where(z == 0, 1e-7, z) if eps is None else z + np.where(z >= 0, eps, -eps)
    return x * (W @ (R / z))


def safe(x):
    return np.where(x == 0, 1e-7, x)


def lstm(layer, x, R, eps):
    """Relevance of the cells of x from that of the last hidden state, and that state."""
    W, U, b = (np.asarray(w, np.float64) for w in layer.get_weights())
    u, steps = layer.units, []
    h = c = np.zeros(u)
    for cells in x:
        z = cells @ W + h @ U + b
        i, f, g, o = np.split(z, 4)
        i, f, o, a = sigmoid(i), sigmoid(f), sigmoid(o), np.tanh(g)
        new = f * c + i * a
        steps.append((cells, h, c, g, f, i * a, new))
        h, c = o * np.tanh(new), new
    Rh, Rc, found = R, np.zeros(u), np.zeros_like(x)
    for t in reversed(range(len(x))):
        cells, before, c, g, f, added, new = steps[t]
        Rc = Rc + Rh  # the output gate takes nothing, tanh passes on
        Rg = Rc * added / safe(new)
        found[t] = share(cells, W[:, 2 * u : 3 * u], g, Rg, eps)
        Rh = share(before, U[:, 2 * u : 3 * u], g, Rg, eps)
        Rc = Rc * f * c / safe(new)
    return found


def gru(layer, x, R, eps):
    W, U, b = (np.asarray(w, np.float64) for w in layer.get_weights())
    u, steps, h = layer.units, [], np.zeros(layer.units)
    for cells in x:
        own, its = cells @ W + b[0], h @ U + b[1]
        z, r = sigmoid(own[:u] + its[:u]), sigmoid(own[u : 2 * u] + its[u : 2 * u])
        g = own[2 * u :] + r * its[2 * u :]
        new = z * h + (1 - z) * np.tanh(g)
        steps.append((cells, h, z, r, g, new))
        h = new
    found = np.zeros_like(x)
    for t in reversed(range(len(x))):
        cells, before, z, r, g, new = steps[t]
        Rg = R * (1 - z) * np.tanh(g) / safe(new)
        found[t] = share(cells, W[:, 2 * u :], g, Rg, eps)
        R = R * z * before / safe(new) + share(before, U[:, 2 * u :] * r, g, Rg, eps)
    return found


def simple(layer, x, R, eps):
    W, U, b = (np.asarray(w, np.float64) for w in layer.get_weights())
    states, sums = [np.zeros(layer.units)], []
    for cells in x:
        sums.append(cells @ W + states[-1] @ U + b)
        states.append(np.tanh(sums[-1]))
    found = np.zeros_like(x)
    for t in reversed(range(len(x))):
        found[t] = share(x[t], W, sums[t], R, eps)
        R = share(states[t], U, sums[t], R, eps)
    return found


KINDS = {"LSTM": (layers.LSTM, lstm), "GRU": (layers.GRU, gru), "RNN": (layers.SimpleRNN, simple)}


def made(body, seed=1):
    keras.utils.set_random_seed(seed)
    start = keras.Input((7, 4))
    return randomised(keras.Model(start, layers.Dense(3)(body(start))), seed)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("epsilon", [1e-3, 0.1])
@pytest.mark.parametrize("backwards", [False, True])
def test_signals_take_all_and_gates_none(kind, epsilon, backwards):
    make, rule = KINDS[kind]
    layer = make(5, go_backwards=backwards)
    model = made(layer)
    explainer = Explainer(model, scores="values")
    found = explainer.explain(X, "lrp", target=1, rule="epsilon", epsilon=epsilon, composite=None)
    kernel, bias = (np.asarray(w, np.float64) for w in model.layers[-1].get_weights())
    h = np.asarray(keras.Model(model.input, layer.output)(X[None]))[0].astype(float)
    z = h @ kernel[:, 1] + bias[1]
    x = X[::-1] if backwards else X
    R = h * kernel[:, 1] * z / (z + epsilon * np.sign(z))
    expected = rule(layer, x.astype(np.float64), R, epsilon)
    expected = expected[::-1] if backwards else expected
    np.testing.assert_allclose(found.map, expected, atol=1e-4 * np.abs(expected).max())
    assert not [note for note in found.notes if "no rule knows" in note]


@pytest.mark.parametrize(
    "make",
    [
        lambda: layers.LSTM(5),
        lambda: layers.GRU(5),
        lambda: layers.GRU(5, reset_after=False),
        lambda: layers.SimpleRNN(5, activation="relu"),
        lambda: layers.LSTM(5, use_bias=False, recurrent_activation="hard_sigmoid"),
        lambda: layers.GRU(5, use_bias=False),
        lambda: layers.LSTM(5, return_sequences=True),
        lambda: layers.GRU(5, return_sequences=True, go_backwards=True),
        lambda: layers.LSTM(5, return_sequences=True, zero_output_for_mask=True),
    ],
)
@pytest.mark.parametrize("masked", [False, True])
def test_the_equations_are_the_layers(make, masked):
    layer = make()
    layer.build((None, 7, 4))
    randomised(keras.Model(start := keras.Input((7, 4)), layer(start)))
    x = np.stack([X, X[::-1], 2 * X])
    mask = RANDOM.random((3, 7)) < 0.6 if masked else None
    from heatbrush_core.graph.recurrent import recurrence

    equations = recurrence(layer, 2, "float32")
    truth = layer(x, mask=None if mask is None else ops.convert_to_tensor(mask))
    given = ops.cast(x, "float32")
    found = equations(given, None if mask is None else ops.convert_to_tensor(mask))
    np.testing.assert_allclose(found, truth, atol=1e-5)


# each merge, and both of sequences and last states; what joins does not know which it joins. The
# scores tell merges apart, and every walk takes one that is linear and one that is not
EACH_WAY = ("lrp", "deeplift", "gradient", "occlusion")
BOTH_WAYS = [
    ("concat", False, EACH_WAY),
    ("concat", True, ("lrp",)),
    ("sum", True, ("lrp",)),
    ("ave", False, ("lrp",)),
    ("mul", True, EACH_WAY),
]


@pytest.mark.slow
@pytest.mark.parametrize(("merge", "sequences", "methods"), BOTH_WAYS)
def test_both_ways_are_two_layers(merge, sequences, methods):
    """Bidirectional, opened, gives the maps of the two layers written out."""
    # three steps: a walk through a recurrent layer is compiled step by step
    start, x = keras.Input((3, 4)), X[:3]
    inner = layers.LSTM(3, return_sequences=sequences)
    y = layers.Flatten()(layers.Bidirectional(inner, merge_mode=merge)(start))
    model = randomised(keras.Model(start, layers.Dense(2)(y)))
    wrapper = model.layers[1]
    graph = traced(model)
    np.testing.assert_allclose(
        forward(graph, ops.cast(x[None], "float32"))[graph.logits], model(x[None]), atol=1e-5
    )
    a, b = wrapper.forward_layer(start), wrapper.backward_layer(start)
    b = ops.flip(b, axis=1) if sequences else b
    joined = {
        "concat": lambda: layers.Concatenate()([a, b]),
        "sum": lambda: layers.Add()([a, b]),
        "ave": lambda: layers.Average()([a, b]),
        "mul": lambda: layers.Multiply()([a, b]),
    }[merge]()
    bare = keras.Model(start, model.layers[-1](layers.Flatten()(joined)))
    ours, truth = (Explainer(each, scores="values", baseline=0) for each in (model, bare))
    for method in methods:
        expected = truth.explain(x, method, target=1).map
        found = ours.explain(x, method, target=1)
        np.testing.assert_allclose(found.map, expected, atol=1e-5 + 1e-4 * np.abs(expected).max())
        assert not [note for note in found.notes if "no rule knows" in note]


def test_relevance_is_kept_where_there_are_no_biases():
    model = made(lambda x: layers.GRU(5, use_bias=False)(layers.Masking()(x)))
    model.layers[-1].bias.assign([0, 0, 0])
    x = X.copy()
    x[4:] = 0
    found = Explainer(model, scores="values").explain(
        x, "lrp", target=1, rule="epsilon", epsilon=1e-9, composite=None
    )
    assert found.map.sum() == pytest.approx(found.score, rel=1e-3)
    assert not found.map[4:].any() and found.map[:4].any()


def test_states_that_go_out_take_the_gradient_and_it_is_said():
    model = made(lambda x: layers.LSTM(3, return_state=True)(x)[1])
    found = Explainer(model, scores="values").explain(X, "lrp", target=1)
    assert "lstm" in found.notes[0] and "takes the gradient" in found.notes[0]
