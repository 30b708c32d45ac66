"""The similarity of D-RISE against loops over its formula."""

import numpy as np
import pytest
from sentences import refuses

from heatbrush_core.outputs import Proposals, similarity


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


def test_other_classes_are_refused():
    with refuses(ValueError, "probabilities has shape (2,)", "3 classes", "one probability"):
        similarity((6, 7, 5, 4), [0.5, 0.5], proposals(4, 3))
