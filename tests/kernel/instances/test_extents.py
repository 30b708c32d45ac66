"""The cells of what was found: those of boxes, parts and runs, by counting them."""

import numpy as np
import pytest
from sentences import refuses

from heatbrush_core import outputs
from heatbrush_core.instances.extents import extents
from heatbrush_core.outputs import Head
from heatbrush_core.targets import Decoded

RNG = np.random.default_rng(4)


def masks(decoder, maps, shape):
    """Find the cells of each thing, with the things."""
    decoded = Decoded(decoder, maps, shape)
    regions, said = extents(decoded)
    assert said.endswith(".")
    return [region.mask(shape) for region in regions], decoded.found.things


def test_a_box_has_the_cells_whose_centres_lie_in_it():
    boxes = [(10, 30, 5, 12), (20.3, 7.6, 4.2, 9), (4, 50, 0.4, 0.4)]
    grid = outputs.Grid(heads=[Head(anchors=[(5, 12), (1, 1)])], overlap=None)
    shapes = [(8, 16, 12)]
    made = outputs.encode_boxes(grid, boxes, [0] * 3, shapes, shape=(32, 64))
    found, things = masks(grid, outputs.learnt(grid, made.targets, shapes), (32, 64))
    assert len(found) == 3
    for mask, thing in zip(found, things, strict=True):
        rows, columns = np.indices((32, 64))
        inside = (np.abs(rows - thing.row) <= thing.height / 2) & (
            np.abs(columns - thing.column) <= thing.width / 2
        )
        np.testing.assert_array_equal(mask, inside)
        assert mask.any()


def test_a_part_has_the_cells_that_its_cells_of_the_map_stand_for():
    map = np.zeros((4, 6, 1))
    map[1, 1:3] = map[2, 2] = 0.9
    map[3, 5] = 0.8
    found, _ = masks(outputs.Mask(scores="values", least=1), [map], (12, 12))
    wide = np.kron(map[..., 0], np.ones((3, 2)))
    np.testing.assert_array_equal(found[0], wide == 0.9)
    np.testing.assert_array_equal(found[1], wide == 0.8)


def test_a_run_of_steps_has_all_rows_of_its_columns():
    answers = np.array([[5, 0]] * 3 + [[0, 5]] * 5, float)
    decoder = outputs.Sequence(axis="columns", scores="logits")
    found, things = masks(decoder, [answers], (6, 16))
    for mask, thing in zip(found, things, strict=True):
        columns = np.flatnonzero(mask.any(0))
        assert mask[:, columns].all() and len(columns) == thing.width
        assert columns.mean() == thing.column


def test_steps_beside_the_matrix_have_no_cells():
    decoder = outputs.Sequence(axis=None, scores="logits")
    with refuses(ValueError, "beside the matrix", "cells of the matrix", "regions="):
        masks(decoder, [np.array([[5, 0], [0, 5]], float)], (6, 16))


@pytest.mark.parametrize("cells", [(20, 40), (10, 20), (10, 40)])
def test_discs_of_landmarks_share_no_cell(cells):
    places = [(4.2, 6.0), (6.0, 15.5), (15.0, 30.0)]
    heatmap = outputs.Heatmap(distance=4, sigma=0.8)
    map = outputs.encode_landmarks(heatmap, places, (20, 40), cells)
    found, things = masks(heatmap, [map], (20, 40))
    assert len(found) == 3 and np.sum(found, 0).max() == 1
    stride = 20 / cells[0], 40 / cells[1]
    for mask, thing in zip(found, things, strict=True):
        rows, columns = np.indices((20, 40))
        away = np.hypot((rows - thing.row) / stride[0], (columns - thing.column) / stride[1])
        assert (away[mask] < 4).all()
        others = np.sum(found, 0).astype(bool) & ~mask
        assert not ((away < 4) & ~mask & ~others).any()
