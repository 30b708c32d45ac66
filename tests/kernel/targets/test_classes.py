import numpy as np
import pytest
from sentences import refuses

from heatbrush_core.targets import Class, Margin, resolve

CLASSES = ("walking", "running", "badminton", "standing")


@pytest.mark.parametrize(
    "target",
    [1, np.int64(1), np.uint8(1), "running", np.str_("running"), Class(1), Class("running")],
)
def test_one_class_in_every_form(target):
    assert resolve(target, CLASSES, predicted=3) == Class(1)


def test_none_is_the_predicted_class():
    assert resolve(None, CLASSES, predicted=3) == Class(3)


@pytest.mark.parametrize(
    "target", [Margin(1, 3), Margin("running", "standing"), Margin(1, "standing")]
)
def test_margins(target):
    margin = resolve(target, CLASSES, predicted=0)
    assert margin == Margin(1, 3)
    assert margin.label(CLASSES) == "running rather than standing"
    assert margin.pair == (1, 3)


def test_weights_pick_the_explained_score():
    logits = np.array([[1.0, 2.0, 4.0, 8.0], [5.0, 6.0, 7.0, 9.0]])
    np.testing.assert_array_equal(logits @ Class(2).weights(4), [4, 7])
    np.testing.assert_array_equal(logits @ Margin(2, 0).weights(4), [3, 2])
    assert Class(2).weights(4).dtype == np.float64


def test_a_class_tells_its_name_and_pair():
    assert Class(2).label(CLASSES) == "badminton"
    assert Class(2).pair == (2, None)
    assert {Class(2): 1}[Class(np.int32(2))] == 1


def test_out_of_range():
    with refuses(ValueError, "Target 4", "0 to 3", "give one of these"):
        resolve(4, CLASSES, 0)
    with refuses(ValueError, "Target 9", "0 to 3", "give one"):
        resolve(Margin(9, "walking"), CLASSES, 0)
    with refuses(ValueError, "Target 1", "1 class is 0 only", "give one"):
        resolve(1, ("value",), 0)


def test_negative():
    with refuses(ValueError, "-1 is negative", "counted from 0", "from the front"):
        resolve(-1, CLASSES, 0)
    with refuses(ValueError, "-2 is negative", "counted from 0", "from the front"):
        Margin(0, -2)


def test_unknown_name():
    with refuses(ValueError, "'wlaking'", "(walking, running, badminton", "'walking'?"):
        resolve("wlaking", CLASSES, 0)
    with refuses(ValueError, "'zzz'", "(walking, running, badminton", "give one of these"):
        resolve("zzz", CLASSES, 0)
    with refuses(ValueError, "'none'", "(0, 1, 2, 3, 4, 5, ...)", "give one of these"):
        resolve("none", [str(i) for i in range(50)], 0)


def test_a_name_that_several_classes_share():
    with refuses(ValueError, "'a' is the name of 2 classes (0, 2)", "one is expected", "its index"):
        resolve("a", ("a", "b", "a"), 0)


@pytest.mark.parametrize("target", [1.0, True, [1], np.array([1, 2]), b"walking"])
def test_other_kinds(target):
    with refuses(TypeError, type(target).__name__, "None, an int, a class name", "give the index"):
        resolve(target, CLASSES, 0)


def test_a_class_against_itself():
    with refuses(ValueError, "Margin(1, 1)", "two different classes", "give another one"):
        Margin(1, 1)
    with refuses(ValueError, "Margin(1, 1)", "two different classes", "give another one"):
        resolve(Margin(1, "running"), CLASSES, 0)


def test_a_name_has_no_weights_before_it_is_looked_up():
    with refuses(TypeError, "'running'", "an index is expected", "resolve"):
        Class("running").weights(4)
