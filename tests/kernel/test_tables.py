"""The tables of methods and nodes as a notebook shows them."""

from __future__ import annotations

import re
from typing import get_args
from xml.etree import ElementTree

import keras
import numpy as np
import pandas as pd
import pytest
from keras import layers

from heatbrush_core import Explainer
from heatbrush_core.methods import REGISTRY
from heatbrush_core.registry.families import FAMILIES
from heatbrush_core.registry.method import Family
from heatbrush_core.tables import MANY, Methods, Table


def model(batch: np.ndarray) -> np.ndarray:
    return batch.mean((1, 2))


@pytest.fixture(scope="module")
def table() -> pd.DataFrame:
    return Explainer(model).methods()


def written(table: pd.DataFrame) -> ElementTree.Element:
    return ElementTree.fromstring(f"<body>{table._repr_html_()}</body>")


def cells(body: ElementTree.Element) -> list[list[str]]:
    return [["".join(cell.itertext()) for cell in row] for row in body.iter("tr")]


def test_every_family_is_explained() -> None:
    assert list(FAMILIES) == list(get_args(Family))


def test_methods_stand_under_their_families_in_full(table: pd.DataFrame) -> None:
    rows = cells(written(table))
    assert rows[0] == ["method", "question", "parameters", "runs here"]
    headings = [row[0] for row in rows if len(row) == 1]
    present = [family for family in FAMILIES if family in set(table["family"])]
    assert headings == [f"{name.capitalize()} {FAMILIES[name]}" for name in present]
    listed = {row[0]: row for row in rows[1:] if len(row) == 4}
    assert set(listed) == set(REGISTRY)
    for name, method in REGISTRY.items():
        assert listed[name][1:3] == [method.question, ", ".join(method.Parameters.model_fields)]
    families = [REGISTRY[row[0]].family for row in rows[1:] if len(row) == 4]
    assert families == sorted(families, key=list(FAMILIES).index)


def test_why_a_method_does_not_run_is_in_its_row_and_what_to_do_beneath(
    table: pd.DataFrame,
) -> None:
    body = written(table)
    said = {row[0]: row[-1] for row in cells(body)}
    assert said["occlusion"] == "yes"
    assert said["gradient"].startswith("gradient needs gradients, but ")
    assert ";" not in said["gradient"]
    remedies = ["".join(item.itertext()) for item in body.iter("li")]
    assert len(remedies) == len(set(remedies))
    assert re.match(r"gradient, .*: use what works here", remedies[0])
    assert table.loc["gradient", "runs here"].endswith("Keras model.")


def test_text_is_left_and_html_in_names_is_text(table: pd.DataFrame) -> None:
    assert all("text-align: left" in cell.get("style", "") for cell in written(table).iter("td"))
    evil = Table(pd.DataFrame({"layer": ["<img src=x>"]}, index=pd.Index(["<b>a</b>"], name="<u>")))
    assert cells(written(evil)) == [["<u>", "layer"], ["<b>a</b>", "<img src=x>"]]


def test_they_are_data_frames_whose_parts_are_plain(table: pd.DataFrame) -> None:
    assert isinstance(table, pd.DataFrame) and isinstance(table, Methods)
    for part in (table[["question"]], table.head(2), table.reset_index()):
        assert type(part) is pd.DataFrame
    short = table.copy()
    short.drop(columns="family", inplace=True)
    for odd in (table.T, short):
        assert "occlusion" in odd._repr_html_()


def test_a_report_shows_every_node_and_scrolls_where_they_are_many() -> None:
    x = keras.Input((4, 5, 1))
    y = layers.Conv2D(1, 1)(x)
    for _ in range(MANY):
        y = layers.ReLU()(y)
    report = Explainer(keras.Model(x, layers.Dense(2)(layers.Flatten()(y)))).report()
    rows = cells(written(report))
    assert rows[0] == [report.index.name, *report.columns]
    assert [row[0] for row in rows[1:]] == list(report.index) and len(rows) > MANY
    assert "overflow: auto" in report._repr_html_()
    assert "overflow" not in Table(report.head())._repr_html_()
    values = Table(pd.DataFrame({"size": [0.123456, None]}, index=pd.Index(["a", "b"], name="n")))
    assert cells(written(values))[1:] == [["a", "0.1235"], ["b", "nan"]]
