"""How far a change reaches along one axis, against trying every cell."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from heatbrush_core.walks.delta.reach import (
    NOTHING,
    Cropped,
    Moved,
    Same,
    Span,
    Whole,
    Window,
    copies,
)


@st.composite
def rules(draw):
    """A rule, the size of its input and of its output, and what each output cell reads."""
    size = draw(st.integers(1, 12))
    kind = draw(st.sampled_from(["same", "whole", "window", "moved", "cropped"]))
    if kind == "same":
        return Same(), size, size, [{cell} for cell in range(size)]
    if kind == "whole":
        count = draw(st.integers(1, 9))
        return Whole(), size, count, [set(range(size))] * count
    if kind == "window":
        rule = Window(*(draw(st.integers(1, most)) for most in (5, 3)), draw(st.integers(0, 4)))
        rule = Window(rule.size, rule.stride, rule.before, draw(st.integers(1, 3)))
        laid = (size - 1) * rule.input_dilation + 1
        count = max(
            1, (laid + rule.before - rule.size) // rule.stride + 1 + draw(st.integers(0, 2))
        )
        starts = [output * rule.stride - rule.before for output in range(count)]
        reads = [
            {
                at // rule.input_dilation
                for at in range(s, s + rule.size)
                if at % rule.input_dilation == 0
            }
            & set(range(size))
            for s in starts
        ]
        return rule, size, count, reads
    source = np.array(draw(st.lists(st.integers(-1, size - 1), min_size=1, max_size=15)))
    reads = [{cell} - {-1} for cell in source.tolist()]
    if kind == "moved":
        return Moved(source, size), size, len(source), reads
    return Cropped(*copies(source, source + 1, size)), size, len(source), reads


@given(rules(), st.data())
def test_rules_are_what_each_cell_reads(case, data):
    rule, size, count, reads = case
    length = data.draw(st.integers(1, size))
    starts = data.draw(st.lists(st.integers(0, size - length), min_size=1, max_size=4))
    changed = Span(np.array(starts), length)
    touched = rule.touched(changed, count)
    assert (touched.starts >= 0).all() and (touched.last < count).all()
    cells = rule.read(touched, size)
    assert (cells < size).all() and (cells >= NOTHING).all()
    for window, start in enumerate(starts):
        new = set(range(start, start + length))
        computed = set(touched.cells[window].tolist())
        assert {output for output, read in enumerate(reads) if read & new} <= computed
        assert set().union(*(reads[output] for output in computed)) <= set(cells[window].tolist())


def test_a_stretch_is_no_larger_than_its_largest_window():
    changed = Span(np.array([0, 4, 9]), 1)
    touched = Window(3, 1, 1).touched(changed, 10)
    assert touched.size == 3
    np.testing.assert_array_equal(touched.starts, [0, 3, 7])
    assert Window(2, 2).touched(changed, 5).size == 1
