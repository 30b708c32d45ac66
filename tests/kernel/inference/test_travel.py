"""Explainers in forked processes, pickles and copies."""

import copy
import os
import pickle
import threading

import keras
import numpy as np
import pytest
import xarray
from forking import in_a_fork
from sentences import refuses

from heatbrush_core import Explainer
from heatbrush_core.network.no_model import NoModel

RANDOM = np.random.default_rng(0)
X = RANDOM.normal(size=(4, 6, 1)).astype("float32")
FORK = "but is used in its fork", "neither TensorFlow nor threads go on", "'spawn', and make it"


@pytest.fixture(scope="module")
def model():
    return keras.Sequential([keras.Input((4, 6, 1)), keras.layers.Flatten(), keras.layers.Dense(3)])


@pytest.mark.filterwarnings("ignore:.*fork:DeprecationWarning")
def test_a_fork_is_told_at_its_first_call_though_the_lock_is_held(model):
    functional = Explainer(lambda X: X.sum((1, 2)), baseline=0)
    held, go_on = threading.Event(), threading.Event()

    def hold():
        with functional.lock:
            held.set()
            go_on.wait(60)

    thread = threading.Thread(target=hold)
    thread.start()
    held.wait(60)
    try:
        of_keras = Explainer(model, baseline=0)
        for work in (
            lambda: functional.explain(X, "occlusion"),
            lambda: of_keras.predict(X),
            lambda: of_keras.evidence(X, []),
            lambda: Explainer(model),
            lambda: of_keras.explain_batch(X[None], "lrp"),
        ):
            said = in_a_fork(work)
            assert said.startswith("RuntimeError: ") and str(os.getpid()) in said
            assert all(part in said for part in FORK), said
    finally:
        go_on.set()
        thread.join()


def test_an_explainer_of_a_keras_model_travels(model):
    given = {"classes": ["a", "b", "c"], "rows": list("wxyz"), "baseline": "row_mean"}
    explainer = Explainer(model, background=X[None] + 1, time="rows", batch_size=5, **given)
    asked = explainer.explain(X, "integrated_gradients", steps=4)
    for twin in (pickle.loads(pickle.dumps(explainer)), copy.deepcopy(explainer)):
        assert twin.model is not model and repr(twin) == repr(explainer)
        found = twin.explain(X, "integrated_gradients", steps=4)
        np.testing.assert_array_equal(found.values, asked.values)
        assert (found.notes, found.row_axis, twin.time) == (asked.notes, asked.row_axis, "rows")
    assert copy.copy(explainer).model is model


def test_gaps_and_names_of_the_background_travel(model):
    """Of what the model is fed in the place of a gap nothing tells that there was one."""
    pages = RANDOM.normal(size=(3, 4, 6)).astype("float32")
    pages[:, 1, 2:] = np.nan  # most of a row, so that its median tells what counted
    background = xarray.DataArray(
        pages, dims=("page", "sensor", "second"), coords={"sensor": list("wxyz")}
    )
    explainer = Explainer(model, background=background, valid="finite", fill=9)
    asked = explainer.explain(X, "occlusion")
    for twin in (pickle.loads(pickle.dumps(explainer)), copy.deepcopy(explainer)):
        assert repr(twin) == repr(explainer) and "rows w, x, y, z" in repr(twin)
        np.testing.assert_array_equal(twin.typical, explainer.typical)
        np.testing.assert_array_equal(twin.background, explainer.background)
        found = twin.explain(X, "occlusion")
        np.testing.assert_array_equal(found.values, asked.values)
        assert (found.notes, found.row_axis) == (asked.notes, asked.row_axis)


def test_what_cannot_travel_says_why():
    def mine(X):
        return X.sum((1, 2))

    for go in (pickle.dumps, copy.deepcopy):
        with refuses(TypeError, "An explainer of the function mine", "cannot be pickled", "anew"):
            go(Explainer(mine))
    nothing = Explainer(NoModel())
    assert pickle.loads(pickle.dumps(nothing)).shape is None
