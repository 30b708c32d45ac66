"""The short form of `make fuzz`: mutated messages from page to kernel."""

from __future__ import annotations

from fuzz import Fuzz


def test_no_message_of_the_page_breaks_the_kernel() -> None:
    fuzz = Fuzz(seed=1)
    fuzz.run(300)
    assert fuzz.faults == []
    assert fuzz.refused > 100  # they are bad indeed
