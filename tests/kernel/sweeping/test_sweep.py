"""Sweeps over generators whose answers are known in closed form, and evidence by part."""

import threading

import numpy as np
import pytest
from sentences import refuses

import heatbrush_core as hb
from heatbrush_core.synthetic import (
    Apple,
    Counts,
    Crosstalk,
    Generator,
    Landmarks,
    Range,
    parameter,
    share,
)


class Cells(Generator):
    """Three numbers in three cells, and a fourth that the seed draws."""

    name = "sweep-cells"
    one: Range = parameter((-np.pi, np.pi), "number", -4, 4)
    two: Range = parameter((-np.pi, np.pi), "number", -4, 4)
    three: Range = parameter((-np.pi, np.pi), "number", -4, 4)

    def paint(self, values, chance, canvas):
        drawn = chance("cell").random()
        canvas.values[0, :4] = [values["one"], values["two"], values["three"], drawn]


class Ring(Generator):
    """A constrained number: what the second may be hangs on the first."""

    name = "sweep-ring"
    size: Counts = parameter((1, 4), "number", 1, 9)
    place: Range = share("place")

    def room(self, name, values):
        return 10.0 * values["size"], 20.0 * values["size"]

    def paint(self, values, chance, canvas):
        canvas.values[0, :2] = [values["size"], values["place"]]


CELLS = Cells(shape=(2, 4))


def explained(function, **more):
    """An explainer of a function of the first row of cells."""
    return hb.Explainer(lambda X: np.stack(function(X[:, 0, :, 0].T), 1), baseline=0, **more)


def ishigami(cells):
    x, y, z, _ = np.asarray(cells, np.float64)
    return np.sin(x) + 7 * np.sin(y) ** 2 + 0.1 * z**4 * np.sin(x)


@pytest.fixture(scope="module")
def swept():
    explainer = explained(lambda cells: (0 * cells[0], ishigami(cells)), classes=["no", "yes"])
    return hb.sweep(explainer, CELLS, "yes", samples=1024)


def test_a_sweep_is_the_closed_form(swept):
    assert swept.index.tolist() == ["one", "two", "three", "seed"]
    assert swept["total"].iloc[:3].is_monotonic_decreasing
    exact = {"one": (0.3139, 0.5576), "two": (0.4424, 0.4424), "three": (0, 0.2437)}
    for name, indices in exact.items():
        for kind, right in zip(("first", "total"), indices, strict=True):
            low, value, high = (swept.loc[name, f"{kind}{end}"] for end in ("_low", "", "_high"))
            assert low <= value <= high
            assert abs(value - right) <= 0.75 * (high - low) + 1e-4
    np.testing.assert_allclose(swept.loc["seed"], 0, atol=1e-12)


def test_what_a_sweep_says_beside_the_table(swept):
    about = swept.attrs
    assert (about["target"], about["score"]) == ("yes", "score")
    assert about["evaluations"] == 1024 * 8
    assert about["mean"] == pytest.approx(3.5, abs=0.05)
    variance = 49 / 8 + 0.5 * (1 + np.pi**4 / 50) ** 2 + 0.01 * np.pi**8 * (1 / 18 - 1 / 50)
    assert about["deviation"] == pytest.approx(np.sqrt(variance), rel=0.03)
    (note,) = about["notes"]
    assert "sample 0 decides all else" in note and "'yes'" in note


def test_the_share_of_the_seed():
    """One number and the seed's: variances 4 pi² / 12 and 48 / 12, which only add up."""
    explainer = explained(lambda cells: (cells[0] + np.sqrt(48) * cells[3],))
    table = hb.sweep(explainer, CELLS, 0, samples=512)
    right = 4 / (4 + np.pi**2 / 3)
    for kind in ("first", "total"):
        low, high = table.loc["seed", [f"{kind}_low", f"{kind}_high"]]
        assert low <= right + 0.02 and right - 0.02 <= high
        # at one seed, all is due to the one parameter
        assert table.loc["one", kind] == pytest.approx(1, abs=0.05)
    np.testing.assert_allclose(table.loc[["two", "three"], "total"], 0, atol=1e-12)


def test_what_is_asked_about():
    """The seed is the same in all sample matrices; the rest has seeds of its own, each new."""
    asked = []

    def seen(cells):
        asked.append(np.array(cells))
        return (cells[0],)

    hb.sweep(explained(seen), CELLS, 0, samples=8, seed=3)
    fourth = np.concatenate([each[3] for each in asked])
    counts = dict(zip(*np.unique(fourth, return_counts=True), strict=True))
    fixed = CELLS.sample(3).x[0, 3, 0]
    assert counts.pop(fixed) >= 8 * 5
    assert len(counts) == 16
    assert {float(each) for each in counts} == {
        float(CELLS.sample(seed).x[0, 3, 0]) for seed in range(4, 20)
    }


def test_a_constrained_parameter_is_a_fraction_of_what_is_open():
    """Place is size (10 + 10 u): a score of place / size is due to it alone, none is rejected."""
    explainer = explained(lambda cells: (cells[1] / cells[0],))
    table = hb.sweep(explainer, Ring(shape=(1, 2)), 0, samples=64)
    assert table.loc["place", "total"] == pytest.approx(1, abs=0.1)
    assert table.loc["size", "total"] == pytest.approx(0, abs=1e-9)
    assert table.attrs["mean"] == pytest.approx(15, abs=0.2)
    product = hb.sweep(explained(lambda cells: (cells[1],)), Ring(shape=(1, 2)), 0, samples=256)
    # the variance of size (10 + 10 u) with four sizes: E[s²] E[v²] - E[s]² E[v]²
    whole = 7.5 * (225 + 100 / 12) - 2.5**2 * 225
    assert product.loc["size", "first"] == pytest.approx(1.25 * 225 / whole, abs=0.08)
    assert product.attrs["deviation"] == pytest.approx(np.sqrt(whole), rel=0.05)


def test_a_model_with_probabilities_and_no_target():
    def model(X):
        odds = np.exp(2 * X[:, 0, 0, 0] - 1)
        return np.stack([1 / (1 + odds), odds / (1 + odds)], 1)

    explainer = hb.Explainer(model, classes=["low", "high"], scores="probabilities", baseline=0)
    table = hb.sweep(explainer, Cells(shape=(2, 4), one=(0, 2), two=1), samples=32)
    assert (table.attrs["target"], table.attrs["score"]) == ("high", "probability")
    assert table.index.tolist() == ["one", "three", "seed"]
    notes = " ".join(table.attrs["notes"])
    assert "The target is 'high', what the model says in the middle" in notes
    assert "Held at one value and left out: two." in notes
    assert 0 < table.attrs["mean"] < 1
    logit = hb.sweep(
        explainer,
        Cells(shape=(2, 4), one=(0, 2), two=1),
        hb.targets.Margin("high", "low"),
        32,
        score="logit",
    )
    assert logit.attrs["target"] == "high rather than low"
    assert logit.attrs["mean"] == pytest.approx(1, abs=0.1)
    assert logit.loc["one", "total"] == pytest.approx(1, abs=0.15)


def test_a_score_that_does_not_move():
    explainer = explained(lambda cells: (cells[0] * 0 + 3,))
    table = hb.sweep(explainer, CELLS, 0, samples=8)
    assert table.loc[:, "first":"total_high"].isna().all(axis=None)
    notes = " ".join(table.attrs["notes"])
    assert "does not move with any parameter" in notes and "all parameters and seeds" in notes


def test_progress_and_cancel():
    told = []
    explainer = explained(lambda cells: (cells[0],), batch_size=16)
    hb.sweep(explainer, CELLS, 0, samples=16, progress=lambda p: told.append((p.done, p.total)))
    assert told[-1] == (128, 128) and sorted(told) == told
    stop = threading.Event()
    stop.set()
    with pytest.raises(hb.Cancelled):
        hb.sweep(explainer, CELLS, 0, samples=16, cancel=stop)


def test_refusals():
    explainer = explained(lambda cells: (cells[0],))
    with refuses(TypeError, "generator is 'apple'", "one with ranges", "synthetic.Apple"):
        hb.sweep(explainer, "apple")
    with refuses(ValueError, "samples is 100", "power of 2", "256"):
        hb.sweep(explainer, CELLS, samples=100)
    with refuses(ValueError, "level is 95", "between 0 and 1", "0.95"):
        hb.sweep(explainer, CELLS, level=95)
    with refuses(ValueError, "seed is -1", "at least 0", "give more"):
        hb.sweep(explainer, CELLS, seed=-1)
    with refuses(ValueError, "each of its parameters", "at least one", "widen a range"):
        hb.sweep(explainer, Cells(shape=(2, 4), one=1, two=1, three=1))
    with refuses(ValueError, "no class 'yes'", "class 0", "index"):
        hb.sweep(explainer, CELLS, "yes")
    with refuses(TypeError, "generator is None", "draws parts", "synthetic.Apple"):
        hb.evidence_by_part(explainer, None)


# ------------------------------------------------------------------ by part


def test_evidence_by_part_is_the_mean_of_the_samples():
    """The logit is a sum over cells, so that input x gradient is the matrix times its weights."""
    import keras

    made = Landmarks(count=(1, 3), shape=(20, 40), seed=1)
    start = keras.Input((20, 40, 1))
    head = keras.layers.Dense(2, use_bias=False)
    model = keras.Model(start, head(keras.layers.Flatten()(start)))
    weights = np.random.default_rng(0).normal(size=(800, 2)).astype("float32")
    head.set_weights([weights])
    explainer = hb.Explainer(model, baseline=0)
    table = hb.evidence_by_part(explainer, made, 1, "input_x_gradient", samples=6, start=4)
    assert table.attrs["method"] == "input_x_gradient" and table.attrs["target"] == "class 1"
    assert set(table.index) == {"background", "landmark"}
    shares = []
    for scene in made.dataset(6, start=4).scenes:
        values = scene.x[..., 0] * weights[:, 1].reshape(20, 40)
        inside = scene.kinds["landmark"]
        positive = np.maximum(values, 0)
        mass = abs(values)
        shares.append([mass[inside].sum() / mass.sum(), positive[inside].sum() / positive.sum()])
    found = table.loc["landmark"]
    np.testing.assert_allclose(found[["mass", "positive"]].to_list(), np.mean(shares, 0), rtol=1e-5)
    deviations = np.std(shares, 0, ddof=1)
    np.testing.assert_allclose(found[["mass_sd", "positive_sd"]].to_list(), deviations, rtol=1e-4)
    with refuses(ValueError, "(2, 4, 1)", "(20, 40, 1)", "crop, pad"):
        hb.sweep(explainer, CELLS, 1, samples=8)
    assert found["samples"] == 6 and table["positive"].is_monotonic_decreasing
    np.testing.assert_allclose(table[["area", "mass", "positive", "negative"]].sum(), 1, rtol=1e-6)


def test_evidence_lies_where_the_model_looks():
    """A model that answers with the mean rests on the instance, which is nearly all there is."""
    made = Crosstalk(instances=1, contrast=(2, 3), noise=0.01)
    explainer = hb.Explainer(lambda X: X.mean((1, 2)), baseline=0)
    told = []
    table = hb.evidence_by_part(
        explainer,
        made,
        0,
        ("occlusion", {"patch": (2, 2), "stride": 2}),
        samples=5,
        progress=lambda p: told.append(p.done),
    )
    assert table.index[0] == "instance" and table.loc["instance", "positive"] > 0.8
    assert told[-1] == 5 and table.attrs["notes"]


def test_depth_knows_no_colour():
    """A share that must be 0: the red of a skin does not change how far it is."""
    explainer = hb.Explainer(lambda X: X[:, 30:40, 30:40].mean((1, 2)), baseline=0)
    made = Apple(rendering="depth", noise=0)
    table = hb.sweep(explainer, made, 0, samples=16)
    assert table.loc["red", "total"] == 0 and table.loc["size", "total"] > 0
