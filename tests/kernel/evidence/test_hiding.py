"""What a baseline hides, against the model itself, and what is said of one that hides nothing."""

import numpy as np
import pytest

from heatbrush_core import Explainer, Region, class_profile, find_runs
from heatbrush_core.evidence import premises

W = np.zeros((6, 24))
W[2, 5:10] = 4
RANDOM = np.random.default_rng(0)
X = RANDOM.uniform(0, 0.2, (6, 24)).astype("float32")
X[2, 5:10] = 1
CLASSES = ["healthy", "ill"]
COUNTS = []
SCORELESS = "With everything hidden the model has no finite score"


def ill(batch):
    """Ill where the cells of five columns in one row are high."""
    COUNTS.append(len(batch))
    z = (np.asarray(batch)[..., 0] * W).sum((1, 2))
    return np.stack([6 - z, z - 6], 1)


def lacking(batch):
    """Ill where they are low."""
    return -ill(batch)


def explained(model, **more):
    return Explainer(model, classes=CLASSES, scores="logits", **more)


def test_the_table_is_what_the_model_says_of_each_baseline():
    explainer = explained(ill)
    table = explainer.baselines(X)
    assert table.index[0] == "row_median" and "0" in table.index
    assert "background_mean" not in table.index
    for name, row in table.iterrows():
        spec = 0 if name == "0" else name
        fill = explainer.fill(X[..., None], spec)
        said = explainer.predict(fill)
        assert row.predicted == said.label
        assert row.score_hidden == pytest.approx(said.probabilities[1])
        low, high = X.min(), X.max()
        assert row.outside == pytest.approx(((fill < low) | (fill > high)).mean())


@pytest.mark.parametrize("zero", [0, 0.0, np.float32(0), np.array(0)])
def test_the_own_baseline_is_listed_once_whatever_kind_of_number_it_is(zero):
    assert list(explained(ill, baseline=zero).baselines(X).index).count("0") == 1


def test_moved_is_the_mean_change_over_places_of_the_default_window():
    """Where every place counts alike, each moves the score by the same."""
    explainer = explained(
        lambda batch: np.stack([np.zeros(len(batch)), batch.sum((1, 2, 3)) / 50], 1), baseline=0
    )
    x = np.ones((8, 32))
    (h, w) = explainer.explain(x, "occlusion").parameters["patch"]
    before = explainer.predict(x).probabilities[1]
    after = explainer.predict(x, without=Region.rectangle(0, h, 0, w)).probabilities[1]
    assert explainer.baselines(x).loc["0", "moved"] == pytest.approx(before - after)


def test_a_baseline_with_the_class_is_told_and_another_named():
    explainer = explained(lacking, baseline=0)
    x = X.copy()
    x[2, 5:10] = 0.1  # which is what makes it ill
    x[4] = 1
    for table in (
        find_runs(explainer, x, methods=["occlusion"]),
        explainer.evidence(x, [Region.columns(5, 10)], chosen="before"),
    ):
        (note,) = (each for each in table.attrs["notes"] if "everything hidden" in each)
        assert note.startswith("With everything hidden the model still says ill (1.00)")
        assert "explainer.baselines(x)" in note
    verdict = explainer.baselines(x).loc["0", "verdict"]
    assert verdict.startswith("With everything hidden the model still says ill")
    better = explained(lacking, baseline="column_mean").baselines(x)
    assert (better["predicted"] == "ill").any()


def test_a_filling_outside_the_range_is_told():
    table = explained(ill, baseline=-5, background=np.stack([X, X])[..., None]).baselines(X)
    assert table.iloc[0].outside == 1 and "outside the range" in table.iloc[0].verdict
    assert table.loc["background_mean"].outside == 0


def test_one_that_hides_has_no_note():
    notes = find_runs(explained(ill), X, methods=["occlusion"]).attrs["notes"]
    assert notes[0] == "Hidden cells become the median of their row."
    assert not any("everything hidden" in each for each in notes)


def test_the_check_asks_at_most_32_matrices():
    explainer = explained(lacking, baseline=0, background=RANDOM.normal(size=(9, 6, 24, 1)))
    x = explainer.asked(X)
    aim = explainer.aim(x, 1)
    COUNTS.clear()
    assert premises.checked([explainer], x[None], [aim]) != [()]
    assert sum(COUNTS) <= 32


def test_single_scores_have_no_class():
    explainer = Explainer(lambda batch: batch.sum((1, 2, 3)), baseline=0)
    table = explainer.baselines(X)
    assert table.loc["0", "score_hidden"] == 0
    assert "still says" not in " ".join(table["verdict"])


@pytest.mark.parametrize("raises", [False, True])
def test_a_model_without_a_score_for_nothing_is_said_and_explains_all_the_same(raises):
    """A mean over steps that count, of which there are none where all is 0."""

    def mean(batch):
        counts = (batch[..., 0] != 0).any(axis=1).sum(axis=1, keepdims=True)
        sums = np.asarray(batch)[..., 0].sum((1, 2))[:, None] * [1, 2]
        if raises and not counts.all():
            raise ZeroDivisionError("no step counts")
        return np.where(counts, sums / np.maximum(counts, 1), np.nan)

    explainer = explained(mean, baseline=0)
    found = explainer.explain(X, "occlusion", patch=(None, 4), stride=(None, 4))
    said = "Whether the baseline hides is not known" if raises else SCORELESS
    assert found.notes[1].startswith(said) and raises == ("(no step counts)" in found.notes[1])
    hidden = np.stack([X] * 6)
    for index, each in enumerate(hidden):
        each[:, 4 * index : 4 * index + 4] = 0
    scores = mean(np.concatenate([X[None], hidden])[..., None])[:, 1]
    np.testing.assert_allclose(found.map[0, ::4], scores[0] - scores[1:], rtol=1e-5)
    # one of the matrices is at fault, not how many they are
    with pytest.raises(RuntimeError if raises else ValueError):
        explainer.outputs(2, np.stack([X, 0 * X])[..., None].__getitem__)
    assert not any("one matrix at a time" in each for each in explainer.read_as)
    _, of_many = class_profile(explainer, np.stack([X, X + 1]), [0, 1]).attrs["notes"]
    if raises:
        assert of_many.startswith(said) and "(no step counts)" in of_many
        # a filling with the class is told all the same, and no remedy is one that fails
        (_, doubt) = explainer.explain(X, "occlusion", baseline="row_median").notes
        assert "still says ill" in doubt and "no other baseline" in doubt
        return
    assert of_many.startswith(f"{SCORELESS} for 2 of 2 matrices")
    table = explainer.baselines(X)
    assert table.loc["0", "predicted"] == "" and np.isnan(table.loc["0", "score_hidden"])
    assert (
        table.loc["row_median", "predicted"]
        == explainer.predict(explainer.fill(X[..., None], "row_median")).label
    )
