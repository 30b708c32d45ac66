"""The page about outputs: its code runs from top to bottom and does what it says."""

import re
from pathlib import Path

import numpy as np
import pytest

import heatbrush_core.outputs

PAGE = (Path(__file__).parents[3] / "docs" / "outputs.md").read_text()


def test_the_code_runs_and_finds_what_it_says():
    made = {}
    exec("\n".join(re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)), made)
    assert sorted(made["found"]["column"]) == pytest.approx([7.1, 20.6])
    assert made["term"].value([made["map"]]) == made["thing"].score
    found = made["grid"].decode(
        made["hb"].outputs.learnt(made["grid"], made["made"].targets, made["shapes"]), (32, 64)
    )
    (row,) = found.to_dict("records")
    place = [row[name] for name in ("row", "column", "height", "width")]
    assert place == pytest.approx([10, 30, 5, 12]) and row["class"] == "chirp"
    # the model is trained by the loss of each output
    losses = made["hb"].outputs.box_loss(made["grid"])
    outputs = made["model"](made["X"])
    each = [f(t, o) for f, t, o in zip(losses, made["targets"], outputs, strict=True)]
    said = made["model"].evaluate(made["X"], made["targets"], verbose=0)
    assert np.ravel(said)[0] == pytest.approx(sum(float(one[0]) for one in each), rel=1e-5)


def test_every_name_of_the_package_is_there():
    said = set(re.findall(r"\w+", PAGE))
    objects = {"AveragePrecision", "Decoder", "Encoded", "Errors", "Found", "Matching", "Proposals"}
    objects |= {"Reading", "Suit", "Term"}
    assert set(heatbrush_core.outputs.__all__) - objects <= said
