"""What a walk costs before it is run: how many operations, multiplications and numbers moved."""

from __future__ import annotations

from typing import NamedTuple

PER_OPERATION, PER_PRODUCT, PER_NUMBER = 3.2e-5, 7.0e-12, 1.0e-10
"""Seconds, fitted by `python -m benchmarks.cost` to six networks, whole and incremental, on 2 cores
of an Intel Xeon: four of five times are told to within a third. Both ways are judged by the same
numbers, so what decides between them is their ratio, which other machines change little."""


class Cost(NamedTuple):
    """Work, as far as it can be counted.

    Attributes
    ----------
    operations
        Steps of the compiled graph, whatever they work on.
    products
        Multiplications with a weight.
    numbers
        Numbers that are read or written.
    """

    operations: float = 0.0
    products: float = 0.0
    numbers: float = 0.0

    def plus(self, other: Cost) -> Cost:
        """Add the work of another walk."""
        return Cost(*(a + b for a, b in zip(self, other, strict=True)))

    def times(self, count: float) -> Cost:
        """Do the work for so many matrices in one batch; the operations stay as many."""
        return Cost(self.operations, self.products * count, self.numbers * count)

    @property
    def seconds(self) -> float:
        """Estimate the time."""
        parts = (PER_OPERATION, PER_PRODUCT, PER_NUMBER)
        return sum(each * cost for each, cost in zip(self, parts, strict=True))
