"""What is stored of the libraries: maps, and what was explained by them."""

import ast
import json
from dataclasses import dataclass
from functools import cache, cached_property

import numpy as np
from reference import models

LIBRARIES = {
    "iNNvestigate": "innvestigate.npz",
    "PatternNet": "patterns.npz",
    "zennit": "zennit.npz",
    "captum": "captum.npz",
}
NOISE = json.loads((models.HERE / "noise.json").read_text())


@cache
def stored(library):
    return np.load(models.HERE / LIBRARIES[library])


@dataclass(frozen=True)
class Entry:
    """The maps of one method with its parameters, for some matrices and classes of a model."""

    model: str
    library: str
    method: str
    text: str

    @property
    def name(self):
        return f"{self.model}|{self.method}|{self.text}"

    @cached_property
    def parameters(self):
        keywords = ast.parse(f"f({self.text})", mode="eval").body.keywords
        return {each.arg: ast.literal_eval(each.value) for each in keywords}

    @cached_property
    def maps(self):
        """(N, h, w, 1)."""
        return stored(self.library)[self.name]

    @cached_property
    def what(self):
        """(N, 8, 8, 1) matrices and N classes, None where it is the one with the largest logit."""
        pairs = [each.split("|") for each in stored(self.library)[f"{self.model}|entries"]]
        X = models.inputs(self.model)[[int(index) for index, _ in pairs]]
        return X, [None if target == "max" else int(target) for _, target in pairs]

    @property
    def tolerance(self):
        """As a share of a map's maximum: 1e-4, or 20 times what float32 costs the library."""
        return max(1e-4, 20 * NOISE.get(self.name, 0))


def all_entries():
    """List every entry, in the order of the files."""
    found = []
    for library in LIBRARIES:
        for key in stored(library).files:
            if key.count("|") == 2:
                model, method, text = key.split("|")
                found.append(Entry(model, library, method, text))
    return found
