"""Asks heatbrush for the maps of some entries."""

from functools import cache

import numpy as np
from reference import models
from reference.variants import plain

from heatbrush_core import Explainer


@cache
def explainer(name, variant=plain, eager=False):
    model = models.load(name, softmax=variant is plain)
    model = variant(model)
    model.compile(run_eagerly=eager)
    return Explainer(model, background=models.DIGITS, baseline=0)


class Ask:
    """Explains matrices by a model, each for a class of its own.

    Parameters
    ----------
    name
        The model's.
    X
        (N, H, W, C).
    targets
        N classes, None where it is the one with the largest logit.
    """

    def __init__(self, name, X, targets):
        self.name, self.X = name, X
        predicted = [explainer(name).predict(x).predicted for x in X]
        pairs = zip(targets, predicted, strict=True)
        self.targets = [best if target is None else target for target, best in pairs]

    def __call__(self, method, variant=plain, **parameters):
        """(N, H, W, C) maps of a method; `variant` writes the model otherwise."""
        return self.of(self.X, self.targets, method, variant, **parameters)

    def noisy(self, noise, method):
        """(N, H, W, C), (M, H, W, C) noise -> (N, M, H, W, C) maps with that noise added."""
        X = self.X[:, None] + noise
        targets = np.repeat(self.targets, len(noise)).tolist()
        return self.of(X.reshape(-1, *X.shape[2:]), targets, method).reshape(X.shape)

    def of(self, X, targets, method, variant=plain, **parameters):
        # so many rules, each for few matrices, that compiling them takes longer than running them
        chosen = explainer(self.name, variant, eager=method == "lrp")
        found = chosen.explain_batch(X, method, targets, **parameters)
        return np.stack([each.values for each in found])

    @property
    def logits(self):
        """(N, 1, 1, 1), those of the classes that are explained."""
        found = explainer(self.name).explain_batch(self.X, "gradient", self.targets)
        return np.array([each.score for each in found])[:, None, None, None]
