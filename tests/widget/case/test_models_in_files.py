"""The model in the file of a view: kept whole, told from another one, and never run as code."""

from __future__ import annotations

import io
import json
import zipfile

import keras
import numpy as np
import pytest
from sentences import refuses

import heatbrush as hb
from heatbrush.opening import load_view

X = np.random.default_rng(0).normal(size=(3, 5, 6)).astype("float32")
X[0, 1, 2:4] = np.nan


def net(seed: int = 0) -> keras.Model:
    keras.utils.set_random_seed(seed)
    layers = [keras.layers.Conv2D(2, (2, 3), activation="relu"), keras.layers.Flatten()]
    ends = keras.layers.Dense(2, activation="softmax")
    return keras.Sequential([keras.Input((5, 6, 1)), *layers, ends])


@pytest.fixture(scope="module")
def explainer() -> hb.Explainer:
    return hb.Explainer(
        net(), ["a", "b"], rows=list("vwxyz"), background=X + 1, time="columns", valid="finite",
        baseline=np.arange(30.0).reshape(5, 6), fill=0.25, batch_size=7,
    )  # fmt: skip


@pytest.fixture(scope="module")
def kept(explainer, tmp_path_factory):
    view = hb.compare(explainer, X, ["gradient", ("integrated_gradients", {"steps": 4})])
    view.wait()
    path = view.save(tmp_path_factory.mktemp("files") / "whole", model=True)
    yield view, path
    view.close()


def test_the_model_goes_along_with_all_that_its_explainer_was(kept, explainer) -> None:
    view, path = kept
    again = load_view(path)
    try:
        assert again.explainer.model is not explainer.model
        before, after = explainer.made_with, again.explainer.made_with
        for name in ("fill", "valid", "time", "batch_size", "output", "scores"):
            assert before[name] == after[name], name
        np.testing.assert_array_equal(before["baseline"], after["baseline"])
        np.testing.assert_array_equal(again.explainer.typical, explainer.typical)
        np.testing.assert_array_equal(again.explainer.background, explainer.background)
        for method in ("gradient", "occlusion"):
            one, other = (each.explain(X[0], method) for each in (explainer, again.explainer))
            np.testing.assert_array_equal(one.map, other.map)
            assert one.row_axis == other.row_axis
        again.wait()
        assert not any("weights" in note for note in again.widget.notes)
        assert again.widget.scores == view.widget.scores
    finally:
        again.close()


def test_another_model_is_told_from_the_one_that_made_the_maps(kept) -> None:
    view, path = kept
    for seed, said in ((0, False), (1, True)):
        again = load_view(path, hb.Explainer(net(seed), ["a", "b"]))
        try:
            found = [note for note in again.widget.notes if "with other weights" in note]
            assert bool(found) is said
            np.testing.assert_array_equal(
                again.explanations["gradient"].map, view.explanations["gradient"].map
            )
        finally:
            again.close()


def test_an_explainer_of_other_matrices_is_refused(kept) -> None:
    small = keras.Sequential([keras.Input((4, 6, 1)), keras.layers.Flatten()])
    with refuses(ValueError, "takes matrices of 4 × 6 × 1", "have 5 × 6 × 1", "give the explainer"):
        load_view(kept[1], small)


def test_a_model_that_holds_code_is_never_kept(tmp_path) -> None:
    code = keras.layers.Lambda(lambda x: x * 2)
    model = keras.Sequential([keras.Input((5, 6, 1)), code, keras.layers.Flatten()])
    view = hb.compare(model, X[1:], ["gradient"], charts=False)
    try:
        with refuses(TypeError, "safe mode", "cannot be kept in a file", "give model=False"):
            view.save(tmp_path / "code", model=True)
        assert not list(tmp_path.iterdir())
        load_view(view.save(tmp_path / "code"), model).close()
    finally:
        view.close()


def test_a_model_that_holds_code_is_never_run(kept, tmp_path) -> None:
    """Whoever wrote the file may have put anything into it."""
    ran = tmp_path / "ran"

    def code(x):
        from pathlib import Path

        Path(str(ran)).write_text("run")
        return x

    model = keras.Sequential([keras.Input((5, 6, 1)), keras.layers.Lambda(code)])
    model.save(tmp_path / "model.keras")
    ran.unlink(missing_ok=True)
    path, whole = tmp_path / "evil.heatbrush", kept[1]
    with zipfile.ZipFile(whole) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            new.writestr(
                name, (tmp_path / "model.keras").read_bytes() if "keras" in name else content
            )
    with refuses(ValueError, "safe mode", "code from a file is never run", "explainer=..."):
        load_view(path)
    assert not ran.exists()


def test_what_no_file_keeps_is_refused(tmp_path) -> None:
    function = hb.Explainer(lambda batch: batch.mean((1, 2)))
    filled = hb.Explainer(net(), baseline=lambda x: x * 0)
    for explainer, said in ((function, "only a Keras model can"), (filled, "is a function")):
        view = hb.compare(explainer, X[1:], ["occlusion"], charts=False)
        try:
            with refuses(TypeError, said, "give model=False", "explainer to load_view"):
                view.save(tmp_path / "none", model=True)
        finally:
            view.close()
    alone = hb.compare(None, X[1], {"mine": X[1]}, charts=False)
    with refuses(TypeError, "model=True", "has none to ask", "leave model out"):
        alone.save(tmp_path / "none", model=True)
    alone.close()
    assert not list(tmp_path.iterdir())


def test_settings_that_do_not_fit_the_model_are_damage(kept, tmp_path) -> None:
    path = tmp_path / "changed.heatbrush"
    with zipfile.ZipFile(kept[1]) as old, zipfile.ZipFile(path, "w") as new:
        for name in old.namelist():
            content = old.read(name)
            if name == "heatbrush.json":
                said = json.load(io.BytesIO(content))
                said["model"]["given"]["scores"] = "guesses"
                content = json.dumps(said).encode()
            new.writestr(name, content)
    with refuses(ValueError, "is a damaged file of a view", "do not fit", "save it anew"):
        load_view(path)
