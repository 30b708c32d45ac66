import json
import operator
import pickle

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as nps
from sentences import refuses

from heatbrush_core.matrix.axes import Axis
from heatbrush_core.matrix.bands import Band
from heatbrush_core.matrix.given_regions import check_region, read_regions
from heatbrush_core.matrix.region import Region

SHAPE = (7, 9)


def ranges(length):
    bounded = st.tuples(st.integers(0, length), st.integers(0, length)).map(sorted).map(tuple)
    return st.none() | bounded | st.integers(0, length).map(lambda start: (start, None))


bands = st.builds(
    Band, st.sampled_from(["add", "remove"]), rows=ranges(SHAPE[0]), columns=ranges(SHAPE[1])
)
regions = st.lists(bands, max_size=5).map(Region)
masks = nps.arrays(bool, SHAPE)


def painted(region, shape=SHAPE):
    """The definition, on masks: bands join and leave in order."""
    inside = np.zeros(shape, bool)
    rows, columns = np.indices(shape)
    for band in region.bands:
        here = between(rows, band.rows) & between(columns, band.columns)
        inside = inside | here if band.op == "add" else inside & ~here
    return inside


def between(indices, ends):
    start, stop = ends or (0, None)
    return (indices >= start) & (indices < (np.inf if stop is None else stop))


def same(mask, expected):
    np.testing.assert_array_equal(mask, expected)


@given(regions)
def test_mask_is_what_the_bands_paint(region):
    same(region.mask(SHAPE), painted(region))
    same(region.mask((*SHAPE, 3)), painted(region))


@given(regions, regions)
def test_algebra_is_that_of_masks(a, b):
    x, y = a.mask(SHAPE), b.mask(SHAPE)
    same((a | b).mask(SHAPE), x | y)
    same((a & b).mask(SHAPE), x & y)
    same((a - b).mask(SHAPE), x & ~y)
    same((~a).mask(SHAPE), ~x)


@given(regions, regions)
def test_equal_means_the_same_cells_on_every_matrix(a, b):
    larger = (2 * SHAPE[0], 2 * SHAPE[1])  # all bounded ends lie inside, so open ones differ
    equal = bool((a.mask(larger) == b.mask(larger)).all())
    assert (a == b) == equal
    assert not equal or hash(a) == hash(b)
    assert bool(a) == bool(a.mask(larger).any())


@given(regions, regions, regions)
def test_laws_hold_whatever_the_bands(a, b, c):
    assert a | b == b | a
    assert a & (b | c) == (a & b) | (a & c)
    assert ~(a | b) == ~a & ~b
    assert a - b == a & ~b
    assert ~~a == a
    assert not a - a
    assert a | ~a == Region.everything()


@given(masks)
def test_cells_round_trip(mask):
    region = Region.cells(mask)
    same(region.mask(SHAPE), mask)
    assert Region.where(mask) == region
    assert bool(region) == bool(mask.any())
    assert sum(Region((band,)).mask(SHAPE).sum() for band in region.bands) == mask.sum(), "overlap"


@given(masks, masks)
def test_cells_of_masks_combine_like_masks(x, y):
    assert Region.cells(x) | Region.cells(y) == Region.cells(x | y)
    assert Region.cells(x) & Region.cells(y) == Region.cells(x & y)
    assert Region.cells(x) - Region.cells(y) == Region.cells(x & ~y)


@given(regions)
def test_json_round_trip(region):
    back = Region.from_json(json.loads(json.dumps(region.to_json())))
    assert back == region
    assert [b for b in region.bands if b] == list(back.bands)


@given(regions)
def test_repr_is_the_expression_that_makes_it(region):
    assert eval(repr(region)) == region


@given(regions)
def test_bounds_hold_all_cells_and_no_less(region):
    mask = region.mask(SHAPE)
    if not mask.any():
        with refuses(ValueError, "no cell", "at least one", "select some"):
            region.bounds(SHAPE)
        return
    r0, r1, c0, c1 = region.bounds(SHAPE)
    assert mask[r0:r1, c0:c1].sum() == mask.sum()
    assert mask[r0].any() and mask[r1 - 1].any() and mask[:, c0].any() and mask[:, c1 - 1].any()


def test_few_rectangles():
    cross = np.zeros((20, 30), bool)
    cross[8:12], cross[:, 10:15] = True, True
    assert len(Region.cells(cross).bands) == 3
    letter_h = np.ones((9, 9), bool)
    letter_h[:4, 3:6] = letter_h[5:, 3:6] = False
    assert len(Region.cells(letter_h).bands) == len(Region.cells(letter_h.T).bands) == 3
    checks = np.indices((4, 4)).sum(0) % 2 == 0
    assert len(Region.cells(checks).bands) == 8
    comb = np.zeros((3, 9), bool)
    comb[:, ::2] = True
    assert len(Region.cells(comb).bands) == 5
    assert Region.cells(comb.T).bands[0] == Band("add", (0, 1), (0, 3))


def test_friendly_bands_are_kept():
    rows, columns = Region.rows(3, 8), Region.columns(10, 40)
    assert repr(rows | columns) == "Region.rows(3, 8) | Region.columns(10, 40)"
    assert repr(rows - columns) == "Region.rows(3, 8) - Region.columns(10, 40)"
    assert repr(rows & columns) == "Region.rectangle(3, 8, 10, 40)"
    assert repr(~rows) == "Region.everything() - Region.rows(3, 8)"
    assert (
        repr((rows | columns) - rows)
        == "(Region.rows(3, 8) | Region.columns(10, 40)) - Region.rows(3, 8)"
    )
    assert repr(Region()) == "Region()"
    assert repr(Region.rows(3, None)) == "Region.rows(3, None)"


def test_a_repr_stays_short():
    many = Region.cells(np.indices((9, 9)).sum(0) % 2 == 0)
    assert repr(many) == f"<Region of {len(many.bands)} bands>"


def test_an_empty_region_is_falsy():
    assert not Region() and not Region.rows(3, 3) and not Region.cells(np.zeros(SHAPE, bool))
    assert (Region() - Region.rows(0, 3)).bands == ()
    assert not Region.rows(0, 3) - Region.everything()
    assert Region.rows(0, 1)


def test_a_bounded_end_is_taken_literally():
    assert Region.rows(0, 7) != Region.everything()
    assert Region.rows(0, None) == Region.everything() == Region.columns(0, None)
    assert Region.rows(0, 7) != "rows"


def test_numpy_indices_and_pickle():
    region = Region.rows(np.int64(1), np.int32(4)) - Region.columns(2, 3)
    assert json.dumps(region.to_json())
    assert pickle.loads(pickle.dumps(region)) == region
    assert len({region, Region.from_json(region.to_json())}) == 1


def test_other_operands_are_refused():
    for combine in (operator.or_, operator.and_, operator.sub):
        with pytest.raises(TypeError, match="unsupported operand"):
            combine(Region.rows(0, 1), 3)


@pytest.mark.parametrize(
    "region",
    [
        Region.rows(3, 7),
        Region.columns(0, 9),
        ~Region.rows(3, 7),
        Region.rows(0, 7) & Region.columns(8, None),
        Region.everything() - Region.rows(0, 6),
    ],
)
def test_check_accepts_what_lies_inside(region):
    region.check(SHAPE)
    region.check((*SHAPE, 3))


def test_check_refuses_what_reaches_outside():
    with refuses(ValueError, "row 7", "7 rows, 0 to 6", "Region.rows(0, 7)"):
        Region.rows(3, 8).check(SHAPE)
    with refuses(ValueError, "column 39", "9 columns, 0 to 8", "Region.columns(0, 9)"):
        (Region.rows(3, 6) | Region.columns(5, 40)).check(SHAPE)
    with refuses(ValueError, "row 11", "7 rows", "cut"):
        Region.rows(12, None).check(SHAPE)
    with refuses(ValueError, "row 19", "7 rows", "cut"):
        (Region.everything() - Region.rows(2, 20)).check(SHAPE)


def test_check_refuses_an_empty_region():
    for region in (Region(), Region.rows(7, None), Region.rows(2, 4) - Region.everything()):
        with refuses(ValueError, "no cell of the 7 × 9", "at least one", "whole matrix"):
            region.check(SHAPE)


def test_cells_refuses_what_is_no_mask():
    with refuses(TypeError, "float64 of shape (7, 9)", "boolean", "explanation.map > 0.1"):
        Region.cells(np.zeros(SHAPE))
    with refuses(ValueError, "(7, 9, 1)", "(rows, columns)", "mask.any(axis=-1)"):
        Region.where(np.zeros((*SHAPE, 1), bool))


@pytest.mark.parametrize(
    ("kind", "index"),
    [
        (ValueError, -1),
        (ValueError, 10**30),
        (TypeError, True),
        (TypeError, 1.0),
        (TypeError, "3"),
        (TypeError, None),
    ],
)
def test_an_index_is_a_whole_number_from_0(kind, index):
    with refuses(kind, repr(index)[:20], "whole numbers counted from 0", "give one"):
        Region.rows(index, 5)


def test_a_range_does_not_run_backwards():
    with refuses(ValueError, "from 8 to 3", "must not stop before it starts", "swap"):
        Region.columns(8, 3)
    with refuses(TypeError, "5", "a pair (start, stop)", "give two indices"):
        Band("add", 5)
    with refuses(ValueError, "'paint'", '"add"', "write"):
        Band("paint")


@pytest.mark.parametrize(
    "data",
    [
        None,
        [],
        {},
        "bands",
        {"bands": None},
        {"bands": "add"},
        {"bands": [], "more": 1},
        {"bands": [], "masked": [3]},
        {"bands": [], "masked": [3, 0]},
        {"bands": [], "masked": [3, 2.0]},
        {"bands": [], "masked": "34"},
        {"bands": [None]},
        {"bands": [{"op": "add"}]},
        {"bands": [{"op": "add", "rows": None, "columns": None, "x": 1}]},
    ],
)
def test_json_of_another_form_is_refused(data):
    with refuses(ValueError, "is ", '{"bands": [{"op": "add" or "remove"', "send that form"):
        Region.from_json(data)


@pytest.mark.parametrize(
    ("band", "given"),
    [
        ({"op": "paint", "rows": None, "columns": None}, "'paint'"),
        ({"op": ["add"], "rows": None, "columns": None}, "['add']"),
        ({"op": "add", "rows": [5, 3], "columns": None}, "from 5 to 3"),
        ({"op": "add", "rows": [0.5, 3], "columns": None}, "0.5"),
        ({"op": "add", "rows": None, "columns": [-1, 3]}, "-1"),
        ({"op": "add", "rows": None, "columns": [None, 3]}, "None"),
        ({"op": "add", "rows": None, "columns": [1, 2, 3]}, "[1, 2, 3]"),
        ({"op": "add", "rows": {"a": "<script>" * 99}, "columns": None}, "..."),
    ],
)
def test_json_with_a_bad_band_is_a_value_error(band, given):
    with pytest.raises(ValueError) as caught:
        Region.from_json({"bands": [band]})
    assert given in str(caught.value)
    assert len(str(caught.value)) < 300


def test_json_keeps_the_shape_of_the_mask():
    mask = np.eye(3, dtype=bool)
    for region in (Region.cells(mask), Region.cells(~mask) - Region.rows(0, 1)):
        back = Region.from_json(json.loads(json.dumps(region.to_json())))
        assert back == region and back.masked == (3, 3)
        back.check((3, 3))
        with refuses(ValueError, "a mask of shape (3, 3)", "the matrix is (12, 20)", "give a mask"):
            back.check((12, 20))
    assert "masked" not in Region.rows(0, 2).to_json()


def test_json_bands_without_cells_are_dropped():
    data = {"bands": [{"op": "add", "rows": [3, 3], "columns": None}]}
    assert Region.from_json(data).bands == ()


def test_describe_uses_the_names():
    rows = Axis.make(["acc 1 z", "acc 2 z", "gyro x", "gyro y", "gyro z"], 5, "rows")
    columns = Axis.make(np.arange(160) * 0.25, 160, "columns")
    region = Region.rectangle(1, 5, 96, 118)
    assert region.describe(rows, columns) == "acc 2 z–gyro z × 24.00–29.25"
    assert Region.rows(2, 3).describe(rows, columns) == "gyro x"
    assert Region.columns(96, None).describe(rows, columns) == "24.00–39.75"
    assert (Region.rows(0, 2) - Region.columns(0, 1)).describe(
        rows, columns
    ) == "acc 1 z–acc 2 z, without 0.00"
    assert Region.rows(0, 5).describe(rows, columns) == "everything"
    assert Region().describe(rows, columns) == "nothing"


def test_describe_names_the_axis_where_lines_are_only_numbered():
    rows, columns = Axis.make(None, 8, "rows"), Axis.make(None, 8, "columns")
    assert Region.rectangle(1, 3, 4, 8).describe(rows, columns) == "rows 1–2 × columns 4–7"


def test_describe_counts_what_it_does_not_list():
    axis = Axis.make(list("abcdefghij"), 10, "rows")
    region = Region.cells(np.eye(10, dtype=bool))
    assert region.describe(axis, axis).endswith("f × f, 4 more")


def test_a_mask_of_another_shape_is_refused():
    """Three by three cells fit into any larger matrix, but nobody means its corner."""
    three = Region.cells(np.eye(3, dtype=bool))
    three.check((3, 3))
    for region in (three, ~three, three | Region.rows(5, 6), three & Region.rows(0, 1)):
        assert region.masked == (3, 3)
        with refuses(ValueError, "(3, 3)", "(12, 20)", "give a mask of the matrix's own"):
            region.check((12, 20, 1))
    with refuses(ValueError, "(3, 3)", "(12, 20)", "give a mask"):
        Region.cells(np.zeros((3, 3), bool)).check((12, 20))


def test_masks_of_two_shapes_are_not_combined():
    a, b = (Region.cells(np.ones(shape, bool)) for shape in ((3, 3), (12, 20)))
    for operation in (operator.or_, operator.and_, operator.sub):
        with refuses(ValueError, "(3, 3)", "(12, 20)", "make masks of its shape"):
            operation(a, b)


@pytest.mark.parametrize("make", [lambda r: r, lambda r: [r], lambda r: (each for each in [r])])
def test_one_region_is_taken_where_a_list_is(make):
    region = Region.columns(2, 4)
    assert read_regions(make(region), SHAPE) == [region]


def test_the_column_of_a_table_is_taken_as_regions():
    region = Region.columns(2, 4)
    assert read_regions(pd.DataFrame({"p": [0.1], "region": [region]}), SHAPE) == [region]


@pytest.mark.parametrize("given", [None, 3, "columns", {"rows": (1, 2)}])
def test_what_is_no_list_of_regions_is_refused(given):
    with refuses(TypeError, f"got {given!r}", "A list of regions", "Region.columns(10, 40)"):
        read_regions(given, SHAPE)


def test_an_array_is_not_quoted_where_a_region_is_expected():
    with refuses(TypeError, "got ndarray;", "A region", "Region.where(mask)"):
        check_region(np.ones(SHAPE), SHAPE)


@given(regions, st.integers(0, 4), st.integers(0, 5), st.integers(1, 4), st.integers(1, 4))
def test_a_window_and_the_bounds_are_those_of_the_mask(region, top, left, height, width):
    shape = (top + height, left + width)
    mask = region.mask(shape)
    np.testing.assert_array_equal(region.window(top, left, height, width), mask[top:, left:])
    if mask.any():
        rows, columns = mask.any(1).nonzero()[0], mask.any(0).nonzero()[0]
        expected = (rows[0], rows[-1] + 1, columns[0], columns[-1] + 1)
        assert region.bounds(shape) == expected
    else:
        with pytest.raises(ValueError, match="holds no cell"):
            region.bounds(shape)
