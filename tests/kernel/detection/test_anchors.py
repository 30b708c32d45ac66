"""Anchors: their recall by its definition, and what k-means must do."""

import numpy as np
import pandas as pd
import pytest
from sentences import refuses

import heatbrush_core as hb
from heatbrush_core.outputs import best_possible_recall, iou

RANDOM = np.random.default_rng(0)
KINDS = np.array([(3.0, 12.0), (8.0, 8.0), (20.0, 5.0)])
SIZES = np.concatenate([kind * RANDOM.uniform(0.85, 1.15, (40, 2)) for kind in KINDS])


def by_its_definition(boxes, anchors, overlap=0.5):
    """Each box and each anchor as boxes with the same centre."""
    good = 0
    for h, w in boxes:
        best = max(iou((0, 0, h, w), (0, 0, a, b))[0, 0] for a, b in anchors)
        good += best >= overlap
    return good / len(boxes)


@pytest.mark.parametrize("k", [1, 2, 3, 7])
def test_recall_and_overlap_by_their_definition(k):
    found = hb.anchors(SIZES, k)
    assert found.sizes.shape == (k, 2)
    assert found.recall == by_its_definition(SIZES, found.sizes)
    for overlap in (0.3, 0.7, 0.85):
        said = best_possible_recall(SIZES, found, overlap)
        assert said == by_its_definition(SIZES, found.sizes, overlap)
    overlaps = [
        [iou((0, 0, *size), (0, 0, *anchor))[0, 0] for anchor in found.sizes] for size in SIZES
    ]
    assert found.mean_iou == pytest.approx(np.max(overlaps, 1).mean())
    assert found.nearest.tolist() == np.argmax(overlaps, 1).tolist()
    assert (np.diff(found.sizes.prod(1)) >= 0).all()


def test_kinds_of_boxes_are_found_whatever_the_seed():
    for seed in range(3):
        found = hb.anchors(SIZES, 3, seed=seed)
        order = np.argsort(KINDS.prod(1), kind="stable")
        np.testing.assert_allclose(found.sizes, KINDS[order], rtol=0.06)
        assert found.recall == 1
    again = hb.anchors(SIZES, 5, seed=4)
    assert (again.sizes == hb.anchors(SIZES, 5, seed=4).sizes).all()


def test_more_anchors_fit_better_and_one_per_size_exactly():
    fits = [hb.anchors(SIZES, k).mean_iou for k in (1, 2, 3, 6, 12)]
    assert fits == sorted(fits)
    few = np.array([(2.0, 3.0), (2.0, 3.0), (9.0, 4.0)])
    assert hb.anchors(few, 2).sizes.tolist() == [[2, 3], [9, 4]]
    assert hb.anchors(few, 2).mean_iou == 1


def test_boxes_of_four_numbers_and_tables_are_read():
    boxes = np.column_stack([np.zeros((len(SIZES), 2)), SIZES])
    table = pd.DataFrame(SIZES, columns=["height", "width"])
    for given in (boxes, table):
        assert (hb.anchors(given, 3).sizes == hb.anchors(SIZES, 3).sizes).all()
    heads = hb.anchors(SIZES, 3).heads(2)
    assert [len(head) for head in heads] == [2, 1]
    assert np.concatenate(heads).tolist() == hb.anchors(SIZES, 3).sizes.tolist()


def test_refusals():
    with refuses(ValueError, "k is 3", "from 1 to 2", "give one"):
        hb.anchors([(1, 2), (1, 2), (3, 4)], 3)
    with refuses(ValueError, "boxes holds", "above 0", "leave it out"):
        hb.anchors([(1, 0)], 1)
    with refuses(ValueError, "boxes is an array of shape (0,)", "(n, 2)", "give the height"):
        hb.anchors([], 1)
    with refuses(ValueError, "boxes has no column width", "are expected", "give both"):
        hb.anchors(pd.DataFrame({"height": [1]}), 1)
    with refuses(ValueError, "parts is 4", "from 1 to 3", "give one"):
        hb.anchors(SIZES, 3).heads(4)
