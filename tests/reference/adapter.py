"""What an entry of a library is in heatbrush's words, or why there are none for it.

`stated` says it: a function of an `Ask` that gives the entry's maps, or a `LeftOut`.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from keras import layers
from reference import innvestigate, models
from reference.asking import Ask
from reference.innvestigate import FAST, FLAT, W_SQUARE, Z_PLUS
from reference.variants import apart, merged, negated, opaque, plain, unfused

LEAKY = opaque(layers.LeakyReLU)
AVERAGES = opaque(layers.BatchNormalization, layers.AveragePooling2D, layers.GlobalAveragePooling2D)


@dataclass(frozen=True)
class LeftOut:
    """An entry that states something else than any method of heatbrush.

    Attributes
    ----------
    title
        Where it departs, in a few words.
    reason
        How, with the formula, from which `departures` makes the same numbers.
    """

    title: str
    reason: str


Statement = Callable[[Ask], np.ndarray]

WHOLE_BIAS = LeftOut(
    "the whole bias twice",
    "Alpha-beta is `α x⁺w⁺R / (x⁺w⁺ + x⁻w⁻ + b) − β x⁺w⁻R / (x⁺w⁻ + x⁻w⁺ + b)`, each term with its "
    "mirror image: the whole bias is in both denominators. Bach et al. (2015) have `b⁺` in the "
    "first and `b⁻` in the second, so that each is a sum of one sign.",
)
STAND_IN = LeftOut(
    "a stand-in for batch normalisation",
    "The rule acts on `k x + c` with `k = γ / √(var² + ε)` and `c = β − mean / √(var² + ε)`, but "
    "the layer has `γ / √(var + ε)` and `β − γ mean / √(var + ε)`: the variance is squared, and γ "
    "is missing from c. In presets it gets `2 x⁺k⁺R / (x⁺k⁺ + c⁺) − x⁺k⁻R / (x⁺k⁻ + c⁻)`.",
)
SHIFTED = LeftOut(
    "batch normalisation with a shifted denominator",
    "It takes `x (y − β) R / ((x − mean) y ± 1e-7)`, which would be the z-rule `x k R / y` but for "
    "the 1e-7: that is not small where x is near the mean and y near 0.",
)
UNSPLIT = LeftOut(
    "an input that is not split by sign",
    "It has `x w⁺R / Σ x w⁺`, although LeakyReLU makes negative x, so that the sum may be 0 or "
    "negative; the z+ rule has `x⁺w⁺ + x⁻w⁻` in both places.",
)
STABILISED = LeftOut(
    "a stabiliser in every rule",
    "There is `z + 1e-6 sign(z)` in every denominator; without biases some z are so near 0 that "
    "this shows. heatbrush adds to z in rule epsilon only, and moves exact zeros in the others.",
)
PLAIN_MAXIMUM = LeftOut(
    "max pooling without its rule",
    "Right after a ReLU module the rule for max pooling has no effect: its multiplier is the slope "
    "at x, and the map does not sum to `f(x) − f(x₀)`.",
)
RANDOM = LeftOut("random", "The noise is not known, and two runs differ by 2 to 5 %.")

QUADRATURES = {
    "gausslegendre": "gauss_legendre",
    "riemann_left": "left",
    "riemann_right": "right",
    "riemann_middle": "middle",
}
RULES = {
    "Epsilon": {"rule": "epsilon", "epsilon": 0.01},
    "ZPlus": {"rule": "z_plus", "bias": True},
    "WSquare": {"rule": "w_square", "bias": True},
    "Flat": {"rule": "flat"},
    "AlphaBeta(2,1)": {"rule": "alpha_beta", "alpha": 2.0, "beta": 1.0},
    "Gamma(0.25)": {"rule": "gamma", "gamma": 0.25},
}
COMPOSITES = {
    "EpsilonPlus": "epsilon_plus",
    "EpsilonPlusFlat": "epsilon_plus_flat",
    "EpsilonAlpha2Beta1": "epsilon_alpha2_beta1",
    "EpsilonAlpha2Beta1Flat": "epsilon_alpha2_beta1_flat",
    "EpsilonGammaBox": "epsilon_gamma_box",
}
NEAR_ZERO = {
    ("c_cam", "uniform", "Gamma(0.25),nobias", None, None),
    ("b_bn", "uniform", "Gamma(0.25),nobias", None, "exact_fold"),
    ("b_bn", "uniform", "Gamma(0.25),nobias", None, "MergeBatchNorm"),
    ("b_bn", "uniform", "AlphaBeta(2,1),nobias", None, None),
    ("b_bn", "EpsilonAlpha2Beta1", None, "bias", None),
}
"""(model, composite, rule, zero_params, canonizer) of zennit, without biases."""


def stated(name: str, method: str, p: dict) -> Statement | LeftOut:
    """Say what a method of a library means with parameters `p`, for a model of `models`."""
    if method in METHODS:
        return METHODS[method](name, p)
    library, _, called = method.partition(".")
    if library == "zennit":
        return zennit(name, called, p)
    if library == "deep_taylor":
        return deep_taylor(name, p)
    assert library == "lrp"
    return lrp(name, innvestigate.plan(name, method, p))


# ---------------------------------------------------------------- gradients


def same(method: str) -> Callable[[str, dict], Statement]:
    """A method of ours under another name, without parameters of its own."""
    return lambda name, p: lambda ask: ask(method)


def gradient(name, p):
    if p.get("postprocess") == "square":
        return lambda ask: ask("gradient") ** 2
    return lambda ask: ask("gradient", absolute=p.get("postprocess") == "abs")


def integrated_gradients(name, p):
    start = float(p.get("reference_inputs", 0))
    return lambda ask: ask("integrated_gradients", steps=p["steps"], rule="left", baseline=start)


def integrated_gradients_of_captum(name, p):
    steps, method, start = p["n_steps"], p["method"], baseline(p["baseline"])
    if method == "riemann_trapezoid":  # its n points lie n - 1 steps apart, its weights sum to less
        options, share = {"steps": steps - 1, "rule": "trapezoid"}, (steps - 1) / steps
    else:
        options, share = {"steps": steps, "rule": QUADRATURES[method]}, 1.0
    return lambda ask: ask("integrated_gradients", baseline=start, **options) * share


def smoothgrad(power):
    def said(name, p):
        if p.get("noise") != "fixed":
            return RANDOM
        noise = np.float32(p["sigma"]) * models.noise(name)
        return lambda ask: (ask.noisy(noise, "gradient").astype(float) ** power).mean(1)

    return said


def signal(method):
    """From the logit, not from 1: where it is negative, what is negative passes the last layer."""

    def said(name, p):
        if name == "g1_leaky":  # a LeakyReLU is no rectifier to iNNvestigate
            return lambda ask: ask("gradient") * ask.logits
        return lambda ask: (
            ask(method) * np.maximum(ask.logits, 0)
            + ask(method, negated) * np.maximum(-ask.logits, 0)
        )

    return said


# ---------------------------------------------------------------- relevance


def lrp(name, plan):
    kernels = innvestigate.kernels(name)
    taken = [plan.of(layer) for layer in kernels]
    if name == "b_bn" and plan.normalisation == "exact":
        return SHIFTED
    if name == "b_bn" and plan.rule not in (FLAT, W_SQUARE):  # which leave it alone
        return STAND_IN
    if any(rule.get("bias") and layer.use_bias for rule, layer in zip(taken, kernels, strict=True)):
        return WHOLE_BIAS
    if FAST in taken and name == "g1_leaky":
        return UNSPLIT
    variant = LEAKY if name == "g1_leaky" else plain  # it multiplies by a layer's derivative
    return lambda ask: ask("lrp", variant, **words(name, plan))


def words(name, plan):
    """Turn a plan into parameters of lrp."""
    bounds = {}
    for rule in plan.rules.values():
        bounds |= {end: rule[end] for end in ("low", "high") if end in rule}
    if plan.rule is not None:  # and perhaps another for the first layer
        first = {"input_rule": plan.rules["first"]["rule"]} if plan.rules else {}
        return plain_rule(plan.rule) | first | bounds
    selectors = {layer.name for layer in innvestigate.kernels(name)} | {"first"}
    selectors |= {innvestigate.kind(layer) for layer in innvestigate.kernels(name)}
    pairs = [(key, plain_rule(rule)) for key, rule in plan.rules.items() if key in selectors]
    return {"rules": pairs} | bounds


def plain_rule(rule):
    """Leave out what is no part of a rule of ours."""
    rule = Z_PLUS if rule == FAST else rule
    return {key: value for key, value in rule.items() if key not in ("low", "high")}


def deep_taylor(name, p):
    """It passes batch normalisation and averages by their gradient."""
    return lambda ask: ask("deep_taylor", AVERAGES if name in ("b_bn", "c_cam") else plain, **p)


def zennit(name, called, p):
    fitted = p.get("canonizer")
    if (name, called, p.get("rule"), p.get("zero_params"), fitted) in NEAR_ZERO:
        return STABILISED
    if called == "uniform":
        rule, _, ignores = p["rule"].partition(",no")
        options = dict(RULES[rule])
    else:
        ignores = p.get("zero_params", "")
        numbers = {key: p[key] for key in ("epsilon", "gamma", "low", "high") if key in p}
        options = {"composite": COMPOSITES[called], "epsilon": 1e-6} | numbers
    options |= {"bias": False} if ignores == "bias" else {}
    variant = plain
    if name == "b_bn" and fitted != "exact_fold":
        # it passes relevance through batch normalisation; merged, there is one that does too much
        variant = merged if fitted == "MergeBatchNorm" else apart
        options["rules"] = [("bn1", "flat"), ("bn2", "flat")]
    return lambda ask: ask("lrp", variant, **options)


def pattern(method):
    return lambda name, p: lambda ask: ask(method, estimator=p["pattern_type"])


# ---------------------------------------------------------------- captum


def occlusion(name, p):
    options = {"patch": p["window"], "stride": p["strides"], "baseline": baseline(p["baseline"])}
    return lambda ask: ask("occlusion", **options)


def deeplift(name, p):
    if name != "c_cam" and p.get("maxpool") != "working":
        return PLAIN_MAXIMUM
    return lambda ask: ask("deeplift", baseline=baseline(p["baseline"]))


def deeplift_shap(name, p):
    if name != "c_cam":
        return PLAIN_MAXIMUM
    assert p == {"baselines": "digits[:8]"}
    return lambda ask: np.mean([ask("deeplift", baseline=x) for x in models.DIGITS[:8]], axis=0)


def grad_cam(name, p):
    options = {"layer": p["layer"], "relu": p["relu_attributions"]}
    if "interpolate" in p:
        return lambda ask: ask("grad_cam", unfused, upsample=p["interpolate"], **options)

    def said(ask):
        maps = ask("grad_cam", unfused, upsample="nearest", **options)
        cells = unfused(models.load(name)).get_layer(p["layer"]).output.shape[1:3]
        rows, columns = (np.ceil(np.arange(n) * 8 / n).astype(int) for n in cells)
        return maps[:, rows][:, :, columns]

    return said


def guided_grad_cam(name, p):
    options = {"layer": p["layer"], "upsample": p["interpolate_mode"]}
    return lambda ask: ask("grad_cam", unfused, **options) * ask("guided_backprop")


def baseline(word):
    return models.DIGITS_MEAN if word == "mean" else float(word)


METHODS: dict[str, Callable[[str, dict], Statement | LeftOut]] = {
    "gradient": gradient,
    "gradient.baseline": gradient,
    "input_t_gradient": same("input_x_gradient"),
    "integrated_gradients": integrated_gradients,
    "smoothgrad": smoothgrad(1),
    "smoothgrad_squared": smoothgrad(2),
    "deconvnet": signal("deconvnet"),
    "guided_backprop": signal("guided_backprop"),
    "pattern.net": pattern("patternnet"),
    "pattern.attribution": pattern("pattern_attribution"),
    "zennit.DeconvNet": same("deconvnet"),
    "zennit.GuidedBackprop": same("guided_backprop"),
    "captum.Saliency": gradient,
    "captum.InputXGradient": same("input_x_gradient"),
    "captum.IntegratedGradients": integrated_gradients_of_captum,
    "captum.Deconvolution": same("deconvnet"),
    "captum.GuidedBackprop": same("guided_backprop"),
    "captum.DeepLift": deeplift,
    "captum.DeepLiftShap": deeplift_shap,
    "captum.Occlusion": occlusion,
    "captum.LayerGradCam": grad_cam,
    "captum.GuidedGradCam": guided_grad_cam,
}
