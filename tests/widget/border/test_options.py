"""How the maps are drawn: read and written from Python, refused in a sentence, kept in the code."""

from __future__ import annotations

import numpy as np
import pytest

from heatbrush import protocol
from heatbrush.border.options import changed
from heatbrush.border.wire import OPTIONS
from heatbrush.export.pictures import scales
from heatbrush.export.pictures.shown import shown
from heatbrush_core.maps.colours import ends, limits


def test_every_option_has_a_default_and_is_read_as_a_copy(make) -> None:
    view = make()
    assert list(view.options) == list(protocol.Options.__annotations__) == list(OPTIONS)
    view.options["by_hand"]["occlusion"] = [-1, 1]
    assert view.options["by_hand"] == {} and view.widget.options == OPTIONS


def test_python_changes_some_options_and_an_older_page_may_lack_them(make) -> None:
    view = make()
    view.options = {"limits": "shared", "by_hand": {"": (-2, 2), "input": (0, 3)}}
    assert view.options == {
        **OPTIONS,
        "limits": "shared",
        "by_hand": {"": [-2.0, 2.0], "input": [0.0, 3.0]},
    }
    older = {name: OPTIONS[name] for name in protocol.Options.__required_keys__}
    view.widget.set_state({"options": {**older, "profiles": False}})
    assert view.options == {**OPTIONS, "profiles": False}


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"limit": "own"}, "option 'limit' is unknown.*did you mean"),
        ({"limits": "none"}, "option limits is 'none', which it cannot be.*'own' now"),
        ({"colours": "jet"}, "colours are 'jet', but one of blue-red"),
        ({"by_hand": {"occlusion": (-1, 2)}}, "centred at 0; give -2 and 2"),
        ({"by_hand": {"input": (2, 2)}}, "'input' are 2 and 2; give the lower first"),
        ({"by_hand": {"": (float("nan"), 2)}}, "of all maps are nan and 2"),
        ({"reach": {"occlusion": {"about": "", "limit": 0}}}, "a positive number is expected"),
        ({"quantile": 0}, "give 0 to 1"),
        ({"opacity": 0}, "opacity of maps is 0.0; give more than 0"),
        ({"per_row": 0}, "panels per row are 0; give 1 to 12, or null"),
        ({"aspect": 21}, "aspect of cells is 21 heights to a width; give 0.05 to 20"),
    ],
)
def test_what_an_option_cannot_be_is_refused(make, wrong: dict, said: str) -> None:
    view = make()
    with pytest.raises(ValueError, match=said):
        view.options = wrong
    assert view.options == OPTIONS


def test_lines_are_for_few_rows_whose_cells_the_page_has() -> None:
    for shape in ((16, 40, 2), (1, 9, 1), (3, 100_000, 1)):
        assert changed(OPTIONS, {"lines": "along"}, shape)["lines"] == "along"
    for shape, said in (
        ((17, 9, 1), "lines, but the matrix has 17 and lines are for 16 at most"),
        ((2, 2**20, 1), "needs every cell, but of 2 x 1048576 the page has blocks only"),
    ):
        with pytest.raises(ValueError, match=said):
            changed(OPTIONS, {"lines": "over"}, shape)
        assert changed(OPTIONS, {"lines": "none"}, shape) == OPTIONS


def test_rows_are_grouped_by_labels_or_by_their_names(make) -> None:
    view = make()
    names = view._session.samples.axes[0].labels
    count = len(names)
    assert view.groups == []
    view.groups = {"a": [names[1], 0], "b": [-1]}
    assert view.groups == ["a", "a", *["other"] * (count - 3), "b"]
    assert view.options["order"] == "groups"
    view.groups = np.arange(count) % 2
    assert view.groups == [str(row % 2) for row in range(count)]
    for wrong, said in (
        (["a"], f"are 1 labels, but the matrix has {count} rows"),
        ("ab", "are 'ab', but a label for each row"),
        ({"a": "b"}, "rows of the group 'a' are 'b', but a list"),
        ({"a": [count]}, f"names the row {count}, but there are {count}"),
        ({"a": ["no such row"]}, "names the row 'no such row'"),
        ({"a": [0], "b": [names[0]]}, "is in the groups 'a' and 'b'"),
    ):
        with pytest.raises((TypeError, ValueError), match=said):
            view.groups = wrong
    assert view.groups == [str(row % 2) for row in range(count)]
    view.groups = None
    assert view.options == OPTIONS


def test_an_order_of_rows_that_cannot_be_is_refused() -> None:
    assert changed(OPTIONS, {"order": "name", "descending": True}, (9, 9, 1))["order"] == "name"
    for given, shape, said in (
        ({"order": "groups"}, (9, 9, 1), "no groups are given; set view.groups"),
        ({"groups": ["a"]}, (9, 9, 1), "are 1 labels, but the matrix has 9 rows"),
        ({"order": "name"}, (2**11, 2**10, 1), "by name, but of 2048 x 1024 the page has blocks"),
    ):
        with pytest.raises(ValueError, match=said):
            changed(OPTIONS, given, shape)


def test_options_are_a_dict(make) -> None:
    with pytest.raises(TypeError, match="options are 'shared', but a dict is expected"):
        make().options = "shared"


def test_scales_are_those_of_the_page(make) -> None:
    """Written out once more from what the options mean."""
    view = make({"a": "occlusion", "b": ("occlusion", {"patch": (1, 1)})})
    a, b = (limits(found.map, 0.998) for found in view.explanations.values())

    def limit(name: str, **options: object) -> float:
        view.options = {"limits": "own", "by_hand": {}, "reach": {}, **options}
        low, high, table = scales.of_map(shown(view._session), name, "dark")
        assert low == -high and table == "blue-red dark"
        return high

    assert [limit(name) for name in "ab"] == [a, b]
    assert [limit(name, limits="shared") for name in "ab"] == [max(a, b)] * 2
    reach = {"a": {"about": "", "limit": 9.0}, "b": {"about": "", "limit": b / 2}}
    assert [limit(name, limits="samples", reach=reach) for name in "ab"] == [9.0, b]
    assert [limit(name, by_hand={"a": (-4, 4)}) for name in "ab"] == [4.0, b]
    assert [limit(name, limits="shared", by_hand={"": (-4, 4)}) for name in "ab"] == [4.0] * 2


def test_the_input_has_the_scale_of_the_page(make, samples) -> None:
    view = make()
    cells = samples[0]
    low, high = ends(cells)
    assert low < 0 < high

    def scale(**options: object) -> tuple:
        view.options = {"input_scale": "signed", "rows_apart": False, **options}
        return scales.of_input(shown(view._session), "light")

    most = max(-low, high)
    assert scale()[1] == (-most, most, "input signed light")
    assert scale(input_scale="plain")[1] == (low, high, "input light")
    plain = scale(input_scale="plain", input_colours="viridis", by_hand={"input": (0, 1)})
    assert plain[1] == (0, 1, "input viridis")
    places, (below, above, _) = scale(input_scale="plain", rows_apart=True)
    assert (below, above) == (0, 1)
    for row, drawn in zip(cells, places, strict=True):
        first, last = np.quantile(row, (0.01, 0.99))
        np.testing.assert_allclose(drawn, (row - first) / (last - first), atol=1e-6)
    title = view.figure().axes[0].get_title(loc="left")
    assert title == "input: sample 0, each row on its own scale"


def test_the_code_of_a_view_says_what_was_chosen(make) -> None:
    view = make()
    assert "options" not in view.code()
    chosen = {"colours": "blue-orange", "by_hand": {"occlusion": (-1.5, 1.5)}}
    view.options = {**chosen, "reach": {"occlusion": {"about": "", "limit": 2.0}}}
    line = next(line for line in view.code().splitlines() if line.startswith("view.options"))
    again = make()
    exec(line, {"view": again})
    assert again.options == {**view.options, "reach": {}}
