"""What is no matrix but holds one: the advice, pasted, gives what the explainer takes."""

import keras
import numpy as np
import pytest
import scipy.sparse
import tensorflow as tf

from heatbrush_core import Explainer
from heatbrush_core.matrix.reading import matrices, matrix

SHAPE = (5, 7, 1)
ONE = np.random.default_rng(0).normal(size=SHAPE).astype("float32")
MANY = np.stack([ONE, 2 * ONE, 3 * ONE])
LABELS = np.array([0, 1, 1])


class Tensor:
    """A tensor that NumPy refuses because it is part of a gradient, as torch's are."""

    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        raise RuntimeError("Can't call numpy() on Tensor that requires grad.")

    def detach(self):
        return self

    cpu = detach

    def numpy(self):
        return self.values


Tensor.__module__ = "torch"


class Batches(keras.utils.PyDataset):
    """Two batches with labels, as `fit` takes them."""

    def __len__(self):
        return 2

    def __getitem__(self, index):
        if index >= len(self):
            raise IndexError
        part = slice(2 * index, 2 * index + 2)
        return MANY[part], LABELS[part]


def dataset(*parts, batch=None):
    made = tf.data.Dataset.from_tensor_slices(parts if len(parts) > 1 else parts[0])
    return made if batch is None else made.batch(batch)


def advice(read, given, name):
    with pytest.raises(TypeError) as caught:
        read(given, SHAPE)
    sentence = str(caught.value)
    assert sentence.startswith(f"{name} is a ") and "is expected; give " in sentence
    return eval(sentence.partition("; give ")[2].removesuffix("."), {"np": np, name: given})


@pytest.mark.parametrize(
    "given",
    [
        scipy.sparse.csr_matrix(ONE[..., 0]),
        scipy.sparse.coo_array(ONE[..., 0]),
        Tensor(ONE),
        Batches(),
        (each for each in MANY),
        dataset(MANY),
        dataset(MANY, LABELS),
        dataset(MANY, batch=2),
        dataset(MANY, LABELS, batch=2),
        dataset(MANY[..., 0], LABELS, batch=2),
        dataset({"image": MANY, "label": LABELS}, batch=2),
    ],
)
def test_the_advice_for_one_matrix_works_when_pasted(given):
    np.testing.assert_array_equal(matrix(advice(matrix, given, "x"), SHAPE), ONE)


@pytest.mark.parametrize(
    "given",
    [
        [scipy.sparse.csr_matrix(each[..., 0]) for each in MANY],
        Tensor(MANY),
        Batches(),
        [Tensor(each) for each in MANY],
        (each for each in MANY),
        iter(MANY),
        dataset(MANY),
        dataset(MANY, LABELS),
        dataset(MANY, batch=2),
        dataset(MANY, LABELS, batch=2),
        dataset(MANY[..., 0], LABELS, batch=2),
        dataset({"image": MANY, "label": LABELS}, batch=2),
    ],
)
def test_the_advice_for_several_matrices_works_when_pasted(given):
    np.testing.assert_array_equal(matrices(advice(matrices, given, "X"), SHAPE), MANY)


def test_the_background_is_called_what_it_is():
    with pytest.raises(TypeError, match=r"background is a csr_matrix.*give background.toarray\(\)"):
        Explainer(lambda X: X.sum((1, 2)), background=scipy.sparse.csr_matrix(ONE[..., 0]))
