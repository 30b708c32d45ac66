"""Every method on a target of a map is what it is on the model with that head made by hand."""

import numpy as np
import pytest
from map_models import MAP, SHAPE, answer, headed, logits_of, map_model

from heatbrush_core import Explainer, Region
from heatbrush_core.targets import Area, Location, Margin, Sum

RANDOM = np.random.default_rng(3)
X = RANDOM.normal(size=SHAPE[:2])
BACKGROUND = RANDOM.normal(size=(4, *SHAPE))
REGION = Region.rectangle(2, 5, 3, 9)
HEAD = [("head", "z")]
METHODS = {
    "gradient": {},
    "input_x_gradient": {},
    "integrated_gradients": {"steps": 8},
    "expected_gradients": {"samples": 6, "seed": 1},
    "smoothgrad": {"samples": 4, "seed": 1},
    "deconvnet": {},
    "guided_backprop": {},
    "deeplift": {},
    "occlusion": {"patch": (4, 5)},
    "rise": {"samples": 40, "seed": 1},
    "shapley": {"players": "rows", "samples": 30, "seed": 1},
    "lime": {"players": "rows", "samples": 60, "seed": 1},
    "grad_cam": {"layer": "c2"},
    "grad_cam_plus_plus": {"layer": "c2"},
    "layer_cam": {"layer": "c1"},
    "score_cam": {"layer": "c2"},
}
LRP = {
    "epsilon": {"rule": "epsilon", "epsilon": 1e-9},
    "gamma": {"rule": "gamma", "gamma": 0.3},
    "alpha_beta": {"rule": "alpha_beta", "alpha": 2.0, "beta": 1.0},
    "flat at the input": {"rule": "z", "input_rule": "flat"},
    "composite": {"composite": "epsilon_plus"},
}


def weights(cells: dict[tuple[int, int, int], float], channels: int = 2) -> np.ndarray:
    found = np.zeros((*MAP, channels))
    for at, weight in cells.items():
        found[at] = weight
    return found


AREA = {(row, column, 1): 1 / 18 for row in range(2, 5) for column in range(3, 9)}
TARGETS = {
    "location": (Location(3, 5, 1), weights({(3, 5, 1): 1})),
    "margin": (
        Margin(Location(3, 5), Location(7, 0, 1)),
        weights({(3, 5, 0): 1, (7, 0, 1): -1}),
    ),
    "sum": (
        Sum([(0.5, Location(0, 0)), (-2, Area(REGION, 1))]),
        weights({**{at: -2 * w for at, w in AREA.items()}, (0, 0, 0): 0.5}),
    ),
}


@pytest.fixture(scope="module")
def model():
    return map_model(2)


@pytest.fixture(scope="module")
def explainer(model):
    return Explainer(model, baseline=0.0, background=BACKGROUND)


@pytest.fixture(scope="module")
def heads(model):
    """The model with the head of each target made by hand."""
    return {
        name: Explainer(headed(model, cells), baseline=0.0, background=BACKGROUND, scores="values")
        for name, (_, cells) in TARGETS.items()
    }


# a sum has all that the others have, of which a few methods tell
ALL = [("sum", method) for method in METHODS]
SOME = [(name, each) for name in ("location", "margin") for each in ("deeplift", "occlusion")]


@pytest.mark.parametrize(("name", "method"), ALL + SOME)
def test_methods(explainer, heads, name, method):
    found = explainer.explain(X, method, target=TARGETS[name][0], **METHODS[method])
    truth = heads[name].explain(X, method, **METHODS[method])
    size = np.abs(truth.map).max()
    np.testing.assert_allclose(found.map, truth.map, rtol=2e-6, atol=1e-6 * size)
    assert found.score == pytest.approx(truth.score, abs=1e-12)
    assert size > 0


@pytest.mark.parametrize(
    ("name", "rule"),
    [*(("sum", rule) for rule in LRP), ("location", "gamma"), ("margin", "epsilon")],
)
def test_relevance(explainer, heads, name, rule):
    found = explainer.explain(X, "lrp", target=TARGETS[name][0], **LRP[rule])
    truth = heads[name].explain(X, "lrp", rules=HEAD, **LRP[rule])
    size = np.abs(truth.map).max()
    np.testing.assert_allclose(found.map, truth.map, rtol=1e-5, atol=1e-6 * size)
    assert size > 0


def test_deep_taylor_starts_from_what_is_positive(explainer, model):
    row, column, channel = np.unravel_index(answer(model, X).argmax(), (*MAP, 2))
    head = Explainer(headed(model, weights({(row, column, channel): 1})), baseline=0.0)
    target = Location(row, column, channel)
    found, truth = explainer.explain(X, "deep_taylor", target), head.explain(X, "deep_taylor")
    np.testing.assert_allclose(found.map, truth.map, rtol=1e-5, atol=1e-9)
    assert found.map.max() > 0


@pytest.mark.parametrize("end", ["sigmoid", "softmax"])
def test_maps_take_the_logit_of_each_cell_and_what_ifs_its_probability(end):
    model = map_model(3, end)
    explainer = Explainer(model, baseline=0.0)
    head = Explainer(headed(logits_of(model), weights(AREA, 3)), baseline=0.0, scores="values")
    target = Area(REGION, 1)
    for method in ("gradient", "occlusion", "lrp"):
        found, truth = (
            one.explain(X, method, **more)
            for one, more in ((explainer, {"target": target}), (head, {}))
        )
        size = np.abs(truth.map).max()
        np.testing.assert_allclose(found.map, truth.map, rtol=1e-4, atol=1e-5 * size)
    hidden = Region.rectangle(4, 9, 6, 16)
    without = np.where(hidden.mask(X.shape), 0, X)
    for matrix, more in ((X, {}), (without, {"without": hidden})):
        cells = answer(model, matrix)[..., 1]
        truth = cells[REGION.mask(MAP)].mean()
        assert explainer.score(X, target, **more) == pytest.approx(truth, abs=1e-12)
    table = explainer.evidence(X, [hidden], target, controls=5)
    truth = explainer.score(X, target) - explainer.score(X, target, without=hidden)
    assert table["necessity"].iloc[0] == pytest.approx(truth, abs=1e-12)


def test_the_largest_of_an_area(explainer, model):
    cells = answer(model, X)[..., 1]
    inside = np.where(REGION.mask(MAP), cells, -np.inf)
    row, column = np.unravel_index(inside.argmax(), MAP)
    largest, one = Area(REGION, 1, reduce="max"), Location(row, column, 1)
    for method in ("gradient", "lrp", "layer_cam"):
        found, truth = (explainer.explain(X, method, each) for each in (largest, one))
        np.testing.assert_array_equal(found.map, truth.map)
    assert explainer.score(X, largest) == pytest.approx(inside.max(), abs=1e-12)
    hidden = Region.rectangle(2, 12, 4, 18)
    cells = answer(model, np.where(hidden.mask(X.shape), 0, X))[..., 1]
    truth = cells[REGION.mask(MAP)].max()
    assert explainer.score(X, largest, without=hidden) == pytest.approx(truth, abs=1e-12)
    found = explainer.explain(X, "integrated_gradients", largest, steps=256)
    assert abs(found.residual) < 0.02 * abs(found.score - found.score_at_baseline)
    found = explainer.explain(X, "deeplift", largest)
    assert abs(found.residual) < 1e-6
