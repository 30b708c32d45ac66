"""Things in other outputs: nothing lost where nothing changed, and the best match where it did."""

import numpy as np
import pytest
from sentences import refuses

from heatbrush_core.outputs import (
    Grid,
    Head,
    Heatmap,
    Mask,
    Sequence,
    encode_landmarks,
    follow,
    similarity,
)

RANDOM = np.random.default_rng(0)
CASES = {
    "landmarks": (Heatmap(scores="logits", threshold=0.5), RANDOM.normal(size=(9, 14, 2))),
    "parts": (Mask(), RANDOM.uniform(size=(6, 9, 2))),
    "steps": (Sequence(), RANDOM.uniform(size=(14, 3))),
}
SHAPE = (18, 28)


@pytest.mark.parametrize("name", CASES)
def test_where_nothing_changed_it_is_the_score(name):
    decoder, outputs = CASES[name]
    shape = (6, 9) if name == "parts" else SHAPE
    things = decoder.find(outputs, shape).things
    assert len(things) > 3
    for thing in things:
        assert follow(decoder, thing, outputs, shape) == pytest.approx(thing.score)


def test_a_landmark_is_followed_as_far_as_its_distance():
    decoder = Heatmap(distance=3)
    (thing,) = decoder.find(encode_landmarks(decoder, [(8, 8)], (16, 16)), (16, 16)).things
    for step, left in ((0, 1), (2, 1), (3, np.exp(-9 / 4.5)), (5, np.exp(-25 / 4.5))):
        moved = encode_landmarks(decoder, [(8, 8 + step)], (16, 16))
        # beyond it there is no peak, so that its own cell is what is left
        assert follow(decoder, thing, moved, (16, 16)) == pytest.approx(left)
    assert follow(decoder, thing, np.full((16, 16, 1), np.nan), (16, 16)) == 0


def test_a_part_and_a_run_of_steps_are_followed_by_their_cells():
    before, after = np.zeros((6, 9, 1)), np.zeros((6, 9, 1))
    before[1:3, 2:6], after[1:3, 4:8], after[5, 0] = 0.9, 0.8, 1
    (part,) = Mask().find(before, (6, 9)).things
    assert follow(Mask(), part, after, (6, 9)) == pytest.approx(0.8 * 4 / 12)
    assert follow(Mask(), part, after * 0, (6, 9)) == 0
    (run,) = Sequence().find(before[1], (6, 9)).things
    assert follow(Sequence(), run, after[1], (6, 9)) == pytest.approx(0.8 * 2 / 6)


def test_a_box_is_followed_as_d_rise_does():
    grid = Grid(heads=[Head(boxes=2)], overlap=None)
    outputs, other = RANDOM.normal(size=(2, 4, 6, 16))
    for thing in grid.find(outputs, (8, 12)).things:
        mine = follow(grid, thing, other, (8, 12))
        place = (thing.row, thing.column, thing.height, thing.width)
        every = grid.proposals(other, (8, 12))
        assert mine == similarity(place, thing.probabilities, every).max()
        # it is itself among the proposals of its own matrix
        assert follow(grid, thing, outputs, (8, 12)) >= thing.score - 1e-12
    other[0, 0] = np.nan
    assert np.isfinite(follow(grid, thing, other, (8, 12)))
    assert follow(grid, thing, other * np.nan, (8, 12)) == 0


def test_what_no_decoder_found_is_refused():
    with refuses(TypeError, "decoder is 'x'", "Heatmap, Mask, Grid and Sequence", "the cell"):
        follow("x", None, np.zeros((4, 6)), (4, 6))
