"""Drawn matrices against their spec, cell by cell and as a whole."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sentences import refuses
from specs import KINDS, SILENT, evidence, frequency, named, spec

from heatbrush_core import synthetic
from heatbrush_core.synthetic import (
    ClassSpec,
    Distractor,
    Evidence,
    Noise,
    Spec,
    draw,
)

RICH = Spec(
    shape=(12, 40),
    classes=[
        ClassSpec(name="a", evidence=[evidence("chirp", rows=(2, 9)), evidence("bump")]),
        ClassSpec(name="b", evidence=[evidence("texture", count=(0, 3), amplitude=(-3, -1))]),
        ClassSpec(name="c"),
    ],
    distractors=[
        Distractor(
            **{**evidence("oscillation").model_dump(), "count": (1, 2), "columns": (20, 40)},
            correlation={"a": 0.9, "b": 0.3},
        ),
        Distractor(**evidence("step").model_dump(), correlation={"c": 0.6}),
    ],
    noise=Noise(standard_deviation=0.3, correlation_rows=1.5, correlation_columns=2),
    seed=9,
)


def same(a, b, count=None):
    """Whether the first samples are the same bits."""
    for name in ("X", "y", "truth", "distractors"):
        np.testing.assert_array_equal(getattr(a, name)[:count], getattr(b, name)[:count])
    assert a.instances[:count] == b.instances[:count]
    return True


def test_arrays_have_the_promised_shapes():
    samples = draw(RICH, 5)
    assert (samples.X.shape, samples.X.dtype) == ((5, 12, 40, 1), np.float32)
    assert (samples.y.shape, samples.y.dtype) == ((5,), np.int64)
    for mask in (samples.truth, samples.distractors):
        assert (mask.shape, mask.dtype) == ((5, 12, 40), bool)
    assert len(samples.instances) == 5


@pytest.mark.parametrize("split", ["train", "test"])
def test_a_file_gives_the_same_bits(tmp_path, split):
    RICH.save(tmp_path / "spec.json")
    again = synthetic.load(tmp_path / "spec.json")
    assert again == RICH
    assert same(draw(again, 9, split), draw(RICH, 9, split))
    assert (tmp_path / "spec.json").stat().st_size < 5000


def test_a_sample_does_not_depend_on_how_many_there_are():
    many = draw(RICH, 17)
    for count in (1, 2, 7):
        assert same(draw(RICH, count), many, count)


def test_seeds_and_splits_share_no_sample():
    drawn = [draw(RICH, 6), draw(RICH, 6, "test"), draw(RICH.model_copy(update={"seed": 10}), 6)]
    matrices = np.concatenate([samples.X for samples in drawn]).reshape(18, -1)
    assert len(np.unique(matrices, axis=0)) == 18


def test_what_is_left_out_of_a_spec_changes_nothing_else():
    whole = draw(RICH, 12)
    bare = draw(RICH.model_copy(update={"distractors": (), "noise": SILENT}), 12)
    clean = draw(RICH.model_copy(update={"distractors": ()}), 12)
    np.testing.assert_array_equal(bare.truth, whole.truth)
    assert whole.distractors.any() and not bare.distractors.any()
    elsewhere = ~whole.distractors
    np.testing.assert_array_equal(clean.X[elsewhere], whole.X[elsewhere])
    noise = whole.X[..., 0][~(whole.truth | whole.distractors)]
    assert noise.std() == pytest.approx(0.3, rel=0.15)


def test_the_data_of_a_spec_stay_what_they_are():
    samples = draw(RICH, 3)
    assert samples.y.tolist() == PINNED_LABELS
    places = [[(one.kind, one.rows, one.columns) for one in each] for each in samples.instances]
    assert places == PINNED_PLACES
    np.testing.assert_allclose(np.abs(samples.X).sum(axis=(1, 2, 3)), PINNED_SUMS, rtol=1e-5)


PINNED_LABELS = [2, 1, 0]
PINNED_PLACES = [
    [
        ("step", (0, 3), (26, 30)),
    ],
    [
        ("texture", (8, 10), (18, 22)),
        ("texture", (1, 4), (9, 13)),
    ],
    [
        ("chirp", (3, 5), (3, 7)),
        ("bump", (0, 4), (28, 31)),
        ("oscillation", (4, 6), (27, 32)),
        ("oscillation", (2, 5), (34, 40)),
    ],
]
PINNED_SUMS = [153.5642, 141.4334, 143.1955]


@given(st.integers(1, 40))
@settings(max_examples=20)
def test_classes_are_balanced_up_to_one(count):
    counts = np.bincount(draw(RICH, count).y, minlength=3)
    assert counts.max() - counts.min() <= 1


def test_classes_come_in_a_random_order():
    rounds = draw(RICH, 90).y.reshape(30, 3)
    assert len(np.unique(rounds, axis=0)) > 3


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("sign", [1, -1])
def test_evidence_is_all_there_is_without_noise(kind, sign):
    amplitude = (2, 3) if sign > 0 else (-3, -2)
    samples = draw(spec(evidence(kind, amplitude=amplitude, count=(1, 3))), 20)
    assert not samples.X[~samples.truth].any() and not samples.distractors.any()
    for matrix, instances in zip(samples.X[..., 0], samples.instances, strict=True):
        for one in instances:
            cells = matrix[slice(*one.rows), slice(*one.columns)]
            assert one.kind == kind and not one.is_distractor
            assert amplitude[0] <= one.amplitude <= amplitude[1]
            assert np.abs(cells).max() == np.abs(np.float32(one.amplitude))
            assert cells.any(axis=0).all() and cells.any(axis=1).all()


@st.composite
def patterns(draw, shape, kinds=KINDS, **more):
    """Fields of a pattern that fits; half of the time it is confined to a part of an axis."""
    kind = draw(st.sampled_from(kinds))
    fields = {"kind": kind, "frequency": frequency(kind), "amplitude": (1, 2), **more}
    for cells, axis, size in zip(shape, ("rows", "columns"), ("height", "width"), strict=True):
        start = draw(st.integers(0, cells // 2))
        stop = draw(st.integers(start + 3, cells))
        if draw(st.booleans()):
            fields[axis] = (start, stop)
        least = 2 if size == "width" else 1
        high = draw(st.integers(least, min(stop - start, cells // 3)))
        fields[size] = (draw(st.integers(least, high)), high)
    low = draw(st.integers(0, 1))
    return {**fields, "count": (low, draw(st.integers(1, 2)))}


def inside(found, within, cells):
    start, stop = within or (0, cells)
    return start <= found[0] < found[1] <= stop


def check_instance(one, pattern, shape):
    assert one.kind == pattern.kind
    assert inside(one.rows, pattern.rows, shape[0])
    assert inside(one.columns, pattern.columns, shape[1])
    assert pattern.height[0] <= one.rows[1] - one.rows[0] <= pattern.height[1]
    assert pattern.width[0] <= one.columns[1] - one.columns[0] <= pattern.width[1]


@given(
    patterns((9, 24), KINDS[:3]),
    patterns((9, 24), KINDS[3:]),
    st.integers(0, 99),
)
@settings(max_examples=60)
def test_instances_stay_in_their_ranges_and_apart(planted, distracting, seed):
    evidence = Evidence(**planted)
    distractor = Distractor(**distracting, correlation={"a": 1})
    whole = spec(evidence, shape=(9, 24), distractors=[distractor], seed=seed)
    try:
        samples = draw(whole, 3)
    except ValueError as error:
        assert "found no room without overlap" in str(error)
        return
    for index, instances in enumerate(samples.instances):
        counts = [sum(one.is_distractor is which for one in instances) for which in (False, True)]
        covered = np.zeros((2, 9, 24), int)
        meant = [evidence] * counts[0] + [distractor] * counts[1]
        for one, pattern in zip(instances, meant, strict=True):
            check_instance(one, pattern, (9, 24))
            covered[int(one.is_distractor), slice(*one.rows), slice(*one.columns)] += 1
        for count, pattern in zip(counts, (evidence, distractor), strict=True):
            assert pattern.count[0] <= count <= pattern.count[1]
        assert covered.sum(0).max(initial=0) <= 1
        np.testing.assert_array_equal(samples.truth[index], covered[0] > 0)
        np.testing.assert_array_equal(samples.distractors[index], covered[1] > 0)


def test_all_of_a_range_is_drawn_evenly():
    samples = draw(spec(evidence(columns=(4, 12), count=(0, 2), rows=(0, 9))), 900)
    counts = [len(instances) for instances in samples.instances]
    single = [instances[0] for instances in samples.instances if len(instances) == 1]
    widths = [one.columns[1] - one.columns[0] for one in single]
    starts = [one.columns[0] for one in single if one.columns[1] - one.columns[0] == 3]
    for found, low, high in ((counts, 0, 2), (widths, 3, 6), (starts, 4, 9)):
        share = np.bincount(found, minlength=high + 1)[low:] / len(found)
        chance = 1 / (high - low + 1)
        assert len(share) == high - low + 1
        assert np.abs(share - chance).max() < 4 * np.sqrt(chance * (1 - chance) / len(found))


def test_crowded_matrices_are_tried_again():
    # the first instance in the middle leaves no room for the second on either side
    crowded = spec(evidence("step", height=(1, 1), width=(4, 4), count=(2, 2)), shape=(1, 10))
    samples = draw(crowded, 60)
    assert (samples.truth.sum(axis=(1, 2)) == 8).all()
    assert len(np.unique(samples.truth[:, 0], axis=0)) > 3


def test_instances_may_touch():
    full = spec(evidence("step", height=(1, 1), width=(4, 4), count=(2, 2)), shape=(1, 8))
    assert draw(full, 5).truth.all()


def test_impossible_matrices_are_refused():
    wide = evidence("step", height=(1, 1), width=(6, 6), count=(2, 2))
    with refuses(ValueError, "2 instances in one 1 × 10 matrix", "no room", "lower counts"):
        draw(spec(wide, shape=(1, 10)), 1)


def test_distractors_tell_the_class_in_training_only():
    given = {"a": 0.9, "b": 0.2}
    distractor = Distractor(**evidence("step").model_dump(), correlation=given)
    classes = [ClassSpec(name="a", evidence=[evidence()]), *map(named, "bc")]
    whole = Spec(shape=(12, 30), classes=classes, distractors=[distractor], noise=SILENT, seed=3)
    mean = (0.9 + 0.2 + 0) / 3
    for split, chances in (("train", (0.9, 0.2, 0)), ("test", (mean, mean, mean))):
        samples = draw(whole, 900, split)
        has = samples.distractors.any(axis=(1, 2))
        for label, chance in enumerate(chances):
            tolerance = 4 * np.sqrt(chance * (1 - chance) / 300)
            assert abs(has[samples.y == label].mean() - chance) <= tolerance
        assert (samples.truth.any(axis=(1, 2)) == (samples.y == 0)).all()
        assert not (samples.truth & samples.distractors).any()


@pytest.mark.parametrize("lengths", [(0, 0), (2, 0), (0, 3), (1.5, 4)])
def test_noise_has_its_deviation_and_correlation(lengths):
    noise = Noise(
        standard_deviation=2.5, correlation_rows=lengths[0], correlation_columns=lengths[1]
    )
    X = draw(spec(shape=(40, 50), noise=noise), 150).X[..., 0] / 2.5
    # cells that count as independent: all, by the area that a cell's correlation sums up to
    area = np.prod([max(1, 2 * np.sqrt(np.pi) * length) for length in lengths])
    error = 4 / np.sqrt(X.size / area)
    assert abs(X.mean()) < error
    assert abs((X**2).mean() - 1) < 2 * error
    for rows, columns in ((1, 0), (0, 1), (2, 0), (0, 4), (2, 3), (9, 20)):
        found = (X[:, rows:, columns:] * X[:, : 40 - rows, : 50 - columns]).mean()
        expected = np.prod(
            [
                np.exp(-(lag**2) / (4 * length**2)) if length else float(lag == 0)
                for lag, length in zip((rows, columns), lengths, strict=True)
            ]
        )
        assert abs(found - expected) < 2 * error
    edge = X[:, [0, -1]]
    assert abs((edge**2).mean() - 1) < 8 * np.sqrt(area / edge.size)


def test_noise_is_the_same_but_for_its_deviation():
    one, two = (
        draw(spec(shape=(6, 7), noise=Noise(standard_deviation=height)), 2).X for height in (1, 2)
    )
    np.testing.assert_allclose(two, 2 * one, rtol=1e-6)


@pytest.mark.parametrize("count", [0, -1, 2.0, True, "3"])
def test_impossible_counts(count):
    with refuses(ValueError, f"count={count!r}", "whole number", "1 or more"):
        draw(RICH, count)


def test_impossible_splits():
    with refuses(ValueError, "split='valid'", '"train" or "test"', "give one"):
        draw(RICH, 1, "valid")
