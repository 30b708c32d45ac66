"""A view as one figure: every panel, on one scale or each on its own, with its names."""

from __future__ import annotations

import numpy as np
import pytest
from matplotlib import pyplot as plt

import heatbrush as hb
from heatbrush_core.maps.colours import table


def test_it_has_every_panel_and_one_scale(make, samples) -> None:
    view = make({"a": "occlusion", "b": ("occlusion", {"patch": (1, 1)})})
    before = plt.get_fignums()
    figure = view.figure()
    assert plt.get_fignums() == before  # a notebook shows it once
    drawn = {ax.get_title(loc="left"): ax.images[0] for ax in figure.axes if ax.images}
    matrix, *maps = drawn.values()
    assert next(iter(drawn)) == "input: sample 0"
    assert [title.split(":")[0] for title in list(drawn)[1:]] == ["a", "b"]
    np.testing.assert_array_equal(matrix.get_array(), samples[0].reshape(samples.shape[1:3]))
    for image, found in zip(maps, view.explanations.values(), strict=True):
        np.testing.assert_array_equal(image.get_array(), found.map)
    assert maps[0].get_clim() == maps[1].get_clim()
    each = [ax.images[0].get_clim() for ax in view.figure(shared=False).axes if ax.images][1:]
    assert max(high for _, high in each) == maps[0].get_clim()[1]


def test_square_maps_stand_side_by_side(explainer) -> None:
    square = np.random.default_rng(0).normal(size=(6, 6))
    view = hb.compare(None, square, {"a": square, "b": square, "c": square})
    places = [ax.get_position() for ax in view.figure(theme="dark").axes if ax.images]
    assert len({round(place.y0, 3) for place in places}) == 2
    view.close()


def test_an_unknown_theme_is_refused(make) -> None:
    with pytest.raises(ValueError, match="theme is 'pink'"):
        make().figure(theme="pink")


def test_a_map_lies_over_the_input_where_that_is_wanted(make) -> None:
    """At zero the grey of the input, at the ends the colours of the map, as opaque as asked."""
    map = np.zeros((4, 10), "float32")
    map[1, 2], map[3, 7], map[0, 5] = 2.0, -2.0, np.nan
    view = make({"mine": [map] * 3})
    view.options = {
        "beneath": True,
        "opacity": 1.0,
        "input_scale": "plain",
        "colours": "pink-green",
    }
    panel = view.figure(theme="light").axes[1]
    alone, over = panel.images
    drawn = over.get_array()
    ends = table("pink-green light")[[0, 255]]
    assert not alone.get_visible()
    np.testing.assert_array_equal(drawn[[3, 1], [7, 2], :3], ends)
    assert drawn[0, 5, 3] == 0 and drawn[0, 4, 3] == 255
    assert (np.ptp(drawn[2, :, :3].astype(int), axis=1) <= 1).all()
    np.testing.assert_allclose(alone.cmap([0.0, 1.0])[:, :3] * 255, ends, atol=0.5)


def test_it_has_the_room_that_was_chosen_in_the_page(make) -> None:
    view = make({"a": "occlusion", "b": "occlusion", "c": "occlusion"})
    view.options = {"per_row": 2, "aspect": 1.5, "flipped": True}
    panels = [ax for ax in view.figure().axes if ax.images]
    assert all(ax.get_aspect() == 1.5 and not ax.yaxis_inverted() for ax in panels)
    assert len({round(ax.get_position().y0, 3) for ax in panels}) == 2
    view.options = {"flipped": False}
    assert all(ax.yaxis_inverted() for ax in view.figure().axes if ax.images)


def test_what_the_model_found_is_marked_where_it_is_wanted(make) -> None:
    view = make({"a": "occlusion"})
    blank = {"score": 0.5, "height": None, "width": None, "angle": None, "outline": []}
    ring = [(0.5, 1.5), (0.5, 3.5), (2.5, 3.5), (2.5, 1.5)]
    things = [
        {
            **blank,
            "name": "eye",
            "kind": "landmark",
            "row": 1.5,
            "column": 4,
            "line": 0,
            "angle": 0,
        },
        {**blank, "name": "car", "kind": "box", "row": 1, "column": 7, "line": 1},
        {**blank, "name": "sky", "kind": "part", "row": 1.5, "column": 2.5, "line": 2},
    ]
    things[1] |= {"height": 2, "width": 3}
    things[2] |= {"height": 2, "width": 2, "outline": [ring]}
    view.widget.sample = {**view.widget.sample, "things": things}

    def drawn() -> list[list[list[float]]]:
        panels = [ax for ax in view.figure().axes if ax.images]
        return [[line.get_xydata().tolist() for line in ax.lines] for ax in panels]

    of_input, of_map = drawn()
    stroke, cross, box, outline = of_input
    assert stroke == [[4, 1.5], [4.5, 1.5]] and cross == [[4, 1.5]]  # a 20th of ten columns
    assert box == [[5.5, 0], [8.5, 0], [8.5, 2], [5.5, 2], [5.5, 0]]
    assert outline == [[column, row] for row, column in [*ring, ring[0]]]
    assert of_map == []
    said = [text.get_text() for text in view.figure().axes[0].texts]
    assert [text.split()[:2] for text in said] == [["0", "eye"], ["1", "car"], ["2", "sky"]]
    view.options = {"things": "all"}
    assert len(drawn()[1]) == 4
    view.options = {"things": "none"}
    assert drawn() == [[], []]
    with pytest.raises(ValueError, match="option things is 'input,'"):
        view.options = {"things": "input,"}
