"""Maps against those of iNNvestigate and captum; see tests/reference/README.md."""

import ast
from functools import cache

import numpy as np
import pytest
from reference import models

from heatbrush_core import Explainer
from heatbrush_core.methods.smoothing import average

INNVESTIGATE = np.load(models.HERE / "innvestigate.npz")
CAPTUM = np.load(models.HERE / "captum.npz")
SIGNALS = np.load(models.HERE / "signals.npz")
PATTERNS = np.load(models.HERE / "patterns.npz")
RULES = {
    "gausslegendre": "gauss_legendre",
    "riemann_left": "left",
    "riemann_right": "right",
    "riemann_middle": "middle",
}


@cache
def explainer(name):
    return Explainer(models.load(name))


def entries(file, name, method):
    """(parameters, matrix, class or None, map) of everything stored for a model and a method."""
    for key in file.files:
        if key.startswith(f"{name}|{method}|"):
            parsed = ast.parse(f"f({key.rsplit('|', 1)[1]})", mode="eval").body.keywords
            parameters = {each.arg: ast.literal_eval(each.value) for each in parsed}
            for entry, map in zip(file[f"{name}|entries"], file[key], strict=True):
                index, target = entry.split("|")
                x = models.inputs(name)[int(index)]
                yield parameters, x, None if target == "max" else int(target), map


def same(found, expected, tolerance=1e-5):
    assert np.abs(found - expected).max() <= tolerance * np.abs(expected).max()


def baseline(word):
    return models.DIGITS_MEAN if word == "mean" else float(word)


@pytest.mark.parametrize("name", models.MODELS)
def test_gradient(name):
    count = 0
    for parameters, x, target, map in entries(INNVESTIGATE, name, "gradient"):
        absolute = parameters.get("postprocess") == "abs"
        found = explainer(name).explain(x, "gradient", target, absolute=absolute).values
        same(found**2 if parameters.get("postprocess") == "square" else found, map)
        count += 1
    assert count == 24


@pytest.mark.parametrize("name", models.MODELS)
def test_input_x_gradient(name):
    for _, x, target, map in entries(INNVESTIGATE, name, "input_t_gradient"):
        same(explainer(name).explain(x, "input_x_gradient", target).values, map)


@pytest.mark.parametrize("name", models.MODELS)
def test_integrated_gradients(name):
    for parameters, x, target, map in entries(INNVESTIGATE, name, "integrated_gradients"):
        start = parameters.get("reference_inputs", 0)
        options = {"steps": parameters["steps"], "rule": "left", "baseline": start}
        same(explainer(name).explain(x, "integrated_gradients", target, **options).values, map)


@pytest.mark.parametrize("name", ["a_cnn", "b_bn", "c_cam"])
def test_integrated_gradients_of_captum(name):
    for parameters, x, target, map in entries(CAPTUM, name, "captum.IntegratedGradients"):
        steps, start = parameters["n_steps"], baseline(parameters["baseline"])
        if parameters["method"] == "riemann_trapezoid":
            # captum's n points lie n - 1 steps apart, and its weights sum to (n - 1) / n
            options, share = {"steps": steps - 1, "rule": "trapezoid"}, (steps - 1) / steps
        else:
            options, share = {"steps": steps, "rule": RULES[parameters["method"]]}, 1.0
        found = explainer(name).explain(
            x, "integrated_gradients", target, baseline=start, **options
        )
        same(found.values * share, map)


@pytest.mark.parametrize("name", ["a_cnn", "b_bn", "c_cam"])
def test_occlusion_of_captum(name):
    count = 0
    for parameters, x, target, map in entries(CAPTUM, name, "captum.Occlusion"):
        options = {"patch": parameters["window"], "stride": parameters["strides"]}
        options["baseline"] = baseline(parameters["baseline"])
        same(explainer(name).explain(x, "occlusion", target, **options).values, map)
        count += 1
    assert count == 16 * 8


@pytest.mark.parametrize(
    "reduce, method", [("mean", "smoothgrad"), ("square", "smoothgrad_squared")]
)
@pytest.mark.parametrize("name", models.MODELS)
def test_smoothgrad_with_fixed_noise(name, reduce, method):
    explain = explainer(name).explain
    for parameters, x, target, map in entries(INNVESTIGATE, name, method):
        target = explainer(name).predict(x).predicted if target is None else target
        noisy = x + np.float32(parameters["sigma"]) * models.noise(name)
        gradients = [explain(each, "gradient", target).values[None] for each in noisy]
        same(average(gradients, reduce), map)


@pytest.mark.parametrize("name", ["a_cnn", "b_bn", "c_cam"])
@pytest.mark.parametrize(
    "theirs, method",
    [("captum.GuidedBackprop", "guided_backprop"), ("captum.Deconvolution", "deconvnet")],
)
def test_signals_of_captum(name, theirs, method):
    for _, x, target, map in entries(SIGNALS, name, theirs):
        same(explainer(name).explain(x, method, target).values, map)


@pytest.mark.parametrize("name", ["a_cnn", "h_mlp"])
def test_patterns(name):
    background = PATTERNS["background"] / np.float32(16)
    fitted = Explainer(models.load(name), background=background)
    methods = {"pattern.net": "patternnet", "pattern.attribution": "pattern_attribution"}
    for theirs, method in methods.items():
        for parameters, x, target, map in entries(PATTERNS, name, theirs):
            estimator = parameters["pattern_type"]
            same(fitted.explain(x, method, target, estimator=estimator).values, map)
    for estimator in ("relu", "linear"):
        for layer, pattern in fitted._network.fits[estimator].patterns.items():
            same(pattern, PATTERNS[f"patterns|{name}|{estimator}|{layer}"])


@pytest.mark.parametrize("name", ["a_cnn", "g1_leaky"])
def test_logits_are_explained_with_and_without_the_softmax(name):
    x = models.inputs(name)[0]
    bare = Explainer(models.load(name, softmax=False)).explain(x, "gradient")
    whole = explainer(name).explain(x, "gradient")
    np.testing.assert_array_equal(whole.values, bare.values)
    assert whole.score == bare.score
