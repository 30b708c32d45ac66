"""What a walk costs before it is run: how many operations, multiplications and numbers moved."""

from __future__ import annotations

from typing import NamedTuple

PER_OPERATION = 3e-5
PER_PRODUCT = 1e-11
PER_NUMBER = 6e-10


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
        """Estimate the time on two cores."""
        parts = (PER_OPERATION, PER_PRODUCT, PER_NUMBER)
        return sum(each * cost for each, cost in zip(self, parts, strict=True))
