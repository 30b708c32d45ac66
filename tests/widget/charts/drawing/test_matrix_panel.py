"""A square matrix between named things, under a brush."""

from __future__ import annotations

import full_panels
import numpy as np

import heatbrush as hb
from heatbrush.charts.drawing.matrix_panel import MatrixPanel


def shown(matrix: MatrixPanel) -> np.ndarray:
    (panel,) = full_panels.shown(matrix)
    return np.frombuffer(panel["map"]["bytes"], "<f4").reshape(panel["map"]["shape"])


def drag(matrix: MatrixPanel, region: hb.Region) -> None:
    """What the page writes when a brush is let go."""
    matrix.set_state({"selection": region.to_json()})


def test_a_matrix_is_a_bare_view_of_one_map(sent) -> None:
    matrix = MatrixPanel("pairs")
    assert matrix.bare and matrix.panels == []
    matrix.show([[1, -0.5], [-0.5, np.nan]], ["a", "b"], "of things", "thing")
    assert matrix.axes["rows"] == {"name": "thing", "labels": ["a", "b"], "values": None}
    np.testing.assert_array_equal(shown(matrix), np.float32([[1, -0.5], [-0.5, np.nan]]))
    matrix._handle_custom_msg({"kind": "hello"}, [])
    matrix._handle_custom_msg({"kind": "whatif"}, [])
    assert sent.kinds() == ["alive"]


def test_a_brush_stays_over_the_same_things_only(sent) -> None:
    matrix = MatrixPanel("pairs")
    matrix.show(np.eye(2), ["a", "b"], "")
    drag(matrix, hb.Region.rectangle(0, 1, 1, 2))
    matrix.show(np.ones((2, 2)), ["a", "b"], "")
    assert matrix.brushed
    matrix.show(np.eye(3), ["a", "b", "c"], "")
    assert not matrix.brushed


def test_a_brush_outside_is_refused(sent) -> None:
    matrix = MatrixPanel("pairs")
    matrix.show(np.eye(2), ["a", "b"], "")
    drag(matrix, hb.Region.rows(5, 9))
    assert "rows" in sent.last("refused")["sentence"] and not matrix.brushed


def test_touched(sent) -> None:
    matrix = MatrixPanel("pairs")
    matrix.show(np.eye(4), list("abcd"), "")
    drag(matrix, hb.Region.rectangle(0, 1, 2, 3))
    assert matrix.touched.tolist() == [True, False, True, False]
