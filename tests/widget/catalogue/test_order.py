"""Which samples a list holds, and in which order: against plain Python."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from heatbrush.border.wire import BY_INDEX
from heatbrush.catalogue.order import Known, by_name, listed

CLASSES = ("cat", "dog", "bobcat")
NAMES = ("p10", "p2", "P1", "q007", "p2b", "é", "²", "p1")


def known(**change: Any) -> Known:
    count = len(NAMES)
    given = {
        "count": count,
        "names": NAMES,
        "classes": CLASSES,
        "truth": np.array([0, 1, 2, 0, 1, 2, 0, 1]),
        "predicted": np.array([0, 1, 0, -1, 2, 2, -1, 0]),
        "by_name": lambda: by_name(NAMES),
    }
    return Known(**{**given, **change})


def order(values: Any = None, about: Known | None = None, **wanted: Any) -> list[int]:
    given = None if values is None else np.asarray(values, np.float32)
    return listed({**BY_INDEX, **wanted}, about or known(), given).tolist()  # type: ignore[typeddict-item]


def test_names_go_as_readers_order_them() -> None:
    wanted = ["P1", "p1", "p2", "p2b", "p10", "q007", "²", "é"]
    assert [NAMES[at] for at in order(order="name")] == wanted
    assert [NAMES[at] for at in order(order="name", reverse=True)] == wanted[::-1]
    assert by_name(["9" * 5000, "10" * 2500]).tolist() == [1, 0]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ({}, [0, 1, 2, 3, 4, 5, 6, 7]),
        ({"only": "misclassified"}, [2, 4, 7]),
        ({"only": "true", "among": 2}, [2, 5]),
        ({"only": "predicted", "among": 0}, [0, 2, 7]),
        ({"text": "P2"}, [1, 4]),
        ({"text": " dog "}, [1, 4, 7]),
        ({"text": "cat"}, [0, 2, 3, 4, 5, 6, 7]),  # bobcat too, true or predicted
        ({"text": "7"}, [3, 7]),  # by the name, and by the index
        ({"text": "xyz"}, []),
        ({"text": "p", "only": "misclassified", "reverse": True}, [7, 4, 2]),
    ],
)
def test_text_and_classes_narrow_it_down(wanted: dict[str, Any], found: list[int]) -> None:
    assert order(**wanted) == found


def test_numbers_order_it_and_what_has_none_is_left_out() -> None:
    values = [0.5, np.nan, 0.1, 0.9, 0.1, np.inf, 0.3, -1]
    assert order(values, order="unsure") == [7, 2, 4, 6, 0, 3]
    assert order(values, order="score", of=0) == [3, 0, 6, 2, 4, 7]
    assert order(values, order="score", of=0, reverse=True) == [7, 4, 2, 6, 0, 3]
    assert order(values, order="alike scores", of=0, text="p") == [7, 2, 4, 0]


@pytest.mark.parametrize("text", ["0", "1", "12", "99", "120", "00", "1234", "12 3"])
def test_an_index_is_found_by_how_it_begins(text: str) -> None:
    count = 1234
    about = known(count=count, names=None, truth=None, predicted=np.full(count, -1))
    wanted = [at for at in range(count) if str(at).startswith(text)]
    assert order(about=about, text=text) == wanted
