"""How numbers are written: as the page writes them, of which tests/js checks the same list."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from heatbrush.border.writing import number

SAME = json.loads((Path(__file__).parents[2] / "numbers.json").read_text("utf-8"))


@pytest.mark.parametrize(("value", "text"), SAME)
def test_numbers_are_written_as_the_page_does(value, text) -> None:
    assert number(value) == text


def test_large_numbers_are_short_and_what_is_none_is_a_dash() -> None:
    assert [number(each) for each in (240.0, 12.34, -1234.5)] == ["240", "12.3", "−1.23e+03"]
    assert number(float("nan")) == number(float("inf")) == "–"
