"""Players: each cell has one owner at most, and the owners' values are shared out exactly."""

from types import SimpleNamespace

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sentences import refuses

from heatbrush_core import Explainer, Region
from heatbrush_core.methods import REGISTRY, find
from heatbrush_core.methods.lime import LimeParameters
from heatbrush_core.registry.players import MOST, Partition, PlayerParameters

SHAPE = (6, 9)
X = np.random.default_rng(3).normal(size=(*SHAPE, 2))
MASKS = arrays(bool, SHAPE).filter(lambda mask: mask.any())


def scores(batch):
    return batch.sum(axis=(1, 2, 3))


def parted(inside=None, **given):
    task = SimpleNamespace(x=X, inside=inside)
    return Partition.of(task, PlayerParameters(**given).resolved(SHAPE), "a method")


@settings(max_examples=60)
@given(MASKS, st.sampled_from(["rows", "columns", "grid"]), st.integers(1, 6), st.integers(1, 9))
def test_each_cell_inside_has_one_player(inside, players, rows, columns):
    partition = parted(inside, players=players, grid=(rows, columns))
    np.testing.assert_array_equal(partition.labels >= 0, inside)
    assert set(partition.labels[inside]) == set(range(partition.count))
    for player in range(partition.count):
        cells = np.argwhere(partition.labels == player)
        if players != "grid":
            line = 0 if players == "rows" else 1
            assert len(set(cells[:, line])) == 1
        box = tuple(slice(a, b + 1) for a, b in zip(cells.min(0), cells.max(0), strict=True))
        assert set(partition.labels[box].ravel()) <= {player, -1}


@given(st.integers(1, 20), st.integers(1, 20), st.integers(1, 12), st.integers(1, 12))
def test_a_grid_is_as_even_as_lines_allow(height, width, rows, columns):
    task = SimpleNamespace(x=np.zeros((height, width, 1)), inside=None)
    given = PlayerParameters(players="grid", grid=(rows, columns)).resolved((height, width))
    assert given.grid == (min(rows, height), min(columns, width))
    labels = Partition.of(task, given, "a method").labels
    starts = np.flatnonzero(np.diff(labels[:, 0], prepend=-1, append=-1))
    assert len(starts) - 1 == given.grid[0] and np.ptp(np.diff(starts)) <= 1
    starts = np.flatnonzero(np.diff(labels[0], prepend=-1, append=-1))
    assert len(starts) - 1 == given.grid[1] and np.ptp(np.diff(starts)) <= 1


def test_a_grid_parts_the_box_of_the_region():
    inside = np.zeros(SHAPE, bool)
    inside[2:4, 3:7] = True
    labels = parted(inside, players="grid", grid=2).labels
    np.testing.assert_array_equal(labels[2:4, 3:7], [[0, 0, 1, 1], [2, 2, 3, 3]])
    assert parted(inside, players="grid", grid=(None, 4)).count == 4


@settings(max_examples=30)
@given(MASKS, st.integers(0, 99))
def test_values_are_shared_out_equally_and_hidden_cells_are_at_the_baseline(inside, seed):
    partition, random = parted(inside, players="columns"), np.random.default_rng(seed)
    values, present = random.normal(size=partition.count), random.random((3, partition.count)) < 0.5
    map = partition.spread(values)
    assert np.nansum(map) == pytest.approx(values.sum())
    np.testing.assert_array_equal(np.isnan(map), ~inside)
    for player, value in enumerate(values):
        assert map[partition.labels == player].sum() == pytest.approx(value)
    for shown, who in zip(partition.show(X, X + 1, present), present, strict=True):
        hidden = np.isin(partition.labels, np.flatnonzero(~who))
        np.testing.assert_array_equal(shown, X + hidden[..., None])


def test_regions_are_players_and_the_rest_stays():
    parts = [Region.rectangle(0, 2, 0, 9), Region.columns(0, 3) - Region.rows(0, 3)]
    partition = parted(players=parts)
    for index, region in enumerate(parts):
        np.testing.assert_array_equal(partition.labels == index, region.mask(SHAPE))
    sent_back = [region.to_json() for region in parts]
    np.testing.assert_array_equal(parted(players=sent_back).labels, partition.labels)
    only = parted(Region.rows(3, 5).mask(SHAPE), players=parts)
    assert only.count == 1
    np.testing.assert_array_equal(only.labels == 0, Region.rectangle(3, 5, 0, 3).mask(SHAPE))


@pytest.mark.parametrize("method", ["shapley", "lime"])
def test_parameters_are_plain_and_the_map_is_nan_where_no_one_plays(method):
    parts = [Region.rows(0, 2), Region.rectangle(3, 5, 0, 4)]
    explanation = Explainer(scores, baseline=0).explain(X, method, players=parts)
    assert explanation.parameters["players"] == [region.to_json() for region in parts]
    played = (parts[0] | parts[1]).mask(SHAPE)
    np.testing.assert_array_equal(np.isnan(explanation.map), ~played)
    total = X[parts[0].mask(SHAPE)].sum()
    assert explanation.map[:2].sum() == pytest.approx(total, rel=1e-5)


@pytest.mark.parametrize("method, first", [("shapley", "rows"), ("lime", "grid")])
def test_the_form_offers_names_and_shows_the_grid_where_it_matters(method, first):
    players, grid, *_ = REGISTRY[method].fields()
    assert (players["name"], players["kind"], players["default"]) == ("players", "choice", first)
    assert players["choices"] == ["rows", "columns", "grid"]
    assert (grid["kind"], grid["default"]) == ("pair", [7, 7])
    assert grid["when"] == {"players": ["grid"]}


@pytest.mark.parametrize(
    "given, text",
    [
        ({"players": "rows"}, "rows"),
        ({"players": "grid", "grid": 5}, "grid 5 × 5"),
        ({"players": "grid", "grid": (None, 5)}, "grid 1 × 5"),
        ({"players": [Region.rows(0, 2)]}, "1 region"),
        ({"players": [Region.rows(0, 2), Region.rows(4, 5)]}, "2 regions"),
    ],
)
def test_titles(given, text):
    assert LimeParameters(**given).summary() == f"{text} · 1000 samples"


@pytest.mark.parametrize(
    "players, given, expected, remedy",
    [
        ("row", "players='row'", "rows, columns, grid, or a list of Regions", "players is what"),
        (3, "players=3", "a list of Regions", "players is what"),
        ([], "players=[]", "a list of Regions", "players is what"),
        ([Region.rows(0, 2), 1], "entry 1 is 1", "a Region belongs", "players is what"),
        ([{"bands": 3}], "entry 0 is {'bands': 3}", "a Region belongs", "players is what"),
        ([Region.rows(0, 7)], "reaches row 6", "has 6 rows", "cut the region"),
        ([Region.rows(0, 2), Region()], "no cell", "at least one", "select some"),
        ([Region.rows(0, 3), Region.rows(2, 4)], "players 0 and 1 share 9 cells", "one player",
         "players[1] - players[0]"),
    ],
)  # fmt: skip
def test_impossible_players(players, given, expected, remedy):
    with refuses(ValueError, given, expected, remedy):
        Explainer(scores, baseline=0).explain(X, "shapley", players=players)


def test_impossible_numbers_of_players():
    outside = Region.rows(4, 6)
    with refuses(ValueError, "no player", "at least one", "another region"):
        Explainer(scores, baseline=0).explain(
            X, "lime", players=[Region.rows(0, 2)], within=outside
        )
    with refuses(ValueError, "4160 players", f"at most {MOST}", "larger parts"):
        Explainer(scores, baseline=0).explain(
            np.ones((64, 65)), "shapley", players="grid", grid=(64, 65)
        )
    with refuses(ValueError, "grid=(0, 3)", "greater than or equal to 1", "rows and columns"):
        Explainer(scores, baseline=0).explain(X, "shapley", players="grid", grid=(0, 3))


@pytest.mark.parametrize("method", ["shapley", "lime"])
def test_one_region_is_taken_where_a_list_is(method):
    region = Region.columns(0, 2)
    table = pd.DataFrame({"region": [region]})
    for each in (region, [region], table):
        assert find(method).settings({"players": each}, (4, 6)).players == (region,)
