"""What shapes tell, and what they do not."""

import numpy as np
import pytest

from heatbrush_core.matrix.axes import Axis
from heatbrush_core.outputs import Sequence, suits
from heatbrush_core.outputs.places import cell_of, centre, in_units


@pytest.mark.parametrize("shapes, axis", [([(12, 3)], "columns"), ([(8, 3)], "rows")])
def test_one_answer_per_line_is_a_sequence(shapes, axis):
    said = suits(shapes, (8, 12))
    assert isinstance(said.decoder, Sequence) and said.decoder.axis == axis
    assert str(shapes[0]) in said.why and axis in said.why
    said.decoder.check(shapes, (8, 12))


@pytest.mark.parametrize(
    "shapes, shape, part",
    [
        ([(8, 12, 1)], (8, 12), "landmarks, a mask or any number per cell; give outputs="),
        ([(4, 6, 7)], (8, 12), "landmarks, classes or boxes; give outputs="),
        ([(4, 6, 2, 7)], (8, 12), "its anchors cannot be seen"),
        ([(4, 6, 7), (2, 3, 7)], (8, 12), "several outputs can be anything"),
        ([(12, 3)], (12, 12), "no axis of the matrix alone"),
        ([(5, 3)], (8, 12), "no axis of the matrix alone"),
        ([(10,)], (8, 12), "holds no places: take a class, or targets.Step(index)"),
    ],
)
def test_what_can_be_more_than_one_thing_is_not_guessed(shapes, shape, part):
    said = suits(shapes, shape)
    assert said.decoder is None
    assert all(str(each) in said.why for each in shapes) and part in said.why


def test_places_of_cells_and_back():
    cells = np.arange(5)
    for stride in (0.5, 1, 2, 3.5):
        np.testing.assert_allclose(cell_of(centre(cells, stride), stride), cells)
    assert centre(0, 4) == 1.5 and centre(0, 1) == 0


def test_places_in_units():
    places = np.array([-0.5, 0.0, 1.5, 2.5, np.nan])
    uneven = in_units(Axis.make([0.0, 1.0, 10.0], 3, "rows"), places)
    np.testing.assert_allclose(uneven, [-0.5, 0, 5.5, 14.5, np.nan])
    np.testing.assert_allclose(in_units(Axis.make(None, 3, "rows"), places), places)
    assert in_units(Axis.make(list("abc"), 3, "rows"), places).tolist() == [
        "a",
        "a",
        "c",
        "c",
        None,
    ]
    dates = np.array(["2026-01-01", "2026-01-02", "2026-01-03"], "datetime64[D]")
    said = in_units(Axis.make(dates, 3, "rows"), places)
    assert said[:4].astype("datetime64[h]").astype(str).tolist() == [
        "2025-12-31T12",
        "2026-01-01T00",
        "2026-01-02T12",
        "2026-01-03T12",
    ]
    assert np.isnat(said[4])
    single = in_units(Axis.make([7.0], 1, "rows"), np.array([0.0, np.nan]))
    np.testing.assert_allclose(single, [7, np.nan])
