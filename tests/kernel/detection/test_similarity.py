"""The similarity of D-RISE against loops over its formula, and against xaitk-saliency."""

import json
from pathlib import Path

import numpy as np
import pytest
from sentences import refuses

from heatbrush_core.outputs import Proposals, iou, similarity

XAITK = json.loads((Path(__file__).parents[2] / "reference" / "drise.json").read_text())


def proposals(count, classes, seed=0):
    random = np.random.default_rng(seed)
    places = np.column_stack([random.uniform(2, 12, (count, 2)), random.uniform(0, 9, (count, 2))])
    probabilities = random.dirichlet(np.ones(classes), count) if classes else np.zeros((count, 0))
    none = np.zeros(count, int)
    return Proposals(
        places, random.uniform(size=count), probabilities, none, none, np.zeros((count, 2), int)
    )


def by_its_formula(place, probabilities, other, i):
    """Written for itself: corners, one box at a time."""
    r, c, h, w = place
    s, d, k, v = other.places[i]
    high = max(0.0, min(r + h / 2, s + k / 2) - max(r - h / 2, s - k / 2))
    wide = max(0.0, min(c + w / 2, d + v / 2) - max(c - w / 2, d - v / 2))
    overlap = high * wide / (h * w + k * v - high * wide)
    p, q = probabilities, other.probabilities[i]
    cosine = sum(a * b for a, b in zip(p, q, strict=True)) / (
        sum(a * a for a in p) ** 0.5 * sum(b * b for b in q) ** 0.5
    )
    return overlap * cosine * other.objectness[i]


@pytest.mark.parametrize("classes", [1, 3])
def test_equal_to_its_formula(classes):
    other = proposals(40, classes)
    mine = np.random.default_rng(1).dirichlet(np.ones(classes))
    place = (6.0, 7.0, 5.0, 4.0)
    said = similarity(place, mine, other)
    expected = [by_its_formula(place, mine, other, i) for i in range(40)]
    np.testing.assert_allclose(said, expected, rtol=1e-12)
    assert (said > 0).sum() > 5


def test_without_classes_and_with_itself():
    other = proposals(5, 0)
    said = similarity(other.places[2], [], other)
    assert said[2] == pytest.approx(other.objectness[2])
    assert similarity(other.places[2], [], proposals(0, 0)).shape == (0,)
    # a vector of zeros has no direction
    assert (similarity((6, 7, 5, 4), [0, 0, 0], proposals(4, 3)) == 0).all()


def of_xaitk(detections, pixel):
    """The boxes a pixel higher and wider, as the library takes them: their middles move alike."""
    some = np.array(detections)
    some[:, 2:4] += pixel
    none = np.zeros(len(some), int)
    return Proposals(some[:, :4], some[:, 4], some[:, 5:], none, none, np.zeros((len(some), 2)))


def test_equal_to_xaitk_with_its_pixel_added():
    mine = of_xaitk(XAITK["explained"], 1)
    masks = [of_xaitk(proposals, 1) for proposals in XAITK["proposed"]]
    places = np.concatenate([each.places for each in masks])
    np.testing.assert_allclose(iou(mine.places, places), XAITK["iou"], rtol=1e-12)
    without = of_xaitk(XAITK["explained"], 0).places
    plain = np.concatenate([of_xaitk(each, 0).places for each in XAITK["proposed"]])
    assert np.abs(iou(without, plain) - XAITK["iou"]).max() > 0.05  # so large is that pixel
    scores = np.array(
        [
            [similarity(place, kinds, each).max() for each in masks]
            for place, kinds in zip(mine.places, mine.probabilities, strict=True)
        ]
    )
    # the library's map is a share of its largest value
    np.testing.assert_allclose(scores / scores.max(1, keepdims=True), XAITK["map"], rtol=1e-12)


def test_other_classes_are_refused():
    with refuses(ValueError, "probabilities has shape (2,)", "3 classes", "one probability"):
        similarity((6, 7, 5, 4), [0.5, 0.5], proposals(4, 3))
