"""Parts of a segmentation, by walking from cell to cell."""

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses

from heatbrush_core.outputs import Mask


def parts(inside, diagonal):
    """Connected cells, by hand."""
    left, found = {tuple(cell) for cell in np.argwhere(inside)}, []
    while left:
        group, waiting = set(), [left.pop()]
        while waiting:
            i, j = cell = waiting.pop()
            group.add(cell)
            near = {(i + a, j + b) for a in (-1, 0, 1) for b in (-1, 0, 1) if diagonal or not a * b}
            waiting += near & left
            left -= near
        found.append(frozenset(group))
    return set(found)


@given(st.data(), st.integers(1, 5), st.integers(1, 6), st.integers(1, 3), st.booleans())
@settings(max_examples=60)
def test_parts_are_connected_cells(data, height, width, channels, diagonal):
    count = height * width * channels
    cell = st.one_of(st.integers(0, 10).map(lambda n: n / 10), st.just(np.nan))
    values = np.reshape(
        data.draw(st.lists(cell, min_size=count, max_size=count)), (height, width, -1)
    )
    decoder = Mask(diagonal=diagonal)
    found = decoder.find(values, (2 * height, width))
    known = np.nan_to_num(values, nan=-1)
    expected = set()
    for code in range(channels):
        inside = (known[..., code] > 0.5) & (known.argmax(2) == code)
        expected |= {(code, part) for part in parts(inside, diagonal)}
    mine = set()
    for thing in found.things:
        (reading,) = thing.terms["score"].readings
        cells = [tuple(each[:2]) for each in reading.index.tolist()]
        assert {each[2] for each in reading.index.tolist()} == {thing.label}
        mine.add((thing.label, frozenset(cells)))
        assert thing.terms["score"].value([values]) == pytest.approx(thing.score)
        assert thing.score == pytest.approx(np.mean([values[*c, thing.label] for c in cells]))
        rows, columns = zip(*cells, strict=True)
        assert thing.row - thing.height / 2 == 2 * min(rows) - 0.5
        assert thing.row + thing.height / 2 == 2 * max(rows) + 1.5
        assert thing.column - thing.width / 2 == min(columns) - 0.5
        assert thing.column + thing.width / 2 == max(columns) + 0.5
        assert thing.more["cells"] == len(cells)
    assert mine == expected


def test_logits_and_classes_that_do_not_exclude_each_other():
    random = np.random.default_rng(0)
    logits = random.normal(size=(5, 6, 3))
    exponents = np.exp(logits)
    softmax = exponents / exponents.sum(2, keepdims=True)
    one = Mask(scores="logits", threshold=0.4).decode(logits, (5, 6))
    pd.testing.assert_frame_equal(one, Mask(threshold=0.4).decode(softmax, (5, 6)))
    free = Mask(scores="logits", exclusive=False).decode(logits, (5, 6))
    assert free["cells"].sum() == (logits > 0).sum()


def test_background_small_parts_and_names():
    values = np.zeros((3, 7, 2))
    values[..., 0] = 1
    values[0, 0] = (0.1, 0.9)
    values[1:, 3:6] = (0.2, 0.8)
    decoder = Mask(background=0, least=2, classes=("nothing", "event"))
    found = decoder.decode(values, (3, 7))
    assert found["class"].tolist() == ["event"] and found["cells"].tolist() == [6]
    assert found.attrs["notes"] == ["Parts of fewer than 2 cells are left out (1)."]
    values[..., 1] = 0
    assert decoder.decode(values, (3, 7)).attrs["notes"] == [
        "No part was found above 0.5; the highest is 0 at row 0, column 0."
    ]
    with refuses(ValueError, "background=4", "2 channels", "give one"):
        Mask(background=4).decode(values, (3, 7))
    with refuses(ValueError, "has 1 classes (a)", "channels for 2", "give 2 names"):
        Mask(classes=("a",)).decode(values, (3, 7))
