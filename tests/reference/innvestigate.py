"""What iNNvestigate's names of LRP mean: which rule each layer takes, in heatbrush's words.

A rule is a dict, as in heatbrush's `rules=`; two have no name there: alpha_beta with "bias": True
means iNNvestigate's own form of it, and "z_plus_fast" the z+ rule without a split of the input.
"""

from dataclasses import dataclass
from functools import cache

from keras import layers
from reference import models


def epsilon(value):
    return {"rule": "epsilon", "epsilon": float(value)}


def alpha_beta(alpha, beta, bias):
    return {"rule": "alpha_beta", "alpha": float(alpha), "beta": float(beta), "bias": bias}


def bounded(low, high):
    return {"rule": "z_bounded", "low": float(low), "high": float(high)}


FLAT, W_SQUARE, Z, Z_PLUS = ({"rule": name} for name in ("flat", "w_square", "z", "z_plus"))
FAST = {"rule": "z_plus_fast"}
NAMES = {
    "Flat": FLAT,
    "WSquare": W_SQUARE,
    "Z": Z,
    "Epsilon": epsilon(1e-7),
    "Alpha1Beta0": alpha_beta(1, 0, True),
    "Alpha2Beta1": alpha_beta(2, 1, True),
    "Alpha1Beta0IgnoreBias": alpha_beta(1, 0, False),
}
CUSTOM = {
    "dense:eps.25 first:bounded01 conv:a1b0IB": {
        "dense": epsilon(0.25),
        "first": bounded(0, 1),
        "conv": alpha_beta(1, 0, False),
    },
    "dense:z first:wsquare conv:a2b1IB": {
        "first": W_SQUARE,
        "dense": Z,
        "conv": alpha_beta(2, 1, False),
    },
    "dense:eps.01 first:flat conv:zplusfast": {
        "first": FLAT,
        "dense": epsilon(0.01),
        "conv": FAST,
    },
}


@dataclass(frozen=True)
class Plan:
    """Which rule a layer takes.

    Attributes
    ----------
    rules
        By selector, of which the first that fits counts: a layer's name, "first", "dense", "conv".
    rule
        Of the layers that none of them fits.
    normalisation
        That of batch normalisation: "same" as `rule`, "preset", or "exact".
    """

    rules: dict
    rule: dict | None = None
    normalisation: str = "same"

    def of(self, layer):
        """Choose for a layer with a kernel."""
        kinds = [layer.name, kind(layer)]
        if layer.name in ("c1", "d1"):
            kinds.append("first")
        return next((rule for key, rule in self.rules.items() if key in kinds), self.rule)


@cache
def kernels(name):
    """List the layers of a model that have a kernel."""
    return [each for each in models.load(name).layers if kind(each)]


def kind(layer):
    kinds = {layers.Dense: "dense", layers.Conv2D: "conv"}
    return kinds.get(type(layer), "")


def plan(name, method, p):
    """Read a method "lrp" or "lrp.*" and its parameters for a model."""
    called = method.removeprefix("lrp.")
    exact = "exact" if p.get("bn_layer_rule", 0) is None else None
    at_input = {"first": _at_input(p["input_layer_rule"])} if "input_layer_rule" in p else {}
    if called == "custom":
        return Plan(CUSTOM[p["cfg"]], normalisation="exact")
    if called == "lrp" and isinstance(p["rule"], list):  # it takes them from the end
        names = [layer.name for layer in kernels(name)]
        rules = (NAMES[rule] for rule in reversed(p["rule"]))
        return Plan(dict(zip(names, rules, strict=True)), normalisation="exact")
    if called.startswith("sequential_preset"):
        flat = {"first": FLAT} if "_flat" in called else {}
        if "until_layer_idx" in p:
            flat = dict.fromkeys(_until(name, p["until_layer_idx"]), FLAT)
        conv = alpha_beta(1, 0, True) if "preset_a" in called else alpha_beta(2, 1, True)
        kinds = {"dense": epsilon(p.get("epsilon", 0.1)), "conv": conv}
        return Plan(flat | at_input | kinds, normalisation=exact or "preset")
    if called == "lrp":
        own = epsilon(p["epsilon"]) if "epsilon" in p else NAMES[p["rule"]]
        return Plan({}, own, "exact")
    return Plan(at_input, _one(called, p), exact or "same")


def _one(called, p):
    """Read a class with one rule for all layers."""
    bias = not called.endswith("_IB")
    called = called.removesuffix("_IB")
    if called.startswith("alpha"):
        _, alpha, _, beta = called.split("_") if called != "alpha_beta" else (0, 0, 0, 0)
        return alpha_beta(p.get("alpha", alpha), p.get("beta", beta), bias)
    own = epsilon(p.get("epsilon", 1e-7)) if called == "epsilon" else {"rule": called}
    return own if bias else own | {"bias": False}


def _at_input(rule):
    return NAMES[rule] if isinstance(rule, str) else bounded(*rule)


def _until(name, index):
    """Name the layers up to a number, of which 0 is the input."""
    return [layer.name for layer in models.load(name).layers[:index]]
