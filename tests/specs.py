"""Small specs of synthetic data: one class, one pattern, no noise if not told otherwise."""

from typing import get_args

from heatbrush_core.synthetic import (
    ClassSpec,
    Evidence,
    Noise,
    Spec,
)
from heatbrush_core.synthetic.shapes import Kind

KINDS = get_args(Kind)
SILENT = Noise(standard_deviation=0)


def frequency(kind, low=0.1, high=0.3):
    return (low, high) if kind in ("oscillation", "chirp") else None


def evidence(kind="bump", **more):
    sizes = {"height": (2, 4), "width": (3, 6), "amplitude": (1, 2)}
    return Evidence(**{"kind": kind, "frequency": frequency(kind), **sizes, **more})


def spec(*planted, shape=(12, 30), **more):
    """A spec of one class with this evidence, without noise if not told otherwise."""
    one = ClassSpec(name="a", evidence=planted)
    return Spec(**{"shape": shape, "classes": [one], "noise": SILENT, **more})


def named(name):
    return ClassSpec(name=name)
